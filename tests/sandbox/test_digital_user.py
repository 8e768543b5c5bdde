"""Who is active in HelseNorge, as the sandbox tells and answers it."""

from urllib.parse import quote

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


@pytest.mark.req("PAT-13")
def test_each_level_of_consent_is_shown_and_only_full_access_is_active_and_gives_the_gps_services(play):
    full = play.citizen()
    levels = (("not_agreed", "ikke samtykket"), ("basis", "Basis"), ("basis_plus", "Basis pluss"))
    less = [play.people[name] for name, _ in levels]
    _, heard = ask(play, full, *less, code="28")
    assert {str(one.national_id) for one in heard.document.persons} == {str(full.national_id)}
    browser = play.browser()
    for citizen, word in ((full, "Full tilgang"), *zip(less, (word for _, word in levels), strict=True)):
        found = browser.get(f"/?q={quote(citizen.name)}")
        shown = found.page.xpath("//nav//li[.//b[text()=$name]]//span[contains(@class, 'chip')]", name=citizen.name)
        assert [one.text_content().strip() for one in shown] == [word]
        services = browser.get(citizen.page).page.xpath("//div[@class='sb-services']//*[self::a or self::button]")
        assert bool(services) is (citizen is full), word
        if citizen is not full:
            assert browser.get(f"{citizen.page}/skriv/kontakt").status == 403, word


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
