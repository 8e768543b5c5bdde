"""M1, a prescription (eResept 2.5, 2013-10-08, which is written; and 2.4, 2010-05-01): what a renewal carries (D-05).

The guide writes mandatory dates that have no value as 0001-01-01 (HITS 1217 3.1.2): they are None here.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import ClassVar

from lxml import etree

from skranke.standards import namespaces as ns
from skranke.standards.codec import CODED, DATE, TEXT, Codec, Element, Field, Record, Simple, namespace
from skranke.standards.codes import CodedValue
from skranke.standards.medicines import KEPT, TRUTH, Goods, OneOf, Prescribing, Table, prescribing
from skranke.standards.times import read_date, read_instant

_NO_DATE = "0001-01-01"
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,10}", re.ASCII)
_INT = 2**31


class M1Edition(Enum):
    """The two editions in use (D-05): we write 2.5 and read both."""

    V2_5 = ns.M1_2_5
    V2_4 = ns.M1_2_4

    @property
    def content_space(self) -> str:
        """The namespace of what is prescribed."""
        return ns.FORSKRIVNING_2_5 if self is M1Edition.V2_5 else ns.FORSKRIVNING_2_4


@dataclass(frozen=True, slots=True, kw_only=True)
class ForMedicine:
    """ReseptDokLegemiddel. kind: list 7402. amount: of packs. repeats: None where the element is empty, which is 0.

    may_exchange: whether the prescriber lets it be exchanged.
    """

    kind: CodedValue
    prescribing: Prescribing
    amount: Decimal | None = None
    remark: str = ""
    refund_section: CodedValue | None = None
    administered_by: str = ""
    refund_code: CodedValue | None = None
    repeats: int | None = None
    may_exchange: CodedValue | None = None
    quantity: bytes | None = None
    without_approval: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForGoods:
    """ReseptDokHandelsvare: at most one of the last three. product_group: what it is, where none is named."""

    kind: CodedValue
    amount: Decimal | None = None
    remark: str = ""
    refund_section: CodedValue | None = None
    use: str = ""
    product_group: CodedValue | None = None
    prosthesis: Goods | None = None
    food: Goods | None = None
    supply: Goods | None = None

    @property
    def goods(self) -> Goods | None:
        """The goods that are named."""
        return self.prosthesis or self.food or self.supply

    @property
    def name(self) -> str:
        """What is prescribed, in words."""
        named = self.product_group or self.kind
        return self.goods.name if self.goods else named.dn or named.v


@dataclass(frozen=True, slots=True, kw_only=True)
class Resept:
    """One prescription: of a medicine, or of goods. Dates without a value are None.

    fest_updated: xs:dateTime text of the list of medicines it was made with, or empty.
    """

    prescribed: date | None = None
    expires: date | None = None
    conscript: bool | None = None
    refund_applied_for: bool | None = None
    exempt: bool | None = None
    hidden_from_guardian: bool | None = None
    own_practice: bool | None = None
    in_doctors_name: bool | None = None
    reference: str = ""
    speciality: CodedValue | None = None
    medicine: ForMedicine | None = None
    goods: ForGoods | None = None
    begun_by: bytes | None = None
    dispensing: bytes | None = None
    foreigner: bytes | None = None
    fest_updated: str = ""
    earliest: date | None = None
    from_hospital: bool | None = None
    last: bool | None = None
    edition: M1Edition = M1Edition.V2_5

    def __repr__(self) -> str:
        return f"Resept({self.edition.name})"

    @property
    def name(self) -> str:
        """What is prescribed, in words: name, form and strength of a medicine, the name of goods."""
        if self.medicine is not None:
            return self.medicine.prescribing.name
        return self.goods.name if self.goods is not None else ""


def _read_decimal(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text.strip()):
        raise ValueError("not an xs:decimal")
    return Decimal(text.strip())


def _read_integer(text: str) -> int | None:
    if not text.strip():
        return None
    if not _INTEGER.fullmatch(text.strip()) or not -_INT <= int(text) < _INT:
        raise ValueError("not an xs:int")
    return int(text)


def _read_day(text: str) -> date | None:
    return None if text.strip().startswith(_NO_DATE) else read_date(text)


def _read_updated(text: str) -> str:
    text = text.strip()
    if text.startswith(f"{_NO_DATE}T"):
        return ""
    read_instant(text)
    return text


_DECIMALS: Codec = Simple(_read_decimal, lambda value: f"{value:f}")
_REPEATS: Codec = Simple(_read_integer, lambda value: "" if value is None else str(value))
_DAY: Codec = Simple(_read_day, lambda value: value.isoformat() if value else _NO_DATE)
_UPDATED: Codec = Simple(_read_updated, lambda value: value or f"{_NO_DATE}T00:00:00")


def _document(space: str) -> tuple[Field, ...]:
    return (
        Field("kind", ns.tag(space, "Varegruppekode"), CODED, required=True),
        Field("amount", ns.tag(space, "Antall"), _DECIMALS),
        Field("remark", ns.tag(space, "Merknad"), TEXT),
        Field("refund_section", ns.tag(space, "RefHjemmel"), CODED),
    )


def _for_medicine(edition: M1Edition) -> Codec:
    space, inner = edition.value, edition.content_space
    return Record(
        ForMedicine,
        *_document(space),
        Field("administered_by", ns.tag(space, "KomLegemdlAdm"), TEXT),
        Field("refund_code", ns.tag(space, "RefKode"), CODED),
        Field("repeats", ns.tag(space, "Reiterasjon"), _REPEATS, required=True),
        Field("may_exchange", ns.tag(space, "BytteresRekvirent"), CODED),
        Field("quantity", ns.tag(space, "Mengde"), KEPT),
        Field("without_approval", ns.tag(space, "LegemiddelUtenMt"), KEPT),
        Field("prescribing", ns.tag(inner, "Forskrivning"), prescribing(inner), required=True),
    )


def _for_goods(edition: M1Edition) -> Codec:
    space, table = edition.value, Table(edition.content_space)
    record = Record(
        ForGoods,
        *_document(space),
        Field("use", ns.tag(space, "Bruksveiledning"), TEXT, required=edition is M1Edition.V2_4),
        Field("product_group", ns.tag(space, "ProdGruppe"), CODED),
        table.field("prosthesis", "Brystprotese", table.goods()),
        table.field("food", "Naringsmiddel", table.goods(table.field("strength", "StyrkeFormStoff"))),
        table.field("supply", "MedForbMatr", table.goods(table.field("parts", "BestanddelMatr", many=True))),
    )
    return OneOf(record, ("prosthesis", "food", "supply"), least=0)


def _resept(edition: M1Edition) -> Codec:
    def field(attribute: str, name: str, codec: Codec, *, required: bool = False) -> Field:
        return Field(attribute, ns.tag(edition.value, name), codec, required)

    newer = (
        field("earliest", "TidligsteUtlevering", DATE),
        field("from_hospital", "UtskrevetSykehus", TRUTH),
        field("last", "LastResept", TRUTH),
    )
    record = Record(
        partial(Resept, edition=edition),
        field("prescribed", "Forskrivningsdato", _DAY, required=True),
        field("expires", "Utloper", _DAY, required=True),
        field("conscript", "Vernepliktig", TRUTH),
        field("refund_applied_for", "SoktIndividRefusjon", TRUTH),
        field("exempt", "Frikort", TRUTH),
        field("hidden_from_guardian", "Vergeinnsynsreservasjon", TRUTH),
        field("own_practice", "TilEgenPraksis", TRUTH),
        field("in_doctors_name", "RekvLegensNavn", TRUTH),
        field("reference", "RefNr", TEXT),
        field("speciality", "Spesialitet", CODED),
        field("medicine", "ReseptDokLegemiddel", _for_medicine(edition)),
        field("goods", "ReseptDokHandelsvare", _for_goods(edition)),
        field("begun_by", "Instituert", KEPT),
        field("dispensing", "EkspAnm", KEPT),
        field("foreigner", "Utlending", KEPT),
        field("fest_updated", "OppdatertFest", _UPDATED, required=True),
        *(newer if edition is M1Edition.V2_5 else ()),
    )
    return OneOf(record, ("medicine", "goods"), least=1)


class ReseptCodec:
    """Reads and writes both editions."""

    _EDITIONS: ClassVar = {edition: _resept(edition) for edition in M1Edition}

    def read(self, element: Element) -> Resept:
        """The prescription; raises SchemaError."""
        found: Resept = self._EDITIONS[M1Edition(namespace(element))].read(element)
        return found

    def write(self, element: Element, value: Resept) -> None:
        """The children of `root_tag(value)`."""
        self._EDITIONS[value.edition].write(element, value)

    @staticmethod
    def root_tag(value: Resept) -> str:
        """The Clark name of the root element of this edition."""
        return ns.tag(value.edition.value, "Resept")


def ids(prescriptions: Iterable[Resept]) -> list[str]:
    """Every xs:ID in the prescriptions, those of what is only kept included: in one message each stands once."""
    found: list[str] = []
    for one in prescriptions:
        root = etree.Element(ReseptCodec.root_tag(one))
        ReseptCodec().write(root, one)
        found.extend(element.text or "" for element in root.iter(ns.tag(one.edition.content_space, "Id")))
    return found
