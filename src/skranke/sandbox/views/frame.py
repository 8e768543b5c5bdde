"""What every page is made of."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from skranke.sandbox import moves, queries, services, words
from skranke.sandbox.access import Visit, visit
from skranke.sandbox.errors import AttachmentsError, ServiceOffError, SlotGoneError
from skranke.sandbox.models import Appointment
from skranke.sandbox.world import Service
from skranke.ui.shell import NavItem, SandboxShell

_UNPROCESSABLE = 422
Sent = TypeVar("Sent")


def shell(side: str = "home") -> SandboxShell:
    """The frame, with the side that is open marked: home, operator or directory."""
    sides = {"home": _("Innbygger"), "operator": _("Drift og feil"), "directory": _("Registrene")}
    nav = tuple(NavItem(reverse(f"sandbox:{name}"), text, current=name == side) for name, text in sides.items())
    return SandboxShell(nav=nav, home_url=reverse("sandbox:home"), move_url=reverse("sandbox:operator") + "#klokke")


def guest(actor: int, patient: int) -> Visit:
    """The visit that the address names. Raises NotFoundError."""
    found = visit(actor, patient)
    # Before the rest is read: what comes meanwhile is then news to the page, never lost to it.
    return replace(found, version=queries.version(found.patient))


def citizen_page(
    request: HttpRequest, template: str, one: Visit | None, context: dict[str, Any] | None = None
) -> HttpResponse:
    """A page of the citizen's side, with the list to choose from and what lies behind the scenes.

    context: with a `form` that was refused the page is answered 422.
    """
    text = request.GET.get("q", "")
    basis: dict[str, Any] = {
        "shell": shell(),
        "w": words,
        "q": text,
        "citizens": queries.citizens(text),
        "visit": one,
        "external": settings.OURS.external,
        "live_thread": "",
        "live_inbox": False,
    }
    if one is not None:
        basis |= behind(one) | {"wards": queries.wards(one.actor)}
    basis |= context or {}
    refused = "form" in basis and basis["form"].errors
    return render(request, template, basis, status=_UNPROCESSABLE if refused else None)


def require_offered(one: Visit, service: Service, form: Form) -> None:
    """A form is shown only where the GP offers the service; one that is filled in by now is refused by its verb.

    Raises ServiceOffError.
    """
    if not form.is_bound or one.patient.gp is None:
        services.gp_with(one.patient, service)


def attempt(form: Form, send: Callable[[dict[str, Any]], Sent]) -> Sent | None:
    """Send what a filled form says; None when nothing was sent: then the form says why, and keeps what was written."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return send(form.cleaned_data)
    except SlotGoneError as error:
        form.add_error("uid", str(error))
    except (AttachmentsError, ServiceOffError) as error:
        form.add_error(None, str(error))
    return None


def behind(one: Visit) -> dict[str, Any]:
    """What the right column shows, and refreshes."""
    rows = queries.appointments(one)
    return {
        "wire": queries.wire_log(one),
        "notices": queries.notices(one),
        "appointments": [(row, _offers(one, row)) for row in rows],
    }


def _offers(one: Visit, row: Appointment) -> frozenset[str]:
    """What the citizen may do with an appointment: cancel, move, wish."""
    if one.access != "full" or not queries.can_cancel(row):
        return frozenset()
    offered = {"cancel"}
    if row.party is not None and Service.APPOINTMENT_WISH in row.party.services:
        offered.add("wish")
    if one.patient.gp is not None and Service.BOOKING in one.patient.gp.services and moves.can_move(row):
        offered.add("move")
    return frozenset(offered)
