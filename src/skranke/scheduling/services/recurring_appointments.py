"""Appointments that repeat: what there is on each day of a rule, then all that are chosen are booked, or none (PLN-15).

Each is booked as any other, with every rule of booking asked under the locks, and HelseNorge is told of each by itself.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.kernel.holidays import public_holidays
from skranke.kernel.ids import new_id
from skranke.patients.models import Patient
from skranke.scheduling import rules
from skranke.scheduling.errors import BookingRefusedError, SeveralTakenError, SlotTakenError, WrongStateError
from skranke.scheduling.facts import all_types, busy_times, clinic_limits, open_slots, patient_facts, schedule_facts
from skranke.scheduling.models import Appointment, AppointmentType, BookedThrough, Schedule, Slot
from skranke.scheduling.recurring import Recurrence, days_with_first
from skranke.scheduling.repeated import RepeatedAppointment
from skranke.scheduling.series import GIVEN_UP
from skranke.scheduling.services.booking import book, book_extra, check_length, check_start, locked
from skranke.scheduling.services.locks import Stretch, lock_for_several
from skranke.scheduling.services.recurring import closed_days
from skranke.scheduling.smart.models import SmartSlot
from skranke.scheduling.smart.queries import types_of
from skranke.scheduling.smart.services import book_in_smart_slot
from skranke.scheduling.smart.starts import left_of, starts_in
from skranke.scheduling.values import Busy, OfferAudience, OfferedSlot, Refusal, SlotFacts
from skranke.tenancy.rows import insert
from skranke.tenancy.work import current_actor

MOST_TIMES = 52
_DAY = timedelta(days=1)


class Found(StrEnum):
    """What there is at the time of a rule on one of its days.

    FREE: a free slot of the type, or room for it in a smart slot. OWN: nothing in the way, so that staff may place the
    patient there (CAL-9). BESIDE: taken, and the patient may be placed beside it. NO_TIME: the clock skips the time
    that night.
    """

    FREE = "free"
    OWN = "own"
    BESIDE = "beside"
    TAKEN = "taken"
    NO_TIME = "no_time"


class Wanted(NamedTuple):
    """What is to be repeated: in whose schedule, of which type, from when on the wall, and how long where no slot is.

    concurrent: also beside other appointments. source: the appointment that stands already, the first of them all.
    """

    patient: Patient
    schedule: Schedule
    type: AppointmentType
    first: date
    at: time
    minutes: int
    concurrent: bool = False
    source: Appointment | None = None


class Occasion(NamedTuple):
    """One day of a rule. start, end: None where the clock skips the time. slot_id, smart_id: of the free
    slot, or of the smart slot that has room (PLN-13).

    holiday: the name of a public holiday. closed: the work plan has the day closed. under: the types of free slots
    that an own time would lie over.
    """

    day: date
    start: datetime | None
    end: datetime | None
    found: Found
    slot_id: UUID | None
    smart_id: UUID | None
    holiday: str
    closed: bool
    under: tuple[str, ...]

    @property
    def bookable(self) -> bool:
        """It can be chosen."""
        return self.found not in {Found.TAKEN, Found.NO_TIME}


class AppointmentWords(NamedTuple):
    """What is written on each appointment; contact: "" as the type says."""

    reason: str = ""
    note: str = ""
    contact: str = ""


def preview_appointments(wanted: Wanted, rule: Recurrence) -> list[Occasion]:
    """What there is on each day of the rule, the first included unless it is an appointment already.

    Raises InvalidError for a rule with no day, or too many; BookingRefusedError for a type or schedule out of use.
    """
    days, end = days_with_first(wanted.first, rule, most=MOST_TIMES), "last" if rule.times is None else "count"
    if len(days) > MOST_TIMES:
        raise InvalidError(_("En time kan gjentas høyst %(most)d ganger.") % {"most": MOST_TIMES}, field=end)
    if wanted.source is not None:
        days = days[1:]
    if not days:
        raise InvalidError(_("Regelen treffer ingen flere dager."), field=end)
    refusal = rules.out_of_use(schedule_facts(wanted.schedule), all_types()[wanted.type.id])
    if refusal is not None:
        raise BookingRefusedError(refusal)
    length = timedelta(minutes=wanted.minutes)
    starts = {day: clock.from_oslo(datetime.combine(day, wanted.at)) for day in days}
    for start in filter(None, (starts[days[0]], starts[days[-1]])):
        check_start(start)
        check_length(start, start + length)
    since, until, now = _midnight(days[0]), _midnight(days[-1] + _DAY), clock.now()
    busy = busy_times([wanted.schedule.id], since, until + _DAY, now)
    slots = open_slots([wanted.schedule.id], since, until)
    free = _by_day(_offer(wanted, slots, busy, now))
    room = _room_in_smart_slots(wanted, since, until, [*slots, *busy])
    closed = closed_days(wanted.schedule, days)
    return [
        _occasion(wanted, day, starts[day], free.get(day, ()), busy, room=room, closed=day in closed) for day in days
    ]


def _room_in_smart_slots(
    wanted: Wanted, since: datetime, until: datetime, used: Sequence[SlotFacts | Busy]
) -> dict[datetime, UUID]:
    """Where in smart slots that take the type an appointment may begin, each with its smart slot (PLN-13)."""
    rows = SmartSlot.objects.filter(schedule=wanted.schedule, removed=False, starts__lt=until, ends__gt=since)
    found = [one for one in rows if wanted.type.id in one.type_ids]
    if not found or wanted.minutes != wanted.type.minutes:
        return {}
    takes, room = types_of(found), dict[datetime, UUID]()
    for one in found:
        if wanted.type.id not in {kind.id for kind in takes[one.id]}:
            continue
        start, end = one.during.lower, one.during.upper
        first, last = start.timestamp(), end.timestamp()
        taken = [(_instant(it.starts), _instant(it.ends)) for it in used if it.starts < last and it.ends > first]
        room |= dict.fromkeys(starts_in(left_of((start, end), taken), wanted.minutes), one.id)
    return room


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _midnight(day: date) -> datetime:
    return _instant(rules.midnight(day))


def _offer(wanted: Wanted, slots: Sequence[SlotFacts], busy: Sequence[Busy], now: datetime) -> list[OfferedSlot]:
    """The free slots of the schedule that staff may give the patient; of a group those the patient is not in yet."""
    schedule = schedule_facts(wanted.schedule)
    return rules.offer(
        slots,
        busy,
        schedules={schedule.id: schedule},
        types=all_types(),
        clinic=clinic_limits(this_clinic()),
        patient=patient_facts(wanted.patient, now, count=False),
        audience=OfferAudience.STAFF,
        now=now,
    )


def _by_day(offers: Sequence[OfferedSlot]) -> dict[date, list[OfferedSlot]]:
    found: dict[date, list[OfferedSlot]] = {}
    for one in offers:
        found.setdefault(clock.oslo(one.start).date(), []).append(one)
    return found


def _occasion(
    wanted: Wanted,
    day: date,
    start: datetime | None,
    free: Sequence[OfferedSlot],
    busy: Sequence[Busy],
    *,
    room: Mapping[datetime, UUID],
    closed: bool,
) -> Occasion:
    holiday = public_holidays(day.year).get(day, "")
    if start is None:
        return Occasion(day, None, None, Found.NO_TIME, None, None, holiday, closed, ())
    fitting = next((one for one in free if one.start == start and one.type.id == wanted.type.id), None)
    if fitting is not None:
        return Occasion(day, start, fitting.end, Found.FREE, fitting.id, None, holiday, closed, ())
    end = start + timedelta(minutes=wanted.minutes)
    if start in room:
        return Occasion(day, start, end, Found.FREE, None, room[start], holiday, closed, ())
    span = (int(start.timestamp()), int(end.timestamp()))
    under = tuple(dict.fromkeys(one.type.name for one in free if one.start < end and start < one.end))
    used = any(rules.overlaps(span, (one.starts, one.ends)) for one in busy)
    found = Found.OWN if not used else Found.BESIDE if wanted.concurrent else Found.TAKEN
    return Occasion(day, start, end, found, None, None, holiday, closed, under)


def book_appointments(wanted: Wanted, chosen: Sequence[Occasion], words: AppointmentWords) -> list[Appointment]:
    """Book every chosen day, all of them or none, and keep that they belong together.

    Raises SeveralTakenError when one of them can no longer be had, whatever the reason; InvalidError; WrongStateError
    for a source that is given up. Nothing is booked then.
    """
    if not 0 < len(chosen) <= MOST_TIMES or not all(one.bookable for one in chosen):
        raise InvalidError(_("Velg minst én dag, og høyst %(most)d.") % {"most": MOST_TIMES})
    with transaction.atomic():
        stretches = [Stretch(wanted.schedule.id, one.start, one.end) for one in chosen if one.start and one.end]
        lock_for_several([wanted.patient.id], stretches)
        if wanted.source is not None and locked(wanted.source).state in GIVEN_UP:
            raise WrongStateError(_("Timen kan ikke gjentas slik den står nå."))
        slots = Slot.objects.select_related("schedule", "type").in_bulk([one.slot_id for one in chosen if one.slot_id])
        smart = SmartSlot.objects.in_bulk([one.smart_id for one in chosen if one.smart_id])
        made: list[Appointment] = []
        refused: dict[date, BookingRefusedError] = {}
        for one in chosen:
            try:
                made.append(_book(wanted, one, slots, smart, words))
            except BookingRefusedError as error:
                refused[one.day] = error
        if refused:
            raise SeveralTakenError(_("Noen andre var først. Ingen av timene er booket."), refused)
        _keep_together(wanted.source, made)
    return made


def _book(
    wanted: Wanted,
    one: Occasion,
    slots: Mapping[UUID, Slot],
    smart: Mapping[UUID, SmartSlot],
    words: AppointmentWords,
) -> Appointment:
    if one.slot_id is not None:
        slot = slots.get(one.slot_id)
        if slot is None or slot.during.lower != one.start:
            raise SlotTakenError(Refusal.GONE)
        return book(slot=slot, patient=wanted.patient, through=BookedThrough.STAFF, **words._asdict())
    if one.start is None or (one.smart_id is not None and one.smart_id not in smart):
        raise SlotTakenError(Refusal.GONE)
    if one.smart_id is not None:
        within, facts = smart[one.smart_id], words._asdict()
        return book_in_smart_slot(within, type=wanted.type, patient=wanted.patient, start=one.start, **facts)
    return book_extra(
        schedule=wanted.schedule,
        type=wanted.type,
        patient=wanted.patient,
        start=one.start,
        minutes=wanted.minutes,
        concurrent=one.found is Found.BESIDE,
        **words._asdict(),
    )


def _keep_together(source: Appointment | None, made: Sequence[Appointment]) -> None:
    """Those of a source that belongs to others already join them; the patient's lock lets one at a time do so."""
    held = RepeatedAppointment.objects.filter(appointment=source).first() if source is not None else None
    recurrence = held.recurrence if held is not None else new_id()
    together = [source, *made] if source is not None and held is None else list(made)
    if held is None and len(together) == 1:
        return
    clinic_id = current_actor().clinic_id
    insert(*(RepeatedAppointment(clinic_id=clinic_id, appointment=one, recurrence=recurrence) for one in together))
