"""The error queue: what is said, what is never said, and every condition there is."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from skranke.wire import faults
from skranke.wire.errors import (
    FAULTS,
    DecryptionFailedError,
    InternalFaultError,
    InvalidFieldValueError,
    RevocationOfflineError,
    TransportDownError,
)
from skranke.wire.transport import Headers, RawMessage

NOW = datetime(2026, 11, 22, 11, 15, tzinfo=UTC)
ORIGINAL = RawMessage(
    queue="91095_async",
    body=b"unreadable",
    message_id="c0ffee00-0000-4000-8000-000000000001",
    correlation_id="c0ffee00-0000-4000-8000-000000000001",
    subject="DIALOG_INNBYGGER_EKONTAKT",
    reply_to="8093240_async",
    content_type="application/pkcs7-mime; smime-type=signed-and-enveloped-data",
    headers=Headers(from_her_id="8093240", to_her_id="91095", cpa_id="51795e2c-0000-4000-8000-000000000001"),
)
CONDITIONS = {
    "transport:invalid-cms-pkcs",
    "transport:invalid-certificate",
    "transport:expired-certificate",
    "transport:revoked-certificate",
    "transport:decryption-failed",
    "transport:invalid-signature",
    "transport:required-field-missing",
    "transport:invalid-field-value",
    "transport:invalid-encoding",
    "transport:xml-not-interpretable",
    "transport:not-well-formed-xml",
    "transport:unsupported-message",
    "transport:missing-certificate",
    "transport:revoked-certificate-offline",
    "transport:internal-error",
    "transport:unverified-certificate",
    "abuse:spoofing-attack",
}


def test_every_condition_has_its_error():
    assert set(FAULTS) == CONDITIONS
    assert len({kind.code for kind in FAULTS.values()}) == len(FAULTS)
    assert {name for name, kind in FAULTS.items() if not kind.permanent} == {
        "transport:revoked-certificate-offline",
        "transport:internal-error",
    }


def test_a_report_is_built_anew_with_parties_swapped_and_no_body():
    error = InvalidFieldValueError("Header fields are wrong: subject.", fields=("subject", "cpaId"))
    message = faults.report(ORIGINAL, error, error_queue="sb/NS/8093240_error", now=NOW)
    assert (message.queue, message.to, message.reply_to) == ("8093240_error", "8093240_error", None)
    assert message.body == b""
    assert UUID(message.message_id) != UUID(ORIGINAL.message_id)
    assert message.subject == ORIGINAL.subject
    assert message.correlation_id == ORIGINAL.correlation_id
    assert message.content_type == ORIGINAL.content_type
    assert message.ttl is None
    assert message.headers.properties() == {
        "fromHerId": "91095",
        "toHerId": "8093240",
        "applicationTimeStamp": "2026-11-22T11:15:00Z",
        "cpaId": "51795e2c-0000-4000-8000-000000000001",
        "originalMessageId": ORIGINAL.message_id,
        "receiverTimeStamp": "2026-11-22T11:15:00Z",
        "errorCondition": "transport:invalid-field-value",
        "errorDescription": "Header fields are wrong: subject.",
        "errorConditionData": "subject;cpaId",
    }


def test_a_report_on_a_bare_message_still_has_a_content_type():
    bare = RawMessage(queue="q", message_id="1", headers=Headers(from_her_id="8093240"))
    message = faults.report(bare, DecryptionFailedError("Not for us."), error_queue="8093240_error", now=NOW)
    assert message.content_type == "text/plain"
    assert message.correlation_id == "1"


@pytest.mark.parametrize("error", [RevocationOfflineError("later"), InternalFaultError("ours")])
def test_passing_and_internal_faults_are_never_reported(error):
    assert not faults.is_reportable(error)
    with pytest.raises(ValueError, match="not reported"):
        faults.report(ORIGINAL, error, error_queue="8093240_error", now=NOW)


def test_what_is_no_fault_of_a_message_is_not_reportable():
    assert not faults.is_reportable(TransportDownError("away"))
    assert not faults.is_reportable(ZeroDivisionError())


def test_a_report_is_read_back():
    error = DecryptionFailedError("Not for us.", fields=("ABCD",))
    sent = faults.report(ORIGINAL, error, error_queue="8093240_error", now=NOW)
    read = faults.read(RawMessage(queue="8093240_error", headers=sent.headers))
    assert read.kind is DecryptionFailedError
    assert read.original_message_id == ORIGINAL.message_id
    assert (read.description, read.data, read.received_at) == ("Not for us.", "ABCD", NOW)


def test_a_strange_report_is_read_without_a_fall():
    strange = Headers(error_condition="transport:new-one", receiver_timestamp="11/22/2026 10:15:00")
    read = faults.read(RawMessage(queue="q", headers=strange))
    assert (read.condition, read.kind, read.received_at) == ("transport:new-one", None, None)
    assert faults.read(RawMessage(queue="q")).condition == ""
