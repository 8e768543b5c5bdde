"""Messages of the error queue (HITS 1216 2.2.6, protocol.md 9)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from skranke.wire.errors import FAULTS, TransportFaultError
from skranke.wire.headers import parse_timestamp, timestamp
from skranke.wire.profile import PLAIN_TEXT
from skranke.wire.queues import short_name
from skranke.wire.transport import Headers, OutgoingMessage, RawMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultReport:
    """What a message on our error queue says. Every field is the other side's word; None: not said.

    `kind` is the error of the same condition, None for a condition that we do not know.
    """

    original_message_id: str | None
    condition: str
    description: str
    data: str
    received_at: datetime | None
    kind: type[TransportFaultError] | None


def is_reportable(error: Exception) -> bool:
    """Whether the sender is told: only faults of theirs, never our own or passing ones (HITS 1216 2.1.3, 2.1.4)."""
    return isinstance(error, TransportFaultError) and error.permanent


def report(original: RawMessage, error: TransportFaultError, *, error_queue: str, now: datetime) -> OutgoingMessage:
    """The message that tells the sender of `original` what is wrong with it.

    error_queue: the error queue of the original sender. Built anew, with an empty body. The description is our own
    static text and the data are field names and thumbprints, so that no person's data leaves unprotected.
    Raises ValueError for an error that must not be reported.
    """
    if not is_reportable(error):
        raise ValueError(f"{error.code} is not reported to the sender.")
    theirs = original.headers
    return OutgoingMessage(
        queue=short_name(error_queue),
        message_id=str(uuid4()),
        correlation_id=original.correlation_id or original.message_id,
        subject=original.subject,
        to=short_name(error_queue),
        # A receiver demands a content type, also of an empty body.
        content_type=original.content_type or PLAIN_TEXT,
        headers=Headers(
            from_her_id=theirs.to_her_id,
            to_her_id=theirs.from_her_id,
            application_timestamp=timestamp(now),
            cpa_id=theirs.cpa_id,
            original_message_id=original.message_id,
            receiver_timestamp=timestamp(now),
            error_condition=error.condition,
            error_description=str(error),
            error_condition_data=";".join(error.fields) or None,
        ),
    )


def read(raw: RawMessage) -> FaultReport:
    """What a message of our error queue says. Never raises: there is nobody to tell."""
    theirs = raw.headers
    try:
        received_at = parse_timestamp(theirs.receiver_timestamp or "")
    except (ValueError, OverflowError):
        # Norsk Helsenett's library writes this one field as "11/22/2026 10:15:00".
        received_at = None
    condition = (theirs.error_condition or "").strip()
    return FaultReport(
        original_message_id=theirs.original_message_id,
        condition=condition,
        description=theirs.error_description or "",
        data=theirs.error_condition_data or "",
        received_at=received_at,
        kind=FAULTS.get(condition),
    )
