from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from skranke.kernel import clock
from skranke.scheduling.models import BookedThrough
from skranke.scheduling.queries import appointments, offered_slots
from skranke.scheduling.screens import capacity, week_view, week_views
from skranke.scheduling.services import add_event, book, book_extra, cancel, create_type
from skranke.scheduling.values import IsoWeek
from skranke.tenancy.work import acting

from support.timebok import MONDAY, make_timebok, weekday_at

NEXT_MONDAY = IsoWeek.of(MONDAY.date()).next().monday


@pytest.mark.req("CAL-10", "APT-17", "PLN-12")
def test_a_week_shows_free_slots_appointments_and_events_on_their_days() -> None:
    timebok = make_timebok()
    with acting(timebok.cast.system):
        video = create_type(name="Video", minutes=30, colour="acute", contact="video")
    taken = timebok.slot(weekday_at(9))
    timebok.slot(weekday_at(10), type=video)
    under = timebok.slot(weekday_at(12))
    timebok.slot(weekday_at(7, weekday=5))
    with acting(timebok.cast.actor(timebok.cast.ali)):
        book(slot=taken, patient=timebok.cast.ola, through=BookedThrough.PORTAL, comment="Vond skulder")
        add_event(timebok.schedule, start=under.during.lower, end=weekday_at(13), text="Lunsj")
        with CaptureQueriesContext(connection) as queries:
            view = week_view(timebok.schedule, NEXT_MONDAY)
        assert len(queries) <= 5
    tuesday = view.days[1]
    assert (view.iso_year, view.iso_week, view.opens, view.closes) == (2027, 6, 7 * 60, 16 * 60)
    assert [day.free for day in view.days] == [0, 1, 0, 0, 1, 0, 0]
    (free,) = tuesday.slots
    assert (free.type_name, free.colour, f"{free.start:%H:%M}-{free.end:%H:%M}") == ("Video", "acute", "10:00-10:30")
    (cell,) = tuesday.appointments
    assert (cell.patient_name, cell.patient_birth_date, cell.comment) == (
        "Ola Nordmann",
        timebok.cast.ola.birth_date,
        "Vond skulder",
    )
    assert (cell.self_booked, cell.state, cell.lane, cell.lanes) == (True, "booked", 0, 1)
    assert [one.text for one in tuesday.events] == ["Lunsj"]
    assert not any(day.appointments or day.events for day in view.days if day is not tuesday)


@pytest.mark.req("CAL-9", "CAL-10")
def test_appointments_at_the_same_time_stand_side_by_side_and_cancelled_ones_are_gone() -> None:
    timebok = make_timebok()
    other = timebok.second_schedule(timebok.cast.mona)
    slot = timebok.slot(weekday_at(9))
    facts = {"schedule": timebok.schedule, "type": timebok.ordinary, "concurrent": True}
    with acting(timebok.cast.actor(timebok.cast.ali)):
        book(slot=slot, patient=timebok.cast.ola, through=BookedThrough.STAFF)
        book_extra(patient=timebok.cast.nora, start=weekday_at(9, 10), **facts)
        gone = book_extra(patient=timebok.cast.jonas, start=weekday_at(9, 20), **facts)
        view, empty = week_views([timebok.schedule, other], NEXT_MONDAY, days=2)
        lanes = [(one.lane, one.lanes) for one in view.days[1].appointments]
        assert lanes == [(0, 2), (1, 2), (0, 2)]
        cancel(gone, by="clinic")
        assert len(week_view(timebok.schedule, NEXT_MONDAY).days[1].appointments) == 2
        assert (empty.schedule_id, len(empty.days), empty.days[1].appointments) == (other.id, 2, ())


@pytest.mark.req("CAL-8", "CAL-14")
def test_the_mini_calendar_knows_how_much_of_each_day_is_left() -> None:
    timebok = make_timebok()
    slots = [timebok.slot(weekday_at(9, 20 * number)) for number in range(3)]
    day = clock.oslo(slots[0].during.lower).date()
    levels = []
    with acting(timebok.cast.system):
        for slot in (*slots, None):
            found = capacity([timebok.schedule], date(2027, 2, 1), date(2027, 2, 28))
            assert list(found) == [day]
            levels.append((found[day].free, found[day].total, found[day].level))
            if slot is not None:
                book(slot=slot, patient=timebok.cast.ola, through=BookedThrough.STAFF)
    assert levels == [(3, 3, "many"), (2, 3, "many"), (1, 3, "some"), (0, 3, "none")]


@pytest.mark.req("TYP-4")
def test_a_patients_list_of_appointments_leaves_hidden_ones_out() -> None:
    timebok = make_timebok()
    with acting(timebok.cast.system):
        hidden = create_type(name="Samtale", minutes=20, visibility="hidden")
    shown, unseen = timebok.slot(weekday_at(9)), timebok.slot(weekday_at(10), type=hidden)
    with acting(timebok.cast.actor(timebok.cast.ali)):
        first = book(slot=shown, patient=timebok.cast.ola, through=BookedThrough.STAFF)
        book(slot=unseen, patient=timebok.cast.ola, through=BookedThrough.STAFF)
        assert list(appointments(patient=timebok.cast.ola, include_hidden=False)) == [first]
        assert appointments(patient=timebok.cast.ola, start=MONDAY).count() == 2
        assert not appointments(schedule=timebok.schedule, end=MONDAY).exists()


def test_the_offer_takes_few_statements_however_many_schedules_there_are() -> None:
    timebok = make_timebok()
    timebok.slot(weekday_at(9))
    timebok.slot(weekday_at(9), timebok.second_schedule(timebok.cast.mona))
    with acting(timebok.cast.system), CaptureQueriesContext(connection) as queries:
        shown = offered_slots(audience="staff", start=MONDAY, end=MONDAY + timedelta(days=56))
    assert len(shown) == 2
    assert len(queries) <= 6
