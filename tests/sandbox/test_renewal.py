"""A citizen asks for renewal and reads the answer; the clinic is on the other end of the wire."""

import pytest

from skranke.kernel.ids import HprNumber
from skranke.standards.build import parties, reseptfornyelse
from skranke.standards.codes import Answer, MessageFunction, PatientRole

OUTCOMES = {
    Answer.RENEWED: "Resept fornyet",
    Answer.NOT_RENEWED: "Resept ikke fornyet",
    Answer.PARTLY_RENEWED: "Resepter delvis fornyet",
    Answer.REJECTED: "Forespørselen er avvist",
}


def ask(play, citizen, **changes):
    browser = play.browser()
    fields = {"text": "Paracet 500 mg\nIbux 400 mg", "delivery": "AP", **changes}
    return browser, browser.post(f"{citizen.page}/resept", fields)


@pytest.mark.req("HNP-1", "DDFL-RX-01")
def test_a_request_reaches_the_clinic_with_text_and_way_of_delivery(play):
    citizen = play.citizen()
    _browser, sent = ask(play, citizen)
    document = play.clinic.hear_code("RF").document
    assert document.info.function is MessageFunction.PRESCRIPTION_RENEWAL
    question = document.dialog.question
    assert question.text.plain.splitlines() == ["Paracet 500 mg", "Ibux 400 mg"]
    assert (question.coded_information.v, question.coded_information.s) == ("AP", "2.16.578.1.12.4.1.1.8324")
    assert (document.attachments, document.appointments, document.relation) == ((), (), None)
    assert sent.status == 200
    assert sent.says("Resept")
    assert not sent.page.xpath("//textarea[@name='text']")


@pytest.mark.req("RX-6", "DDFL-RX-06", "DDFL-RX-07")
@pytest.mark.parametrize("code", OUTCOMES)
def test_the_citizen_reads_text_outcome_and_who_answered(play, code):
    citizen = play.citizen()
    _browser, sent = ask(play, citizen)
    heard = play.clinic.hear_code("RF")
    role = parties.practitioner_role(
        PatientRole.GP_SUBSTITUTE, hpr_number=HprNumber("9000015"), given_name="Jon", family_name="Dal"
    )
    answer = reseptfornyelse.clinic_answer(
        play.clinic.reply_envelope(heard), code, text="Ta kontakt ved spørsmål.", practitioner=role
    )
    play.clinic.send(answer)
    assert play.clinic.hear_receipt(answer.info.msg_id).positive
    shown = play.until(sent.url, lambda page: page.says("Ta kontakt ved spørsmål."))
    assert shown.says(OUTCOMES[code])
    assert shown.says("Jon Dal")
    assert not shown.page.xpath("//textarea[@name='text']")


@pytest.mark.req("HNP-1")
@pytest.mark.parametrize("changes", [{"text": ""}, {"delivery": ""}, {"delivery": "XX"}, {"text": "x" * 1001}])
def test_a_request_without_text_or_way_of_delivery_is_not_sent(play, changes):
    citizen = play.citizen()
    _browser, refused = ask(play, citizen, **changes)
    assert refused.status == 422
    assert refused.page.xpath("//*[@data-field='validation']")


def test_a_gp_without_the_service_offers_none(play):
    citizen = play.citizen()
    assert "Forny resept" in play.browser().get(citizen.page).text
    other = play.people["no_services"]
    assert "Forny resept" not in play.browser().get(other.page).text
    assert play.browser().get(f"{other.page}/resept").status == 404
