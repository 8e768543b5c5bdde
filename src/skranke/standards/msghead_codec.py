"""Reads and writes the envelope and dispatches each Document to the reader of its root element."""

import base64
import binascii
from dataclasses import dataclass

from lxml import etree

from skranke.standards import namespaces as ns
from skranke.standards.codec import (
    CODED,
    INSTANT_TEXT,
    RAW,
    TEXT,
    TOKEN,
    VALUE,
    Codec,
    Element,
    Field,
    Record,
    fault,
    fixed,
    from_raw,
    local_name,
    namespace,
    prefixes,
    to_raw,
)
from skranke.standards.codes import CodedValue
from skranke.standards.dialog import DialogCodec, Dialogmelding
from skranke.standards.errors import AttachmentError, UnsupportedVersionError
from skranke.standards.m1 import M1Edition, Resept, ReseptCodec
from skranke.standards.msghead import (
    Binary,
    Content,
    ConversationRef,
    Document,
    DocumentInfo,
    MsgHead,
    MsgInfo,
    RawPart,
)
from skranke.standards.people import Party, PartyCodec, Patient, person
from skranke.standards.shared import (
    PERSONS,
    RELATION,
    Pasientrelasjon,
    PersonList,
    PractitionerList,
    PractitionersCodec,
)
from skranke.standards.times import read_instant
from skranke.standards.xcal import Calendar, CalendarCodec

VERSION = "v1.2 2006-05-24"


class _BinaryCodec:
    def read(self, element: Element) -> Binary:
        if len(element):
            raise fault(element, "holds elements where the schema has text")
        # xs:base64Binary allows white space between the characters, and wants whole groups of four.
        text = "".join((element.text or "").split())
        if len(text) % 4:
            raise fault(element, "is not valid base64")
        try:
            return Binary(content=binascii.a2b_base64(text, strict_mode=True))
        except ValueError as error:
            raise fault(element, "is not valid base64") from error

    def write(self, element: Element, value: Binary) -> None:
        element.text = base64.b64encode(value.content).decode("ascii")


def _tag(name: str) -> str:
    return ns.tag(ns.MSGHEAD, name)


_PRACTITIONERS = PractitionersCodec()
_DIALOG = DialogCodec()
_RESEPT = ReseptCodec()
_READERS: dict[str, Codec] = {
    ns.tag(ns.DIALOG, "Dialogmelding"): _DIALOG,
    ns.tag(ns.XCAL, "icalendar"): CalendarCodec(),
    ns.tag(ns.RELATION, "Pasientrelasjon"): RELATION,
    ns.tag(ns.PRACTITIONERS, "HelsepersonelListe"): _PRACTITIONERS,
    ns.tag(ns.PRACTITIONERS, "Helsepersonell"): _PRACTITIONERS,
    ns.tag(ns.PRACTITIONERS_2014, "Helsepersonell"): _PRACTITIONERS,
    ns.tag(ns.PERSONS, "Personer"): PERSONS,
    ns.tag(ns.BASE64, "Base64Container"): _BinaryCodec(),
    **{ns.tag(edition.value, "Resept"): _RESEPT for edition in M1Edition},
}
"""The root elements a Document may hold; a new payload is one line here and one in `_ROOTS`."""

_ROOTS: dict[type, str] = {
    Dialogmelding: ns.tag(ns.DIALOG, "Dialogmelding"),
    Calendar: ns.tag(ns.XCAL, "icalendar"),
    Pasientrelasjon: ns.tag(ns.RELATION, "Pasientrelasjon"),
    PersonList: ns.tag(ns.PERSONS, "Personer"),
    Binary: ns.tag(ns.BASE64, "Base64Container"),
}


class _ContentCodec:
    """RefDoc/Content: exactly one element of a known namespace (DDFL-ENV-18)."""

    def read(self, element: Element) -> Content:
        if len(element) != 1 or (element.text or "").strip():
            raise fault(element, "must hold exactly one element")
        root = element[0]
        if reader := _READERS.get(root.tag):
            content: Content = reader.read(root)
            return content
        if namespace(root) in ns.CARRIED:
            return RawPart(namespace=namespace(root), xml=to_raw(root))
        raise fault(root, "is of no known namespace and type")

    def write(self, element: Element, value: Content) -> None:
        if isinstance(value, RawPart):
            element.append(from_raw(value.xml))
            return
        tag = _root_tag(value)
        space = etree.QName(tag).namespace or ""
        nsmap = prefixes(space) if isinstance(value, Calendar | Binary) else prefixes(space, fk1=ns.COMMON)
        if isinstance(value, Resept):
            nsmap = prefixes(space, fs=value.edition.content_space)
        _READERS[tag].write(etree.SubElement(element, tag, nsmap=nsmap), value)


def _root_tag(value: Content) -> str:
    if isinstance(value, PractitionerList):
        return PractitionersCodec.root_tag(value)
    return ReseptCodec.root_tag(value) if isinstance(value, Resept) else _ROOTS[type(value)]


class _ExternalCodec:
    """RefDoc/FileReference: content outside the message is not part of the profile."""

    def read(self, element: Element) -> str:
        raise AttachmentError(f"{fault(element, 'points outside the message').detail}")

    def write(self, element: Element, value: str) -> None:
        """Unreachable: nothing that could be read has such a reference."""
        raise AttachmentError(f"{local_name(element)} {value} is not part of the profile.")


class _NonEmptyCodec:
    def read(self, element: Element) -> str:
        text: str = TOKEN.read(element)
        if not text:
            raise fault(element, "is empty")
        return text

    def write(self, element: Element, value: str) -> None:
        TOKEN.write(element, value)


_CONVERSATION = Record(
    ConversationRef,
    Field("parent", _tag("RefToParent"), _NonEmptyCodec(), required=True),
    Field("conversation", _tag("RefToConversation"), _NonEmptyCodec(), required=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """MsgInfo as it stands, before the date is understood."""

    type: CodedValue
    gen_date_text: str
    msg_id: str
    sender: Party
    receiver: Party
    version: str = VERSION
    ack: CodedValue | None = None
    conversation: ConversationRef | None = None
    patient: Patient | None = None
    processing_status: CodedValue | None = None
    requested_priority: CodedValue | None = None
    other_receivers: tuple[bytes, ...] = ()


_HEAD = Record(
    _Head,
    Field("type", _tag("Type"), CODED, required=True),
    Field("version", _tag("MIGversion"), fixed(VERSION), required=True),
    Field("gen_date_text", _tag("GenDate"), INSTANT_TEXT, required=True),
    Field("msg_id", _tag("MsgId"), TOKEN, required=True),
    Field("processing_status", _tag("ProcessingStatus"), CODED),
    Field("requested_priority", _tag("RequestedPriority"), CODED),
    Field("ack", _tag("Ack"), CODED),
    Field("conversation", _tag("ConversationRef"), _CONVERSATION),
    Field("sender", _tag("Sender"), PartyCodec(), required=True),
    Field("receiver", _tag("Receiver"), PartyCodec(), required=True),
    Field("other_receivers", _tag("OtherReceiver"), RAW, many=True),
    Field("patient", _tag("Patient"), person(ns.MSGHEAD, ns.MSGHEAD)),
)


class MsgInfoCodec:
    """Reads and writes MsgInfo."""

    _SHARED = (
        "type",
        "gen_date_text",
        "msg_id",
        "sender",
        "receiver",
        "ack",
        "conversation",
        "patient",
        "processing_status",
        "requested_priority",
        "other_receivers",
    )

    def read(self, element: Element) -> MsgInfo:
        """The head; raises SchemaError."""
        head: _Head = _HEAD.read(element)
        if not head.type.v:
            raise fault(element, "has a Type without a value")
        shared = {name: getattr(head, name) for name in self._SHARED}
        return MsgInfo(gen_date=read_instant(head.gen_date_text), **shared)

    def write(self, element: Element, value: MsgInfo) -> None:
        """The children in schema order."""
        _HEAD.write(element, _Head(**{name: getattr(value, name) for name in self._SHARED}))


@dataclass(frozen=True, slots=True, kw_only=True)
class _RefDoc:
    type: CodedValue
    content: Content
    issued: str = ""
    id: str = ""
    mime_type: str = ""
    description: str = ""
    compression: CodedValue | None = None
    reference: str = ""


_REF_DOC = Record(
    _RefDoc,
    Field("issued", _tag("IssueDate"), VALUE),
    Field("type", _tag("MsgType"), CODED, required=True),
    Field("id", _tag("Id"), TEXT),
    Field("mime_type", _tag("MimeType"), TEXT),
    Field("description", _tag("Description"), TEXT),
    Field("compression", _tag("Compression"), CODED),
    Field("reference", _tag("FileReference"), _ExternalCodec()),
    Field("content", _tag("Content"), _ContentCodec(), required=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _DocumentRow:
    ref_doc: _RefDoc
    connection: CodedValue | None = None
    content_type: CodedValue | None = None
    heading: str = ""
    category: CodedValue | None = None
    consent: CodedValue | None = None
    annotation: str = ""
    from_date: str = ""
    to_date: str = ""
    oid_ref: str = ""
    enquiry_ref_id: str = ""


_DOCUMENT = Record(
    _DocumentRow,
    Field("connection", _tag("DocumentConnection"), CODED),
    Field("content_type", _tag("ContentType"), CODED),
    Field("heading", _tag("ContentDescription"), TEXT),
    Field("category", _tag("ContentCategory"), CODED),
    Field("consent", _tag("Consent"), CODED),
    Field("annotation", _tag("Annotation"), TEXT),
    Field("from_date", _tag("FromDate"), VALUE),
    Field("to_date", _tag("ToDate"), VALUE),
    Field("oid_ref", _tag("OidRef"), TOKEN),
    Field("enquiry_ref_id", _tag("EnquiryRefId"), TEXT),
    Field("ref_doc", _tag("RefDoc"), _REF_DOC, required=True),
)
_OUTER = (
    "connection",
    "content_type",
    "heading",
    "category",
    "consent",
    "annotation",
    "from_date",
    "to_date",
    "oid_ref",
    "enquiry_ref_id",
)
_INNER = ("type", "issued", "id", "mime_type", "description", "compression")


class DocumentCodec:
    """Reads and writes one Document."""

    def read(self, element: Element) -> Document:
        """The Document with its content."""
        row: _DocumentRow = _DOCUMENT.read(element)
        outer = {name: getattr(row, name) for name in _OUTER}
        inner = {name: getattr(row.ref_doc, name) for name in _INNER}
        return Document(info=DocumentInfo(**outer, **inner), content=row.ref_doc.content)

    def write(self, element: Element, value: Document) -> None:
        """The children in schema order."""
        inner = {name: getattr(value.info, name) for name in _INNER}
        outer = {name: getattr(value.info, name) for name in _OUTER}
        _DOCUMENT.write(element, _DocumentRow(ref_doc=_RefDoc(content=value.content, **inner), **outer))


class MsgHeadCodec:
    """Reads and writes the root element of a dialog message."""

    _INFO = MsgInfoCodec()
    _DOCUMENT = DocumentCodec()

    def read(self, element: Element) -> MsgHead:
        """The whole message; a ds:Signature is ignored, integrity is the transport's (A 2.1.5)."""
        children = [child for child in element if child.tag != ns.tag(ns.SIGNATURE, "Signature")]
        if not children or children[0].tag != _tag("MsgInfo"):
            raise fault(element, "lacks MsgInfo")
        info = self._INFO.read(children[0])
        for child in children[1:]:
            if child.tag != _tag("Document"):
                raise fault(child, "is not a Document")
        self._require_dialog(element, children[1:])
        return MsgHead(info=info, documents=tuple(self._DOCUMENT.read(child) for child in children[1:]))

    @staticmethod
    def _require_dialog(element: Element, documents: list[Element]) -> None:
        first = documents[0].find(f"{_tag('RefDoc')}/{_tag('Content')}/*") if documents else None
        if first is None:
            raise fault(documents[0] if documents else element, "lacks a Dialogmelding")
        if first.tag == ns.tag(ns.DIALOG_1_0, "Dialogmelding"):
            raise UnsupportedVersionError(fault(first, "is version 1.0; version 1.1 is read").detail)
        if first.tag != ns.tag(ns.DIALOG, "Dialogmelding"):
            raise fault(first, "stands first, where the Dialogmelding must")

    def write(self, element: Element, value: MsgHead) -> None:
        """MsgInfo, then the Documents in order."""
        self._INFO.write(etree.SubElement(element, _tag("MsgInfo")), value.info)
        for document in value.documents:
            self._DOCUMENT.write(etree.SubElement(element, _tag("Document")), document)
