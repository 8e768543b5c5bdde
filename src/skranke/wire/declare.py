"""Make virtual host, exchange, queues and bindings on a RabbitMQ of one's own: for demo and tests only.

On Norsk Helsenett's broker they exist; there this only counts what waits in a queue. AMQP 1.0 can do neither, so this
speaks 0.9.1 through pika, of the same extra.
"""

import json
import shutil
import ssl
import subprocess
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote

import pika
import pika.exceptions
from pika.adapters.blocking_connection import BlockingChannel

from skranke.wire.amqp.address import AmqpAddress, parse
from skranke.wire.errors import ConfigurationError, TransportDownError
from skranke.wire.queues import QueueKind, QueueSpec

MANAGEMENT_PORT = 15672
_TIMEOUT = 10
_CREATED = (201, 204)
_NOT_FOUND = 404
_OTHER_PROPERTIES = 406
_NEVER = 1_000_000
"""A quorum queue counts returns and sets a message aside by itself: RabbitMQ 4 after 20, and it counts what a reader
that died only held, too. That is our own count's matter (gateway/tries.py), so the queue's must never be the first.
RabbitMQ 3 does not know -1 for "no limit"."""


def declare(url: str, queues: Sequence[QueueSpec], kind: QueueKind = QueueKind.CLASSIC) -> None:
    """Make the namespace's exchange and the queues with their bindings and dead letter exchange. Idempotent.

    Raises ConfigurationError when a queue stands there with other properties, TransportDownError without a broker.
    What was made before the queue that stands otherwise is kept.
    """
    address = parse(url)
    namespace = address.addresses.namespace
    with _channel(address) as channel:
        with _as_it_stands(f"exchange {namespace}"):
            channel.exchange_declare(namespace, "direct", durable=True)
        for spec in queues:
            with _as_it_stands(f"queue {spec.name}"):
                channel.queue_declare(spec.name, durable=True, arguments=_arguments(spec, namespace, kind))
            channel.queue_bind(spec.name, namespace, spec.name)


def purge(url: str, queues: Sequence[str]) -> None:
    """Empty queues; those that do not exist are left out."""
    for queue in queues:
        with _channel(parse(url)) as channel:
            try:
                channel.queue_purge(queue)
            except pika.exceptions.ChannelClosedByBroker as error:
                if error.reply_code != _NOT_FOUND:
                    raise


def depths(url: str, queues: Sequence[str]) -> dict[str, int]:
    """How many messages wait in each queue, those held by readers not counted; also by TLS. Raises as `declare`."""
    with _channel(parse(url), tls=True) as channel:
        return {queue: channel.queue_declare(queue, passive=True).method.message_count for queue in queues}


def make_vhost(url: str, name: str) -> bool:
    """Make a virtual host and give the address's user all rights in it; False when that is not allowed here.

    Tries the management API on the broker's host, then `rabbitmqctl` of this machine.
    """
    address = parse(url)
    rights = {"configure": ".*", "write": ".*", "read": ".*"}
    host, user = quote(name, safe=""), quote(address.user, safe="")
    if _manage(address, "PUT", f"/api/vhosts/{host}"):
        return _manage(address, "PUT", f"/api/permissions/{host}/{user}", rights)
    return _control(address, "add_vhost", name) and _control(
        address, "set_permissions", "-p", name, address.user, ".*", ".*", ".*"
    )


def delete_vhost(url: str, name: str) -> bool:
    """Delete a virtual host with everything in it; False when that is not allowed here."""
    address = parse(url)
    return _manage(address, "DELETE", f"/api/vhosts/{quote(name, safe='')}") or _control(address, "delete_vhost", name)


@contextmanager
def _as_it_stands(what: str) -> Iterator[None]:
    """Says which one it is that the broker has with other properties, and what to do."""
    try:
        yield
    except pika.exceptions.ChannelClosedByBroker as error:
        if error.reply_code != _OTHER_PROPERTIES:
            raise
        raise ConfigurationError(
            f"The {what} stands on the broker with other properties than asked for: {error.reply_text}. "
            "Delete it there when it is empty, or ask for it as it stands."
        ) from error


def _arguments(spec: QueueSpec, namespace: str, kind: QueueKind) -> dict[str, Any]:
    """A rejected message is routed by the namespace's own exchange to the dead letter queue's name.

    A classic queue is declared without its type, as every broker has it.
    """
    arguments: dict[str, Any] = {}
    if kind is QueueKind.QUORUM:
        arguments |= {"x-queue-type": kind.value, "x-delivery-limit": _NEVER}
    if spec.ttl is not None:
        arguments["x-message-ttl"] = int(spec.ttl.total_seconds() * 1000)
    if spec.dead_letter is not None:
        arguments["x-dead-letter-exchange"] = namespace
        arguments["x-dead-letter-routing-key"] = spec.dead_letter
    return arguments


@contextmanager
def _channel(address: AmqpAddress, *, tls: bool = False) -> Iterator[BlockingChannel]:
    """tls: also to a broker that is not one's own."""
    if address.is_tls and not tls:
        raise ConfigurationError("Queues are declared on a broker of one's own only, by an amqp address without TLS.")
    parameters = pika.ConnectionParameters(
        address.host,
        address.port,
        virtual_host=address.vhost or "/",
        credentials=pika.PlainCredentials(address.user, address.password),
        ssl_options=_tls(address),
        socket_timeout=_TIMEOUT,
        blocked_connection_timeout=_TIMEOUT,
    )
    try:
        connection = pika.BlockingConnection(parameters)
    except pika.exceptions.ProbableAuthenticationError as error:
        raise TransportDownError("The broker refuses the user or the password.") from error
    except pika.exceptions.ProbableAccessDeniedError as error:
        raise TransportDownError("The broker has no such virtual host, or it is not open to the user.") from error
    except (pika.exceptions.AMQPError, OSError) as error:
        raise TransportDownError(f"No broker answers at {address.host}:{address.port}.") from error
    try:
        yield connection.channel()
    except pika.exceptions.ChannelClosedByBroker as error:
        raise ConfigurationError(f"The broker refuses: {error.reply_text}") from error
    finally:
        if connection.is_open:
            connection.close()


def _tls(address: AmqpAddress) -> pika.SSLOptions | None:
    if not address.is_tls:
        return None
    return pika.SSLOptions(ssl.create_default_context(cafile=address.ca_file), address.host)


def _manage(address: AmqpAddress, method: str, path: str, body: dict[str, str] | None = None) -> bool:
    login = b64encode(f"{address.user}:{address.password}".encode()).decode("ascii")
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
    connection = HTTPConnection(address.host, MANAGEMENT_PORT, timeout=_TIMEOUT)
    try:
        connection.request(method, path, body=json.dumps(body or {}), headers=headers)
        return connection.getresponse().status in _CREATED
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _control(address: AmqpAddress, *arguments: str) -> bool:
    """`rabbitmqctl` works on this machine's broker only, so only for an address on this machine."""
    program = shutil.which("rabbitmqctl") or shutil.which("rabbitmqctl", path="/usr/sbin:/usr/local/sbin")
    if program is None or address.host not in {"localhost", "127.0.0.1", "::1"}:
        return False
    try:
        done = subprocess.run([program, "-q", *arguments], capture_output=True, timeout=60, check=False)  # noqa: S603 - no shell
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
