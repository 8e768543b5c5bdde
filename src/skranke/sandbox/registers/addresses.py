"""Adresseregisteret: the clinics' parties, their offices, and HelseNorge itself (ICommunicationPartyService)."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from skranke.kernel import clock
from skranke.kernel.ids import HerId
from skranke.sandbox import keys
from skranke.sandbox.models import Party
from skranke.sandbox.registers.soap import COMMON, Asked, FaultError, put, put_code, put_period
from skranke.sandbox.world import PartyKind, ServiceKind
from skranke.standards.codec import XSI, Element
from skranke.wire.certificates import Certificate, load_certificate

NAMESPACE = "http://register.nhn.no/CommunicationParty"
_HPR = "http://register.nhn.no/HPR"
_CERTIFICATES = "http://register.nhn.no/CertificateDetails"
_CHANGED, _BEGAN, _NEVER = "2024-01-01T00:00:00", "2020-01-01T00:00:00", "9999-12-31T00:00:00"
_SERVICE_KINDS = {
    ServiceKind.VACANT_LIST: "Fastlege, liste uten fast lege",
    ServiceKind.VACCINATION: "Vaksinasjon",
}
_UNKNOWN = "Kommunikasjonspart med oppgitt HER-id eksisterer ikke."
_QUEUES = (
    ("E_SB_ASYNC", "Asynkron AMQP kø"),
    ("E_SB_SYNC", "Synkron AMQP kø"),
    ("E_SB_SYNCREPLY", "Synkron Svar AMQP kø"),
    ("E_SB_ERROR", "Feilmelding AMQP kø"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A party as it stands in the register. queues: asynchronous, synchronous, reply, error."""

    her_id: str
    kind: str
    name: str
    queues: tuple[str, str, str, str]
    inherited: bool
    parent_her_id: str = ""
    parent_name: str = ""
    organisation_number: str = ""
    given_name: str = ""
    family_name: str = ""
    hpr_number: str = ""
    service: tuple[str, str] | None = None
    below: "tuple[_Entry, ...]" = ()


def details(asked: Asked, result: Element) -> None:
    """GetCommunicationPartyDetails."""
    _write(result, _find(asked))


def organisation(asked: Asked, result: Element) -> None:
    """GetOrganizationDetails."""
    found = _find(asked)
    if found.kind != "Organization":
        raise FaultError("InvalidHerIdSupplied", _UNKNOWN)
    _write(result, found)


def search(asked: Asked, result: Element) -> None:
    """SearchById: an organisation number, HPR number or HER-id."""
    wanted = asked.values.get("id", "")
    for one in _everything():
        if wanted and wanted in {one.her_id, one.hpr_number, one.organisation_number}:
            _write(etree.SubElement(result, f"{{{NAMESPACE}}}CommunicationParty"), one)


def certificate(asked: Asked, result: Element, *, signing: bool) -> None:
    """GetCertificateDetailsForEncryption, GetCertificateDetailsForValidatingSignature."""
    found = _certificate(_find(asked).her_id, signing=signing)
    made = etree.SubElement(result, f"{{{_CERTIFICATES}}}Certificate")
    made.text = base64.b64encode(found.public_bytes(Encoding.DER)).decode("ascii")
    etree.SubElement(result, f"{{{_CERTIFICATES}}}LdapUrl").set(f"{{{XSI}}}nil", "true")


def ping(_asked: Asked, result: Element) -> None:
    """Ping."""
    result.text = "Sandkassens adresseregister"


OPERATIONS = {
    "GetCommunicationPartyDetails": details,
    "GetOrganizationDetails": organisation,
    "SearchById": search,
    "GetCertificateDetailsForEncryption": lambda asked, result: certificate(asked, result, signing=False),
    "GetCertificateDetailsForValidatingSignature": lambda asked, result: certificate(asked, result, signing=True),
    "Ping": ping,
}


def _find(asked: Asked) -> _Entry:
    wanted = str(asked.number("herId"))
    for one in _everything():
        if one.her_id == wanted:
            return one
    raise FaultError("InvalidHerIdSupplied", _UNKNOWN)


def _everything() -> Iterable[_Entry]:
    yield from _helsenorge()
    parties = list(Party.objects.order_by("her_id"))
    for office in sorted({party.clinic_her_id for party in parties}):
        below = [party for party in parties if party.clinic_her_id == office]
        yield _office(below)
        yield from (_party(party) for party in below)


def _helsenorge() -> Iterable[_Entry]:
    own = keys.the_world().own
    queues = (own.queues.async_, own.queues.sync, own.queues.syncreply, own.queues.error)
    level1 = _Entry(
        her_id=own.her_id_level1.value, kind="Organization", name=own.name, queues=("", "", "", ""), inherited=False
    )
    yield level1
    yield _Entry(
        her_id=own.her_id.value,
        kind="Service",
        name=own.unit_name,
        queues=queues,
        inherited=False,
        parent_her_id=level1.her_id,
        parent_name=level1.name,
        service=("03", "Egenregistrerte pasientopplysninger"),
    )


def _office(below: list[Party]) -> _Entry:
    first = below[0]
    shared = next((party for party in below if _inherits(party)), None)
    return _Entry(
        her_id=first.clinic_her_id,
        kind="Organization",
        name=first.clinic_name,
        queues=_queues(shared) if shared is not None else ("", "", "", ""),
        inherited=False,
        organisation_number=first.clinic_organisation_number,
        below=tuple(_party(party) for party in below),
    )


def _party(party: Party) -> _Entry:
    is_gp = party.kind == PartyKind.GP
    return _Entry(
        her_id=party.her_id,
        kind="Person" if is_gp else "Service",
        name=party.name,
        queues=_queues(party),
        inherited=_inherits(party),
        parent_her_id=party.clinic_her_id,
        parent_name=party.clinic_name,
        organisation_number=party.clinic_organisation_number,
        given_name=party.given_name,
        family_name=party.family_name,
        hpr_number=party.hpr_number,
        service=None if is_gp else (party.service_kind, _SERVICE_KINDS[ServiceKind(party.service_kind)]),
    )


def _inherits(party: Party) -> bool:
    """Queues named for the office are the office's own; a party that uses them inherits them."""
    return party.async_queue.startswith(f"{party.clinic_her_id}_")


def _queues(party: Party) -> tuple[str, str, str, str]:
    reply = party.sync_queue.removesuffix("_sync") + "_syncreply"
    return party.async_queue, party.sync_queue, reply, party.error_queue


def _certificate(her_id: str, *, signing: bool) -> Certificate:
    own = keys.the_world().own
    if HerId(her_id) in {own.her_id, own.her_id_level1}:
        return load_certificate(Path(own.signing_certificate if signing else own.encryption_certificate))
    party = Party.objects.filter(her_id=her_id).first() or Party.objects.filter(clinic_her_id=her_id).first()
    assert party is not None  # `_find` has just found it
    return keys.signing_certificate(party) if signing else keys.encryption_certificate(party)


def _write(element: Element, entry: _Entry) -> None:
    """The members that every party has, then those of its kind, in the order of the contract."""
    types = {"Person": "OrganizationPerson", "Service": "Service", "Organization": "Organization"}
    element.set(f"{{{XSI}}}type", types[entry.kind])
    put(element, "Active", True)
    put(element, "DisplayName", entry.name if entry.kind == "Person" else None)
    _write_addresses(element, entry)
    put(element, "HerId", entry.her_id)
    put(element, "IsValidCommunicationParty", entry.kind != "Organization")
    put(element, "LastChanged", _CHANGED)
    put(element, "Name", entry.name)
    put(element, "ParentHerId", entry.parent_her_id or "-1")
    put(element, "ParentName", entry.parent_name or None)
    put(element, "ParentOrganizationNumber", (entry.parent_her_id and entry.organisation_number) or "-1")
    put(element, "ServerTime", clock.oslo(clock.now()).isoformat())
    put(element, "Type", entry.kind)
    put_period(element, "Valid", _BEGAN, namespace=COMMON, end=_NEVER)
    if entry.kind == "Person":
        _write_person(element, entry)
    elif entry.kind == "Service" and entry.service is not None:
        put_code(element, "Code", *entry.service, oid=8666, simple_type="andre_helsetjenestetyper")
    elif entry.kind == "Organization":
        put(element, "OrganizationNumber", entry.organisation_number or "-1")
        _write_below(element, entry.below)


def _write_below(element: Element, below: Iterable[_Entry]) -> None:
    people, services = put(element, "People", ""), put(element, "Services", "")
    for one in below:
        if one.kind == "Person":
            _write(put(people, "OrganizationPerson", ""), one)
        else:
            _write(put(services, "Service", ""), one)


def _write_addresses(element: Element, entry: _Entry) -> None:
    bus = keys.the_world().bus
    listed = etree.SubElement(element, f"{{{NAMESPACE}}}ElectronicAddresses", nsmap={"a": COMMON})
    for (kind, text), queue in zip(_QUEUES, entry.queues, strict=True):
        if queue:
            made = etree.SubElement(listed, f"{{{COMMON}}}ElectronicAddress")
            put(made, "Address", f"127.0.0.1/{bus.namespace or 'sandkasse'}/{queue}")
            put(made, "Inherited", entry.inherited)
            put(made, "LastChanged", _CHANGED)
            put_code(made, "Type", kind, text, oid=9044, simple_type="type_adressekomponeneter")
            put(made, "TypeCodeValue", kind)


def _write_person(element: Element, entry: _Entry) -> None:
    person = etree.SubElement(element, f"{{{NAMESPACE}}}Person", nsmap={"a": _HPR})
    etree.SubElement(person, f"{{{_HPR}}}FirstName").text = entry.given_name
    registered = etree.SubElement(person, f"{{{_HPR}}}HPRInformation")
    if entry.hpr_number:
        put(registered, "HPRNo", entry.hpr_number)
        put(registered, "HPRNumber", entry.hpr_number)
    etree.SubElement(person, f"{{{_HPR}}}LastName").text = entry.family_name
