"""The application receipt: AppRec 1.1, which is written; and 1.0, which is only read, into the same value."""

from dataclasses import dataclass
from datetime import datetime

from skranke.kernel.ids import HerId
from skranke.standards import namespaces as ns
from skranke.standards.codec import (
    CODED,
    INSTANT_TEXT,
    RAW,
    TEXT,
    TOKEN,
    Element,
    Field,
    Record,
    fault,
    fixed,
    local_name,
)
from skranke.standards.codes import AppRecError, AppRecStatus, CodedValue, OrganisationIdType
from skranke.standards.people import Ident
from skranke.standards.times import read_instant

VERSION = "v1.1 2012-02-15"
# The schema of 2004 gives the version a default, and writes it without the v.
_OLD_VERSIONS = frozenset({"", "1.0 2004-11-21", "v1.0 2004-11-21"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRecUnit:
    """An institution, department, person or professional: a name, an id and further ids. TypeId is CS: no @S."""

    name: str = ""
    id: str = ""
    id_type: CodedValue | None = None
    further_ids: tuple[Ident, ...] = ()
    type: CodedValue | None = None

    @property
    def her_id(self) -> HerId | None:
        """The HER-id, first or further."""
        candidates = [(self.id_type.v if self.id_type else "", self.id)]
        candidates.extend((ident.type.v, ident.id) for ident in self.further_ids)
        try:
            return HerId(next((value for kind, value in candidates if kind == OrganisationIdType.HER), ""))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRecParty:
    """Sender or receiver of a receipt: the mirror of the original's parties (HIS 80415 3.5)."""

    role: CodedValue | None = None
    institution: AppRecUnit | None = None
    departments: tuple[AppRecUnit, ...] = ()
    persons: tuple[AppRecUnit, ...] = ()
    professional: AppRecUnit | None = None
    speciality: CodedValue | None = None
    address: bytes | None = None

    @property
    def level1_her_id(self) -> HerId | None:
        """The institution's HER-id."""
        return self.institution.her_id if self.institution else None

    @property
    def level2_her_id(self) -> HerId | None:
        """The HER-id of the department or person."""
        units = (*self.departments, *self.persons, *((self.professional,) if self.professional else ()))
        return next((unit.her_id for unit in units if unit.her_id), None)

    @property
    def her_id(self) -> HerId | None:
        """Level 2, else level 1."""
        return self.level2_her_id or self.level1_her_id


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalMessage:
    """What the receipt is about. issue_date_text repeats GenDate verbatim; compare by `issue_date`."""

    type: CodedValue
    issue_date_text: str
    id: str

    @property
    def issue_date(self) -> datetime:
        """The instant (UTC)."""
        return read_instant(self.issue_date_text)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRec:
    """A receipt: positive, or negative with at least one error."""

    type: CodedValue
    gen_date_text: str
    id: str
    sender: AppRecParty
    receiver: AppRecParty
    status: CodedValue
    original: OriginalMessage
    errors: tuple[CodedValue, ...] = ()
    software_name: str = ""
    software_version: str = ""

    @property
    def gen_date(self) -> datetime:
        """The instant (UTC) it was made."""
        return read_instant(self.gen_date_text)

    @property
    def positive(self) -> bool:
        """Status 1; anything else is not the acceptance of the whole message."""
        return AppRecStatus.known(self.status) is AppRecStatus.OK

    def has_error(self, error: AppRecError) -> bool:
        """Whether one of the errors is this one."""
        return any(coded.v == error for coded in self.errors)


def _tag(name: str) -> str:
    return ns.tag(ns.APPREC, name)


_FURTHER_ID = Record(
    Ident, Field("id", _tag("Id"), TOKEN, required=True), Field("type", _tag("Type"), CODED, required=True)
)
_NAMED = (Field("name", _tag("Name"), TEXT), Field("id", _tag("Id"), TOKEN), Field("id_type", _tag("TypeId"), CODED))
_FURTHER = Field("further_ids", _tag("AdditionalId"), _FURTHER_ID, many=True)
_UNIT = Record(AppRecUnit, *_NAMED, _FURTHER)
_TYPED_UNIT = Record(AppRecUnit, Field("type", _tag("Type"), CODED), *_NAMED, _FURTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Institution(AppRecUnit):
    departments: tuple[AppRecUnit, ...] = ()
    persons: tuple[AppRecUnit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hcp:
    institution: _Institution | None = None
    professional: AppRecUnit | None = None
    speciality: CodedValue | None = None
    address: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    role: CodedValue | None = None
    hcp: _Hcp


_INSTITUTION = Record(
    _Institution,
    *_NAMED,
    Field("departments", _tag("Dept"), _TYPED_UNIT, many=True),
    _FURTHER,
    Field("persons", _tag("HCPerson"), _UNIT, many=True),
)
_SIDE = Record(
    _Side,
    Field("role", _tag("Role"), CODED),
    Field(
        "hcp",
        _tag("HCP"),
        Record(
            _Hcp,
            Field("institution", _tag("Inst"), _INSTITUTION),
            Field("professional", _tag("HCProf"), _TYPED_UNIT),
            Field("speciality", _tag("MedSpeciality"), CODED),
            Field("address", _tag("Address"), RAW),
        ),
        required=True,
    ),
)


class _PartyCodec:
    def read(self, element: Element) -> AppRecParty:
        side: _Side = _SIDE.read(element)
        hcp, unit = side.hcp, side.hcp.institution
        if (unit is None) == (hcp.professional is None):
            raise fault(element, "must name an institution or a professional")
        institution = unit and AppRecUnit(
            name=unit.name, id=unit.id, id_type=unit.id_type, further_ids=unit.further_ids
        )
        return AppRecParty(
            role=side.role,
            institution=institution,
            departments=unit.departments if unit else (),
            persons=unit.persons if unit else (),
            professional=hcp.professional,
            speciality=hcp.speciality,
            address=hcp.address,
        )

    def write(self, element: Element, value: AppRecParty) -> None:
        own = value.institution
        unit = None
        if own:
            unit = _Institution(
                name=own.name,
                id=own.id,
                id_type=own.id_type,
                further_ids=own.further_ids,
                departments=value.departments,
                persons=value.persons,
            )
        hcp = _Hcp(
            institution=unit, professional=value.professional, speciality=value.speciality, address=value.address
        )
        _SIDE.write(element, _Side(role=value.role, hcp=hcp))


_ORIGINAL = Record(
    OriginalMessage,
    Field("type", _tag("MsgType"), CODED, required=True),
    Field("issue_date_text", _tag("IssueDate"), INSTANT_TEXT, required=True),
    Field("id", _tag("Id"), TOKEN, required=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Receipt(AppRec):
    version: str = VERSION


_FIELDS = (
    Field("type", _tag("MsgType"), CODED, required=True),
    Field("version", _tag("MIGversion"), fixed(VERSION), required=True),
    Field("software_name", _tag("SoftwareName"), TEXT),
    Field("software_version", _tag("SoftwareVersion"), TEXT),
    Field("gen_date_text", _tag("GenDate"), INSTANT_TEXT, required=True),
    Field("id", _tag("Id"), TOKEN, required=True),
    Field("sender", _tag("Sender"), _PartyCodec(), required=True),
    Field("receiver", _tag("Receiver"), _PartyCodec(), required=True),
    Field("status", _tag("Status"), CODED, required=True),
    Field("errors", _tag("Error"), CODED, many=True),
    Field("original", _tag("OriginalMsgId"), _ORIGINAL, required=True),
)
_SHARED = tuple(field.attribute for field in _FIELDS if field.attribute != "version")
_RECEIPT = Record(_Receipt, *_FIELDS)


class AppRecCodec:
    """Reads and writes the root element of a receipt."""

    def read(self, element: Element) -> AppRec:
        """The receipt; raises SchemaError."""
        receipt: _Receipt = _RECEIPT.read(element)
        return AppRec(**{name: getattr(receipt, name) for name in _SHARED})

    def write(self, element: Element, value: AppRec) -> None:
        """The children in schema order."""
        _RECEIPT.write(element, _Receipt(**{name: getattr(value, name) for name in _SHARED}))


def read_apprec_1_0(element: Element) -> AppRec:
    """A receipt of 2004 as if it were 1.1: the same elements in another namespace (protocol.md 7). None is written.

    Changes the element. Raises SchemaError.
    """
    version = element.find(ns.tag(ns.APPREC_1_0, "MIGversion"))
    if version is not None:
        if (version.text or "").strip() not in _OLD_VERSIONS:
            raise fault(version, "is another version of AppRec")
        version.text = VERSION
    for one in element.iter(f"{{{ns.APPREC_1_0}}}*"):
        one.tag = _tag(local_name(one))
    return AppRecCodec().read(element)
