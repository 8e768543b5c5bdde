"""Receipts both ways, and the error queue."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from skranke.dialog.models import Message, Participant, Thread
from skranke.dialog.services import answer, start_dialog
from skranke.gateway import overdue
from skranke.gateway.models import ReceivedMessage
from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.standards.build import parties
from skranke.standards.codes import AppRecError
from skranke.wire import faults
from skranke.wire.errors import DecryptionFailedError
from skranke.wire.transport import OutgoingMessage, RawMessage


def answered(office):
    """A thread with an answer of Kari's: its message, and the letter that left."""
    question = office.helsenorge.e_consultation(office.cast.ola)
    office.helsenorge.send(question)
    office.answers()
    with office.acting():
        thread = Thread.objects.get(conversation=question.info.msg_id)
    with office.acting(office.cast.kari):
        message = answer(thread, text="Kom innom.")
    (letter,) = office.answers()
    return message, letter


def delivery(office, message):
    with office.acting():
        found = Message.objects.get(id=message.id)
        return found.delivery, found.delivery_error


@pytest.mark.req("DDFL-AR-02", "DDFL-AR-03", "DDFL-AR-04", "DDFL-AR-05", "DDFL-AR-06", "DDFL-AR-08", "DDFL-AR-09")
def test_a_receipt_mirrors_the_parties_of_its_message(office) -> None:
    question = office.helsenorge.e_contact(office.cast.ola)
    office.helsenorge.send(question)
    (letter,) = office.answers()
    receipt = letter.document
    mine, theirs = receipt.sender, receipt.receiver
    assert (mine.role.v, theirs.role.v) == ("PRIM", "AVS")
    assert (mine.institution.her_id, mine.persons[0].her_id) == (
        question.info.receiver.level1_her_id, question.info.receiver.level2_her_id,
    )  # fmt: skip
    assert mine.institution.further_ids[0].id == office.cast.clinic.organisation_number
    assert (theirs.institution.her_id, theirs.departments[0].her_id) == (
        question.info.sender.level1_her_id, question.info.sender.level2_her_id,
    )  # fmt: skip
    original = receipt.original
    assert (original.id, original.issue_date_text) == (question.info.msg_id, question.info.gen_date_text)
    assert (letter.raw.subject, letter.raw.to) == ("APPREC", office.helsenorge.queues.ours_async)


@pytest.mark.req("DDFL-AR-20", "MSG-22", "PAT-12")
def test_a_negative_receipt_is_shown_to_the_writer(office) -> None:
    message, letter = answered(office)
    office.helsenorge.send(office.helsenorge.receipt_for(letter, AppRecError.UNKNOWN_PATIENT, detail="ikke aktiv"))
    assert office.answers() == []
    state, error = delivery(office, message)
    assert (state, "ikke aktiv" in error) == ("rejected", True)
    with office.acting():
        office.cast.ola.refresh_from_db()
        assert office.cast.ola.helsenorge_state == "inactive"


@pytest.mark.req("DDFL-AR-16", "DDFL-AR-24")
def test_a_receipt_for_nothing_of_ours_is_kept_for_the_operator(office) -> None:
    _, letter = answered(office)
    receipt = office.helsenorge.receipt_for(letter)
    object.__setattr__(receipt.original, "id", str(uuid4()))
    office.helsenorge.send(receipt)
    assert office.answers() == []
    assert office.helsenorge.reports() == []
    with office.acting():
        row = ReceivedMessage.objects.get(function="APPREC")
        assert (row.state, row.code) == ("fault", "gateway_unknown_original")


@pytest.mark.req("MSG-22", "NFR-4")
def test_a_report_on_our_error_queue_marks_the_message_failed(office) -> None:
    message, letter = answered(office)
    told = faults.report(
        letter.raw, DecryptionFailedError("cannot be opened"),
        error_queue=office.helsenorge.queues.clinic_error, now=message.generated_at,
    )  # fmt: skip
    assert isinstance(told, OutgoingMessage)
    office.helsenorge.again(told)
    office.helsenorge.again(told)
    assert office.take_reports() == ["accept", "accept"]
    state, error = delivery(office, message)
    assert (state, error.startswith("transport:decryption-failed")) == ("failed", True)
    with office.acting():
        assert OutboxItem.objects.get(subject_id=message.id).state == "failed"
        assert ReceivedMessage.objects.filter(queue=office.helsenorge.queues.clinic_error).count() == 1
    assert office.answers() == []
    assert isinstance(letter.raw, RawMessage)


@pytest.mark.req("MSG-22", "NFR-4")
def test_reports_without_a_message_id_are_not_taken_for_each_other(office) -> None:
    messages = []
    for _ in range(2):
        message, letter = answered(office)
        told = faults.report(
            letter.raw, DecryptionFailedError("cannot be opened"),
            error_queue=office.helsenorge.queues.clinic_error, now=message.generated_at,
        )  # fmt: skip
        office.helsenorge.again(replace(told, message_id=None))
        messages.append(message)
    assert office.take_reports() == ["accept", "accept"]
    assert [delivery(office, message)[0] for message in messages] == ["failed", "failed"]


@pytest.mark.req("DDFL-AR-24")
def test_a_receipt_that_does_not_say_for_what_is_kept_for_the_operator(office) -> None:
    message, letter = answered(office)
    with office.acting(office.cast.kari):
        waiting = answer(Thread.objects.get(), text="Og ta med kortet.")
    receipt = office.helsenorge.receipt_for(letter)
    nothing = replace(receipt, original=replace(receipt.original, id=""))
    office.helsenorge.send(nothing)
    assert office.take_in() == ["accept"]
    with office.acting():
        assert ReceivedMessage.objects.get(function="APPREC").code == "gateway_unknown_original"
    assert [delivery(office, one)[0] for one in (message, waiting)] == ["sent", "queued"]


@pytest.mark.req("DDFL-AR-19", "DDFL-EK-06")
def test_a_receipt_without_an_id_is_nobodys_word_in_a_thread(office) -> None:
    _, letter = answered(office)
    office.helsenorge.send(replace(office.helsenorge.receipt_for(letter), id=""))
    assert office.take_in() == ["accept"]
    with office.acting(office.cast.kari):
        start_dialog(kind="e_contact", patient=office.cast.ola, subject="Prøvesvar", text="Alt er fint.")
    (letter,) = office.answers()
    assert letter.code in {"DI", "EKI"}


@pytest.mark.req("DDFL-EK-01", "DDFL-EK-02", "DDFL-ROL-03", "DDFL-ENV-09", "DDFL-ENV-05", "DDFL-CON-02", "DDFL-EK-14")
def test_an_e_contact_is_answered_by_the_secretary_in_the_gps_name(office) -> None:
    question = office.helsenorge.e_contact(office.cast.ola)
    office.helsenorge.send(question)
    office.answers()
    with office.acting():
        thread = Thread.objects.get(conversation=question.info.msg_id)
    with office.acting(office.cast.ali):
        answer(thread, text="Ja, hver dag.")
    (letter,) = office.answers()
    info, role = letter.document.info, letter.document.dialog.note.roles[0]
    assert (letter.code, info.ack.v, info.sender.person.role.v) == ("19", "J", "6")
    assert info.sender.her_id.value == office.cast.kari_party.her_id
    assert (role.note_role.v, role.person.given_name, role.practitioner) == ("1", "Ali", None)
    assert (info.conversation.parent, info.conversation.conversation) == (question.info.msg_id,) * 2


@pytest.mark.req("DDFL-ROL-02", "DDFL-ENV-11", "DDFL-CON-03", "DDFL-EK-09", "DDFL-MET-03", "DDFL-ENV-28")
def test_a_thread_goes_on_and_a_substitute_is_named(office) -> None:
    _, first = answered(office)
    follow = office.helsenorge.follow_up(first, text="Takk, men hva med sykmelding?")
    office.helsenorge.send(follow)
    office.answers()
    with office.acting():
        thread = Thread.objects.get()
        thread.participants.create(clinic_id=office.cast.clinic.id, employee=office.cast.per)
    with office.acting(office.cast.per):
        answer(thread, text="Den ordner vi.", close=True)
    (letter,) = office.answers()
    info, note = letter.document.info, letter.document.dialog.note
    assert (letter.code, note.question) == ("13", None)
    assert (info.conversation.parent, info.conversation.conversation) == (follow.info.msg_id, thread.conversation)
    assert (note.roles[0].role.v, note.roles[0].practitioner.hpr_number.value) == ("15", office.cast.per.hpr_number)
    assert info.sender.her_id.value == office.cast.kari_party.her_id
    metadata = dict(letter.raw.headers.extra)
    assert metadata["X-MessageInfo-RefToConversation"] == thread.conversation
    assert letter.raw.reply_to == office.helsenorge.queues.clinic_async


@pytest.mark.req("DDFL-PAS-01", "DDFL-PAS-02", "RCV-17", "PAT-22")
def test_a_parent_writes_for_the_child(office) -> None:
    from skranke.kernel.ids import NationalId
    from skranke.standards.codes import Relation
    from skranke.standards.shared import Pasientrelasjon

    mother = parties.representative(NationalId(office.cast.astrid.national_id), given_name="Mona", family_name="Mor")
    relation = Pasientrelasjon(persons=(mother,), relation=Relation.PARENT.cv)
    question = office.helsenorge.e_consultation(office.cast.nora, relation=relation)
    office.helsenorge.send(question)
    office.answers()
    with office.acting():
        message = Message.objects.select_related("thread").get(msg_id=question.info.msg_id)
        assert (message.thread.patient_id, message.author_name) == (office.cast.nora.id, "Mona Mor")
        assert (message.on_behalf_of, message.relation) == ("Nora Nordmann", "Foreldreansvar")
    with office.acting(office.cast.kari):
        answer(message.thread, text="God bedring.")
    (letter,) = office.answers()
    assert letter.document.info.patient.national_id.value == office.cast.nora.national_id
    assert letter.document.relation is None


@pytest.mark.req("DDFL-AR-21", "DDFL-AR-22", "NFR-4")
def test_a_message_without_a_receipt_is_told_of_after_an_hour_and_expires_after_four_days(office) -> None:
    """A broker loses what is sent to a queue that is not there, and says nothing (architecture, section 5)."""
    message, letter = answered(office)
    overdue.look(office.cast.clinic.id)
    assert (delivery(office, message)[0], _mark_of(office, message)) == ("sent", "")
    clock.move(timedelta(minutes=61))
    with capture_logs() as logged:
        overdue.look(office.cast.clinic.id)
        overdue.look(office.cast.clinic.id)
    assert [(line["event"], line["reason"]) for line in logged] == [("gateway_alarm", "receipt_missing")]
    assert delivery(office, message)[0] == "sent"
    clock.move(timedelta(hours=96))
    with capture_logs() as logged:
        overdue.look(office.cast.clinic.id)
        overdue.look(office.cast.clinic.id)
    assert [line["reason"] for line in logged] == ["receipt_expired"]
    assert delivery(office, message)[0] == "expired"
    with office.acting():
        assert Participant.objects.get(thread=message.thread, employee=office.cast.kari).in_inbox
    office.helsenorge.send(office.helsenorge.receipt_for(letter))
    office.work()
    assert (delivery(office, message)[0], _mark_of(office, message)) == ("received", "")


def _mark_of(office, message) -> str:
    with office.acting():
        return OutboxItem.objects.get(subject_id=message.id).error
