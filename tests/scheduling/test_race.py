"""Many at once: exactly one gets the time. Threads with connections of their own, as separate processes would."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from threading import Barrier

import pytest
from django.db import connection

from skranke.clinics.activation.services import put_party_live
from skranke.clinics.services import register_party
from skranke.outbox.models import OutboxItem
from skranke.patients.services import register
from skranke.scheduling.errors import BookingRefusedError, SeveralTakenError, SlotTakenError
from skranke.scheduling.models import Appointment, BookedThrough, Occupancy
from skranke.scheduling.recurring import Recurrence
from skranke.scheduling.repeated import RepeatedAppointment
from skranke.scheduling.resources import offer_uid
from skranke.scheduling.services import (
    add_event,
    add_single_slot,
    apply_plan,
    book,
    book_extra,
    cancel,
    change_schedule,
    create_schedule,
    create_type,
)
from skranke.scheduling.services.recurring_appointments import (
    AppointmentWords,
    Wanted,
    book_appointments,
    preview_appointments,
)
from skranke.scheduling.values import Refusal
from skranke.tenancy.work import acting

from cast import fresh_her_id, fresh_national_id
from support.timebok import make_timebok, weekday_at


def _at_once(works: list[Callable[[], object]], timebok) -> list[object]:
    """Run all works in threads of their own, each in its own unit of work, started together."""
    start = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        try:
            start.wait(timeout=30)
            with acting(timebok.cast.system):
                return work()
        except (BookingRefusedError, SeveralTakenError) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def _patients(timebok, count: int):
    with acting(timebok.cast.system):
        return [
            register(
                national_id=fresh_national_id(age=20 + number % 60),
                given_name="Prøve",
                family_name=f"Nummer {number}",
                gp=timebok.cast.kari,
                on_gp_list=True,
            )
            for number in range(count)
        ]


@pytest.mark.req("APT-24", "BOK-12", "DDFL-RT-03")
def test_of_fifty_who_book_one_slot_exactly_one_gets_it() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10))
    channels = [BookedThrough.HELSENORGE, BookedThrough.STAFF]

    def work(number, patient):
        return lambda: book(slot_id=slot.id, patient=patient, through=channels[number % 2], comment="Hoste")

    results = _at_once([work(number, one) for number, one in enumerate(_patients(timebok, 50))], timebok)
    won = [one for one in results if isinstance(one, Appointment)]
    assert len(won) == 1
    assert sum(isinstance(one, SlotTakenError) for one in results) == 49
    with acting(timebok.cast.system):
        assert [one.id for one in Appointment.objects.all()] == [won[0].id]
        assert Occupancy.objects.get().source_id == won[0].id


@pytest.mark.req("TYP-6", "APT-24", "BOK-12")
def test_of_forty_who_want_a_place_in_one_group_as_many_get_one_as_there_are_and_nobody_two() -> None:
    timebok = make_timebok()
    with acting(timebok.cast.system):
        kind = create_type(name="Frisklivsgruppe", minutes=60, visibility="group", capacity=7)
    slot = timebok.slot(weekday_at(10), type=kind)
    channels = [BookedThrough.HELSENORGE, BookedThrough.STAFF, BookedThrough.PORTAL]
    many = _patients(timebok, 20)

    def work(number, patient):
        return lambda: book(slot_id=slot.id, patient=patient, through=channels[number % 3], comment="Hoste")

    # Each asks twice, by two channels.
    results = _at_once([work(number, one) for number, one in enumerate([*many, *many])], timebok)
    won = {one.id: one for one in results if isinstance(one, Appointment)}
    assert len(won) == len({one.patient_id for one in won.values()}) == 7
    refused = [one for one in results if isinstance(one, BookingRefusedError)]
    assert {one.reason for one in refused} <= {Refusal.TAKEN, Refusal.IN_GROUP}
    with acting(timebok.cast.system):
        assert {one.id for one in Appointment.objects.all()} == set(won)
        seats = Occupancy.objects.filter(slot=slot)
        assert sorted(seats.values_list("seat", flat=True)) == list(range(1, 8))
        assert Occupancy.objects.get(exclusive=True).source_id == slot.id


@pytest.mark.req("TYP-6")
def test_when_all_of_a_group_leave_at_once_its_time_is_free_for_something_else() -> None:
    timebok = make_timebok()
    with acting(timebok.cast.system):
        kind = create_type(name="Frisklivsgruppe", minutes=60, visibility="group", capacity=9)
    slot = timebok.slot(weekday_at(10), type=kind)
    with acting(timebok.cast.system):
        booked = [book(slot_id=slot.id, patient=one, through=BookedThrough.STAFF) for one in _patients(timebok, 9)]
    # Past the lock of the day, as the database alone decides.
    _at_once([lambda one=one: Occupancy.objects.filter(source_id=one.id).delete() and None for one in booked], timebok)
    with acting(timebok.cast.system):
        assert not Occupancy.objects.exists()


@pytest.mark.req("RES-21")
def test_of_twenty_who_want_one_common_offer_as_many_get_it_as_have_it_free() -> None:
    timebok = make_timebok()
    start, end = weekday_at(10), weekday_at(10) + timedelta(minutes=10)
    with acting(timebok.cast.system):
        row = register_party(her_id=fresh_her_id(), kind="service", name="Lab", services=["booking"])
        put_party_live(row)
        kind = create_type(name="Blodprøve", minutes=10, category="lab")
        for number in range(3):
            add_single_slot(create_schedule(owner=None, public_name=f"Lab {number}"), start=start, type=kind)
    uid = offer_uid(timebok.cast.clinic.id, kind.id, int(start.timestamp()))

    def work(patient):
        facts = {"slot_uid": uid, "contact_her_id": row.her_id, "expect": (start, end), "through": "helsenorge"}
        return lambda: book(patient=patient, **facts)

    results = _at_once([work(one) for one in _patients(timebok, 20)], timebok)
    assert sum(isinstance(one, SlotTakenError) for one in results) == 17
    with acting(timebok.cast.system):
        assert len({one.schedule_id for one in Appointment.objects.all()}) == Appointment.objects.count() == 3


@pytest.mark.req("BOK-4", "BOK-12")
def test_a_patient_who_books_many_slots_at_once_stays_within_the_number() -> None:
    timebok = make_timebok()
    slots = [timebok.slot(weekday_at(9) + timedelta(days=day % 4, hours=day // 4)) for day in range(10)]
    with acting(timebok.cast.system):
        change_schedule(timebok.schedule, max_self_booked=2)

    def work(slot):
        return lambda: book(slot_id=slot.id, patient=timebok.cast.ola, through=BookedThrough.PORTAL)

    results = _at_once([work(slot) for slot in slots], timebok)
    assert sum(isinstance(one, Appointment) for one in results) == 2
    refused = [one for one in results if isinstance(one, BookingRefusedError)]
    assert {one.reason for one in refused} == {Refusal.TOO_MANY}


@pytest.mark.req("PLN-12", "APT-24")
def test_an_event_and_an_extra_patient_never_share_the_time_with_a_booking_made_meanwhile() -> None:
    timebok = make_timebok()
    for day in range(3):
        slot = timebok.slot(weekday_at(10, weekday=2 + day))
        results = _at_once(_rivals(timebok, slot), timebok)
        assert sum(isinstance(one, Appointment) for one in results) <= 1


def _rivals(timebok, slot) -> list[Callable[[], object]]:
    begins, ends = slot.during.lower, slot.during.upper
    extra = {"schedule": timebok.schedule, "type": timebok.ordinary, "patient": timebok.cast.nora}
    return [
        lambda: book(slot_id=slot.id, patient=timebok.cast.ola, through=BookedThrough.STAFF),
        lambda: book_extra(start=begins + timedelta(minutes=5), **extra),
        lambda: add_event(timebok.schedule, start=begins, end=ends, text="Møte") and None,
        lambda: apply_plan(timebok.schedule) and None,
    ]


@pytest.mark.req("PLN-15", "APT-24")
@pytest.mark.parametrize("planned", [6, 0], ids=["slots", "own times"])
def test_of_many_who_saw_the_same_days_free_one_gets_them_and_the_others_nothing(planned: int) -> None:
    timebok = make_timebok()
    starts = [weekday_at(9, weeks=week) for week in range(1, 7)]
    for start in starts[:planned]:
        timebok.slot(start)
    works = []
    for number, patient in enumerate(_patients(timebok, 8)):
        wanted = Wanted(patient, timebok.schedule, timebok.ordinary, starts[0].date(), time(9), 20)
        with acting(timebok.cast.system):
            days = preview_appointments(wanted, Recurrence(1, frozenset({2}), times=6))
        # Each leaves out another day, and names them in another order.
        chosen = [one for one in days if one.start != starts[number % 6]][:: 1 if number % 2 else -1]
        works.append(lambda wanted=wanted, chosen=chosen: book_appointments(wanted, chosen, AppointmentWords()))
    results = _at_once(works, timebok)
    (won,) = [one for one in results if isinstance(one, list)]
    assert sum(isinstance(one, SeveralTakenError) for one in results) == 7
    with acting(timebok.cast.system):
        assert {one.id for one in Appointment.objects.all()} == {one.id for one in won}
        assert Occupancy.objects.count() == RepeatedAppointment.objects.count() == OutboxItem.objects.count() == 5


@pytest.mark.req("DDFL-PU-05")
def test_of_many_who_cancel_one_does_and_one_message_leaves() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10))
    with acting(timebok.cast.system):
        booked = book(slot=slot, patient=timebok.cast.ola, through=BookedThrough.HELSENORGE, comment="Hoste")
    results = _at_once([lambda: cancel(booked, by="clinic")] * 10, timebok)
    assert sorted(one.already for one in results) == [False] + [True] * 9
    with acting(timebok.cast.system):
        assert [row.detail["code"] for row in OutboxItem.objects.filter(subject_id=booked.id)] == ["08"]
