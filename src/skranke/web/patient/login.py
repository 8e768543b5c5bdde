"""Log-in and log-out of a patient."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from skranke.identity.models import SessionKind
from skranke.web.links import proof_of
from skranke.web.patient.session import log_in, log_out
from skranke.web.sessions import PATIENT, session_of


@require_GET
def login(request: HttpRequest) -> HttpResponse:
    """Where a patient begins; one who is logged in goes on to the own page."""
    if session_of(request, PATIENT) is not None:
        return HttpResponseRedirect(reverse("patient-home"))
    return render(request, "patient/login.html")


@require_GET
def login_by_link(request: HttpRequest, ticket: str) -> HttpResponse:
    """The demo's log-in by a signed link, as `demo.json` hands it out."""
    return log_in(request, proof_of(SessionKind.PATIENT, ticket), reverse("patient-home"))


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    return log_out(request)
