"""Who is active in HelseNorge, as the sandbox tells and answers it."""

import pytest

from skranke.standards.build import digitalbruker, parties
from skranke.standards.codes import YesNo


def ask(play, *citizens, code: str):
    """Ask about these; the question and the answer of this code to it."""
    persons = [
        parties.patient(one.national_id, given_name=one.given_name, family_name=one.family_name) for one in citizens
    ]
    question = digitalbruker.check(play.clinic.envelope(citizens[0]), persons)
    play.clinic.send(question)
    return question, play.clinic.hear_code(code)


@pytest.mark.req("DDFL-DB-04", "DDFL-DB-07")
def test_a_check_is_answered_with_those_who_are_active(play):
    active = play.citizen()
    question, heard = ask(play, active, play.people["inactive"], play.people["basis"], code="28")
    assert {str(one.national_id) for one in heard.document.persons} == {str(active.national_id)}
    assert heard.document.info.patient is None
    assert heard.document.info.conversation.conversation == question.info.msg_id
    _, heard = ask(play, play.people["inactive"], code="29")
    assert heard.document.persons == ()


@pytest.mark.req("DDFL-DB-01")
def test_the_clinic_is_told_when_the_operator_changes_a_citizen(play):
    citizen = play.citizen()
    fields = {"citizen": str(citizen.national_id), "active": "0"}
    assert play.browser().post("/drift/innbygger", fields, page="/drift").says("fastlegens kontor får beskjed")
    heard = play.clinic.hear_code("SDAB")
    assert str(heard.document.info.patient.national_id) == str(citizen.national_id)
    assert heard.document.dialog.question.coded_information.v == YesNo.NO
    assert play.browser().post("/drift/innbygger", fields, page="/drift").says("var det allerede")
    ask(play, citizen, code="29")
    unknown = play.browser().post("/drift/innbygger", {"citizen": "nobody", "active": "1"}, page="/drift")
    assert unknown.status == 404
