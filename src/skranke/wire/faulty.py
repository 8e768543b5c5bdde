"""A transport that does at will what every bus may do now and then: deliver twice, and in another order."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Self

from skranke.wire.errors import DeliveryLostError
from skranke.wire.transport import CREDIT, Delivery, OutgoingMessage, Transport, one_by_one


@dataclass(frozen=True, slots=True)
class _Copy:
    inner: Delivery
    is_last: bool


class FaultyTransport:
    """Wraps a transport. `twice`: the share of messages that come a second time after they were accepted.

    `window`: how many messages are mixed at a time. The same seed makes the same faults. A second copy may come
    after the message was accepted but is settled only with it, so that a crash between loses nothing.
    """

    def __init__(self, inner: Transport, *, seed: int, twice: float = 0.5, window: int = 5) -> None:
        if not 1 <= window <= CREDIT:
            raise ValueError(f"The window is 1 to {CREDIT}: more would never come.")
        self._inner = inner
        self._random = Random(seed)  # noqa: S311 - repeatable on purpose
        self._twice = twice
        self._window = window
        self._waiting: list[_Copy] = []
        self._given: set[int] = set()

    def send(self, message: OutgoingMessage) -> None:
        """As Transport.send."""
        self._inner.send(message)

    def receive(self, *queues: str, timeout: float) -> Delivery | None:
        """As Transport.receive, from a mixed handful."""
        with self._forgetting():
            here = [copy for copy in self._waiting if copy.inner.message.queue in queues]
            while len(here) < self._window:
                found = self._inner.receive(*queues, timeout=0 if here else timeout)
                if found is None:
                    break
                copy = _Copy(found, is_last=self._random.random() >= self._twice)
                here.append(copy)
                self._waiting.append(copy)
        if not here:
            return None
        chosen = self._random.choice(here)
        self._waiting.remove(chosen)
        self._given.add(id(chosen))
        return Delivery(chosen.inner.message, chosen)

    def receive_waiting(self, queue: str, *, most: int, size: int) -> list[Delivery]:
        """As Transport.receive_waiting."""
        return one_by_one(self, queue, most=most, size=size)

    def accept(self, *deliveries: Delivery) -> None:
        """As Transport.accept; each may come once more."""
        for copy in [self._settled(delivery) for delivery in deliveries]:
            if copy.is_last:
                with self._forgetting():
                    self._inner.accept(copy.inner)
            else:
                self._waiting.append(_Copy(copy.inner, is_last=True))

    def release(self, delivery: Delivery) -> None:
        """As Transport.release."""
        with self._forgetting():
            self._inner.release(self._settled(delivery).inner)

    def reject(self, delivery: Delivery) -> None:
        """As Transport.reject."""
        with self._forgetting():
            self._inner.reject(self._settled(delivery).inner)

    def close(self) -> None:
        """As Transport.close."""
        self._waiting.clear()
        self._given.clear()
        self._inner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _settled(self, delivery: Delivery) -> _Copy:
        copy = delivery.token
        if not isinstance(copy, _Copy) or id(copy) not in self._given:
            raise DeliveryLostError("The connection no longer holds the message; if it is not settled, it comes again.")
        self._given.discard(id(copy))
        return copy

    @contextmanager
    def _forgetting(self) -> Iterator[None]:
        """A broken connection has lost all that it held, what is mixed here too."""
        try:
            yield
        except BaseException:
            self._waiting.clear()
            self._given.clear()
            raise
