"""The booking rules: pure functions over facts. Each names the requirement it serves; nothing here reads a row.

`window` gathers what does not depend on the single slot, so that `offer` walks thousands of slots in one pass.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from skranke.clinics.permissions import Permission
from skranke.clinics.rules import may
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.scheduling.occupied import apart, stretches
from skranke.scheduling.values import (
    Busy,
    Level,
    LimitFacts,
    OfferAudience,
    OfferedSlot,
    PatientFacts,
    Refusal,
    ScheduleFacts,
    Seconds,
    ShownFacts,
    SlotFacts,
    TypeFacts,
    Unfit,
)

HOUR = 3600
# An appointment that staff place by hand: nobody sees one patient for more than a day and a night.
LONGEST = timedelta(hours=24)
# Nobody plans a schedule further; a year beyond it is a slip of the pen, and far beyond it dates leave the calendar.
FARTHEST = timedelta(days=10 * 366)
FOREVER: Seconds = 2**62
HIDDEN = "hidden"
STAFF_CHANNEL, BOOKED = "staff", "booked"
CANCELLING = frozenset({"cancellation_allowed", "cancellation_deadline_hours"})
EVERY_ONE = "all"
MOST = {
    "max_self_booked": 1000,
    "days_ahead": FARTHEST.days,
    "booking_deadline_hours": 366 * 24,
    "cancellation_deadline_hours": 366 * 24,
}
EVERYBODY, KNOWN_HERE, ON_LIST = "all", "clinic", "list"
STAND_INS = frozenset({"substitute", "intern"})


class Window(NamedTuple):
    """When slots of one type in one schedule may start, [opens, closes); `refusal` when none may."""

    opens: Seconds
    closes: Seconds
    refusal: Refusal | None = None


# --- limits and where they come from -------------------------------------------------------------------------------


def in_force(name: str, schedule: ScheduleFacts, kind: TypeFacts, clinic: LimitFacts) -> Any:
    """The value of one limit, of the level that decides it: None is unlimited."""
    return deciding(name, schedule, kind, clinic)[0]


def deciding(
    name: str, schedule: ScheduleFacts | None, kind: TypeFacts | None, clinic: LimitFacts
) -> tuple[Any, Level | None]:
    """The value of one limit, and whose it is: the type's own, else the schedule's, else the clinic's.

    BOK-5..8: a level that sets nothing leaves it to the next; (None, None) when no level sets anything: unlimited.
    Without a type, what holds for types with no limits of their own; without a schedule, what the clinic says.
    """
    if kind is not None and has_own(name, kind) and (value := getattr(kind.limits, name)) is not None:
        return value, Level.TYPE
    if schedule is not None and (value := getattr(schedule.limits, name)) is not None:
        return value, Level.SCHEDULE
    value = getattr(clinic, name)
    return value, None if value is None else Level.CLINIC


def has_own(name: str, kind: TypeFacts) -> bool:
    """TYP-2: the type has limits of its own for booking, or for cancelling, each switched on by itself."""
    return kind.custom_cancellation if name in CANCELLING else kind.custom_limits


def is_sensible(name: str, value: int) -> bool:
    """CAL-6: a number somebody can mean; at least one appointment, and within what dates and plans can hold."""
    return (name == "max_self_booked") <= value <= MOST[name]


def has_too_many(patient: PatientFacts, schedule: ScheduleFacts, kind: TypeFacts, clinic: LimitFacts) -> bool:
    """BOK-4: the strictest of clinic, schedule and type; each counts the patient's own coming bookings within it."""
    levels = (
        (clinic.max_self_booked, patient.booked),
        (schedule.limits.max_self_booked, patient.booked_by_schedule.get(schedule.id, 0)),
        (kind.limits.max_self_booked if kind.custom_limits else None, patient.booked_by_type.get(kind.id, 0)),
    )
    return any(most is not None and count >= most for most, count in levels)


def limits_number(schedules: Iterable[ScheduleFacts], types: Iterable[TypeFacts], clinic: LimitFacts) -> bool:
    """BOK-4: some level limits the number, so the patient's bookings must be counted."""
    levels = [clinic, *(one.limits for one in schedules), *(kind.limits for kind in types if kind.custom_limits)]
    return any(level.max_self_booked is not None for level in levels)


def last_start(days_ahead: int | None, now: datetime) -> Seconds:
    """BOK-5: the first start that is too far ahead. Day 0 is today in Oslo, and the last day counts whole."""
    if days_ahead is None:
        return FOREVER
    return midnight(clock.oslo(now).date() + timedelta(days=days_ahead + 1))


def first_start(deadline_hours: int | None, now: datetime) -> Seconds:
    """BOK-6 and BOK-1: the earliest start that is ahead of now and outside the booking deadline."""
    ahead = math.floor(now.timestamp()) + 1
    return max(ahead, math.ceil(now.timestamp() + (deadline_hours or 0) * HOUR))


def midnight(day: date) -> Seconds:
    """The instant a day begins in Oslo."""
    return int(datetime.combine(day, time(), clock.OSLO).timestamp())


# --- what may be shown, and to whom --------------------------------------------------------------------------------


def is_hidden(kind: TypeFacts) -> bool:
    """TYP-4: never shown to the patient or representatives in any channel."""
    return kind.visibility == HIDDEN


def is_entitled(patient: PatientFacts | None, schedule: ScheduleFacts) -> bool:
    """CAL-4, BOK-1, PAT-15: the patient is among those who may book the schedule in our own channels.

    Unknown persons only where all may; a patient list has whoever stands on it, with or without a GP here.
    """
    if schedule.audience == EVERYBODY:
        return True
    if patient is None:
        return False
    if schedule.audience == ON_LIST:
        return schedule.list_id in patient.list_ids
    return schedule.audience == KNOWN_HERE or is_on_list_of(patient, schedule.owner_id)


def lists_asked(schedules: Iterable[ScheduleFacts]) -> frozenset[UUID]:
    """CAL-4, PAT-15: the patient lists that decide who may book these schedules."""
    return frozenset(one.list_id for one in schedules if one.list_id is not None)


def is_on_list_of(patient: PatientFacts, gp_id: UUID | None) -> bool:
    """HNB-3, ACT-6: the GP is the patient's own, and the patient stands on the list (a clinic's book: any list)."""
    return patient.on_gp_list and patient.gp_id is not None and gp_id in (None, patient.gp_id)


def is_entitled_in_helsenorge(patient: PatientFacts | None, schedule: ScheduleFacts) -> bool:
    """HNB-2, HNB-3: in HelseNorge a patient books with the own GP, the GP's stand-in, and in resource calendars."""
    if patient is None:
        return False
    if schedule.resource:
        # RES-8, RES-28: those of any of the clinic's lists, or of them only whom a custom list has.
        sifted = schedule.audience == ON_LIST and schedule.list_id not in patient.list_ids
        return is_on_list_of(patient, None) and not sifted
    gp_id = schedule.list_of or schedule.owner_id
    return gp_id is not None and is_on_list_of(patient, gp_id)


def offline(schedule: ScheduleFacts, kind: TypeFacts) -> Refusal | None:
    """BOK-1, BOK-2, HNB-6, HNB-7: schedule and type are online; the schedule beats the type.

    RES-9: of a common service's schedule HelseNorge is shown the flagged types only.
    """
    if not schedule.online:
        return Refusal.SCHEDULE_OFFLINE
    shut = offline_everywhere(kind)
    flagged = bool(kind.category) or not schedule.flagged_only
    return shut if shut is not None or flagged else Refusal.TYPE_OFFLINE


def offline_everywhere(kind: TypeFacts) -> Refusal | None:
    """BOK-2, TYP-4: no patient books this type, whatever the schedule."""
    if is_hidden(kind):
        return Refusal.TYPE_HIDDEN
    return None if kind.bookable_online else Refusal.TYPE_OFFLINE


def out_of_use(schedule: ScheduleFacts, kind: TypeFacts) -> Refusal | None:
    """TYP-11: an inactive type, or an archived schedule, is bookable for nobody."""
    if schedule.archived:
        return Refusal.ARCHIVED
    return None if kind.active else Refusal.TYPE_INACTIVE


def window(
    schedule: ScheduleFacts,
    kind: TypeFacts,
    *,
    clinic: LimitFacts,
    patient: PatientFacts | None,
    audience: OfferAudience,
    now: datetime,
) -> Window:
    """All rules but the slot's own (BOK-1..9): when slots of this type in this schedule may start."""
    refusal = out_of_use(schedule, kind)
    if audience is OfferAudience.STAFF:
        return Window(-FOREVER, FOREVER, refusal)
    refusal = refusal or offline(schedule, kind) or _not_for(patient, schedule, audience)
    if refusal is None and patient is not None and has_too_many(patient, schedule, kind, clinic):
        refusal = Refusal.TOO_MANY
    opens = first_start(in_force("booking_deadline_hours", schedule, kind, clinic), now)
    return Window(opens, last_start(in_force("days_ahead", schedule, kind, clinic), now), refusal)


def _not_for(patient: PatientFacts | None, schedule: ScheduleFacts, audience: OfferAudience) -> Refusal | None:
    if patient is not None and patient.blocked:
        return Refusal.BLOCKED
    helsenorge = audience is OfferAudience.HELSENORGE
    entitled = is_entitled_in_helsenorge(patient, schedule) if helsenorge else is_entitled(patient, schedule)
    return None if entitled else Refusal.NOT_ENTITLED


def outside(slot: SlotFacts, allowed: Window, now: datetime) -> Refusal | None:
    """Why one slot falls outside its window: past, within the deadline, or too far ahead (BOK-1, BOK-5, BOK-6)."""
    if allowed.refusal is not None:
        return allowed.refusal
    if slot.starts < allowed.opens:
        return Refusal.PAST if slot.starts <= now.timestamp() else Refusal.TOO_LATE
    return Refusal.TOO_EARLY if slot.starts >= allowed.closes else None


def not_takeable(slot: SlotFacts, kind: TypeFacts, audience: OfferAudience, now: datetime) -> Refusal | None:
    """Shown, yet not to be booked by a patient: by telephone only, or not yet open (protocol-messages 3.8)."""
    if audience is OfferAudience.STAFF:
        return None
    if kind.must_call:
        return Refusal.MUST_CALL
    opens = slot.available_from
    return Refusal.NOT_YET_OPEN if opens is not None and opens > now.timestamp() else None


# --- the offer -----------------------------------------------------------------------------------------------------


def offer(
    slots: Iterable[SlotFacts],
    busy: Iterable[Busy],
    *,
    schedules: Mapping[UUID, ScheduleFacts],
    types: Mapping[UUID, TypeFacts],
    clinic: LimitFacts,
    patient: PatientFacts | None,
    audience: OfferAudience,
    now: datetime,
) -> list[OfferedSlot]:
    """The slots that are shown, in the given order (BOK-1).

    `slots` and `busy` come sorted by schedule and start. One pass: time in use is merged into stretches that do not
    overlap, so a pointer that only moves forward is enough.
    """
    # By the ids' integers: a UUID hashes and compares in Python code, and there are thousands of slots.
    windows = {
        one.id.int: {
            kind.id.int: (*window(one, kind, clinic=clinic, patient=patient, audience=audience, now=now), kind)
            for kind in types.values()
        }
        for one in schedules.values()
    }
    slots = list(slots)
    groups, others = apart(slots, busy)
    taken = stretches(others)
    shown = []
    present = now.timestamp()
    current = -1
    own: list[tuple[Seconds, Seconds]] = []
    position = 0
    for slot in slots:
        schedule_id, starts, ends, type_id, identity, _, available, capacity = slot
        if schedule_id.int != current:
            current, position, own = schedule_id.int, 0, taken.get(schedule_id, [])
            schedule, allowed = schedules[schedule_id], windows[current]
        opens, closes, refusal, kind = allowed[type_id.int]
        if refusal is not None or not opens <= starts < closes:
            continue
        while position < len(own) and own[position][1] <= starts:
            position += 1
        if position < len(own) and own[position][0] < ends:
            continue
        seats = groups.get(identity, ()) if capacity > 1 else ()
        if seats and no_place(capacity, seats, patient.id if patient else None) is not None:
            continue
        later = None if available is None or available <= present or kind.must_call else available
        shown.append(OfferedSlot(slot, schedule, kind, later, len(seats)))
    levels = (clinic, *(one.limits for one in schedules.values()), *(kind.limits for kind in types.values()))
    if audience is OfferAudience.STAFF or not any(level.first_only for level in levels):
        return shown
    return list(only_first(shown, clinic))


def no_place(capacity: int, seats: Collection[UUID | None], patient_id: UUID | None) -> Refusal | None:
    """TYP-6: a group takes as many patients as it has places, and nobody twice. seats: whose those taken are."""
    if patient_id is not None and patient_id in seats:
        return Refusal.IN_GROUP
    return Refusal.TAKEN if len(seats) >= capacity else None


def only_first(shown: Sequence[OfferedSlot], clinic: LimitFacts) -> Iterator[OfferedSlot]:
    """BOK-10, PLN-14: where the limits say so, only the first bookable slot of the schedule, or of each day, is shown.

    Slots that are shown without being bookable (by telephone, or opening later) do not use up the first place.
    """
    modes: dict[tuple[UUID, UUID], str | None] = {}
    seen: set[tuple[UUID, UUID, date | None]] = set()
    for one in shown:
        pair = (one.schedule.id, one.type.id)
        if pair not in modes:
            modes[pair] = in_force("first_only", one.schedule, one.type, clinic)
        mode = modes[pair]
        if mode in {None, EVERY_ONE} or not one.bookable:
            yield one
            continue
        # A type with its own limits has a first of its own; all others of the schedule share one.
        owner = one.type.id if one.type.custom_limits and one.type.limits.first_only else one.schedule.id
        key = (one.schedule.id, owner, clock.oslo(one.start).date() if mode == "day" else None)
        if key not in seen:
            seen.add(key)
            yield one


def overlaps(one: tuple[Seconds, Seconds], other: tuple[Seconds, Seconds]) -> bool:
    """Two half-open times share an instant (CAL-8)."""
    return one[0] < other[1] and other[0] < one[1]


def is_within_reach(start: datetime, now: datetime) -> bool:
    """CAL-9: a time that staff write by hand lies at most ten years ahead or behind."""
    return abs(start - now) <= FARTHEST


# --- cancelling ----------------------------------------------------------------------------------------------------


def cancel_until(start: datetime, schedule: ScheduleFacts, kind: TypeFacts, clinic: LimitFacts) -> datetime | None:
    """BOK-7: the last instant at which the patient may cancel; None where it is not allowed at all."""
    if in_force("cancellation_allowed", schedule, kind, clinic) is False:
        return None
    return start - timedelta(hours=in_force("cancellation_deadline_hours", schedule, kind, clinic) or 0)


def may_cancel(start: datetime, schedule: ScheduleFacts, kind: TypeFacts, clinic: LimitFacts, now: datetime) -> bool:
    """BOK-7, HNB-11: cancelling is allowed, the deadline is ahead, and the appointment has not begun."""
    until = cancel_until(start, schedule, kind, clinic)
    return until is not None and start > now and until >= now


def may_be_cancelled(state: str) -> bool:
    """APT-7: by staff, until the consultation has begun."""
    return state in {"booked", "checked_in"}


def is_blank(comment: str) -> bool:
    """HNB-9: nothing a person could read is no comment."""
    return not comment.replace("\u200b", "").strip()


def within_grace(created_at: datetime, grace_seconds: int, now: datetime) -> bool:
    """APT-5: the appointment may still be deleted without a word to the patient."""
    return now < created_at + timedelta(seconds=grace_seconds)


def stands_in(role: str) -> bool:
    """Who works with a GP's patients under the GP's own party: a substitute or an intern (DDFL-HT-07, DDFL-RT-08).

    Another GP has a list and a party of his own (HNB-3).
    """
    return role in STAND_INS


def wrong_number_of_schedules(owned: int) -> Refusal | None:
    """HNB-4: a GP owns exactly one schedule; with none or several HelseNorge is offered nothing."""
    if owned == 1:
        return None
    return Refusal.SEVERAL_SCHEDULES if owned else Refusal.NO_SCHEDULE


def concerns_patient(before: ShownFacts, after: ShownFacts, *, was_hidden: bool) -> bool:
    """DDFL-PU-04, DDFL-PU-18: a change of place or category is told, one of words alone is not.

    What was hidden and is so no longer is news whatever else has changed (TYP-5).
    """
    return was_hidden or before != after


# --- answers to wishes (TO-4) --------------------------------------------------------------------------------------

GIVEN, GIVEN_WITH_OTHER, CHANGED, CANCELLED, NOT_CHANGED = "05", "10", "07", "08", "34"


def changes_appointment(code: str) -> bool:
    """DDFL-TO-02, DDFL-TO-06: the answer tells what an appointment now is, so that no push tells it too."""
    return code in {GIVEN, GIVEN_WITH_OTHER, CHANGED, CANCELLED}


def grants_cancellation(code: str) -> bool:
    """DDFL-TO-05: the answer that the wish to cancel is granted."""
    return code == CANCELLED


def must_name_appointment(code: str) -> bool:
    """DDFL-TO-05, DDFL-TO-06: answers that say nothing without the appointment that the wish names."""
    return code in {CANCELLED, NOT_CHANGED}


def unfit_answer(code: str, *, same: bool, with_other: bool) -> Unfit | None:
    """DDFL-TO-02, DDFL-TO-03, DDFL-TO-06: a change keeps the appointment; 10 is for another practitioner, 05 is not.

    same: it is the appointment the wish names, or the wish names none that is known.
    """
    if code == CHANGED:
        return None if same else Unfit.NOT_THE_ONE
    if code == GIVEN_WITH_OTHER:
        return None if with_other else Unfit.NOT_WITH_OTHER
    return Unfit.WITH_OTHER if with_other else None


# --- states --------------------------------------------------------------------------------------------------------

STEPS: Mapping[str, frozenset[str]] = {
    "booked": frozenset({"checked_in", "no_show", "done"}),
    "checked_in": frozenset({"booked", "in_consultation", "no_show", "done"}),
    "in_consultation": frozenset({"done"}),
}


def may_become(state: str, following: str) -> bool:
    """APT-10: the steps an appointment takes on the day; cancelling and deleting are verbs of their own."""
    return following in STEPS.get(state, frozenset())


CHECK_IN_OPENS = timedelta(minutes=5)


def may_check_in_self(state: str, start: datetime, end: datetime, now: datetime) -> bool:
    """APT-12: the patient tells of the own arrival from five minutes before the appointment until it is over."""
    return state == BOOKED and start - CHECK_IN_OPENS <= now < end


# --- who may ------------------------------------------------------------------------------------------------------


def may_edit_plan(actor: Actor, owners: Collection[UUID]) -> bool:
    """PLN-3, ORG-10: who owns the schedule, alone or in a group, an administrator, or the program itself."""
    return may(actor, Permission.EDIT_PLAN, owns=actor.person_id in owners)


def may_edit_templates(actor: Actor, *, owns: bool) -> bool:
    """PLN-1, PLN-3: week templates are everybody's who plans: who owns some schedule, an administrator, the program."""
    return may(actor, Permission.EDIT_PLAN, owns=owns)


def may_edit_type(actor: Actor, owner_id: UUID | None) -> bool:
    """TYP-1: everybody's type is changed by any user; an owned one by its owner or an administrator."""
    if owner_id is None:
        return may(actor, Permission.CREATE_TIMETYPE)
    return may(actor, Permission.EDIT_TIMETYPE, owns=actor.person_id == owner_id)


def may_give_type(actor: Actor, owner_id: UUID | None) -> bool:
    """TYP-1: anybody may make a type the own or everybody's; only an administrator makes it somebody else's."""
    return owner_id in {None, actor.person_id} or may(actor, Permission.EDIT_TIMETYPE)


def sends_automatic_dialog(through: str, *, hidden: bool) -> bool:
    """Whether a booking sends the dialog of its type: one in a patient's channel, and never a hidden one.

    BOK-15 is a rule of the channels of patients; TYP-4.
    """
    return through != STAFF_CHANNEL and not hidden


def still_gets_dialog(state: str, *, hidden: bool) -> bool:
    """Whether the dialog is still sent when its turn comes: not of what is given up or hidden by then (BOK-15)."""
    return state == BOOKED and not hidden
