"""What HelseNorge is told of an appointment without asking: 05, 07, 08 and 11, by one function or the other."""

from datetime import timedelta

import pytest

from skranke.kernel import clock
from skranke.scheduling.models import Appointment
from skranke.scheduling.services import book, cancel, change, create_type, mark_no_show

from support.helsenorge import booked
from support.surgery import open_book

TIMERESERVASJON, AVTALEUTSENDING = "DIALOG_INNBYGGER_TIMERESERVASJON", "DIALOG_INNBYGGER_AVTALEUTSENDING"


def take_part_in_the_process(office) -> None:
    with office.acting():
        office.cast.counterpart.takes_appointment_process = True
        office.cast.counterpart.save()


def given(office, slot, through="staff", patient=None):
    person = office.cast.kari if through == "staff" else None
    with office.acting(person):
        return book(slot=slot, patient=patient or office.cast.ola, through=through, comment="Vond skulder")


def told(office):
    """What has come, with every grace period over; receipted, so that the next may leave."""
    clock.move(timedelta(seconds=301))
    letters = office.answers()
    for letter in letters:
        office.helsenorge.send(office.helsenorge.receipt_for(letter))
    office.work()
    return letters


def fresh(appointment) -> Appointment:
    return Appointment.objects.get(id=appointment.id)


@pytest.mark.req("DDFL-PU-04", "DDFL-PU-02", "DDFL-CAL-08")
def test_another_place_and_then_video_are_each_told_once(office) -> None:
    appointment = given(office, open_book(office).slots[0])
    (first,) = told(office)
    with office.acting(office.cast.ali):
        change(fresh(appointment), address="Kaia 3, 2. etasje")
    (moved,) = told(office)
    with office.acting(office.cast.ali):
        video = create_type(name="Videokonsultasjon", minutes=20, contact="video", information="Lenken kommer på SMS.")
        change(fresh(appointment), kind=video)
    (seen,) = told(office)
    assert [letter.code for letter in (first, moved, seen)] == ["05", "07", "07"]
    assert (booked(moved).location, booked(moved).categories) == ("Kaia 3, 2. etasje", ())
    assert (booked(seen).location, booked(seen).categories) == ("Video", ("Video",))
    assert (booked(seen).summary, booked(seen).description) == ("Videokonsultasjon", "Lenken kommer på SMS.")
    assert {(booked(one).related_to, booked(one).uid) for one in (first, moved, seen)} == {
        (str(appointment.id), booked(first).uid)
    }
    assert {letter.document.dialog.question.text for letter in (first, moved, seen)} == {None}


@pytest.mark.req("DDFL-PU-18", "DDFL-PU-09")
def test_words_alone_are_not_told_and_a_change_within_grace_is_told_with_the_booking(office) -> None:
    appointment = given(office, open_book(office).slots[0])
    with office.acting(office.cast.ali):
        change(appointment, contact="video")
    (first,) = told(office)
    assert (first.code, booked(first).categories) == ("05", ("Video",))
    with office.acting(office.cast.ali):
        change(fresh(appointment), note="Ta med prøvesvar", reason="Kontroll")
    assert told(office) == []


@pytest.mark.req("DDFL-PU-08", "TYP-4", "TYP-5")
def test_what_becomes_hidden_is_told_no_more_and_what_is_shown_again_is(office) -> None:
    shown, late = open_book(office).slots[:2]
    known, unknown = given(office, shown), given(office, late, patient=office.cast.nora)
    with office.acting(office.cast.ali):
        hidden = create_type(name="Skjult", minutes=20, visibility="hidden")
        plain = create_type(name="Kontroll", minutes=20)
        change(unknown, kind=hidden)
    (first,) = told(office)
    assert booked(first).related_to == str(known.id)
    with office.acting(office.cast.ali):
        change(fresh(known), kind=hidden)
        cancel(fresh(known), by="clinic")
    assert told(office) == []
    with office.acting(office.cast.ali):
        change(fresh(unknown), kind=plain)
    (shown_again,) = told(office)
    assert (shown_again.code, booked(shown_again).related_to) == ("05", str(unknown.id))


@pytest.mark.req("DDFL-PU-06", "DDFL-PU-07")
def test_who_did_not_come_is_told_whichever_way_the_time_was_booked(office) -> None:
    slots = open_book(office).slots
    rows = [
        given(office, slot, through) for slot, through in zip(slots, ("helsenorge", "portal", "staff"), strict=True)
    ]
    assert sorted(letter.code for letter in told(office)) == ["05", "05"]
    clock.move(timedelta(days=2))
    with office.acting(office.cast.ali):
        for row in rows:
            mark_no_show(fresh(row))
    letters = told(office)
    assert [(letter.code, booked(letter).status) for letter in letters] == [("11", "CONFIRMED")] * 3
    assert {booked(letter).related_to for letter in letters} == {str(row.id) for row in rows}


@pytest.mark.req("DDFL-PU-11", "DDFL-ENV-11")
def test_a_substitute_who_holds_the_hour_is_named_and_the_gp_stays_the_party(office) -> None:
    given(office, open_book(office, owner=office.cast.per).slots[0])
    (push,) = told(office)
    (role,) = push.document.dialog.question.roles
    assert (role.role.v, str(role.practitioner.hpr_number)) == ("15", office.cast.per.hpr_number)
    assert str(push.document.info.sender.level2_her_id) == office.cast.kari_party.her_id == booked(push).contact


@pytest.mark.req("DDFL-PU-12", "DDFL-PU-13", "DDFL-PU-03", "DDFL-PU-05", "DDFL-PU-19", "DDFL-CON-07")
@pytest.mark.parametrize("function", [AVTALEUTSENDING, TIMERESERVASJON])
def test_all_four_leave_by_one_function_and_never_by_both(office, function: str) -> None:
    if function == AVTALEUTSENDING:
        take_part_in_the_process(office)
    first, second, _third = open_book(office).slots
    kept, missed = given(office, first), given(office, second, patient=office.cast.nora)
    letters = told(office)
    with office.acting(office.cast.ali):
        change(fresh(kept), address="Kaia 3")
    letters += told(office)
    with office.acting(office.cast.ali):
        cancel(fresh(kept), by="clinic")
    letters += told(office)
    clock.move(timedelta(days=2))
    with office.acting(office.cast.ali):
        mark_no_show(fresh(missed))
    letters += told(office)
    assert [letter.code for letter in letters] == ["05", "05", "07", "08", "11"]
    assert {letter.raw.subject for letter in letters} == {function}
    assert {letter.document.info.conversation for letter in letters} == {None}
    assert all(one.document.dialog.question.code.s == "2.16.578.1.12.4.1.1.7602" for one in letters)


@pytest.mark.req("DDFL-ENV-30")
def test_the_pushing_function_is_not_for_us(office) -> None:
    slot = open_book(office).slots[0]
    take_part_in_the_process(office)
    given(office, slot)
    (push,) = told(office)
    asked = office.helsenorge.cancel(office.cast.ola, booked(push), function=push.document.info.function)
    office.helsenorge.send(asked)
    assert office.answers() == []
    (report,) = office.helsenorge.reports()
    assert report.headers.error_condition == "transport:unsupported-message"
