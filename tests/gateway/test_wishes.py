"""Wishes for an appointment: read by people, answered once, and told by the answer alone."""

from datetime import timedelta

import pytest

from skranke.audit.models import AuditEvent
from skranke.dialog.errors import AlreadyAnsweredError
from skranke.dialog.models import Message, Thread
from skranke.dialog.queries import mailbox
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.scheduling.models import Appointment, Slot
from skranke.scheduling.queries import wish_of
from skranke.scheduling.services import answer_wish, book, cancel, move
from skranke.standards.codes import Question
from skranke.standards.render import render

from support.helsenorge import PDF, booked
from support.surgery import open_book

OT, OET, OAT = Question.WISH_FOR_APPOINTMENT, Question.WISH_FOR_CHANGE, Question.WISH_FOR_CANCELLATION
WISH = "DIALOG_INNBYGGER_TIMEONSKE"


def wished(office, code, patient=None, **facts):
    """A wish has come and got its receipt, and nothing more; its thread."""
    question = office.helsenorge.wish(patient or office.cast.ola, code, **facts)
    office.helsenorge.send(question)
    (receipt,) = office.answers()
    assert (receipt.code, receipt.about) == ("1", question.info.msg_id)
    with office.acting():
        return Thread.objects.get(conversation=question.info.msg_id)


def answered(office, thread, outcome, *, text="Slik blir det.", appointment=None, by=None):
    """Staff answer; the letter that leaves, receipted, and nothing beside it."""
    with office.acting(by or office.cast.kari):
        answer_wish(thread, text=text, outcome=outcome, appointment_id=appointment.id if appointment else None)
    (letter,) = office.answers()
    office.helsenorge.send(office.helsenorge.receipt_for(letter))
    office.work()
    return letter


def told(office):
    """What is pushed once every grace period is over."""
    clock.move(timedelta(seconds=301))
    return office.answers()


def given(office, slot, patient=None):
    with office.acting(office.cast.kari):
        return book(slot=slot, patient=patient or office.cast.ola, through="staff")


def known(office, slot):
    """An appointment that HelseNorge has been told of; as HelseNorge names it."""
    appointment = given(office, slot)
    (push,) = told(office)
    office.helsenorge.send(office.helsenorge.receipt_for(push))
    office.work()
    return appointment, booked(push)


@pytest.mark.req("DDFL-TO-01", "REQ-3", "REQ-5", "HNB-14")
def test_a_wish_is_a_thread_of_its_kind_with_the_gp_and_takes_no_time(office) -> None:
    slots = open_book(office).slots
    thread = wished(office, OT, text="Kontroll av skulder", accepts_other=True, attachments=(PDF,))
    assert (thread.kind, thread.patient_id, thread.title) == (
        "appointment_wish", office.cast.ola.id, "Ønske om time – helsenorge.no",
    )  # fmt: skip
    with office.acting():
        wish = wish_of(thread)
        assert (wish.kind, wish.accepts_other, wish.appointment) == ("time", True, None)
        assert not Appointment.objects.exists()
        assert Slot.objects.filter(state="open").count() == len(slots)
        message = Message.objects.get(thread=thread)
        assert (message.text, message.attachments.count()) == ("Kontroll av skulder", 1)
    with office.acting(office.cast.kari):
        assert [row.id for row in mailbox("innboks", kind="appointment_wish").rows] == [thread.id]
    with office.acting(office.cast.mona):
        assert mailbox("innboks").rows == ()


@pytest.mark.req("DDFL-TO-02", "DDFL-TO-07", "DDFL-CON-02", "DDFL-PU-07")
def test_a_time_that_is_given_is_told_by_the_answer_and_by_no_push(office) -> None:
    slot = open_book(office).slots[0]
    thread = wished(office, OT)
    appointment = given(office, slot)
    letter = answered(office, thread, "appointment_given", text="Velkommen.", appointment=appointment)
    time = booked(letter)
    assert (letter.raw.subject, letter.code, letter.text, time.related_to) == (
        WISH, "05", "Velkommen.", str(appointment.id),
    )  # fmt: skip
    reference = letter.document.info.conversation
    assert (reference.parent, reference.conversation) == (thread.conversation, thread.conversation)
    assert (letter.document.attachments, letter.document.practitioners) == ((), ())
    assert told(office) == []
    with office.acting(office.cast.kari):
        cancel(Appointment.objects.get(id=appointment.id), by="clinic")
    (push,) = office.answers()
    assert push.code == "08"
    assert push.document.info.gen_date > letter.document.info.gen_date


@pytest.mark.req("DDFL-TO-03")
def test_a_time_with_another_is_told_with_whom(office) -> None:
    own, others = open_book(office), open_book(office, owner=office.cast.per)
    thread = wished(office, OT, accepts_other=True)
    mine, theirs = given(office, own.slots[1]), given(office, others.slots[0])
    with office.acting(office.cast.kari):
        for outcome, appointment in (("appointment_given", theirs), ("appointment_given_with_other", mine)):
            with pytest.raises(InvalidError):
                answer_wish(thread, text="Hei", outcome=outcome, appointment_id=appointment.id)
    letter = answered(office, thread, "appointment_given_with_other", appointment=theirs)
    (other,) = letter.document.practitioners
    (role,) = letter.document.dialog.note.roles
    assert (letter.code, booked(letter).related_to) == ("10", str(theirs.id))
    assert {str(other.person.hpr_number), str(role.practitioner.hpr_number)} == {office.cast.per.hpr_number}
    (push,) = told(office)
    assert (push.code, booked(push).related_to) == ("05", str(mine.id))


@pytest.mark.req("DDFL-TO-04")
@pytest.mark.parametrize(("outcome", "code"), [("no_appointment", "06"), ("rejected", "26"), ("06", "06")])
def test_no_time_is_told_in_words_and_only_once(office, outcome: str, code: str) -> None:
    thread = wished(office, OT)
    with office.acting(office.cast.kari), pytest.raises(InvalidError):
        answer_wish(thread, text=" ", outcome=outcome)
    letter = answered(office, thread, outcome, text="Ingen ledige i mai.")
    assert (letter.code, letter.text, letter.times) == (code, "Ingen ledige i mai.", ())
    with office.acting(office.cast.kari), pytest.raises(AlreadyAnsweredError):
        answer_wish(thread, text="En gang til", outcome=outcome)


@pytest.mark.req("DDFL-TO-05", "DDFL-RT-13")
def test_a_granted_cancellation_cancels_and_is_told_once(office) -> None:
    appointment, time = known(office, open_book(office).slots[0])
    thread = wished(office, OAT, appointment=time, text="Jeg er bortreist")
    with office.acting():
        wish = wish_of(thread)
        assert (wish.appointment_id, wish.named_start) == (appointment.id, time.start)
        assert Appointment.objects.get(id=appointment.id).state == "booked"
    letter = answered(office, thread, "appointment_cancelled")
    assert (letter.code, booked(letter).related_to, booked(letter).status) == ("08", time.related_to, "CANCELLED")
    with office.acting():
        assert Appointment.objects.get(id=appointment.id).state == "cancelled_by_patient"
    assert told(office) == []


@pytest.mark.req("DDFL-TO-05")
def test_a_cancellation_that_is_not_granted_leaves_the_time(office) -> None:
    appointment, time = known(office, open_book(office).slots[0])
    letter = answered(office, wished(office, OAT, appointment=time), "appointment_not_cancelled", text="For sent.")
    assert (letter.code, booked(letter).related_to, booked(letter).status) == ("09", time.related_to, "CONFIRMED")
    with office.acting():
        assert Appointment.objects.get(id=appointment.id).state == "booked"


@pytest.mark.req("DDFL-TO-06", "DDFL-CAL-08")
def test_a_moved_time_keeps_its_id_and_is_told_by_the_answer(office) -> None:
    slots = open_book(office).slots
    appointment, time = known(office, slots[0])
    thread = wished(office, OET, appointment=time, text="Senere samme dag")
    other = given(office, slots[2])
    with office.acting(office.cast.kari):
        move(Appointment.objects.get(id=appointment.id), slot=Slot.objects.get(id=slots[1].id))
        with pytest.raises(InvalidError):
            answer_wish(thread, text="Flyttet", outcome="appointment_changed", appointment_id=other.id)
    letter = answered(office, thread, "appointment_changed", text="Flyttet.", appointment=appointment)
    assert (letter.code, booked(letter).related_to, booked(letter).start) == (
        "07", time.related_to, slots[1].during.lower,
    )  # fmt: skip
    (push,) = told(office)
    assert booked(push).related_to == str(other.id)


@pytest.mark.req("DDFL-TO-06")
def test_a_time_that_is_not_moved_is_named_as_it_stands(office) -> None:
    _appointment, time = known(office, open_book(office).slots[0])
    letter = answered(office, wished(office, OET, appointment=time), "34", text="Den må stå.")
    assert (letter.code, booked(letter).related_to, booked(letter).start) == ("34", time.related_to, time.start)


@pytest.mark.req("DDFL-TO-05", "DDFL-TO-06", "DDFL-RT-15")
def test_a_wish_about_somebody_elses_time_finds_none(office) -> None:
    _appointment, time = known(office, open_book(office).slots[0])
    thread = wished(office, OAT, patient=office.cast.nora, appointment=time)
    with office.acting():
        assert wish_of(thread).appointment is None
        assert AuditEvent.objects.filter(action="appointment.refused").count() == 1
    with office.acting(office.cast.kari), pytest.raises(InvalidError):
        answer_wish(thread, text="Avlyst", outcome="appointment_cancelled")
    assert (answered(office, thread, "appointment_not_cancelled").times) == ()


@pytest.mark.req("DDFL-TO-02", "DDFL-TO-05")
@pytest.mark.parametrize(
    ("code", "illegal"), [(OT, ("07", "08", "34")), (OAT, ("05", "06", "07")), (OET, ("05", "08"))]
)
def test_each_wish_has_its_own_answers(office, code, illegal) -> None:
    _appointment, time = known(office, open_book(office).slots[0])
    thread = wished(office, code, **({} if code is OT else {"appointment": time}))
    with office.acting(office.cast.kari):
        for outcome in (*illegal, "", "30"):
            with pytest.raises(InvalidError):
                answer_wish(thread, text="Hei", outcome=outcome)


@pytest.mark.req("DDFL-AR-14", "ACT-6", "ACT-11")
def test_what_may_not_be_wished_is_refused_at_once(office) -> None:
    question = office.helsenorge.wish(office.cast.ola, OT)
    office.helsenorge.send(render(question).replace(b'V="OT"', b'V="XY"'), like=question)
    office.helsenorge.send(office.helsenorge.wish(office.cast.jonas, OT))
    codes = {letter.code for letter in office.answers() if not letter.is_receipt}
    assert codes == {"26", "30"}
    with office.acting():
        office.cast.kari_party.services = ["booking"]
        office.cast.kari_party.save()
    office.endpoints.of(office.cast.clinic.id, fresh=True)
    office.helsenorge.send(office.helsenorge.wish(office.cast.ola, OT))
    (refused,) = [letter for letter in office.answers() if not letter.is_receipt]
    assert (refused.code, refused.raw.subject, bool(refused.text)) == ("26", WISH, True)
    with office.acting():
        assert not Thread.objects.exists()


@pytest.mark.req("DDFL-TO-01")
def test_a_wish_for_a_change_without_its_time_is_no_message(office) -> None:
    question = office.helsenorge.wish(office.cast.ola, OT)
    office.helsenorge.send(render(question).replace(b'V="OT"', b'V="OET"'), like=question)
    (receipt,) = office.answers()
    assert (receipt.code, receipt.errors) == ("2", ["T02"])
