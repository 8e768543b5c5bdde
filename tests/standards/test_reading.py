"""What is refused on reading, with which receipt code, and what is tolerated."""

import base64
import re
from datetime import UTC, datetime
from uuid import UUID

import pytest

from skranke.kernel.errors import SkrankeError
from skranke.standards import namespaces as ns
from skranke.standards.build.apprec import apprec_for, error_of
from skranke.standards.checks import check_message
from skranke.standards.codes import AppRecStatus, MessageFunction
from skranke.standards.errors import (
    AttachmentError,
    EncodingError,
    MsgIdError,
    NotXmlError,
    PatientError,
    SchemaError,
    StandardsError,
    TooLargeError,
    UnsupportedVersionError,
)
from skranke.standards.parse import MAX_MARKUP, parse_document, parse_header
from skranke.standards.render import render

from support.catalogue import BOOKING, E_CONSULTATION, E_CONTACT, RECEIPTS, TEST
from support.messages import GP, NOW, OLA

HE = render(E_CONTACT["HE"])
ANSWER = render(E_CONTACT["19"])
RT = render(BOOKING["RT"])
SLOTS = render(BOOKING["03"])


def changed(data: bytes, old: str, new: str) -> bytes:
    assert old.encode() in data
    return data.replace(old.encode(), new.encode())


def without(data: bytes, start: str, end: str) -> bytes:
    first = data.index(start.encode())
    last = data.index(end.encode(), first) + len(end.encode())
    return data[:first] + data[last:]


def refusal(data: bytes, kind: type[StandardsError]) -> StandardsError:
    with pytest.raises(kind) as caught:
        parse_document(data)
    assert isinstance(caught.value, SkrankeError)
    assert caught.value.permanent
    return caught.value


@pytest.mark.req("DDFL-AR-11")
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not XML",
        b"\x00\x01\x02",
        HE[:-20],
        HE.replace(b"</Sporsmal>", b"</Spoersmal>", 1),
        HE.replace("Prøvemann".encode(), b"\xff\xfe"),
        HE.decode().encode("utf-16"),
        HE.replace(b"UTF-8", b"UTF-7"),
    ],
)
def test_what_is_not_xml_is_t01(data):
    assert refusal(data, NotXmlError).apprec_code == "T01"


@pytest.mark.req("DDFL-AR-11")
def test_a_document_type_is_refused_before_it_is_read():
    bomb = b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    head, body = HE.split(b"?>", 1)
    for prolog in (b"", b"<!-- <MsgHead> -->", b"<?pi?>\n"):
        error = refusal(head + b"?>" + prolog + bomb + body, NotXmlError)
        assert error.apprec_code == "T01"
        assert "document type" in error.detail
        assert parse_header(head + b"?>" + prolog + bomb + body) is None


def test_a_long_prolog_costs_little():
    head, body = HE.split(b"?>", 1)
    data = head + b"?>" + b"<?a?><!-- -->\n" * 200_000 + body
    assert parse_document(data) == E_CONTACT["HE"]


def test_a_document_type_in_a_text_is_only_text():
    data = changed(HE, "Er dere åpne?", "<![CDATA[<!DOCTYPE html>]]>")
    assert parse_document(data).dialog.question.text.plain == "<!DOCTYPE html>"


def test_the_size_is_asked_before_anything_else():
    with pytest.raises(TooLargeError) as caught:
        parse_document(b"x" * 11, max_bytes=10)
    assert caught.value.apprec_code == "T99"
    assert parse_document(HE, max_bytes=len(HE))


def test_an_attachment_of_twelve_megabytes_is_read():
    content = b"%PDF-" + b"\x00" * 12_000_000
    data = changed(HE, "iVBORw0KGgpzeW50aGV0aWM=", base64.b64encode(content).decode())
    assert parse_document(data).attachments[0].content == content


@pytest.mark.req("DDFL-AR-12", "DDFL-ENV-17", "DDFL-ENV-18", "DDFL-ENV-19", "DDFL-ATT-06")
@pytest.mark.parametrize(
    ("data", "place"),
    [
        (changed(HE, "</Foresporsel>", "</Foresporsel><Notat><TemaKodet V='19'/></Notat>"), "Dialogmelding"),
        (without(HE, "<Foresporsel>", "</Foresporsel>"), "Dialogmelding"),
        (changed(HE, "</Foresporsel>", "</Foresporsel><Foresporsel><TypeForesp V='HE'/></Foresporsel>"), "Foresporsel"),
        (without(HE, "<TypeForesp", "/>"), "Foresporsel: lacks TypeForesp"),
        (changed(HE, 'TypeForesp V="HE"', "TypeForesp"), "Dialogmelding: has no code"),
        (changed(HE, ns.BASE64, "urn:unknown"), "Content/Base64Container"),
        (changed(HE, "iVBORw0KGgpzeW50aGV0aWM=", "?not base64?"), "Base64Container"),
        (changed(HE, "iVBORw0KGgpzeW50aGV0aWM=", "iVBO="), "Base64Container"),
        (without(HE, "<MsgId>", "</MsgId>"), "MsgInfo: lacks MsgId"),
        (without(HE, "<GenDate>", "</GenDate>"), "MsgInfo: lacks GenDate"),
        (changed(HE, "2026-11-23T08:15:00Z", "yesterday"), "GenDate"),
        (changed(HE, "2026-11-23T08:15:00Z", "2026-02-30T08:15:00Z"), "GenDate"),
        (changed(HE, "v1.2 2006-05-24", "v1.1 2006-02-15"), "MIGversion"),
        (without(HE, "<Receiver>", "</Receiver>"), "MsgInfo: lacks Receiver"),
        (without(HE, "<Document>", "</Document>"), "stands first"),
        (HE[: HE.index(b"<Document>")] + b"</MsgHead>", "lacks a Dialogmelding"),
        (changed(HE, "<Ack ", "<Acknowledge "), "Acknowledge"),
        (changed(HE, "<EmneSporsmal>Julen</EmneSporsmal>", "<EmneSporsmal>J<b/></EmneSporsmal>"), "EmneSporsmal"),
        (changed(HE, "<RefDoc>", "<RefDoc>text"), "RefDoc"),
        (changed(ANSWER, "<GivenName>Ali</GivenName><FamilyName>Sekretær</FamilyName>",
                 "<FamilyName>Sekretær</FamilyName><GivenName>Ali</GivenName>"), "Person/GivenName"),
        (changed(RT, "2026-12-01T09:00:00", "2026-12-01T09:00:00+01:00"), "dtstart"),
        (changed(RT, "2026-12-01T09:00:00", "2026-03-29T02:30:00"), "dtstart"),
        (without(RT, "<uid>", "</uid>"), "lacks uid"),
        (without(RT, "<contact>", "</contact>"), "lacks contact"),
        (without(RT, "<dtend>", "</dtend>"), "lacks dtend"),
        (changed(RT, "<dtend>", "<dtstart><date-time>2026-12-01T09:00:00</date-time></dtstart><dtend>"), "only once"),
        (changed(RT, "<components/></vevent>", "</vevent>"), "lacks properties or components"),
        (changed(RT, "51d0a6b3-6a3e-4a55-8b9f-b1c2d3e40002", "x" * 256), "uid"),
        (RT.replace(b"<icalendar", b"<vcalendar").replace(b"</icalendar>", b"</vcalendar>"), "Content/vcalendar"),
        (b"<MsgHead/>", "MsgHead"),
        (without(render(RECEIPTS["positive"]), "<OriginalMsgId>", "</OriginalMsgId>"), "lacks OriginalMsgId"),
        (render(RECEIPTS["positive"]).replace(b"v1.1 2012-02-15", b"v1.0 2004-11-21"), "MIGversion"),
    ],
)  # fmt: skip
def test_what_breaks_the_schema_is_t02_with_its_place(data, place):
    error = refusal(data, SchemaError)
    assert error.apprec_code == "T02"
    assert place in error.detail
    for secret in ("Prøvemann", str(OLA.national_id), "Er dere"):
        assert secret not in error.detail


def test_a_document_outside_the_message_is_t99():
    data = without(HE, "<Content><Base64Container", "</Content>")
    data = changed(data, "</Description>", "</Description><FileReference>http://example.invalid/</FileReference>")
    assert refusal(data, AttachmentError).apprec_code == "T99"


def test_an_older_dialogmelding_is_t10():
    assert refusal(changed(HE, ns.DIALOG, ns.DIALOG_1_0), UnsupportedVersionError).apprec_code == "T10"


@pytest.mark.req("DDFL-AR-11", "DDFL-AR-12")
def test_the_head_is_read_though_the_payload_is_broken():
    info = E_CONTACT["HE"].info
    cut = HE[: HE.index(b"<Foresporsel>") + 20]
    for data in (cut, changed(HE, "</Foresporsel>", "</Wrong>"), changed(HE, ns.DIALOG, "urn:unknown")):
        assert parse_header(data) == info
        with pytest.raises(StandardsError) as caught:
            parse_document(data)
        receipt = apprec_for(
            parse_header(data), status=AppRecStatus.REJECTED, errors=[error_of(caught.value)], now=NOW, id=UUID(int=7)
        )
        assert receipt.original.id == info.msg_id
        assert receipt.errors[0].ot
    for data in (b"", b"junk", b"<a/>", HE[:400], without(HE, "<MsgId>", "</MsgId>"), render(RECEIPTS["positive"])):
        assert parse_header(data) is None


@pytest.mark.req("DDFL-ENV-24")
@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-23T08:15:00Z", NOW),
        ("2026-11-23T09:15:00+01:00", NOW),
        ("2026-11-23T09:15:00", NOW),
        ("2026-07-01T10:00:00", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("2026-11-23T09:15:00.1234567+01:00", NOW.replace(microsecond=123456)),
        ("2026-11-22T24:00:00Z", datetime(2026, 11, 23, tzinfo=UTC)),
        ("2026-10-25T02:30:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_the_date_of_a_message_is_the_right_instant_and_kept_as_text(text, instant):
    info = parse_document(changed(HE, "2026-11-23T08:15:00Z", text)).info
    assert info.gen_date == instant
    assert info.gen_date_text == text


@pytest.mark.req("DDFL-AR-12")
@pytest.mark.parametrize(("data", "tag"), [(HE, "GenDate"), (RT, "date-time")])
def test_a_time_that_no_wall_in_oslo_shows_is_a_fault_of_the_document(data, tag):
    # It is UTC's last half hour of all, and would be the first of the year 10000 on every page that shows it.
    text = re.sub(rf"<((?:\w+:)?{tag})>[^<]*<", r"<\1>9999-12-31T23:30:00Z<", data.decode()).encode()
    assert text != data
    with pytest.raises(SchemaError):
        parse_document(text)


@pytest.mark.req("DDFL-CAL-05", "DDFL-CAL-07")
def test_a_calendar_time_with_z_and_a_contact_with_a_blank_are_read():
    data = changed(RT, "2026-12-01T09:00:00", "2026-12-01T08:00:00Z").replace(b"<text>3000002<", b"<text>3000002 <")
    event = parse_document(data).appointments[0]
    assert event.start == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert event.contact == "3000002"
    assert event.contact_her_id == GP.her_id


def test_a_must_call_is_understood_in_both_spellings():
    for spelling in ("MustCall", "Must-call"):
        assert parse_document(changed(SLOTS, "MustCall", spelling)).appointments[2].must_call
    urgent, video = parse_document(SLOTS).appointments[2], parse_document(SLOTS).appointments[1]
    assert urgent.is_urgent
    assert not urgent.is_video
    assert video.is_video
    assert video.available_at == NOW
    assert not video.must_call


@pytest.mark.req("DDFL-ENV-03")
@pytest.mark.parametrize(
    "msg_id", ["abc", "", "6c7e1a520d4f4f8f9d531a64be7a0001", "{6c7e1a52-0d4f-4f8f-9d53-1a64be7a0001}"]
)
def test_a_msg_id_that_is_no_uuid_is_e10(msg_id):
    message = parse_document(changed(HE, E_CONTACT["HE"].info.msg_id, msg_id))
    with pytest.raises(MsgIdError) as caught:
        check_message(message, MessageFunction.E_CONTACT)
    assert caught.value.apprec_code == "E10"


@pytest.mark.req("DDFL-ENV-14", "DDFL-DB-07")
def test_a_patient_without_name_or_id_is_e36():
    patient = HE[HE.index(b"<Patient>") : HE.index(b"</Patient>")].decode()
    for broken in (
        without(HE, "<Patient>", "</Patient>"),
        changed(HE, str(OLA.national_id), "12345678901"),
        changed(HE, "<FamilyName>Prøvemann</FamilyName><GivenName>Ola</GivenName>", ""),
        changed(HE, patient[patient.index("<Ident>") :], ""),
    ):
        with pytest.raises(PatientError) as caught:
            check_message(parse_document(broken), "DIALOG_INNBYGGER_EKONTAKT")
        assert caught.value.apprec_code == "E36"
    check_message(parse_document(without(HE, "<Patient>", "</Patient>")), MessageFunction.DIGITAL_USER)
    check_message(TEST["KT"], MessageFunction.TEST)


@pytest.mark.req("DDFL-RT-05", "DDFL-AR-12")
def test_a_booking_names_exactly_one_time():
    calendar_start = RT.index(b"<Document>", RT.index(b"</Dialogmelding>"))
    none = RT[:calendar_start] + RT[RT.index(b"</Document>", RT.index(b"<icalendar")) + 11 :]
    event = RT[RT.index(b"<vevent>") : RT.index(b"</vevent>") + 9]
    for data in (none, RT.replace(event, event + event), changed(RT, "2026-12-01T09:20:00", "2026-12-01T09:00:00")):
        with pytest.raises(SchemaError):
            check_message(parse_document(data), MessageFunction.BOOKING)
    check_message(parse_document(SLOTS), MessageFunction.BOOKING)


@pytest.mark.req("DDFL-KO-02", "DDFL-ENV-27")
def test_an_empty_consultation_is_t02_and_an_empty_contact_is_not():
    data = render(E_CONTACT["EK-DI"])
    data = without(without(data, "<EmneSporsmal>", "</EmneSporsmal>"), "<Sporsmal>", "</Sporsmal>")
    empty = parse_document(changed(data, 'V="DI"', 'V="SB"'))
    with pytest.raises(SchemaError):
        check_message(empty, MessageFunction.E_CONSULTATION)
    check_message(empty, MessageFunction.E_CONTACT)
    long = parse_document(changed(HE, "Er dere åpne?", "a" * 5000))
    check_message(long, MessageFunction.E_CONTACT)
    assert long.dialog.question.text.plain == "a" * 5000


@pytest.mark.req("DDFL-ATT-01", "DDFL-ATT-04", "DDFL-ATT-05")
def test_only_pdf_jpeg_and_png_are_taken_and_only_as_what_they_are():
    consultation = render(E_CONSULTATION["SB"])
    check_message(parse_document(consultation), MessageFunction.E_CONSULTATION)
    for stated in ("application/zip", "image/jpeg", "", "text/html"):
        with pytest.raises(AttachmentError) as caught:
            check_message(parse_document(changed(HE, "image/png", stated)), MessageFunction.E_CONTACT)
        assert caught.value.apprec_code == "T99"
        assert "Attachment 1" in caught.value.detail
    jpeg = changed(changed(HE, "image/png", "image/jpg"), "iVBORw0KGgpzeW50aGV0aWM=", "/9j/4AAQ")
    check_message(parse_document(jpeg), MessageFunction.E_CONTACT)


@pytest.mark.req("DDFL-AR-13", "DDFL-PAS-03")
def test_an_unknown_code_is_carried_and_no_fault():
    data = changed(RT, 'KodetOpplysning V="1" S="2.16.578.1.12.4.1.1.1101"', 'KodetOpplysning V="9" S="1.2"')
    data = changed(data, 'Relasjon V="FO" S="2.16.578.1.12.4.1.1.7611"', 'Relasjon V="M" S="2.16.578.1.12.4.1.1.9033"')
    message = parse_document(changed(data, 'V="RT"', 'V="NY"'))
    check_message(message, message.info.type.v)
    check_message(message, "DIALOG_INNBYGGER_UKJENT")
    assert message.dialog.question.coded_information.v == "9"
    assert message.relation.relation.dn == "Foreldreansvar"
    assert parse_document(render(message)) == message


@pytest.mark.req("DDFL-PAS-01")
def test_who_acts_and_who_is_wanted_are_read():
    message = parse_document(render(E_CONSULTATION["SB"]))
    assert message.info.patient == OLA
    assert message.relation.person.full_name == "Mona Mor"
    assert message.relation.relation.dn == "Foreldreansvar"
    assert str(message.dialog.question.wanted_practitioner) == "9000022"


@pytest.mark.req("DDFL-ENV-23")
def test_an_organisation_number_alone_is_enough_at_level_one():
    data = without(HE, "<Ident><Id>3000001", "</Ident>")
    receiver = parse_document(data).info.receiver
    assert receiver.level1_her_id is None
    assert str(receiver.her_id) == "3000002"


def test_level_two_is_a_service_or_a_person_never_both():
    person = HE[HE.index(b"<HealthcareProfessional>") : HE.index(b"</HealthcareProfessional>") + 25]
    data = HE.replace(
        b"</Organisation></Organisation></Sender>", b"</Organisation>" + person + b"</Organisation></Sender>"
    )
    assert "both" in refusal(data, SchemaError).detail


def test_comments_and_a_signature_change_nothing():
    signature = f'<Signature xmlns="{ns.SIGNATURE}"/>'
    data = changed(
        changed(HE, "<Foresporsel>", "<!-- a --><?pi?><Foresporsel>"), "</MsgHead>", f"{signature}</MsgHead>"
    )
    assert parse_document(data) == E_CONTACT["HE"]


def test_another_encoding_is_read():
    data = HE.decode().replace("UTF-8", "windows-1252").encode("windows-1252")
    assert parse_document(data) == E_CONTACT["HE"]


@pytest.mark.req("DDFL-AR-12")
@pytest.mark.parametrize(
    "data",
    [
        without(HE, "<MIGversion>", "</MIGversion>"),
        changed(HE, "v1.2 2006-05-24", "v1.1 2006-02-15"),
        without(HE, "<Id>14838500316", "</Id>"),
        changed(HE, "<Patient>", "<Patient>text"),
        changed(HE, "<Ack ", "<Acknowledge "),
    ],
    ids=["no version", "another version", "a patient's id without a number", "text in the patient", "an unknown child"],
)
def test_a_fault_beside_the_parties_does_not_hide_from_whom_it_came(data):
    with pytest.raises(StandardsError):
        parse_document(data)
    info, whole = parse_header(data), E_CONTACT["HE"].info
    assert (info.sender, info.receiver, info.msg_id, info.gen_date_text) == (
        whole.sender,
        whole.receiver,
        whole.msg_id,
        whole.gen_date_text,
    )
    assert info.patient is None


def test_a_relative_namespace_is_a_fault_of_the_document():
    """It has no canonical form."""
    div = '<div xmlns="http://www.w3.org/1999/xhtml" xmlns:a="b"><a:c/></div>'
    with pytest.raises(SchemaError) as caught:
        parse_document(changed(HE, "Er dere åpne?", div))
    assert "namespace" in caught.value.detail


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32-be", "utf-7"])
def test_an_encoding_that_is_not_read_is_named_as_such(encoding):
    with pytest.raises(EncodingError) as caught:
        parse_document(HE.decode().replace("UTF-8", encoding).encode(encoding))
    assert caught.value.apprec_code == "T01"


def test_markup_without_end_is_refused_before_it_is_parsed():
    head, body = HE.split(b"<Document>", 1)
    with pytest.raises(TooLargeError):
        parse_document(head + b"<a/>" * MAX_MARKUP + b"<Document>" + body)
