"""Duplicates, any order, poison, crashes: received twice, acted on once, never lost, never two different receipts."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from skranke.cli import replay as commands
from skranke.clinics.models import Counterpart
from skranke.dialog.models import Message, Thread
from skranke.gateway import faults_in, inbound, outbound, tries
from skranke.gateway.endpoints import Endpoints
from skranke.gateway.errors import ReplayError
from skranke.gateway.models import DeliveryTry, ReceivedMessage
from skranke.gateway.replay import replay
from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.standards.build import ekonsultasjon
from skranke.standards.build.envelope import reply_to
from skranke.wire import faults
from skranke.wire.errors import DecryptionFailedError, QueueUnavailableError, TransportDownError

from cast import fresh_her_id


@pytest.mark.req("DDFL-ID-01", "RCV-19", "NFR-3")
def test_the_same_delivery_twice_makes_one_thread_and_one_receipt(office) -> None:
    sent = office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola))
    office.helsenorge.again(sent)
    office.work()
    office.helsenorge.again(sent)
    (receipt,) = office.answers()
    assert receipt.code == "1"
    with office.acting():
        assert (Thread.objects.count(), ReceivedMessage.objects.count()) == (1, 1)


@pytest.mark.req("DDFL-ID-02", "RCV-19")
def test_the_same_document_under_a_new_message_id_makes_one_receipt(office) -> None:
    question = office.helsenorge.e_consultation(office.cast.ola)
    office.helsenorge.send(question)
    office.helsenorge.send(question)
    assert len(office.answers()) == 1
    with office.acting():
        assert Thread.objects.count() == 1


@pytest.mark.req("RCV-19", "NFR-3")
@pytest.mark.parametrize("same", ["MsgId", "message-id"])
def test_a_known_id_with_another_content_is_kept_and_not_acted_on(office, same) -> None:
    first = office.helsenorge.e_consultation(office.cast.ola)
    sent = office.helsenorge.send(first)
    office.work()
    facts = {"msg_id": first.info.msg_id} if same == "MsgId" else {}
    other = office.helsenorge.e_consultation(office.cast.ola, text="Noe helt annet", **facts)
    changes = {"message_id": sent.message_id} if same == "message-id" else {}
    office.helsenorge.send(other, **changes)
    assert len(office.answers()) == 1
    with office.acting():
        assert Message.objects.get().text == "Hva gjør jeg?"
        assert ReceivedMessage.objects.filter(state="conflict").count() == 1


@pytest.mark.req("DDFL-ID-03")
def test_a_repaired_message_after_an_error_report_is_taken(office) -> None:
    question = office.helsenorge.e_consultation(office.cast.ola)
    office.helsenorge.send(question, application_timestamp="i dag")
    office.work()
    office.helsenorge.send(question)
    (receipt,) = office.answers()
    assert (receipt.code, len(office.helsenorge.reports())) == ("1", 1)


@pytest.mark.req("DDFL-CON-05", "DDFL-ENV-24")
def test_a_follow_up_that_comes_first_finds_its_thread(office) -> None:
    question = office.helsenorge.e_consultation(office.cast.ola)
    envelope = reply_to(question.info, msg_id=uuid4(), gen_date=question.info.gen_date)
    swapped = replace(envelope, sender=question.info.sender, receiver=question.info.receiver)
    office.helsenorge.send(ekonsultasjon.citizen_answer(swapped, text="Og en ting til"))
    office.work()
    office.helsenorge.send(question)
    office.work()
    with office.acting():
        thread = Thread.objects.get()
        assert (thread.start_missing, thread.messages.count(), thread.title) == (
            False, 2, "Vondt i skulderen – helsenorge.no",
        )  # fmt: skip


@pytest.mark.req("DDFL-AR-18", "NFR-3")
def test_a_message_that_always_fails_is_set_aside_and_can_be_replayed(office, monkeypatch, capsys) -> None:
    question = office.helsenorge.e_consultation(office.cast.ola)
    office.helsenorge.send(question)

    def broken(*_, **__):
        raise ZeroDivisionError

    with monkeypatch.context() as during:
        during.setattr(inbound, "check_content", broken)
        outcomes = [office.take_in() for _ in range(6)]
    assert outcomes == [["release"]] * 5 + [["accept"]]
    assert office.take_in() == []
    with office.acting():
        row = ReceivedMessage.objects.get()
        assert (row.state, row.detail) == ("set_aside", "ZeroDivisionError")
        assert not DeliveryTry.objects.exists()
    monkeypatch.setattr(commands, "clinics_on_the_bus", lambda: [office.cast.clinic.id])
    assert commands.run(None) == 0
    assert str(row.id) in capsys.readouterr().out
    assert commands.run(uuid4()) == 1
    with monkeypatch.context() as during:
        during.setattr(inbound, "check_content", broken)
        assert commands.run(row.id) == 1
    assert "ZeroDivisionError" in capsys.readouterr().out
    assert commands.run(row.id) == 0
    (receipt,) = office.answers()
    assert (receipt.code, receipt.about) == ("1", question.info.msg_id)
    with office.acting():
        assert ReceivedMessage.objects.get().state == "acted"
    with pytest.raises(ReplayError):
        replay(row.id, office.cast.system, office.endpoints)


@pytest.mark.req("NFR-3", "NFR-4")
def test_a_report_that_always_fails_is_set_aside_too_and_done_when_a_person_says_so(office, monkeypatch) -> None:
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola))
    (receipt,) = office.answers()
    told = faults.report(
        receipt.raw,
        DecryptionFailedError("cannot be opened"),
        error_queue=office.helsenorge.queues.clinic_error,
        now=clock.now(),
    )
    office.helsenorge.again(told)

    def broken(*_, **__):
        raise ZeroDivisionError

    with monkeypatch.context() as during:
        during.setattr(faults_in, "mark_reported", broken)
        assert [office.take_reports() for _ in range(6)] == [["release"]] * 5 + [["accept"]]
    with office.acting():
        row = ReceivedMessage.objects.get(message_id=told.message_id)
        assert (row.state, row.detail) == ("set_aside", "ZeroDivisionError")
        assert not DeliveryTry.objects.exists()
    replay(row.id, office.cast.system, office.endpoints)
    with office.acting():
        assert ReceivedMessage.objects.get(message_id=told.message_id).state == "fault"
        assert OutboxItem.objects.get().state == "failed"


@pytest.mark.req("NFR-3")
def test_poison_stands_in_nobodys_way(office) -> None:
    office.helsenorge.send(b"no document", like=office.helsenorge.e_contact(office.cast.ola))
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola), body=b"no CMS")
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola))
    assert [letter.code for letter in office.answers()] == ["1"]
    assert len(office.helsenorge.reports()) == 2


@pytest.mark.req("NFR-3")
def test_a_failure_after_the_verb_leaves_nothing_behind(office, monkeypatch) -> None:
    office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola))
    with monkeypatch.context() as during:
        during.setattr(tries, "forget", lambda _: 1 / 0)
        assert office.take_in() == ["release"]
    with office.acting():
        assert (Thread.objects.count(), OutboxItem.objects.count(), ReceivedMessage.objects.count()) == (0, 0, 0)
        assert DeliveryTry.objects.get().tries == 1
    assert len(office.answers()) == 1


@pytest.mark.req("DDFL-ID-05", "NFR-4")
def test_what_could_not_be_handed_over_leaves_unchanged_later(office, monkeypatch) -> None:
    office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola))
    office.take_in()

    def away(_message):
        raise TransportDownError("away")

    with monkeypatch.context() as during:
        during.setattr(office.transport, "send", away)
        with pytest.raises(TransportDownError):
            office.send_out()
    with office.acting():
        waiting = OutboxItem.objects.get()
        assert (waiting.state, waiting.lease_owner) == ("pending", "")
    (receipt,) = office.answers()
    assert (receipt.raw.message_id, receipt.raw.body) == (waiting.message_id, bytes(waiting.body))


@pytest.mark.req("DDFL-ID-06", "NFR-4", "RCV-19")
def test_a_crash_between_hand_over_and_mark_repeats_the_same_bytes(office, monkeypatch) -> None:
    office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola))
    office.take_in()
    with monkeypatch.context() as during:
        during.setattr(outbound, "_mark", lambda _: None)
        assert outbound.run_once(office.cast.clinic.id, Endpoints(), office.transport, "lane")
    assert office.send_out() == 0, "the dead worker's lease holds"
    outbound.take_over(office.cast.clinic.id, "lane")
    first, second = office.answers()
    assert (first.raw.message_id, first.raw.body, first.document.id) == (
        second.raw.message_id, second.raw.body, second.document.id,
    )  # fmt: skip


@pytest.mark.req("ACT-8", "NFR-4")
def test_lanes_that_read_the_set_up_before_the_sender_was_in_it_still_hear_and_answer_it(office) -> None:
    lanes = [replace(office, endpoints=Endpoints()) for _ in range(3)]
    with office.acting():
        her_id = office.cast.counterpart.her_id
        Counterpart.objects.update(her_id=fresh_her_id())
    assert all(her_id not in one.endpoint.peers for one in lanes)
    with office.acting():
        Counterpart.objects.update(her_id=her_id)
    incoming, outgoing, synchronous = lanes
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola))
    incoming.take_in()
    assert outbound.run_once(office.cast.clinic.id, outgoing.endpoints, office.transport, "lane")
    assert [letter.code for letter in office.helsenorge.letters()] == ["1"]
    office.helsenorge.send(office.helsenorge.free_times(office.cast.ola), sync=True)
    synchronous.take_questions()
    assert len(office.helsenorge.replies()) == 1


@pytest.mark.req("NFR-4")
def test_a_row_that_cannot_be_made_fails_alone(office) -> None:
    office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola))
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.nora))
    office.take_in()
    with office.acting():
        ReceivedMessage.objects.filter(function__endswith="EKONSULTASJON").update(document=b"")
    assert [letter.code for letter in office.answers()] == ["1"]
    with office.acting():
        assert sorted(OutboxItem.objects.values_list("state", flat=True)) == ["failed", "sent"]
        assert OutboxItem.objects.get(state="failed").error == "gateway_lost_original"


@pytest.mark.req("DDFL-AR-18", "NFR-3")
def test_a_database_that_went_away_costs_only_time(office, database) -> None:
    office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola))
    connection.ensure_connection()
    lost = connection.connection.info.backend_pid
    with psycopg.connect(database.admin_dsn, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [lost])
    assert office.take_in() == ["release"]
    (receipt,) = office.answers()
    assert receipt.code == "1"
    with office.acting():
        assert ReceivedMessage.objects.count() == 1


@pytest.mark.req("DDFL-ID-06", "NFR-4")
def test_one_that_cannot_be_made_holds_up_none_of_those_claimed_with_it(office) -> None:
    sent = [office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola)) for _ in range(4)]
    office.take_in()
    with office.acting():
        poison = OutboxItem.objects.order_by("sequence")[1]
        OutboxItem.objects.filter(id=poison.id).update(subject_id=uuid4())
    office.send_out()
    assert len(office.helsenorge.letters()) == len(sent) - 1
    with office.acting():
        states = OutboxItem.objects.order_by("sequence").values_list("state", flat=True)
        assert list(states) == ["sent", "failed", "sent", "sent"]


@pytest.mark.req("DDFL-ID-05", "NFR-4")
def test_one_whose_queue_the_bus_refuses_waits_for_it_and_holds_up_no_other(office, monkeypatch) -> None:
    office.helsenorge.send(b"<not-ours/>", like=office.helsenorge.e_contact(office.cast.ola))
    for _ in range(3):
        office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola))
    office.take_in()
    really = office.transport.send

    def refusing(message) -> None:
        if message.queue == office.helsenorge.queues.ours_error:
            raise QueueUnavailableError("refused")
        really(message)

    with monkeypatch.context() as during:
        during.setattr(office.transport, "send", refusing)
        office.send_out()
    assert [letter.code for letter in office.helsenorge.letters()] == ["1"] * 3
    with office.acting():
        waiting = OutboxItem.objects.get(queue=office.helsenorge.queues.ours_error)
    assert (waiting.state, waiting.error, waiting.lease_owner) == ("pending", "wire_queue_unavailable", "")
    clock.move(timedelta(seconds=31))
    assert office.send_out() == 1
    assert [report.message_id for report in office.helsenorge.reports()] == [waiting.message_id]


@pytest.mark.req("DDFL-ID-06", "NFR-4")
def test_when_the_bus_goes_away_amid_several_those_it_took_are_marked_and_the_others_leave_later(
    office, monkeypatch
) -> None:
    for _ in range(3):
        office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola))
    office.take_in()
    really, handed = office.transport.send, []

    def twice(message) -> None:
        if len(handed) == 2:
            raise TransportDownError("away")
        handed.append(message)
        really(message)

    with monkeypatch.context() as during:
        during.setattr(office.transport, "send", twice)
        with pytest.raises(TransportDownError):
            office.send_out()
    with office.acting():
        rows = OutboxItem.objects.order_by("sequence").values_list("state", "lease_owner")
        assert list(rows) == [("sent", ""), ("sent", ""), ("pending", "")]
    assert len(office.answers()) == 3
