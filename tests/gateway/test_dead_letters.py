"""What the broker buried is listed, shown in clear, put back, or set aside; and nothing of it gets lost."""

import threading

import pytest
from django.db import connection
from structlog.testing import capture_logs

from skranke.audit.models import AuditEvent
from skranke.cli.main import main
from skranke.dialog.models import Message, Thread
from skranke.gateway import dead_letters
from skranke.gateway.health import Heart, heartbeats
from skranke.gateway.models import ReceivedMessage
from skranke.gateway.replay import replay
from skranke.kernel import clock
from skranke.wire import faults
from skranke.wire.errors import DecryptionFailedError

from support.lanes import lane, until

TEXT = "Hva gjør jeg med kneet?"


def bury(office, queue=None):
    """The broker sets aside what lies in a queue of the clinic's; the message-ids."""
    buried = []
    while (delivery := office.transport.receive(queue or office.helsenorge.queues.clinic_async, timeout=0)) is not None:
        buried.append(delivery.message.message_id)
        office.transport.reject(delivery)
    return buried


def command(office, capsys, *words):
    status = main(["dead-letters", office.cast.clinic.slug, *words])
    return status, capsys.readouterr().out


@pytest.mark.req("NFR-3", "DDFL-ID-06")
def test_a_buried_message_is_listed_without_a_persons_data_and_shown_in_clear(office, capsys) -> None:
    office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola, text=TEXT))
    (message_id,) = bury(office)
    status, said = command(office, capsys)
    assert status == 0
    assert f"{message_id}  " in said
    assert "1 in " in said
    assert office.cast.ola.national_id not in said
    assert TEXT not in said
    status, said = command(office, capsys, "show", message_id)
    assert (status, TEXT in said) == (0, True)
    with office.acting():
        (audited,) = AuditEvent.objects.filter(action="message.read")
        assert audited.detail["message_id"] == message_id
    # Looking changes nothing: it still lies there.
    assert command(office, capsys)[1].startswith(message_id)


@pytest.mark.req("NFR-3", "DDFL-ID-06")
def test_put_back_it_is_done_as_if_it_had_just_come(office, capsys) -> None:
    question = office.helsenorge.e_consultation(office.cast.ola, text=TEXT)
    office.helsenorge.send(question)
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola))
    first, second = bury(office)
    status, said = command(office, capsys, "put-back", first)
    assert (status, office.helsenorge.queues.clinic_async in said) == (0, True)
    (receipt,) = office.answers()
    assert (receipt.code, receipt.about) == ("1", question.info.msg_id)
    with office.acting():
        assert [one.text for one in Message.objects.all()] == [TEXT]
        assert ReceivedMessage.objects.get().message_id == first
    listed = command(office, capsys)[1]
    assert (first in listed, second in listed) == (False, True)


@pytest.mark.req("NFR-3", "MSG-22")
def test_a_buried_report_goes_back_to_the_error_queue(office, capsys) -> None:
    office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola))
    (receipt,) = office.answers()
    queue = office.helsenorge.queues.clinic_error
    report = faults.report(receipt.raw, DecryptionFailedError("no"), error_queue=queue, now=clock.now())
    office.helsenorge.again(report)
    (message_id,) = bury(office, queue)
    assert command(office, capsys, "put-back", message_id)[0] == 0
    assert office.take_reports() == ["accept"]


@pytest.mark.req("NFR-3")
def test_set_aside_it_waits_for_a_replay(office, capsys) -> None:
    office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola, text=TEXT))
    (message_id,) = bury(office)
    assert command(office, capsys, "set-aside", message_id)[0] == 0
    assert "0 in " in command(office, capsys)[1]
    with office.acting():
        row = ReceivedMessage.objects.get()
        assert (row.state, row.code, Thread.objects.count()) == ("set_aside", "dead_letter", 0)
    replay(row.id, office.cast.system, office.endpoints)
    (receipt,) = office.answers()
    assert receipt.code == "1"


@pytest.mark.req("NFR-3", "NFR-4")
def test_that_something_is_buried_is_told_without_asking_and_nothing_is_taken(
    office, capsys, monkeypatch, tmp_path
) -> None:
    for _ in range(2):
        office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola, text=TEXT))
    first, _second = bury(office)
    monkeypatch.setattr(dead_letters, "WATCH_SECONDS", 0.05)
    stop, heart = threading.Event(), Heart("error", str(tmp_path))

    def told():
        heart.beat()
        return [beat.dead_letters for beat in heartbeats(str(tmp_path))]

    def watch() -> None:
        try:
            dead_letters.watch(office.endpoints, office.cast.clinic.id, stop, heart)
        finally:
            connection.close()

    with capture_logs() as logs:
        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            until(lambda: told() == [2])
            assert command(office, capsys, "put-back", first)[0] == 0
            until(lambda: told() == [1])
        finally:
            stop.set()
            watcher.join()
    alarms = [(one["reason"], one["count"]) for one in logs if one["event"] == "gateway_alarm"]
    assert alarms == [("dead_letters", 2)]


@pytest.mark.req("NFR-3", "NFR-4")
def test_the_error_lane_watches(office, database, tmp_path) -> None:
    office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola, text=TEXT))
    bury(office)
    process = lane(office, database, tmp_path, "error")
    try:
        until(lambda: [beat.dead_letters for beat in heartbeats(str(tmp_path))] == [1])
    finally:
        process.terminate()
        process.wait()


@pytest.mark.req("NFR-3")
def test_what_cannot_be_opened_says_why_and_what_is_not_there_is_not_found(office, capsys) -> None:
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola), body=b"no CMS")
    (message_id,) = bury(office)
    assert "cannot be opened: wire_invalid_cms" in command(office, capsys, "show", message_id)[1]
    assert command(office, capsys, "put-back", "unknown")[0] == 1
    assert command(office, capsys, "--queue", "no-such-queue")[0] == 1
    assert main(["dead-letters", "finnes-ikke"]) == 1
