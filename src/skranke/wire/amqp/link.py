"""One AMQP connection and its links, on Proton's blocking connection."""

import ssl
from collections import OrderedDict, deque
from functools import partial
from pathlib import Path
from typing import Any

from proton import ConnectionException, Endpoint, Message, Session, SSLDomain
from proton import Delivery as ProtonDelivery
from proton.handlers import MessagingHandler
from proton.utils import BlockingConnection, BlockingReceiver, BlockingSender

from skranke.wire.amqp.address import AmqpAddress
from skranke.wire.errors import ConfigurationError
from skranke.wire.transport import CREDIT

_SENDERS = 50  # a link for each of this many queues written to last; the broker limits them
_GOODBYE = 3  # seconds to wait for the broker's answer to our close


class SessionEndedError(Exception):
    """The broker ended the session, which is how RabbitMQ 3 refuses a link. `condition` is its reason."""

    def __init__(self, condition: str) -> None:
        super().__init__(condition)
        self.condition = condition


class _Connection(BlockingConnection):
    """Proton's blocking connection waits in vain when only the session ends, or when a close finds the line cut.

    It also keeps to itself why the line was lost; here the error's `condition` and `description` say it.
    """

    _reason: Any = None

    def wait(self, *arguments: Any, **options: Any) -> None:
        try:
            super().wait(*arguments, **options)
        except ConnectionException as error:
            if self._reason is not None and not hasattr(error, "condition"):
                vars(error).update(condition=self._reason.name, description=self._reason.description)
            raise

    def on_transport_closed(self, event: Any) -> None:
        self.disconnected = True
        self._reason = self._reason or event.transport.condition

    def on_session_remote_close(self, event: Any) -> None:
        if event.session.state & Endpoint.LOCAL_ACTIVE and not self.closing:
            condition = event.session.remote_condition
            raise SessionEndedError(condition.name if condition else "no reason given")


class _Inbox(MessagingHandler):
    """Messages of one queue that have come but were not asked for yet."""

    def __init__(self, connection: _Connection) -> None:
        super().__init__(prefetch=0, auto_accept=False, auto_settle=False)
        self._connection = connection
        self.waiting: deque[tuple[Message, ProtonDelivery]] = deque()

    def on_message(self, event: Any) -> None:
        self.waiting.append((event.message, event.delivery))
        self._connection.container.yield_()


class AmqpLink:
    """An open connection. Any exception from Proton means that it is of no more use: close it and open another."""

    def __init__(self, address: AmqpAddress, timeout: float) -> None:
        self._addresses = address.addresses
        self._receivers: dict[str, tuple[BlockingReceiver, _Inbox]] = {}
        self._senders: OrderedDict[str, BlockingSender] = OrderedDict()
        host = f"[{address.host}]" if ":" in address.host else address.host
        # Proton's hints name only some of the options that it passes on.
        options: dict[str, Any] = {"virtual_host": f"vhost:{address.vhost}"} if address.vhost else {}
        self._connection = _Connection(
            f"{address.scheme}://{host}:{address.port}",
            timeout=timeout,
            heartbeat=address.heartbeat,
            user=address.user,
            password=address.password,
            allowed_mechs="PLAIN",
            # Without TLS only where the address says amqp: demo and tests on this machine.
            allow_insecure_mechs=not address.is_tls,
            ssl_domain=_tls(address) if address.is_tls else None,
            # The name the certificate must have; Proton would else take the virtual host for it.
            sni=address.host,
            **options,
        )

    def send(self, queue: str, message: Message) -> int:
        """Hand over and wait for the broker's word: Proton's number of the outcome."""
        sender = self._senders.pop(queue, None) or self._connection.create_sender(self._addresses.target(queue))
        self._senders[queue] = sender
        if len(self._senders) > _SENDERS:
            self._senders.popitem(last=False)[1].link.close()
        outcome: int = sender.send(message, error_states=[]).remote_state
        return outcome

    def listen(self, queue: str) -> None:
        """Let messages of the queue come."""
        if queue not in self._receivers:
            inbox = _Inbox(self._connection)
            source = self._addresses.source(queue)
            receiver = self._connection.create_receiver(source, credit=CREDIT, handler=inbox)
            self._receivers[queue] = (receiver, inbox)

    def pop(self, queue: str) -> tuple[Message, ProtonDelivery] | None:
        """A message of the queue that has come already."""
        waiting = self._receivers[queue][1].waiting
        return waiting.popleft() if waiting else None

    def wait(self, queues: tuple[str, ...], timeout: float) -> None:
        """Until one of the queues has a message. Raises proton.Timeout after `timeout` seconds."""
        inboxes = [self._receivers[queue][1] for queue in queues]
        self._connection.wait(lambda: any(inbox.waiting for inbox in inboxes), timeout=timeout)

    def settle(self, queue: str, delivery: ProtonDelivery, state: int) -> None:
        """Tell the broker the outcome, and let one more come. On its way to the broker when this returns."""
        delivery.update(state)
        delivery.settle()
        self._receivers[queue][0].flow(1)
        self._connection.wait(self._is_flushed)

    def _is_flushed(self) -> bool:
        connection = self._connection.conn
        return connection is None or connection.transport is None or connection.transport.pending() <= 0

    def poll(self) -> None:
        """Do what is due without waiting: heartbeats, and noticing that the broker is gone (then it raises)."""
        kept, self._connection.container.timeout = self._connection.container.timeout, 0
        try:
            self._connection.container.process()
        finally:
            self._connection.container.timeout = kept
        if self._connection.disconnected:
            raise ConnectionError("the broker closed the connection")

    def close(self) -> None:
        """Leave; what is unsettled goes back to its queue."""
        self._connection.timeout = _GOODBYE
        try:
            # RabbitMQ forgets settlements it has not come to when the connection closes; a session it ends in turn.
            for session in {receiver.link.session for receiver, _ in self._receivers.values()}:
                session.close()
                self._connection.wait(partial(_has_ended, session))
        finally:
            self._connection.close()


def _has_ended(session: Session) -> bool:
    return bool(session.state & Endpoint.REMOTE_CLOSED)


def _tls(address: AmqpAddress) -> SSLDomain:
    """Verifies the broker's certificate and name, against `ca` of the address or the system's authorities."""
    authorities = address.ca_file or ssl.get_default_verify_paths().cafile
    if not authorities:
        raise ConfigurationError("No file of trusted authorities was found: add ca=FILE to the bus address.")
    if not Path(authorities).is_file():
        raise ConfigurationError(f"The file of trusted authorities is not there: {authorities}")
    domain = SSLDomain(SSLDomain.MODE_CLIENT)
    domain.set_trusted_ca_db(authorities)
    domain.set_peer_authentication(SSLDomain.VERIFY_PEER_NAME)
    return domain
