"""SOAP 1.1 as WCF speaks it: the question out of its envelope, the answer or the fault into one."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from lxml import etree

from skranke.standards.codec import XSI, Element, local_name, prefixes
from skranke.standards.errors import StandardsError
from skranke.standards.parse import read_xml

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
COMMON = "http://register.nhn.no/Common"
COMMON_EN = "http://schemas.nhn.no/reg/Common/en"
MOST_BYTES = 64 * 1024
_XML = "http://www.w3.org/XML/1998/namespace"


class FaultError(Exception):
    """The register refuses a question: `code` is its own; the text says why."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class BadQuestionError(Exception):
    """No question that the service knows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation with its parameters."""

    operation: str
    values: Mapping[str, str]

    def number(self, name: str) -> int:
        """A parameter that is a whole number. Raises FaultError, as WCF does for one that is none."""
        try:
            return int(self.values.get(name, ""))
        except ValueError:
            raise FaultError("Feil", f"ArgumentException: {name} er ugyldig") from None


Operation = Callable[[Asked, Element], None]
"""Answers a question by filling the element of its result."""


def answer(body: bytes, namespace: str, operations: Mapping[str, Operation]) -> tuple[int, bytes]:
    """The status and the envelope that answer a question."""
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"s": ENVELOPE})
    within = etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")
    status = 200
    try:
        asked = _question(body, operations)
        response = etree.SubElement(
            within, f"{{{namespace}}}{asked.operation}Response", nsmap=prefixes(namespace, i=XSI)
        )
        operations[asked.operation](asked, etree.SubElement(response, f"{{{namespace}}}{asked.operation}Result"))
    except FaultError as error:
        status = 500
        _fault(within, "s:Client", str(error), code=error.code)
    except BadQuestionError as error:
        status = 500
        _fault(within, "s:Client", str(error))
    return status, etree.tostring(envelope, xml_declaration=True, encoding="utf-8")


def put(parent: Element, name: str, text: object = None) -> Element:
    """A child in its parent's namespace: with a text, nothing (i:nil) for None, or empty to be filled for ""."""
    namespace = str(parent.tag).rpartition("}")[0][1:]
    made = etree.SubElement(parent, f"{{{namespace}}}{name}")
    if text is None:
        made.set(f"{{{XSI}}}nil", "true")
    elif isinstance(text, bool):
        made.text = "true" if text else "false"
    elif text != "":
        made.text = str(text)
    return made


def put_code(parent: Element, name: str, value: str, text: str, *, oid: int, simple_type: str) -> None:
    """A coded value (Common.Code) as a child."""
    made = etree.SubElement(parent, f"{{{str(parent.tag).rpartition('}')[0][1:]}}}{name}", nsmap={"a": COMMON})
    for part, content in (
        ("Active", "true"),
        ("CodeText", text),
        ("CodeValue", value),
        ("OID", str(oid)),
        ("SimpleType", simple_type),
    ):
        etree.SubElement(made, f"{{{COMMON}}}{part}").text = content


def put_period(parent: Element, name: str, start: str, *, namespace: str, end: str | None) -> None:
    """From and To."""
    made = etree.SubElement(parent, f"{{{str(parent.tag).rpartition('}')[0][1:]}}}{name}", nsmap={"a": namespace})
    etree.SubElement(made, f"{{{namespace}}}From").text = start
    last = etree.SubElement(made, f"{{{namespace}}}To")
    if end is None:
        last.set(f"{{{XSI}}}nil", "true")
    else:
        last.text = end


def _question(body: bytes, known: Collection[str]) -> Asked:
    try:
        root = read_xml(body, max_bytes=MOST_BYTES)
    except StandardsError as error:
        raise BadQuestionError("The question is no XML.") from error
    within = next((one for one in root if local_name(one) == "Body"), None)
    if local_name(root) != "Envelope" or within is None or not len(within):
        raise BadQuestionError("The question is no SOAP envelope.")
    wanted = within[0]
    if local_name(wanted) not in known:
        raise BadQuestionError("There is no such operation.")
    return Asked(local_name(wanted), {local_name(one): (one.text or "").strip() for one in wanted})


def _fault(within: Element, who: str, text: str, *, code: str = "") -> None:
    fault = etree.SubElement(within, f"{{{ENVELOPE}}}Fault")
    etree.SubElement(fault, "faultcode").text = who
    told = etree.SubElement(fault, "faultstring")
    told.set(f"{{{_XML}}}lang", "nb-NO")
    told.text = text
    if code:
        detail = etree.SubElement(etree.SubElement(fault, "detail"), f"{{{COMMON}}}GenericFault")
        etree.SubElement(detail, f"{{{COMMON}}}ErrorCode").text = code
        etree.SubElement(detail, f"{{{COMMON}}}Message").text = text
