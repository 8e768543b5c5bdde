"""Log-in and log-out of an operator."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from skranke.identity.errors import LogInRefusedError
from skranke.identity.models import LogInMethod, SessionKind
from skranke.identity.oidc.values import ProviderName, Refusal
from skranke.identity.queries import account_of_person
from skranke.identity.sessions import Proof
from skranke.web import providers
from skranke.web.links import proof_of
from skranke.web.operator.session import log_out
from skranke.web.sessions import OPERATOR, admit, session_of

_TEMPLATE = "operator/login.html"
_ANSWER = "operator-login-helseid-answer"


@require_GET
def login(request: HttpRequest) -> HttpResponse:
    """Where an operator begins; one who is logged in goes on to the clinics."""
    if session_of(request, OPERATOR) is not None:
        return HttpResponseRedirect(reverse("operator-home"))
    return render(request, _TEMPLATE, providers.page(request, OPERATOR, ProviderName.HELSEID))


@require_GET
@providers.refusing(_TEMPLATE, OPERATOR, ProviderName.HELSEID)
def login_helseid(request: HttpRequest) -> HttpResponse:
    """To HelseID."""
    return providers.begin(request, OPERATOR, ProviderName.HELSEID, _ANSWER)


@require_GET
@providers.refusing(_TEMPLATE, OPERATOR, ProviderName.HELSEID)
def login_helseid_answer(request: HttpRequest) -> HttpResponse:
    """Back from HelseID: in, where the person is an operator."""
    identity, address = providers.identify(request, OPERATOR, ProviderName.HELSEID, _ANSWER)
    account = account_of_person(identity.national_id)
    if account is None or not account.is_operator:
        raise LogInRefusedError(Refusal.NOT_OPERATOR)
    proof = Proof(
        kind=SessionKind.OPERATOR,
        method=LogInMethod.HELSEID,
        level=identity.level,
        account_id=account.id,
        id_token=identity.id_token,
    )
    return admit(request, OPERATOR, proof, address or reverse("operator-home"))


@require_GET
def login_by_link(request: HttpRequest, ticket: str) -> HttpResponse:
    """The demo's log-in by a signed link, as `demo.json` hands it out."""
    return admit(request, OPERATOR, proof_of(SessionKind.OPERATOR, ticket), reverse("operator-home"))


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    return log_out(request)
