"""Log-in and log-out of staff: with HelseID, or by the demo's link."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from skranke.clinics import queries as clinics
from skranke.identity.errors import LogInRefusedError
from skranke.identity.models import LogInMethod, SessionKind
from skranke.identity.oidc.values import ProviderName, Refusal
from skranke.identity.queries import account_of_person
from skranke.identity.sessions import Proof
from skranke.tenancy.work import acting
from skranke.web import providers
from skranke.web.clinic.session import account_of, log_in, log_out
from skranke.web.links import proof_of
from skranke.web.sessions import STAFF

_TEMPLATE = "clinic/login.html"
_ANSWER = "login-helseid-answer"


@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """The address without a path: to the log-in, or to the clinic where one is logged in."""
    account_id = account_of(request)
    return HttpResponseRedirect(reverse("login") if account_id is None else _home(account_id))


@require_GET
def login(request: HttpRequest) -> HttpResponse:
    """Where staff begin."""
    return render(request, _TEMPLATE, providers.page(request, STAFF, ProviderName.HELSEID))


@require_GET
@providers.refusing(_TEMPLATE, STAFF, ProviderName.HELSEID)
def login_helseid(request: HttpRequest) -> HttpResponse:
    """To HelseID."""
    return providers.begin(request, STAFF, ProviderName.HELSEID, _ANSWER)


@require_GET
@providers.refusing(_TEMPLATE, STAFF, ProviderName.HELSEID)
def login_helseid_answer(request: HttpRequest) -> HttpResponse:
    """Back from HelseID: in, as the employee that the person is."""
    identity, address = providers.identify(request, STAFF, ProviderName.HELSEID, _ANSWER)
    account = account_of_person(identity.national_id)
    if account is None:
        raise LogInRefusedError(Refusal.NO_ACCOUNT)
    if not clinics.positions_of(account.id):
        raise LogInRefusedError(Refusal.NO_POSITION)
    if identity.hpr_number and clinics.hpr_numbers_of(account.id) - {identity.hpr_number}:
        raise LogInRefusedError(Refusal.HPR_NUMBER_DIFFERS)
    proof = Proof(
        kind=SessionKind.STAFF,
        method=LogInMethod.HELSEID,
        level=identity.level,
        account_id=account.id,
        id_token=identity.id_token,
    )
    return log_in(request, proof, address or _home(account.id))


@require_GET
def login_by_link(request: HttpRequest, ticket: str) -> HttpResponse:
    """The demo's log-in by a signed link, as `demo.json` hands it out."""
    return log_in(request, proof_of(SessionKind.STAFF, ticket), reverse("front"))


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    return log_out(request)


def _home(account_id: UUID) -> str:
    positions = clinics.positions_of(account_id)
    if not positions:
        raise LogInRefusedError(Refusal.NO_POSITION)
    with acting(clinics.actor_for_employee(*positions[0])):
        return reverse("post", args=[clinics.this_clinic().slug])
