"""Booking: one verb for every channel, every rule checked again under the lock (BOK-12)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.clinics.models import Clinic
from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError, NotFoundError
from skranke.kernel.ids import new_id, uuid_or_none
from skranke.patients.models import Patient
from skranke.scheduling import rules
from skranke.scheduling.errors import AppointmentChangedError, BookingRefusedError, SlotTakenError
from skranke.scheduling.facts import (
    busy_times,
    clinic_limits,
    patient_facts,
    schedule_facts,
    type_facts,
)
from skranke.scheduling.helsenorge import Calendar, another_slot, calendar_of, check_request
from skranke.scheduling.models import (
    Appointment,
    AppointmentState,
    AppointmentType,
    AutomaticDialog,
    BookedThrough,
    ContactInterface,
    Occupancy,
    OccupancyKind,
    Schedule,
    Slot,
    SlotState,
)
from skranke.scheduling.places import is_free, no_place_in
from skranke.scheduling.queries import find_slot
from skranke.scheduling.resources import by_load, calendar_party, slots_of_offer
from skranke.scheduling.services.locks import Stretch, lock_for_booking
from skranke.scheduling.services.record import MADE, store
from skranke.scheduling.values import OfferAudience, Refusal, ScheduleFacts, SlotFacts
from skranke.tenancy.rows import insert
from skranke.tenancy.work import current_actor

AUDIENCES = {
    BookedThrough.STAFF: OfferAudience.STAFF,
    BookedThrough.HELSENORGE: OfferAudience.HELSENORGE,
    BookedThrough.PORTAL: OfferAudience.PORTAL,
    BookedThrough.PUBLIC: OfferAudience.PUBLIC,
}
OWN_CHANNELS = frozenset({BookedThrough.PORTAL, BookedThrough.PUBLIC})
_EXPIRE = "SELECT clear_expired_holds(%s, %s, %s, %s)"
_OCCUPY = """
    INSERT INTO scheduling_occupancy
           (id, clinic_id, schedule_id, during, kind, exclusive, source_id, slot_id, patient_id)
    VALUES (%s, %s, %s, tstzrange(%s, %s), 'appointment', %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""


REASON_LENGTH = 500
_NAME_LENGTH = 200


class Words(NamedTuple):
    """What is written about a booking. comment: the patient's; note: the clinic's own; contact: "" as the type says."""

    comment: str = ""
    reason: str = ""
    note: str = ""
    representative: str = ""
    contact: str = ""


class Request(NamedTuple):
    """Who wants a time, through which channel. expect: the (start, end) the patient saw, when known.

    moving: the appointment that gives up its own time for this one.
    """

    patient: Patient
    through: BookedThrough
    clinic: Clinic
    words: Words
    expect: tuple[datetime, datetime] | None = None
    moving: Appointment | None = None


def book(
    *,
    patient: Patient,
    through: BookedThrough,
    slot: Slot | None = None,
    slot_id: UUID | None = None,
    slot_uid: UUID | str | None = None,
    contact_her_id: str = "",
    comment: str = "",
    reason: str = "",
    note: str = "",
    representative: str = "",
    contact: ContactInterface | str = "",
    expect: tuple[datetime, datetime] | None = None,
    accepts_other: bool = False,
) -> Appointment:
    """Give a free slot to a patient (BOK-12, APT-24, HNB-8..10, DDFL-RT-01..12).

    The slot is named by itself, its id, or its uid; where no slot has the uid, by `contact_her_id` and the start in
    `expect`, the (start, end) the patient saw. A patient channel that repeats a booking gets the same appointment
    again, with `already` set. contact: how they meet, where it is not as the type says (APT-3). accepts_other: where
    the time is not free, the same time with another practitioner of the GP's party will do (DDFL-RT-08).
    Raises SlotTakenError (06) when the time is not free, BookingRefusedError (06, 26, 30) when a rule refuses it,
    NotFoundError when `slot_id` names nothing. Nothing has been written then: the caller may answer and commit.
    """
    through = BookedThrough(through)
    request = Request(patient, through, this_clinic(), Words(comment, reason, note, representative, contact), expect)
    if through is BookedThrough.HELSENORGE and expect is not None:
        candidates = slots_of_offer(request.clinic.id, slot_uid, expect[0])
        if candidates:
            return _book_common(request, candidates, UUID(str(slot_uid)), contact_her_id)
    found = slot if slot is not None else _find(slot_id, slot_uid, contact_her_id, expect)
    if accepts_other and _repeated(slot_uid, patient, through) is None:
        found = _with_another(request, found) or found
    try:
        return _book(request, found, contact_her_id, by_uid=slot_uid is not None)
    except BookingRefusedError:
        # Judged by what the patient already has, not by rules that the first booking itself has used up.
        repeated = _repeated(slot_uid if found is None else found.uid, patient, through)
        if repeated is None:
            raise
        return repeated


def _book(request: Request, found: Slot | None, contact_her_id: str, *, by_uid: bool) -> Appointment:
    shown = None
    if request.through == BookedThrough.HELSENORGE:
        shown = check_helsenorge(request, found, contact_her_id)
    if found is None:
        raise SlotTakenError(Refusal.GONE)
    lock_for_booking(request.patient.id, Stretch(found.schedule_id, found.during.lower, found.during.upper))
    now = clock.now()
    taken = Slot.objects.select_related("schedule", "type").filter(id=found.id).first()
    if taken is None or taken.during != found.during or (by_uid and taken.uid != found.uid):
        raise SlotTakenError(Refusal.GONE)
    expired = check_slot(request, taken, shown, now)
    appointment = _new(request, taken.schedule, taken.type, taken.during, now)
    appointment.slot, appointment.slot_uid = taken, taken.uid
    stored = _store(appointment, request.clinic, now, exclusive=True, expired=expired)
    _order_dialog(stored, taken.type, now)
    return stored


def _book_common(request: Request, candidates: list[Slot], uid: UUID, contact_her_id: str) -> Appointment:
    """A time of a common service, in the schedule with the least to do that has it free (RES-21).

    Raises SlotTakenError (06) only when none is left, else the BookingRefusedError of a rule.
    """
    start, end = request.expect or (candidates[0].during.lower, candidates[0].during.upper)
    shown = {one.id: one for one in check_common(request, contact_her_id)}
    stretches = [Stretch(one.schedule_id, one.during.lower, one.during.upper) for one in candidates]
    lock_for_booking(request.patient.id, *stretches)
    repeated = _repeated(uid, request.patient, request.through)
    if repeated is not None and repeated.during.lower == start:
        return repeated
    now = clock.now()
    refused: BookingRefusedError = SlotTakenError(Refusal.GONE)
    # As they are now that nobody else can take them.
    held = {one.id for one in candidates if one.during.upper == end and one.schedule_id in shown}
    for slot in by_load(one for one in slots_of_offer(request.clinic.id, uid, start) if one.id in held):
        try:
            expired = check_slot(request, slot, shown[slot.schedule_id], now)
        except SlotTakenError as error:
            refused = error if isinstance(refused, SlotTakenError) else refused
            continue
        except BookingRefusedError as error:
            refused = error
            continue
        appointment = _new(request, slot.schedule, slot.type, slot.during, now)
        # One that was moved away from this offer has its uid for life.
        appointment.slot, appointment.slot_uid = slot, slot.uid if repeated is not None else uid
        stored = _store(appointment, request.clinic, now, exclusive=True, expired=expired)
        _order_dialog(stored, slot.type, now)
        return stored
    raise refused


def _order_dialog(appointment: Appointment, kind: AppointmentType, now: datetime) -> None:
    """Let the worker send the patient the dialog of the type, once (BOK-15)."""
    if kind.automatic_dialog_id is None:
        return
    if rules.sends_automatic_dialog(appointment.booked_through, hidden=appointment.hidden):
        facts = {"clinic_id": appointment.clinic_id, "appointment": appointment, "created_at": now}
        insert(AutomaticDialog(template_id=kind.automatic_dialog_id, **facts))


def _find(
    slot_id: UUID | None,
    slot_uid: UUID | str | None,
    contact_her_id: str,
    expect: tuple[datetime, datetime] | None,
) -> Slot | None:
    if slot_id is not None:
        found = Slot.objects.filter(id=slot_id).first()
        if found is None:
            raise NotFoundError("The slot does not exist.")
        return found
    return find_slot(uid=slot_uid, contact_her_id=contact_her_id, start=expect[0] if expect else None)


def _with_another(request: Request, found: Slot | None) -> Slot | None:
    """Where the time is not free: the same time with another practitioner. Looked at before any lock is taken."""
    now = clock.now()
    times = (found.during.lower, found.during.upper) if found is not None else request.expect
    if times is None or (request.expect is not None and request.expect != times):
        return None
    start, end = times
    if found is not None and is_free(found, now):
        return None
    return another_slot(request.patient.gp_id, start, end, but_not=found.schedule_id if found else None, now=now)


def check_helsenorge(request: Request, slot: Slot | None, contact_her_id: str) -> ScheduleFacts | None:
    """HNB-1..5 and HNB-9 for the calendar that is asked for; the slot's schedule as HelseNorge shows it."""
    patient = request.patient
    calendar = calendar_of(patient, slot, contact_her_id)
    needs_words = request.clinic.require_comment and request.moving is None
    allowed = check_request(calendar, patient, request.words.comment, require_comment=needs_words)
    if slot is None:
        return None
    shown = next((one for one in allowed if one.id == slot.schedule_id), None)
    if shown is None:
        raise SlotTakenError(Refusal.GONE)
    return shown


def check_common(request: Request, contact_her_id: str) -> list[ScheduleFacts]:
    """What can be said of a common service's reservation before its times are looked at; the schedules as shown.

    No comment is asked for: it can carry one (RES-27).
    """
    calendar = Calendar(resource=calendar_party(contact_her_id))
    return check_request(calendar, request.patient, "", require_comment=False)


def _repeated(slot_uid: UUID | str | None, patient: Patient, through: BookedThrough) -> Appointment | None:
    """Protocol-messages 6.6: the same patient asks again for what the patient already has."""
    uid = uuid_or_none(str(slot_uid))
    if through == BookedThrough.STAFF or uid is None:
        return None
    own = Appointment.objects.select_related("schedule", "type", "patient")
    appointment = own.filter(slot_uid=uid, patient=patient, state=AppointmentState.BOOKED, hidden=False).first()
    if appointment is not None and appointment.booked_through == through:
        appointment.already = True
        return appointment
    return None


def check_slot(request: Request, slot: Slot, shown: ScheduleFacts | None, now: datetime) -> bool:
    """Every rule of BOK-1..9 for one slot; the patient's own limits are counted under the patient's lock.

    shown: whom HelseNorge shows the schedule to, where it asks.
    Whether an expired hold lies in the slot's time, which must go before the time can be taken.
    """
    audience = AUDIENCES[request.through]
    schedule, kind = schedule_facts(slot.schedule), type_facts(slot.type)
    if shown is not None:
        schedule = replace(schedule, list_of=shown.list_of, resource=shown.resource, flagged_only=shown.flagged_only)
    start, end = slot.during.lower, slot.during.upper
    if slot.state != SlotState.OPEN:
        raise SlotTakenError(Refusal.GONE)
    if request.expect is not None and request.expect != (start, end):
        raise BookingRefusedError(Refusal.OTHER_TIMES)
    opens = None if slot.available_from is None else int(slot.available_from.timestamp())
    fact = SlotFacts(schedule.id, int(start.timestamp()), int(end.timestamp()), kind.id, slot.id, slot.uid, opens)
    limits = clinic_limits(request.clinic)
    counted = rules.limits_number([schedule], [kind], limits)
    moving = request.moving
    facts = None
    if audience is not OfferAudience.STAFF:
        facts = patient_facts(
            request.patient,
            now,
            count=counted,
            lists=rules.lists_asked([schedule]),
            without=moving.id if moving else None,
        )
    window = rules.window(schedule, kind, clinic=limits, patient=facts, audience=audience, now=now)
    # What the patient gives up for this time does not stand in its way: the appointment that moves, the own hold.
    without = [moving.id] if moving else [request.patient.id] if request.through in OWN_CHANNELS else []
    taken, expired = no_place_in(slot, now, request.patient.id, without=without)
    if taken is Refusal.IN_GROUP:
        staff = audience is OfferAudience.STAFF
        raise BookingRefusedError(taken, _("Pasienten har allerede plass i denne gruppetimen.") if staff else "")
    if taken is not None:
        raise SlotTakenError(taken)
    refusal = rules.outside(fact, window, now) or rules.not_takeable(fact, kind, audience, now)
    if refusal is not None:
        raise BookingRefusedError(refusal)
    return expired


def _new(
    request: Request, schedule: Schedule, kind: AppointmentType, during: DateTimeTZRange, now: datetime
) -> Appointment:
    words = request.words
    if len(words.reason.strip()) > REASON_LENGTH:
        raise InvalidError(_("Årsaken kan ha høyst %(limit)d tegn.") % {"limit": REASON_LENGTH}, field="reason")
    actor = current_actor()
    return Appointment(
        clinic_id=actor.clinic_id,
        schedule=schedule,
        patient=request.patient,
        type=kind,
        during=during,
        contact=ContactInterface(words.contact or kind.contact),
        address=kind.address,
        comment=words.comment.strip(),
        reason=words.reason.strip(),
        note=words.note.strip(),
        representative=words.representative[:_NAME_LENGTH],
        booked_through=request.through,
        hidden=rules.is_hidden(type_facts(kind)),
        told_helsenorge=request.through == BookedThrough.HELSENORGE,
        created_at=now,
        created_by_name=actor.name,
    )


def _store(
    appointment: Appointment, clinic: Clinic, now: datetime, *, exclusive: bool, expired: bool = True
) -> Appointment:
    through = BookedThrough(appointment.booked_through)
    if through in OWN_CHANNELS:
        Occupancy.objects.filter(kind=OccupancyKind.HOLD, source_id=appointment.patient_id).delete()
    occupy(appointment, now, exclusive=exclusive, expired=expired)
    pushed = None if through == BookedThrough.HELSENORGE else (MADE, now, clinic.grace_seconds)
    store(appointment, Action.APPOINTMENT_BOOKED, now, {"through": through.value}, pushed)
    return appointment


def occupy(appointment: Appointment, now: datetime, *, exclusive: bool, expired: bool = True) -> None:
    """Take the time, or a place of its group. A constraint cannot know the time of day: expired holds go first.

    expired: False where the range has been looked at, under the lock, and holds none.
    """
    during, slot = appointment.during, appointment.slot
    group = slot if slot is not None and slot.capacity > 1 else None
    if expired:
        clear_expired(appointment.schedule_id, now, during)
    with connection.cursor() as cursor:
        cursor.execute(
            _OCCUPY,
            [
                new_id(),
                appointment.clinic_id,
                appointment.schedule_id,
                during.lower,
                during.upper,
                exclusive and group is None,
                appointment.id,
                group.id if group else None,
                appointment.patient_id if group else None,
            ],
        )
        if cursor.rowcount != 1:
            raise SlotTakenError


def clear_expired(schedule_id: UUID, now: datetime, during: DateTimeTZRange) -> None:
    """Take away the expired holds that lie in the time of one schedule."""
    with connection.cursor() as cursor:
        cursor.execute(_EXPIRE, [schedule_id, now, during.lower, during.upper])


def book_extra(
    *,
    schedule: Schedule,
    type: AppointmentType,  # noqa: A002 - the domain's word
    patient: Patient,
    start: datetime,
    minutes: int | None = None,
    concurrent: bool = False,
    reason: str = "",
    note: str = "",
    contact: ContactInterface | str = "",
) -> Appointment:
    """Place a patient where there is no slot, for staff (CAL-9, APT-3).

    concurrent: beside another appointment or over an event. Raises SlotTakenError without it when the time is used,
    BookingRefusedError for a type or schedule out of use, InvalidError for a start that is none.
    """
    check_start(start)
    end = start + timedelta(minutes=minutes or type.minutes)
    check_length(start, end)
    lock_for_booking(patient.id, Stretch(schedule.id, start, end))
    now = clock.now()
    refusal = rules.out_of_use(schedule_facts(schedule), type_facts(type))
    if refusal is not None:
        raise BookingRefusedError(refusal)
    if not concurrent and busy_times([schedule.id], start, end, now):
        raise SlotTakenError
    request = Request(patient, BookedThrough.STAFF, this_clinic(), Words(reason=reason, note=note, contact=contact))
    appointment = _new(request, schedule, type, DateTimeTZRange(start, end), now)
    return _store(appointment, request.clinic, now, exclusive=not concurrent)


def check_start(start: datetime) -> None:
    """A time of staff's own choice."""
    if start.second or start.microsecond:
        raise InvalidError(_("Timen må begynne på et helt minutt."), field="start")
    if not rules.is_within_reach(start, clock.now()):
        raise InvalidError(_("Tidspunktet er mer enn ti år unna. Se over datoen."), field="start")


def check_length(start: datetime, end: datetime) -> None:
    """Its days are locked one by one, so it may not be long."""
    if not timedelta() < end - start <= rules.LONGEST:
        raise InvalidError(_("Timen må slutte etter at den begynner, og vare høyst et døgn."), field="end")


def locked(appointment: Appointment, expected_version: int | None = None) -> Appointment:
    """The appointment as it stands now, its row held until the unit of work ends.

    Raises NotFoundError when it is gone, AppointmentChangedError when it has another version than the caller saw.
    """
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("schedule", "type", "patient", "slot")
    held = rows.filter(id=appointment.id).first()
    if held is None:
        raise NotFoundError("The appointment does not exist.")
    if expected_version is not None and held.version != expected_version:
        raise AppointmentChangedError(
            _("Timen er endret av noen andre siden du åpnet den. Se over den, og prøv igjen.")
        )
    return held


def free_time(appointment: Appointment, *, offer_again: bool) -> None:
    """Give the time back. Its slot gets a new uid, so that the old uid never points to another patient's time."""
    Occupancy.objects.filter(source_id=appointment.id).delete()
    if appointment.slot_id is None:
        return
    slot = Slot.objects.filter(id=appointment.slot_id)
    slot.update(uid=new_id())
    if not offer_again:
        slot.update(state=SlotState.REMOVED)


def bump(appointment: Appointment, state: AppointmentState) -> None:
    """Store a new state and count the version on."""
    appointment.state = state
    Appointment.objects.filter(id=appointment.id).update(state=state, version=F("version") + 1)
    appointment.version += 1
