"""A message in another system's style of XML, of a function that no builder of ours makes yet."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from skranke.standards.checks import check_message
from skranke.standards.m1 import M1Edition
from skranke.standards.parse import parse_document, parse_header
from skranke.standards.render import render

from support.schemas import validate

DATA = (Path(__file__).parent / "fixtures" / "renewal_answer.xml").read_bytes()


@pytest.mark.req("DDFL-ENV-16", "DDFL-ENV-24")
def test_it_is_read_with_its_prescription():
    message = parse_document(DATA)
    check_message(message, message.info.type.v)
    assert message.info.gen_date == datetime(2026, 11, 24, 12, 2, 11, 250_000, tzinfo=UTC)
    assert str(message.info.sender.level1_her_id) == "5000001"
    assert message.dialog.note.text.plain == "En resept er klar.\n\nRing om den andre."
    (renewed,) = message.prescriptions
    assert (renewed.edition, renewed.name, renewed.prescribed) == (
        M1Edition.V2_5,
        "Prøvelin tab 5 mg",
        date(2026, 11, 24),
    )
    assert (renewed.medicine.amount, renewed.medicine.repeats) == (1, 2)
    assert renewed.medicine.prescribing.substance.group.v == "C"
    assert message.other == ()
    assert parse_header(DATA) == message.info


@pytest.mark.req("DDFL-ENV-01")
def test_it_is_written_valid_and_the_same():
    validate(DATA, "DIALOG_INNBYGGER_RESEPTFORNYELSE")
    rendered = render(parse_document(DATA))
    validate(rendered, "DIALOG_INNBYGGER_RESEPTFORNYELSE")
    assert parse_document(rendered) == parse_document(DATA)
