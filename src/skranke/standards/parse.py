"""From received bytes to a document, or to an error that names its receipt code."""

import re
from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from skranke.standards import namespaces as ns
from skranke.standards.apprec import AppRec, AppRecCodec, read_apprec_1_0
from skranke.standards.codec import Element, fault
from skranke.standards.errors import EncodingError, NotXmlError, StandardsError, TooLargeError
from skranke.standards.msghead import MsgHead, MsgInfo
from skranke.standards.msghead_codec import VERSION, MsgHeadCodec, MsgInfoCodec

MAX_BYTES = 24 * 1024 * 1024
"""12 MB of attachments are 16 MB as base64; the rest is room for text and for another record system's habits."""

MAX_MARKUP = 1_000_000
"""Tags and attributes together, counted before parsing by their `<` and `=`: each takes some hundred bytes of memory
however short it is written. A month of free times of ten schedules has a third of that."""

_HEAD_BYTES = 256 * 1024

# Everything that may precede the root element. A document type can stand nowhere else.
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
# Other encodings could hide a document type from the check of bytes (UTF-7, UTF-16, EBCDIC).
_ENCODINGS = frozenset({b"utf-8", b"us-ascii", b"iso-8859-1", b"iso-8859-15", b"windows-1252"})
# A byte order mark, or "<" in two or four bytes.
_WIDE = re.compile(rb"\xff\xfe|\xfe\xff|<\x00|\x00{1,3}<")
_ROOT_START = re.compile(rb"<[A-Za-z_:\x80-\xff]")

_ROOTS: dict[str, Callable[[Element], MsgHead | AppRec]] = {
    ns.tag(ns.MSGHEAD, "MsgHead"): MsgHeadCodec().read,
    ns.tag(ns.APPREC, "AppRec"): AppRecCodec().read,
    ns.tag(ns.APPREC_1_0, "AppRec"): read_apprec_1_0,
}
_INFO = MsgInfoCodec()


def _refuse_unsafe(data: bytes) -> None:
    declared = _DECLARED.match(data)
    if _WIDE.match(data) or (declared and declared[1].lower() not in _ENCODINGS):
        raise EncodingError("The document is in an encoding that is not read.")
    prolog = _PROLOG.match(data)
    start = prolog.end() if prolog else 0
    if data.startswith(b"<!DOCTYPE", start):
        raise NotXmlError("The document has a document type declaration.")
    if not _ROOT_START.match(data, start):
        raise NotXmlError("The document does not begin with an XML element.")


def _root(data: bytes, *, recover: bool = False) -> Element:
    _refuse_unsafe(data)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        place = f" (line {error.lineno})" if isinstance(error, etree.XMLSyntaxError) else ""
        raise NotXmlError(f"The document is not well-formed XML{place}.") from error
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise NotXmlError("The document has no root element, or a document type declaration.")
    return root


def read_xml(data: bytes, *, max_bytes: int = MAX_BYTES, max_markup: int = MAX_MARKUP) -> Element:
    """The root of any XML from outside: no document type, no network, no more than told.

    Raises TooLargeError before anything is parsed, NotXmlError, EncodingError.
    """
    if len(data) > max_bytes:
        raise TooLargeError(f"The document has {len(data)} bytes; {max_bytes} are read at most.")
    if (found := data.count(b"<") + data.count(b"=")) > max_markup:
        raise TooLargeError(f"The document has {found} pieces of markup; {max_markup} are read at most.")
    return _root(data)


def parse_document(data: bytes, *, max_bytes: int = MAX_BYTES) -> MsgHead | AppRec:
    """The document of the bytes.

    Raises TooLargeError before anything is parsed, NotXmlError (T01), SchemaError (T02), UnsupportedVersionError
    (T10) or AttachmentError (T99); each has `apprec_code` and a `detail` without personal data. The rules of one
    message function are asked afterwards, by `checks.check_message`.
    """
    root = read_xml(data, max_bytes=max_bytes)
    read = _ROOTS.get(root.tag)
    if read is None:
        raise fault(root, "is neither MsgHead nor AppRec")
    return read(root)


def parse_header(data: bytes) -> MsgInfo | None:
    """The head of a dialog message whose payload may be broken, to address its negative receipt.

    Reads only the beginning of the bytes, as far as it can be understood: a fault in patient or reference does not
    hide from whom the message came. None when function, parties, MsgId or GenDate cannot be read.
    """
    try:
        root = _root(data[:_HEAD_BYTES], recover=True)
        info = root.find(ns.tag(ns.MSGHEAD, "MsgInfo")) if root.tag == ns.tag(ns.MSGHEAD, "MsgHead") else None
        return _as_far_as_needed(info) if info is not None else None
    except StandardsError:
        return None


def _as_far_as_needed(info: Element) -> MsgInfo:
    """All of the head, or what a receipt repeats of it when the rest is at fault. Raises SchemaError."""
    try:
        return _INFO.read(info)
    except StandardsError:
        needed = etree.Element(info.tag)
        for name in ("Type", "GenDate", "MsgId", "Sender", "Receiver"):
            needed.extend([deepcopy(found) for found in info.findall(ns.tag(ns.MSGHEAD, name))])
            if name == "Type":
                etree.SubElement(needed, ns.tag(ns.MSGHEAD, "MIGversion")).text = VERSION
        return _INFO.read(needed)
