"""CPPA: which processes a party takes part in (ICPPAService, ebXML CPP 2.0; protocol.md 10.2).

What a GP offers in HelseNorge is which processes stand in the GP's profile (HITS 1217 2.2). Profiles name roles and
actions in an older and a newer way (protocol-messages D-46): neither is relied on.
"""

from skranke.kernel.ids import HerId
from skranke.registers.errors import RegisterFaultError, RegisterUnreadableError
from skranke.registers.reading import child, children, text
from skranke.registers.soap import MOST_BYTES, MOST_MARKUP, Patience, SoapService
from skranke.registers.values import Process, Profile
from skranke.standards.codec import Element, local_name
from skranke.standards.errors import StandardsError
from skranke.standards.parse import read_xml

NAMESPACE = "http://schemas.nhn.no/reg/CollaborationProtocolProfile"
ACTIONS = f"{NAMESPACE}/ICPPAService/"
EBXML = "http://www.oasis-open.org/committees/ebxml-cppa/schema/cpp-cpa-2_0.xsd"
_NONE = ("InvalidHerIdSupplied", "CppNotFound", "NotFound")


class ProfileRegister:
    """The register at one address."""

    def __init__(self, service: SoapService) -> None:
        self._service = service

    def profile(self, wanted: HerId, patience: Patience) -> Profile | None:
        """The profile of a party; None where it has none. Raises as `SoapService.ask`, RegisterUnreadableError."""
        try:
            found = self._service.ask("GetCppXmlForCommunicationParty", {"herId": wanted.value}, patience)
        except RegisterFaultError as error:
            if error.fault.startswith(_NONE):
                return None
            raise
        written = (found.text or "").strip()
        return read_profile(written.encode("utf-8")) if written else None


def read_profile(data: bytes) -> Profile:
    """The profile of its XML. Raises RegisterUnreadableError."""
    try:
        # A string within XML may declare another encoding than the one it came in.
        root = read_xml(_undeclared(data), max_bytes=MOST_BYTES, max_markup=MOST_MARKUP)
    except StandardsError as error:
        raise RegisterUnreadableError("The party's profile cannot be read. Nothing was changed.") from error
    party = child(root, "PartyInfo")
    identity = text(party, "PartyId")
    if local_name(root) != "CollaborationProtocolProfile" or party is None or not identity.isdecimal():
        raise RegisterUnreadableError("The register's answer is no profile of a party. Nothing was changed.")
    named = [child(role, "ProcessSpecification") for role in children(party, "CollaborationRole")]
    processes = {Process(_attribute(one, "name"), _attribute(one, "version")) for one in named if one is not None}
    return Profile(
        her_id=HerId(identity),
        name=_attribute(party, "partyName"),
        processes=tuple(sorted(processes, key=lambda one: (one.name, one.version))),
    )


def _attribute(element: Element, name: str) -> str:
    return (element.get(f"{{{EBXML}}}{name}") or element.get(name) or "").strip()


def _undeclared(data: bytes) -> bytes:
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    return data.partition(b"?>")[2].lstrip() if data.startswith(b"<?xml") else data
