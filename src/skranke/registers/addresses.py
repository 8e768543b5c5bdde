"""Adresseregisteret: communication parties and their certificates (ICommunicationPartyService; protocol.md 10.1)."""

import base64
import binascii

from skranke.kernel.ids import HerId
from skranke.registers.errors import (
    NoCertificateError,
    RegisterFaultError,
    RegisterUnreadableError,
    UnknownHerIdError,
)
from skranke.registers.reading import (
    child,
    children,
    code,
    flag,
    her_id,
    hpr_number,
    organisation_number,
    text,
    validity,
)
from skranke.registers.soap import Patience, SoapService
from skranke.registers.values import (
    ElectronicAddress,
    RegisterCertificate,
    RegisterParty,
    RegisterPartyKind,
)
from skranke.standards.codec import Element

NAMESPACE = "http://register.nhn.no/CommunicationParty"
ACTIONS = f"{NAMESPACE}/ICommunicationPartyService/"
_UNKNOWN = "InvalidHerIdSupplied"
_KINDS = {
    "Person": RegisterPartyKind.PERSON,
    "Service": RegisterPartyKind.SERVICE,
    "Organization": RegisterPartyKind.ORGANISATION,
    "Department": RegisterPartyKind.DEPARTMENT,
}


class AddressRegister:
    """The register at one address. Each method asks; it raises as `SoapService.ask` does, and what it says beside."""

    def __init__(self, service: SoapService) -> None:
        self._service = service

    def party(self, wanted: HerId, patience: Patience) -> RegisterParty:
        """The party with a HER-id. Raises UnknownHerIdError."""
        return read_party(self._of("GetCommunicationPartyDetails", wanted, patience))

    def organisation(self, wanted: HerId, patience: Patience) -> RegisterParty:
        """An organisation with the people and services below it. Raises UnknownHerIdError."""
        return read_party(self._of("GetOrganizationDetails", wanted, patience))

    def search(self, text_of_id: str, patience: Patience) -> tuple[RegisterParty, ...]:
        """The parties that an organisation number, HPR number or HER-id means."""
        found = self._service.ask("SearchById", {"id": text_of_id}, patience)
        return tuple(read_party(one) for one in children(found, "CommunicationParty"))

    def encryption_certificate(self, wanted: HerId, patience: Patience) -> RegisterCertificate:
        """What is encrypted to. Raises UnknownHerIdError, NoCertificateError."""
        return read_certificate(self._of("GetCertificateDetailsForEncryption", wanted, patience))

    def signing_certificate(self, wanted: HerId, patience: Patience) -> RegisterCertificate:
        """What signatures are checked with. Raises UnknownHerIdError, NoCertificateError."""
        return read_certificate(self._of("GetCertificateDetailsForValidatingSignature", wanted, patience))

    def ping(self, patience: Patience) -> str:
        """What the register says of itself."""
        return (self._service.ask("Ping", {}, patience).text or "").strip()

    def _of(self, operation: str, wanted: HerId, patience: Patience) -> Element:
        try:
            return self._service.ask(operation, {"herId": wanted.value}, patience)
        except RegisterFaultError as error:
            if error.fault.startswith(_UNKNOWN):
                raise UnknownHerIdError("Adresseregisteret has no party with this HER-id. Check it.") from error
            raise


def read_party(element: Element) -> RegisterParty:
    """A CommunicationParty element, whatever its name. Raises RegisterUnreadableError."""
    identity, kind = her_id(element, "HerId"), _KINDS.get(text(element, "Type"))
    if identity is None or kind is None:
        raise RegisterUnreadableError("The register's party has no HER-id or an unknown type. Nothing was changed.")
    person = child(element, "Person")
    period = validity(element, "Valid")
    return RegisterParty(
        her_id=identity,
        kind=kind,
        name=text(element, "DisplayName") or text(element, "Name"),
        active=flag(element, "Active"),
        valid=flag(element, "IsValidCommunicationParty"),
        valid_from=period.start,
        valid_to=period.end,
        parent_her_id=her_id(element, "ParentHerId"),
        parent_name=text(element, "ParentName"),
        organisation_number=organisation_number(element, "OrganizationNumber")
        or organisation_number(element, "ParentOrganizationNumber"),
        hpr_number=hpr_number(child(person, "HPRInformation"), "HPRNumber"),
        given_name=" ".join(part for part in (text(person, "FirstName"), text(person, "MiddleName")) if part),
        family_name=text(person, "LastName"),
        service=code(element, "Code"),
        addresses=tuple(_address(one) for one in children(child(element, "ElectronicAddresses"), "ElectronicAddress")),
        people=tuple(read_party(one) for one in children(child(element, "People"), "OrganizationPerson")),
        services=tuple(read_party(one) for one in children(child(element, "Services"), "Service")),
    )


def _address(element: Element) -> ElectronicAddress:
    known = text(element, "TypeCodeValue") or text(child(element, "Type"), "CodeValue")
    return ElectronicAddress(known, text(element, "Address"), flag(element, "Inherited"))


def read_certificate(element: Element) -> RegisterCertificate:
    """A CertificateDetails element. Raises NoCertificateError, RegisterUnreadableError."""
    written = text(element, "Certificate")
    if not written:
        raise NoCertificateError("Adresseregisteret has no certificate of the party. Ask its owner to register one.")
    try:
        return RegisterCertificate(base64.b64decode("".join(written.split()), validate=True), text(element, "LdapUrl"))
    except binascii.Error:
        raise RegisterUnreadableError("The register's certificate cannot be read. Nothing was changed.") from None
