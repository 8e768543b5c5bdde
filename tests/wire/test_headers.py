"""The header of a message: ours exactly as protocol.md 2.3 has it, theirs checked before anything else is done."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from skranke.kernel.ids import HerId
from skranke.wire import headers
from skranke.wire.errors import InvalidFieldValueError
from skranke.wire.profile import SIGNED_AND_ENVELOPED, Addresses, AddressStyle
from skranke.wire.transport import Headers, OutgoingMessage, RawMessage

NOW = datetime(2026, 11, 22, 11, 15, 30, 999999, tzinfo=UTC)
CPA = UUID("51795e2c-0000-4000-8000-000000000001")


def written(**changes) -> OutgoingMessage:
    facts = {
        "queue": "tb.test.nhn.no/NHNTESTServiceBus/8093240_async",
        "function": "DIALOG_INNBYGGER_EKONTAKT",
        "body": b"cms",
        "sender": HerId("91095"),
        "receiver": HerId("8093240"),
        "reply_to": "91095_async",
        "now": NOW,
    }
    return headers.outgoing(**(facts | changes))


def received(message: OutgoingMessage | None = None, **changes) -> RawMessage:
    message = message or written()
    names = (
        "queue",
        "body",
        "message_id",
        "correlation_id",
        "subject",
        "to",
        "reply_to",
        "content_type",
        "ttl",
        "headers",
    )
    return replace(RawMessage(**{name: getattr(message, name) for name in names}), **changes)


@pytest.mark.req("DDFL-MET-01", "DDFL-ENV-04")
def test_an_asynchronous_message_has_every_mandatory_field():
    message = written()
    assert UUID(message.message_id)
    assert message.correlation_id == message.message_id
    assert (message.queue, message.to) == ("8093240_async", "8093240_async")
    assert message.reply_to == "91095_async"
    assert message.subject == "DIALOG_INNBYGGER_EKONTAKT"
    assert message.content_type == "application/pkcs7-mime; smime-type=signed-and-enveloped-data"
    assert message.ttl is None
    assert message.headers.properties() == {
        "fromHerId": "91095",
        "toHerId": "8093240",
        "applicationTimeStamp": "2026-11-22T11:15:30Z",
        "enqueuedTimeUtc": "2026-11-22T11:15:30Z",
    }
    assert written().message_id != message.message_id


@pytest.mark.req("DDFL-MET-02")
def test_the_agreement_stands_there_only_when_there_is_one():
    assert written(cpa_id=CPA).headers.properties()["cpaId"] == str(CPA)
    assert "cpaId" not in written().headers.properties()


@pytest.mark.req("DDFL-ID-05")
def test_a_message_sent_again_keeps_its_id():
    identity = uuid4()
    assert written(message_id=identity) == written(message_id=identity)


def test_metadata_and_conversation_ride_along():
    properties = written(
        metadata={"X-MessageInfo-MsgId": "1", "X-AttachmentInfo-Count": "2"}, conversation_id="c"
    ).headers.properties()
    assert properties["X-AttachmentInfo-Count"] == "2"
    assert properties["ConversationId"] == "c"


def test_a_receipt_is_an_asynchronous_message():
    assert written(function="APPREC").subject == "APPREC"


def test_a_request_lives_fifteen_seconds_and_asks_for_its_reply_queue():
    message = headers.request(
        queue="91095_sync",
        function="DIALOG_INNBYGGER_TIMERESERVASJON",
        body=b"cms",
        sender=HerId("8093240"),
        receiver=HerId("91095"),
        reply_to="8093240_syncreply",
        now=NOW,
    )
    assert message.ttl == timedelta(seconds=15)
    assert message.reply_to == "8093240_syncreply"
    assert message.correlation_id == message.message_id


def test_a_reply_answers_its_request():
    request = received(
        correlation_id="asked", reply_to="tb.nhn.no/NS/8093240_syncreply", subject="DIALOG_INNBYGGER_TIMERESERVASJON"
    )
    answer = headers.reply(request, body=b"cms", now=NOW, cpa_id=CPA)
    assert (answer.queue, answer.to, answer.reply_to) == ("8093240_syncreply", "8093240_syncreply", None)
    assert answer.correlation_id == "asked"
    assert answer.subject == request.subject
    assert UUID(answer.message_id)
    assert answer.message_id != request.message_id
    assert (answer.headers.from_her_id, answer.headers.to_her_id) == ("8093240", "91095")
    assert answer.headers.cpa_id == str(CPA)
    with pytest.raises(InvalidFieldValueError) as caught:
        headers.reply(replace(request, reply_to=None), body=b"", now=NOW)
    assert caught.value.fields == ("reply-to",)


def test_our_own_header_passes_our_own_check():
    header = headers.check(received(written(cpa_id=CPA)))
    assert (header.sender, header.receiver) == (HerId("91095"), HerId("8093240"))
    assert header.sent_at == NOW.replace(microsecond=0)
    assert header.is_protected
    assert header.cpa_id == CPA
    assert header.reply_to == "91095_async"


FAULTY = {
    "toHerId absent": ("toHerId", {"to_her_id": None}),
    "toHerId no number": ("toHerId", {"to_her_id": "abc"}),
    "fromHerId absent": ("fromHerId", {"from_her_id": None}),
    "fromHerId zero": ("fromHerId", {"from_her_id": "0"}),
    "time stamp absent": ("applicationTimeStamp", {"application_timestamp": None}),
    "time stamp nonsense": ("applicationTimeStamp", {"application_timestamp": "yesterday"}),
    "time stamp that never was": ("applicationTimeStamp", {"application_timestamp": "2026-03-29T02:30:00"}),
    "cpaId nonsense": ("cpaId", {"cpa_id": "12"}),
    "subject absent": ("subject", {"subject": None}),
    "message-id absent": ("message-id", {"message_id": None}),
    "content type absent": ("content-type", {"content_type": None}),
    "content type unknown": ("content-type", {"content_type": "application/json"}),
}


@pytest.mark.parametrize("case", FAULTY)
def test_a_missing_or_impossible_field_is_an_invalid_field_value(case):
    field, change = FAULTY[case]
    good = received()
    name, value = next(iter(change.items()))
    if hasattr(good, name):
        bad = replace(good, **{name: value})
    else:
        bad = replace(good, headers=replace(good.headers, **{name: value}))
    with pytest.raises(InvalidFieldValueError) as caught:
        headers.check(bad)
    assert caught.value.fields == (field,)
    assert caught.value.condition == "transport:invalid-field-value"


def test_every_faulty_field_is_named_at_once():
    with pytest.raises(InvalidFieldValueError) as caught:
        headers.check(RawMessage(queue="q"))
    expected = {"fromHerId", "toHerId", "applicationTimeStamp", "content-type", "subject", "message-id"}
    assert set(caught.value.fields) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T11:15:00Z",
        "2026-11-22T12:15:00+01:00",
        "2026-11-22T11:15:00.0000000Z",
        "2026-11-22T12:15:00.0000000+01:00",
        "2026-11-22T12:15:00",
        " 2026-11-22T12:15:00+01:00 ",
    ],
)
def test_time_stamps_of_every_usual_form(text):
    assert headers.parse_timestamp(text) == datetime(2026, 11, 22, 11, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        SIGNED_AND_ENVELOPED,
        "application/pkcs7-mime;smime-type=signed-and-enveloped-data",
        'Application/PKCS7-MIME; smime-type="signed-and-enveloped-data"',
    ],
)
def test_content_types_however_they_are_spaced(text):
    assert headers.check(received(content_type=text)).is_protected


def test_plain_text_is_known_but_not_protected():
    assert not headers.check(received(content_type="text/plain")).is_protected


def test_an_empty_agreement_id_is_none():
    raw = received()
    raw = replace(raw, headers=replace(raw.headers, cpa_id="00000000-0000-0000-0000-000000000000"))
    assert headers.check(raw).cpa_id is None


def test_properties_come_and_go_unchanged():
    properties = {"fromHerId": "1", "errorCondition": "transport:x", "X-Any": "y", "Service": "z"}
    assert Headers.of(properties).properties() == properties
    assert Headers.of({"fromHerId": 91095}).from_her_id == "91095"
    assert Headers.of({"cpaId": None, "X-Any": None}) == Headers()


def test_addresses_of_both_styles():
    v1, v2 = Addresses("NHNTESTServiceBus"), Addresses("NHN Bus", AddressStyle.V2)
    assert v1.target("1_async") == "/exchange/NHNTESTServiceBus/1_async"
    assert v1.source("1_async") == "/amq/queue/1_async"
    assert v2.target("1/å") == "/exchanges/NHN%20Bus/1%2F%C3%A5"
    assert v2.source("1_async") == "/queues/1_async"
