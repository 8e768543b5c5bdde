"""The bus process: one thread and one connection to the bus for each kind of queue, and one that sends.

`run(stop)` is the whole of it. A message is settled only when it is stored, or its sender told what is wrong with it.
"""

import signal
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, runtime_checkable

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from skranke.kernel import clock
from skranke.kernel.errors import SkrankeError
from skranke.kernel.log import get_logger
from skranke.sandbox import faulty, outbox, receiving, sending, synchronous
from skranke.sandbox.keys import Keys, the_world
from skranke.sandbox.models import Gauge
from skranke.sandbox.opening import report_of
from skranke.sandbox.world import World
from skranke.wire.connect import connect
from skranke.wire.errors import TransportFaultError
from skranke.wire.transport import Delivery, OutgoingMessage, RawMessage, Transport

log = get_logger(__name__)

TRIES = 5
_WAIT = 0.5
_PAUSE = 1.0
_LOOK_ROUND = 2.0
_EXPIRE_EVERY = 30.0

Handler = Callable[[RawMessage], OutgoingMessage | None]


@runtime_checkable
class _Counts(Protocol):
    def depths(self) -> dict[str, int]:
        """How many messages lie in each of the party's own queues."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One thread's work: a queue, and what is done with a message of it (an answer to send, or None)."""

    queue: str
    handle: Handler


def run(stop: threading.Event) -> None:
    """Read and send until `stop` is set. With another program as HelseNorge, touch no queue."""
    if settings.OURS.external:
        log.info("bus_left_to_another_program")
        stop.wait()
        return
    world = the_world()
    keys = Keys.of(world)
    work: list[Callable[[Transport], None]] = [partial(_read, stop, lane) for lane in _lanes(world, keys)]
    work += [partial(_send, stop, keys, world), partial(_watch, stop)]
    threads = [threading.Thread(target=_repeat, args=(stop, world, one)) for one in work]
    for thread in threads:
        thread.start()
    log.info("bus_started", threads=len(threads))
    for thread in threads:
        thread.join()
    log.info("bus_stopped")


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda _number, _frame: stop.set())
    run(stop)


def _lanes(world: World, keys: Keys) -> tuple[Lane, ...]:
    queues = world.own.queues

    def take(handle: Callable[[RawMessage, Keys], None]) -> Handler:
        return lambda raw: handle(raw, keys)

    def report(raw: RawMessage) -> None:
        faulty.take_report(raw)

    asynchronous = Lane(queues.async_, take(receiving.receive))
    return (
        # Two readers: one computes while the other waits for the disk. Either drops what the other has taken.
        asynchronous,
        asynchronous,
        Lane(queues.syncreply, take(synchronous.take_reply)),
        Lane(queues.sync, lambda raw: synchronous.take_request(raw, keys)),
        Lane(queues.error, report),
    )


def _repeat(stop: threading.Event, world: World, work: Callable[[Transport], None]) -> None:
    """Do the work on a connection of its own; after an error begin anew, a little later."""
    while not stop.is_set():
        try:
            with connect(world.bus.url) as transport:
                work(transport)
        except SkrankeError as error:
            cause = type(error.__cause__).__name__
            log.warning("bus_lane_failed", code=error.code, permanent=error.permanent, cause=cause)
            stop.wait(_PAUSE)
        except (OperationalError, InterfaceError, psycopg.Error) as error:
            log.warning("bus_lane_database", error=type(error).__name__)
            stop.wait(_PAUSE)
        finally:
            connection.close()


def _read(stop: threading.Event, lane: Lane, transport: Transport) -> None:
    failures: Counter[str] = Counter()
    while not stop.is_set():
        delivery = transport.receive(lane.queue, timeout=_WAIT)
        if delivery is None:
            close_old_connections()
            continue
        raw = delivery.message
        identity = raw.message_id or ""
        try:
            _handle(transport, lane, raw)
        except (OperationalError, InterfaceError):
            transport.release(delivery)
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the lane goes on, and the message is set aside in the end
            failures[identity] += 1
            _set_aside(transport, delivery, error, tries=failures[identity])
            stop.wait(_PAUSE)
            continue
        failures.pop(identity, None)
        transport.accept(delivery)


def _handle(transport: Transport, lane: Lane, raw: RawMessage) -> None:
    fault: TransportFaultError | None = None
    try:
        answer = lane.handle(raw)
    except TransportFaultError as error:
        fault, answer = error, report_of(raw, error)
    if answer is not None:
        transport.send(answer)
    if fault is not None:
        faulty.record_refused(raw, fault)
        log.warning("message_refused", message_id=raw.message_id, condition=fault.condition)


def _set_aside(transport: Transport, delivery: Delivery, error: Exception, *, tries: int) -> None:
    """An unexpected error: try again, and after TRIES tries let the broker set the message aside."""
    log.error("message_failed", message_id=delivery.message.message_id, error=type(error).__name__, tries=tries)
    if tries >= TRIES:
        transport.reject(delivery)
    else:
        transport.release(delivery)


def _send(stop: threading.Event, keys: Keys, world: World, transport: Transport) -> None:
    # The second connection only listens: a transaction on the first must not hold back the wake-up.
    with _listener() as listener:
        while not stop.is_set():
            if not sending.send_waiting(transport, keys, world.own):
                for _ in listener.notifies(timeout=_WAIT, stop_after=1):
                    pass


def _listener() -> "psycopg.Connection[tuple[object, ...]]":
    found = psycopg.connect(settings.OURS.database_url, autocommit=True)
    found.execute(f"LISTEN {outbox.CHANNEL}")
    return found


def _watch(stop: threading.Event, transport: Transport) -> None:
    """Count what lies in our queues, and give up waiting for receipts in time."""
    rounds = 0
    while not stop.is_set():
        now = clock.now()
        depths = transport.depths() if isinstance(transport, _Counts) else {}
        Gauge.objects.bulk_create(
            [Gauge(queue=queue, waiting=waiting, seen_at=now) for queue, waiting in {"": 0, **depths}.items()],
            update_conflicts=True,
            unique_fields=["queue"],
            update_fields=["waiting", "seen_at"],
        )
        if rounds * _LOOK_ROUND % _EXPIRE_EVERY == 0:
            sending.expire(now)
        rounds += 1
        stop.wait(_LOOK_ROUND)
