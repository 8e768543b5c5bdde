"""Bad input: what the clinic answers, that nothing of it is imported, and that the next good message goes through."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from lxml import etree
from peer import building, protection
from peer.building import File, Letter, message, serialised
from peer.party import HelseNorge, expect
from peer.rest import until
from peer.stage import Play, scene
from peer.words import BOOKING, E_CONTACT, NAMES, D

MOST = 12 * 1024 * 1024


def _letter(play: Play) -> Letter:
    gp = play.gps[0]
    return Letter(function=E_CONTACT, code="HE", gp=gp, citizen=play.citizen_of(gp), subject="Feil", text="Noe er galt")


def _payload(play: Play, letter: Letter) -> bytes:
    return serialised(message(letter, play.demo))


def _reported(play: Play, letter: Letter, sent: str, condition: str) -> None:
    """An error report of that condition, and neither receipt nor thread."""
    report = play.hn.report_on(sent)
    told = report.header.properties
    expect(report.errors == [condition], f"{condition}, not {report.errors}: {told.get('errorDescription')}")
    expect(told.get("errorDescription") and told.get("receiverTimeStamp"), "with description and time")
    own = play.demo.own
    expect((told.get("fromHerId"), told.get("toHerId")) == (letter.gp.her_id, own.her_id), "with from and to swapped")
    expect(report.header.message_id not in ("", sent), "with a message-id of its own")
    expect(report.header.to == own.queues.error, "addressed to our error queue")
    _nothing_came_of(play, letter)
    _a_good_one_goes_through(play)
    expect(not _receipts(play.hn, letter), "and no receipt")


def _refused(play: Play, letter: Letter, code: str) -> None:
    """A negative receipt with that code, and no thread."""
    receipt = play.hn.receipt_for(letter)
    expect((receipt.code, receipt.errors) == ("2", [code]), f"refused with {code}, not {receipt.code} {receipt.errors}")
    expect(receipt.text("/a:AppRec/a:Error/@OT"), "with a text that names the fault")
    _nothing_came_of(play, letter)
    _a_good_one_goes_through(play)


def _nothing_came_of(play: Play, letter: Letter) -> None:
    assert letter.citizen is not None
    expect(not play.secretary.threads(letter.citizen), "nothing of it is in the record system")


def _a_good_one_goes_through(play: Play) -> None:
    letter = Letter(function=E_CONTACT, code="HE", gp=play.gps[0], citizen=play.regular, text="Og en som er god")
    play.hn.send(letter)
    expect(play.hn.receipt_for(letter).code == "1", "the next good message is received")


def _receipts(hn: HelseNorge, letter: Letter) -> int:
    return hn.count(lambda one: one.is_receipt and one.original == letter.msg_id, 0.5)


# --- told on the error queue ---------------------------------------------------------------------------------------


@scene
def a_body_that_is_not_cms(play: Play) -> None:
    letter = _letter(play)
    _reported(play, letter, play.hn.send_bytes(b"not CMS at all", letter), "transport:invalid-cms-pkcs")


@scene
def a_message_that_is_not_encrypted(play: Play) -> None:
    letter, own = _letter(play), play.demo.own
    signed = protection.sign(_payload(play, letter), own.signing_certificate, own.signing_key)
    _reported(play, letter, play.hn.send_bytes(signed, letter), "transport:invalid-cms-pkcs")


@scene
def a_message_signed_by_a_stranger(play: Play) -> None:
    letter = _letter(play)
    with TemporaryDirectory() as folder:
        certificate, key = protection.self_signed(Path(folder))
        signed = protection.sign(_payload(play, letter), certificate, key)
    body = protection.encrypt(signed, letter.gp.encryption_certificate)
    _reported(play, letter, play.hn.send_bytes(body, letter), "transport:invalid-certificate")


@scene
def a_message_signed_with_another_certificate_of_ours(play: Play) -> None:
    letter, own = _letter(play), play.demo.own
    signed = protection.sign(_payload(play, letter), own.encryption_certificate, own.encryption_key)
    body = protection.encrypt(signed, letter.gp.encryption_certificate)
    _reported(play, letter, play.hn.send_bytes(body, letter), "transport:invalid-certificate")


@scene
def a_signature_that_does_not_hold(play: Play) -> None:
    letter, own = _letter(play), play.demo.own
    signed = protection.sign(_payload(play, letter), own.signing_certificate, own.signing_key)
    forged = signed.replace(b"Noe er galt", b"Noe er rett")
    expect(forged != signed, "the text stands in the signed data")
    body = protection.encrypt(forged, letter.gp.encryption_certificate)
    _reported(play, letter, play.hn.send_bytes(body, letter), "transport:invalid-signature")


@scene
def a_message_encrypted_to_somebody_else(play: Play) -> None:
    letter, own = _letter(play), play.demo.own
    signed = protection.sign(_payload(play, letter), own.signing_certificate, own.signing_key)
    body = protection.encrypt(signed, own.encryption_certificate)
    _reported(play, letter, play.hn.send_bytes(body, letter), "transport:decryption-failed")


@scene
def a_payload_that_is_not_xml(play: Play) -> None:
    letter = _letter(play)
    body = play.hn.protect(b"Hei, dette er ikke XML.", letter.gp)
    _reported(play, letter, play.hn.send_bytes(body, letter), "transport:not-well-formed-xml")


@scene
def xml_of_no_known_kind(play: Play) -> None:
    letter = _letter(play)
    body = play.hn.protect(b"<letter>Hei</letter>", letter.gp)
    _reported(play, letter, play.hn.send_bytes(body, letter), "transport:xml-not-interpretable")


@scene
def a_function_that_nobody_knows(play: Play) -> None:
    letter = replace(_letter(play), function="DIALOG_INNBYGGER_FINNES_IKKE")
    sent = play.hn.send_bytes(play.hn.protect(_payload(play, letter), letter.gp), letter)
    _reported(play, letter, sent, "transport:unsupported-message")


@scene
def a_subject_that_is_not_the_function(play: Play) -> None:
    letter = _letter(play)
    body = play.hn.protect(_payload(play, letter), letter.gp)
    sent = play.hn.send_bytes(body, letter, subject="DIALOG_INNBYGGER_EKONSULTASJON")
    _reported(play, letter, sent, "transport:invalid-field-value")


@scene
def a_header_without_time_stamp(play: Play) -> None:
    letter = _letter(play)
    sent = play.hn.send(letter, properties={"applicationTimeStamp": None})
    _reported(play, letter, sent, "transport:invalid-field-value")


@scene
def a_sender_that_the_payload_does_not_name(play: Play) -> None:
    letter = _letter(play)
    document = message(letter, play.demo)
    _ident(document, "Sender").text = "8099999"
    sent = play.hn.send_bytes(play.hn.protect(serialised(document), letter.gp), letter)
    _reported(play, letter, sent, "abuse:spoofing-attack")


# --- refused with a receipt ----------------------------------------------------------------------------------------


def _send_changed(play: Play, letter: Letter, change: Callable[[etree._Element], None]) -> None:
    document = message(letter, play.demo)
    change(document)
    play.hn.send_bytes(play.hn.protect(serialised(document), letter.gp), letter)


@scene
def a_message_against_the_schema(play: Play) -> None:
    letter = _letter(play)

    def break_it(document: etree._Element) -> None:
        question = document.find(".//d:Foresporsel", NAMES)
        question.append(question.find("d:TypeForesp", NAMES))  # the schema fixes the order

    _send_changed(play, letter, break_it)
    _refused(play, letter, "T02")


@scene
def a_part_of_an_unknown_kind(play: Play) -> None:
    letter = replace(_letter(play), files=[File("x", "application/pdf", b"%PDF-1.7")])

    def break_it(document: etree._Element) -> None:
        content = document.findall(".//m:Content", NAMES)[1]
        content.replace(content[0], etree.Element("{urn:example:unknown}Part"))

    _send_changed(play, letter, break_it)
    _refused(play, letter, "T02")


@scene
def a_question_and_an_answer_in_one(play: Play) -> None:
    letter = _letter(play)

    def break_it(document: etree._Element) -> None:
        document.find(".//d:Dialogmelding", NAMES).append(building.note(replace(letter, code="22")))

    _send_changed(play, letter, break_it)
    _refused(play, letter, "T02")


@scene
def neither_question_nor_answer(play: Play) -> None:
    letter = _letter(play)

    def break_it(document: etree._Element) -> None:
        dialog = document.find(".//d:Dialogmelding", NAMES)
        dialog.getparent().replace(dialog, D.Dialogmelding())

    _send_changed(play, letter, break_it)
    _refused(play, letter, "T02")


@scene
def a_payload_that_breaks_off(play: Play) -> None:
    letter = _letter(play)
    payload = _payload(play, letter)
    broken = payload[: payload.index(b"Noe er galt")]
    play.hn.send_bytes(play.hn.protect(broken, letter.gp), letter)
    _refused(play, letter, "T01")


@scene
def a_reservation_of_no_time(play: Play) -> None:
    gp = play.gps[0]
    letter = Letter(function=BOOKING, code="RT", gp=gp, citizen=play.citizen_of(gp), text="Hoste", takes_another=False)
    play.hn.send(letter)
    _refused(play, letter, "T02")


@scene
def a_receiver_that_the_payload_does_not_name(play: Play) -> None:
    letter = _letter(play)
    sent_to = play.gps[1]
    play.hn.send(letter, properties={"toHerId": sent_to.her_id})
    _refused(play, letter, "E10")


@scene
def a_msg_id_that_is_no_uuid(play: Play) -> None:
    letter = replace(_letter(play), msg_id="melding-17")
    play.hn.send(letter)
    _refused(play, letter, "E10")


@scene
def a_patient_without_id(play: Play) -> None:
    letter = _letter(play)

    def break_it(document: etree._Element) -> None:
        patient = document.find(".//m:Patient", NAMES)
        patient.remove(patient.find("m:Ident", NAMES))

    _send_changed(play, letter, break_it)
    _refused(play, letter, "E36")


@scene
def an_attachment_of_a_kind_that_is_not_taken(play: Play) -> None:
    letter = replace(_letter(play), files=[File("Arkiv", "application/zip", b"PK\x05\x06" + bytes(18))])
    play.hn.send(letter)
    _refused(play, letter, "T99")


@scene
def attachments_of_twelve_mebibytes_to_the_byte(play: Play) -> None:
    picture = play.picture("Bilde")
    filled = replace(picture, content=picture.content + bytes(MOST - len(picture.content)))
    fits = replace(_letter(play), files=[filled])
    play.hn.send(fits)
    expect(play.hn.receipt_for(fits).code == "1", "twelve mebibytes are received")
    too_large = replace(_letter(play), files=[replace(filled, content=filled.content + b"\0")])
    play.hn.send(too_large)
    _refused(play, too_large, "T99")


# --- received, then answered with a refusal ------------------------------------------------------------------------


@scene
def a_code_that_the_function_does_not_have(play: Play) -> None:
    letter = replace(_letter(play), code="SIDAB")
    play.hn.send(letter)
    expect(play.hn.receipt_for(letter).code == "1", "an unknown code is no ground for a negative receipt")
    expect(play.hn.answer_to(letter).code == "26", "it is answered with a refusal")
    _a_good_one_goes_through(play)


@scene
def an_error_report_from_helsenorge(play: Play) -> None:
    """HelseNorge could not open an answer: the thread says so, and the report is not answered."""
    gp, hn = play.gps[0], play.hn
    first = _letter(play)
    hn.send(first)
    hn.receipt_for(first)
    assert first.citizen is not None
    rest = play.rest(gp)
    (row,) = rest.threads(first.citizen)
    hn.acknowledges = False
    sent = rest.post(f"threads/{row['id']}/messages", {"text": "Svar"})
    answer = hn.answer_to(first)
    hn.send_report(answer, gp, "transport:decryption-failed")

    def delivery() -> str:
        messages = rest.get(f"threads/{row['id']}")["messages"]
        return next(str(one["delivery"]) for one in messages if one["id"] == sent["id"])

    until(lambda: delivery() == "failed", "the message as failed")
    told = hn.count(lambda one: one.queue == play.demo.own.queues.error and one.original == answer.header.message_id, 1)
    expect(told == 0, "an error report is never answered")


def _ident(document: etree._Element, role: str) -> etree._Element:
    """The Id element of the service that sends."""
    return document.find(f".//m:{role}/m:Organisation/m:Organisation/m:Ident/m:Id", NAMES)
