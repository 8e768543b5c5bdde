"""The embedded bus's side of `wire.transport.Transport`."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, LiteralString, Self

import psycopg
from psycopg.types.json import Jsonb

from skranke.kernel.log import get_logger
from skranke.wire.backoff import Backoff
from skranke.wire.errors import DeliveryLostError, MessageRefusedError, QueueUnavailableError, TransportDownError
from skranke.wire.transport import CREDIT, MAXIMUM_BODY, Delivery, Headers, OutgoingMessage, RawMessage

log = get_logger(__name__)

# A message freed by a dead connection wakes nobody: PostgreSQL sends no notice for it. So a waiting reader looks.
_LOOK_ANEW = 0.5
_CONNECT_TIMEOUT = 5
_NO_SUCH_QUEUE = "BUS01"
_PLAIN = ("message_id", "correlation_id", "subject", "to", "reply_to", "content_type")


@dataclass(frozen=True, slots=True)
class _Token:
    generation: int
    id: int


class EmbeddedTransport:
    """One connection to the embedded bus. `dsn` is the party's own (`install.party_dsn`)."""

    def __init__(self, dsn: str, largest: int = MAXIMUM_BODY) -> None:
        self._dsn = dsn
        self._largest = largest
        self._connection: psycopg.Connection[Any] | None = None
        self._generation = 0
        self._held: dict[int, str] = {}
        self._settled: list[int] = []
        self._listening: set[str] = set()
        self._turn = 0
        self._backoff = Backoff()

    def send(self, message: OutgoingMessage) -> None:
        """As Transport.send."""
        if len(message.body) > MAXIMUM_BODY:
            raise MessageRefusedError(f"The message is larger than {MAXIMUM_BODY} bytes.")
        properties = {name: value for name in _PLAIN if (value := getattr(message, name)) is not None}
        if message.ttl is not None:
            properties["ttl"] = _milliseconds(message.ttl)
        stored = Jsonb({"properties": properties, "application": message.headers.properties()})
        with self._guarded() as connection:
            connection.execute("CALL bus.put(%s, %s, %s, %b)", (message.queue, message.ttl, stored, message.body))

    def receive(self, *queues: str, timeout: float) -> Delivery | None:
        """As Transport.receive."""
        deadline = time.monotonic() + timeout
        with self._guarded(timeout) as connection:
            self._listen(connection, queues)
            while True:
                found = self._take(connection, queues)
                left = deadline - time.monotonic()
                if found or left <= 0:
                    return found[0] if found else None
                for _ in connection.notifies(timeout=min(left, _LOOK_ANEW), stop_after=1):
                    pass

    def receive_waiting(self, queue: str, *, most: int, size: int) -> list[Delivery]:
        """As Transport.receive_waiting, in one question to the server."""
        with self._guarded() as connection:
            self._listen(connection, [queue])
            return self._take(connection, [queue], most=most, size=size)

    def accept(self, *deliveries: Delivery) -> None:
        """As Transport.accept, in one commit."""
        self._settled += self._settle(deliveries, "SELECT bus.accept(%s)")

    def release(self, delivery: Delivery) -> None:
        """As Transport.release."""
        self._settle([delivery], "SELECT bus.release(id) FROM unnest(%s::bigint[]) AS id")

    def reject(self, delivery: Delivery) -> None:
        """As Transport.reject."""
        moved = self._settle([delivery], "SELECT bus.reject(id) FROM unnest(%s::bigint[]) AS id")
        with self._guarded() as connection:
            # Only now, with the move committed, may others see it in the dead letter queue.
            connection.execute("SELECT pg_advisory_unlock(id) FROM unnest(%s::bigint[]) AS id", (moved,))

    def depths(self) -> dict[str, int]:
        """How many messages, held or not, lie in each of the party's own queues."""
        with self._guarded() as connection:
            return dict(connection.execute("SELECT * FROM bus.depths()").fetchall())

    def purge(self, *queues: str) -> None:
        """Empty queues of the party's own."""
        with self._guarded() as connection:
            connection.execute("SELECT bus.purge(%s)", (list(queues),))

    def close(self) -> None:
        """As Transport.close."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _take(
        self, connection: psycopg.Connection[Any], queues: Sequence[str], *, most: int = 1, size: int = 0
    ) -> list[Delivery]:
        """The next messages, the queues in turn so that a full one does not starve the others."""
        held = Counter(self._held.values())
        self._turn += 1
        first = self._turn % len(queues)
        wanted = [queue for queue in (*queues[first:], *queues[:first]) if held[queue] < CREDIT]
        most = min(most, CREDIT - min((held[queue] for queue in wanted), default=CREDIT))
        cursor = connection.cursor(binary=True)
        rows = cursor.execute(
            # The length is known without reading the body, which then never leaves the server.
            "SELECT id, queue, properties, CASE WHEN octet_length(body) <= %s THEN body END, octet_length(body)"
            " FROM bus.take(%s, %s::bigint[], %s::bigint[], %s::int, %s::bigint)",
            (self._largest, wanted, list(self._held), self._settled, most, size),
        ).fetchall()
        self._settled.clear()
        self._held |= {identity: queue for identity, queue, *_ in rows}
        return [
            Delivery(_raw(queue, stored, body, length), _Token(self._generation, identity))
            for identity, queue, stored, body, length in rows
        ]

    def _settle(self, deliveries: Sequence[Delivery], statement: LiteralString) -> list[int]:
        """Run the statement for the messages' ids, which are held no more then; the ids."""
        ids = [self._id_of(delivery) for delivery in deliveries]
        with self._guarded() as connection:
            connection.execute(statement, (ids,))
        for identity in ids:
            del self._held[identity]
        return ids

    def _id_of(self, delivery: Delivery) -> int:
        token = delivery.token
        if (
            not isinstance(token, _Token)
            or token.generation != self._generation
            or token.id not in self._held
            or self._connection is None
        ):
            raise DeliveryLostError("The connection no longer holds the message; if it is not settled, it comes again.")
        return token.id

    def _listen(self, connection: psycopg.Connection[Any], queues: Sequence[str]) -> None:
        for queue in queues:
            if queue not in self._listening:
                connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(f"bus.{queue}")))
                self._listening.add(queue)

    @contextmanager
    def _guarded(self, patience: float = _CONNECT_TIMEOUT) -> Iterator[psycopg.Connection[Any]]:
        """The live connection. After any error it is dropped, so that PostgreSQL frees all that it held."""
        connection = self._connection or self._connect(patience)
        try:
            yield connection
        except psycopg.Error as error:
            self.close()
            if error.sqlstate == _NO_SUCH_QUEUE:
                raise QueueUnavailableError("No such queue of this party on the embedded bus.") from error
            if isinstance(error, psycopg.errors.CheckViolation | psycopg.DataError):
                raise MessageRefusedError("The bus refused the message.") from error
            raise TransportDownError("The connection to the embedded bus is lost.") from error
        except BaseException:
            # An interrupted take may have locked a message that nobody here knows of.
            self.close()
            raise

    def _connect(self, patience: float) -> psycopg.Connection[Any]:
        if not self._backoff.wait(patience):
            raise TransportDownError("The embedded bus is away; the next attempt is not due yet.")
        try:
            connection = psycopg.connect(
                self._dsn, autocommit=True, connect_timeout=_CONNECT_TIMEOUT, application_name="skranke-bus"
            )
        except psycopg.Error as error:
            self._backoff.failed()
            raise TransportDownError("The embedded bus cannot be reached.") from error
        self._backoff.succeeded()
        self._generation += 1
        self._held.clear()
        self._settled.clear()
        self._listening.clear()
        self._connection = connection
        log.info("bus_connected", kind="embedded")
        return connection


def _raw(queue: str, stored: Any, body: bytes | None, length: int) -> RawMessage:
    properties: dict[str, Any] = stored["properties"]
    ttl = properties.pop("ttl", None)
    return RawMessage(
        queue=queue,
        body=body or b"",
        unread=length if body is None else None,
        ttl=None if ttl is None else timedelta(milliseconds=ttl),
        headers=Headers.of(stored["application"]),
        **properties,
    )


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
