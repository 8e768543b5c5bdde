"""A citizen asks for renewal and reads the answer; the clinic is on the other end of the wire."""

from dataclasses import replace
from decimal import Decimal

import pytest

from skranke.kernel.ids import HprNumber
from skranke.standards.build import parties, reseptfornyelse
from skranke.standards.codes import Answer, MessageFunction, PatientRole
from skranke.standards.m1 import M1Edition
from skranke.standards.render import render

from support.messages import goods, medicine

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


@pytest.mark.req("RX-16", "DDFL-RX-04", "DDFL-RX-05", "DDFL-RX-12")
@pytest.mark.parametrize("edition", M1Edition)
@pytest.mark.parametrize("code", [Answer.RENEWED, Answer.PARTLY_RENEWED])
def test_the_citizen_reads_what_was_renewed(play, code, edition):
    _browser, sent = ask(play, play.citizen())
    heard = play.clinic.hear_code("RF")
    items = (
        medicine("Paracet tab 500 mg", xml_id="ID_1", amount=Decimal("1.5"), repeats=2),
        medicine("<b>Ibux</b>", xml_id="ID_2", prescribed=None, expires=None),
        goods("Prøvenæring", number="900123"),
    )
    items = tuple(replace(one, edition=edition) for one in items)
    answer = reseptfornyelse.clinic_answer(play.clinic.reply_envelope(heard), code, text="Ja.", prescriptions=items)
    play.clinic.send(answer)
    assert play.clinic.hear_receipt(answer.info.msg_id).positive
    shown = play.until(sent.url, lambda page: page.says("Prøvenæring"))
    (told,) = shown.page.xpath("//ul[@aria-label='Fornyede resepter']")
    first, second, third = (" ".join(line.text_content().split()) for line in told)
    assert first.startswith("Paracet tab 500 mg 1 tablett daglig · antall 1,5 · reiterasjoner 2 · reseptgruppe C · ")
    assert first.endswith(" · forskrevet 23.11.2026 · gyldig til 23.11.2027")
    assert (second, third) == ("<b>Ibux</b> 1 tablett daglig · reseptgruppe C", "Prøvenæring Ved behov")


@pytest.mark.req("DDFL-RX-09")
@pytest.mark.parametrize(("old", "new"), [(b"ID_2", b"ID_1"), (b">0<", b">mange<"), (b"NavnFormStyrke>", b"Navn>")])
def test_an_answer_whose_prescription_breaks_the_schema_is_refused(play, old, new):
    ask(play, play.citizen())
    heard = play.clinic.hear_code("RF")
    items = (medicine("Paracet", xml_id="ID_1"), medicine("Ibux", xml_id="ID_2"))
    answer = reseptfornyelse.clinic_answer(
        play.clinic.reply_envelope(heard), Answer.RENEWED, text="Ja.", prescriptions=items
    )
    data = render(answer)
    assert old in data
    play.clinic.send_raw(play.clinic.packed(data.replace(old, new), document=answer))
    receipt = play.clinic.hear_receipt(answer.info.msg_id)
    assert (receipt.positive, [one.v for one in receipt.errors]) == (False, ["T02"])


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
    assert play.browser().get(f"{other.page}/resept").status == 409
    words = {"text": "Paracet 500 mg", "delivery": "AP"}
    refused = play.browser().post(f"{other.page}/resept", words, page="/")
    assert refused.status == 422
    assert refused.says("Fastlegen tilbyr ikke denne tjenesten. Ingenting ble sendt.")
    assert refused.page.xpath("string(//textarea[@name='text'])").strip() == "Paracet 500 mg"
