"""Log-in and log-out of a patient."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from skranke.identity.models import LogInMethod, SessionKind
from skranke.identity.oidc.values import ProviderName
from skranke.identity.sessions import Proof
from skranke.web import providers
from skranke.web.links import proof_of
from skranke.web.patient.session import log_in, log_out
from skranke.web.sessions import PATIENT, session_of

_TEMPLATE = "patient/login.html"
_ANSWER = "patient-login-id-porten-answer"


@require_GET
def login(request: HttpRequest) -> HttpResponse:
    """Where a patient begins; one who is logged in goes on to the own page."""
    if session_of(request, PATIENT) is not None:
        return HttpResponseRedirect(reverse("patient-home"))
    return render(request, _TEMPLATE, providers.page(request, PATIENT, ProviderName.ID_PORTEN))


@require_GET
@providers.refusing(_TEMPLATE, PATIENT, ProviderName.ID_PORTEN)
def login_id_porten(request: HttpRequest) -> HttpResponse:
    """To ID-porten."""
    return providers.begin(request, PATIENT, ProviderName.ID_PORTEN, _ANSWER)


@require_GET
@providers.refusing(_TEMPLATE, PATIENT, ProviderName.ID_PORTEN)
def login_id_porten_answer(request: HttpRequest) -> HttpResponse:
    """Back from ID-porten: in, as the patient that the person is."""
    identity, address = providers.identify(request, PATIENT, ProviderName.ID_PORTEN, _ANSWER)
    proof = Proof(
        kind=SessionKind.PATIENT,
        method=LogInMethod.ID_PORTEN,
        level=identity.level,
        national_id=identity.national_id,
        id_token=identity.id_token,
    )
    return log_in(request, proof, address or reverse("patient-home"))


@require_GET
def login_by_link(request: HttpRequest, ticket: str) -> HttpResponse:
    """The demo's log-in by a signed link, as `demo.json` hands it out."""
    return log_in(request, proof_of(SessionKind.PATIENT, ticket), reverse("patient-home"))


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    return log_out(request)
