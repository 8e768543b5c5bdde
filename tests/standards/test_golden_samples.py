"""The official samples are read without loss: parse, render, compare, validate (DDFL-GOLD-01).

The comparison is of canonical XML after these normalisations, each of which changes nothing that is said:
comments, processing instructions, xsi:schemaLocation, white space between elements and around tokens; properties of
a calendar in another order; an optional element that is empty; line breaks inside base64.
"""

import base64
from pathlib import Path

import pytest
from lxml import etree

from skranke.standards import namespaces as ns
from skranke.standards.apprec import AppRec
from skranke.standards.checks import check_message
from skranke.standards.errors import UnsupportedVersionError
from skranke.standards.parse import parse_document, parse_header
from skranke.standards.render import render

from support.schemas import samples_folder, standards_folder, validate

FUNCTIONS = (
    "EKONTAKT",
    "EKONSULTASJON",
    "RESEPTFORNYELSE",
    "TIMERESERVASJON",
    "TIMEONSKE",
    "AVTALEUTSENDING",
    "AVTALEAVBESTILLING",
    "DIGITALBRUKER",
    "BEHANDLEROVERSIKT",
    "TEST",
)
OTHERS = (
    "helsenorge-messaging/test/MetadataTests_Apprec11.xml",
    "helsenorge-messaging/Examples/DIALOG_INNBYGGER_RESEPTFORNYELSE.xml",
    "helsenorge-messaging/Examples/Dialogtjeneste12_Kommunikasjonstest_Request.xml",
)
OLD_RECEIPTS = (
    "helsenorge-messaging/test/MetadataTests_Apprec10.xml",
    "sarepta-archive-2020-07/eksempel/apprec/apprec-eksempel.xml",
)
OLD_VERSIONS = ("sarepta-archive-2020-07/eksempel/dialogmelding/Dialogmelding_avvik_v1-0.xml",)

_folder = standards_folder()
needs_samples = pytest.mark.skipif(_folder is None, reason="the official samples are not on this machine")


def _service_samples() -> list[Path]:
    root = samples_folder()
    if root is None:
        return []
    return sorted(path for name in FUNCTIONS for path in (root / f"DIALOG_INNBYGGER_{name}").rglob("*.xml"))


SERVICE_SAMPLES = _service_samples()
SAMPLES = [*SERVICE_SAMPLES, *(_folder / name for name in OTHERS)] if _folder else []

_VERBATIM = frozenset(
    ns.tag(ns.DIALOG, name) for name in ("EmneSporsmal", "Sporsmal", "Tema", "TekstNotatInnhold", "Sakstype")
)


def _is_empty(element) -> bool:
    return not len(element) and not element.attrib and not (element.text or "").strip()


def _prune(element) -> None:
    for child in list(element):
        _prune(child)
        # The empty `components` of a vevent and the empty parts of rrule are demanded by the schema.
        if _is_empty(child) and etree.QName(child).localname not in {"components", "interval", "br"}:
            element.remove(child)


def _normalise(element) -> None:
    if element.tag == ns.tag(ns.BASE64, "Base64Container"):
        element.text = base64.b64encode(base64.b64decode(element.text or "")).decode()
    if element.tag == ns.tag(ns.XCAL, "properties"):
        element[:] = sorted(element, key=lambda child: child.tag)
    element.attrib.pop("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation", None)
    in_text = element.tag in _VERBATIM or any(parent.tag in _VERBATIM for parent in element.iterancestors())
    if not in_text:
        element.text = (element.text or "").strip() or None
    if not any(parent.tag in _VERBATIM for parent in element.iterancestors()):
        element.tail = None
    if element.tag in _VERBATIM and len(element):
        element.text = element[0].tail = None
    for child in element:
        _normalise(child)


def canonical(data: bytes) -> list[str]:
    parser = etree.XMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    root = etree.fromstring(data, parser)
    _prune(root)
    _normalise(root)
    text = etree.tostring(root, method="c14n", exclusive=True).decode()
    # Prefixes are free choice: compare names in Clark form, in document order.
    tree = etree.fromstring(text)
    return [
        f"{'/'.join(str(up.tag) for up in node.iterancestors())}/{node.tag} "
        f"{sorted(node.attrib.items())} {node.text!r} {node.tail!r}"
        for node in tree.iter()
    ]


@needs_samples
@pytest.mark.req("DDFL-GOLD-01", "DDFL-ENV-01", "DDFL-ENV-16")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_read_without_loss(path):
    data = path.read_bytes()
    document = parse_document(data)
    rendered = render(document)
    validate(rendered, document.type.v if isinstance(document, AppRec) else document.info.type.v)
    assert parse_document(rendered) == document
    assert canonical(rendered) == canonical(data)


@needs_samples
@pytest.mark.req("DDFL-GOLD-01")
def test_all_63_samples_of_the_gp_services_are_there():
    assert len(SERVICE_SAMPLES) == 63


@needs_samples
@pytest.mark.req("DDFL-GOLD-01", "DDFL-AR-11")
@pytest.mark.parametrize("path", SERVICE_SAMPLES, ids=lambda path: path.stem)
def test_the_head_of_a_sample_is_read_alone(path):
    assert parse_header(path.read_bytes()) == parse_document(path.read_bytes()).info


@needs_samples
@pytest.mark.parametrize("name", OLD_RECEIPTS)
def test_a_receipt_of_2004_is_read_as_one_of_2012(name):
    """The same value as the same words in the newer form; and what we write of it is the newer form."""
    old = (_folder / name).read_bytes()
    newer = old.replace(ns.APPREC_1_0.encode(), ns.APPREC.encode()).replace(b"1.0 2004-11-21", b"v1.1 2012-02-15")
    receipt = parse_document(old)
    assert isinstance(receipt, AppRec)
    assert receipt == parse_document(newer)
    assert receipt.original.id
    written = render(receipt)
    assert (ns.APPREC.encode() in written, ns.APPREC_1_0.encode() in written) == (True, False)


@needs_samples
@pytest.mark.parametrize("name", OLD_VERSIONS)
def test_an_old_version_is_recognised(name):
    with pytest.raises(UnsupportedVersionError) as caught:
        parse_document((_folder / name).read_bytes())
    assert caught.value.apprec_code == "T10"


@needs_samples
@pytest.mark.req("DDFL-GOLD-01", "DDFL-AR-13")
@pytest.mark.parametrize("path", SERVICE_SAMPLES, ids=lambda path: path.stem)
def test_no_sample_would_be_refused(path):
    message = parse_document(path.read_bytes())
    check_message(message, message.info.type.v)


@needs_samples
@pytest.mark.parametrize("lost", [b' DN="Fastlege"', b"<FamilyName>September</FamilyName>", b"16"])
def test_the_comparison_notices_a_loss(lost):
    path = samples_folder() / "DIALOG_INNBYGGER_TIMERESERVASJON" / "1.2"
    data = next(path.glob("Reserver time - Svar*Bekreftet.xml")).read_bytes()
    assert lost in data
    assert canonical(data.replace(lost, b"", 1)) != canonical(data)
