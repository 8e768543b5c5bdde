"""What an M1 prescribes (eResept Forskrivning, 2013-10-08 and 2010-04-01): a medicine or goods, and how it is used.

What nobody here shows or asks (doses in numbers, prices, refunds, contents) is kept as canonical XML.
"""

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from skranke.standards import namespaces as ns
from skranke.standards.codec import (
    CODED,
    RAW,
    TEXT,
    Codec,
    Element,
    Field,
    Record,
    Simple,
    fault,
    namespace,
    prefixes,
    to_raw,
)
from skranke.standards.codes import CodedValue

_NAME = re.compile(r"[^\W\d][\w.-]*")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def _read_truth(text: str) -> bool:
    if text.strip() not in _TRUTH:
        raise ValueError("not an xs:boolean")
    return _TRUTH[text.strip()]


def _read_name(text: str) -> str:
    name = text.strip()
    if not _NAME.fullmatch(name):
        raise ValueError("not an xs:ID")
    return name


TRUTH: Codec = Simple(_read_truth, lambda value: "true" if value else "false")
NAME: Codec = Simple(_read_name, str)
"""xs:ID: begins with a letter, and is unique in the whole message (`m1.ids`)."""


class _Kept:
    """An element carried as bytes: the same whatever prefix its namespace had."""

    def read(self, element: Element) -> bytes:
        plain = etree.Element(element.tag, nsmap=prefixes(namespace(element)))
        waiting = [(element, plain)]
        while waiting:  # no recursion: a document may be nested as deep as it likes
            source, copy = waiting.pop()
            copy.text, copy.tail = source.text, source.tail
            copy.attrib.update(source.attrib)
            waiting.extend((child, etree.SubElement(copy, child.tag)) for child in source)
        return to_raw(plain)

    def write(self, element: Element, value: bytes) -> None:
        RAW.write(element, value)


KEPT: Codec = _Kept()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """PakningsinfoResept: what is on a pack."""

    name: str
    size: str
    unit: CodedValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicine:
    """A medicine. name: name, form and strength. group: list 7421. id: of type xs:ID, or empty.

    number: the article number of a pack. Which further fields may be filled depends on how it is named
    (`Prescribing`), as in the schema.
    """

    name: str
    group: CodedValue
    atc: CodedValue | None = None
    short_form: CodedValue | None = None
    conditions: tuple[str, ...] = ()
    preparation: CodedValue | None = None
    approval: CodedValue | None = None
    opioid_approval: bool | None = None
    refunds: tuple[bytes, ...] = ()
    exchange: bytes | None = None
    administration: bytes | None = None
    id: str = ""
    brand: str = ""
    long_form: str = ""
    substances: tuple[bytes, ...] = ()
    taste: CodedValue | None = None
    reference_substances: tuple[str, ...] = ()
    running_number: str = ""
    product: bytes | None = None
    validities: tuple[bytes, ...] = ()
    excipients: tuple[bytes, ...] = ()
    number: str = ""
    ean: str = ""
    no_preservation: bool | None = None
    storage: CodedValue | None = None
    pack_details: tuple[bytes, ...] = ()
    packs: tuple[Pack, ...] = ()
    prices: tuple[bytes, ...] = ()
    marketing: bytes | None = None
    descriptions: tuple[bytes, ...] = ()
    dose_amount: bytes | None = None
    dose_pack: CodedValue | None = None
    dose_brand: str = ""
    dose_packs: tuple[str, ...] = ()
    components: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Legemiddelblanding: a medicine that the pharmacy makes."""

    name: str
    information: str
    amount: bytes | None = None
    mixture_form: CodedValue | None = None
    of_medicines: tuple[bytes, ...] = ()
    of_others: tuple[bytes, ...] = ()
    of_substances: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescribing:
    """Forskrivning. use: how the patient takes it, in words. purpose: for what.

    Exactly one of the last five: a medicine named by its brand, a pack of it, its substance or one dose; or a mixture.
    """

    purpose: str = ""
    use: str = ""
    no_combination: bool | None = None
    usage: CodedValue | None = None
    short_dose: CodedValue | None = None
    administration: bytes | None = None
    doses: tuple[bytes, ...] = ()
    brand: Medicine | None = None
    pack: Medicine | None = None
    substance: Medicine | None = None
    dose: Medicine | None = None
    mixture: Mixture | None = None

    @property
    def medicine(self) -> Medicine | None:
        """The medicine; None for a mixture."""
        return self.brand or self.pack or self.substance or self.dose

    @property
    def name(self) -> str:
        """What is prescribed, in words."""
        named = self.medicine or self.mixture
        return named.name if named else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """Goods by article number and name."""

    number: str
    name: str
    product: bytes | None = None
    supplier: bytes | None = None
    prices: tuple[bytes, ...] = ()
    refund: bytes | None = None
    strength: bytes | None = None
    parts: tuple[bytes, ...] = ()


class Table:
    """The fields of one edition of the namespace (`ns.FORSKRIVNING_2_5`, `_2_4`)."""

    def __init__(self, space: str) -> None:
        self.new = space == ns.FORSKRIVNING_2_5
        self._space = space

    def field(
        self, attribute: str, name: str, codec: Codec = KEPT, *, required: bool = False, many: bool = False
    ) -> Field:
        """One child element of this namespace."""
        return Field(attribute, ns.tag(self._space, name), codec, required, many)

    def of_new(self, *fields: Field) -> tuple[Field, ...]:
        """Fields that the older edition lacks."""
        return fields if self.new else ()

    def _medicine(self, *own: Field) -> Record:
        field = self.field
        return Record(
            Medicine,
            field("atc", "Atc", CODED),
            field("name", "NavnFormStyrke", TEXT, required=True),
            field("group", "Reseptgruppe", CODED, required=True),
            field("short_form", "LegemiddelformKort", CODED),
            field("conditions", "RefVilkar", NAME, many=True),
            field("preparation", "Preparattype", CODED),
            field("approval", "TypeSoknadSlv", CODED),
            field("opioid_approval", "Opioidsoknad", TRUTH),
            field("refunds", "Refusjon", many=True),
            field("exchange", "PakningByttegruppe"),
            field("administration", "AdministreringLegemiddel"),
            *own,
        )

    def _brand(self) -> tuple[Field, ...]:
        field = self.field
        return (
            field("id", "Id", NAME),
            field("brand", "Varenavn", TEXT, required=True),
            field("long_form", "LegemiddelformLang", TEXT),
            field("substances", "SortertVirkestoffMedStyrke", many=True),
            *self.of_new(field("taste", "Smak", CODED)),
            field("reference_substances", "Refvirkestoff", NAME, many=True),
            *(() if self.new else (field("running_number", "Lopenr", TEXT),)),
            field("product", "ProduktInfo"),
            field("validities", "Reseptgyldighet", many=True),
            field("excipients", "Hjelpestoff", many=True),
            field("descriptions", "Preparatomtaleavsnitt", many=True),
        )

    def _pack(self) -> tuple[Field, ...]:
        field = self.field
        pack = Record(
            Pack,
            field("name", "Varenavn", TEXT, required=True),
            field("size", "Pakningsstr", TEXT, required=True),
            field("unit", "EnhetPakning", CODED, required=True),
        )
        return (
            *self.of_new(field("id", "Id", NAME)),
            field("number", "Varenr", TEXT, required=True),
            field("ean", "Ean", TEXT),
            field("no_preservation", "IkkeKonservering", TRUTH),
            *self.of_new(field("storage", "Oppbevaring", CODED)),
            field("pack_details", "Pakningsinfo", many=True),
            field("packs", "PakningsinfoResept", pack, many=True),
            field("prices", "PrisVare", many=True),
            field("marketing", "Markedsforingsinfo"),
            field("descriptions", "Preparatomtaleavsnitt", many=True),
        )

    def _substance(self) -> tuple[Field, ...]:
        return (
            self.field("id", "Id", NAME, required=True),
            self.field("substances", "SortertVirkestoffMedStyrke", many=True),
        )

    def _dose(self) -> tuple[Field, ...]:
        field = self.field
        return (
            field("id", "Id", NAME, required=True),
            field("running_number", "LmrLopenr", TEXT),
            field("dose_amount", "Mengde", required=True),
            field("dose_pack", "Pakningstype", CODED),
            field("dose_brand", "RefLegemiddelMerkevare", NAME, required=True),
            *self.of_new(
                field("dose_packs", "RefPakning", NAME, many=True),
                field("components", "Pakningskomponent", many=True),
            ),
        )

    def _mixture(self) -> Record:
        field = self.field
        return Record(
            Mixture,
            field("name", "Navn", TEXT, required=True),
            field("information", "TilbOppl", TEXT, required=True),
            *self.of_new(
                field("amount", "Mengde", required=True), field("mixture_form", "Legemiddelform", CODED, required=True)
            ),
            field("of_medicines", "BestanddelLegemiddel", many=True),
            field("of_others", "BestanddelAnnet", many=True),
            *self.of_new(field("of_substances", "BestanddelVirkestoff", many=True)),
        )

    def prescribing(self) -> Record:
        """Forskrivning."""
        field = self.field
        return Record(
            Prescribing,
            field("purpose", "Bruksomrade", TEXT),
            field("use", "DosVeiledEnkel", TEXT),
            field("no_combination", "IngenKombinasjon", TRUTH),
            field("usage", "Bruk", CODED),
            *self.of_new(field("short_dose", "Kortdose", CODED)),
            field("administration", "AdministreringForskrivning" if self.new else "Administrering"),
            field("doses", "Dosering", many=True),
            field("brand", "LegemiddelMerkevare", self._medicine(*self._brand())),
            field("pack", "Legemiddelpakning", self._medicine(*self._pack())),
            field("substance", "LegemiddelVirkestoff", self._medicine(*self._substance())),
            field("dose", "Legemiddeldose", self._medicine(*self._dose())),
            field("mixture", "Legemiddelblanding", self._mixture()),
        )

    def goods(self, *own: Field) -> Record:
        """One kind of goods, with the fields that it alone has."""
        field = self.field
        return Record(
            Goods,
            field("number", "Nr", TEXT, required=True),
            field("name", "Navn", TEXT, required=True),
            field("product", "ProduktInfoVare"),
            field("supplier", "Leverandor"),
            field("prices", "PrisVare", many=True),
            field("refund", "Refusjon"),
            *own,
        )


class OneOf:
    """A record of which so many of some fields stand: the choice of a schema."""

    def __init__(self, record: Record, names: tuple[str, ...], *, least: int) -> None:
        self._record, self._names, self._least = record, names, least

    def read(self, element: Element) -> Any:
        """The value; raises SchemaError, also when too few or too many are named."""
        value = self._record.read(element)
        if not self._least <= sum(getattr(value, name) is not None for name in self._names) <= 1:
            raise fault(element, "names nothing, or more than one thing, where the schema has one")
        return value

    def write(self, element: Element, value: Any) -> None:
        """The children in schema order."""
        self._record.write(element, value)


def prescribing(space: str) -> Codec:
    """The codec of Forskrivning in one edition."""
    return OneOf(Table(space).prescribing(), ("brand", "pack", "substance", "dose", "mixture"), least=1)
