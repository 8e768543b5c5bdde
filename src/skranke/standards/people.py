"""Persons, organisations and parties, as MsgHead, Dialogmelding and the shared objects hold them."""

from collections.abc import Iterable
from dataclasses import dataclass

from skranke.kernel.ids import HerId, HprNumber, NationalId
from skranke.standards import namespaces as ns
from skranke.standards.codec import CODED, TEXT, TOKEN, VALUE, Element, Field, Record, fault
from skranke.standards.codes import CodedValue, OrganisationIdType, PersonIdType


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Ident:
    """An id and the kind of id it is (8116 for persons, 9051 for organisations). `repr` hides the id."""

    id: str
    type: CodedValue


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Telecom:
    """A telecommunication address as a URI, such as tel:22222222."""

    type: CodedValue | None = None
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Address:
    """A postal address."""

    type: CodedValue | None = None
    street: str = ""
    postal_code: str = ""
    city: str = ""
    postbox: str = ""
    county: CodedValue | None = None
    country: CodedValue | None = None


def _first(idents: Iterable[Ident], *kinds: str) -> str:
    return next((ident.id for ident in idents if ident.type.v in kinds), "")


def _her(idents: Iterable[Ident]) -> HerId | None:
    # @V decides: a person's HER stands with list 8116 or 9051 (D-26).
    try:
        return HerId(_first(idents, OrganisationIdType.HER))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Person:
    """A person. `repr` hides everything, so that no log line holds one."""

    family_name: str = ""
    middle_name: str = ""
    given_name: str = ""
    birth_date: str = ""
    sex: CodedValue | None = None
    nationality: CodedValue | None = None
    idents: tuple[Ident, ...] = ()
    address: Address | None = None
    telecoms: tuple[Telecom, ...] = ()

    @property
    def full_name(self) -> str:
        """Given name first."""
        return " ".join(part for part in (self.given_name, self.middle_name, self.family_name) if part)

    @property
    def national_id(self) -> NationalId | None:
        """The fødselsnummer or D-number; None when there is none, or one that does not hold."""
        try:
            return NationalId(_first(self.idents, PersonIdType.FNR, PersonIdType.DNR))
        except ValueError:
            return None

    @property
    def her_id(self) -> HerId | None:
        """The person's own HER-id."""
        return _her(self.idents)

    @property
    def hpr_number(self) -> HprNumber | None:
        """The number in Helsepersonellregisteret."""
        try:
            return HprNumber(_first(self.idents, PersonIdType.HPR))
        except ValueError:
            return None


Patient = Person
"""MsgInfo/Patient: always the patient, never who acts for the patient."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HealthPerson(Person):
    """A practitioner: profession (9060) and role toward the patient (9034) come in addition."""

    profession: CodedValue | None = None
    role: CodedValue | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation or a service of one, without what stands below it."""

    name: str
    idents: tuple[Ident, ...] = ()
    type: CodedValue | None = None
    address: Address | None = None
    telecoms: tuple[Telecom, ...] = ()

    @property
    def her_id(self) -> HerId | None:
        """The first HER-id (T2 AD2.2)."""
        return _her(self.idents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Sender or receiver: the organisation (level 1) with a service or a person (level 2) of it, never both."""

    organisation: Organisation
    service: Organisation | None = None
    person: HealthPerson | None = None
    com_method: CodedValue | None = None

    @property
    def level2_her_id(self) -> HerId | None:
        """The HER-id of the service or person."""
        unit = self.service or self.person
        return unit.her_id if unit else None

    @property
    def level1_her_id(self) -> HerId | None:
        """The HER-id of the organisation."""
        return self.organisation.her_id

    @property
    def her_id(self) -> HerId | None:
        """The HER-id that addresses the party: level 2, else level 1."""
        return self.level2_her_id or self.level1_her_id

    @property
    def name(self) -> str:
        """The name of level 2, else of level 1."""
        if self.person:
            return self.person.full_name
        return (self.service or self.organisation).name


def _ident(space: str) -> Record:
    return Record(
        Ident,
        Field("id", ns.tag(space, "Id"), TOKEN, required=True),
        Field("type", ns.tag(space, "TypeId"), CODED, required=True),
    )


def _telecom(space: str) -> Record:
    return Record(
        Telecom,
        Field("type", ns.tag(space, "TypeTelecom"), CODED),
        Field("address", ns.tag(space, "TeleAddress"), VALUE, required=True),
    )


def _address(space: str) -> Record:
    return Record(
        Address,
        Field("type", ns.tag(space, "Type"), CODED),
        Field("street", ns.tag(space, "StreetAdr"), TEXT),
        Field("postal_code", ns.tag(space, "PostalCode"), TEXT),
        Field("city", ns.tag(space, "City"), TEXT),
        Field("postbox", ns.tag(space, "Postbox"), TEXT),
        Field("county", ns.tag(space, "County"), CODED),
        Field("country", ns.tag(space, "Country"), CODED),
    )


def _person_fields(outer: str, inner: str, *, given_first: bool = False, identified: bool = False) -> tuple[Field, ...]:
    names = (
        Field("family_name", ns.tag(outer, "FamilyName"), TEXT),
        Field("middle_name", ns.tag(outer, "MiddleName"), TEXT),
        Field("given_name", ns.tag(outer, "GivenName"), TEXT),
    )
    return (
        *(reversed(names) if given_first else names),
        Field("birth_date", ns.tag(outer, "DateOfBirth"), TOKEN),
        Field("sex", ns.tag(outer, "Sex"), CODED),
        Field("nationality", ns.tag(outer, "Nationality"), CODED),
        Field("idents", ns.tag(outer, "Ident"), _ident(inner), many=True, required=identified),
        Field("address", ns.tag(outer, "Address"), _address(inner)),
        Field("telecoms", ns.tag(outer, "TeleCom"), _telecom(inner), many=True),
    )


def person(outer: str, inner: str, *, given_first: bool = False) -> Record:
    """A codec for a person whose own children are in namespace `outer` and whose ids are in `inner`."""
    return Record(Person, *_person_fields(outer, inner, given_first=given_first))


def health_person(outer: str, inner: str) -> Record:
    """A codec for a practitioner; see `person`. Only inside a dialogmelding may the ids be missing."""
    return Record(
        HealthPerson,
        Field("profession", ns.tag(outer, "TypeHealthcareProfessional"), CODED),
        Field("role", ns.tag(outer, "RoleToPatient"), CODED),
        *_person_fields(outer, inner, identified=outer != ns.DIALOG),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit(Organisation):
    """An organisation with what stands below it, as the envelope nests them."""

    service: Organisation | None = None
    person: HealthPerson | None = None


def _organisation_fields() -> tuple[Field, ...]:
    return (
        Field("name", ns.tag(ns.MSGHEAD, "OrganisationName"), TEXT, required=True),
        Field("type", ns.tag(ns.MSGHEAD, "TypeOrganisation"), CODED),
        Field("idents", ns.tag(ns.MSGHEAD, "Ident"), _ident(ns.MSGHEAD), many=True, required=True),
        Field("address", ns.tag(ns.MSGHEAD, "Address"), _address(ns.MSGHEAD)),
        Field("telecoms", ns.tag(ns.MSGHEAD, "TeleCom"), _telecom(ns.MSGHEAD), many=True),
    )


_LEVEL_2 = Record(Organisation, *_organisation_fields())
_LEVEL_1 = Record(
    _Unit,
    *_organisation_fields(),
    Field("service", ns.tag(ns.MSGHEAD, "Organisation"), _LEVEL_2),
    Field("person", ns.tag(ns.MSGHEAD, "HealthcareProfessional"), health_person(ns.MSGHEAD, ns.MSGHEAD)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    com_method: CodedValue | None = None
    unit: _Unit


_SIDE = Record(
    _Side,
    Field("com_method", ns.tag(ns.MSGHEAD, "ComMethod"), CODED),
    Field("unit", ns.tag(ns.MSGHEAD, "Organisation"), _LEVEL_1, required=True),
)


class PartyCodec:
    """Reads and writes Sender and Receiver of an envelope."""

    def read(self, element: Element) -> Party:
        """The party; two forms of level 2 at once are refused (protocol-messages 2)."""
        side: _Side = _SIDE.read(element)
        unit = side.unit
        if unit.service and unit.person:
            raise fault(element, "names both a service and a person at level 2")
        organisation = Organisation(
            name=unit.name, idents=unit.idents, type=unit.type, address=unit.address, telecoms=unit.telecoms
        )
        return Party(organisation=organisation, service=unit.service, person=unit.person, com_method=side.com_method)

    def write(self, element: Element, value: Party) -> None:
        """Level 1 with level 2 inside it."""
        own = value.organisation
        unit = _Unit(
            name=own.name,
            idents=own.idents,
            type=own.type,
            address=own.address,
            telecoms=own.telecoms,
            service=value.service,
            person=value.person,
        )
        _SIDE.write(element, _Side(com_method=value.com_method, unit=unit))
