"""A citizen writes and reads; the clinic is on the other end of the wire."""

from uuid import uuid4

import pytest

from skranke.kernel.ids import HprNumber
from skranke.standards.build import ekonsultasjon, ekontakt, parties
from skranke.standards.codes import Answer, AppRecError, MessageFunction, PatientRole
from skranke.standards.msghead import Attachment

from support.sandbox import thread

PDF = b"%PDF-1.4 synthetic"
PNG = b"\x89PNG\r\n\x1a\n synthetic"


def write(play, citizen, kind="ekonsultasjon", **more):
    browser = play.browser()
    fields = {"subject": "Utslett på armen", "text": "Det klør.\nSiden lørdag."}
    return browser, browser.post(f"{citizen.page}/skriv/{kind}", fields, **more)


@pytest.mark.req("HNP-1")
def test_an_e_consultation_reaches_the_clinic_with_its_attachments(play):
    citizen = play.citizen()
    _browser, sent = write(play, citizen, files=[("bilde.png", PNG), ("brev.pdf", PDF)])
    heard = play.clinic.hear_code("SB")
    document = heard.document
    assert document.info.function is MessageFunction.E_CONSULTATION
    assert document.info.patient.national_id == citizen.national_id
    assert document.info.conversation is None
    assert document.dialog.question.subject == "Utslett på armen"
    assert document.dialog.question.text.plain.splitlines() == ["Det klør.", "Siden lørdag."]
    assert [(one.mime_type, one.content) for one in document.attachments] == [
        ("image/png", PNG),
        ("application/pdf", PDF),
    ]
    assert document.relation is None
    assert heard.raw.message_id == heard.raw.correlation_id
    assert sent.status == 200


@pytest.mark.req("HNP-1")
def test_an_e_contact_is_an_enquiry(play):
    citizen = play.citizen()
    write(play, citizen, "kontakt")
    heard = play.clinic.hear_code("HE")
    assert heard.document.info.function is MessageFunction.E_CONTACT


def test_the_state_follows_the_receipt(play):
    citizen = play.citizen()
    _browser, sent = write(play, citizen)
    heard = play.clinic.hear_code("SB")
    waiting = play.until(sent.url, lambda page: page.says("Sendt, venter på kvittering"))
    assert not waiting.says("Levert")
    play.clinic.acknowledge(heard)
    assert play.until(sent.url, lambda page: page.says("Levert"))


def test_a_refused_message_shows_the_reason(play):
    citizen = play.citizen()
    _browser, sent = write(play, citizen)
    heard = play.clinic.hear_code("SB")
    play.clinic.acknowledge(heard, AppRecError.UNKNOWN_RECEIVER, "ingen slik lege")
    shown = play.until(sent.url, lambda page: page.says("ingen slik lege"))
    assert shown.page.xpath("//article[@data-state='rejected']")
    assert shown.says("E21")


@pytest.mark.req("HNP-2")
def test_the_answer_names_who_answered_and_can_be_followed_up(play):
    citizen = play.citizen()
    browser, sent = write(play, citizen)
    heard = play.clinic.hear_code("SB")
    role = parties.practitioner_role(
        PatientRole.GP_SUBSTITUTE, hpr_number=HprNumber("9000015"), given_name="Jon", family_name="Dal"
    )
    answer = ekonsultasjon.clinic_answer(
        play.clinic.reply_envelope(heard),
        text="Smør det inn.",
        practitioner=role,
        attachments=(Attachment(content=PDF, mime_type="application/pdf", description="Råd"),),
    )
    play.clinic.send(answer)
    assert play.clinic.hear_receipt(answer.info.msg_id).positive
    shown = play.until(sent.url, lambda page: page.says("Smør det inn."))
    assert shown.says("Jon Dal")
    assert shown.says("for Kari Lunde")
    link = shown.page.xpath("//a[contains(@href, '/vedlegg/')]/@href")[0]
    file = browser.get(link)
    assert file.body == PDF
    assert file.headers["Content-Disposition"].startswith("attachment")
    browser.post(sent.url, {"text": "Takk, det hjalp."})
    followed = play.clinic.hear_code("22").document
    assert followed.info.conversation.conversation == heard.document.info.msg_id
    assert followed.info.conversation.parent == answer.info.msg_id
    assert followed.info.function is MessageFunction.E_CONSULTATION


def test_an_answer_shows_in_the_inbox_with_the_party_when_nobody_is_named(play):
    citizen = play.citizen()
    write(play, citizen, "kontakt")
    heard = play.clinic.hear_code("HE")
    play.clinic.send(ekontakt.clinic_answer(play.clinic.reply_envelope(heard), text="Ja, vi er åpne."))
    shown = play.until(citizen.page, lambda page: page.page.xpath("//section[@id='innboks']//*[text()='Ny']"))
    row = shown.page.xpath("//section[@id='innboks']//tbody/tr")
    assert len(row) == 1
    assert "Kari Lunde" in row[0].text_content()


@pytest.mark.req("HNP-2", "DDFL-KO-11")
def test_a_dialog_from_the_clinic_may_be_answered_and_a_one_way_message_not(play):
    citizen = play.citizen()
    dialog = ekontakt.clinic_question(
        play.clinic.envelope(citizen), subject="Prøvesvar", text="Alt er fint.", may_answer=True
    )
    one_way = ekontakt.clinic_question(
        play.clinic.envelope(citizen), subject="Stengt i påsken", text="God påske.", may_answer=False
    )
    for document in (dialog, one_way):
        play.clinic.send(document)
        assert play.clinic.hear_receipt(document.info.msg_id).positive
    open_page = play.until(f"{citizen.page}/samtale/{dialog.info.msg_id}", lambda page: page.status == 200)
    shut_page = play.until(f"{citizen.page}/samtale/{one_way.info.msg_id}", lambda page: page.status == 200)
    assert open_page.page.xpath("//textarea[@name='text']")
    assert not shut_page.page.xpath("//textarea[@name='text']")
    refused = play.browser().post(shut_page.url, {"text": "Hei"}, page=citizen.page)
    assert refused.status == 422
    assert refused.says("Denne samtalen kan ikke besvares. Ingenting ble sendt.")
    play.browser().post(open_page.url, {"text": "Så bra!"})
    assert play.clinic.hear_code("22").document.info.conversation == thread(dialog)


def test_thirteen_closes_but_the_citizen_may_still_write(play):
    citizen = play.citizen()
    browser, sent = write(play, citizen)
    heard = play.clinic.hear_code("SB")
    closing = ekonsultasjon.clinic_answer(play.clinic.reply_envelope(heard), Answer.DIALOG_CLOSED, text="God bedring.")
    play.clinic.send(closing)
    shown = play.until(sent.url, lambda page: page.says("God bedring."))
    assert shown.says("Behandleren har avsluttet dialogen")
    assert shown.page.xpath("//textarea[@name='text']")
    browser.post(sent.url, {"text": "Ett spørsmål til."})
    assert play.clinic.hear_code("22").document.info.conversation.parent == closing.info.msg_id


def test_a_refusal_is_shown_and_ends_the_thread(play):
    citizen = play.citizen()
    _browser, sent = write(play, citizen)
    heard = play.clinic.hear_code("SB")
    refusal = ekonsultasjon.clinic_answer(
        play.clinic.reply_envelope(heard), Answer.NO_ACCESS, text="Du står ikke på listen."
    )
    play.clinic.send(refusal)
    shown = play.until(sent.url, lambda page: page.says("Du står ikke på listen."))
    assert shown.says("Ikke tilgang")
    assert not shown.page.xpath("//textarea[@name='text']")


def test_twelve_mebibytes_may_be_sent_and_a_byte_more_may_not(play):
    citizen = play.citizen()
    most = 12 * 1024 * 1024
    _browser, refused = write(play, citizen, files=[("a.pdf", PDF.ljust(most, b" ")), ("b.pdf", PDF)])
    assert refused.status == 422
    assert refused.says("større enn 12 MB")
    write(play, citizen, files=[("a.pdf", PDF.ljust(most - 100, b" ")), ("b.png", PNG.ljust(100, b"x"))])
    heard = play.clinic.hear_code("SB")
    assert sum(len(one.content) for one in heard.document.attachments) == most


def test_only_pdf_and_pictures_may_be_attached(play):
    _browser, refused = write(play, play.citizen(), files=[("regneark.pdf", b"PK\x03\x04 not a pdf")])
    assert refused.status == 422
    assert refused.says("Bare PDF, JPEG og PNG")


def test_subject_and_text_must_be_there(play):
    citizen = play.citizen()
    answer = play.browser().post(f"{citizen.page}/skriv/kontakt", {"subject": "", "text": " "})
    assert answer.status == 422
    assert len(answer.page.xpath("//*[@aria-invalid='true']")) == 2


@pytest.mark.req("HNP-3", "HNP-6", "HNP-11")
def test_a_parent_acts_for_a_child(play):
    parent, child = play.people["parent"], play.people["child"]
    page = f"/innbygger/{parent.id}/{child.id}"
    play.browser().post(f"{page}/skriv/kontakt", {"subject": "Feber", "text": "39 grader."})
    document = play.clinic.hear_code("HE").document
    assert document.info.patient.national_id == child.national_id
    assert document.relation.person.national_id == parent.national_id
    assert document.relation.relation.v == "FO"


@pytest.mark.req("HNP-5", "HNP-7", "HNP-12", "HNP-1", "ACT-11", "ACT-13")
def test_who_may_not_use_the_services(play):
    people, browser = play.people, play.browser()
    fields = {"subject": "Hei", "text": "Hei"}
    parent = people["parent"]
    for name in ("child", "youth", "inactive", "basis"):
        citizen = people[name]
        overview = browser.get(citizen.page)
        assert overview.status == 200
        assert not overview.page.xpath("//a[contains(@href, '/skriv/')]")
        assert browser.post(f"{citizen.page}/skriv/kontakt", fields, page="/").status == 403
    for stranger in ("hidden_child", "youth"):
        assert browser.get(f"/innbygger/{parent.id}/{people[stranger].id}").status == 404
    off = people["no_services"]
    assert browser.get(off.page).says("tilbyr ingen digitale tjenester")
    assert browser.get(f"{off.page}/skriv/kontakt").status == 409
    refused = browser.post(f"{off.page}/skriv/kontakt", fields, page="/")
    assert refused.status == 422
    assert refused.says("Fastlegen tilbyr ikke denne tjenesten. Ingenting ble sendt.")
    assert refused.page.xpath("string(//textarea[@name='text'])").strip() == "Hei"


def test_another_persons_thread_and_file_look_as_if_they_were_not_there(play):
    owner, stranger = play.citizen(), play.citizen()
    browser, sent = write(play, owner, files=[("brev.pdf", PDF)])
    link = sent.page.xpath("//a[contains(@href, '/vedlegg/')]/@href")[0]
    conversation = sent.url.rpartition("/")[2]
    for path in (f"samtale/{conversation}", f"vedlegg/{link.rpartition('/')[2]}"):
        assert browser.get(f"{owner.page}/{path}").status == 200
        theirs = browser.get(f"{stranger.page}/{path}")
        nobodys = browser.get(f"{stranger.page}/{path.partition('/')[0]}/{uuid4().int % 10**9}")
        assert (theirs.status, nobodys.status) == (404, 404)
        assert "Utslett" not in theirs.text


@pytest.mark.req("JRN-11", "JRN-12", "RX-12")
def test_a_citizen_reads_what_each_service_is_for(play):
    page, browser = play.citizen().page, play.browser()
    consultation = browser.get(f"{page}/skriv/ekonsultasjon")
    assert consultation.says("som ikke haster")
    assert consultation.says("ring 113")
    contact = browser.get(f"{page}/skriv/kontakt")
    assert contact.says("ingen helsehjelp")
    assert not contact.says("som ikke haster")
    assert browser.get(f"{page}/resept").says(
        "det du har hatt på resept før: legemidler, forbruksmateriell og næringsmidler"
    )
