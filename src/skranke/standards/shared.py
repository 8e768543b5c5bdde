"""The objects that may follow the dialogmelding: representation, practitioners, persons (protocol-messages 3)."""

from dataclasses import dataclass
from enum import Enum

from skranke.standards import namespaces as ns
from skranke.standards.codec import CODED, TEXT, Element, Field, Record, local_name, namespace
from skranke.standards.codes import CodedValue
from skranke.standards.people import HealthPerson, Person, health_person, person


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasientrelasjon:
    """Somebody acts for the patient; the schema makes all of it optional (HITS 1217 2.5)."""

    persons: tuple[Person, ...] = ()
    relation: CodedValue | None = None

    @property
    def person(self) -> Person | None:
        """Who acts: the first person named."""
        return self.persons[0] if self.persons else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Practitioner:
    """One entry of a list of practitioners: who, and a remark for the citizen."""

    people: tuple[HealthPerson, ...] = ()
    remark: str = ""

    @property
    def person(self) -> HealthPerson | None:
        """The practitioner: the first one named."""
        return self.people[0] if self.people else None


class PractitionerEdition(Enum):
    """The two forms in use (D-12): we write the list of 2015 and read both."""

    LIST_2015 = ns.PRACTITIONERS
    SINGLE_2014 = ns.PRACTITIONERS_2014


@dataclass(frozen=True, slots=True, kw_only=True)
class PractitionerList:
    """HelsepersonelListe, or the Helsepersonell root of 2014."""

    entries: tuple[Practitioner, ...] = ()
    edition: PractitionerEdition = PractitionerEdition.LIST_2015


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonList:
    """Personer: whom a digital-user check asks about or answers."""

    persons: tuple[Person, ...] = ()


RELATION = Record(
    Pasientrelasjon,
    Field("persons", ns.tag(ns.RELATION, "Person"), person(ns.COMMON, ns.COMMON), many=True),
    Field("relation", ns.tag(ns.RELATION, "Relasjon"), CODED),
)

PERSONS = Record(PersonList, Field("persons", ns.tag(ns.PERSONS, "Person"), person(ns.COMMON, ns.COMMON), many=True))


def _entry(space: str) -> Record:
    people = Field("people", ns.tag(space, "Helsepersonell"), health_person(ns.COMMON, ns.COMMON), many=True)
    remark = Field("remark", ns.tag(space, "Merknad"), TEXT)
    return Record(Practitioner, *((people, remark) if space == ns.PRACTITIONERS else (people,)))


_LIST = Record(
    PractitionerList, Field("entries", ns.tag(ns.PRACTITIONERS, "Helsepersonell"), _entry(ns.PRACTITIONERS), many=True)
)
_SINGLE = {space: _entry(space) for space in (ns.PRACTITIONERS, ns.PRACTITIONERS_2014)}


class PractitionersCodec:
    """Reads and writes both editions."""

    def read(self, element: Element) -> PractitionerList:
        """The list; a lone Helsepersonell of either edition is a list of one."""
        if local_name(element) == "HelsepersonelListe":
            entries: PractitionerList = _LIST.read(element)
            return entries
        space = namespace(element)
        return PractitionerList(entries=(_SINGLE[space].read(element),), edition=PractitionerEdition(space))

    def write(self, element: Element, value: PractitionerList) -> None:
        """The children of `root_tag(value)`."""
        if value.edition is PractitionerEdition.LIST_2015:
            _LIST.write(element, value)
        else:
            _SINGLE[ns.PRACTITIONERS_2014].write(element, value.entries[0])

    @staticmethod
    def root_tag(value: PractitionerList) -> str:
        """The Clark name of the root element of this edition."""
        listed = value.edition is PractitionerEdition.LIST_2015
        return ns.tag(value.edition.value, "HelsepersonelListe" if listed else "Helsepersonell")
