"""From a document to the bytes that are signed and sent."""

from lxml import etree

from skranke.standards import namespaces as ns
from skranke.standards.apprec import AppRec, AppRecCodec
from skranke.standards.codec import prefixes
from skranke.standards.msghead import MsgHead
from skranke.standards.msghead_codec import MsgHeadCodec


def render(document: MsgHead | AppRec) -> bytes:
    """UTF-8 with an XML declaration, elements in the order of the schemas, no white space between them."""
    if isinstance(document, AppRec):
        root = etree.Element(ns.tag(ns.APPREC, "AppRec"), nsmap=prefixes(ns.APPREC))
        AppRecCodec().write(root, document)
    else:
        root = etree.Element(ns.tag(ns.MSGHEAD, "MsgHead"), nsmap=prefixes(ns.MSGHEAD))
        MsgHeadCodec().write(root, document)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
