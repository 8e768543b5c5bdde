"""Each kind of bad input ends as the protocol says, is kept for the operator, and disturbs nothing else."""

from dataclasses import replace
from uuid import uuid4

import pytest

from skranke.audit.models import AuditEvent
from skranke.dialog.models import Message, Thread
from skranke.dialog.services import answer
from skranke.gateway.models import DeliveryTry, ReceivedMessage
from skranke.kernel.ids import HerId
from skranke.patients.services import block
from skranke.standards.build import parties
from skranke.standards.msghead import Attachment, ConversationRef
from skranke.standards.render import render
from skranke.wire.certificates import load_certificate
from skranke.wire.protection import encrypt, protect

from cast import fresh_her_id
from support.surgery import gp_of


def kept(office):
    with office.acting():
        assert not DeliveryTry.objects.exists()
        return ReceivedMessage.objects.get()


def nothing_else_happened(office) -> None:
    with office.acting():
        assert not Thread.objects.exists()


def report_of(office):
    """The one report on HelseNorge's error queue, when nothing else was answered."""
    assert office.answers() == []
    (report,) = office.helsenorge.reports()
    assert (report.body, report.subject) == (b"", office.helsenorge.sent[-1].subject)
    assert report.headers.original_message_id == office.helsenorge.sent[-1].message_id
    assert report.message_id != office.helsenorge.sent[-1].message_id
    nothing_else_happened(office)
    return report.headers.error_condition


def foreign_key(office, xml):
    ours = load_certificate(office.helsenorge.clinic_files.encryption_certificate)
    return protect(xml, signer=office.town.pki.party("stranger").signing(), recipient=ours)


def wrong_recipient(office, xml):
    theirs = load_certificate(office.town.pki.party("stranger").encryption_certificate)
    return protect(xml, signer=office.helsenorge.files.signing(), recipient=theirs)


def unsigned(office, xml):
    return encrypt(xml, recipient=load_certificate(office.helsenorge.clinic_files.encryption_certificate))


FAULTS = {
    "not CMS": (lambda *_: {"body": b"no CMS at all"}, "transport:invalid-cms-pkcs"),
    "not signed": (lambda office, xml: {"body": unsigned(office, xml)}, "transport:invalid-cms-pkcs"),
    "signed by another": (lambda office, xml: {"body": foreign_key(office, xml)}, "transport:invalid-certificate"),
    "not for our key": (lambda office, xml: {"body": wrong_recipient(office, xml)}, "transport:decryption-failed"),
    "not protected": (lambda *_: {"content_type": "text/plain"}, "transport:invalid-field-value"),
    "no time stamp": (lambda *_: {"application_timestamp": None}, "transport:invalid-field-value"),
    "another function": (
        lambda *_: {"subject": "DIALOG_INNBYGGER_EKONTAKT"},
        "transport:invalid-field-value",
    ),
}


@pytest.mark.req("DDFL-ENV-22", "DDFL-MET-01")
@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_transport_is_reported_on_the_error_queue(office, name) -> None:
    changes, condition = FAULTS[name]
    question = office.helsenorge.e_consultation(office.cast.ola)
    office.helsenorge.send(question, **changes(office, render(question)))
    assert report_of(office) == condition
    row = kept(office)
    assert (row.state, row.code) == ("fault", condition)
    office.helsenorge.again(office.helsenorge.sent[-1])
    assert (office.answers(), office.helsenorge.reports()) == ([], [])


@pytest.mark.req("DDFL-ENV-21")
def test_another_sender_in_the_payload_is_spoofing(office) -> None:
    question = office.helsenorge.e_consultation(office.cast.ola)
    other = replace(question, info=replace(question.info, sender=gp_of(office.cast, office.cast.mona_party)))
    office.helsenorge.send(render(other), like=question)
    assert report_of(office) == "abuse:spoofing-attack"


@pytest.mark.req("DDFL-ENV-30")
def test_an_unknown_function_is_reported(office) -> None:
    question = office.helsenorge.e_contact(office.cast.ola)
    xml = render(question).replace(b"DIALOG_INNBYGGER_EKONTAKT", b"DIALOG_INNBYGGER_TULL")
    office.helsenorge.send(xml, like=question, subject="DIALOG_INNBYGGER_TULL")
    assert report_of(office) == "transport:unsupported-message"


def test_what_is_no_xml_is_reported(office) -> None:
    question = office.helsenorge.e_contact(office.cast.ola)
    office.helsenorge.send(b"\x00\x01 no XML", like=question)
    assert report_of(office) == "transport:not-well-formed-xml"


def test_xml_of_no_known_kind_is_reported(office) -> None:
    question = office.helsenorge.e_contact(office.cast.ola)
    office.helsenorge.send(b"<hei/>", like=question)
    assert report_of(office) == "transport:xml-not-interpretable"


@pytest.mark.req("DDFL-AR-17")
def test_an_unknown_sender_is_kept_and_told_nothing(office) -> None:
    question = office.helsenorge.e_contact(office.cast.ola)
    office.helsenorge.send(question, from_her_id=fresh_her_id())
    assert (office.answers(), office.helsenorge.reports()) == ([], [])
    assert kept(office).code == "gateway_unknown_sender"


@pytest.mark.req("DDFL-AR-17")
def test_a_message_to_another_organisation_gets_no_receipt(office) -> None:
    elsewhere = parties.gp_party(
        parties.organisation("Et annet sted", HerId(fresh_her_id())),
        her_id=HerId(fresh_her_id()), given_name="En", family_name="Annen",
    )  # fmt: skip
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola, to=elsewhere))
    assert (office.answers(), office.helsenorge.reports()) == ([], [])
    assert kept(office).code == "gateway_not_for_us"


def receipt_of(office):
    (receipt,) = office.answers()
    assert (receipt.is_receipt, receipt.code) == (True, "2")
    assert office.helsenorge.reports() == []
    nothing_else_happened(office)
    row = kept(office)
    assert (row.state, [row.code]) == ("refused", receipt.errors)
    return receipt.errors


def test_a_her_id_of_ours_that_is_not_set_up_is_refused_e21(office) -> None:
    ours = office.helsenorge.gp
    nobody = parties.gp_party(ours.organisation, her_id=HerId(fresh_her_id()), given_name="En", family_name="Annen")
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola, to=nobody))
    assert receipt_of(office) == ["E21"]


@pytest.mark.req("DDFL-ENV-20")
def test_another_receiver_in_the_payload_is_refused_e10(office) -> None:
    question = office.helsenorge.e_contact(office.cast.ola)
    office.helsenorge.send(question, to_her_id=office.cast.mona_party.her_id)
    assert receipt_of(office) == ["E10"]


BROKEN = {
    "two questions": (lambda xml: xml.replace(b"<Foresporsel>", b"<Foresporsel/><Foresporsel>", 1), "T02"),
    "neither question nor answer": (
        lambda xml: xml[: xml.index(b"<Foresporsel>")] + xml[xml.index(b"</Foresporsel>") + 14 :],
        "T02",
    ),
    "cut short": (lambda xml: xml[:-40], "T01"),
    "no UUID": (lambda xml: xml[: xml.index(b"<MsgId>") + 7] + b"abc" + xml[xml.index(b"</MsgId>") :], "E10"),
    "unknown namespace": (lambda xml: xml.replace(b"xmlstds/dialog/2013-01-23", b"xmlstds/tull/2013-01-23"), "T02"),
    "no patient": (lambda xml: xml[: xml.index(b"<Patient>")] + xml[xml.index(b"</Patient>") + 10 :], "E36"),
}


@pytest.mark.req("DDFL-AR-11", "DDFL-AR-12", "DDFL-ENV-03", "DDFL-ENV-14", "DDFL-ENV-18", "DDFL-ENV-19", "DDFL-AR-15")
@pytest.mark.parametrize("name", BROKEN)
def test_a_payload_against_the_schema_gets_a_negative_receipt(office, name) -> None:
    breaks, code = BROKEN[name]
    question = office.helsenorge.e_contact(office.cast.ola)
    office.helsenorge.send(breaks(render(question)), like=question)
    assert receipt_of(office) == [code]


@pytest.mark.req("DDFL-RT-05")
def test_a_reservation_without_a_time_is_refused(office) -> None:
    question = office.helsenorge.e_contact(office.cast.ola)
    xml = render(question).replace(b"DIALOG_INNBYGGER_EKONTAKT", b"DIALOG_INNBYGGER_TIMERESERVASJON")
    office.helsenorge.send(xml.replace(b'V="HE"', b'V="RT"'), like=question, subject="DIALOG_INNBYGGER_TIMERESERVASJON")
    assert receipt_of(office) == ["T02"]


@pytest.mark.req("DDFL-ATT-05", "CMP-9")
@pytest.mark.parametrize(
    ("content", "media_type"),
    [(b"PK\x03\x04", "application/pdf"), (b"%PDF-1.4\n" + bytes(12 * 1024 * 1024), "application/pdf")],
    ids=["another kind", "too large"],
)
def test_attachments_we_do_not_take_are_refused(office, content, media_type) -> None:
    file = Attachment(content=content, mime_type=media_type, description="fil")
    office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola, attachments=(file,)))
    assert receipt_of(office) == ["T99"]


def refusal_of(office):
    receipt, answer = sorted(office.answers(), key=lambda letter: not letter.is_receipt)
    assert (receipt.code, bool(answer.text)) == ("1", True)
    assert receipt.about == answer.about
    nothing_else_happened(office)
    assert kept(office).state == "refused"
    return answer.code


@pytest.mark.req("DDFL-KO-07", "DDFL-EK-04", "ACT-6")
def test_a_patient_on_no_list_or_blocked_is_answered_30(office) -> None:
    office.helsenorge.send(office.helsenorge.e_consultation(office.cast.jonas))
    assert refusal_of(office) == "30"
    with office.acting():
        row = AuditEvent.objects.get(action="patient.refused")
        assert (row.detail, row.subject_kind) == ({"code": "30"}, "received_message")
        assert ReceivedMessage.objects.get(id=row.subject_id).code == "30"


@pytest.mark.req("ACT-6")
def test_another_gps_patient_is_answered_30(office) -> None:
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.astrid))
    assert refusal_of(office) == "30"


@pytest.mark.req("DDFL-EK-04")
def test_a_blocked_patient_is_answered_30(office) -> None:
    with office.acting():
        block(office.cast.ola, blocked=True)
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola))
    assert refusal_of(office) == "30"


@pytest.mark.req("DDFL-AR-14", "DDFL-AR-23")
def test_an_unknown_question_is_receipted_and_answered_26(office) -> None:
    question = office.helsenorge.e_contact(office.cast.ola)
    office.helsenorge.send(render(question).replace(b'V="HE"', b'V="XYZ"'), like=question)
    assert refusal_of(office) == "26"


@pytest.mark.req("DDFL-ENV-29")
def test_a_service_that_is_off_is_answered_26_with_the_case_type_echoed(office) -> None:
    with office.acting():
        office.cast.kari_party.services = []
        office.cast.kari_party.save()
    question = office.helsenorge.e_contact(office.cast.ola, case_type="helsekontakt-7")
    office.helsenorge.send(question)
    answer = next(letter for letter in office.answers() if not letter.is_receipt)
    assert (answer.code, answer.document.dialog.case_type) == ("26", "helsekontakt-7")


@pytest.mark.req("NFR-3")
def test_strange_text_in_a_header_is_stored_safely(office) -> None:
    question = office.helsenorge.e_contact(office.cast.ola)
    office.helsenorge.send(question, subject="A" * 300, message_id=str(uuid4()))
    assert report_of(office) == "transport:invalid-field-value"


@pytest.mark.req("DDFL-AR-12")
def test_a_reference_longer_than_any_id_is_refused_once_and_for_all(office) -> None:
    question = office.helsenorge.e_contact(office.cast.ola)
    reference = ConversationRef(parent="x" * 300, conversation="x" * 300)
    office.helsenorge.send(replace(question, info=replace(question.info, conversation=reference)))
    (receipt,) = office.answers()
    assert (receipt.code, receipt.errors) == ("2", ["T02"])


@pytest.mark.req("DDFL-AR-14")
def test_an_answer_with_a_code_that_no_list_has_is_shown_to_staff(office) -> None:
    question = office.helsenorge.e_contact(office.cast.ola)
    office.helsenorge.send(question)
    office.answers()
    with office.acting(office.cast.kari):
        answer(Thread.objects.get(), text="Ja.")
    (letter,) = office.answers()
    reply = office.helsenorge.follow_up(letter, text="Takk for svar")
    office.helsenorge.send(render(reply).replace(b'V="22"', b'V="ET-LANGT-UKJENT-SVAR"'), like=reply)
    (receipt,) = office.answers()
    assert receipt.code == "1"
    with office.acting():
        assert Message.objects.filter(text="Takk for svar", direction="in").exists()
