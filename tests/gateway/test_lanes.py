"""The lanes as real processes: started, killed at random moments, stopped."""

import json
import os
import random
import signal
import time
from collections import Counter

import pytest

from skranke.dialog.models import Thread
from skranke.gateway.health import heartbeats
from skranke.gateway.models import ReceivedMessage
from skranke.outbox.models import OutboxItem

from support.lanes import gateway, lane, until
from support.surgery import open_book

LANES = ("sync", "async", "error", "outbound")
LANES_KILLED = ("async", "outbound", "async")


@pytest.mark.req("NFR-4", "DDFL-AR-01", "HNB-17")
def test_the_gateway_starts_works_restarts_a_dead_lane_and_stops(office, database, tmp_path) -> None:
    open_book(office)
    with gateway(office, database, tmp_path) as supervisor:
        until(lambda: len(heartbeats(str(tmp_path))) == len(LANES))
        beats = {beat.lane: beat for beat in heartbeats(str(tmp_path))}
        assert set(beats) == set(LANES)
        question = office.helsenorge.e_consultation(office.cast.ola)
        office.helsenorge.send(question)
        (receipt,) = until(office.helsenorge.letters)
        assert (receipt.code, receipt.about) == ("1", question.info.msg_id)
        office.helsenorge.send(office.helsenorge.free_times(office.cast.ola), sync=True)
        (reply,) = until(office.helsenorge.replies)
        assert reply.code == "03"
        os.kill(beats["async"].pid, signal.SIGKILL)
        office.helsenorge.send(office.helsenorge.e_contact(office.cast.nora))
        assert until(office.helsenorge.letters)[0].code == "1"
        pids = [json.loads((tmp_path / f"{name}.json").read_text())["pid"] for name in LANES]
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(60) == 0
    assert not [pid for pid in pids if _lives(pid)]
    assert heartbeats(str(tmp_path)) == []


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.req("DDFL-ID-06", "NFR-3", "NFR-4", "RCV-19")
@pytest.mark.parametrize(
    ("kills", "messages"), [(6, 36), pytest.param(50, 200, marks=pytest.mark.slow)], ids=["6 kills", "50 kills"]
)
def test_killed_at_random_moments_nothing_is_lost_and_nothing_doubled(
    office, database, tmp_path, kills, messages
) -> None:
    chance = random.Random(20261123)
    office.helsenorge.openssl = False
    sent: list[str] = []
    running = {name: lane(office, database, tmp_path, name) for name in ("async", "outbound")}
    try:
        for number in range(kills):
            for _ in range(messages // kills):
                document = office.helsenorge.e_consultation(office.cast.ola)
                office.helsenorge.send(document)
                sent.append(document.info.msg_id)
            name = LANES_KILLED[number % len(LANES_KILLED)]
            _at_work(office, name, steps=chance.randrange(1, 4))
            time.sleep(chance.uniform(0, 0.03))
            running[name].kill()
            running[name].wait()
            running[name] = lane(office, database, tmp_path, name)
        until(lambda: _sent(office) == len(sent), seconds=120)
    finally:
        for process in running.values():
            process.kill()
            process.wait()
    _judge(office, sent)


def _at_work(office, name: str, *, steps: int) -> None:
    """Until the lane has done some more, or all: what follows hits it in the middle of its work, not at its start."""
    count = _received if name == "async" else _sent
    before = count(office)
    everything = len(office.helsenorge.sent)
    until(lambda: count(office) >= min(before + steps, everything))


def _received(office) -> int:
    with office.acting():
        return ReceivedMessage.objects.count()


def _sent(office) -> int:
    with office.acting():
        return OutboxItem.objects.filter(intent="apprec", state="sent").count()


def _judge(office, sent: list[str]) -> None:
    letters = office.helsenorge.letters()
    receipts = {(letter.about, letter.document.id, letter.raw.message_id, letter.raw.body) for letter in letters}
    assert Counter(about for about, *_ in receipts) == Counter(sent), "one receipt, and only one, for each message"
    assert {letter.code for letter in letters} == {"1"}
    with office.acting():
        assert Thread.objects.count() == len(sent)
        assert set(Thread.objects.values_list("conversation", flat=True)) == set(sent)
        assert ReceivedMessage.objects.filter(state="acted").count() == len(sent)
    print(f"{len(sent)} messages, {len(letters)} receipts handed over, {len(receipts)} different")
