"""What a running demo tells of itself in demo.json. Fields that are not asked for here are ignored."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Queues:
    """The short names of one party's queues."""

    asynchronous: str
    sync: str
    syncreply: str
    error: str

    @classmethod
    def of(cls, told: Mapping[str, str]) -> "Queues":
        return cls(told["async"], told["sync"], told["syncreply"], told["error"])


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the bus is. `address`: without the path; `vhost`: empty for the broker's default."""

    address: str
    user: str
    password: str
    namespace: str
    vhost: str
    style: str

    def target(self, queue: str) -> str:
        return f"/exchange/{self.namespace}/{queue}" if self.style == "v1" else f"/exchanges/{self.namespace}/{queue}"

    def source(self, queue: str) -> str:
        return f"/amq/queue/{queue}" if self.style == "v1" else f"/queues/{queue}"


@dataclass(frozen=True, slots=True)
class Own:
    """Who this program is: the party that plays HelseNorge."""

    her_id_level1: str
    name_level1: str
    her_id: str
    name: str
    queues: Queues
    signing_certificate: Path
    signing_key: Path
    encryption_certificate: Path
    encryption_key: Path


@dataclass(frozen=True, slots=True)
class Gp:
    """A party of the clinic that citizens may write to."""

    her_id: str
    hpr_number: str
    name: str
    queues: Queues
    encryption_certificate: Path
    signing_certificate: Path

    @property
    def given_name(self) -> str:
        return self.name.rpartition(" ")[0]

    @property
    def family_name(self) -> str:
        return self.name.rpartition(" ")[2]


@dataclass(frozen=True, slots=True)
class Citizen:
    """A synthetic person on a GP's list."""

    national_id: str
    name: str
    gp_her_id: str
    reachable: bool

    @property
    def given_name(self) -> str:
        return self.name.rpartition(" ")[0]

    @property
    def family_name(self) -> str:
        return self.name.rpartition(" ")[2]

    @property
    def id_kind(self) -> str:
        """A D-number's first digit is raised by four."""
        return "DNR" if int(self.national_id[0]) > 3 else "FNR"


@dataclass(frozen=True, slots=True)
class User:
    """A member of staff, and the token that acts for them over REST."""

    name: str
    role: str
    employee_id: str
    her_id: str
    api_token: str


@dataclass(frozen=True, slots=True)
class Demo:
    """All of demo.json that this program needs."""

    api_url: str
    broker: Broker
    ca_certificate: Path
    grace_seconds: int
    clinic_her_id: str
    clinic_name: str
    own: Own
    gps: tuple[Gp, ...]
    citizens: tuple[Citizen, ...]
    users: tuple[User, ...]

    def gp(self, her_id: str) -> Gp:
        return next(gp for gp in self.gps if gp.her_id == her_id)

    def user_of(self, gp: Gp) -> User:
        return next(user for user in self.users if user.her_id == gp.her_id)

    def list_of(self, gp: Gp) -> list[Citizen]:
        """The citizens on the GP's list who can be reached in HelseNorge."""
        return [one for one in self.citizens if one.gp_her_id == gp.her_id and one.reachable]


def read(path: Path) -> Demo:
    """Read demo.json."""
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told["version"] == 1, "This program knows version 1 of demo.json."
    assert told["bus"]["kind"] == "amqp", "The demo must be started with --bus amqp://... --helsenorge external."
    return Demo(
        api_url=told["api_url"].rstrip("/"),
        broker=_broker(told["bus"]),
        ca_certificate=Path(told["trust"]["ca_certificate"]),
        grace_seconds=told["settings"]["grace_seconds"],
        clinic_her_id=told["clinic"]["her_id"],
        clinic_name=told["clinic"]["name"],
        own=_own(told["helsenorge"]),
        gps=tuple(_gp(party) for party in told["parties"] if party["kind"] == "gp"),
        citizens=tuple(
            Citizen(one["national_id"], one["name"], one["gp_her_id"], one["reachable"]) for one in told["citizens"]
        ),
        users=tuple(
            User(one["name"], one["role"], one["employee_id"], one["her_id"], one["api_token"]) for one in told["users"]
        ),
    )


def _broker(bus: Mapping[str, Any]) -> Broker:
    parts = urlsplit(bus["url"])
    return Broker(
        address=f"{parts.scheme}://{parts.hostname}:{parts.port or 5672}",
        user=parts.username or "guest",
        password=parts.password or "guest",
        namespace=bus["namespace"],
        vhost=bus["vhost"],
        style=bus["address_style"],
    )


def _own(told: Mapping[str, Any]) -> Own:
    return Own(
        her_id_level1=told["her_id_level1"],
        name_level1=told.get("name_level1", told["name"]),
        her_id=told["her_id"],
        name=told["name"],
        queues=Queues.of(told["queues"]),
        signing_certificate=Path(told["signing_certificate"]),
        signing_key=Path(told["signing_key"]),
        encryption_certificate=Path(told["encryption_certificate"]),
        encryption_key=Path(told["encryption_key"]),
    )


def _gp(told: Mapping[str, Any]) -> Gp:
    return Gp(
        her_id=told["her_id"],
        hpr_number=told["hpr_number"],
        name=told["name"],
        queues=Queues.of(told["queues"]),
        encryption_certificate=Path(told["encryption_certificate"]),
        signing_certificate=Path(told["signing_certificate"]),
    )
