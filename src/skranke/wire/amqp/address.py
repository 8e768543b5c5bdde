"""The address of an AMQP bus, as the command line and the settings give it. Needs no Proton."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from skranke.wire.errors import ConfigurationError
from skranke.wire.profile import Addresses, AddressStyle

_PORTS = {"amqp": 5672, "amqps": 5671}
_HEARTBEAT = 30
_SHORTEST = 2  # a side says half of it, and RabbitMQ counts whole seconds: of one second it makes none at all


@dataclass(frozen=True, slots=True, kw_only=True)
class AmqpAddress:
    """`amqp[s]://user:password@host:port/NAMESPACE[?vhost=NAME][&style=v1|v2][&ca=FILE][&heartbeat=SECONDS]`, apart.

    heartbeat: seconds of silence after which either side takes the other for dead.
    """

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    addresses: Addresses
    vhost: str | None
    ca_file: str | None
    heartbeat: int

    @property
    def is_tls(self) -> bool:
        """Whether the connection is encrypted."""
        return self.scheme == "amqps"


def parse(url: str) -> AmqpAddress:
    """Raises ConfigurationError naming what is wrong; the message never holds the password."""
    parts = urlsplit(url)
    options = parse_qs(parts.query)
    unknown = options.keys() - {"vhost", "style", "ca", "heartbeat"}
    try:
        port = parts.port or _PORTS[parts.scheme]
        style = AddressStyle(options.get("style", [AddressStyle.V1])[0])
        heartbeat = int(options.get("heartbeat", [_HEARTBEAT])[0])
    except (KeyError, ValueError) as error:
        raise ConfigurationError(
            "The bus address needs amqp or amqps, a numeric port and heartbeat, and style v1 or v2."
        ) from error
    namespace = unquote(parts.path.strip("/"))
    if not namespace or "/" in namespace or not parts.hostname or unknown or heartbeat < _SHORTEST:
        raise ConfigurationError(
            "The bus address must be amqp[s]://user:password@host:port/NAMESPACE, "
            "with vhost, style, ca and heartbeat (2 or more) as options."
        )
    return AmqpAddress(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        addresses=Addresses(namespace, style),
        vhost=options.get("vhost", [None])[0],
        ca_file=options.get("ca", [None])[0],
        heartbeat=heartbeat,
    )
