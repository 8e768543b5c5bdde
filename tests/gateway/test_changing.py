"""ERT: the patient asks for another time; the clinic says no, or moves on request (D-41)."""

from datetime import timedelta

import pytest

from skranke.audit.models import AuditEvent
from skranke.kernel import clock
from skranke.patients.services import block, register
from skranke.scheduling.models import Appointment, AppointmentState, Occupancy
from skranke.scheduling.services import book, create_type, move
from skranke.standards.codes import Answer
from skranke.standards.render import render

from cast import fresh_national_id
from support.helsenorge import booked
from support.surgery import open_book, time_of


@pytest.fixture
def moving(office):
    """The clinic moves on request."""
    _set(office, moves_on_request=True)
    return office


def _set(office, **facts) -> None:
    with office.acting():
        for name, value in facts.items():
            setattr(office.cast.clinic, name, value)
        office.cast.clinic.save()


def reserved(office, slot, patient=None):
    """An appointment that HelseNorge has booked, as the answer named it."""
    time = time_of(slot, office.cast.kari_party.her_id)
    office.helsenorge.send(office.helsenorge.reserve(patient or office.cast.ola, time))
    answer = _answer(office)
    return booked(answer)


def changed(office, given, slot, patient=None, swap=(b"", b"")):
    """The answer to a change of an appointment to the time of a slot."""
    wanted = time_of(slot, office.cast.kari_party.her_id)
    question = office.helsenorge.change(patient or office.cast.ola, given, wanted)
    office.helsenorge.send(render(question).replace(*swap), like=question)
    answer = _answer(office)
    assert answer.about == question.info.msg_id
    return answer


def _answer(office):
    """The one answer that comes with the one positive receipt; receipted, so that the next may leave."""
    receipt, answer = sorted(office.answers(), key=lambda letter: not letter.is_receipt)
    assert receipt.code == "1"
    if answer.times:
        office.helsenorge.send(office.helsenorge.receipt_for(answer))
        office.work()
    return answer


def listed(office) -> dict:
    """Start to uid of the free times."""
    office.helsenorge.send(office.helsenorge.free_times(office.cast.nora), sync=True)
    office.take_questions()
    (reply,) = office.helsenorge.replies()
    return {time.start: time.uid for time in reply.times}


@pytest.mark.req("DDFL-RT-17")
def test_a_change_is_answered_34_with_the_time_that_stands(office) -> None:
    first, second, _ = open_book(office).slots
    given = reserved(office, first)
    answer = changed(office, given, second)
    stands = booked(answer)
    assert (answer.code, stands.related_to, stands.start, bool(answer.text)) == (
        "34", given.related_to, given.start, True,
    )  # fmt: skip
    assert second.during.lower in listed(office)


@pytest.mark.req("DDFL-RT-17", "DDFL-CAL-08", "DDFL-CAL-10", "BOK-12")
def test_where_the_clinic_moves_on_request_the_time_is_changed_and_told_once(moving) -> None:
    first, second, third = open_book(moving).slots
    given = reserved(moving, first)
    answer = changed(moving, given, second)
    now = booked(answer)
    assert (answer.code, now.related_to, now.uid, now.status) == ("07", given.related_to, given.uid, "CONFIRMED")
    assert (now.start, now.end) == (second.during.lower, second.during.upper)
    free = listed(moving)
    assert set(free) == {first.during.lower, third.during.lower}
    assert free[first.during.lower] != given.uid
    assert moving.answers() == []
    again = changed(moving, given, second)
    assert (again.code, booked(again).start) == ("07", second.during.lower)
    with moving.acting():
        row = Appointment.objects.get()
        assert (row.slot_id, row.comment, row.version) == (second.id, "Øreverk", 2)
        assert [one.source_id for one in Occupancy.objects.all()] == [row.id]
        assert AuditEvent.objects.filter(action="appointment.moved").count() == 1


@pytest.mark.req("DDFL-RT-17", "BOK-4")
def test_its_own_place_in_the_number_does_not_count_and_its_type_is_that_of_the_time(moving) -> None:
    book_ = open_book(moving)
    _set(moving, max_self_booked=1)
    given = reserved(moving, book_.slots[0])
    with moving.acting():
        video = create_type(name="Video", minutes=20, contact="video")
        book_.slots[1].type = video
        book_.slots[1].save()
    answer = changed(moving, given, book_.slots[1])
    assert (answer.code, booked(answer).categories, booked(answer).location) == ("07", ("Video",), "Video")


@pytest.mark.req("DDFL-RT-17", "BOK-7", "APT-24")
@pytest.mark.parametrize("fault", ["taken", "removed", "other times", "phone", "deadline", "not allowed"])
def test_what_cannot_be_moved_stands_and_says_why(moving, fault: str) -> None:
    first, second, _ = open_book(moving).slots
    given = reserved(moving, first)
    _hinder(moving, second, fault)
    swap = (second.during.upper.strftime("%M:00<").encode(), b"59:00<") if fault == "other times" else (b"", b"")
    answer = changed(moving, given, second, swap=swap)
    stands = booked(answer)
    assert (answer.code, stands.start, stands.uid, bool(answer.text)) == ("34", first.during.lower, given.uid, True)
    with moving.acting():
        assert Occupancy.objects.filter(source_id=given.related_to, starts=first.during.lower).count() == 1


def _hinder(office, slot, fault: str) -> None:
    with office.acting():
        if fault == "taken":
            book(slot=slot, patient=office.cast.nora, through="staff")
        elif fault == "removed":
            slot.state = "removed"
            slot.save()
        elif fault == "phone":
            slot.type = create_type(name="Ring oss", minutes=20, must_call=True)
            slot.save()
    if fault == "deadline":
        _set(office, cancellation_deadline_hours=24 * 60)
    if fault == "not allowed":
        _set(office, cancellation_allowed=False)


@pytest.mark.req("DDFL-RT-17", "DDFL-RT-15", "DDFL-HT-03")
def test_a_stranger_a_blocked_patient_and_a_closed_service_change_nothing(moving) -> None:
    first, second, _ = open_book(moving).slots
    given = reserved(moving, first)
    assert changed(moving, given, second, patient=moving.cast.nora).code == "26"
    with moving.acting():
        assert AuditEvent.objects.filter(action="appointment.refused").exists()
        block(moving.cast.ola, blocked=True)
    assert (changed(moving, given, second).code, changed(moving, given, second).times) == ("30", ())
    with moving.acting():
        block(moving.cast.ola, blocked=False)
        moving.cast.kari_party.services = ["e_contact"]
        moving.cast.kari_party.save()
    assert changed(moving, given, second).code == "26"
    with moving.acting():
        assert Appointment.objects.get().during == first.during


@pytest.mark.req("DDFL-RT-17", "DDFL-CAL-08")
def test_a_push_that_waits_is_replaced_by_the_answer(moving) -> None:
    first, second, third = open_book(moving).slots
    given = reserved(moving, first)
    with moving.acting(moving.cast.kari):
        move(Appointment.objects.get(id=given.related_to), slot=third)
    answer = changed(moving, given, second)
    assert (answer.code, booked(answer).start) == ("07", second.during.lower)
    clock.move(timedelta(seconds=301))
    assert moving.answers() == []


@pytest.mark.req("DDFL-RT-17", "APT-24", "BOK-12")
@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.slow)])
def test_of_fifty_who_move_to_one_time_at_once_one_does(moving, rounds: int) -> None:
    slots = open_book(moving, times=50 + rounds).slots
    with moving.acting():
        people = [
            register(
                national_id=fresh_national_id(age=30 + number),
                given_name="Per",
                family_name=f"Nr {number}",
                gp=moving.cast.kari,
                on_gp_list=True,
            )
            for number in range(50)
        ]
        held = [
            book(slot=slot, patient=one, through="helsenorge", comment="Hoste")
            for one, slot in zip(people, slots, strict=False)
        ]
    moving.helsenorge.openssl = False
    contact = moving.cast.kari_party.her_id
    for goal in slots[50:]:
        with moving.acting():
            before = dict(Appointment.objects.values_list("id", "starts"))
        for person, one in zip(people, held, strict=True):
            named = time_of(one.slot, contact, related_to=str(one.id))
            moving.helsenorge.send(moving.helsenorge.change(person, named, time_of(goal, contact)))
        moving.take_in_at_once()
        answers = [letter for letter in moving.answers() if not letter.is_receipt]
        assert sorted(letter.code for letter in answers) == ["07"] + ["34"] * 49
        winner = next(booked(letter).related_to for letter in answers if letter.code == Answer.CHANGED.value)
        for letter in answers:
            moving.helsenorge.send(moving.helsenorge.receipt_for(letter))
        moving.work()
        with moving.acting():
            after = dict(Appointment.objects.values_list("id", "starts"))
            assert {str(key) for key in after if after[key] != before[key]} == {winner}
            assert Appointment.objects.filter(state=AppointmentState.BOOKED).count() == 50
            assert Occupancy.objects.filter(starts=goal.during.lower).count() == 1
            assert Occupancy.objects.count() == 50
