"""The rows of what came: stored once, found again, and locked so that the same message is never done twice at once."""

import time
from collections.abc import Iterable, Sequence
from enum import StrEnum
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from skranke.gateway.facts import Facts, properties_of, storable, without_attachments
from skranke.gateway.models import ReceivedMessage, ReceptionState
from skranke.tenancy.rows import insert

_FINAL = (ReceptionState.ACTED, ReceptionState.REFUSED)
_DONE = (*_FINAL, ReceptionState.FAULT, ReceptionState.CONFLICT)
_FUNCTION_LENGTH = 60
_QUEUE_LENGTH = 200
_CODE_LENGTH = 60
_CORRELATION_LENGTH = 255
_LARGEST_MILLISECONDS = 2**31 - 1
# Rows of unnest come in the order of the array.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(%s::text[]) AS key"


class Earlier(StrEnum):
    """Whether a message has been here before.

    conflict: an id of it has, with other bytes.
    """

    NEVER = "never"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"


def same_bytes_seen(facts: Facts) -> bool:
    """Whether this very delivery has been dealt with. Holds its ids until the unit of work ends.

    Without an id and a body nothing tells one from another.
    """
    if not (facts.message_id or facts.raw.body):
        return False
    _lock(facts)
    return _rows(facts, Q(message_id=facts.message_id, sha256=facts.sha256), _DONE).exists()


def earlier(facts: Facts) -> Earlier:
    """Whether the opened message has been here before, by message-id or MsgId. Holds both until the work's end.

    The bytes of one message differ when it is protected anew: the verified payload decides.
    """
    _lock(facts)
    same_ids = Q(message_id=facts.message_id) if facts.message_id else Q(sha256=facts.sha256)
    if facts.msg_id:
        same_ids |= Q(msg_id=facts.msg_id)
    found = list(_rows(facts, same_ids, _DONE).values_list("state", "message_id", "sha256", "payload_sha256"))
    if any((message_id, sha256) == (facts.message_id, facts.sha256) for _, message_id, sha256, _ in found):
        return Earlier.DUPLICATE
    payloads = {payload for state, _, _, payload in found if state in _FINAL}
    if not payloads:
        return Earlier.NEVER
    return Earlier.DUPLICATE if facts.payload_sha256 and payloads == {facts.payload_sha256} else Earlier.CONFLICT


def are_new(several: Sequence[Facts]) -> bool:
    """Whether none of some opened messages of a clinic has been here before, nor is another one's copy.

    Holds their ids as `earlier` does. False for one without a message-id.
    """
    ids = {(facts.from_her_id, facts.message_id) for facts in several}
    msg_ids = {(facts.from_her_id, facts.msg_id) for facts in several if facts.msg_id}
    if not all(message_id for _, message_id in ids) or len(ids) < len(several):
        return False
    if len(msg_ids) < sum(bool(facts.msg_id) for facts in several):
        return False
    _lock(*several)
    known = Q(message_id__in=[one for _, one in ids]) | Q(msg_id__in=[one for _, one in msg_ids])
    senders = {facts.from_her_id for facts in several}
    return not ReceivedMessage.objects.filter(
        known, clinic_id=several[0].clinic_id, from_her_id__in=senders, state__in=_DONE
    ).exists()


def _rows(facts: Facts, same: Q, states: Iterable[str]) -> QuerySet[ReceivedMessage]:
    return ReceivedMessage.objects.filter(
        same, clinic_id=facts.clinic_id, from_her_id=facts.from_her_id, state__in=tuple(states)
    )


def store(
    facts: Facts,
    state: ReceptionState,
    *,
    code: str = "",
    detail: str = "",
    patient_id: UUID | None = None,
    subject_kind: str = "",
    subject_id: UUID | None = None,
    reply: bytes | None = None,
) -> ReceivedMessage:
    """Write the row of a delivery, in the unit of work of its effect."""
    raw = facts.raw
    row = ReceivedMessage(
        id=facts.received_id,
        clinic_id=facts.clinic_id,
        received_at=facts.received_at,
        queue=storable(raw.queue)[:_QUEUE_LENGTH],
        function=storable(raw.subject)[:_FUNCTION_LENGTH],
        from_her_id=facts.from_her_id,
        to_her_id=storable(raw.headers.to_her_id).strip()[:10],
        message_id=facts.message_id,
        correlation_id=storable(raw.correlation_id)[:_CORRELATION_LENGTH],
        msg_id=facts.msg_id,
        sha256=facts.sha256,
        payload_sha256=facts.payload_sha256,
        headers=properties_of(raw),
        ciphertext=raw.body,
        document=without_attachments(facts.payload) if facts.payload is not None else None,
        state=state,
        code=code[:_CODE_LENGTH],
        detail=storable(detail),
        patient_id=patient_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        reply=reply,
        milliseconds=min(int((time.monotonic() - facts.started) * 1000), _LARGEST_MILLISECONDS),
    )
    insert(row)
    return row


def _lock(*several: Facts) -> None:
    """Until the unit of work ends, nobody else deals with these ids.

    In one order, and every message-id before every MsgId: no deadlock.
    """
    keys = {f"message-id {_sender(facts)} {facts.message_id or facts.sha256}" for facts in several}
    second = {f"MsgId {_sender(facts)} {facts.msg_id}" for facts in several if facts.msg_id}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [[*sorted(keys), *sorted(second)]])


def _sender(facts: Facts) -> str:
    return f"{facts.clinic_id} {facts.from_her_id}"
