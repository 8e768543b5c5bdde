"""Messages through the real lanes, and questions answered meanwhile (goals G4, G8, G9 and G10).

The lanes are processes of their own, the bus is the embedded one or a broker's, and every message is signed and
encrypted. Beside each figure stands what the cryptography alone takes, in C, in the same run.
"""

import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from datetime import time as wall_time
from typing import Any
from uuid import UUID

import psycopg

from skranke.cli.bench import arrivals, bus, helsenorge, limits, world
from skranke.cli.bench.crowd import together
from skranke.cli.bench.figures import Options, Sample, WrongAnswerError, limit, percentiles, rates, tell
from skranke.cli.bench.helsenorge import HelseNorge
from skranke.cli.bench.place import Place
from skranke.cli.bench.slots import oracle
from skranke.cli.bench.world import World
from skranke.kernel import clock
from skranke.scheduling.models import Audience
from skranke.standards.apprec import AppRec
from skranke.standards.parse import parse_document
from skranke.wire.connect import connect
from skranke.wire.transport import Transport, deliveries

_SLOTS_ANSWER = "03"
_DAYS = 28
_PREPARERS = 2
_PATIENCE = 60.0
# So many come in before anything is measured: then the tables are looked through, as in a database in service they are.
_WARM = 300
_COUNTS = """
    SELECT (SELECT count(*) FROM gateway_receivedmessage WHERE state = 'acted'),
           (SELECT count(*) FROM dialog_thread), (SELECT count(*) FROM dialog_message),
           (SELECT count(*) FROM journal_journalentry),
           (SELECT count(*) FROM outbox_outboxitem WHERE intent = 'apprec')
"""
_ACTED = "SELECT count(*) FROM gateway_receivedmessage WHERE state = 'acted'"
_UNSENT = "SELECT count(*) FROM outbox_outboxitem WHERE state <> 'sent'"
_MSG_IDS = "SELECT msg_id FROM gateway_receivedmessage WHERE state = 'acted'"


def run(place: Place, options: Options) -> None:
    """Questions with an empty queue, then a full one; how fast it is emptied; how soon single messages are seen."""
    made = world.build(gps=2, weeks=5, slots_a_day=20, patients=50, booked=0.3, audience=Audience.GP_LIST)
    with helsenorge.connected(place, made, options.bus) as other:
        try:
            _run(place, options, made, other)
        finally:
            place.children.stop()


def _run(place: Place, options: Options, made: World, other: HelseNorge) -> None:
    floor = rates([limits.crypto(processes=1, seconds=1.0) for _ in range(options.runs)], "messages/s")
    began, sent = time.monotonic(), _fill(other, made, options.messages)
    seconds = round(time.monotonic() - began, 1)
    tell("pipeline", "prepared and put on the queue", {"unit": "messages", "median": len(sent)}, seconds=seconds)
    expected = _offered(place, made)
    with connect(other.bus_url) as transport:
        place.start_lane("sync")
        _questions(transport, other, made, 5, expected)
        idle = _questions(transport, other, made, options.questions, expected)
        place.start_lane("async")
        place.start_lane("outbound")
        _until(place, lambda: _count(place, _ACTED) >= min(_WARM, len(sent) // 10))
        _analyse(place)
        busy = _questions(transport, other, made, options.questions, expected)
        left = len(sent) - _count(place, _ACTED)
        _tell_questions(idle, busy, len(sent), left, floor)
        _throughput(place, options, floor)
        place.stop("lane-async")
        _until(place, lambda: _count(place, _UNSENT) == 0)
        _check(place, transport, other, sent)
        bus.empty(other.clinic_bus_url, other.clinic_queues.async_)
        place.start_lane("async")
        arrivals.large(place, transport, other, made, options)
        place.start_lane("async", 2)
        arrivals.paced(place, transport, other, made, floor)


def _fill(other: HelseNorge, made: World, count: int) -> set[str]:
    """Protect and send the messages by two processes; their MsgIds."""
    shares = [count // _PREPARERS + (number < count % _PREPARERS) for number in range(_PREPARERS)]

    def prepare(number: int) -> list[str]:
        sent = []
        with connect(other.bus_url) as transport:
            for turn in range(shares[number]):
                gp = turn % len(made.gps)
                patients = made.patients[gp]
                document = other.e_consultation(patients[turn % len(patients)], gp)
                transport.send(other.sealed(document))
                sent.append(document.info.msg_id)
        return sent

    return {msg_id for sent in together(prepare, _PREPARERS) for msg_id in sent}


def _offered(place: Place, made: World) -> set[UUID]:
    """The uids that the first GP's patients must be shown, by brute force."""
    shown = oracle(place.database_dsn, _midnight(0), _midnight(_DAYS))
    with psycopg.connect(place.database_dsn) as raw:
        rows = raw.execute(
            "SELECT id, uid FROM scheduling_slot WHERE schedule_id = %s", (made.schedules[0].id,)
        ).fetchall()
    return {uid for slot_id, uid in rows if slot_id in shown}


def _midnight(days: int) -> datetime:
    found = clock.from_oslo(datetime.combine(clock.today() + timedelta(days=days), wall_time()))
    assert found is not None
    return found


def _questions(transport: Transport, other: HelseNorge, made: World, count: int, expected: set[UUID]) -> Sample:
    """Ask one after the other; each wait runs from handing the question over to holding the answer."""
    waits = []
    for number in range(count):
        patients = made.patients[0]
        question = other.sealed(other.question(patients[number % len(patients)], 0), synchronous=True)
        began = time.perf_counter()
        transport.send(question)
        delivery = transport.receive(other.queues.syncreply, timeout=_PATIENCE)
        waits.append(time.perf_counter() - began)
        if delivery is None:
            raise WrongAnswerError("a question got no answer within a minute")
        transport.accept(delivery)
        answer = other.answer(delivery.message)
        if delivery.message.correlation_id != question.message_id or answer.code.v != _SLOTS_ANSWER:
            raise WrongAnswerError("an answer was not the question's, or offered nothing")
        if {UUID(event.uid) for event in answer.appointments} != expected:
            raise WrongAnswerError("the times in an answer are not the oracle's")
    return Sample(waits)


def _tell_questions(idle: Sample, busy: Sample, waiting: int, left: int, floor: dict[str, Any]) -> None:
    """G4, and the first issue's line: p99 with a full queue beside p99 with an empty one."""
    if left <= 0:
        raise WrongAnswerError("the queue was empty before the last question: ask for more messages")
    alone = percentiles(idle)
    figures = percentiles(busy)
    crypto = {"unit": "ms", "median": round(1000 / floor["median"], 3)}
    tell(
        "pipeline",
        "slot question on the wire, empty queue",
        alone,
        goal="G4",
        **limit("C crypto of a message and its receipt, one core", crypto, of=alone["median"]),
    )
    tell(
        "pipeline",
        f"slot question on the wire, {waiting} messages waiting",
        figures,
        left_after_the_last=left,
        **limit("the same with an empty queue (median)", alone, of=figures["median"]),
        p99_times_empty=round(figures["p99"] / alone["p99"], 2),
    )


def _throughput(place: Place, options: Options, floor: dict[str, Any]) -> None:
    """Messages a second, taken in and receipted, while all three lanes work."""
    found, costs = [], []
    for _ in range(options.runs):
        done, began, used = _count(place, _ACTED), time.monotonic(), _cpu(place)
        time.sleep(options.seconds)
        count = _count(place, _ACTED) - done
        if count <= 0:
            break
        found.append(count / (time.monotonic() - began))
        costs.append([1000 * (after - before) / count for before, after in zip(used, _cpu(place), strict=True)])
    if not found:
        raise WrongAnswerError("no message was taken in: ask for more messages")
    figures = rates(found, "messages/s")
    names = ("async_cpu_ms", "outbound_cpu_ms", "database_cpu_ms")
    tell(
        "pipeline",
        "received, stored, routed and receipted; one async and one outbound lane",
        figures,
        goal="G8",
        **{name: rates(values, "ms")["median"] for name, values in zip(names, zip(*costs, strict=True), strict=True)},
        **limit("C crypto of message and receipt, one core", floor, of=figures["median"]),
    )


def _cpu(place: Place) -> tuple[float, float, float]:
    return place.cpu_of("lane-async"), place.cpu_of("lane-outbound"), place.server_cpu()


def _count(place: Place, query: str) -> int:
    with psycopg.connect(place.database_dsn) as raw:
        row = raw.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def _analyse(place: Place) -> None:
    """Let the planner know the tables, as the server itself does within a minute; it took them for empty."""
    with psycopg.connect(place.database_dsn, autocommit=True) as raw:
        raw.execute("ANALYZE")


def _until(place: Place, reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE * 5
    while not reached():
        if time.monotonic() > deadline or place.children.died():
            raise WrongAnswerError(f"it did not come that far; ended: {place.children.died()}")
        time.sleep(0.1)


def _check(place: Place, transport: Transport, other: HelseNorge, sent: Collection[str]) -> None:
    """Each message that was acted on has one thread, message, entry and receipt, and the receipts are on the bus."""
    with psycopg.connect(place.database_dsn) as raw:
        counts = raw.execute(_COUNTS).fetchone()
        acted = {row[0] for row in raw.execute(_MSG_IDS).fetchall()}
    assert counts is not None
    if len(set(counts)) != 1 or len(acted) != counts[0] or not acted <= set(sent):
        raise WrongAnswerError(f"messages, threads, entries and receipts differ: {counts}")
    receipts = []
    for delivery in deliveries(transport, other.queues.async_, idle=1.0):
        document = parse_document(other.payload(delivery.message))
        if not isinstance(document, AppRec) or not document.positive:
            raise WrongAnswerError("the clinic sent something else than a positive receipt")
        receipts.append(document.original.id)
        transport.accept(delivery)
    if len(receipts) != len(acted) or set(receipts) != acted:
        raise WrongAnswerError(f"{len(acted)} messages, but {len(receipts)} receipts")
    tell("pipeline", "messages with exactly one receipt", {"unit": "messages", "median": len(receipts)})
