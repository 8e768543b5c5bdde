"""What every Transport promises (`wire.transport`), asked of the embedded bus and of both queue kinds of RabbitMQ."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest

from skranke.gateway import dead_letters
from skranke.wire import connect
from skranke.wire.errors import (
    DeliveryLostError,
    MessageRefusedError,
    QueueUnavailableError,
    TransportDownError,
)
from skranke.wire.faulty import FaultyTransport
from skranke.wire.queues import QueueKind
from skranke.wire.transport import CREDIT, MAXIMUM_BODY, Delivery, Headers, OutgoingMessage, Transport, deliveries

from support.bus import Bus, Gate, amqp_bus, embedded_bus, through, why_no_broker

SOON = 30.0  # long enough for a busy machine; nothing waits for it in full
QUIET = 3.0  # a pause after which a busy machine, too, has no more to give
NOTHING = 0.4  # how long we listen before we say that nothing came


BUSES = ["embedded", *(pytest.param(kind, marks=pytest.mark.amqp, id=f"{kind} queues") for kind in QueueKind)]


@pytest.fixture(scope="module", params=BUSES)
def bus(request: pytest.FixtureRequest) -> Iterator[Bus]:
    if request.param == "embedded":
        with embedded_bus(request.getfixturevalue("pg_admin_dsn")) as made:
            yield made
        return
    if reason := why_no_broker():
        pytest.skip(reason)
    with amqp_bus(request.param) as made:
        yield made


@pytest.fixture
def sender(bus: Bus) -> Iterator[Transport]:
    with bus.helsenorge_transport() as transport:
        yield transport


@pytest.fixture
def reader(bus: Bus) -> Iterator[Transport]:
    with bus.clinic_transport() as transport:
        yield transport


@pytest.fixture(autouse=True)
def _empty_queues(bus: Bus) -> Iterator[None]:
    yield
    queues = (bus.clinic.async_, bus.clinic.sync, bus.clinic.syncreply, bus.clinic.error, bus.clinic.dead)
    if connect.is_amqp(bus.clinic_url):
        connect.declare_module().purge(bus.clinic_url, queues)
    else:
        with bus.clinic_transport() as transport:
            transport.purge(*queues)


def message(queue: str, body: bytes = b"body", **fields) -> OutgoingMessage:
    return OutgoingMessage(queue=queue, body=body, message_id=str(uuid4()), **fields)


def take(transport: Transport, *queues: str) -> Delivery:
    delivery = transport.receive(*queues, timeout=SOON)
    assert delivery is not None, "no message came"
    return delivery


@pytest.mark.req("DDFL-MET-01")
def test_a_message_arrives_with_every_field_as_it_was_sent(bus, sender, reader):
    sent = message(
        bus.clinic.async_,
        b"\x00\xff raw \r\n bytes",
        correlation_id=str(uuid4()),
        subject="DIALOG_INNBYGGER_EKONTAKT",
        to=bus.clinic.async_,
        reply_to=bus.helsenorge.async_,
        content_type="application/pkcs7-mime; smime-type=signed-and-enveloped-data",
        ttl=timedelta(seconds=90, milliseconds=250),
        headers=Headers(
            from_her_id="8093240",
            to_her_id="91095",
            application_timestamp="2026-11-22T10:15:00Z",
            cpa_id=str(uuid4()),
            extra=(("X-MessageInfo-Type", "DIALOG_INNBYGGER_EKONTAKT"), ("Service", "Æøå")),
        ),
    )
    sender.send(sent)
    delivery = take(reader, bus.clinic.async_)
    reader.accept(delivery)
    got = delivery.message
    for name in ("queue", "body", "message_id", "correlation_id", "subject", "to", "reply_to", "content_type", "ttl"):
        assert getattr(got, name) == getattr(sent, name), name
    assert got.headers.properties() == sent.headers.properties()
    assert got.headers.from_her_id == "8093240"


def test_absent_fields_stay_absent(bus, sender, reader):
    sender.send(OutgoingMessage(queue=bus.clinic.async_))
    delivery = take(reader, bus.clinic.async_)
    reader.accept(delivery)
    got = delivery.message
    fields = (got.message_id, got.correlation_id, got.subject, got.to, got.reply_to, got.content_type, got.ttl)
    assert (got.body, *fields) == (b"", *[None] * 7)
    assert got.headers == Headers()


def test_an_accepted_message_is_gone_and_an_unsettled_one_comes_back(bus, sender, reader):
    sender.send(message(bus.clinic.async_, b"done"))
    reader.accept(take(reader, bus.clinic.async_))
    sender.send(message(bus.clinic.async_, b"not done"))
    assert take(reader, bus.clinic.async_).message.body == b"not done"
    reader.close()
    again = take(reader, bus.clinic.async_)
    assert again.message.body == b"not done"
    reader.accept(again)
    reader.close()
    assert reader.receive(bus.clinic.async_, timeout=NOTHING) is None


def test_a_taken_message_is_shown_to_nobody_else(bus, sender, reader):
    sender.send(message(bus.clinic.async_))
    held = take(reader, bus.clinic.async_)
    with bus.clinic_transport() as other:
        assert other.receive(bus.clinic.async_, timeout=NOTHING) is None
        reader.accept(held)
        assert other.receive(bus.clinic.async_, timeout=NOTHING) is None


def test_those_that_wait_are_taken_together_and_settled_together(bus, sender, reader):
    for number in range(6):
        sender.send(message(bus.clinic.async_, bytes([number])))
    first = take(reader, bus.clinic.async_)
    wanted = time.monotonic() + SOON
    several: list[Delivery] = []
    while len(several) < 4 and time.monotonic() < wanted:  # a broker sends them ahead in its own time
        several += reader.receive_waiting(bus.clinic.async_, most=4 - len(several), size=1000)
    assert len({one.message.body for one in (first, *several)}) == 5
    reader.accept(first, *several)
    with pytest.raises(DeliveryLostError):
        reader.accept(several[0])
    reader.close()
    left = take(reader, bus.clinic.async_)
    reader.accept(left)
    assert {one.message.body for one in (first, *several, left)} == {bytes([number]) for number in range(6)}
    assert reader.receive_waiting(bus.clinic.async_, most=5, size=1000) == []


def test_no_more_are_taken_together_than_are_small(bus, sender, reader):
    for _ in range(4):
        sender.send(message(bus.clinic.async_, b"x" * 600))
    first = take(reader, bus.clinic.async_)
    several: list[Delivery] = []
    wanted = time.monotonic() + SOON
    while len(several) < 2 and time.monotonic() < wanted:
        several += reader.receive_waiting(bus.clinic.async_, most=9, size=1000 - 600 * len(several))
        assert len(several) <= 2
    assert len(several) == 2
    reader.accept(first, *several)


def test_several_messages_can_be_held_and_settled_in_any_order(bus, sender, reader):
    bodies = {f"{n}".encode() for n in range(5)}
    for body in bodies:
        sender.send(message(bus.clinic.async_, body))
    held = [take(reader, bus.clinic.async_) for _ in bodies]
    assert {one.message.body for one in held} == bodies
    for one in (held[3], held[0], held[4]):
        reader.accept(one)
    reader.close()
    left = {take(reader, bus.clinic.async_).message.body for _ in range(2)}
    assert left == {held[1].message.body, held[2].message.body}
    assert reader.receive(bus.clinic.async_, timeout=NOTHING) is None


def test_a_released_message_comes_again_to_the_same_reader(bus, sender, reader):
    sender.send(message(bus.clinic.async_, b"again"))
    for _ in range(3):
        reader.release(take(reader, bus.clinic.async_))
    last = take(reader, bus.clinic.async_)
    assert last.message.body == b"again"
    reader.accept(last)


def test_a_released_message_wakes_another_reader(bus, sender, reader):
    sender.send(message(bus.clinic.async_, b"again"))
    held = take(reader, bus.clinic.async_)
    reader.release(held)
    reader.close()
    with bus.clinic_transport() as other:
        other.accept(take(other, bus.clinic.async_))


@pytest.mark.parametrize("source", ["async_", "error"])
def test_a_rejected_message_lies_in_the_dead_letter_queue(bus, sender, reader, source):
    queue = getattr(bus.clinic, source)
    sent = message(queue, b"poison", subject="DIALOG_INNBYGGER_EKONTAKT")
    sender.send(sent)
    reader.reject(take(reader, queue))
    dead = take(reader, bus.clinic.dead)
    reader.accept(dead)
    assert (dead.message.body, dead.message.message_id) == (b"poison", sent.message_id)
    assert dead.message.queue == bus.clinic.dead
    assert reader.receive(queue, timeout=NOTHING) is None


def test_a_rejected_synchronous_message_is_dropped(bus, sender, reader):
    sender.send(message(bus.clinic.sync))
    reader.reject(take(reader, bus.clinic.sync))
    reader.close()
    assert reader.receive(bus.clinic.sync, bus.clinic.dead, timeout=NOTHING) is None


def test_a_message_past_its_time_to_live_is_not_delivered(bus, sender, reader):
    sender.send(message(bus.clinic.async_, b"short", ttl=timedelta(milliseconds=200)))
    sender.send(message(bus.clinic.async_, b"long", ttl=timedelta(minutes=5)))
    time.sleep(0.3)  # the bus's own clock: nothing else moves it
    assert take(reader, bus.clinic.async_).message.body == b"long"
    assert reader.receive(bus.clinic.async_, timeout=NOTHING) is None


def test_a_message_past_its_time_to_live_lies_in_the_dead_letter_queue(bus, sender, reader):
    sender.send(message(bus.clinic.async_, b"too old", ttl=timedelta(milliseconds=200)))
    dead = take(reader, bus.clinic.dead)
    assert (dead.message.body, dead.message.ttl) == (b"too old", None)
    reader.accept(dead)
    assert reader.receive(bus.clinic.async_, bus.clinic.dead, timeout=NOTHING) is None


def test_a_synchronous_message_past_its_time_to_live_is_dropped(bus, sender, reader):
    sender.send(message(bus.clinic.sync, ttl=timedelta(milliseconds=200)))
    time.sleep(0.3)
    assert reader.receive(bus.clinic.sync, bus.clinic.dead, timeout=NOTHING) is None


def test_a_message_that_grows_too_old_while_it_is_held_can_still_be_set_aside(bus, sender, reader):
    # Taken by a reader that is there already: who has to connect first may come too late.
    assert reader.receive(bus.clinic.async_, timeout=0) is None
    sender.send(message(bus.clinic.async_, b"held", ttl=timedelta(seconds=1)))
    held = take(reader, bus.clinic.async_)
    time.sleep(1.1)
    with bus.clinic_transport() as other:
        assert other.receive(bus.clinic.async_, bus.clinic.dead, timeout=NOTHING) is None
        reader.reject(held)
        other.accept(take(other, bus.clinic.dead))


def test_a_message_returned_more_often_than_rabbitmq_4_allows_by_itself_still_comes(bus, sender, reader):
    sender.send(message(bus.clinic.async_, b"again"))
    for _ in range(25):
        reader.release(take(reader, bus.clinic.async_))
    last = take(reader, bus.clinic.async_)
    assert last.message.body == b"again"
    reader.accept(last)
    assert reader.receive(bus.clinic.dead, timeout=NOTHING) is None


def test_a_message_to_an_unknown_queue_is_accepted_and_lost(bus, sender):
    sender.send(message("no_such_queue"))
    sender.send(message(bus.clinic.async_))


def test_an_unknown_queue_cannot_be_read(bus, reader):
    with pytest.raises(QueueUnavailableError):
        reader.receive("no_such_queue", timeout=NOTHING)
    assert reader.receive(bus.clinic.async_, timeout=0) is None, "the transport is of use again"


def test_one_reader_reads_several_queues_and_starves_none(bus, sender, reader):
    for n in range(10):
        sender.send(message(bus.clinic.async_, f"many {n}".encode()))
    sender.send(message(bus.clinic.error, b"one"))
    seen = []
    for _ in range(11):
        delivery = take(reader, bus.clinic.async_, bus.clinic.error)
        reader.accept(delivery)
        seen.append(delivery.message.queue)
    assert seen.count(bus.clinic.error) == 1
    assert reader.receive(bus.clinic.async_, bus.clinic.error, timeout=0) is None


def test_no_more_than_the_credit_is_unsettled(bus, sender, reader):
    for n in range(CREDIT + 1):
        sender.send(message(bus.clinic.async_, f"{n}".encode()))
    held = [take(reader, bus.clinic.async_) for _ in range(CREDIT)]
    assert reader.receive(bus.clinic.async_, timeout=NOTHING) is None
    reader.accept(held.pop())
    take(reader, bus.clinic.async_)


def test_a_body_of_the_largest_size_arrives_and_a_larger_one_is_refused(bus, sender, reader):
    body = bytes(range(256)) * (MAXIMUM_BODY // 256)
    sender.send(message(bus.clinic.async_, body))
    delivery = take(reader, bus.clinic.async_)
    assert delivery.message.body == body
    reader.accept(delivery)
    with pytest.raises(MessageRefusedError):
        sender.send(message(bus.clinic.async_, body + b"x"))


def test_of_a_body_larger_than_the_reader_takes_only_the_length_comes(bus, sender):
    sender.send(message(bus.clinic.async_, b"x" * 1001))
    sender.send(message(bus.clinic.async_, b"y" * 1000))
    with connect.connect(bus.clinic_url, largest=1000) as reader:
        found = {}
        for _ in range(2):
            delivery = take(reader, bus.clinic.async_)
            assert delivery.message.message_id
            found[delivery.message.unread] = delivery.message.body
            reader.accept(delivery)
    assert found == {1001: b"", None: b"y" * 1000}


def test_a_waiting_reader_is_woken(bus, sender):
    code = (
        "import sys\n"
        "from skranke.wire.connect import connect\n"
        "with connect(sys.argv[1]) as transport:\n"
        "    transport.receive(sys.argv[2], timeout=0)\n"
        "    print('waiting', flush=True)\n"
        "    found = transport.receive(sys.argv[2], timeout=30)\n"
        "    transport.accept(found)\n"
        "    print(found.message.body.decode(), flush=True)\n"
    )
    process = start(code, bus.clinic_url, bus.clinic.sync)
    assert process.stdout.readline() == "waiting\n"
    sender.send(message(bus.clinic.sync, b"woken"))
    assert process.stdout.readline() == "woken\n"
    assert process.wait(SOON) == 0
    process.stdout.close()


@pytest.mark.req("DDFL-ID-06", "DDFL-AR-18")
def test_a_killed_reader_gives_its_messages_back(bus, sender, reader):
    bodies = {b"a", b"b", b"c"}
    for body in bodies:
        sender.send(message(bus.clinic.async_, body))
    code = (
        "import sys, time\n"
        "from skranke.wire.connect import connect\n"
        "transport = connect(sys.argv[1])\n"
        "held = [transport.receive(sys.argv[2], timeout=10) for _ in range(3)]\n"
        "assert None not in held\n"
        "print('holding', flush=True)\n"
        "time.sleep(60)\n"
    )
    process = start(code, bus.clinic_url, bus.clinic.async_)
    assert process.stdout.readline() == "holding\n"
    assert reader.receive(bus.clinic.async_, timeout=NOTHING) is None
    process.kill()
    process.wait(SOON)
    process.stdout.close()
    back = [take(reader, bus.clinic.async_) for _ in bodies]
    assert {one.message.body for one in back} == bodies


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    quiet = "from skranke.kernel import log\nlog.configure(level='ERROR')\n"
    return subprocess.Popen([sys.executable, "-c", quiet + code, *arguments], stdout=subprocess.PIPE, text=True)


def test_a_bus_that_goes_away_and_comes_back(bus, sender):
    gate = Gate(bus.clinic_url)
    url = through(bus.clinic_url, gate.port)
    sender.send(message(bus.clinic.async_, b"held when it went away"))
    with connect.connect(url) as transport:
        held = take(transport, bus.clinic.async_)
        gate.shut()
        with pytest.raises(TransportDownError):
            until_it_fails(lambda: transport.receive(bus.clinic.async_, timeout=0.1))
        with pytest.raises(DeliveryLostError):
            transport.accept(held)
        with pytest.raises(TransportDownError):
            transport.send(message(bus.clinic.async_))
        gate.open()
        again = until_it_works(lambda: transport.receive(bus.clinic.async_, timeout=2))
        assert again.message.body == held.message.body
        with pytest.raises(DeliveryLostError):
            transport.accept(held)
        transport.accept(again)
        gate.shut()


def until_it_fails(action):
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        action()


def until_it_works(action):
    end = time.monotonic() + 3 * SOON
    while time.monotonic() < end:
        try:
            if (found := action()) is not None:
                return found
        except TransportDownError:
            time.sleep(0.05)
    pytest.fail("the bus did not come back")


def test_a_delivery_is_settled_once(bus, sender, reader):
    sender.send(message(bus.clinic.async_))
    delivery = take(reader, bus.clinic.async_)
    reader.accept(delivery)
    with pytest.raises(DeliveryLostError):
        reader.release(delivery)


def test_nothing_is_lost_or_shared_among_competing_readers(bus, sender):
    bodies = {f"{n}".encode() for n in range(120)}
    code = (
        "import sys\n"
        "from skranke.wire.connect import connect\n"
        "from skranke.wire.transport import deliveries\n"
        "with connect(sys.argv[1]) as transport:\n"
        "    for one in deliveries(transport, sys.argv[2], idle=60):\n"
        "        transport.accept(one)\n"
        "        if one.message.body == b'end':\n"
        "            break\n"
        "        print(one.message.body.decode(), flush=True)\n"
    )
    readers = [start(code, bus.clinic_url, bus.clinic.async_) for _ in range(3)]
    for body in bodies:
        sender.send(message(bus.clinic.async_, body))
    for _ in readers:
        sender.send(message(bus.clinic.async_, b"end"))
    seen = [line.encode() for one in readers for line in one.communicate(timeout=60)[0].split()]
    assert sorted(seen) == sorted(bodies)


@pytest.mark.req("DDFL-ID-01")
def test_the_fault_mode_delivers_twice_and_out_of_order_but_loses_nothing(bus, sender):
    bodies = [f"{n}".encode() for n in range(30)]
    for body in bodies:
        sender.send(message(bus.clinic.async_, body))
    with FaultyTransport(bus.clinic_transport(), seed=1) as faulty:
        seen = []
        for delivery in deliveries(faulty, bus.clinic.async_, idle=QUIET):
            seen.append(delivery.message.body)
            faulty.accept(delivery)
    assert set(seen) == set(bodies)
    assert len(seen) > len(bodies)
    assert list(dict.fromkeys(seen)) != bodies
    with bus.clinic_transport() as after:
        assert after.receive(bus.clinic.async_, timeout=NOTHING) is None


@pytest.mark.req("NFR-3")
def test_a_dead_letter_is_looked_at_and_taken_out_alike_on_every_bus(bus, sender, reader):
    for number in range(3):
        sender.send(message(bus.clinic.async_, b"%d" % number, headers=Headers(from_her_id="8093240")))
        reader.reject(take(reader, bus.clinic.async_))
    with dead_letters.held(reader, bus.clinic.dead) as letters:
        assert sorted(letter.message.body for letter in letters) == [b"0", b"1", b"2"]
        chosen = dead_letters.the_one(letters, letters[1].message.message_id)
        letters.remove(chosen)
        reader.accept(chosen)
    with dead_letters.held(reader, bus.clinic.dead) as letters:
        assert chosen.message.message_id not in {letter.message.message_id for letter in letters}
        assert len(letters) == 2
