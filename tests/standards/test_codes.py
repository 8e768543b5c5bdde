import json

import pytest

from skranke.standards.codes import (
    LISTS,
    Acknowledgement,
    Answer,
    AppRecRole,
    Code,
    CodedValue,
    DocumentType,
    MessageFunction,
    PrescriptionGroup,
    Question,
    SlotCategory,
)

from support.schemas import standards_folder

NOT_IN_THE_SNAPSHOT = {Acknowledgement, AppRecRole, DocumentType, MessageFunction, PrescriptionGroup, SlotCategory}
"""8279 is there, but names three of our functions otherwise or not at all (D-28, D-29)."""


@pytest.mark.skipif(standards_folder() is None, reason="the national code lists are not on this machine")
@pytest.mark.parametrize("kind", sorted(set(LISTS) - NOT_IN_THE_SNAPSHOT, key=str), ids=lambda kind: kind.__name__)
def test_values_and_terms_are_those_of_the_national_list(kind):
    lists = json.loads((standards_folder() / "derived-codelists" / "volven-codelists-2020.json").read_text("utf-8"))
    national = lists[str(LISTS[kind])]
    assert {code.value: code.term for code in kind} == {
        value: term for value, term in national["codes"].items() if value in set(kind)
    }
    assert next(iter(kind)).oid == national["oid"]


def test_every_list_has_its_number():
    assert set(LISTS) == set(Code.__subclasses__())


def test_a_code_is_known_by_its_value_alone():
    assert Question.known(CodedValue("HE", "another list", "another term")) is Question.ENQUIRY
    assert Question.known("HE") is Question.ENQUIRY
    assert Question.known(CodedValue("??")) is None
    assert Answer.known(None) is None
    assert Question.ENQUIRY.cv == CodedValue("HE", "2.16.578.1.12.4.1.1.7601", "Henvendelse")
    assert Question.ENQUIRY.cs == CodedValue("HE", "", "Henvendelse")
