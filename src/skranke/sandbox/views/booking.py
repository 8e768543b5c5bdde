"""The citizen's booking pages."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from skranke.kernel import clock
from skranke.kernel.errors import NotFoundError
from skranke.sandbox import moves, queries, services
from skranke.sandbox.access import Visit
from skranke.sandbox.common import CommonService, common_parties, common_services
from skranke.sandbox.errors import CancelRefusedError, MoveRefusedError
from skranke.sandbox.forms import CancelForm, ReserveForm
from skranke.sandbox.models import Appointment, Direction, Message
from skranke.sandbox.rules import REPLY_WITHIN
from skranke.sandbox.views.frame import attempt, citizen_page, guest
from skranke.sandbox.world import PartyKind


@require_POST
def ask(_request: HttpRequest, actor: int, patient: int) -> HttpResponse:
    """Ask the clinic for free times, wait for the answer, and show it."""
    question = services.ask_for_slots(guest(actor, patient))
    services.wait_for_reply(question)
    return HttpResponseRedirect(reverse("sandbox:slots", args=(actor, patient, question.pk)))


@require_POST
def common(_request: HttpRequest, actor: int, patient: int, her_id: str) -> HttpResponse:
    """Ask a service of the GP's clinic what it offers and when, wait for the answer, and show it."""
    one = guest(actor, patient)
    party = next((row for row in common_parties(one.patient) if row.her_id == her_id), None)
    if party is None:
        raise NotFoundError("No such service.")
    question = services.ask_for_slots(one, party=party)
    services.wait_for_reply(question)
    return HttpResponseRedirect(reverse("sandbox:slots", args=(actor, patient, question.pk)))


@require_http_methods(["GET", "POST"])
def slots(request: HttpRequest, actor: int, patient: int, question: UUID) -> HttpResponse:
    """The free times of an answer, by day; choosing one sends the reservation. Of a service one is chosen first."""
    one = guest(actor, patient)
    asked = one.question(question)
    form = ReserveForm(request.POST or None)
    if attempt(form, lambda data: services.reserve(one, asked, **data)) is not None:
        messages.success(request, _("Bestillingen er sendt. Timen er ikke din før legekontoret har bekreftet den."))
        return HttpResponseRedirect(reverse("sandbox:overview", args=(actor, patient)))
    context = _answer(one, asked) | {"form": form, "moving": None} | _common(request, asked)
    return citizen_page(request, "sandbox/slots.html", one, context)


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, actor: int, patient: int, appointment: UUID) -> HttpResponse:
    """Say what moving an appointment means; POST asks the clinic for free times to choose from."""
    one = guest(actor, patient)
    found = _movable(one, appointment)
    if request.method == "POST":
        question = services.ask_for_slots(one)
        services.wait_for_reply(question)
        return HttpResponseRedirect(reverse("sandbox:move_slots", args=(actor, patient, found.pk, question.pk)))
    return citizen_page(request, "sandbox/move.html", one, {"appointment": found})


@require_http_methods(["GET", "POST"])
def move_slots(request: HttpRequest, actor: int, patient: int, appointment: UUID, question: UUID) -> HttpResponse:
    """The free times to move an appointment to; choosing one sends the reservation."""
    one = guest(actor, patient)
    found, asked = _movable(one, appointment), one.question(question)
    form = ReserveForm(request.POST or None, initial={"comment": found.comment})
    if attempt(form, lambda data: moves.move(one, found, asked, **data)) is not None:
        messages.success(request, _("Bestillingen er sendt. Den gamle timen er din til den nye er bekreftet."))
        return HttpResponseRedirect(reverse("sandbox:overview", args=(actor, patient)))
    context = _answer(one, asked) | {"form": form, "moving": found}
    return citizen_page(request, "sandbox/slots.html", one, context)


def _movable(one: Visit, appointment: UUID) -> Appointment:
    one.require_full()
    found = one.appointment(appointment)
    if not moves.can_move(found):
        raise MoveRefusedError
    return found


@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, actor: int, patient: int, appointment: UUID) -> HttpResponse:
    """Cancel an appointment, after asking."""
    one = guest(actor, patient)
    found = one.appointment(appointment)
    if not queries.can_cancel(found):
        raise CancelRefusedError
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.cancel(one, found, reason=form.cleaned_data["reason"])
        messages.success(request, _("Avbestillingen er sendt. Timen står til legekontoret har svart."))
        return HttpResponseRedirect(reverse("sandbox:overview", args=(actor, patient)))
    return citizen_page(request, "sandbox/cancel.html", one, {"form": form, "appointment": found})


def _common(request: HttpRequest, asked: Message) -> dict[str, object]:
    """Of a question to a clinic's service: what it offers, and the times of what was chosen."""
    if asked.party is None or asked.party.kind != PartyKind.SERVICE:
        return {}
    offered = common_services(services.offered(asked))
    chosen: CommonService | None = next((one for one in offered if one.name == request.GET.get("tjeneste")), None)
    found: dict[str, object] = {"common": offered, "chosen": chosen, "office": asked.party}
    if chosen is not None:
        found |= {"days": queries.days_of(chosen.times), "count": len(chosen.times)}
    return found


def _answer(one: Visit, asked: Message) -> dict[str, object]:
    answer = (
        Message.objects.filter(about=asked, direction=Direction.IN).defer("document").order_by("recorded_at").first()
    )
    times = services.offered(asked)
    return {
        "question": asked,
        "answer": answer,
        "gp": one.patient.gp,
        "common": None,
        "days": queries.days_of(times),
        "count": len(times),
        "seconds": (answer.recorded_at - asked.recorded_at).total_seconds() if answer else 0.0,
        "gave_up": answer is None and clock.now() - asked.recorded_at > REPLY_WITHIN,
    }
