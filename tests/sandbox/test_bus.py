"""What the sandbox's bus process promises: one receipt, agreed faults, the same bytes again."""

import json
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest

from skranke.kernel import clock
from skranke.kernel.ids import HerId
from skranke.standards.apprec import AppRec
from skranke.standards.build import comtest, ekontakt
from skranke.standards.codes import CommunicationTest
from skranke.standards.render import render
from skranke.wire.certificates import SigningIdentity
from skranke.wire.demo_pki import key_usage, make_authority, new_key, subject

from support.lanes import until
from support.sandbox import GP_OFF


def message(play, citizen, **more):
    return ekontakt.clinic_question(
        play.clinic.envelope(citizen, **more), subject="Prøvesvar", text="Alt er fint.", may_answer=True
    )


def receipts(heard, msg_id):
    return [one for one in heard if isinstance(one.document, AppRec) and one.document.original.id == msg_id]


def test_the_receipt_mirrors_the_message(play):
    document = message(play, play.citizen())
    play.clinic.send(document)
    receipt = play.clinic.hear_receipt(document.info.msg_id)
    assert receipt.positive
    assert receipt.original.issue_date_text == document.info.gen_date_text
    assert receipt.sender.level2_her_id == document.info.receiver.level2_her_id
    assert receipt.receiver.level2_her_id == document.info.sender.level2_her_id


def test_duplicates_are_dropped_with_one_receipt_in_total(play):
    citizen = play.citizen()
    document = message(play, citizen)
    payload = render(document)
    first = play.clinic.packed(payload, document=document)
    again = play.clinic.packed(payload, document=document)
    for one in (first, first, again):
        play.clinic.send_raw(one)
    last = message(play, citizen)
    play.clinic.send(last)
    heard = play.clinic.up_to(lambda one: receipts([one], last.info.msg_id)) + play.clinic.everything()
    assert len(receipts(heard, document.info.msg_id)) == 1
    assert len(receipts(heard, last.info.msg_id)) == 1
    thread = play.browser().get(f"{citizen.page}/samtale/{document.info.msg_id}")
    assert len(thread.page.xpath("//article")) == 1


@pytest.mark.req("PAT-13")
@pytest.mark.parametrize("name", ["inactive", "not_agreed", "basis", "basis_plus"])
def test_a_citizen_who_is_not_active_or_has_not_agreed_is_refused_with_e35(play, name):
    citizen = play.people[name]
    document = message(play, citizen)
    play.clinic.send(document)
    receipt = play.clinic.hear_receipt(document.info.msg_id)
    assert not receipt.positive
    assert [error.v for error in receipt.errors] == ["E35"]
    assert play.browser().get(f"{citizen.page}/samtale/{document.info.msg_id}").status == 404


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda xml: xml.replace(b"</Dialogmelding>", b"</Dialogmeldin>"), "T01"),
        (lambda xml: xml.replace(b"Foresporsel>", b"Ukjent>"), "T02"),
    ],
)
def test_a_broken_document_gets_a_negative_receipt(play, spoil, code):
    document = message(play, play.citizen())
    play.clinic.send_raw(play.clinic.packed(spoil(render(document)), document=document))
    receipt = play.clinic.hear_receipt(document.info.msg_id)
    assert [error.v for error in receipt.errors] == [code]


def test_a_msg_id_that_is_no_uuid_is_e10(play):
    document = message(play, play.citizen())
    other = f"ikke-en-uuid-{uuid4()}"
    payload = render(document).replace(document.info.msg_id.encode(), other.encode())
    play.clinic.send_raw(play.clinic.packed(payload, document=document))
    assert [error.v for error in play.clinic.hear_receipt(other).errors] == ["E10"]


def test_another_receiver_in_the_message_than_on_the_bus_is_e10(play):
    citizen = play.citizen()
    document = message(play, citizen)
    play.clinic.send_raw(play.clinic.packed(render(document), document=document, receiver=HerId("99")))
    assert [error.v for error in play.clinic.hear_receipt(document.info.msg_id).errors] == ["E10"]


def test_a_sender_who_claims_to_be_another_is_reported(play):
    document = message(play, play.citizen())
    sent = play.clinic.packed(render(document), document=document, sender=GP_OFF)
    play.clinic.send_raw(sent)
    report = play.clinic.error_report()
    assert report.headers.error_condition == "abuse:spoofing-attack"
    assert report.headers.original_message_id == sent.message_id


def test_what_cannot_be_opened_is_reported_on_the_error_queue(play):
    document = message(play, play.citizen())
    whole = play.clinic.packed(render(document), document=document)
    authority, key = make_authority("Fremmed", now=clock.now()), new_key()
    stranger = SigningIdentity(
        authority.issue(
            subject("Fremmed"),
            key.public_key(),
            key_usage(content_commitment=True),
            start=authority.certificate.not_valid_before_utc,
            end=authority.certificate.not_valid_after_utc,
        ),
        key,
    )
    foreign = play.clinic.packed(render(document), document=document, signer=stranger)
    rubbish = replace(whole, body=b"not cms", message_id=str(uuid4()))
    untyped = replace(whole, content_type=None, message_id=str(uuid4()))
    expected = {
        rubbish.message_id: "transport:invalid-cms-pkcs",
        foreign.message_id: "transport:invalid-certificate",
        untyped.message_id: "transport:invalid-field-value",
    }
    for one in (rubbish, foreign, untyped):
        play.clinic.send_raw(one)
    reports = [play.clinic.error_report() for _ in expected]
    assert {one.headers.original_message_id: one.headers.error_condition for one in reports} == expected
    found = play.browser().get(f"/drift?q={rubbish.message_id}")
    assert found.says("Avvist av oss")
    assert found.says("Avvist melding")
    assert found.says("invalid-cms-pkcs")


def test_a_communication_test_is_answered_at_once(play):
    citizen = play.citizen()
    answer = play.clinic.ask(comtest.request(play.clinic.envelope(citizen)))
    assert answer.code == CommunicationTest.RESPONSE
    assert answer.raw.reply_to is None
    assert answer.document.info.conversation is not None


def test_an_error_report_from_the_clinic_reaches_the_citizen(play):
    citizen = play.citizen()
    browser = play.browser()
    sent = browser.post(f"{citizen.page}/skriv/kontakt", {"subject": "Hei", "text": "Hei"})
    heard = play.clinic.hear_code("HE")
    play.clinic.report(heard.raw)
    shown = play.until(sent.url, lambda page: page.says("transport:decryption-failed"))
    assert shown.page.xpath("//article[@data-state='fault']")


def test_what_was_not_handed_over_goes_out_again_with_the_same_bytes_and_ids(play):
    """The hand-over is marked undone, as after a crash between sending and marking."""
    citizen = play.citizen()
    play.browser().post(f"{citizen.page}/skriv/kontakt", {"subject": "Hei", "text": "Hei"})
    first = play.clinic.hear_code("HE")
    with psycopg.connect(play.dsn, autocommit=True) as connection:
        connection.execute(
            "UPDATE sandbox_outgoing SET done_at = NULL, body = %b WHERE message_id ="
            " (SELECT id FROM sandbox_message WHERE msg_id = %s)",
            [first.raw.body, first.document.info.msg_id],
        )
        connection.execute("NOTIFY sandbox_outbox")
    again = play.clinic.hear_code("HE")
    assert replace(again.raw, headers=first.raw.headers) == first.raw
    assert again.raw.headers.properties() == first.raw.headers.properties()


def test_no_person_is_in_the_logs(play):
    citizen = play.citizen()
    play.clinic.send(message(play, citizen))
    play.until(citizen.page, lambda page: page.says("Prøvesvar"))
    until(lambda: '"sent"' in play.logs.read_text())
    log = play.logs.read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert any(line["event"] == "sent" for line in lines)
    for secret in (citizen.national_id.value, citizen.name, "Prøvesvar", "Alt er fint"):
        assert secret not in log
