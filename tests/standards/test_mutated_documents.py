"""Documents damaged by dice: each is read, or refused with one of this room's errors, which has a receipt code."""

import random

import pytest

from skranke.standards import checks
from skranke.standards.build import ekonsultasjon, ekontakt, timereservasjon
from skranke.standards.build.apprec import apprec_for
from skranke.standards.codes import Answer, AppRecError, AppRecStatus
from skranke.standards.errors import StandardsError
from skranke.standards.msghead import MsgHead
from skranke.standards.parse import parse_document, parse_header
from skranke.standards.render import render
from skranke.standards.richtext import RichText, sanitise

from support import messages
from support.mutations import mutated_bytes, mutated_tree

DIV = b'<div xmlns="http://www.w3.org/1999/xhtml"><p>Hei <b>du</b></p><ul><li>en</li></ul></div>'


def documents() -> list[bytes]:
    first, later = messages.from_citizen(), messages.from_citizen(later=True)
    question = ekonsultasjon.citizen_question(
        first,
        subject="Vondt i skulderen",
        text=RichText.of_xhtml(DIV),
        attachments=(messages.PDF, messages.PNG),
        relation=messages.ACTING,
    )
    built = [
        question,
        ekontakt.citizen_question(first, subject="Tid", text="Er dere åpne?"),
        ekontakt.citizen_answer(later, Answer.CITIZEN_ANSWER, text="Takk"),
        timereservasjon.reserve(first, messages.slot(), accepts_other=False, text="Øreverk"),
        timereservasjon.cancel(first, messages.appointment(), text="Kan ikke"),
        apprec_for(question.info, status=AppRecStatus.OK, errors=(), now=messages.NOW, id=messages.SECOND_ID),
    ]
    return [render(one) for one in built]


def judge(data: bytes) -> str:
    """How the document ends, after all that the gateway asks of it."""
    parse_header(data)
    try:
        document = parse_document(data)
        if isinstance(document, MsgHead):
            checks.check_message(document, document.info.type.v)
    except StandardsError as error:
        return error.apprec_code.value if error.detail else "says not why"
    if isinstance(document, MsgHead) and document.dialog.body.text and document.dialog.body.text.xhtml:
        assert "<script" not in sanitise(document.dialog.body.text.xhtml)
    return "read"


@pytest.mark.req("NFR-3")
@pytest.mark.parametrize("number", [500, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("damage", [mutated_bytes, mutated_tree])
def test_a_damaged_document_is_read_or_refused_with_a_code(damage, number) -> None:
    dice = random.Random(20261127)
    whole = documents()
    found = [judge(damage(whole[turn % len(whole)], dice)) for turn in range(number)]
    ends = {end: found.count(end) for end in sorted(set(found))}
    print(f"{number} documents by {damage.__name__}: {ends}")
    assert {"read", "T02"} <= ends.keys() <= {"read", *AppRecError}
    assert damage is mutated_tree or "T01" in ends
