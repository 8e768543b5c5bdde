"""The citizen's wishes: for a time, for another one, and to be rid of one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from skranke.sandbox import queries, wishes
from skranke.sandbox.access import Visit
from skranke.sandbox.errors import CancelRefusedError, MoveRefusedError
from skranke.sandbox.forms import WishForm
from skranke.sandbox.models import Message
from skranke.sandbox.views.frame import attempt, citizen_page, guest, require_offered
from skranke.sandbox.world import Service


@require_http_methods(["GET", "POST"])
def time(request: HttpRequest, actor: int, patient: int) -> HttpResponse:
    """Say which time is wanted; a person at the clinic answers."""
    one = guest(actor, patient)
    one.require_full()
    form = WishForm(request.POST or None)
    require_offered(one, Service.APPOINTMENT_WISH, form)
    sent = attempt(form, lambda data: wishes.wish_for_time(one, **data))
    if sent is not None:
        return _sent(request, one, sent)
    return citizen_page(request, "sandbox/wish.html", one, {"form": form, "appointment": None})


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, actor: int, patient: int, appointment: UUID) -> HttpResponse:
    """Say that another time is wanted instead; the one that is stands until the clinic has moved it."""
    one = guest(actor, patient)
    found = one.appointment(appointment)
    if not queries.can_cancel(found):
        raise MoveRefusedError
    form = WishForm(request.POST or None)
    sent = attempt(form, lambda data: wishes.wish_to_change(one, found, **data))
    if sent is not None:
        return _sent(request, one, sent)
    context = {"form": form, "appointment": found, "changes": True}
    return citizen_page(request, "sandbox/wish.html", one, context)


@require_http_methods(["GET", "POST"])
def cancellation(request: HttpRequest, actor: int, patient: int, appointment: UUID) -> HttpResponse:
    """Say that a time is not wanted any more; it stands until the clinic has answered."""
    one = guest(actor, patient)
    found = one.appointment(appointment)
    if not queries.can_cancel(found):
        raise CancelRefusedError
    form = WishForm(request.POST or None)
    sent = attempt(form, lambda data: wishes.wish_to_cancel(one, found, text=data["text"]))
    if sent is not None:
        return _sent(request, one, sent)
    context = {"form": form, "appointment": found, "changes": False}
    return citizen_page(request, "sandbox/wish.html", one, context)


def _sent(request: HttpRequest, one: Visit, sent: Message) -> HttpResponse:
    messages.success(request, _("Ønsket er sendt. Legekontoret svarer her."))
    return HttpResponseRedirect(reverse("sandbox:thread", args=(one.actor.pk, one.patient.pk, sent.conversation)))
