"""The header of a message on the bus: building ours, checking theirs (HITS 1216 2.1.2, protocol.md 2.3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from skranke.kernel import clock
from skranke.kernel.ids import HerId
from skranke.wire.errors import InvalidFieldValueError
from skranke.wire.profile import CONTENT_TYPES, SIGNED_AND_ENVELOPED
from skranke.wire.queues import SYNCHRONOUS_TTL, short_name
from skranke.wire.transport import Headers, OutgoingMessage, RawMessage

_NO_METADATA: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedHeader:
    """A received header whose fields are present and have possible values. Still unsigned: never trust it alone."""

    message_id: str
    correlation_id: str
    function: str
    sender: HerId
    receiver: HerId
    sent_at: datetime
    content_type: str
    reply_to: str | None
    cpa_id: UUID | None

    @property
    def is_protected(self) -> bool:
        """Whether the body claims to be signed and enveloped."""
        return self.content_type == SIGNED_AND_ENVELOPED


def outgoing(
    *,
    queue: str,
    function: str,
    body: bytes,
    sender: HerId,
    receiver: HerId,
    reply_to: str,
    now: datetime,
    message_id: UUID | None = None,
    cpa_id: UUID | None = None,
    ttl: timedelta | None = None,
    conversation_id: str | None = None,
    metadata: Mapping[str, str] = _NO_METADATA,
) -> OutgoingMessage:
    """An asynchronous message or receipt, protected.

    queue: the receiver's asynchronous queue; reply_to: our own. sender, receiver: level-2 HER-ids. message_id: given
    when sending again after a failed hand-over, else a new one. metadata: X-MessageInfo-Type and the like.
    """
    identity = str(message_id or uuid4())
    return OutgoingMessage(
        queue=short_name(queue),
        body=body,
        message_id=identity,
        correlation_id=identity,
        subject=function,
        to=short_name(queue),
        reply_to=short_name(reply_to),
        content_type=SIGNED_AND_ENVELOPED,
        ttl=ttl,
        headers=Headers(
            from_her_id=str(sender),
            to_her_id=str(receiver),
            application_timestamp=timestamp(now),
            cpa_id=None if cpa_id is None else str(cpa_id),
            enqueued_time_utc=timestamp(now),
            conversation_id=conversation_id,
            extra=tuple(metadata.items()),
        ),
    )


def request(
    *,
    queue: str,
    function: str,
    body: bytes,
    sender: HerId,
    receiver: HerId,
    reply_to: str,
    now: datetime,
    message_id: UUID | None = None,
    cpa_id: UUID | None = None,
    metadata: Mapping[str, str] = _NO_METADATA,
) -> OutgoingMessage:
    """A synchronous request. queue: the receiver's synchronous queue; reply_to: our own reply queue."""
    return outgoing(
        queue=queue,
        function=function,
        body=body,
        sender=sender,
        receiver=receiver,
        reply_to=reply_to,
        now=now,
        message_id=message_id,
        cpa_id=cpa_id,
        ttl=SYNCHRONOUS_TTL,
        metadata=metadata,
    )


def reply(
    to: RawMessage,
    *,
    body: bytes,
    now: datetime,
    message_id: UUID | None = None,
    cpa_id: UUID | None = None,
    metadata: Mapping[str, str] = _NO_METADATA,
) -> OutgoingMessage:
    """The answer to a synchronous request: its correlation-id and subject, a new message-id, no reply-to.

    Raises InvalidFieldValueError when the request does not say where to answer.
    """
    header = check(to)
    if header.reply_to is None:
        raise InvalidFieldValueError("The request names no queue for the answer.", fields=("reply-to",))
    return OutgoingMessage(
        queue=header.reply_to,
        body=body,
        message_id=str(message_id or uuid4()),
        correlation_id=header.correlation_id,
        subject=header.function,
        to=header.reply_to,
        content_type=SIGNED_AND_ENVELOPED,
        ttl=SYNCHRONOUS_TTL,
        headers=Headers(
            from_her_id=str(header.receiver),
            to_her_id=str(header.sender),
            application_timestamp=timestamp(now),
            cpa_id=None if cpa_id is None else str(cpa_id),
            enqueued_time_utc=timestamp(now),
            extra=tuple(metadata.items()),
        ),
    )


def check(raw: RawMessage) -> CheckedHeader:
    """The header's values. Raises InvalidFieldValueError naming every field that is absent or impossible."""
    wrong: list[str] = []
    headers = raw.headers
    sender = _her_id(headers.from_her_id, "fromHerId", wrong)
    receiver = _her_id(headers.to_her_id, "toHerId", wrong)
    sent_at = _instant(headers.application_timestamp, wrong)
    content_type = _content_type(raw.content_type, wrong)
    cpa_id = _uuid(headers.cpa_id, "cpaId", wrong)
    for value, name in ((raw.subject, "subject"), (raw.message_id, "message-id")):
        if not value:
            wrong.append(name)
    if wrong or sender is None or receiver is None or sent_at is None:
        raise InvalidFieldValueError(f"Header fields are absent or wrong: {', '.join(wrong)}.", fields=tuple(wrong))
    message_id = raw.message_id or ""
    return CheckedHeader(
        message_id=message_id,
        correlation_id=raw.correlation_id or message_id,
        function=raw.subject or "",
        sender=sender,
        receiver=receiver,
        sent_at=sent_at,
        content_type=content_type,
        reply_to=short_name(raw.reply_to) if raw.reply_to else None,
        cpa_id=cpa_id,
    )


def timestamp(instant: datetime) -> str:
    """ISO 8601 in UTC with seconds, as `2026-11-22T10:15:00Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_timestamp(text: str) -> datetime:
    """The instant of an ISO 8601 text; without a zone it is Oslo wall time. Raises ValueError."""
    found = datetime.fromisoformat(text.strip())
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    instant = clock.from_oslo(found)
    if instant is None:
        raise ValueError("The wall time does not exist.")
    return instant


def _her_id(value: str | None, name: str, wrong: list[str]) -> HerId | None:
    try:
        return HerId((value or "").strip())
    except ValueError:
        wrong.append(name)
        return None


def _instant(value: str | None, wrong: list[str]) -> datetime | None:
    try:
        return parse_timestamp(value or "")
    except (ValueError, OverflowError):
        wrong.append("applicationTimeStamp")
        return None


def _content_type(value: str | None, wrong: list[str]) -> str:
    """The known content type, however its spaces and letters are written (RFC 2045 lets both vary)."""
    plain = re.sub(r"\s*;\s*", "; ", (value or "").strip()).replace('"', "").lower()
    if plain not in CONTENT_TYPES:
        wrong.append("content-type")
    return plain


def _uuid(value: str | None, name: str, wrong: list[str]) -> UUID | None:
    """The id, None when absent or all zeros (.NET's empty Guid)."""
    if not value or not value.strip():
        return None
    try:
        found = UUID(value.strip())
    except ValueError:
        wrong.append(name)
        return None
    return found if found.int else None
