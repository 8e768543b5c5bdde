"""A group's slot takes several patients, up to its places, and each comes and goes alone (TYP-6)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.outbox.models import OutboxItem
from skranke.patients.services import register
from skranke.scheduling.errors import BookingRefusedError, SlotTakenError
from skranke.scheduling.models import Appointment, AppointmentType, BookedThrough, Occupancy, Slot
from skranke.scheduling.queries import offered_slots
from skranke.scheduling.services import (
    add_event,
    add_single_slot,
    apply_plan,
    book,
    book_extra,
    cancel,
    change_state,
    create_template,
    create_type,
    delete_within_grace,
    hold,
    move,
    plan_weeks,
    remove_slots,
    restore_slots,
)
from skranke.scheduling.services.types import change_type
from skranke.scheduling.values import IsoWeek, OfferAudience, Refusal, TemplateEntry
from skranke.tenancy.work import acting

from cast import fresh_national_id
from support.timebok import Timebok, make_timebok, weekday_at


def people(timebok: Timebok, count: int):
    with acting(timebok.cast.system):
        facts = {"family_name": "Prøve", "gp": timebok.cast.kari, "on_gp_list": True}
        return [
            register(national_id=fresh_national_id(age=30 + number), given_name=f"Nummer {number}", **facts)
            for number in range(count)
        ]


def group_type(timebok: Timebok, places: int = 3, **facts) -> AppointmentType:
    with acting(timebok.cast.system):
        return create_type(name="Frisklivsgruppe", minutes=60, visibility="group", capacity=places, **facts)


def give(slot: Slot, patient, through=BookedThrough.STAFF) -> Appointment:
    return book(slot_id=slot.id, patient=patient, through=through, comment="Hoste")


def offered(timebok: Timebok, patient=None, audience=OfferAudience.STAFF) -> dict:
    span = {"start": clock.now(), "end": clock.now() + timedelta(days=30)}
    return {one.id: one.taken for one in offered_slots(audience=audience, patient=patient, **span)}


@pytest.mark.req("TYP-6", "BOK-1")
def test_a_group_is_offered_while_places_are_left_and_to_nobody_who_is_in_it() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10), type=group_type(timebok))
    some = people(timebok, 4)
    with acting(timebok.cast.system):
        for number, one in enumerate(some[:3]):
            assert offered(timebok) == {slot.id: number}
            assert slot.id in offered(timebok, some[3], OfferAudience.HELSENORGE)
            give(slot, one, BookedThrough.HELSENORGE if number else BookedThrough.STAFF)
            assert slot.id not in offered(timebok, one, OfferAudience.HELSENORGE)
            assert slot.id not in offered(timebok, one, OfferAudience.PORTAL)
        assert offered(timebok) == {}
        for through in (BookedThrough.STAFF, BookedThrough.HELSENORGE, BookedThrough.PORTAL):
            with pytest.raises(SlotTakenError):
                give(slot, some[3], through)
        assert Appointment.objects.count() == 3


@pytest.mark.req("TYP-6")
def test_the_database_refuses_a_place_too_many_and_a_patient_twice() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10), type=group_type(timebok, 2))
    some = people(timebok, 3)
    with acting(timebok.cast.system):
        first = give(slot, some[0])
        with pytest.raises(BookingRefusedError) as refused:
            give(slot, some[0])
        assert (refused.value.reason, refused.value.wire_code) == (Refusal.IN_GROUP, "26")
    facts = {"clinic_id": slot.clinic_id, "schedule": timebok.schedule, "during": slot.during, "kind": "appointment"}
    facts |= {"slot": slot, "exclusive": False}
    for seat, patient, name in (
        (3, some[1], "group_seat_is_there"),
        (1, some[1], "group_seat_once"),
        (2, some[0], "group_patient_once"),
    ):
        with pytest.raises(IntegrityError, match="no such place|" + name), acting(timebok.cast.system):
            Occupancy.objects.create(**facts, seat=seat, patient_id=patient.id, source_id=patient.id)
    with acting(timebok.cast.system):
        give(slot, some[1])
    with pytest.raises(IntegrityError, match="has that place"), acting(timebok.cast.system):
        Slot.objects.filter(id=slot.id).update(capacity=1)
    plain = {**facts, "slot": None, "exclusive": True}
    with pytest.raises(IntegrityError, match="occupancy_no_overlap"), acting(timebok.cast.system):
        Occupancy.objects.create(**plain, source_id=first.patient_id)


@pytest.mark.req("TYP-6", "APT-5", "APT-16", "APT-20")
@pytest.mark.parametrize("way", ["cancelled", "deleted"])
def test_who_leaves_a_group_frees_one_place_and_is_told_alone(way: str) -> None:
    timebok = make_timebok(grace_seconds=300)
    slot = timebok.slot(weekday_at(10), type=group_type(timebok, 2))
    some = people(timebok, 3)
    with acting(timebok.cast.system):
        stays, goes = give(slot, some[0]), give(slot, some[1])
        if way == "cancelled":
            Appointment.objects.filter(id=goes.id).update(told_helsenorge=True)
            cancel(goes, by="clinic")
        else:
            delete_within_grace(goes)
        left = {one.subject_id: one.detail["code"] for one in OutboxItem.objects.all()}
        assert left == {stays.id: "05"} | ({goes.id: "08"} if way == "cancelled" else {})
        assert offered(timebok) == {slot.id: 1}
        # The whole time is still the group's.
        assert Occupancy.objects.get(exclusive=True).source_id == slot.id
        assert give(slot, some[2]).slot_id == slot.id
        assert offered(timebok) == {}
        stays.refresh_from_db()
        assert (stays.state, stays.version) == ("booked", 1)


@pytest.mark.req("TYP-6", "APT-9", "APT-21")
def test_one_of_a_group_moves_out_of_it_and_into_another_while_the_rest_stay() -> None:
    timebok = make_timebok()
    kind = group_type(timebok, 2)
    group, other, single = (
        timebok.slot(weekday_at(9), type=kind),
        timebok.slot(weekday_at(11), type=kind),
        timebok.slot(weekday_at(13)),
    )
    some = people(timebok, 4)
    with acting(timebok.cast.system):
        stays, moves = give(group, some[0]), give(group, some[1])
        move(moves, slot=other)
        assert offered(timebok) == {group.id: 1, other.id: 1, single.id: 0}
        move(moves, slot=single)
        assert offered(timebok) == {group.id: 1, other.id: 0}
        move(moves, slot=group)
        full = give(single, some[2])
        with pytest.raises(SlotTakenError):
            move(full, slot=group, concurrent=True)
        twice = give(other, some[0])
        with pytest.raises(BookingRefusedError, match="allerede plass"):
            move(twice, slot=group)
        with pytest.raises(SlotTakenError):
            move(stays, start=group.during.lower, end=group.during.upper + timedelta(minutes=10))
        assert Occupancy.objects.filter(slot=group).count() == 2


@pytest.mark.req("TYP-6", "APT-10", "APT-12")
def test_each_of_a_group_is_checked_in_alone() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10), type=group_type(timebok))
    with acting(timebok.cast.system):
        one, other = (give(slot, patient) for patient in people(timebok, 2))
        change_state(one, "checked_in")
        other.refresh_from_db()
        assert other.state == "booked"


@pytest.mark.req("TYP-6", "TYP-10")
def test_another_length_or_number_of_places_is_for_new_slots_and_throws_nobody_out() -> None:
    timebok = make_timebok()
    kind = group_type(timebok, 3)
    slot = timebok.slot(weekday_at(10), type=kind)
    some = people(timebok, 3)
    with acting(timebok.cast.system):
        for one in some[:2]:
            give(slot, one)
        change_type(kind, capacity=2, minutes=30)
        later = add_single_slot(timebok.schedule, start=weekday_at(13), type=kind)
        assert later.capacity == 2
        assert give(slot, some[2]).during == slot.during
        change_type(kind, visibility="normal")
        assert Appointment.objects.filter(slot=slot).count() == 3
        assert add_single_slot(timebok.schedule, start=weekday_at(15), type=kind).capacity == 1
        with pytest.raises(InvalidError, match="minst to plasser"):
            change_type(kind, visibility="group", capacity=1)


@pytest.mark.req("TYP-6", "PLN-5", "PLN-9")
def test_a_plan_leaves_a_group_with_patients_as_it_is() -> None:
    timebok = make_timebok()
    kind, week = group_type(timebok, 3), IsoWeek(2027, 6)
    with acting(timebok.cast.system):
        day = [TemplateEntry(weekday=2, start=weekday_at(hour).time(), minutes=60, type_id=kind.id) for hour in (9, 12)]
        plan_weeks(timebok.schedule, create_template(name="Uke", entries=day), [week])
        apply_plan(timebok.schedule)
        kept, emptied = Slot.objects.order_by("starts")
        assert (kept.capacity, emptied.capacity) == (3, 3)
        give(kept, people(timebok, 1)[0])
        plan_weeks(timebok.schedule, None, [week])
        apply_plan(timebok.schedule, [week], replace_singles=True)
        assert [(one.id, one.uid, one.capacity) for one in Slot.objects.all()] == [(kept.id, kept.uid, 3)]
        assert offered(timebok) == {kept.id: 1}


@pytest.mark.req("TYP-6", "PLN-10", "PLN-11")
def test_what_is_left_of_a_group_goes_with_the_absence_and_comes_back() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10), type=group_type(timebok, 3))
    with acting(timebok.cast.system):
        booked = give(slot, people(timebok, 1)[0])
        removed, followed = remove_slots(timebok.schedule, slot.during.lower, slot.during.upper)
        assert ([*removed], [one.id for one in followed]) == ([slot.id], [booked.id])
        assert offered(timebok) == {}
        again = add_single_slot(timebok.schedule, start=weekday_at(10), type=timebok.ordinary)
        assert again.id not in offered(timebok)
        Slot.objects.filter(id=again.id).delete()
        assert restore_slots(timebok.schedule, removed) == 1
        assert offered(timebok) == {slot.id: 1}


@pytest.mark.req("TYP-6", "CAL-9", "PLN-12")
def test_what_else_uses_the_time_of_a_group_closes_it_and_a_group_keeps_others_out() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10), type=group_type(timebok, 3))
    some = people(timebok, 3)
    begins = slot.during.lower
    with acting(timebok.cast.system):
        give(slot, some[0])
        with pytest.raises(SlotTakenError):
            book_extra(schedule=timebok.schedule, type=timebok.ordinary, patient=some[1], start=begins)
        event = add_event(timebok.schedule, start=begins, end=begins + timedelta(minutes=5), text="Brann")
        assert offered(timebok) == {}
        with pytest.raises(SlotTakenError):
            give(slot, some[1])
        Occupancy.objects.filter(source_id=event.id).delete()
        assert offered(timebok) == {slot.id: 1}


@pytest.mark.req("TYP-6", "BOK-11")
def test_a_picked_place_of_a_group_is_held_for_the_patient_alone_until_the_time_is_over() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(10), type=group_type(timebok, 2))
    some = people(timebok, 3)
    with acting(timebok.cast.system):
        give(slot, some[0])
        until = hold(slot, some[1])
        assert slot.id in offered(timebok, some[1], OfferAudience.PORTAL)
        assert offered(timebok) == {}
        with pytest.raises(SlotTakenError):
            give(slot, some[2])
        clock.move_to(until + timedelta(seconds=1))
        assert offered(timebok) == {slot.id: 1}
        give(slot, some[2])
        with pytest.raises(SlotTakenError):
            give(slot, some[1], BookedThrough.PORTAL)
        assert sorted(Occupancy.objects.filter(slot=slot).values_list("seat", flat=True)) == [1, 2]
