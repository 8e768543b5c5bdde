"""Log-in and log-out of an operator."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from skranke.identity.models import SessionKind
from skranke.web.links import proof_of
from skranke.web.sessions import OPERATOR, admit, dismiss, session_of


@require_GET
def login(request: HttpRequest) -> HttpResponse:
    """Where an operator begins; one who is logged in goes on to the clinics."""
    if session_of(request, OPERATOR) is not None:
        return HttpResponseRedirect(reverse("operator-home"))
    return render(request, "operator/login.html")


@require_GET
def login_by_link(request: HttpRequest, ticket: str) -> HttpResponse:
    """The demo's log-in by a signed link, as `demo.json` hands it out."""
    return admit(request, OPERATOR, proof_of(SessionKind.OPERATOR, ticket), reverse("operator-home"))


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    return dismiss(request, OPERATOR)
