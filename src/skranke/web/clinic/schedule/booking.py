"""The panel that gives a time to a patient (APT-1, APT-3, CAL-9), or several by a rule (PLN-15)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError, NotFoundError
from skranke.patients import queries as patients_queries
from skranke.patients.access import get_patient_for
from skranke.patients.models import Patient
from skranke.scheduling import queries
from skranke.scheduling.access import get_appointment_for, get_slot_for, get_smart_slot_for
from skranke.scheduling.details import told_at
from skranke.scheduling.errors import BookingRefusedError, SlotTakenError
from skranke.scheduling.models import Appointment, BookedThrough, Slot, Visibility
from skranke.scheduling.places import taken
from skranke.scheduling.services import book as book_slot
from skranke.scheduling.services import book_extra
from skranke.scheduling.services.recurring_appointments import AppointmentWords, Wanted
from skranke.scheduling.smart.models import SmartSlot
from skranke.scheduling.smart.queries import last_used, possible_starts, types_of
from skranke.scheduling.smart.services import book_in_smart_slot
from skranke.web.clinic.schedule.appointment import done
from skranke.web.clinic.schedule.forms import BookingForm, ExtraForm, SmartForm, add_error
from skranke.web.clinic.schedule.frame import OK, Panel, by_day, next_free, show
from skranke.web.clinic.schedule.place import Place, clock_text, place_of, uuid_of, with_query
from skranke.web.clinic.schedule.repeated import CHANGE, Asked, answer, minutes_of
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import active_patient

INVALID, TAKEN = 422, 409
_OFFERS = 6
_FOUND = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A booking that is being made. slot: None for a time where nothing is planned; q: a search without script.

    smart: the smart slot it is made in, which has no slot (PLN-13). copied: the appointment it is a copy of, for the
    same patient (APT-25).
    """

    place: Place
    slot: Slot | None
    patient: Patient | None
    form: BookingForm
    smart: SmartSlot | None = None
    q: str = ""
    copied: Appointment | None = None

    @property
    def url(self) -> str:
        """Where the panel of this draft is opened."""
        place, address = self.place, reverse("schedule-book", args=[self.place.slug])
        if self.slot is not None:
            return with_query(address, time=self.slot.id, kopi=place.copying, **place.seen_as)
        if self.smart is not None:
            return with_query(address, luke=self.smart.id, kopi=place.copying, **place.seen_as)
        schedule_id = place.schedule.id if place.schedule else ""
        return with_query(address, timebok=schedule_id, dag=place.day, kopi=place.copying, **place.seen_as)


@require_http_methods(["GET", "POST"])
@clinic_view
def book(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the panel, choose or remove the patient, take another time, or save."""
    draft = draft_of(request, actor)
    if request.method == "POST" and not {"velg", "bytt"} & request.POST.keys():
        return _save(request, actor, draft)
    return show(request, actor, draft.place, _panel(draft))


@require_GET
@clinic_view
def patients(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """The patients a search in the panel means, as buttons of its form."""
    q = _search(request)
    return render(
        request, "clinic/schedule/found.html", {"q": q, "found": patients_queries.search(q, limit=_FOUND).patients}
    )


def draft_of(request: HttpRequest, actor: Actor) -> Draft:
    """The draft that an address and what has been filled in so far describe."""
    posted = request.POST
    slot_id = uuid_of(posted.get("bytt") or posted.get("time") or request.GET.get("time", ""))
    slot = get_slot_for(actor, slot_id) if slot_id else None
    smart_id = None if slot else uuid_of(request.GET.get("luke", ""))
    smart = get_smart_slot_for(actor, smart_id) if smart_id else None
    within = slot or smart
    day = clock.oslo(within.during.lower).date() if within else None
    place = place_of(request, actor, schedule=within.schedule if within else None, day=day)
    copied = get_appointment_for(actor, place.copying) if place.copying else None
    patient = copied.patient if copied else _patient(request, actor)
    form = _smart_form(request, smart, patient, copied) if smart else _form(request, place, slot, patient, copied)
    form.first = day
    return Draft(place=place, slot=slot, smart=smart, patient=patient, form=form, q=_search(request), copied=copied)


def _search(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()


def _patient(request: HttpRequest, actor: Actor) -> Patient | None:
    if request.method == "POST":
        chosen = uuid_of(request.POST.get("velg", request.POST.get("patient", "")))
    else:
        chosen = uuid_of(request.GET.get("pasient", ""))
    if chosen is not None:
        return get_patient_for(actor, chosen)
    return None if request.method == "POST" else active_patient(request, actor)


def _form(
    request: HttpRequest, place: Place, slot: Slot | None, patient: Patient | None, copied: Appointment | None = None
) -> BookingForm:
    kind = BookingForm if slot else ExtraForm
    if _is_saving(request):
        return kind(request.POST)
    typed: dict[str, object] = {name: request.POST[name] for name in kind.base_fields if name in request.POST}
    typed |= {"weekdays": request.POST.getlist("weekdays")}
    if typed.get("contact") == request.POST.get("vanlig", ""):
        # Nobody chose it: it came with the type of the time that is left.
        del typed["contact"]
    usual = {"contact": slot.type.contact if slot else "", "day": place.day, "start": clock_text(request)}
    usual |= _words_of(copied)
    form = kind(initial=usual | typed | {"patient": patient.id if patient else ""})
    if patient is not None and slot is not None:
        form.fields["reason"].widget.attrs["autofocus"] = True
    return form


def _is_saving(request: HttpRequest) -> bool:
    """The buttons that choose a patient, a type or another time send the form too."""
    return request.method == "POST" and not {"velg", "bytt"} & request.POST.keys()


def _smart_form(
    request: HttpRequest, smart: SmartSlot, patient: Patient | None, copied: Appointment | None
) -> SmartForm:
    types = types_of([smart])[smart.id]
    asked = request.POST.get("type", "") or (str(copied.type_id) if copied else str(last_used() or ""))
    kind = next((one for one in types if str(one.id) == asked), next(iter(types), None))
    now = clock.now()
    there = possible_starts(smart, kind.minutes, now) if kind else []
    starts = {str(int(at.timestamp())): clock.oslo(at) for at in there if at >= now or _is_saving(request)}
    if _is_saving(request):
        return SmartForm(request.POST, types=types, starts=starts)
    typed: dict[str, object] = {name: request.POST[name] for name in BookingForm.base_fields if name in request.POST}
    typed |= {"weekdays": request.POST.getlist("weekdays")}
    pointed = clock_text(request)
    chosen = next((key for key, at in starts.items() if f"{at:%H:%M}" == pointed), next(iter(starts), ""))
    chosen = request.POST["start"] if request.POST.get("start") in starts else chosen
    usual = {"contact": "", **_words_of(copied), "type": str(kind.id) if kind else "", "start": chosen}
    return SmartForm(initial=usual | typed | {"patient": patient.id if patient else ""}, types=types, starts=starts)


def _words_of(copied: Appointment | None) -> dict[str, object]:
    """What a copy begins with; its time is chosen anew (APT-25)."""
    if copied is None:
        return {}
    return {
        "contact": copied.contact,
        "reason": copied.reason,
        "note": copied.note,
        "type": copied.type_id,
        "minutes": minutes_of(copied.during.upper - copied.during.lower),
    }


def opening_panel(request: HttpRequest, actor: Actor, place: Place) -> Panel | None:
    """The panel of a calendar that was opened to find a time for a patient."""
    if place.schedule is None or not ("pasient" in request.GET or place.copying):
        return None
    return _panel(draft_of(request, actor))


def _panel(draft: Draft, **extra: object) -> Panel:
    schedule = draft.place.schedule
    if schedule is None:
        raise NotFoundError("The clinic has no schedule.")
    kind = draft.slot.type if draft.slot else draft.form.chosen if isinstance(draft.form, SmartForm) else None
    hidden = kind is not None and kind.visibility == Visibility.HIDDEN
    context: dict[str, object] = {
        "draft": draft,
        "form": draft.form,
        "hidden": hidden,
        "taken_places": taken(draft.slot, clock.now()) if draft.slot and draft.slot.capacity > 1 else None,
        "told_at": told_at(draft.patient, hidden=hidden) if draft.patient else None,
        "coming": _coming(draft.patient),
        "offers": () if draft.slot or draft.smart else by_day(next_free(schedule, _OFFERS)),
        "taken": "",
        "q": draft.q,
        "found": patients_queries.search(draft.q, limit=_FOUND).patients if draft.q else (),
    }
    within = draft.slot or draft.smart
    chosen = within.id if within else None
    return Panel(template="clinic/schedule/book.html", url=draft.url, context=context | extra, chosen=chosen)


def _coming(patient: Patient | None) -> int:
    return 0 if patient is None else queries.appointments(patient=patient, start=clock.now()).count()


def _save(request: HttpRequest, actor: Actor, draft: Draft) -> HttpResponse:
    form = draft.form
    changing = CHANGE in request.POST
    if changing or not form.is_valid() or draft.patient is None:
        return show(request, actor, draft.place, _panel(draft), status=OK if changing else INVALID)
    try:
        if form.cleaned_data["rule"]:
            return answer(request, actor, _asked(draft, draft.patient, form.cleaned_data))
        appointment = _book(draft, draft.patient, form.cleaned_data)
    except SlotTakenError as error:
        return _taken(request, actor, draft, str(error))
    except (BookingRefusedError, InvalidError) as error:
        add_error(form, error)
        return show(request, actor, draft.place, _panel(draft), status=INVALID)
    if form.cleaned_data["print_card"]:
        return _to_card(request, draft.place.slug, appointment)
    return done(request, actor, appointment, said="saved")


def _to_card(request: HttpRequest, slug: str, appointment: Appointment) -> HttpResponse:
    """On to the page that is printed; htmx is told to leave the calendar (APT-4)."""
    address = reverse("schedule-card", args=[slug, appointment.id])
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _book(draft: Draft, patient: Patient, filled: Mapping[str, Any]) -> Appointment:
    words = _words(filled)._asdict()
    if draft.slot is not None:
        return book_slot(slot=draft.slot, patient=patient, through=BookedThrough.STAFF, **words)
    if draft.smart is not None:
        kind, start = filled["kind"], filled["at"]
        return book_in_smart_slot(draft.smart, type=kind, patient=patient, start=start, **words)
    if draft.place.schedule is None:
        raise NotFoundError("The clinic has no schedule.")
    return book_extra(
        schedule=draft.place.schedule,
        type=filled["type"],
        patient=patient,
        start=filled["at"],
        minutes=filled["minutes"],
        concurrent=filled["concurrent"],
        **words,
    )


def _words(filled: Mapping[str, Any]) -> AppointmentWords:
    return AppointmentWords(reason=filled["reason"], note=filled["note"], contact=filled["contact"])


def _asked(draft: Draft, patient: Patient, filled: Mapping[str, Any]) -> Asked:
    """The draft, to be booked on every day of its rule that is chosen."""
    slot, schedule = draft.slot, draft.place.schedule
    if schedule is None:
        raise NotFoundError("The clinic has no schedule.")
    kind = slot.type if slot else filled["kind"] if draft.smart else filled["type"]
    begins = clock.oslo(slot.during.lower if slot else filled["at"])
    length = minutes_of(slot.during.upper - slot.during.lower) if slot else filled.get("minutes") or kind.minutes
    beside = filled.get("concurrent", False)
    within = slot or draft.smart
    return Asked(
        place=draft.place,
        wanted=Wanted(patient, schedule, kind, begins.date(), begins.time(), length, concurrent=beside),
        words=_words(filled),
        form=draft.form,
        address=draft.url,
        chosen=within.id if within else None,
        own=within is None,
    )


def _taken(request: HttpRequest, actor: Actor, draft: Draft, text: str) -> HttpResponse:
    """Somebody was first (APT-24): nothing typed is lost, and the next free times stand ready."""
    start = draft.slot.during.lower if draft.slot else draft.form.cleaned_data["at"]
    offers = next_free(draft.place.schedule, _OFFERS, since=start) or next_free(draft.place.schedule, _OFFERS)
    return show(request, actor, draft.place, _panel(draft, taken=text, offers=by_day(offers)), status=TAKEN)
