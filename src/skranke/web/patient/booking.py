"""Bestill time: with whom, what for, and when; then one question before it is given (POR-5, BOK-11, BOK-14)."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from skranke.clinics.queries import this_clinic
from skranke.dialog.access import patient_of
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError
from skranke.kernel.ids import uuid_or_none
from skranke.scheduling import choosing
from skranke.scheduling.access import get_slot_to_book_for
from skranke.scheduling.errors import BookingRefusedError
from skranke.scheduling.models import BookedThrough, Slot
from skranke.scheduling.requests.queries import may_ask
from skranke.scheduling.services import book, held_until, hold, let_go
from skranke.web.patient import words
from skranke.web.patient.place import place_of
from skranke.web.patient.session import patient_view
from skranke.web.patient.shell import frame

MAX_COMMENT = 500


@require_GET
@patient_view
def with_whom(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The first question; the own GP is the answer that stands there already (POR-6)."""
    here = place_of(request)
    chosen = uuid_or_none(request.GET.get("timebok", ""))
    if chosen is not None:
        return HttpResponseRedirect(here.url("patient-book-kind", chosen))
    found = choosing.books(patient_of(actor))
    chosen_before = next((one.id for one in found if one.is_gp and one.first), None)
    context = {
        "books": found,
        "chosen": chosen_before,
        "blocked": patient_of(actor).blocked,
        "may_ask": may_ask(actor),
    }
    return _page(request, actor, "with_whom", here.url("patient-times"), context)


@require_GET
@patient_view
def what_for(request: HttpRequest, actor: Actor, schedule_id: UUID) -> HttpResponse:
    """The second question: the types that have free times."""
    patient, back = patient_of(actor), place_of(request).url("patient-book")
    book_of = choosing.book_of(patient, schedule_id)
    return _page(request, actor, "what_for", back, {"book": book_of, "kinds": choosing.kinds(patient, book_of)})


@require_http_methods(["GET", "POST"])
@patient_view
def when(request: HttpRequest, actor: Actor, schedule_id: UUID, type_id: UUID) -> HttpResponse:
    """The third question: the free times, day by day. The one that is picked is held for the patient."""
    here, patient = place_of(request), patient_of(actor)
    book_of, kind = choosing.book_of(patient, schedule_id), choosing.kind_of(type_id)
    refused = None
    picked = uuid_or_none(request.POST.get("tid", ""))
    if picked is not None:
        try:
            hold(get_slot_to_book_for(actor, picked), patient)
            return HttpResponseRedirect(here.url("patient-book-confirm", picked))
        except BookingRefusedError as error:
            refused = error
    found = choosing.times(patient, book_of, kind, _day(request))
    context = {"book": book_of, "kind": kind, "times": found, "refused": refused, "later": "fra" in request.GET}
    status = 200 if refused is None else refused.http_status
    return _page(request, actor, "when", here.url("patient-book-kind", schedule_id), context, status=status)


@require_http_methods(["GET", "POST"])
@patient_view
def confirm(request: HttpRequest, actor: Actor, slot_id: UUID) -> HttpResponse:
    """All of it once more with what it costs and where it is, and the deed; or the time is given back."""
    here, patient = place_of(request), patient_of(actor)
    slot = get_slot_to_book_for(actor, slot_id)
    others = here.url("patient-book-time", slot.schedule_id, slot.type_id)
    if request.method == "POST" and request.POST.get("gjor") == "slipp":
        let_go(slot, patient)
        return HttpResponseRedirect(others)
    refused = None
    if request.method == "POST":
        try:
            given = _book(request, actor, slot)
            return HttpResponseRedirect(f"{here.url('patient-time', given)}?bestilt=1")
        except (BookingRefusedError, InvalidError) as error:
            refused = error
    until = held_until(slot, patient)
    context = {
        "pick": choosing.pick_of(slot),
        "until": until,
        "minutes": None if until is None else max(1, round((until - clock.now()).total_seconds() / 60)),
        "refused": refused,
        "comment": request.POST.get("kommentar", ""),
        "others": others,
        "max_comment": MAX_COMMENT,
    }
    status = 200 if refused is None else refused.http_status
    return _page(request, actor, "confirm", others, context, status=status)


def _book(request: HttpRequest, actor: Actor, slot: Slot) -> UUID:
    """Give the time to the patient; who acts for the patient is named beside (PAT-22)."""
    comment = request.POST.get("kommentar", "").strip()
    if len(comment) > MAX_COMMENT:
        raise InvalidError(_("Skriv høyst %(limit)d tegn.") % {"limit": MAX_COMMENT}, field="kommentar")
    representative = actor.name if actor.relation_id is not None else ""
    patient = patient_of(actor)
    given = book(
        slot=slot, patient=patient, through=BookedThrough.PORTAL, comment=comment, representative=representative
    )
    return given.id


def _page(
    request: HttpRequest, actor: Actor, name: str, back_url: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    shared = {
        "shell": frame(request, actor, back_url=back_url),
        "here": place_of(request),
        "clinic": this_clinic(),
        "words": words,
    }
    return render(request, f"patient/book/{name}.html", shared | context, status=status)


def _day(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("fra", ""))
    except ValueError:
        return None
