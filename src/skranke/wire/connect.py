"""Open a connection to whichever bus an address names."""

from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from skranke.wire.embedded.transport import EmbeddedTransport
from skranke.wire.errors import ConfigurationError
from skranke.wire.transport import MAXIMUM_BODY, Transport


def is_amqp(url: str) -> bool:
    """Whether the address is that of an AMQP broker; every other is a PostgreSQL DSN of the embedded bus."""
    return urlsplit(url).scheme in {"amqp", "amqps"}


def connect(url: str, *, largest: int = MAXIMUM_BODY) -> Transport:
    """A transport for the address; it connects when first used.

    largest: bytes of a body that is read; of a larger one only the length is told.
    `amqp[s]://user:password@host:port/NAMESPACE[?vhost=NAME][&style=v1|v2][&ca=FILE][&heartbeat=SECONDS]`, or the
    PostgreSQL DSN of a party of the embedded bus. Raises ConfigurationError for an address it cannot read.
    """
    return amqp_module().connect(url, largest) if is_amqp(url) else EmbeddedTransport(url, largest)


def depth(url: str, queue: str) -> int | None:
    """How many messages lie in a queue of ours, found without taking any; None where the bus does not tell.

    Raises TransportDownError.
    """
    if not is_amqp(url):
        with EmbeddedTransport(url) as transport:
            return transport.depths().get(queue)
    try:
        found: int = declare_module().depths(url, [queue])[queue]
    except ConfigurationError:
        return None
    return found


def amqp_module() -> Any:
    """`wire.amqp.transport`. Raises ConfigurationError without the extra."""
    return _of_extra("skranke.wire.amqp.transport")


def declare_module() -> Any:
    """`wire.declare`: making queues on a RabbitMQ. Raises ConfigurationError without the extra."""
    return _of_extra("skranke.wire.declare")


def _of_extra(name: str) -> Any:
    """A module that needs skranke[amqp], imported by name: Proton and pika are optional, and Proton must be compiled.

    An ordinary import at the top would make every installation need them.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise ConfigurationError("An AMQP bus needs the extra skranke[amqp]: pip install 'skranke[amqp]'.") from error
