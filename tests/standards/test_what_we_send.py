import base64

import pytest
from lxml import etree

from skranke.standards import metadata
from skranke.standards import namespaces as ns
from skranke.standards.build import ekonsultasjon, ekontakt, parties, timereservasjon
from skranke.standards.build.apprec import apprec_for
from skranke.standards.build.envelope import reply_to
from skranke.standards.checks import check_message
from skranke.standards.codes import Answer, AppRecStatus, MessageFunction, Question
from skranke.standards.errors import BuildError
from skranke.standards.parse import parse_document
from skranke.standards.render import render

from support.catalogue import BOOKING, E_CONSULTATION, E_CONTACT, MESSAGES, RECEIPTS, TEST
from support.messages import FIRST_ID, GP, NOW, OLA, PDF, SUBSTITUTE, appointment, from_citizen, from_clinic, slot
from support.schemas import validate

SYNCHRONOUS = {"HLT", "03", "04", "HBT", "01", "02", "TR-2-26", "TR-2-30", "KT", "RKT"} | {
    *("HB", "HB-old", "20", "21", "BO-30", "BO-31"),
}


@pytest.mark.req("DDFL-ENV-01", "DDFL-ENV-26", "DDFL-CAL-01", "DDFL-CAL-02", "DDFL-ATT-02")
@pytest.mark.parametrize("name", MESSAGES)
def test_a_built_message_is_valid_and_read_back_the_same(name):
    message = MESSAGES[name]
    data = render(message)
    validate(data, message.info.type.v)
    assert parse_document(data) == message
    check_message(message, message.info.type.v)


@pytest.mark.req("DDFL-AR-02", "DDFL-AR-07")
@pytest.mark.parametrize("name", RECEIPTS)
def test_a_built_receipt_is_valid_and_read_back_the_same(name):
    receipt = RECEIPTS[name]
    data = render(receipt)
    validate(data, "APPREC")
    assert parse_document(data) == receipt
    assert not etree.fromstring(data).xpath("//*[local-name()='TypeId' or local-name()='Type']/@S")


@pytest.mark.req("DDFL-ENV-05", "DDFL-ENV-06")
@pytest.mark.parametrize("name", MESSAGES)
def test_only_asynchronous_messages_ask_for_a_receipt(name):
    assert MESSAGES[name].info.wants_receipt == (name not in SYNCHRONOUS)
    assert MESSAGES[name].info.ack.dn in {"Ja", "Nei"}


@pytest.mark.req("DDFL-ENV-08", "DDFL-ENV-09", "DDFL-ENV-10")
@pytest.mark.parametrize("name", MESSAGES)
def test_both_parties_have_her_ids_at_both_levels(name):
    info = parse_document(render(MESSAGES[name])).info
    for party in (info.sender, info.receiver):
        assert party.level1_her_id
        assert party.level2_her_id
        assert party.organisation.name
        assert party.name
    gp = info.sender if info.sender.person else info.receiver
    assert (gp.person.role.v, gp.person.role.s) == ("6", "2.16.578.1.12.4.1.1.9034")
    assert str(gp.her_id) == "3000002"
    assert (info.receiver if gp is info.sender else info.sender).service


@pytest.mark.req("DDFL-ENV-28")
@pytest.mark.parametrize("name", MESSAGES)
def test_an_answer_never_repeats_the_question(name):
    assert MESSAGES[name].dialog.note is None or MESSAGES[name].dialog.note.question is None


@pytest.mark.req("DDFL-ENV-12", "DDFL-ENV-13")
def test_a_patient_goes_with_names_and_exactly_one_id():
    fnr, dnr = MESSAGES["EK-DI"].info.patient, MESSAGES["EK-EKI"].info.patient
    assert [ident.type.v for ident in fnr.idents] == ["FNR"]
    assert [ident.type.v for ident in dnr.idents] == ["DNR"]
    nameless = parties.patient(OLA.national_id, given_name="Ola", family_name="")
    for patient in (None, nameless):
        with pytest.raises(BuildError):
            ekontakt.clinic_question(from_clinic(patient=patient), subject="a", text="b", may_answer=True)


@pytest.mark.req("DDFL-ENV-15", "DDFL-ATT-10")
def test_each_part_has_its_own_document_and_the_dialog_is_first():
    root = etree.fromstring(render(E_CONSULTATION["SB"]))
    contents = root.xpath("//*[local-name()='Content']")
    assert [[etree.QName(part).localname for part in content] for content in contents] == [
        ["Dialogmelding"],
        ["Pasientrelasjon"],
        ["Base64Container"],
        ["Base64Container"],
    ]


@pytest.mark.req("DDFL-CON-01", "DDFL-CON-02", "DDFL-CON-03", "DDFL-CON-04", "DDFL-CON-07")
def test_references_follow_the_thread():
    question = E_CONTACT["HE"]
    assert question.info.conversation is None
    assert BOOKING["push-05"].info.conversation is None
    third, fourth = (
        parse_document(render(ekontakt.clinic_answer(envelope, text="Svar")))
        for envelope in (
            reply_to(question.info, msg_id=FIRST_ID, gen_date=NOW),
            reply_to(E_CONTACT["EK-22"].info, msg_id=FIRST_ID, gen_date=NOW),
        )
    )
    assert third.info.conversation.parent == third.info.conversation.conversation == question.info.msg_id
    assert fourth.info.conversation.parent == E_CONTACT["EK-22"].info.msg_id
    assert fourth.info.conversation.conversation == E_CONTACT["EK-22"].info.conversation.conversation
    assert (third.info.sender, third.info.receiver) == (question.info.receiver, question.info.sender)


@pytest.mark.req("DDFL-CON-01", "DDFL-CON-02")
def test_a_wrong_reference_is_found_before_it_leaves():
    with pytest.raises(BuildError):
        ekontakt.clinic_answer(from_clinic(), text="Svar")
    with pytest.raises(BuildError):
        ekontakt.clinic_question(from_clinic(later=True), subject="a", text="b", may_answer=True)
    with pytest.raises(BuildError):
        timereservasjon.push(from_clinic(later=True), Answer.RESERVED, appointment())


@pytest.mark.req("DDFL-PAS-02")
def test_an_answer_names_the_patient_and_no_representative():
    asked = E_CONTACT["HE"]
    answer = ekontakt.clinic_answer(reply_to(asked.info, msg_id=FIRST_ID, gen_date=NOW), text="Svar")
    assert asked.relation
    assert answer.relation is None
    assert answer.info.patient == OLA


@pytest.mark.req("DDFL-ROL-02", "DDFL-ROL-03", "DDFL-ROL-04")
def test_who_answered_is_told_as_the_service_wants():
    author = parse_document(render(E_CONTACT["19"])).dialog.note
    assert author.author_name == "Ali Sekretær"
    assert author.roles[0].note_role.v == "1"
    written = render(E_CONTACT["19"]).decode()
    assert written.index("<GivenName>Ali") < written.index("<FamilyName>Sekretær")
    substitute = parse_document(render(E_CONSULTATION["12"])).dialog.note.roles[0]
    assert substitute.role.v == "15"
    assert str(substitute.practitioner.hpr_number) == "9000022"
    assert not E_CONTACT["EK-DI"].dialog.question.roles
    with pytest.raises(BuildError):
        ekontakt.clinic_answer(from_clinic(later=True), text="Svar", author=SUBSTITUTE)


@pytest.mark.req("DDFL-EK-07", "DDFL-EK-11", "DDFL-KO-09")
def test_codes_that_a_service_does_not_send_are_refused():
    assert E_CONTACT["EK-DI"].code.v == "DI"
    assert E_CONTACT["EK-EKI"].code.v == "EKI"
    with pytest.raises(BuildError):
        ekontakt.clinic_answer(from_clinic(later=True), Answer.DIALOG_CLOSED, text="Slutt")
    with pytest.raises(BuildError):
        ekonsultasjon.clinic_answer(from_clinic(later=True), Answer.ENQUIRY_ANSWER, text="Hei")
    with pytest.raises(BuildError):
        ekonsultasjon.clinic_answer(from_clinic(later=True), text=" ")
    for blank in ({"subject": " ", "text": "b"}, {"subject": "a", "text": ""}):
        with pytest.raises(BuildError):
            ekontakt.clinic_question(from_clinic(), may_answer=True, **blank)


@pytest.mark.req("DDFL-HT-13", "DDFL-CAL-03", "DDFL-CAL-09")
def test_a_free_time_has_a_legal_combination():
    assert not BOOKING["04"].appointments
    assert len(BOOKING["03"].appointments) == 3
    answer = timereservasjon.free_slots_answer
    for illegal in (
        slot(categories=("Hastetime", "Video")),
        slot(categories=("MustCall",), available_at=NOW),
        slot(categories=("Konsultasjon",)),
        slot(related_to="5"),
        slot(end=slot().start),
        slot(uid="time 1"),
        slot(contact="fastlegen"),
    ):
        with pytest.raises(BuildError):
            answer(from_clinic(later=True), (illegal,))


def test_an_answer_about_a_time_carries_it_or_not_as_its_code_says():
    answer = timereservasjon.clinic_answer
    later = from_clinic(later=True)
    for code in (Answer.RESERVED, Answer.CANCELLED, Answer.CHANGED, Answer.NOT_CHANGED):
        with pytest.raises(BuildError):
            answer(later, code, text="Tekst")
        with pytest.raises(BuildError):
            answer(later, code, text="Tekst", appointment=slot())
    for code in (Answer.SLOT_TAKEN, Answer.REJECTED, Answer.NO_ACCESS):
        with pytest.raises(BuildError):
            answer(later, code, text="Tekst", appointment=appointment())
        with pytest.raises(BuildError):
            answer(later, code)
    with pytest.raises(BuildError):
        answer(later, Answer.FREE_SLOTS, appointment=appointment())
    other = parse_document(render(BOOKING["05-other"]))
    assert other.practitioners[0].remark == "Tirsdager"
    assert other.dialog.note.roles[0].role.v == "15"


@pytest.mark.req("DDFL-PU-02", "DDFL-PU-19")
def test_a_push_is_a_code_of_the_answer_list_without_words():
    for name in ("push-05", "push-07", "push-08", "push-11", "AU-05"):
        told = parse_document(render(MESSAGES[name])).dialog.question
        assert told.code.s == "2.16.578.1.12.4.1.1.7602"
        assert not told.subject
        assert told.text is None
    assert MESSAGES["AU-05"].info.function is MessageFunction.APPOINTMENT_PUSH
    for code in (Answer.SLOT_TAKEN, Question.APPOINTMENT_NOTICE):
        with pytest.raises(BuildError):
            timereservasjon.push(from_clinic(), code, appointment())


@pytest.mark.req("DDFL-CAL-04", "DDFL-CAL-01")
def test_times_are_written_as_norwegian_wall_time():
    written = render(BOOKING["RT"]).decode()
    assert "<dtstart><date-time>2026-12-01T09:00:00</date-time></dtstart>" in written
    assert "<components/></vevent>" in written
    assert "related-to" not in written


def test_the_communication_test_names_no_patient():
    for message in TEST.values():
        assert message.info.patient is None
        assert message.code.s == "2.16.578.1.12.4.1.1.7603"


@pytest.mark.req("DDFL-AR-03", "DDFL-AR-04", "DDFL-AR-05", "DDFL-AR-06", "DDFL-AR-08", "DDFL-AR-09")
def test_a_receipt_mirrors_the_original():
    info = E_CONTACT["HE"].info
    receipt = parse_document(render(RECEIPTS["positive"]))
    clinic, helsenorge = receipt.sender, receipt.receiver
    assert (clinic.role.v, helsenorge.role.v) == ("PRIM", "AVS")
    assert (clinic.institution.name, clinic.institution.id) == ("Lyngheia legesenter", "3000001")
    assert [(ident.id, ident.type.v) for ident in clinic.institution.further_ids] == [("999000001", "ENH")]
    assert (clinic.persons[0].name, clinic.persons[0].id) == ("Kari Lyng", "3000002")
    assert [(ident.id, ident.type.v) for ident in clinic.persons[0].further_ids] == [("9000021", "HPR")]
    assert (helsenorge.departments[0].name, helsenorge.departments[0].id) == ("Innbyggerflater", "4000002")
    assert not helsenorge.persons
    assert not clinic.departments
    assert receipt.original.id == info.msg_id
    assert receipt.original.issue_date_text == info.gen_date_text
    assert receipt.original.type.v == "DIALOG_INNBYGGER_EKONTAKT"
    assert receipt.positive
    assert str(receipt.sender.her_id) == str(GP.her_id)


@pytest.mark.req("DDFL-AR-09")
def test_a_receipt_repeats_the_date_letter_by_letter():
    data = render(E_CONTACT["HE"]).replace(b"2026-11-23T08:15:00Z", b"2026-11-23T09:15:00.1234567+01:00")
    info = parse_document(data).info
    receipt = apprec_for(info, status=AppRecStatus.OK, now=NOW, id=FIRST_ID)
    assert b"<IssueDate>2026-11-23T09:15:00.1234567+01:00</IssueDate>" in render(receipt)


@pytest.mark.req("DDFL-AR-10")
def test_only_a_negative_receipt_has_errors():
    negative = parse_document(render(RECEIPTS["negative"]))
    assert not negative.positive
    assert [(item.v, item.s, item.ot) for item in negative.errors] == [
        ("E35", "2.16.578.1.12.4.1.1.8221", ""),
        ("T99", "2.16.578.1.12.4.1.1.8221", "Vedlegg 2"),
    ]
    info = E_CONTACT["HE"].info
    with pytest.raises(BuildError):
        apprec_for(info, status=AppRecStatus.REJECTED, now=NOW, id=FIRST_ID)
    with pytest.raises(BuildError):
        apprec_for(info, status=AppRecStatus.OK, errors=negative.errors, now=NOW, id=FIRST_ID)


@pytest.mark.req("DDFL-MET-03")
def test_the_bus_gets_the_facts_of_the_payload():
    facts = metadata.bus_metadata(E_CONTACT["19"])
    assert facts == {
        "X-MessageInfo-Type": "DIALOG_INNBYGGER_EKONTAKT",
        "X-MessageInfo-MsgId": E_CONTACT["19"].info.msg_id,
        "X-MessageInfo-RefToParent": str(FIRST_ID),
        "X-MessageInfo-RefToConversation": str(FIRST_ID),
        "X-MessageInfo-SchemaNamespace": ns.DIALOG,
        "X-Sender-Lvl1Id": "3000001",
        "X-Sender-Lvl2Id": "3000002",
        "X-Receiver-Lvl1Id": "4000001",
        "X-Receiver-Lvl2Id": "4000002",
        "X-AttachmentInfo-Count": "1",
        "X-AttachmentInfo-TotalSizeInBytes": str(len(base64.b64encode(PDF.content))),
        "X-AttachmentInfo-HasExternalReference": "False",
    }
    assert metadata.bus_metadata(BOOKING["05-other"])["X-AttachmentInfo-Count"] == "2"
    receipt = metadata.bus_metadata(RECEIPTS["positive"])
    assert receipt["X-MessageInfo-Type"] == "APPREC"
    assert receipt["X-MessageInfo-OriginalMsgId"] == E_CONTACT["HE"].info.msg_id
    assert receipt["X-MessageInfo-OriginalMsgType"] == "DIALOG_INNBYGGER_EKONTAKT"
    assert (receipt["X-Sender-Lvl2Id"], receipt["X-Receiver-Lvl2Id"]) == ("3000002", "4000002")
    assert "X-AttachmentInfo-Count" not in receipt


def test_a_case_is_echoed():
    assert parse_document(render(E_CONTACT["19"])).dialog.case_type == E_CONTACT["HE"].dialog.case_type == "sak-1"


def test_characters_that_xml_cannot_hold_are_left_out():
    message = ekontakt.citizen_question(from_citizen(), subject="a\x00b", text="c\x0bd\ud800e")
    assert parse_document(render(message)).dialog.question.text.plain == "cde"


def test_the_patient_shows_in_no_representation():
    for message in MESSAGES.values():
        for secret in ("Prøvemann", str(OLA.national_id), "Øreverk", "Skulder", "Utslett"):
            assert secret not in repr(message)
