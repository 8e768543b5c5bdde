"""AMQP 1.0's side of `wire.transport.Transport`, as measured on RabbitMQ 3.10.8.

*modified* is not used: the broker does not deliver such a message to the same link again; *released* it does.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from proton import Delivery as Outcome
from proton import Message, ProtonException, SSLException, Timeout
from proton.utils import ConnectionClosed

from skranke.kernel.log import get_logger
from skranke.wire.amqp.address import AmqpAddress, parse
from skranke.wire.amqp.link import AmqpLink, SessionEndedError
from skranke.wire.backoff import Backoff
from skranke.wire.errors import DeliveryLostError, MessageRefusedError, QueueUnavailableError, TransportDownError
from skranke.wire.transport import MAXIMUM_BODY, Delivery, Headers, OutgoingMessage, RawMessage, one_by_one

log = get_logger(__name__)

_TIMEOUT = 30.0
_PATIENCE = 5.0
_WRONG_LOGIN = "amqp:unauthorized-access"
_WRONG_ADDRESS = "amqp:invalid-field"
_REFUSALS = frozenset({"amqp:not-found", _WRONG_LOGIN, "amqp:not-allowed", "amqp:resource-locked", _WRONG_ADDRESS})
_ABSENT = "None"  # how Proton gives a content type that is not there
# Proton raises its own family; the socket below it, the operating system's.
_BROKEN = (ProtonException, SessionEndedError, OSError)


@dataclass(frozen=True, slots=True)
class _Token:
    """Numbers are never used again, so that a delivery of an earlier connection is known as such."""

    number: int


def connect(url: str, largest: int = MAXIMUM_BODY) -> "AmqpTransport":
    """A transport for an address as `address.parse` reads it; it connects when first used."""
    return AmqpTransport(parse(url), largest)


class AmqpTransport:
    """One connection to a broker."""

    def __init__(self, address: AmqpAddress, largest: int = MAXIMUM_BODY) -> None:
        self._address = address
        self._largest = largest
        self._link: AmqpLink | None = None
        self._held: dict[int, Any] = {}
        self._taken = 0
        self._turn = 0
        self._backoff = Backoff()

    def send(self, message: OutgoingMessage) -> None:
        """As Transport.send."""
        if len(message.body) > MAXIMUM_BODY:
            raise MessageRefusedError(f"The message is larger than {MAXIMUM_BODY} bytes.")
        self._drop_if_dead()
        with self._guarded() as link:
            outcome = link.send(message.queue, _encode(message))
        if outcome != Outcome.ACCEPTED:
            # Released or rejected: RabbitMQ says so when it is short of memory or disk, which passes.
            raise TransportDownError("The broker did not take the message.")

    def receive(self, *queues: str, timeout: float) -> Delivery | None:
        """As Transport.receive."""
        deadline = time.monotonic() + timeout
        self._drop_if_dead()
        with self._guarded(timeout) as link:
            for queue in queues:
                link.listen(queue)
            found = self._pop(link, queues)
            if found is None:
                with suppress(Timeout):
                    link.wait(queues, max(deadline - time.monotonic(), 0))
                found = self._pop(link, queues)
            return found

    def receive_waiting(self, queue: str, *, most: int, size: int) -> list[Delivery]:
        """As Transport.receive_waiting: the broker has sent them ahead."""
        return one_by_one(self, queue, most=most, size=size)

    def accept(self, *deliveries: Delivery) -> None:
        """As Transport.accept."""
        for delivery in deliveries:
            self._settle(delivery, Outcome.ACCEPTED)

    def release(self, delivery: Delivery) -> None:
        """As Transport.release."""
        self._settle(delivery, Outcome.RELEASED)

    def reject(self, delivery: Delivery) -> None:
        """As Transport.reject."""
        self._settle(delivery, Outcome.REJECTED)

    def close(self) -> None:
        """As Transport.close."""
        link, self._link = self._link, None
        self._held.clear()
        if link is not None:
            with suppress(*_BROKEN):
                link.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _pop(self, link: AmqpLink, queues: tuple[str, ...]) -> Delivery | None:
        """A message that has come, the queues in turn so that a full one does not starve the others."""
        self._turn += 1
        first = self._turn % len(queues)
        for queue in (*queues[first:], *queues[:first]):
            if (found := link.pop(queue)) is not None:
                message, delivery = found
                self._taken += 1
                self._held[self._taken] = delivery
                return Delivery(_decode(queue, message, self._largest), _Token(self._taken))
        return None

    def _settle(self, delivery: Delivery, outcome: int) -> None:
        token = delivery.token
        held = self._held.pop(token.number, None) if isinstance(token, _Token) else None
        if held is None:
            raise DeliveryLostError("The connection no longer holds the message; if it is not settled, it comes again.")
        with self._guarded() as link:
            link.settle(delivery.message.queue, held, outcome)

    def _drop_if_dead(self) -> None:
        """Notice a connection that died while nobody looked, before anything is handed to it."""
        try:
            if self._link is not None:
                self._link.poll()
        except _BROKEN:
            self.close()

    @contextmanager
    def _guarded(self, patience: float = _PATIENCE) -> Iterator[AmqpLink]:
        """The live connection; after any error it is dropped."""
        link = self._link or self._connect(patience)
        try:
            yield link
        except _BROKEN as error:
            self.close()
            if getattr(error, "condition", None) in _REFUSALS:
                raise QueueUnavailableError(self._refusal(error)) from error
            self._backoff.failed()
            raise TransportDownError("The connection to the broker is lost.") from error
        except BaseException:
            self.close()
            raise
        # Not as soon as it stands: a broker that hangs up on everybody would be called again and again at once.
        self._backoff.succeeded()

    def _connect(self, patience: float) -> AmqpLink:
        if not self._backoff.wait(patience):
            raise TransportDownError("The broker is away; the next attempt is not due yet.")
        try:
            link = AmqpLink(self._address, _TIMEOUT)
        except _BROKEN as error:
            self._backoff.failed()
            raise TransportDownError(self._why_unreachable(error)) from error
        self._link = link
        log.info("bus_connected", kind="amqp")
        return link

    def _why_unreachable(self, error: Exception) -> str:
        """What the operator has to look at, as far as Proton tells."""
        at = self._address
        description = str(getattr(error, "description", None) or "")
        if getattr(error, "condition", None) == _WRONG_LOGIN:
            return "The broker refuses the user or the password."
        if isinstance(error, SSLException) or "SSL" in description:
            return (
                f"TLS with the broker fails: {at.host}:{at.port} must speak it and show a certificate for this name,"
                f" issued by an authority in {at.ca_file or 'the system'} ({description or error})."
            )
        return f"No broker answers at {at.host}:{at.port}."

    def _refusal(self, error: Exception) -> str:
        """RabbitMQ tells a missing virtual host only once the connection stands."""
        condition = getattr(error, "condition", None)
        if isinstance(error, ConnectionClosed):
            name = self._address.vhost or "of its default"
            return f"The broker has no virtual host {name}, or it is not open to the user ({condition})."
        if condition == _WRONG_ADDRESS:
            style = self._address.addresses.style
            return f"The broker does not know link addresses of the style {style}; RabbitMQ 3 knows only v1."
        return f"The broker refuses the queue or exchange ({condition})."


def _encode(message: OutgoingMessage) -> Message:
    """`inferred` makes the body one Data section; `durable` lets it survive the broker's restart."""
    encoded = Message(
        body=message.body,
        inferred=True,
        durable=True,
        id=message.message_id,
        correlation_id=message.correlation_id,
        subject=message.subject,
        address=message.to,
        reply_to=message.reply_to,
        properties=message.headers.properties(),
    )
    if message.content_type is not None:
        encoded.content_type = message.content_type  # None would go out as the text "None"
    if message.ttl is not None:
        encoded.ttl = message.ttl.total_seconds()  # Proton takes seconds; milliseconds go over the wire
    return encoded


def _decode(queue: str, message: Message, largest: int) -> RawMessage:
    """Proton has read the whole by now; a body that is too large is dropped here, before anybody copies it."""
    length = len(message.body) if isinstance(message.body, bytes | bytearray | memoryview | str) else 0
    return RawMessage(
        queue=queue,
        body=_bytes(message.body) if length <= largest else b"",
        unread=length if length > largest else None,
        message_id=_text(message.id),
        correlation_id=_text(message.correlation_id),
        subject=_text(message.subject),
        to=_text(message.address),
        reply_to=_text(message.reply_to),
        content_type=None if message.content_type == _ABSENT else _text(message.content_type),
        ttl=timedelta(seconds=message.ttl) if message.ttl else None,
        headers=Headers.of(message.properties or {}),
    )


def _text(value: Any) -> str | None:
    """Ids may be text, UUID, number or bytes in AMQP; here they are text. Empty counts as absent."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return None if value is None or value == "" else str(value)


def _bytes(body: Any) -> bytes:
    """The Data section; text in a value section, as some senders of SOAP faults use, as UTF-8."""
    if isinstance(body, bytes):
        return body
    if isinstance(body, bytearray | memoryview):
        return bytes(body)
    return b"" if body is None else str(body).encode()
