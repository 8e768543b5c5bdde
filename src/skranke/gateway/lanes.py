"""The lanes: each is a process that reads one kind of queue, or the outbox, for every clinic on the bus.

A thread a clinic (in the sync lane two: for questions, and for the answers to ours), with its own bus and database
connections: a clinic whose set-up is broken stops no other. A lane that dies is started anew by the supervisor, and
what was unsettled comes again.
"""

import heapq
import os
import socket
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import connection

from skranke.clinics.queries import clinics_on_the_bus
from skranke.gateway import dead_letters, faults_in, inbound, replies, sync
from skranke.gateway.alarms import alarm
from skranke.gateway.endpoints import Endpoint, Endpoints
from skranke.gateway.health import Heart
from skranke.gateway.inbound import Disposition
from skranke.gateway.sending import Sender
from skranke.kernel.log import get_logger
from skranke.wire.connect import connect
from skranke.wire.errors import DeliveryLostError, TransportDownError
from skranke.wire.transport import CREDIT, Delivery, RawMessage, Transport

log = get_logger(__name__)

POLL_SECONDS = 0.5
REPLIES = "replies"
DEAD_LETTERS = "dead_letters"
AT_ONCE = 20
_SMALL = 1024 * 1024  # bytes; after so much nothing more is taken along: it would lie in memory and hold up the others
_LOOK_FOR_CLINICS = 5.0
_JOIN_SECONDS = 4.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0


class LaneName(StrEnum):
    """The kinds of lane."""

    SYNC = "sync"
    ASYNC = "async"
    ERROR = "error"
    OUTBOUND = "outbound"


Stop = threading.Event
Receive = Callable[[Sequence[RawMessage], Transport], Sequence[Disposition]]


@dataclass(slots=True)
class Waiting:
    """Deliveries that are held back before they are given back to their queue: later each time the lane fails.

    A message that cannot be done then neither spins nor stands in the way of the others.
    """

    first_pause: float = 0.2
    longest_pause: float = 5.0
    most: int = CREDIT - 5
    _failures: int = 0
    _held: list[tuple[float, int, Delivery]] = field(default_factory=list)
    _number: int = 0

    def hold(self, delivery: Delivery) -> None:
        """Keep a delivery back; the pause grows with each failure in a row."""
        pause = min(self.first_pause * 2**self._failures, self.longest_pause)
        self._failures = min(self._failures + 1, 10)
        self._number += 1
        heapq.heappush(self._held, (time.monotonic() + pause, self._number, delivery))

    def succeeded(self) -> None:
        """Something went well: what fails next is that message's own fault."""
        self._failures = 0

    def give_back(self, transport: Transport) -> None:
        """Release what has waited long enough; sleep first when too many are held."""
        if len(self._held) >= self.most:
            time.sleep(max(0.0, min(self._held[0][0] - time.monotonic(), self.longest_pause)))
        while self._held and self._held[0][0] <= time.monotonic():
            _, _, delivery = heapq.heappop(self._held)
            try:
                transport.release(delivery)
            except DeliveryLostError:
                log.info("delivery_lost")


def read_queue(endpoint: Endpoint, queue: str, receive: Receive, stop: Stop, heart: Heart, *, at_once: int = 1) -> None:
    """Do the deliveries of a queue in order, until told to stop; settle each last.

    at_once: how many, at most, are handed to `receive` together when more than one waits already.
    """
    waiting = Waiting()
    with connect(endpoint.bus_url, largest=settings.OURS.message_bytes) as transport:
        while not stop.is_set():
            heart.beat()
            try:
                waiting.give_back(transport)
                _do_next(transport, queue, receive, waiting, at_once)
            except DeliveryLostError:
                log.info("delivery_lost")
            except TransportDownError as error:
                log.warning("bus_away", reason=error.code, detail=str(error))
                waiting = Waiting()
                stop.wait(POLL_SECONDS)


def _do_next(transport: Transport, queue: str, receive: Receive, waiting: Waiting, at_once: int) -> None:
    """In a function of its own: nothing holds what has been done while the next is waited for."""
    taken = take(transport, queue, at_once)
    if not taken:
        return
    dispositions = receive([delivery.message for delivery in taken], transport)
    _settle(transport, list(zip(taken, dispositions, strict=True)), waiting)
    if _size(taken) > _SMALL:
        # The connection's buffer stays as large as the largest message that ever went through it.
        connection.close()


def take(transport: Transport, queue: str, at_once: int) -> list[Delivery]:
    """The next deliveries: one as soon as there is one, and of those that wait behind it no more than are small."""
    first = transport.receive(queue, timeout=POLL_SECONDS)
    if first is None:
        return []
    room = _SMALL - len(first.message.body)
    if at_once == 1 or room < 0:
        return [first]
    return [first, *transport.receive_waiting(queue, most=at_once - 1, size=room)]


def _size(taken: Sequence[Delivery]) -> int:
    return sum(len(delivery.message.body) for delivery in taken)


def _settle(transport: Transport, done: Sequence[tuple[Delivery, Disposition]], waiting: Waiting) -> None:
    """What is to come again is held back first: whatever settling meets, it does not come at once."""
    for delivery, disposition in done:
        if disposition is Disposition.ACCEPT:
            waiting.succeeded()
        else:
            waiting.hold(delivery)
    accepted = [delivery for delivery, disposition in done if disposition is Disposition.ACCEPT]
    if accepted:
        transport.accept(*accepted)


class Lane:
    """One lane process: a thread for each clinic, a heartbeat, and an end within seconds."""

    def __init__(self, name: LaneName, number: int = 1, clinics: Collection[UUID] = ()) -> None:
        self.name, self.number = name, number
        self._clinics = frozenset(clinics)
        self.stop = Stop()
        self.heart = Heart(f"{name}" if number == 1 else f"{name}-{number}")
        self._endpoints = Endpoints()
        self._threads: dict[tuple[UUID, str], threading.Thread] = {}

    def run(self) -> None:
        """Until `stop` is set, or the process that started this one is gone: nobody would stop us then."""
        parent = os.getppid()
        log.info("lane_started", lane=self.name.value, number=self.number)
        try:
            while not self.stop.is_set() and os.getppid() == parent:
                self._start_missing()
                self._wait(parent)
        finally:
            self.stop.set()
            for thread in self._threads.values():
                thread.join(_JOIN_SECONDS)
            self.heart.stop()
        log.info("lane_stopped", lane=self.name.value, number=self.number)

    def _wait(self, parent: int) -> None:
        until = time.monotonic() + _LOOK_FOR_CLINICS
        while time.monotonic() < until and os.getppid() == parent:
            self._beat_when_idle()
            if self.stop.wait(POLL_SECONDS):
                return

    def _beat_when_idle(self) -> None:
        """Without a clinic nobody else would say that the lane is alive."""
        if not self._threads:
            self.heart.beat()

    def _start_missing(self) -> None:
        wanted = [one for one in clinics_on_the_bus() if not self._clinics or one in self._clinics]
        for key in ((clinic_id, work) for clinic_id in wanted for work in self._works()):
            if key not in self._threads:
                name = f"{key[1]}-{key[0]}"
                self._threads[key] = threading.Thread(target=self._serve, args=key, name=name, daemon=True)
                self._threads[key].start()

    def _works(self) -> tuple[str, ...]:
        """A thread for each: a reply queue that is missing must not stand in the way of the questions.

        One of the error lanes also watches what the broker set aside.
        """
        if self.name is LaneName.ERROR and self.number == 1:
            return (self.name, DEAD_LETTERS)
        return (self.name, REPLIES) if self.name is LaneName.SYNC else (self.name,)

    def _serve(self, clinic_id: UUID, work: str) -> None:
        """Work for a clinic until told to stop; after a fault of its set-up or of the database later, and later."""
        pause = _FIRST_PAUSE
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                self._work(clinic_id, work)
            except Exception as error:  # noqa: BLE001 - whatever it was, the other clinics' threads go on
                alarm(error, lane=self.name.value, clinic_id=str(clinic_id))
            finally:
                connection.close()
            steady = time.monotonic() - began > _LONGEST_PAUSE
            pause = _FIRST_PAUSE if steady else min(pause * 2, _LONGEST_PAUSE)
            self.stop.wait(pause)

    def _work(self, clinic_id: UUID, work: str) -> None:
        if work == DEAD_LETTERS:
            dead_letters.watch(self._endpoints, clinic_id, self.stop, self.heart)
            return
        endpoint = self._endpoints.of(clinic_id)
        if work == LaneName.OUTBOUND:
            owner = f"outbound-{self.number}@{socket.gethostname()}"
            Sender(clinic_id, self._endpoints, owner[:100]).run(self.stop, self.heart)
            return
        queue, receive = {
            LaneName.SYNC: (endpoint.queue_sync, self._question),
            REPLIES: (endpoint.queue_syncreply, self._reply),
            LaneName.ASYNC: (endpoint.queue_async, self._message),
            LaneName.ERROR: (endpoint.queue_error, self._report),
        }[work]
        at_once = AT_ONCE if work == LaneName.ASYNC else 1
        read_queue(endpoint, queue, receive(clinic_id), self.stop, self.heart, at_once=at_once)

    def _message(self, clinic_id: UUID) -> Receive:
        return lambda raws, _transport: inbound.receive(raws, clinic_id, self._endpoints)

    def _question(self, clinic_id: UUID) -> Receive:
        return lambda raws, transport: [sync.receive(raw, clinic_id, self._endpoints, transport) for raw in raws]

    def _reply(self, clinic_id: UUID) -> Receive:
        return lambda raws, _transport: [replies.receive(raw, clinic_id, self._endpoints) for raw in raws]

    def _report(self, clinic_id: UUID) -> Receive:
        return lambda raws, _transport: [faults_in.receive(raw, clinic_id) for raw in raws]
