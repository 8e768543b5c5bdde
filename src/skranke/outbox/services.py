"""Rows waiting to leave: store what is meant, claim it, fix its bytes, and note what became of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.db.models.functions import Coalesce
from psycopg.types.json import Jsonb

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.kernel import clock
from skranke.outbox import rules
from skranke.outbox.errors import WithdrawnError
from skranke.outbox.intents import APPOINTMENT_PREFIX, Intent
from skranke.outbox.models import OutboxItem, OutboxState
from skranke.tenancy.rows import Call, insert
from skranke.tenancy.work import current_actor

CHANNEL = "skranke_outbox"
# By hand, because the values that decide which index fits must stand in the text: a plan that is made once for all
# values, as the lanes' are, knows nothing of those that are given later, and would read the whole backlog, or every
# row the clinic ever had.
_CLAIM = """
    WITH next AS MATERIALIZED (
        SELECT waiting.id FROM outbox_outboxitem AS waiting
        -- Every row has a sequence above 0. It is the condition of the index for this order, which the next question,
        -- whether an older row of the stream is unsent, could otherwise be answered by, row by row.
        WHERE waiting.state = 'pending' AND waiting.sequence > 0 AND waiting.not_before <= %(now)s
          AND (waiting.lease_until IS NULL OR waiting.lease_until <= %(now)s)
          -- One row at most, not EXISTS: that becomes a join with the whole backlog.
          AND (SELECT older.sequence FROM outbox_outboxitem AS older
               WHERE older.state = 'pending' AND older.stream = waiting.stream
                 AND older.sequence < waiting.sequence LIMIT 1) IS NULL
          -- Two messages about one appointment must not overtake each other (DDFL-PU-16).
          AND (waiting.stream NOT LIKE 'appointment:%%'
               OR (SELECT older.sequence FROM outbox_outboxitem AS older
                   WHERE older.state = 'sent' AND older.stream LIKE 'appointment:%%'
                     AND older.stream = waiting.stream AND older.sequence < waiting.sequence
                     AND older.sent_at > %(unacknowledged_since)s LIMIT 1) IS NULL)
        ORDER BY waiting.sequence LIMIT %(most)s FOR UPDATE SKIP LOCKED
    )
    UPDATE outbox_outboxitem AS item
    SET lease_owner = %(owner)s, lease_until = %(lease_until)s, attempts = item.attempts + 1
    FROM next WHERE item.id = next.id RETURNING item.*
"""
_FIX = """
    UPDATE outbox_outboxitem AS item
    SET msg_id = made.msg_id, message_id = made.message_id, queue = made.queue, headers = made.headers,
        document = made.document, body = made.body, rendered_at = %s
    FROM (VALUES {marks}) AS made (id, msg_id, message_id, queue, headers, document, body)
    WHERE item.id = made.id AND item.state = 'pending' AND item.msg_id = ''
"""


def enqueue(
    *,
    stream: str,
    intent: Intent | str,
    subject_id: UUID,
    not_before: datetime | None = None,
    detail: Mapping[str, object] | None = None,
    begins: bool = False,
) -> OutboxItem:
    """Store that a message is meant to leave; the gateway is woken when the unit of work commits.

    stream: rows of one stream leave in the order they were stored. not_before: the end of the grace period.
    detail: JSON facts the renderer needs beside the subject's own row. begins: the unit of work has just made what
    the stream is named after, so nobody else can add to it and no turn must be taken.
    Raises ValueError when the intent is unknown.
    """
    item = item_for(stream=stream, intent=intent, subject_id=subject_id, not_before=not_before, detail=detail)
    if not begins:
        _take_turn(item.clinic_id, stream)
    insert(item, calls=[waking()])
    return item


def item_for(
    *,
    stream: str,
    intent: Intent | str,
    subject_id: UUID,
    not_before: datetime | None = None,
    detail: Mapping[str, object] | None = None,
) -> OutboxItem:
    """The row of `enqueue` for a verb that inserts it with its other rows; only for a stream that begins with it."""
    return OutboxItem(
        clinic_id=current_actor().clinic_id,
        stream=stream,
        intent=Intent(intent),
        subject_id=subject_id,
        detail=dict(detail or {}),
        not_before=not_before or clock.now(),
    )


def waking() -> Call:
    """Wakes the gateway at commit: to be made with such a row."""
    return Call("pg_notify(%s, %s)", (CHANNEL, str(current_actor().clinic_id)))


def _take_turn(clinic_id: UUID, stream: str) -> None:
    """Until commit, hold the right to add to a stream: a later number must not become visible before an earlier."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"outbox {clinic_id} {stream}"])


def hold_back(subject_ids: Collection[UUID], until: datetime) -> int:
    """Let rows that the present unit of work has stored leave no earlier than an instant; how many they are."""
    return OutboxItem.objects.filter(rules.withdrawable(), subject_id__in=subject_ids).update(not_before=until)


def withdraw(*, subject_id: UUID, intents: Collection[str] | None = None) -> int:
    """Delete the subject's rows that nobody outside can have seen, and return how many they were.

    0 means: what was meant has been rendered or has left, and must be answered by a further message; or it is being
    rendered just now, and the renderer will see the subject as the present unit of work leaves it.
    """
    rows = OutboxItem.objects.filter(rules.withdrawable(), subject_id=subject_id)
    if intents is not None:
        rows = rows.filter(intent__in=[Intent(intent) for intent in intents])
    # A row in a worker's hands is left to it: the worker waits for the subject's row, which the caller may hold.
    free = list(rows.select_for_update(skip_locked=True).values_list("id", flat=True))
    count, _ = OutboxItem.objects.filter(id__in=free).delete()
    if count:
        record(Action.OUTBOX_WITHDRAWN, subject_kind="outbox_subject", subject_id=subject_id, detail={"rows": count})
    return count


def claim(owner: str, *, now: datetime, lease_seconds: int = 60) -> OutboxItem | None:
    """Lease the next row of the current clinic that may leave, or None.

    The lease counts when the unit of work commits; it ends by itself after `lease_seconds`, so that a worker that
    died blocks nobody. Any number of workers may ask at once: each row goes to one of them.
    """
    return next(iter(claim_some(owner, now=now, most=1, lease_seconds=lease_seconds)), None)


def claim_some(owner: str, *, now: datetime, most: int, lease_seconds: int = 60) -> list[OutboxItem]:
    """As `claim`, up to `most` rows at once, in order: each of another stream, because only a stream's oldest may.

    An appointment's next message waits until the one before is acknowledged, or ACKNOWLEDGEMENT_WAIT has passed.
    """
    values = {
        "now": now,
        "unacknowledged_since": now - rules.ACKNOWLEDGEMENT_WAIT,
        "most": most,
        "owner": owner,
        "lease_until": now + timedelta(seconds=lease_seconds),
    }
    return sorted(OutboxItem.objects.raw(_CLAIM, values), key=lambda item: item.sequence)


def fix_rendering(
    item: OutboxItem,
    *,
    msg_id: str,
    message_id: str,
    queue: str,
    headers: Mapping[str, object],
    document: bytes,
    body: bytes,
) -> OutboxItem:
    """Store the bytes and ids of a row, once for all, and return the row as stored.

    Where another worker was first, the row returned holds what that worker stored: send that.
    document: the clear XML; body: the bytes for the bus; headers: the message's properties as JSON.
    Raises WithdrawnError when the row is gone.
    """
    fixed = {
        "msg_id": msg_id,
        "message_id": message_id,
        "queue": queue,
        "headers": dict(headers),
        "document": document,
        "body": body,
        "rendered_at": clock.now(),
    }
    if OutboxItem.objects.filter(rules.withdrawable(), id=item.id).update(**fixed):
        for name, value in fixed.items():
            setattr(item, name, value)
        return item
    stored = OutboxItem.objects.filter(id=item.id).first()
    if stored is None:
        raise WithdrawnError("The message was withdrawn before it was made. Nothing is to be sent.")
    return stored


class Rendered(NamedTuple):
    """What is fixed of a row. document: the clear XML; body: the bytes for the bus; headers: its properties as JSON."""

    msg_id: str
    message_id: str
    queue: str
    headers: Mapping[str, object]
    document: bytes
    body: bytes


def fix_claimed(rendered: Sequence[tuple[OutboxItem, Rendered]]) -> None:
    """As `fix_rendering`, of several rows that the present unit of work has claimed: nobody else can have been first.

    Raises WithdrawnError, and must then be undone as a whole, when one of the rows is not as it was claimed.
    """
    if not rendered:
        return
    now = clock.now()
    marks = ", ".join(["(%s::uuid, %s, %s, %s, %s::jsonb, %s::bytea, %s::bytea)"] * len(rendered))
    values: list[list[Any]] = [
        [item.id, made.msg_id, made.message_id, made.queue, Jsonb(dict(made.headers)), made.document, made.body]
        for item, made in rendered
    ]
    with connection.cursor() as cursor:
        cursor.execute(_FIX.format(marks=marks), [now, *chain.from_iterable(values)])
        if cursor.rowcount != len(rendered):
            raise WithdrawnError("A message was withdrawn before it was made. Nothing is to be sent.")
    for item, made in rendered:
        item.rendered_at = now
        for name, value in made._asdict().items():
            setattr(item, name, value)


def mark_sent(*items: OutboxItem) -> list[OutboxItem]:
    """The bus has taken the rows' bytes; those now marked. A receipt or report that came before this mark stands."""
    ids = [item.id for item in items]
    # With the message-id: the row may have been given new bytes meanwhile, which nobody has handed over yet.
    rows = OutboxItem.objects.filter(id__in=ids, message_id__in=[item.message_id for item in items])
    marked = rows.filter(rules.unmarked()).update(
        state=OutboxState.SENT, sent_at=clock.now(), lease_owner="", lease_until=None, error=""
    )
    if marked == len(items):
        return list(items)
    sent = set(rows.filter(state=OutboxState.SENT).values_list("id", flat=True))
    return [item for item in items if item.id in sent]


def mark_answered(msg_id: str, *, accepted: bool, error: str = "") -> OutboxItem | None:
    """Note the receipt (AppRec) for the message with this MsgId; None when no message of ours has it.

    The first receipt stands; a repeated one changes nothing.
    """
    if not msg_id:  # as every row that is yet to be rendered
        return None
    now = clock.now()
    changed = OutboxItem.objects.filter(rules.unanswered(), msg_id=msg_id).update(
        state=OutboxState.ACKNOWLEDGED if accepted else OutboxState.REJECTED,
        answered_at=now,
        sent_at=Coalesce(F("sent_at"), now),
        error=error,
        lease_owner="",
        lease_until=None,
    )
    item = OutboxItem.objects.filter(msg_id=msg_id).first()
    if item is not None and changed and item.stream.startswith(APPOINTMENT_PREFIX):
        wake()
    return item


def mark_failed(item: OutboxItem, error: str, *, retry_at: datetime | None) -> None:
    """The row could not be rendered or handed over: try again at `retry_at`, or leave it to a person when None."""
    waiting = OutboxItem.objects.filter(id=item.id, state=OutboxState.PENDING)
    if retry_at is None:
        waiting.update(state=OutboxState.FAILED, error=error, lease_owner="", lease_until=None)
    else:
        waiting.update(not_before=retry_at, error=error, lease_owner="", lease_until=None)


def wake() -> None:
    """Tell the gateway at commit that a row may leave."""
    call = waking()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {call.sql}", call.parameters)


def drop(item: OutboxItem) -> None:
    """Delete a row that turned out to say nothing any more; one that has been rendered stays."""
    OutboxItem.objects.filter(rules.withdrawable(), id=item.id).delete()


def free_leases(owner: str) -> int:
    """Give back what a worker of this name held when it died, so that its successor need not wait for the leases."""
    return OutboxItem.objects.filter(state=OutboxState.PENDING, lease_owner=owner).update(
        lease_owner="", lease_until=None
    )
