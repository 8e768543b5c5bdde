"""A message that did not arrive is sent again: the right ids, once, and never to a citizen who is not there."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread as Worker

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from structlog.testing import capture_logs

from skranke.audit.models import AuditEvent
from skranke.dialog.errors import NotResendableError
from skranke.dialog.models import Message, Participant, Thread
from skranke.dialog.queries import thread_view
from skranke.dialog.services import answer, resend, start_dialog
from skranke.gateway import outbound, overdue
from skranke.gateway.endpoints import Endpoints
from skranke.kernel import clock
from skranke.kernel.errors import ConflictError
from skranke.outbox.models import OutboxItem
from skranke.outbox.services import mark_sent
from skranke.patients.models import Patient
from skranke.standards.codes import AppRecError
from skranke.wire import faults
from skranke.wire.errors import DecryptionFailedError, MessageRefusedError

RESEND_AFTER = timedelta(minutes=241)


def answered(office, text="Kom innom."):
    """A thread with an answer of Kari's: its message, and the letter that left."""
    question = office.helsenorge.e_consultation(office.cast.ola)
    office.helsenorge.send(question)
    office.answers()
    with office.acting():
        thread = Thread.objects.get(conversation=question.info.msg_id)
    with office.acting(office.cast.kari):
        message = answer(thread, text=text)
    (letter,) = office.answers()
    return message, letter


def report(office, letter):
    """HelseNorge tells on our error queue that it could not open the letter."""
    told = faults.report(
        letter.raw, DecryptionFailedError("cannot be opened"),
        error_queue=office.helsenorge.queues.clinic_error, now=clock.now(),
    )  # fmt: skip
    office.helsenorge.again(told)
    assert office.take_reports() == ["accept"]


def refuse(office, letter, code=AppRecError.OTHER_FORMAT_FAULT, detail="Vedlegget kan ikke leses"):
    office.helsenorge.send(office.helsenorge.receipt_for(letter, code, detail=detail))
    office.work()


def again(office, message, person=None):
    with office.acting(person or office.cast.kari):
        return resend(Thread.objects.get(id=message.thread_id), message.id)


def stored(office, message):
    with office.acting():
        return Message.objects.select_related("thread").get(id=message.id)


def shown(office, message):
    """The message as its thread's page shows it to Kari."""
    with office.acting(office.cast.kari):
        view = thread_view(Thread.objects.get(id=message.thread_id))
        return next(one for one in view.messages if one.id == message.id)


@pytest.mark.req("DDFL-ID-03", "MSG-22", "MSG-24", "PAT-12")
def test_after_a_report_on_the_error_queue_the_same_document_leaves_under_a_new_message_id(office) -> None:
    message, letter = answered(office)
    report(office, letter)
    seen = shown(office, message)
    assert (seen.delivery, seen.delivery_code, seen.may_resend) == ("failed", "transport:decryption-failed", True)
    assert seen.delivery_reason.startswith("HelseNorge fikk ikke åpnet meldingen.")
    with office.acting():
        assert Participant.objects.get(thread=message.thread, employee=office.cast.kari).in_inbox
    again(office, message)
    with office.acting():
        assert not Participant.objects.get(thread=message.thread, employee=office.cast.kari).in_inbox
    (second,) = office.answers()
    assert second.xml == letter.xml
    assert second.raw.message_id != letter.raw.message_id
    assert second.raw.correlation_id == second.raw.message_id
    assert second.raw.body != letter.raw.body
    assert (second.raw.subject, second.raw.headers.extra) == (letter.raw.subject, letter.raw.headers.extra)
    assert shown(office, message).delivery == "sent"
    office.helsenorge.send(office.helsenorge.receipt_for(second))
    office.work()
    assert (shown(office, message).delivery, shown(office, message).may_resend) == ("received", False)
    with office.acting():
        events = list(message.thread.events.filter(kind="resent").values_list("actor_name", flat=True))
        assert events == ["Kari Lunde"]
        audited = AuditEvent.objects.get(action="message.resent")
        assert (audited.subject_id, audited.detail["code"], audited.detail["new"]) == (
            message.id, "transport:decryption-failed", False,
        )  # fmt: skip


@pytest.mark.req("DDFL-ID-03", "NFR-4")
def test_a_late_report_about_the_first_time_says_nothing_of_the_second(office) -> None:
    message, letter = answered(office)
    report(office, letter)
    again(office, message)
    (second,) = office.answers()
    told = faults.report(
        letter.raw, DecryptionFailedError("told twice"),
        error_queue=office.helsenorge.queues.clinic_error, now=clock.now(),
    )  # fmt: skip
    office.helsenorge.again(told)
    office.take_reports()
    assert shown(office, message).delivery == "sent"
    report(office, second)
    assert shown(office, message).delivery == "failed"


@pytest.mark.req("NFR-4", "MSG-22")
def test_a_report_that_comes_before_our_own_mark_stands(office) -> None:
    """The bus has taken the bytes, HelseNorge has answered, and only then we note that they left."""
    message, _ = answered(office)
    with office.acting(office.cast.kari):
        second = answer(Thread.objects.get(id=message.thread_id), text="Og en ting til.")
    with office.acting():
        OutboxItem.objects.filter(subject_id=second.id).update(not_before=clock.now())
    held = []

    class Slow:
        def send(self, outgoing):
            office.transport.send(outgoing)
            (letter,) = office.helsenorge.letters()
            report(office, letter)
            held.append(letter)

    assert outbound.run_once(office.cast.clinic.id, Endpoints(), Slow(), "test")
    assert held
    assert shown(office, second).delivery == "failed"
    with office.acting():
        assert OutboxItem.objects.get(subject_id=second.id).state == "failed"
    again(office, second)
    (letter,) = office.answers()
    assert letter.raw.message_id != held[0].raw.message_id


@pytest.mark.req("DDFL-ID-04", "DDFL-CON-03", "MSG-22", "PAT-12", "DDFL-AR-20")
def test_after_a_negative_receipt_another_message_leaves_with_both_ids_new(office) -> None:
    message, letter = answered(office)
    refuse(office, letter)
    seen = shown(office, message)
    assert (seen.delivery, seen.delivery_code, seen.may_resend) == ("rejected", "T99", True)
    assert "Vedlegget kan ikke leses" in seen.delivery_reason
    clock.move(timedelta(minutes=5))
    again(office, message)
    (second,) = office.answers()
    first, info = letter.document.info, second.document.info
    assert (info.msg_id == first.msg_id, second.raw.message_id == letter.raw.message_id) == (False, False)
    assert info.gen_date > first.gen_date
    assert info.conversation == first.conversation
    assert (second.text, second.code) == (letter.text, letter.code)
    now = stored(office, message)
    assert (now.msg_id, now.thread.last_msg_id, now.delivery) == (info.msg_id, info.msg_id, "sent")
    # Its receipt is the one that counts; what comes once more for the refused one changes nothing.
    refuse(office, letter)
    assert shown(office, message).delivery == "sent"
    office.helsenorge.send(office.helsenorge.follow_up(second, text="Takk."))
    office.work()
    with office.acting():
        assert Thread.objects.get().messages.count() == 3
    office.helsenorge.send(office.helsenorge.receipt_for(second))
    office.work()
    assert shown(office, message).delivery == "received"


@pytest.mark.req("DDFL-ID-04", "DDFL-CON-01", "DDFL-CON-02")
def test_a_refused_first_message_takes_its_thread_along(office) -> None:
    """The MsgId of the first message is the conversation: the citizen's answer must find the thread by the new one."""
    with office.acting(office.cast.kari):
        thread = start_dialog(patient=office.cast.ola, kind="e_contact", subject="Prøvesvar", text="Ring meg.")
        message = thread.messages.get()
    (letter,) = office.answers()
    refuse(office, letter)
    # Written while the first one lay refused, and not yet on its way when that goes again.
    with office.acting(office.cast.kari):
        answer(Thread.objects.get(id=thread.id), text="Helst i dag.")
    clock.move(timedelta(seconds=5))
    again(office, message)
    later, second = office.answers()
    assert (second.document.info.conversation, second.code) == (None, "DI")
    assert stored(office, message).thread.conversation == second.document.info.msg_id
    assert later.document.info.conversation.conversation == second.document.info.msg_id
    assert later.document.info.conversation.parent == second.document.info.msg_id
    office.helsenorge.send(office.helsenorge.follow_up(second, text="Jeg ringer."))
    office.work()
    with office.acting():
        assert [one.text for one in Thread.objects.get().messages.filter(direction="in")] == ["Jeg ringer."]


@pytest.mark.req("PAT-12", "DDFL-PU-15", "DDFL-AR-20", "PAT-4")
def test_a_citizen_who_is_not_active_is_never_sent_the_message_again(office) -> None:
    message, letter = answered(office)
    refuse(office, letter, AppRecError.UNKNOWN_PATIENT, detail="Innbygger er ikke aktiv")
    seen = shown(office, message)
    assert (seen.delivery, seen.delivery_code, seen.may_resend) == ("rejected", "E35", False)
    assert seen.delivery_reason.startswith("Pasienten er ikke aktiv på HelseNorge og får ikke meldinger der.")
    with pytest.raises(NotResendableError):
        again(office, message)
    assert office.answers() == []
    clock.move(RESEND_AFTER)
    overdue.look(office.cast.clinic.id)
    assert office.answers() == []
    with office.acting():
        assert Patient.objects.get(id=office.cast.ola.id).helsenorge_state == "inactive"


@pytest.mark.req("DDFL-AR-22", "NFR-4", "MSG-24")
def test_a_message_without_a_receipt_leaves_once_more_by_itself_and_then_never_again(office) -> None:
    message, letter = answered(office)
    clock.move(RESEND_AFTER)
    with capture_logs() as logged:
        overdue.look(office.cast.clinic.id)
        overdue.look(office.cast.clinic.id)
    assert [line["event"] for line in logged] == ["message_resent"]
    (second,) = office.answers()
    assert (second.xml, second.raw.message_id == letter.raw.message_id) == (letter.xml, False)
    clock.move(RESEND_AFTER)
    with capture_logs() as logged:
        overdue.look(office.cast.clinic.id)
    assert [line["reason"] for line in logged] == ["receipt_missing"]
    assert office.answers() == []
    with office.acting():
        assert message.thread.events.filter(kind="resent_by_itself").count() == 1
    clock.move(timedelta(hours=96))
    overdue.look(office.cast.clinic.id)
    seen = shown(office, message)
    assert (seen.delivery, seen.may_resend) == ("expired", False)
    with pytest.raises(NotResendableError):
        again(office, message)
    # The receipt of the first time counts, however late it comes.
    office.helsenorge.send(office.helsenorge.receipt_for(letter))
    office.work()
    assert shown(office, message).delivery == "received"


@pytest.mark.req("DDFL-AR-21", "DDFL-AR-22")
def test_the_resend_does_not_put_off_the_end_and_a_person_may_send_what_expired_once(office) -> None:
    message, letter = answered(office)
    clock.move(timedelta(hours=97))
    with override_settings(OURS=replace(settings.OURS, receipt_resend_minutes=0)):
        overdue.look(office.cast.clinic.id)
    seen = shown(office, message)
    assert (seen.delivery, seen.may_resend, office.answers()) == ("expired", True, [])
    again(office, message)
    (second,) = office.answers()
    assert (second.xml, second.raw.message_id == letter.raw.message_id) == (letter.xml, False)
    overdue.look(office.cast.clinic.id)
    assert shown(office, message).delivery == "sent"
    clock.move(timedelta(minutes=61))
    overdue.look(office.cast.clinic.id)
    assert (shown(office, message).delivery, shown(office, message).may_resend) == ("expired", False)


@pytest.mark.req("DDFL-AR-22", "DDFL-ID-03")
def test_a_receipt_that_comes_while_the_resend_waits_stops_it(office) -> None:
    message, letter = answered(office)
    clock.move(RESEND_AFTER)
    overdue.look(office.cast.clinic.id)
    office.helsenorge.send(office.helsenorge.receipt_for(letter))
    assert office.answers() == []
    assert shown(office, message).delivery == "received"


@pytest.mark.req("DDFL-ID-03", "DDFL-ID-04")
@pytest.mark.parametrize("way", ["report", "receipt"])
def test_two_clicks_at_once_send_it_once(office, way) -> None:
    message, letter = answered(office)
    if way == "report":
        report(office, letter)
    else:
        refuse(office, letter)
    outcomes: list[str] = []

    def click(person) -> None:
        try:
            again(office, message, person)
            outcomes.append("sent")
        except ConflictError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    with office.acting():
        message.thread.participants.create(clinic_id=office.cast.clinic.id, employee=office.cast.mona)
    workers = [Worker(target=click, args=[person]) for person in (office.cast.kari, office.cast.mona) * 3]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(outcomes) == ["message_not_resendable"] * 5 + ["sent"]
    assert len(office.answers()) == 1


@pytest.mark.req("DDFL-ID-05")
def test_what_was_never_handed_over_leaves_with_both_ids_as_they_were(office) -> None:
    """A bus that refuses the message for good: the row fails before anybody has got it."""
    message, _ = answered(office)
    with office.acting(office.cast.kari):
        second = answer(Thread.objects.get(id=message.thread_id), text="Og en ting til.")

    class Refusing:
        def send(self, _outgoing):
            raise MessageRefusedError("too large")

    assert outbound.run_once(office.cast.clinic.id, Endpoints(), Refusing(), "test")
    seen = shown(office, second)
    assert (seen.delivery, seen.may_resend) == ("failed", True)
    with office.acting():
        before = OutboxItem.objects.get(subject_id=second.id)
    again(office, second)
    (letter,) = office.answers()
    assert (letter.raw.message_id, letter.document.info.msg_id) == (before.message_id, before.msg_id)
    assert letter.raw.body == bytes(before.body)


@pytest.mark.req("NFR-4")
def test_a_worker_that_marks_late_does_not_swallow_the_resend(office) -> None:
    message, letter = answered(office)
    with office.acting():
        stale = OutboxItem.objects.get(subject_id=message.id)
    report(office, letter)
    again(office, message)
    with office.acting():
        assert mark_sent(stale) == []
    assert len(office.answers()) == 1
    with office.acting():
        OutboxItem.objects.filter(id=stale.id).update(state="pending")
        assert mark_sent(stale) == []
