from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest

from skranke.kernel import clock
from skranke.kernel.errors import ForbiddenError
from skranke.scheduling.errors import OverlappingSlotsError, SlotTakenError
from skranke.scheduling.models import Appointment, BookedThrough, PlannedWeek, Slot, SlotState
from skranke.scheduling.plans import planned_slots
from skranke.scheduling.queries import offered_slots
from skranke.scheduling.screens import week_view
from skranke.scheduling.services import (
    add_event,
    add_single_slot,
    apply_plan,
    book,
    create_template,
    plan_weeks,
    remove_event,
    remove_slots,
    replace_template,
    restore_slots,
)
from skranke.scheduling.values import IsoWeek, TemplateEntry, weeks_from
from skranke.tenancy.work import acting

from support.timebok import MONDAY, make_timebok, weekday_at

NEXT = IsoWeek.of(MONDAY.date()).next()
A_TYPE = uuid4()


def _entries(timebok, *times: str, weekday: int = 2, minutes: int = 20) -> list[TemplateEntry]:
    return [
        TemplateEntry(weekday=weekday, start=time.fromisoformat(text), minutes=minutes, type_id=timebok.ordinary.id)
        for text in times
    ]


def _planned(timebok, *times: str, weeks=None, **facts):
    with acting(timebok.cast.system):
        template = create_template(name="Vanlig uke", entries=_entries(timebok, *times, **facts))
        plan_weeks(timebok.schedule, template, weeks or [NEXT])
        apply_plan(timebok.schedule)
    return template


def _walls(timebok) -> list[str]:
    rows = Slot.objects.filter(state="open").order_by("during")
    return [f"{clock.oslo(row.during.lower):%H:%M}" for row in rows]


@pytest.mark.req("PLN-1", "PLN-2", "BOK-3")
def test_a_template_becomes_slots_only_when_the_plan_is_applied() -> None:
    timebok = make_timebok()
    with acting(timebok.cast.system):
        template = create_template(name="Vanlig uke", entries=_entries(timebok, "09:00", "09:20"))
        plan_weeks(timebok.schedule, template, weeks_from(NEXT, 2), days_off=[])
        assert _walls(timebok) == []
        assert week_view(timebok.schedule, NEXT.monday).stale
        result = apply_plan(timebok.schedule)
        assert (result.created, result.kept, result.removed, result.skipped) == (4, 0, 0, 0)
        assert _walls(timebok) == ["09:00", "09:20"] * 2
        assert not week_view(timebok.schedule, NEXT.monday).stale


@pytest.mark.req("PLN-5", "PLN-8", "PLN-9")
def test_applying_again_keeps_what_is_unchanged_and_what_is_not_the_plans() -> None:
    timebok = make_timebok()
    template = _planned(timebok, "09:00", "09:20", "09:40")
    single = timebok.slot(weekday_at(12))
    with acting(timebok.cast.system):
        slots = {f"{clock.oslo(one.during.lower):%H:%M}": one for one in Slot.objects.filter(origin="plan")}
        booked = book(slot=slots["09:20"], patient=timebok.cast.ola, through=BookedThrough.STAFF)
        replace_template(template, entries=_entries(timebok, "09:00", "09:30", "10:00", "12:00"))
        assert week_view(timebok.schedule, NEXT.monday).stale
        result = apply_plan(timebok.schedule)
        assert (result.created, result.kept, result.removed, result.skipped) == (1, 1, 1, 2)
        assert _walls(timebok) == ["09:00", "09:20", "10:00", "12:00"]
        assert Slot.objects.get(during=slots["09:00"].during).uid == slots["09:00"].uid
        assert Slot.objects.get(id=single.id).uid == single.uid
        booked.refresh_from_db()
        assert (booked.slot_id, booked.state) == (slots["09:20"].id, "booked")
        plan_weeks(timebok.schedule, None, [NEXT])
        assert apply_plan(timebok.schedule, [NEXT]).removed == 2
        assert _walls(timebok) == ["09:20", "12:00"]
        assert Appointment.objects.get().state == "booked"


@pytest.mark.req("PLN-6")
def test_single_days_can_be_left_out() -> None:
    timebok = make_timebok()
    with acting(timebok.cast.system):
        entries = _entries(timebok, "09:00") + _entries(timebok, "10:00", weekday=3)
        template = create_template(name="Uke", entries=entries)
        plan_weeks(timebok.schedule, template, [NEXT], days_off=[3])
        apply_plan(timebok.schedule)
        assert _walls(timebok) == ["09:00"]


@pytest.mark.req("PLN-7")
def test_red_days_make_no_slots() -> None:
    entries = [TemplateEntry(weekday=day, start=time(9), minutes=20, type_id=A_TYPE) for day in range(1, 8)]
    # Easter week of 2027: Thursday 25 and Friday 26 March, Sunday 28 March are holidays.
    days = [datetime.fromtimestamp(one.starts, clock.OSLO).date() for one in planned_slots(entries, IsoWeek(2027, 12))]
    assert days == [date(2027, 3, day) for day in (22, 23, 24, 27)]


@pytest.mark.req("CAL-18")
def test_a_wall_time_that_does_not_exist_makes_no_slot_and_an_ambiguous_one_means_the_first() -> None:
    def starts(week: IsoWeek, *times: str, minutes: int = 30) -> list[str]:
        entries = [
            TemplateEntry(weekday=7, start=time.fromisoformat(text), minutes=minutes, type_id=A_TYPE) for text in times
        ]
        return [
            datetime.fromtimestamp(one.starts, clock.OSLO).strftime("%H:%M%z") for one in planned_slots(entries, week)
        ]

    spring, autumn = IsoWeek.of(date(2026, 3, 29)), IsoWeek.of(date(2026, 10, 25))
    assert starts(spring, "01:30", "02:00", "02:30", "03:00") == ["01:30+0100", "03:00+0200"]
    assert starts(autumn, "01:30", "02:00", "02:30", "03:00") == [
        "01:30+0200",
        "02:00+0200",
        "02:30+0200",
        "03:00+0100",
    ]
    # An hour from 01:30 lasts past 03:00 on the wall that night, so the slot at 03:00 gives way.
    assert starts(spring, "01:30", "03:00", minutes=60) == ["01:30+0100"]


@pytest.mark.req("PLN-2")
def test_week_53_and_the_turn_of_the_year() -> None:
    assert weeks_from(IsoWeek(2026, 52), 3) == [IsoWeek(2026, 52), IsoWeek(2026, 53), IsoWeek(2027, 1)]
    assert IsoWeek.of(date(2027, 1, 3)) == IsoWeek(2026, 53)
    with pytest.raises(ValueError, match="week"):
        _ = IsoWeek(2027, 53).monday


@pytest.mark.req("CAL-8")
@pytest.mark.parametrize("times", [("09:00", "09:00"), ("09:10", "09:00")])
def test_overlapping_free_slots_are_refused_in_a_template(times) -> None:
    timebok = make_timebok()
    with acting(timebok.cast.system), pytest.raises(OverlappingSlotsError):
        create_template(name="Uke", entries=_entries(timebok, *times))


@pytest.mark.req("CAL-8")
def test_sunday_night_may_not_run_into_monday_and_no_two_single_slots_overlap() -> None:
    timebok = make_timebok()
    timebok.slot(weekday_at(9))
    with acting(timebok.cast.system):
        entries = _entries(timebok, "23:50", weekday=7) + _entries(timebok, "00:00", weekday=1)
        with pytest.raises(OverlappingSlotsError):
            create_template(name="Uke", entries=entries)
        with pytest.raises(OverlappingSlotsError):
            add_single_slot(timebok.schedule, start=weekday_at(9, 10), type=timebok.ordinary)
        assert add_single_slot(timebok.schedule, start=weekday_at(9, 20), type=timebok.ordinary)


@pytest.mark.req("PLN-3")
def test_only_the_owner_and_administrators_edit_the_plan() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    with acting(cast.system):
        template = create_template(name="Uke", entries=_entries(timebok, "09:00"))
    for person, allowed in ((cast.kari, True), (cast.ali, True), (cast.mona, False), (cast.anne, False)):
        with acting(cast.actor(person)):
            if allowed:
                plan_weeks(timebok.schedule, template, [NEXT])
                assert apply_plan(timebok.schedule)
                continue
            with pytest.raises(ForbiddenError):
                plan_weeks(timebok.schedule, None, [NEXT])
            with pytest.raises(ForbiddenError):
                apply_plan(timebok.schedule)
    with acting(cast.system):
        assert PlannedWeek.objects.count() == 1


@pytest.mark.req("PLN-10", "PLN-11")
def test_removed_slots_are_offered_to_nobody_until_they_are_restored() -> None:
    timebok = make_timebok()
    _planned(timebok, "09:00", "09:20", "09:40")
    begins, ends = weekday_at(9), weekday_at(9, 40)
    with acting(timebok.cast.system):
        first = Slot.objects.order_by("during")[0]
        booked = book(slot=first, patient=timebok.cast.ola, through=BookedThrough.STAFF)
        removed, follow_up = remove_slots(timebok.schedule, begins, ends)
        assert (len(removed), follow_up) == (1, [booked])
        assert _offered(timebok) == ["09:40"]
        apply_plan(timebok.schedule)
        assert _offered(timebok) == ["09:40"]
        assert restore_slots(timebok.schedule, removed) == 1
        assert _offered(timebok) == ["09:20", "09:40"]
        assert Slot.objects.filter(state=SlotState.REMOVED).count() == 0


def _offered(timebok, audience: str = "staff") -> list[str]:
    shown = offered_slots(
        audience=audience,
        patient=timebok.cast.nora,
        schedule=timebok.schedule,
        start=clock.now(),
        end=clock.now() + timedelta(days=28),
    )
    return [f"{clock.oslo(one.start):%H:%M}" for one in shown]


@pytest.mark.req("PLN-12")
def test_no_slot_is_free_under_an_event_and_an_event_leaves_appointments_alone() -> None:
    timebok = make_timebok()
    _planned(timebok, "09:00", "09:20", "09:40", "10:00")
    with acting(timebok.cast.system):
        slots = list(Slot.objects.order_by("during"))
        booked = book(slot=slots[1], patient=timebok.cast.ola, through=BookedThrough.STAFF)
        event = add_event(timebok.schedule, start=weekday_at(9, 10), end=weekday_at(10), text="Møte")
        assert _offered(timebok) == _offered(timebok, "helsenorge") == ["10:00"]
        with pytest.raises(SlotTakenError):
            book(slot=slots[2], patient=timebok.cast.nora, through=BookedThrough.STAFF)
        assert Appointment.objects.get().id == booked.id
        remove_event(event)
        assert _offered(timebok) == ["09:00", "09:40", "10:00"]
