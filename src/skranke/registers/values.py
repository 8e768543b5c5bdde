"""What the registers tell, as frozen values."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from skranke.kernel.ids import HerId, HprNumber


class RegisterPartyKind(StrEnum):
    """The kinds of communication party in Adresseregisteret (ACT-12)."""

    PERSON = "person"
    SERVICE = "service"
    ORGANISATION = "organisation"
    DEPARTMENT = "department"


class AddressType(StrEnum):
    """Electronic addresses that are read: the queues (code list 9044)."""

    ASYNC = "E_SB_ASYNC"
    SYNC = "E_SB_SYNC"
    SYNCREPLY = "E_SB_SYNCREPLY"
    ERROR = "E_SB_ERROR"


@dataclass(frozen=True, slots=True)
class ElectronicAddress:
    """One address of a party. inherited: it is the parent's, and holds because the party has none of its own."""

    type: str
    address: str
    inherited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A coded value with the number of its list (OID)."""

    value: str
    text: str = ""
    list: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterParty:
    """A communication party as Adresseregisteret tells of it.

    valid: whether messages may be sent to it (IsValidCommunicationParty). service: what kind of service it is (code
    list 8666 and its sisters), None for persons and organisations. people, services: the parties below an organisation.
    """

    her_id: HerId
    kind: RegisterPartyKind
    name: str
    active: bool
    valid: bool
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    parent_her_id: HerId | None = None
    parent_name: str = ""
    organisation_number: str = ""
    hpr_number: HprNumber | None = None
    given_name: str = ""
    family_name: str = ""
    service: Code | None = None
    addresses: tuple[ElectronicAddress, ...] = ()
    people: "tuple[RegisterParty, ...]" = ()
    services: "tuple[RegisterParty, ...]" = ()


@dataclass(frozen=True, slots=True)
class Queues:
    """Queue names as Adresseregisteret gives them; empty where it gives none."""

    async_: str = ""
    sync: str = ""
    syncreply: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class RegisterCertificate:
    """A party's certificate in DER, and where its authority publishes it."""

    der: bytes = field(repr=False)
    ldap_url: str = ""


@dataclass(frozen=True, slots=True)
class Process:
    """A process of a collaboration protocol profile: its name as registered, and its version."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A party's collaboration protocol profile (CPP): which processes it takes part in."""

    her_id: HerId
    name: str
    processes: tuple[Process, ...]


@dataclass(frozen=True, slots=True)
class Validity:
    """From an instant until another, half open; without an end it goes on."""

    start: datetime | None = None
    end: datetime | None = None

    def holds_at(self, instant: datetime) -> bool:
        """Whether the instant lies within."""
        return (self.start is None or self.start <= instant) and (self.end is None or instant < self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorCycle:
    """A doctor's time on a list. substitute_for: the HPR number of the GP the doctor stands in for."""

    contract_id: int
    hpr_number: HprNumber | None
    substitute_for: HprNumber | None = None
    given_name: str = ""
    family_name: str = ""
    relationship: str = ""
    valid: Validity = Validity()


@dataclass(frozen=True, slots=True, kw_only=True)
class GPContract:
    """A list (fastlegeavtale) at an office."""

    id: int
    organisation_number: str
    name: str = ""
    status: str = ""
    max_patients: int | None = None
    valid: Validity = Validity()
    doctors: tuple[DoctorCycle, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Listing:
    """A person's place on a list.

    gp_her_id: the HER-id to address, the sole substitute's or the service party's where the list has no doctor.
    """

    contract_id: int
    national_id: str
    gp_her_id: HerId | None = None
    organisation_number: str = ""
    given_name: str = ""
    family_name: str = ""
    valid: Validity = Validity()
    doctors: tuple[DoctorCycle, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GPDetails:
    """A doctor and the lists the doctor works on."""

    hpr_number: HprNumber
    given_name: str
    family_name: str
    contracts: tuple[DoctorCycle, ...]


class AddressProtection(IntEnum):
    """Whether a person's address is secret (graderingsnivaa), the strictest last."""

    NONE = 0
    CONFIDENTIAL = 7
    STRICT = 8


@dataclass(frozen=True, slots=True, repr=False)
class ResidentialAddress:
    """Where a person lives (bostedsadresse)."""

    line: str
    postal_code: str
    city: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RegisterPerson:
    """What Folkeregisteret tells of a person. address: None too while it is secret: it is not read then."""

    protection: AddressProtection
    address: ResidentialAddress | None
