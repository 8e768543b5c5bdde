"""Free times, reservations, cancellations and pushes over the bus."""

from datetime import date, timedelta

import pytest

from skranke.gateway.models import ReceivedMessage
from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.patients.services import block, register
from skranke.scheduling.models import Appointment, Slot
from skranke.scheduling.services import book, cancel, delete_within_grace, move
from skranke.standards.codes import AppRecError

from cast import fresh_national_id
from support.helsenorge import booked
from support.surgery import open_book


def ask(office, patient=None, **facts):
    """The clinic's answer to a question for free times."""
    office.helsenorge.send(office.helsenorge.free_times(patient or office.cast.ola, **facts), sync=True)
    office.take_questions()
    (reply,) = office.helsenorge.replies()
    return reply


def reserve(office, patient, time, **facts):
    """Reserve, and the business answer."""
    question = office.helsenorge.reserve(patient, time, **facts)
    office.helsenorge.send(question)
    receipt, answer = sorted(office.answers(), key=lambda letter: not letter.is_receipt)
    assert (receipt.code, receipt.about, answer.about) == ("1", question.info.msg_id, question.info.msg_id)
    if answer.times:
        office.helsenorge.send(office.helsenorge.receipt_for(answer))
        office.work()
    return answer


@pytest.mark.req("DDFL-HT-01", "DDFL-HT-08", "DDFL-CON-04", "DDFL-ENV-06", "DDFL-CAL-01", "DDFL-CAL-03", "HNB-8")
def test_free_times_are_listed_and_the_question_is_kept_with_its_answer(office) -> None:
    book_ = open_book(office)
    reply = ask(office)
    again = ask(office)
    sent = office.helsenorge.sent[0]
    assert (reply.code, len(reply.times), reply.raw.correlation_id) == ("03", 3, sent.message_id)
    assert (reply.raw.reply_to, reply.document.info.ack.v) == (None, "N")
    assert {time.uid for time in reply.times} == {str(slot.uid) for slot in book_.slots}
    assert [time.uid for time in again.times] == [time.uid for time in reply.times]
    office.send_out()
    assert office.helsenorge.letters() == []
    with office.acting():
        row = ReceivedMessage.objects.order_by("received_at").first()
        assert (row.state, bytes(row.reply)) == ("answered", reply.xml)


@pytest.mark.req("DDFL-HT-02", "DDFL-HT-03", "DDFL-HT-04", "HNB-4", "ACT-6")
def test_no_time_blocked_patient_stranger_and_service_off(office) -> None:
    open_book(office, times=0)
    assert (ask(office).code, ask(office).times) == ("04", ())
    assert ask(office, office.cast.jonas).code == "30"
    with office.acting():
        block(office.cast.ola, blocked=True)
        office.cast.kari_party.services = ["e_contact"]
        office.cast.kari_party.save()
    assert ask(office).code == "30"
    assert ask(office, office.cast.nora).code == "26"


@pytest.mark.req("DDFL-HT-15", "DDFL-HT-16", "DDFL-CAL-06")
def test_a_question_that_cannot_be_read_is_answered_26(office) -> None:
    open_book(office)
    question = office.helsenorge.free_times(office.cast.ola)
    from skranke.standards.render import render

    without_dates = render(question).replace(b"<FraDato>", b"<!--").replace(b"</TilDato>", b"-->")
    office.helsenorge.send(without_dates, like=question, sync=True)
    office.helsenorge.send(render(question).replace(b'V="HLT"', b'V="HBT"'), like=question, sync=True)
    office.helsenorge.send(render(question).replace(b"<Foresporsel>", b"<Foresporsel/><Foresporsel>"), like=question,
                           sync=True)  # fmt: skip
    office.take_questions()
    assert [reply.code for reply in office.helsenorge.replies()] == ["26", "26", "26"]


@pytest.mark.req("HNB-17")
def test_a_question_that_nobody_waits_for_is_dropped_without_work(office) -> None:
    open_book(office)
    office.helsenorge.send(office.helsenorge.free_times(office.cast.ola), sync=True)
    clock.move(timedelta(seconds=17))
    assert office.take_questions() == ["accept"]
    assert office.helsenorge.replies() == []
    with office.acting():
        assert not ReceivedMessage.objects.exists()


@pytest.mark.req("DDFL-KT-01")
def test_the_communication_test_is_answered_and_touches_nothing(office) -> None:
    office.helsenorge.send(office.helsenorge.test_question(), sync=True)
    office.take_questions()
    (reply,) = office.helsenorge.replies()
    assert (reply.code, reply.document.info.patient) == ("RKT", None)


@pytest.mark.req("DDFL-RT-01", "DDFL-RT-06", "DDFL-PU-07", "HNB-10", "HNB-16", "DDFL-PAS-04")
def test_a_reservation_is_confirmed_and_stands_in_the_book(office) -> None:
    open_book(office)
    wish = ask(office).times[0]
    answer = reserve(office, office.cast.ola, wish, text="Øreverk siden lørdag")
    given = booked(answer)
    assert (answer.code, given.uid, given.start, given.status) == ("05", wish.uid, wish.start, "CONFIRMED")
    with office.acting():
        appointment = Appointment.objects.get(id=given.related_to)
        assert (appointment.comment, appointment.booked_through) == ("Øreverk siden lørdag", "helsenorge")
    assert wish.uid not in {time.uid for time in ask(office).times}
    assert office.answers() == []


@pytest.mark.req("DDFL-RT-02", "DDFL-RT-07", "DDFL-RT-04", "DDFL-RT-12", "HNB-9", "ACT-6")
def test_what_cannot_be_had_is_refused_with_a_text(office) -> None:
    open_book(office)
    first, second, third = ask(office).times
    assert reserve(office, office.cast.nora, first).code == "05"
    taken = reserve(office, office.cast.ola, first)
    assert (taken.code, taken.times, bool(taken.text)) == ("06", (), True)
    assert reserve(office, office.cast.ola, second, text=" ").code == "26"
    assert reserve(office, office.cast.jonas, third).code == "30"
    with office.acting():
        assert Appointment.objects.count() == 1
        refused = ReceivedMessage.objects.filter(state="refused").get()
        assert (refused.code, refused.detail) == ("30", "gateway_no_access")


@pytest.mark.req("DDFL-RT-13", "DDFL-CAL-10", "HNB-11")
def test_a_cancellation_frees_the_time_under_a_new_uid(office) -> None:
    open_book(office)
    wish = ask(office).times[0]
    given = booked(reserve(office, office.cast.ola, wish))
    office.helsenorge.send(office.helsenorge.cancel(office.cast.ola, given))
    receipt, answer = sorted(office.answers(), key=lambda letter: not letter.is_receipt)
    assert (receipt.code, answer.code) == ("1", "08")
    assert (booked(answer).related_to, booked(answer).uid) == (given.related_to, wish.uid)
    listed = {time.start: time.uid for time in ask(office).times}
    assert listed[wish.start] != wish.uid


@pytest.mark.req("DDFL-RT-14", "DDFL-RT-15")
def test_late_and_foreign_cancellations_are_answered_09(office) -> None:
    open_book(office)
    given = booked(reserve(office, office.cast.ola, ask(office).times[0]))
    office.helsenorge.send(office.helsenorge.cancel(office.cast.nora, given))
    foreign = next(letter for letter in office.answers() if not letter.is_receipt)
    assert (foreign.code, foreign.times) == ("09", ())
    with office.acting():
        office.cast.clinic.cancellation_deadline_hours = 48
        office.cast.clinic.save()
    office.helsenorge.send(office.helsenorge.cancel(office.cast.ola, given))
    late = next(letter for letter in office.answers() if not letter.is_receipt)
    assert (late.code, booked(late).related_to, bool(late.text)) == ("09", given.related_to, True)
    with office.acting():
        assert Appointment.objects.get(id=given.related_to).state == "booked"


def staff_books(office, slot, patient):
    with office.acting(office.cast.kari):
        return book(slot=slot, patient=patient, through="staff", note="Kontroll")


@pytest.mark.req("DDFL-PU-01", "DDFL-PU-02", "DDFL-PU-10", "DDFL-CON-07", "DDFL-PU-13")
def test_a_booking_of_staff_is_told_after_the_grace_period(office) -> None:
    slot = open_book(office).slots[0]
    appointment = staff_books(office, slot, office.cast.ola)
    assert office.answers() == []
    clock.move(timedelta(seconds=301))
    (push,) = office.answers()
    told = booked(push)
    question = push.document.dialog.question
    assert (question.code.v, question.code.s, question.subject, question.text) == (
        "05", "2.16.578.1.12.4.1.1.7602", "", None,
    )  # fmt: skip
    assert (told.related_to, told.summary, told.status) == (str(appointment.id), "Konsultasjon", "CONFIRMED")
    assert (push.document.info.conversation, push.raw.subject) == (None, "DIALOG_INNBYGGER_TIMERESERVASJON")


@pytest.mark.req("DDFL-PU-12")
def test_a_counterpart_with_the_process_gets_the_push_by_it(office) -> None:
    slot = open_book(office).slots[0]
    with office.acting():
        office.cast.counterpart.takes_appointment_process = True
        office.cast.counterpart.save()
    staff_books(office, slot, office.cast.ola)
    clock.move(timedelta(seconds=301))
    (push,) = office.answers()
    assert push.raw.subject == "DIALOG_INNBYGGER_AVTALEUTSENDING"


@pytest.mark.req("DDFL-PU-09", "DDFL-PU-08", "TYP-4", "APT-6")
def test_what_was_undone_within_grace_and_what_is_hidden_never_leaves(office) -> None:
    seen, hidden = open_book(office), open_book(office, owner=office.cast.mona, visibility="hidden")
    undone = staff_books(office, seen.slots[0], office.cast.ola)
    staff_books(office, hidden.slots[0], office.cast.astrid)
    with office.acting(office.cast.kari):
        delete_within_grace(undone)
    clock.move(timedelta(seconds=301))
    assert office.answers() == []


@pytest.mark.req("DDFL-PU-03", "DDFL-PU-05", "DDFL-PU-16", "DDFL-CAL-08")
def test_changes_are_told_one_at_a_time_with_growing_dates(office) -> None:
    slots = open_book(office).slots
    appointment = staff_books(office, slots[0], office.cast.ola)
    clock.move(timedelta(seconds=301))
    (first,) = office.answers()
    with office.acting(office.cast.kari):
        move(appointment, slot=Slot.objects.get(id=slots[1].id))
    clock.move(timedelta(seconds=301))
    assert office.answers() == []
    office.helsenorge.send(office.helsenorge.receipt_for(first))
    (second,) = office.answers()
    office.helsenorge.send(office.helsenorge.receipt_for(second))
    office.work()
    with office.acting(office.cast.kari):
        cancel(Appointment.objects.get(id=appointment.id), by="clinic")
    (third,) = office.answers()
    assert [letter.code for letter in (first, second, third)] == ["05", "07", "08"]
    assert {(booked(one).related_to, booked(one).uid) for one in (first, second, third)} == {
        (str(appointment.id), str(slots[0].uid))
    }
    assert first.document.info.gen_date < second.document.info.gen_date < third.document.info.gen_date
    assert booked(third).status == "CANCELLED"


@pytest.mark.req("DDFL-PU-15", "DDFL-PU-14")
def test_a_citizen_who_is_not_there_is_marked_and_told_nothing_more(office) -> None:
    slots = open_book(office).slots
    staff_books(office, slots[0], office.cast.ola)
    clock.move(timedelta(seconds=301))
    (push,) = office.answers()
    office.helsenorge.send(office.helsenorge.receipt_for(push, AppRecError.UNKNOWN_PATIENT))
    assert office.answers() == []
    with office.acting():
        office.cast.ola.refresh_from_db()
        assert office.cast.ola.helsenorge_state == "inactive"
        assert OutboxItem.objects.get().state == "rejected"
    staff_books(office, slots[1], office.cast.ola)
    clock.move(timedelta(seconds=301))
    assert office.answers() == []


@pytest.mark.req("DDFL-RT-03", "APT-24")
@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.slow)])
def test_of_fifty_simultaneous_reservations_one_is_confirmed(office, rounds: int) -> None:
    open_book(office, times=rounds)
    with office.acting():
        people = [
            register(
                national_id=fresh_national_id(age=30 + number),
                given_name="Per",
                family_name=f"Nr {number}",
                gp=office.cast.kari,
                on_gp_list=True,
            )
            for number in range(50)
        ]
    office.helsenorge.openssl = False
    for _ in range(rounds):
        wish = ask(office).times[0]
        for person in people:
            office.helsenorge.send(office.helsenorge.reserve(person, wish))
        office.take_in_at_once()
        office.send_out()
        letters = office.helsenorge.letters()
        codes = sorted(letter.code for letter in letters if not letter.is_receipt)
        assert codes == ["05"] + ["06"] * 49
        assert len({letter.about for letter in letters if letter.is_receipt}) == 50


@pytest.mark.req("DDFL-RT-01", "DDFL-PU-05")
def test_a_booking_cancelled_before_its_answer_left_is_confirmed_and_then_cancelled(office) -> None:
    open_book(office)
    (time, *_) = ask(office).times
    office.helsenorge.send(office.helsenorge.reserve(office.cast.ola, time))
    office.take_in()
    with office.acting(office.cast.kari):
        cancel(Appointment.objects.get(patient=office.cast.ola), by="clinic")
    answer = next(letter for letter in office.answers() if not letter.is_receipt)
    assert (answer.code, booked(answer).status) == ("05", "CONFIRMED")
    office.helsenorge.send(office.helsenorge.receipt_for(answer))
    (push,) = office.answers()
    assert (push.code, booked(push).status) == ("08", "CANCELLED")


@pytest.mark.req("DDFL-ENV-13", "PAT-9")
def test_an_appointment_of_a_patient_without_a_national_id_is_told_to_nobody(office) -> None:
    slots = open_book(office).slots
    with office.acting():
        tourist = register(
            national_id=None, given_name="Tora", family_name="Turist", birth_date=date(1990, 5, 17), gp=office.cast.kari
        )
    staff_books(office, slots[0], tourist)
    clock.move(timedelta(seconds=301))
    assert office.answers() == []
    with office.acting():
        assert not OutboxItem.objects.exists()


@pytest.mark.req("DDFL-HT-02", "DDFL-HT-06")
@pytest.mark.parametrize(
    ("first", "last"), [(date(9999, 12, 20), date(9999, 12, 31)), (date.min, date(1, 1, 9)), (date.min, date.max)]
)
def test_days_at_the_ends_of_the_calendar_have_no_free_times(office, first, last) -> None:
    open_book(office)
    assert ask(office, first=first, last=last).code == "04"
