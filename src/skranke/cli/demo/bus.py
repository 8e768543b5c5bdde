"""The demo's bus: the embedded one, or a RabbitMQ that `--bus` names."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from skranke.cli.demo import cast
from skranke.cli.demo.layout import Layout, keep_private
from skranke.cli.demo.offices import OFFICES
from skranke.kernel.ids import HerId
from skranke.wire.connect import declare_module
from skranke.wire.embedded.install import install, party_dsn
from skranke.wire.queues import PartyQueues, queues_of

CLINIC_QUEUES = queues_of(HerId(cast.CLINIC_HER_ID))
HELSENORGE_QUEUES = queues_of(HerId(cast.HELSENORGE_HER_ID))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bus:
    """Where each party finds the bus. `clinic_url`, `helsenorge_url`: for `wire.connect`; `office_urls`: by key."""

    kind: str
    clinic_url: str
    helsenorge_url: str
    office_urls: Mapping[str, str]
    vhost: str = ""
    namespace: str = ""
    address_style: str = "v1"
    clinic_queues: PartyQueues = CLINIC_QUEUES
    helsenorge_queues: PartyQueues = HELSENORGE_QUEUES

    def described_for_helsenorge(self) -> dict[str, Any]:
        """As `demo.json` tells it to a program that plays HelseNorge."""
        return {
            "kind": self.kind,
            "url": self.helsenorge_url,
            "vhost": self.vhost,
            "namespace": self.namespace,
            "address_style": self.address_style,
        }


def embedded(admin_dsn: str, layout: Layout) -> Bus:
    """Install the embedded bus, or bring it up to date, and say where it is."""
    queues = {"bus_clinic": CLINIC_QUEUES.specs(), "bus_helsenorge": HELSENORGE_QUEUES.specs()}
    queues |= {office.role: office.queues.specs() for office in OFFICES}
    passwords = {role: layout.secrets[role] for role in queues}
    install(admin_dsn, parties=passwords, queues=queues)
    dsn = {role: party_dsn(admin_dsn, role=role, password=password) for role, password in passwords.items()}
    return Bus(
        kind="embedded",
        clinic_url=dsn["bus_clinic"],
        helsenorge_url=dsn["bus_helsenorge"],
        office_urls={office.key: dsn[office.role] for office in OFFICES},
    )


def on_broker(url: str) -> Bus:
    """The bus that an address `amqp://user:password@host:port/NAMESPACE[?vhost=NAME][&style=v1|v2]` names."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    return Bus(
        kind="amqp",
        clinic_url=url,
        helsenorge_url=url,
        office_urls={office.key: url for office in OFFICES},
        vhost=query.get("vhost", [""])[0],
        namespace=parts.path.strip("/"),
        address_style=query.get("style", ["v1"])[0],
    )


def with_vhost(url: str, vhost: str) -> str:
    """The same address with another virtual host."""
    parts = urlsplit(url)
    query = {**{name: values[0] for name, values in parse_qs(parts.query).items()}, "vhost": vhost}
    return parts._replace(query="&".join(f"{name}={quote(value)}" for name, value in query.items())).geturl()


def prepare_broker(url: str, layout: Layout) -> tuple[Bus, str]:
    """Declare the demo's queues on a broker, and say in a sentence what was done.

    A demo with fresh data makes a virtual host of its own when the user may; else the queues of the named (or the
    default) one are emptied, so that nothing of an earlier demo arrives in this one. Raises ConfigurationError without
    the extra skranke[amqp].
    """
    remembered = layout.folder / "bus-url"
    fresh = not remembered.exists()
    message = "Using the queues of the last start."
    if fresh:
        url, message = _fresh_vhost(url)
        keep_private(remembered, url)
    bus = on_broker(remembered.read_text(encoding="utf-8").strip())
    parties = (CLINIC_QUEUES, HELSENORGE_QUEUES, *(office.queues for office in OFFICES))
    specs = [spec for queues in parties for spec in queues.specs()]
    declare_module().declare(bus.clinic_url, specs)
    if fresh and message.startswith("Emptied"):
        declare_module().purge(bus.clinic_url, [spec.name for spec in specs])
    return bus, message


def _fresh_vhost(url: str) -> tuple[str, str]:
    if on_broker(url).vhost:
        return url, f"Emptied the demo's queues on the virtual host {on_broker(url).vhost}."
    vhost = f"skranke-demo-{secrets.token_hex(4)}"
    if not declare_module().make_vhost(url, vhost):
        return url, "Emptied the demo's queues on the default virtual host: the user may make no other."
    return with_vhost(url, vhost), f"Made the virtual host {vhost} on the broker."
