"""The offer equals a slow and plain oracle, for plans and calendars around both clock changes and the year's end."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skranke.kernel.holidays import public_holidays
from skranke.scheduling import rules
from skranke.scheduling.plans import overlap_in_week, planned_slots
from skranke.scheduling.values import (
    Busy,
    IsoWeek,
    LimitFacts,
    OfferAudience,
    PatientFacts,
    ScheduleFacts,
    SlotFacts,
    TemplateEntry,
    TypeFacts,
)

from support.properties import tried

OSLO = ZoneInfo("Europe/Oslo")
GP, OTHER_GP = uuid4(), uuid4()
LISTS = (uuid4(), uuid4())
PEOPLE = (uuid4(), uuid4(), uuid4())
# Spring night, autumn night, turn of a year with 53 weeks, Easter.
WEEKS = [IsoWeek(2026, 13), IsoWeek(2026, 43), IsoWeek(2026, 53), IsoWeek(2027, 12)]
QUICK = tried(60)

optional = st.none() | st.integers(0, 3)
limits = st.builds(
    LimitFacts,
    max_self_booked=optional,
    days_ahead=st.none() | st.integers(0, 8),
    booking_deadline_hours=st.none() | st.integers(0, 72),
    first_only=st.sampled_from([None, None, None, "schedule", "day", "all"]),
)
schedules = st.builds(
    ScheduleFacts,
    id=st.uuids(),
    owner_id=st.sampled_from([GP, OTHER_GP, None]),
    online=st.sampled_from([True, True, True, False]),
    audience=st.sampled_from(["all", "gp_list", "gp_list", "clinic", "list"]),
    list_id=st.sampled_from(LISTS),
    limits=limits,
)
kinds = st.builds(
    TypeFacts,
    id=st.uuids(),
    active=st.sampled_from([True, True, False]),
    bookable_online=st.sampled_from([True, True, False]),
    visibility=st.sampled_from(["normal", "normal", "hidden", "group"]),
    must_call=st.sampled_from([False, False, True]),
    custom_limits=st.booleans(),
    limits=limits,
)


@st.composite
def worlds(draw):
    week = draw(st.sampled_from(WEEKS))
    books = draw(st.lists(schedules, min_size=1, max_size=2, unique_by=lambda one: one.id))
    types = draw(st.lists(kinds, min_size=1, max_size=3, unique_by=lambda one: one.id))
    slots, busy = [], []
    origin = int(datetime.combine(week.monday, time(), OSLO).timestamp())
    for book in sorted(books, key=lambda one: one.id):
        moment = origin
        for gap, length in draw(st.lists(st.tuples(st.integers(0, 900), st.integers(5, 90)), max_size=12)):
            moment += gap * 60
            kind = draw(st.sampled_from(types))
            later = draw(st.none() | st.integers(origin, origin + 7 * 86400))
            places = draw(st.sampled_from([1, 1, 2, 3]))
            slot = SlotFacts(book.id, moment, moment + length * 60, kind.id, uuid4(), uuid4(), later, places)
            slots.append(slot)
            moment += length * 60
            some = draw(st.lists(st.sampled_from([None, *PEOPLE]), max_size=3)) if places > 1 else ()
            busy += [Busy(book.id, slot.starts, slot.ends, slot.id, one) for one in some]
        for start, length in draw(st.lists(st.tuples(st.integers(0, 7 * 1440), st.integers(1, 600)), max_size=4)):
            busy.append(Busy(book.id, origin + start * 60, origin + (start + length) * 60))
        # The places of a group that is offered no more.
        for start, length in draw(st.lists(st.tuples(st.integers(0, 7 * 1440), st.integers(1, 90)), max_size=1)):
            busy.append(Busy(book.id, origin + start * 60, origin + (start + length) * 60, uuid4(), PEOPLE[0]))
    busy.sort(key=lambda one: one[:3])
    patient = draw(
        st.none()
        | st.builds(
            PatientFacts,
            id=st.sampled_from(PEOPLE),
            gp_id=st.sampled_from([GP, OTHER_GP]),
            list_ids=st.frozensets(st.sampled_from(LISTS)),
            on_gp_list=st.booleans(),
            blocked=st.sampled_from([False, False, True]),
            booked=st.integers(0, 3),
            booked_by_schedule=st.fixed_dictionaries({one.id: st.integers(0, 3) for one in books}),
            booked_by_type=st.fixed_dictionaries({one.id: st.integers(0, 3) for one in types}),
        )
    )
    now = datetime.fromtimestamp(origin + draw(st.integers(-3 * 86400, 3 * 86400)), UTC)
    return {
        "slots": slots,
        "busy": busy,
        "schedules": {one.id: one for one in books},
        "types": {one.id: one for one in types},
        "clinic": draw(limits),
        "patient": patient,
        "audience": draw(st.sampled_from(list(OfferAudience))),
        "now": now + timedelta(microseconds=draw(st.sampled_from([0, 1]))),
    }


def _value(name, schedule, kind, clinic):
    if kind.custom_limits and getattr(kind.limits, name) is not None:
        return getattr(kind.limits, name)
    return getattr(schedule.limits, name) if getattr(schedule.limits, name) is not None else getattr(clinic, name)


def _is_meant(patient, schedule, audience) -> bool:
    """Who may book, by the words of CAL-4 and HNB-3."""
    listed = patient is not None and patient.on_gp_list
    on_this_list = listed and schedule.owner_id in (None, patient.gp_id)
    if audience == "helsenorge":
        return on_this_list and schedule.owner_id is not None
    if patient is None:
        return schedule.audience == "all"
    on_list = schedule.list_id in patient.list_ids
    return {"all": True, "clinic": True, "gp_list": on_this_list, "list": on_list}[schedule.audience]


def _may(slot, world) -> bool:  # noqa: PLR0911 - one sentence of the rules after the other, as they are written
    """One slot by the words of BOK-1 to BOK-6, with dates and times as a person would count them."""
    schedule, kind = world["schedules"][slot.schedule_id], world["types"][slot.type_id]
    patient, clinic, now = world["patient"], world["clinic"], world["now"]
    own = [one.patient_id for one in world["busy"] if one.slot_id == slot.id]
    others = [one for one in world["busy"] if one.schedule_id == slot.schedule_id and one.slot_id != slot.id]
    if any(slot.starts < one.ends and one.starts < slot.ends for one in others):
        return False
    if len(own) >= slot.capacity or (patient is not None and patient.id in own):
        return False
    if not kind.active:
        return False
    if world["audience"] == "staff":
        return True
    if not schedule.online or not kind.bookable_online or kind.visibility == "hidden":
        return False
    if not _is_meant(patient, schedule, world["audience"]):
        return False
    if patient is not None:
        own = kind.limits.max_self_booked if kind.custom_limits else None
        counts = [
            (patient.booked, clinic.max_self_booked),
            (patient.booked_by_schedule[schedule.id], schedule.limits.max_self_booked),
            (patient.booked_by_type[kind.id], own),
        ]
        if patient.blocked or any(most is not None and count >= most for count, most in counts):
            return False
    start = datetime.fromtimestamp(slot.starts, UTC)
    deadline = _value("booking_deadline_hours", schedule, kind, clinic)
    if start <= now or (deadline is not None and start - now < timedelta(hours=deadline)):
        return False
    ahead = _value("days_ahead", schedule, kind, clinic)
    return ahead is None or (start.astimezone(OSLO).date() - now.astimezone(OSLO).date()).days <= ahead


def _oracle(world) -> list[UUID]:
    shown, seen = [], []
    for slot in world["slots"]:
        if not _may(slot, world):
            continue
        schedule, kind = world["schedules"][slot.schedule_id], world["types"][slot.type_id]
        mode = _value("first_only", schedule, kind, world["clinic"])
        opens_later = slot.available_from is not None and slot.available_from > world["now"].timestamp()
        if world["audience"] == "staff" or mode in (None, "all") or kind.must_call or opens_later:
            shown.append(slot.id)
            continue
        own = kind.custom_limits and kind.limits.first_only is not None
        day = datetime.fromtimestamp(slot.starts, OSLO).date() if mode == "day" else None
        key = (schedule.id, kind.id if own else None, day)
        if key not in seen:
            seen.append(key)
            shown.append(slot.id)
    return shown


@pytest.mark.req("BOK-1", "BOK-4", "BOK-5", "BOK-6", "BOK-8", "BOK-10", "CAL-4", "TYP-4", "TYP-6")
@QUICK
@given(worlds())
def test_the_offer_is_what_the_words_of_the_rules_say(world) -> None:
    assert [one.id for one in rules.offer(**world)] == _oracle(world)


entries = st.builds(
    TemplateEntry,
    weekday=st.integers(1, 7),
    start=st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45])),
    minutes=st.integers(5, 180),
    type_id=st.just(GP),
)


@pytest.mark.req("PLN-1", "PLN-7", "CAL-8", "CAL-18")
@QUICK
@given(st.lists(entries, max_size=10), st.sampled_from(WEEKS), st.sets(st.integers(1, 7), max_size=2))
def test_a_plan_makes_the_slots_that_a_walk_over_every_minute_finds(chosen, week, days_off) -> None:
    made = planned_slots(chosen, week, days_off)
    wanted = {(entry.weekday, entry.start): entry for entry in sorted(chosen, key=lambda e: -e.minutes)}
    moment = datetime.combine(week.monday, time(), OSLO).astimezone(UTC)
    seen, expected, free_from = set(), [], moment
    while moment.astimezone(OSLO).date() <= week.monday + timedelta(days=6):
        wall = moment.astimezone(OSLO).replace(tzinfo=None, fold=0)
        entry = wanted.get((wall.isoweekday(), wall.time()))
        red = wall.isoweekday() in days_off or wall.date() in public_holidays(wall.year)
        if entry is not None and wall not in seen and not red and moment >= free_from:
            lengths = {one.minutes for one in chosen if (one.weekday, one.start) == (entry.weekday, entry.start)}
            free_from = moment + timedelta(minutes=entry.minutes)
            expected.append((int(moment.timestamp()), lengths))
        seen.add(wall)
        moment += timedelta(minutes=15)
    if overlap_in_week(chosen) is None:
        assert [(one.starts, {(one.ends - one.starts) // 60}) for one in made] == expected
    for one, other in pairwise(made):
        assert one.ends <= other.starts


@pytest.mark.req("CAL-8")
@QUICK
@given(st.lists(entries, max_size=6))
def test_a_template_overlaps_when_two_entries_share_a_minute_of_the_week(chosen) -> None:
    used: list[int] = []
    for entry in chosen:
        first = (entry.weekday - 1) * 1440 + entry.start.hour * 60 + entry.start.minute
        used += [minute % (7 * 1440) for minute in range(first, first + entry.minutes)]
    assert (overlap_in_week(chosen) is not None) == (len(used) != len(set(used)))


def test_the_weeks_of_the_oracle_hold_what_they_are_for() -> None:
    assert {one.monday + timedelta(days=6) for one in WEEKS[:2]} == {date(2026, 3, 29), date(2026, 10, 25)}
