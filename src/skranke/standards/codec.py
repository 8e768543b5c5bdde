"""One reader and one writer for every element with a fixed order of children.

A `Record` lists the children of an element in schema order and the attribute of a dataclass each one fills. Reading
refuses an unknown child, a wrong order, a second where one is allowed and a missing one that is required: the
structural part of schema validation, done where no national schema is installed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from lxml import etree

from skranke.standards.codes import CodedValue
from skranke.standards.errors import SchemaError
from skranke.standards.times import read_date, read_instant

Element = etree._Element  # noqa: SLF001 - lxml's only name for the type of an element

XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NOT_XML_CHARACTERS = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XSI_TYPE = f"{{{XSI}}}type"


def local_name(element: Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: Element) -> str:
    """The element's namespace, or the empty string."""
    return str(element.tag).rpartition("}")[0][1:]


def prefixes(default: str, **named: str) -> Any:
    """A namespace map with a default; Any, because lxml's published types know no default namespace."""
    return {None: default, **named}


def path(element: Element) -> str:
    """Where an element stands, as names from the root: MsgHead/MsgInfo/Patient."""
    names = [local_name(element)]
    names.extend(local_name(parent) for parent in element.iterancestors())
    return "/".join(reversed(names))


def fault(element: Element, what: str) -> SchemaError:
    """A schema error that says where, never what stands there."""
    line = f", line {element.sourceline}" if element.sourceline else ""
    return SchemaError(f"{path(element)}: {what}{line}")


def clean(text: str) -> str:
    """The text without the control characters that no XML document can hold."""
    return _NOT_XML_CHARACTERS.sub("", text)


def _type_prefixes(element: Element) -> list[str]:
    values = (node.get(_XSI_TYPE, "") for node in element.iter())
    return sorted({value.partition(":")[0] for value in values if ":" in value})


def to_raw(element: Element) -> bytes:
    """The element alone, as exclusive canonical XML: the same bytes wherever it stands in a document.

    Raises SchemaError for one that has no canonical form.
    """
    prefixes = _type_prefixes(element)
    copy = etree.fromstring(etree.tostring(element, with_tail=False), _COPY_PARSER)
    try:
        return etree.tostring(
            copy, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=prefixes or None
        )
    except etree.LxmlError as error:  # canonical XML knows no relative namespaces
        raise fault(element, "holds a namespace that is no absolute address") from error


def from_raw(data: bytes) -> Element:
    """The element of bytes that `to_raw` made."""
    return etree.fromstring(data, _COPY_PARSER)


_COPY_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True, remove_pis=True
)


class Codec(Protocol):
    """Reads a value from an element and writes it to a new, empty one."""

    def read(self, element: Element) -> Any:
        """The value; raises SchemaError."""

    def write(self, element: Element, value: Any) -> None:
        """Fill the element."""


@dataclass(frozen=True, slots=True)
class Simple:
    """A codec of two functions on the element's text."""

    parse: Callable[[str], Any]
    form: Callable[[Any], str]

    def read(self, element: Element) -> Any:
        """The parsed text of an element that holds nothing but text."""
        if len(element):
            raise fault(element, "holds elements where the schema has text")
        try:
            return self.parse(element.text or "")
        except ValueError as error:
            raise fault(element, "has a value that its type does not allow") from error

    def write(self, element: Element, value: Any) -> None:
        """Set the text."""
        element.text = clean(self.form(value))


def _token(text: str) -> str:
    return " ".join(text.split())


def _instant_text(text: str) -> str:
    read_instant(text)
    return _token(text)


def fixed(value: str) -> Simple:
    """A codec for an element that always says the same, as the version of a format."""

    def parse(text: str) -> str:
        if _token(text) != value:
            raise ValueError("another version")
        return value

    return Simple(parse, str)


TEXT = Simple(str, str)
TOKEN = Simple(_token, str)
DATE: Codec = Simple(read_date, date.isoformat)
INSTANT_TEXT = Simple(_instant_text, str)
"""A date-time that is kept as it was written, because a receipt repeats it (HIS 80415 4.3.2)."""


class _Coded:
    def read(self, element: Element) -> CodedValue:
        get = element.get
        return CodedValue(
            " ".join((get("V") or "").split()), " ".join((get("S") or "").split()), get("DN") or "", get("OT") or ""
        )

    def write(self, element: Element, value: CodedValue) -> None:
        for name, text in (("V", value.v), ("S", value.s), ("DN", value.dn), ("OT", value.ot)):
            if text:
                element.set(name, clean(text))


class _AttributeV:
    """Types TS and URL: the value stands in @V."""

    def read(self, element: Element) -> str:
        return element.get("V") or ""

    def write(self, element: Element, value: str) -> None:
        element.set("V", clean(value))


class _Raw:
    """An element carried as bytes."""

    def read(self, element: Element) -> bytes:
        return to_raw(element)

    def write(self, element: Element, value: bytes) -> None:
        source = from_raw(value)
        element.text = source.text
        for name, text in source.attrib.items():
            element.set(name, text)
        element.extend(source)


CODED: Codec = _Coded()
VALUE: Codec = _AttributeV()
RAW: Codec = _Raw()


@dataclass(frozen=True, slots=True)
class Field:
    """One child element: the attribute it fills, its Clark name, its codec and how often it may stand."""

    attribute: str
    tag: str
    codec: Codec
    required: bool = False
    many: bool = False


class Record:
    """A codec for an element whose children stand in a fixed order."""

    def __init__(self, make: Callable[..., Any], *fields: Field) -> None:
        self._make = make
        self._fields = fields

    def read(self, element: Element) -> Any:
        """The dataclass of the element; raises SchemaError naming the place."""
        if (element.text or "").strip():
            raise fault(element, "holds text where the schema has elements")
        children = list(element)
        position, values = 0, dict[str, Any]()
        for field in self._fields:
            found: list[Any] = []
            while position < len(children) and children[position].tag == field.tag and (field.many or not found):
                found.append(_read_child(children[position], field))
                position += 1
            if field.required and not found:
                stands = f", has {local_name(children[position])} there" if position < len(children) else ""
                raise fault(element, f"lacks {field.tag.rpartition('}')[2]}{stands}")
            if field.many:
                values[field.attribute] = tuple(found)
            elif found:
                values[field.attribute] = found[0]
        if position < len(children):
            raise fault(children[position], "is unknown, repeated or out of order here")
        return self._make(**values)

    def write(self, element: Element, value: Any) -> None:
        """Append the children that have a value, in schema order."""
        for field in self._fields:
            content = getattr(value, field.attribute)
            for item in content if field.many else (content,):
                if field.required or field.many or (item is not None and item != ""):
                    field.codec.write(etree.SubElement(element, field.tag), item)


def _read_child(child: Element, field: Field) -> Any:
    if (child.tail or "").strip():
        raise fault(child, "is followed by text where the schema has elements")
    return field.codec.read(child)
