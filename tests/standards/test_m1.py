"""M1: all that its schemas allow is read without loss, in both editions; and what is written is valid."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from skranke.standards import profile
from skranke.standards.build import reseptfornyelse
from skranke.standards.checks import check_message
from skranke.standards.codes import Answer, CodedValue
from skranke.standards.errors import BuildError, SchemaError
from skranke.standards.m1 import M1Edition, Resept, ids
from skranke.standards.parse import parse_document
from skranke.standards.render import render

from support.catalogue import RENEWAL
from support.from_schema import Maker
from support.messages import from_clinic, medicine
from support.schemas import standards_folder, validate

_FILES = {
    M1Edition.V2_5: ("ER-M1-2013-10-08.xsd", "Forskrivning-2013-10-08.xsd"),
    M1Edition.V2_4: ("ER-M1-2010-05-01.xsd", "Forskrivning-2010-04-01.xsd"),
}
FUNCTION = "DIALOG_INNBYGGER_RESEPTFORNYELSE"
needs_schemas = pytest.mark.skipif(standards_folder() is None, reason="the national schemas are not on this machine")


def whole(edition: M1Edition, choice: int) -> etree._Element:
    folder = standards_folder() / "sarepta-archive-2020-07" / "skjema" / "eresept"
    return Maker(*(folder / name for name in _FILES[edition]), choice=choice).make("Resept")


def carrying(*prescriptions: etree._Element) -> bytes:
    """An answer with these in place of its own."""
    root = etree.fromstring(render(RENEWAL["32"]))
    contents = root.findall("{*}Document/{*}RefDoc/{*}Content")[1:]
    for content, one in zip(contents, prescriptions, strict=True):
        content[:] = [one]
    return etree.tostring(root)


def flat(data: bytes) -> list[tuple]:
    return [(one.tag, sorted(one.attrib.items()), (one.text or "").strip()) for one in etree.fromstring(data).iter()]


@needs_schemas
@pytest.mark.req("DDFL-ENV-16", "DDFL-RX-09")
@pytest.mark.parametrize("edition", M1Edition)
@pytest.mark.parametrize("choice", range(10))
def test_all_that_the_schema_allows_is_read_without_loss(edition, choice) -> None:
    data = carrying(whole(edition, choice), etree.fromstring(etree.tostring(whole(edition, 0)).replace(b"ID_", b"B_")))
    validate(data, FUNCTION)
    message = parse_document(data)
    assert [one.edition for one in message.prescriptions] == [edition, edition]
    assert message.prescriptions[0].name
    written = render(message)
    validate(written, FUNCTION)
    assert flat(written) == flat(data)
    assert parse_document(written) == message


@needs_schemas
@pytest.mark.parametrize("edition", M1Edition)
def test_an_element_too_many_or_out_of_order_is_refused(edition) -> None:
    once, twice = whole(edition, 0), etree.fromstring(etree.tostring(whole(edition, 0)).replace(b"ID_", b"B_"))
    for element in list(twice.iter("{*}Reiterasjon", "{*}NavnFormStyrke", "{*}OppdatertFest")):
        element.addnext(etree.fromstring(etree.tostring(element)))
        with pytest.raises(SchemaError):
            parse_document(carrying(once, twice))
        element.getparent().remove(element)


@pytest.mark.req("DDFL-RX-12")
def test_0001_01_01_is_no_date_and_is_written_so_again() -> None:
    old = medicine("Paracet tab 500 mg", prescribed=None, expires=None)
    message = reseptfornyelse.clinic_answer(from_clinic(later=True), Answer.RENEWED, text="Klar.", prescriptions=(old,))
    data = render(message)
    assert data.count(b">0001-01-01<") == 2
    assert b">0001-01-01T00:00:00<" in data
    (read,) = parse_document(data).prescriptions
    assert (read.prescribed, read.expires, read.fest_updated) == (None, None, "")


@pytest.mark.req("DDFL-RX-09")
def test_an_id_stands_once_in_all_prescriptions_of_a_message() -> None:
    same = (medicine("Paracet", xml_id="ID_1"), medicine("Ibux", xml_id="ID_1"))
    with pytest.raises(BuildError):
        reseptfornyelse.clinic_answer(from_clinic(later=True), Answer.RENEWED, text="Ja.", prescriptions=same)
    with pytest.raises(BuildError):
        reseptfornyelse.clinic_answer(
            from_clinic(later=True), Answer.RENEWED, text="Ja.", prescriptions=(same[0],) * 101
        )
    right = RENEWAL["32"]
    assert ids(right.prescriptions) == ["ID_1", "ID_2"]
    documents = (*right.documents[:2], replace(right.documents[2], content=right.prescriptions[0]))
    with pytest.raises(SchemaError):
        check_message(replace(right, documents=documents), FUNCTION)


@pytest.mark.req("DDFL-RX-06")
@pytest.mark.parametrize("code", [Answer.NOT_RENEWED, Answer.REJECTED, Answer.NO_ACCESS])
def test_an_answer_that_renews_nothing_carries_no_prescription(code) -> None:
    with pytest.raises(BuildError):
        reseptfornyelse.clinic_answer(
            from_clinic(later=True), code, text="Nei.", prescriptions=(medicine("Paracet tab 500 mg"),)
        )


def test_a_request_by_prescriptions_needs_no_text_and_one_without_anything_says_nothing() -> None:
    message = RENEWAL["RFER"]
    assert (message.code.v, message.dialog.question.text) == ("RFER", None)
    check_message(message, FUNCTION)
    with pytest.raises(SchemaError):
        check_message(replace(message, documents=message.documents[:1]), FUNCTION)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("Antall", "mange"),
        ("Antall", "1e3"),
        ("Reiterasjon", "3.5"),
        ("Reiterasjon", "3000000000"),
        ("Forskrivningsdato", "i dag"),
        ("OppdatertFest", "2026-11-20"),
        ("Id", "9_paracet"),
        ("Id", "ID 1"),
    ],
)
def test_a_value_that_its_type_does_not_allow_is_refused(place, text) -> None:
    root = etree.fromstring(render(RENEWAL["32"]))
    next(root.find(".//{*}Resept").iter(f"{{*}}{place}")).text = text
    with pytest.raises(SchemaError) as caught:
        parse_document(etree.tostring(root))
    assert place in caught.value.detail
    assert text not in caught.value.detail


def test_an_empty_number_of_repeats_is_none_at_all() -> None:
    """The schema's default, as a sample of Helsenorge.Messaging has it."""
    root = etree.fromstring(render(RENEWAL["32"]))
    next(root.iter("{*}Reiterasjon")).text = None
    assert parse_document(etree.tostring(root)).prescriptions[0].medicine.repeats is None


def test_a_prescription_tells_nothing_in_its_representation() -> None:
    one = medicine("Paracet tab 500 mg", amount=Decimal(2), expires=date(2027, 11, 24))
    assert (repr(one), one.medicine.kind) == ("Resept(V2_5)", CodedValue("L", "", "Legemiddel"))
    assert isinstance(one, Resept)
    assert one.edition is profile.PRESCRIPTION_EDITION
