"""What the broker itself set aside: looked at, shown in clear, put back into its queue, or kept with what we set aside.

The broker buries what it could not deliver after its own number of tries, and what was rejected (HITS 1216 2.1.3). Our
lanes never reject; what lies there was buried while no lane could settle it. Works alike on either bus.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.gateway import received, tries
from skranke.gateway.endpoints import Endpoint, Endpoints
from skranke.gateway.errors import code_of
from skranke.gateway.facts import Facts, storable, to_send, without_attachments
from skranke.gateway.health import Heart
from skranke.gateway.models import ReceptionState
from skranke.gateway.opening import open_protection
from skranke.kernel.actor import system
from skranke.kernel.errors import NotFoundError
from skranke.kernel.log import get_logger
from skranke.tenancy.work import acting
from skranke.wire.connect import depth
from skranke.wire.errors import TransportDownError
from skranke.wire.transport import CREDIT, Delivery, RawMessage, Transport

log = get_logger(__name__)

CODE = "dead_letter"
WATCH_SECONDS = 10.0
_PATIENCE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InClear:
    """A dead letter as a person may read it. xml: without attachments; fault: why it cannot be opened, else empty."""

    xml: str
    fault: str


def queue_of(endpoint: Endpoint) -> str:
    """The conventional name of the clinic's dead letter queue, from that of its asynchronous one (`wire.queues`)."""
    return f"{endpoint.queue_async.removesuffix('_async')}_dead"


def watch(endpoints: Endpoints, clinic_id: UUID, stop: threading.Event, heart: Heart) -> None:
    """Count what lies there every `WATCH_SECONDS`, without taking any: /health shows it, and more of it is an alarm."""
    known = 0
    while not stop.is_set():
        endpoint = endpoints.of(clinic_id)
        try:
            count = depth(endpoint.bus_url, queue_of(endpoint))
        except TransportDownError:  # the lane itself tells of that
            count = None
        heart.tell_dead_letters(clinic_id, count)
        if count is not None:
            if count > known:
                log.error("gateway_alarm", reason="dead_letters", queue=queue_of(endpoint), count=count)
            known = count
        stop.wait(WATCH_SECONDS)


@contextmanager
def held(transport: Transport, queue: str) -> Iterator[list[Delivery]]:
    """The oldest letters of the queue, as many as may be held at once; whatever is not settled goes back."""
    found: list[Delivery] = []
    while len(found) < CREDIT and (delivery := transport.receive(queue, timeout=_PATIENCE)) is not None:
        found.append(delivery)
    try:
        yield found
    finally:
        for delivery in found:
            transport.release(delivery)


def the_one(letters: list[Delivery], message_id: str) -> Delivery:
    """The letter with this message-id. Raises NotFoundError."""
    for delivery in letters:
        if delivery.message.message_id == message_id:
            return delivery
    raise NotFoundError("No message with this id lies in the dead letter queue, or too many lie before it.")


def in_clear(raw: RawMessage, endpoint: Endpoint) -> InClear:
    """What a letter says, for the operator. That it was looked at is written in the audit log."""
    facts = Facts(raw=raw, clinic_id=endpoint.clinic_id)
    with acting(system(endpoint.clinic_id)):
        record(
            Action.MESSAGE_READ,
            subject_kind="dead_letter",
            subject_id=None,
            detail={"message_id": facts.message_id, "function": storable(raw.subject)},
        )
        try:
            open_protection(facts, endpoint)
        except Exception as error:  # noqa: BLE001 - whatever stands in the way is what the operator wants to know
            return InClear(xml="", fault=code_of(error))
    return InClear(xml=without_attachments(facts.payload or b"").decode("utf-8", "replace"), fault="")


def put_back(transport: Transport, letters: list[Delivery], letter: Delivery, endpoint: Endpoint) -> str:
    """Hand the letter to its own queue again, unchanged, and take it out of this one; the queue it went to.

    A crash in between leaves it in both: the lane knows a duplicate.
    """
    raw = letter.message
    own = {endpoint.queue_async, endpoint.queue_error}
    queue = raw.to if raw.to in own else endpoint.queue_async
    transport.send(to_send(raw, queue))
    _settle(transport, letters, letter)
    return queue


def set_aside(transport: Transport, letters: list[Delivery], letter: Delivery, endpoint: Endpoint) -> None:
    """Keep the letter whole with what we set aside ourselves, where `skranke replay` finds it; then settle it."""
    facts = Facts(raw=letter.message, clinic_id=endpoint.clinic_id)
    with acting(system(endpoint.clinic_id)):
        received.store(facts, ReceptionState.SET_ASIDE, code=CODE, detail=CODE)
        tries.forget(facts)
    _settle(transport, letters, letter)


def _settle(transport: Transport, letters: list[Delivery], letter: Delivery) -> None:
    letters.remove(letter)
    transport.accept(letter)
