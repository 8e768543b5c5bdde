"""The lanes as processes, killed exactly at a commit, flooded with copies, or cut off from a real broker."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from skranke.dialog.models import Message, Thread
from skranke.gateway.health import heartbeats
from skranke.gateway.models import DeliveryTry, ReceivedMessage
from skranke.journal.models import JournalEntry
from skranke.outbox.models import OutboxItem

from support.bus import Gate, through, virtual_host, why_no_broker
from support.commits import commit_gate
from support.lanes import gateway, lane, until
from support.surgery import surgery, town_on

COUNTED, ACTED = b"gateway_deliverytry", b"gateway_receivedmessage"
CLAIMED, MARKED = b"SKIP LOCKED", b'"sent_at" = '
COPIES, WORKERS = 100, 4


def at_each_side(commits: dict[str, bytes], usual: set[tuple[str, str]]) -> pytest.MarkDecorator:
    """Each commit, struck before the server hears of it and after it is done; usual: what the usual run tries, too."""
    sides = {"before": False, "after": True}
    found = [
        pytest.param(words, late, id=f"{name}-{side}", marks=[] if (name, side) in usual else [pytest.mark.slow])
        for name, words in commits.items()
        for side, late in sides.items()
    ]
    return pytest.mark.parametrize(("words", "late"), found)


@contextmanager
def started(*processes) -> Iterator[None]:
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def killed_at(words: bytes, office, database, folder, name: str, *, late: bool) -> None:
    """Run a lane until the commit of a transaction that says these words; it dies there."""
    running = []
    with commit_gate(
        database.dsn("skranke_gateway"), words, late=late, strike=lambda: os.kill(running[0].pid, signal.SIGKILL)
    ) as door:
        running.append(lane(office, database, folder, name, SKRANKE_DATABASE_URL=door.url))
        with started(*running):
            assert door.struck.wait(60), "that commit never came"
            running[0].wait()


@pytest.mark.req("DDFL-ID-06", "NFR-3", "NFR-4", "RCV-19")
@at_each_side(
    {"try counted": COUNTED, "message stored": ACTED}, usual={("try counted", "before"), ("message stored", "after")}
)
def test_killed_at_a_commit_of_receiving_nothing_is_lost_and_nothing_doubled(
    office, database, tmp_path, words, late
) -> None:
    sent = office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola))
    killed_at(words, office, database, tmp_path, "async", late=late)
    with started(lane(office, database, tmp_path, "async")):
        until(lambda: _waiting(office) == 0)
    office.send_out()
    _one_of_everything(office, sent)


@pytest.mark.req("DDFL-ID-06", "NFR-4")
@at_each_side(
    {"claimed and made": CLAIMED, "marked as sent": MARKED},
    usual={("claimed and made", "before"), ("marked as sent", "after")},
)
def test_killed_at_a_commit_of_sending_the_same_bytes_leave(office, database, tmp_path, words, late) -> None:
    sent = office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola))
    office.take_in()
    killed_at(words, office, database, tmp_path, "outbound", late=late)
    with started(lane(office, database, tmp_path, "outbound")):
        until(lambda: _states(office) == ["sent"])
    _one_of_everything(office, sent)


@pytest.mark.req("DDFL-ID-01", "DDFL-ID-06", "NFR-3", "RCV-19")
def test_a_hundred_copies_on_four_workers_at_once_are_one_message(office, database, tmp_path) -> None:
    workers = [lane(office, database, tmp_path, "async", number) for number in range(1, WORKERS + 1)]
    with started(*workers):
        until(lambda: len(heartbeats(str(tmp_path))) == WORKERS)
        sent = office.helsenorge.sealed(office.helsenorge.e_consultation(office.cast.ola))
        for _ in range(COPIES):
            office.helsenorge.again(sent)
        until(lambda: _waiting(office) == 0, seconds=120)
    office.send_out()
    _one_of_everything(office, sent)


def _waiting(office) -> int:
    """Messages on the clinic's queue, those that a lane holds too."""
    return office.transport.depths()[office.helsenorge.queues.clinic_async]


def _states(office) -> list[str]:
    with office.acting():
        return list(OutboxItem.objects.values_list("state", flat=True))


def _one_of_everything(office, sent) -> None:
    letters = office.helsenorge.letters()
    assert letters
    assert len({(letter.raw.message_id, letter.raw.body, letter.about) for letter in letters}) == 1
    assert {letter.code for letter in letters} == {"1"}
    with office.acting():
        row = ReceivedMessage.objects.get()
        assert (row.state, row.message_id) == ("acted", sent.message_id)
        assert (Thread.objects.count(), Message.objects.count(), JournalEntry.objects.count()) == (1, 1, 1)
        assert [item.state for item in OutboxItem.objects.all()] == ["sent"]
        assert not DeliveryTry.objects.exists()
    assert office.take_in() == []


@pytest.mark.amqp
@pytest.mark.req("NFR-3", "NFR-4", "DDFL-ID-06", "DDFL-AR-18")
def test_the_gateway_on_rabbitmq_survives_a_line_that_is_cut_again_and_again(bus, database, tmp_path) -> None:
    if reason := why_no_broker():
        pytest.skip(reason)
    with virtual_host() as url:
        door = Gate(url)
        with surgery(town_on(url, through(url, door.port), bus)) as office:
            office.helsenorge.openssl = False
            _survives(office, door, database, tmp_path)
        door.shut()


def _survives(office, door: Gate, database, folder) -> None:
    sent, letters = [], []
    with gateway(office, database, folder):
        for number in range(24):
            document = office.helsenorge.e_consultation(office.cast.ola)
            office.helsenorge.send(document)
            sent.append(document.info.msg_id)
            if number % 4 == 3:
                letters += office.helsenorge.letters(idle=0.3)
                door.cut()
        while {letter.about for letter in letters} != set(sent):
            letters += until(lambda: office.helsenorge.letters(idle=0.5))
    receipts = {(letter.about, letter.raw.message_id, letter.raw.body) for letter in letters}
    assert Counter(about for about, *_ in receipts) == Counter(sent), "one receipt, and only one, for each message"
    with office.acting():
        assert set(Thread.objects.values_list("conversation", flat=True)) == set(sent)
        assert (Thread.objects.count(), Message.objects.count()) == (len(sent), len(sent))
        assert ReceivedMessage.objects.filter(state="acted").count() == len(sent)
    assert door.calls > len(("sync", "async", "error", "outbound")), "the lanes had to connect anew"
