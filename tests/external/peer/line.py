"""A line to the broker: Proton's blocking connection, with link addresses as Norsk Helsenett's own library has them."""

import time
from typing import Any

from proton import Delivery, Message, Timeout
from proton.utils import BlockingConnection, BlockingReceiver, BlockingSender

from peer.demo import Broker

_CREDIT = 25
_PATIENCE = 30


class Line:
    """One connection: sends to any queue, reads the queues it was told to. Not for use by two threads."""

    def __init__(self, broker: Broker, *queues: str) -> None:
        self._broker = broker
        options: dict[str, Any] = {"virtual_host": f"vhost:{broker.vhost}"} if broker.vhost else {}
        self._connection = BlockingConnection(
            broker.address,
            timeout=_PATIENCE,
            user=broker.user,
            password=broker.password,
            allowed_mechs="PLAIN",
            **options,
        )
        self._senders: dict[str, BlockingSender] = {}
        self._receivers: dict[str, BlockingReceiver] = {
            queue: self._connection.create_receiver(broker.source(queue), credit=_CREDIT) for queue in queues
        }

    def send(self, queue: str, message: Message) -> None:
        """Hand over, and wait until the broker has it."""
        if queue not in self._senders:
            self._senders[queue] = self._connection.create_sender(self._broker.target(queue))
        outcome = self._senders[queue].send(message)
        assert outcome.remote_state == Delivery.ACCEPTED, "The broker did not take the message."

    def take(self, timeout: float) -> tuple[str, Message] | None:
        """The next message of any queue, settled; None when none came in `timeout` seconds."""
        deadline = time.monotonic() + timeout
        waiting = self._with_message()
        if waiting is None:
            try:
                self._connection.wait(lambda: self._with_message() is not None, max(0.01, deadline - time.monotonic()))
            except Timeout:
                return None
            waiting = self._with_message()
            assert waiting is not None
        queue, receiver = waiting
        message = receiver.receive(1)
        receiver.accept()
        return queue, message

    def close(self) -> None:
        """Leave."""
        self._connection.close()

    def _with_message(self) -> tuple[str, BlockingReceiver] | None:
        return next(((name, one) for name, one in self._receivers.items() if one.fetcher.has_message), None)
