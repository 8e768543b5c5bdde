"""What the sandbox is told of the world: its own party, the bus, the clinics' parties, the citizens.

In the real world this is Adresseregisteret, CPPA, Fastlegeregisteret and Folkeregisteret; here it is one JSON file,
which `write` makes and `load` reads. Ids are strings, paths absolute, unknown members are ignored:

    {"version": 1,
     "bus": {"url", "kind": "embedded|amqp", "namespace", "address_style": "v1|v2"},
     "trust": {"ca_certificate"},
     "helsenorge": {"her_id_level1", "name", "her_id", "unit_name",
                    "queues": {"async", "sync", "syncreply", "error"},
                    "signing_certificate", "signing_key", "encryption_certificate", "encryption_key"},
     "parties": [{"her_id", "clinic_her_id", "clinic_name", "organisation_number", "name", "given_name", "family_name",
                  "hpr_number", "kind": "gp|service", "service_kind": "KX17|06",
                  "services": ["e_contact", "e_consultation", "prescription_renewal", "booking", "appointment_wish",
                               "appointment_cancellation"],
                  "queues": {"async", "sync", "error"}, "encryption_certificate", "signing_certificate"}],
     "citizens": [{"national_id", "given_name", "family_name", "gp_her_id", "digitally_active",
                   "consent": "full|basis_plus|basis|none", "confidential_address", "address_line", "postal_code",
                   "city", "children": ["national id"]}]}

`log_in`, where the sandbox is the log-in provider of a program too, is described in `skranke.sandbox.oidc.world`.
`bus.url` is the sandbox's own address of the bus, as `skranke.wire.connect` takes it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from skranke.kernel.ids import HerId, HprNumber, NationalId
from skranke.sandbox.errors import WorldError
from skranke.sandbox.oidc import world as log_ins

VERSION = 1


class Consent(StrEnum):
    """How much of HelseNorge a citizen has agreed to: one of its three levels, or nothing (PAT-13)."""

    FULL = "full"
    BASIS_PLUS = "basis_plus"
    BASIS = "basis"
    NONE = "none"


class PartyKind(StrEnum):
    """A GP is addressed as a person, everything else as a service of the clinic (ACT-12)."""

    GP = "gp"
    SERVICE = "service"


class ServiceKind(StrEnum):
    """What a service party is, by the register's code list 8666. Only the first has a list of patients (ACT-12)."""

    VACANT_LIST = "KX17"
    VACCINATION = "06"


class Service(StrEnum):
    """The four services of Digital dialog (ACT-1), and what a clinic may offer beside booking (HNB-13, HNB-14)."""

    E_CONTACT = "e_contact"
    E_CONSULTATION = "e_consultation"
    PRESCRIPTION_RENEWAL = "prescription_renewal"
    BOOKING = "booking"
    APPOINTMENT_WISH = "appointment_wish"
    APPOINTMENT_CANCELLATION = "appointment_cancellation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queues:
    """Queue names of a party. syncreply is only known of our own."""

    async_: str
    sync: str
    error: str
    syncreply: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bus:
    """Where the bus is, for `wire.connect`; the rest is for the operator's eyes."""

    url: str = field(repr=False)
    kind: str = "embedded"
    namespace: str = ""
    address_style: str = "v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnParty:
    """HelseNorge's communication party, with its keys."""

    her_id_level1: HerId
    name: str
    her_id: HerId
    unit_name: str
    queues: Queues
    signing_certificate: Path
    signing_key: Path
    encryption_certificate: Path
    encryption_key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A communication party of a clinic. Paths name PEM certificates. organisation_number: the clinic's.

    service_kind: of a service, and only of one.
    """

    her_id: HerId
    clinic_her_id: HerId
    clinic_name: str
    name: str
    kind: PartyKind
    queues: Queues
    encryption_certificate: Path
    signing_certificate: Path
    organisation_number: str = ""
    given_name: str = ""
    family_name: str = ""
    hpr_number: HprNumber | None = None
    service_kind: ServiceKind | None = None
    services: tuple[Service, ...] = ()

    def __post_init__(self) -> None:
        if (self.kind is PartyKind.SERVICE) is (self.service_kind is None):
            raise ValueError("A service party has a service_kind, and a GP has none.")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Citizen:
    """A synthetic person. children: those the person has parental responsibility for."""

    national_id: NationalId
    given_name: str
    family_name: str
    gp_her_id: HerId | None = None
    digitally_active: bool = True
    consent: Consent = Consent.FULL
    confidential_address: bool = False
    address_line: str = ""
    postal_code: str = ""
    city: str = ""
    children: tuple[NationalId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All of it."""

    bus: Bus
    ca_certificate: Path
    own: OwnParty
    parties: tuple[Party, ...]
    citizens: tuple[Citizen, ...]
    log_in: log_ins.LogIn = field(default_factory=log_ins.LogIn)


def load(path: Path) -> World:
    """The world of a file. Raises WorldError that names what is wrong, never a person."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WorldError(f"The world file {path} cannot be read: {type(error).__name__}.") from error
    place = "the top"
    try:
        place = "bus, trust or helsenorge"
        bus, own, trust = _bus(read["bus"]), _own(read["helsenorge"]), Path(read["trust"]["ca_certificate"])
        parties, citizens = [], []
        for number, one in enumerate(read["parties"]):
            place = f"parties[{number}]"
            parties.append(_party(one))
        for number, one in enumerate(read["citizens"]):
            place = f"citizens[{number}]"
            citizens.append(_citizen(one))
        place = "log_in"
        log_in = log_ins.read(read.get("log_in") or {})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        missing = f" (missing: {error.args[0]})" if isinstance(error, KeyError) else ""
        raise WorldError(f"The world file {path} has another shape than expected at {place}{missing}.") from error
    return World(
        bus=bus, ca_certificate=trust, own=own, parties=tuple(parties), citizens=tuple(citizens), log_in=log_in
    )


def write(world: World, path: Path) -> None:
    """Write the file, whole or not at all, readable by its owner only: the bus address holds a password."""
    temporary = path.with_name(f"{path.name}.new")
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps(_plain(world), ensure_ascii=False, indent=1), encoding="utf-8")
    temporary.replace(path)


def _bus(read: Mapping[str, Any]) -> Bus:
    return Bus(
        url=read["url"],
        kind=read.get("kind", "embedded"),
        namespace=read.get("namespace") or "",
        address_style=read.get("address_style") or "v1",
    )


def _queues(read: Mapping[str, str]) -> Queues:
    return Queues(async_=read["async"], sync=read["sync"], error=read["error"], syncreply=read.get("syncreply", ""))


def _own(read: Mapping[str, Any]) -> OwnParty:
    return OwnParty(
        her_id_level1=HerId(read["her_id_level1"]),
        name=read["name"],
        her_id=HerId(read["her_id"]),
        unit_name=read.get("unit_name") or read["name"],
        queues=_queues(read["queues"]),
        signing_certificate=Path(read["signing_certificate"]),
        signing_key=Path(read["signing_key"]),
        encryption_certificate=Path(read["encryption_certificate"]),
        encryption_key=Path(read["encryption_key"]),
    )


def _party(read: Mapping[str, Any]) -> Party:
    return Party(
        her_id=HerId(read["her_id"]),
        clinic_her_id=HerId(read["clinic_her_id"]),
        clinic_name=read["clinic_name"],
        organisation_number=read.get("organisation_number") or "",
        name=read["name"],
        given_name=read.get("given_name") or "",
        family_name=read.get("family_name") or "",
        hpr_number=HprNumber(read["hpr_number"]) if read.get("hpr_number") else None,
        kind=PartyKind(read["kind"]),
        service_kind=ServiceKind(read["service_kind"]) if read.get("service_kind") else None,
        services=tuple(Service(one) for one in read["services"]),
        queues=_queues(read["queues"]),
        encryption_certificate=Path(read["encryption_certificate"]),
        signing_certificate=Path(read["signing_certificate"]),
    )


def _citizen(read: Mapping[str, Any]) -> Citizen:
    return Citizen(
        national_id=NationalId(read["national_id"]),
        given_name=read["given_name"],
        family_name=read["family_name"],
        gp_her_id=HerId(read["gp_her_id"]) if read.get("gp_her_id") else None,
        digitally_active=bool(read["digitally_active"]),
        consent=Consent(read["consent"]),
        confidential_address=bool(read.get("confidential_address", False)),
        address_line=str(read.get("address_line", "")),
        postal_code=str(read.get("postal_code", "")),
        city=str(read.get("city", "")),
        children=tuple(NationalId(one) for one in read.get("children", ())),
    )


def _plain(world: World) -> dict[str, Any]:
    own, bus = world.own, world.bus
    return {
        "version": VERSION,
        "bus": {
            "url": bus.url,
            "kind": bus.kind,
            "namespace": bus.namespace,
            "address_style": bus.address_style,
        },
        "trust": {"ca_certificate": str(world.ca_certificate)},
        "helsenorge": {
            "her_id_level1": str(own.her_id_level1),
            "name": own.name,
            "her_id": str(own.her_id),
            "unit_name": own.unit_name,
            "queues": _plain_queues(own.queues),
            "signing_certificate": str(own.signing_certificate),
            "signing_key": str(own.signing_key),
            "encryption_certificate": str(own.encryption_certificate),
            "encryption_key": str(own.encryption_key),
        },
        "parties": [_plain_party(party) for party in world.parties],
        "citizens": [_plain_citizen(citizen) for citizen in world.citizens],
        "log_in": log_ins.plain(world.log_in),
    }


def _plain_queues(queues: Queues) -> dict[str, str]:
    return {"async": queues.async_, "sync": queues.sync, "syncreply": queues.syncreply, "error": queues.error}


def _plain_party(party: Party) -> dict[str, Any]:
    return {
        "her_id": str(party.her_id),
        "clinic_her_id": str(party.clinic_her_id),
        "clinic_name": party.clinic_name,
        "organisation_number": party.organisation_number,
        "name": party.name,
        "given_name": party.given_name,
        "family_name": party.family_name,
        "hpr_number": str(party.hpr_number or ""),
        "kind": party.kind.value,
        "service_kind": party.service_kind.value if party.service_kind else "",
        "services": [service.value for service in party.services],
        "queues": _plain_queues(party.queues),
        "encryption_certificate": str(party.encryption_certificate),
        "signing_certificate": str(party.signing_certificate),
    }


def _plain_citizen(citizen: Citizen) -> dict[str, Any]:
    return {
        "national_id": str(citizen.national_id),
        "given_name": citizen.given_name,
        "family_name": citizen.family_name,
        "gp_her_id": str(citizen.gp_her_id or ""),
        "digitally_active": citizen.digitally_active,
        "consent": citizen.consent.value,
        "confidential_address": citizen.confidential_address,
        "address_line": citizen.address_line,
        "postal_code": citizen.postal_code,
        "city": citizen.city,
        "children": [str(child) for child in citizen.children],
    }
