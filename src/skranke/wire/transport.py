"""The port to the message bus: what every implementation promises (HITS 1216 2.1.2, 2.2; protocol.md 2).

Two implementations, `embedded` and `amqp`, pass one contract suite. What they promise is what RabbitMQ was measured
to do, and no more:

- `send` returns when the bus has stored the message. A message to a queue that does not exist is accepted and lost.
- A taken message belongs to the connection that took it until it is settled; when the connection or its process
  dies, the message is back in its queue. It may then come twice, in any order; nobody counts how often it came.
- `accept` removes it, `release` gives it back (it may come again to the same reader), `reject` moves it to the
  dead letter queue where the queue has one.
- A message older than its own or its queue's time to live leaves its queue, by the bus's own clock, as if it had been
  rejected. One that was on its way to a reader by then may still come: who cares, looks at its age.

A Transport is one connection, used by one thread. It reconnects by itself with growing pauses; the call that finds
it broken raises TransportDownError. A broker cannot be told apart from a lost one while it is away, so a send that
raised may have arrived: sending the same bytes with the same message-id again is right (protocol.md 8).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol, Self

CREDIT = 25
"""Unsettled messages one connection may hold from one queue (protocol.md 2.1)."""

MAXIMUM_BODY = 20 * 1024 * 1024
"""Bytes of the largest body the bus carries: 12 MiB of attachments as base64, enveloped, with room to spare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """The application properties of protocol.md 2.3, as they stand on the wire. None: absent.

    `extra` holds those without a field of their own here, such as X-MessageInfo-Type.
    """

    from_her_id: str | None = None
    to_her_id: str | None = None
    application_timestamp: str | None = None
    cpa_id: str | None = None
    enqueued_time_utc: str | None = None
    conversation_id: str | None = None
    original_message_id: str | None = None
    receiver_timestamp: str | None = None
    error_condition: str | None = None
    error_description: str | None = None
    error_condition_data: str | None = None
    extra: tuple[tuple[str, str], ...] = ()

    def properties(self) -> dict[str, str]:
        """By wire name, absent ones left out."""
        known = {wire: getattr(self, name) for name, wire in _WIRE_NAMES.items()}
        return {wire: value for wire, value in known.items() if value is not None} | dict(self.extra)

    @classmethod
    def of(cls, properties: Mapping[str, object]) -> Self:
        """From properties by wire name; values that are not text are taken as their text, a null as absent."""
        texts = {wire: str(value) for wire, value in properties.items() if value is not None}
        known = {_FIELD_NAMES[wire]: text for wire, text in texts.items() if wire in _FIELD_NAMES}
        return cls(**known, extra=tuple((wire, text) for wire, text in texts.items() if wire not in _FIELD_NAMES))


_WIRE_NAMES = {
    "from_her_id": "fromHerId",
    "to_her_id": "toHerId",
    "application_timestamp": "applicationTimeStamp",
    "cpa_id": "cpaId",
    "enqueued_time_utc": "enqueuedTimeUtc",
    "conversation_id": "ConversationId",
    "original_message_id": "originalMessageId",
    "receiver_timestamp": "receiverTimeStamp",
    "error_condition": "errorCondition",
    "error_description": "errorDescription",
    "error_condition_data": "errorConditionData",
}
_FIELD_NAMES = {wire: name for name, wire in _WIRE_NAMES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    queue: str
    body: bytes = field(default=b"", repr=False)
    message_id: str | None = None
    correlation_id: str | None = None
    subject: str | None = None
    to: str | None = None
    reply_to: str | None = None
    content_type: str | None = None
    ttl: timedelta | None = None
    headers: Headers = field(default_factory=Headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage(_Message):
    """A message to put on `queue` (its short name). ttl None: as long as the queue keeps it.

    Build it with `wire.headers.outgoing`, `reply` or `wire.faults.report`, which set every field the wire asks for.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMessage(_Message):
    """A message as it was read from `queue`: nothing in it is checked or trusted (see `wire.headers.check`).

    unread: the length of a body that was larger than the reader takes; `body` is empty then.
    """

    unread: int | None = None

    def without_body(self) -> "RawMessage":
        """The same with its body left unread."""
        return replace(self, body=b"", unread=len(self.body))


@dataclass(frozen=True, slots=True)
class Delivery:
    """An unsettled message. `token` is the transport's own; it is of use only to the connection that gave it."""

    message: RawMessage
    token: object = field(repr=False)


class Transport(Protocol):
    """One connection to the bus. See the module's text for what it promises."""

    def send(self, message: OutgoingMessage) -> None:
        """Hand over a message; stored when this returns.

        Raises MessageRefusedError (permanent) and TransportDownError (temporary).
        """

    def receive(self, *queues: str, timeout: float) -> Delivery | None:
        """The next message of any of the queues, or None after `timeout` seconds without one.

        A body larger than the connection was told to take comes as `RawMessage.unread`.
        Gives no more from a queue whose CREDIT of unsettled messages is used up. Raises QueueUnavailableError and
        TransportDownError.
        """

    def receive_waiting(self, queue: str, *, most: int, size: int) -> Sequence[Delivery]:
        """Messages that wait already, up to `most`; none after those that are together larger than `size` bytes.

        Raises as `receive`.
        """

    def accept(self, *deliveries: Delivery) -> None:
        """Settle: the messages are done and leave their queue. Raises DeliveryLostError, TransportDownError."""

    def release(self, delivery: Delivery) -> None:
        """Give it back to its queue. Raises as `accept`."""

    def reject(self, delivery: Delivery) -> None:
        """Set it aside in the dead letter queue. Raises as `accept`."""

    def close(self) -> None:
        """Leave the bus; what is unsettled goes back to its queue. May be called twice."""

    def __enter__(self) -> Self:
        """The transport itself."""

    def __exit__(self, *exception: object) -> None:
        """Close."""


def one_by_one(transport: Transport, queue: str, *, most: int, size: int) -> list[Delivery]:
    """`receive_waiting` of a transport to which several are no less work than one and one."""
    taken: list[Delivery] = []
    while len(taken) < most and sum(len(one.message.body) for one in taken) <= size:
        delivery = transport.receive(queue, timeout=0)
        if delivery is None:
            break
        taken.append(delivery)
    return taken


def deliveries(transport: Transport, *queues: str, idle: float) -> Iterator[Delivery]:
    """Messages of the queues until none came for `idle` seconds. The caller settles each."""
    while (delivery := transport.receive(*queues, timeout=idle)) is not None:
        yield delivery
