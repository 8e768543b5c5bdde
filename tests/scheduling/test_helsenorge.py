from datetime import date, datetime, time, timedelta

import pytest

from skranke.clinics.models import CommunicationParty
from skranke.kernel import clock
from skranke.scheduling.errors import BookingRefusedError
from skranke.scheduling.helsenorge import Calendar
from skranke.scheduling.models import BookedThrough, Schedule
from skranke.scheduling.queries import helsenorge_question, offered_slots, why_no_slots
from skranke.scheduling.services import book, change_schedule, create_schedule, create_type
from skranke.scheduling.values import Refusal
from skranke.tenancy.work import acting

from support.timebok import MONDAY, make_timebok, weekday_at

FIRST, LAST = MONDAY.date(), MONDAY.date() + timedelta(days=27)


def _ask(timebok, patient=None, first: date = FIRST, last: date = LAST):
    kari = Calendar(gp_id=timebok.cast.kari.id)
    return helsenorge_question(calendar=kari, patient=patient or timebok.cast.ola, first=first, last=last)


def _book(timebok, slot):
    return book(slot=slot, patient=timebok.cast.ola, through=BookedThrough.HELSENORGE, comment="Vond skulder")


@pytest.mark.req("HNB-4", "HNB-15")
def test_a_gp_with_two_schedules_offers_nothing_and_the_clinic_is_told_which_they_are() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10))
    with acting(timebok.cast.system):
        assert _ask(timebok).code == "03"
        assert all(one.ok for one in why_no_slots(timebok.cast.kari))
    other = timebok.second_schedule()
    with acting(timebok.cast.system):
        change_schedule(other, online=False)
        assert (_ask(timebok).code, _ask(timebok).slots) == ("04", ())
        assert (
            offered_slots(
                audience="helsenorge", patient=timebok.cast.ola, start=MONDAY, end=MONDAY + timedelta(days=28)
            )
            == []
        )
        with pytest.raises(BookingRefusedError) as refused:
            _book(timebok, slot)
        assert (refused.value.wire_code, refused.value.reason) == ("26", Refusal.SEVERAL_SCHEDULES)
        assert str(refused.value)
        finding = next(one for one in why_no_slots(timebok.cast.kari) if one.requirement == "HNB-4")
        assert not finding.ok
        assert "«Karis andre»" in finding.text
        assert "«Karis timebok»" in finding.text
        change_schedule(other, archived=True)
        assert _ask(timebok).code == "03"
        assert _book(timebok, slot)


@pytest.mark.req("HNB-4")
def test_two_schedules_are_refused_with_26_even_when_the_uid_is_unknown() -> None:
    timebok = make_timebok()
    timebok.second_schedule()
    with acting(timebok.cast.system), pytest.raises(BookingRefusedError) as refused:
        book(
            slot_uid="unknown",
            contact_her_id=timebok.cast.kari_party.her_id,
            patient=timebok.cast.ola,
            through=BookedThrough.HELSENORGE,
            comment="Vond skulder",
            expect=(weekday_at(10), weekday_at(10, 20)),
        )
    assert refused.value.wire_code == "26"


@pytest.mark.req("HNB-1", "DDFL-HT-04")
def test_a_clinic_that_has_not_chosen_booking_answers_26() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10))
    with acting(timebok.cast.system):
        CommunicationParty.objects.filter(id=timebok.cast.kari_party.id).update(services=["e_contact"])
        assert _ask(timebok).code == "26"
        assert not why_no_slots(timebok.cast.kari)[0].ok
        with pytest.raises(BookingRefusedError) as refused:
            _book(timebok, slot)
        assert refused.value.wire_code == "26"


@pytest.mark.req("HNB-5", "DDFL-HT-04")
def test_the_clinics_own_schedule_is_not_the_gps() -> None:
    timebok = make_timebok()
    with acting(timebok.cast.system):
        change_schedule(timebok.schedule, owner=None)
        assert Schedule.objects.get().owner_kind == "clinic"
        assert _ask(timebok).code == "26"


@pytest.mark.req("DDFL-HT-03", "DDFL-HT-02", "HNB-3")
def test_the_blocked_get_30_and_those_of_another_gp_see_nothing() -> None:
    timebok = make_timebok()
    timebok.slot(weekday_at(10))
    with acting(timebok.cast.system):
        assert (_ask(timebok, timebok.cast.astrid).code, _ask(timebok, timebok.cast.astrid).slots) == ("04", ())
        timebok.cast.ola.blocked = True
        assert _ask(timebok).code == "30"


@pytest.mark.req("DDFL-HT-01", "DDFL-HT-05", "DDFL-HT-06")
def test_both_days_of_the_range_count_and_no_more_than_28() -> None:
    timebok = make_timebok()
    first = FIRST + timedelta(days=1)

    def at(day: date, *wall: int):
        return clock.from_oslo(datetime.combine(day, time(*wall)))

    ids = [
        timebok.slot(moment).id
        for moment in (
            at(first - timedelta(days=1), 23, 40),
            at(first, 0, 0),
            at(first + timedelta(days=2), 23, 50),
            at(first + timedelta(days=3), 0, 10),
            at(first + timedelta(days=27), 23, 50),
            at(first + timedelta(days=28), 0, 10),
        )
    ]
    with acting(timebok.cast.system):
        short = _ask(timebok, first=first, last=first + timedelta(days=2))
        assert [one.id for one in short.slots] == ids[1:3]
        assert short.code == "03"
        assert [one.id for one in _ask(timebok, first=first, last=first + timedelta(days=60)).slots] == ids[1:5]


@pytest.mark.req("BOK-1", "BOK-2", "HNB-6", "HNB-7", "DDFL-HT-14", "TYP-4", "TYP-11")
def test_a_slot_is_shown_only_when_schedule_and_type_allow_it() -> None:
    timebok = make_timebok()
    with acting(timebok.cast.system):
        kinds = [
            create_type(name="Internt", minutes=20, bookable_online=False),
            create_type(name="Samtale", minutes=20, visibility="hidden"),
            create_type(name="Kurs", minutes=20, visibility="group", capacity=4, bookable_online=False),
            create_type(name="Gammel", minutes=20, active=False),
        ]
    for number, kind in enumerate(kinds):
        timebok.slot(weekday_at(9 + number), type=kind)
    shown = timebok.slot(weekday_at(14))
    with acting(timebok.cast.system):
        assert [one.id for one in _ask(timebok).slots] == [shown.id]
        change_schedule(timebok.schedule, online=False)
        assert _ask(timebok).code == "04"
        assert [one.requirement for one in why_no_slots(timebok.cast.kari) if not one.ok] == ["HNB-6"]


@pytest.mark.req("HNB-15", "HNB-7")
def test_the_readiness_of_a_gp_names_what_is_missing() -> None:
    timebok = make_timebok()
    with acting(timebok.cast.system):
        assert [one.requirement for one in why_no_slots(timebok.cast.kari) if not one.ok] == ["HNB-7"]
        assert [one.requirement for one in why_no_slots(timebok.cast.mona) if not one.ok] == ["HNB-4"]
        schedule = create_schedule(owner=timebok.cast.mona, public_name="Mona Dahl")
        kind = create_type(name="Internt", minutes=20, bookable_online=False)
    timebok.slot(weekday_at(10), schedule, type=kind)
    with acting(timebok.cast.system):
        finding = why_no_slots(timebok.cast.mona)[-1]
        assert (finding.ok, "Internt" in finding.text) == (False, True)


@pytest.mark.req("DDFL-HT-10", "DDFL-HT-11", "DDFL-HT-12", "DDFL-HT-13")
def test_what_is_by_telephone_only_never_also_opens_later() -> None:
    timebok = make_timebok()
    with acting(timebok.cast.system):
        phone = create_type(name="Ring oss", minutes=20, must_call=True, contact="video")
    opens = MONDAY + timedelta(days=1)
    timebok.slot(weekday_at(9), type=phone, available_from=opens)
    timebok.slot(weekday_at(10), available_from=opens)
    timebok.slot(weekday_at(11), available_from=MONDAY)
    with acting(timebok.cast.system):
        first, second, third = _ask(timebok).slots
        assert (first.must_call, first.available_from, first.bookable) == (True, None, False)
        assert (second.must_call, second.available_from, second.bookable) == (False, opens, False)
        assert (third.must_call, third.available_from, third.bookable) == (False, None, True)


@pytest.mark.req("BOK-10")
def test_only_the_first_is_the_first_there_is_and_not_the_first_of_the_question() -> None:
    timebok = make_timebok()
    first, _ = timebok.slot(weekday_at(10)), timebok.slot(weekday_at(10, weekday=3))
    with acting(timebok.cast.system):
        change_schedule(timebok.schedule, first_only="schedule")
        assert [one.id for one in _ask(timebok).slots] == [first.id]
        assert _ask(timebok, first=weekday_at(10, weekday=3).date()).code == "04"
