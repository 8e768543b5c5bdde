"""The bus of a measurement: embedded on the scratch server, or a virtual host of its own on a broker."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from skranke.cli.bench.place import Place
from skranke.cli.demo.bus import with_vhost
from skranke.wire.connect import connect, declare_module, is_amqp
from skranke.wire.embedded.install import install, party_dsn
from skranke.wire.embedded.transport import EmbeddedTransport
from skranke.wire.errors import ConfigurationError
from skranke.wire.queues import QueueSpec

_CLINIC, _HELSENORGE = "bus_clinic", "bus_helsenorge"


@contextmanager
def opened(
    place: Place, url: str, clinic: Sequence[QueueSpec], helsenorge: Sequence[QueueSpec]
) -> Iterator[tuple[str, str]]:
    """Make the queues of both parties; their two addresses. url: the broker's; empty: the embedded bus.

    Raises ConfigurationError when the broker's user may make no virtual host.
    """
    if not url:
        yield _embedded(place, clinic, helsenorge)
        return
    name = f"skranke-bench-{secrets.token_hex(4)}"
    if not declare_module().make_vhost(url, name):
        raise ConfigurationError("The user of the bus address may make no virtual host on the broker.")
    try:
        own = with_vhost(url, name)
        declare_module().declare(own, [*clinic, *helsenorge])
        yield own, own
    finally:
        declare_module().delete_vhost(url, name)


def empty(url: str, *queues: str) -> None:
    """Throw away what waits in queues of the address's party."""
    if is_amqp(url):
        declare_module().purge(url, queues)
        return
    with connect(url) as transport:
        assert isinstance(transport, EmbeddedTransport)
        transport.purge(*queues)


def _embedded(place: Place, clinic: Sequence[QueueSpec], helsenorge: Sequence[QueueSpec]) -> tuple[str, str]:
    roles = (_CLINIC, _HELSENORGE)
    install(
        place.admin_dsn,
        parties=dict.fromkeys(roles, place.password),
        queues={_CLINIC: clinic, _HELSENORGE: helsenorge},
    )
    urls = [party_dsn(place.admin_dsn, role=role, password=place.password) for role in roles]
    return urls[0], urls[1]
