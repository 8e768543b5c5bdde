"""Log-in and log-out of staff. The demo's log-in lets a visitor choose one of the synthetic users."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from skranke.clinics import queries as clinics
from skranke.identity import queries as identity
from skranke.identity.models import Account, LogInMethod, SessionKind
from skranke.identity.sessions import Proof
from skranke.tenancy.work import acting
from skranke.web.clinic.session import account_of, log_in, log_out
from skranke.web.clinic.shell import role_text
from skranke.web.links import LEVEL, proof_of
from skranke.web.sessions import wanted


@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """The address without a path: to the log-in, or to the clinic where one is logged in."""
    account_id = account_of(request)
    return HttpResponseRedirect(reverse("login") if account_id is None else _home(account_id))


@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Choose who to be; only where the installation allows the demo's log-in."""
    accounts = identity.accounts_for_demo() if settings.OURS.demo_login else []
    chosen = request.POST.get("account", "")
    if request.method == "POST":
        account_id = next((account.id for account in accounts if str(account.id) == chosen), None)
        if account_id is None:
            raise Http404
        proof = Proof(kind=SessionKind.STAFF, method=LogInMethod.LINK, level=LEVEL, account_id=account_id)
        return log_in(request, proof, wanted(request, request.POST.get("next", ""), _home(account_id)))
    context = {
        "people": [_person(account) for account in accounts],
        "next": request.GET.get("neste", ""),
        "demo": settings.OURS.demo_login,
    }
    return render(request, "clinic/login.html", context)


@require_GET
def login_by_link(request: HttpRequest, ticket: str) -> HttpResponse:
    """The demo's log-in by a signed link, as `demo.json` hands it out."""
    proof = proof_of(SessionKind.STAFF, ticket)
    return log_in(request, proof, reverse("front"))


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    return log_out(request)


@dataclass(frozen=True, slots=True)
class _Person:
    """A line of the demo's log-in. role: what the person is at the clinic, "" for one who works nowhere."""

    account: Account
    role: str


def _person(account: Account) -> _Person:
    positions = clinics.positions_of(account.id)
    return _Person(account, role_text(clinics.actor_for_employee(*positions[0]).role) if positions else "")


def _home(account_id: UUID) -> str:
    positions = clinics.positions_of(account_id)
    if not positions:
        raise Http404
    with acting(clinics.actor_for_employee(*positions[0])):
        return reverse("post", args=[clinics.this_clinic().slug])
