"""What is heard of a row after it left, or not heard; and the row that leaves once more (HITS 1216 2.2.4, 2.2.5)."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from skranke.kernel import clock
from skranke.outbox import rules
from skranke.outbox.errors import WithdrawnError
from skranke.outbox.intents import APPOINTMENT_PREFIX, appointment_stream
from skranke.outbox.models import OutboxItem, OutboxState
from skranke.outbox.services import wake

_AT_ONCE = 100


def hold(subject_id: UUID) -> OutboxItem | None:
    """The subject's newest row, locked until commit; None when it has none.

    Before any lock on the subject itself: whoever notes a receipt takes them in this order.
    """
    rows = OutboxItem.objects.filter(subject_id=subject_id).defer("body", "document")
    return rows.select_for_update(of=("self",)).order_by("-sequence").first()


def last_about(appointment_id: UUID, *, lock: bool = False) -> OutboxItem | None:
    """The newest row that tells HelseNorge of an appointment, pushed or answered; None when there is none.

    lock: hold it until commit; before any lock on the appointment, as whoever makes its message takes them.
    """
    rows = OutboxItem.objects.filter(stream=appointment_stream(appointment_id), stream__startswith=APPOINTMENT_PREFIX)
    rows = rows.defer("body", "document").order_by("-sequence")
    return (rows.select_for_update(of=("self",)) if lock else rows).first()


def send_again(item: OutboxItem) -> None:
    """Let a row leave once more with the same document and MsgId (HITS 1216 2.2.5).

    What the bus had taken is protected anew and gets a new message-id; what it had not leaves unchanged.
    """
    anew = {"earlier_message_ids": [*item.earlier_message_ids, item.message_id], "body": None} if item.sent_at else {}
    OutboxItem.objects.filter(id=item.id).update(
        state=OutboxState.PENDING,
        sent_at=None,
        not_before=clock.now(),
        attempts=0,
        error="",
        lease_owner="",
        lease_until=None,
        **anew,
    )
    wake()


def fix_again(
    item: OutboxItem, *, message_id: str, queue: str, headers: Mapping[str, object], body: bytes
) -> OutboxItem:
    """Store the new bytes and message-id of a row that is sent again; the row with them.

    The caller has claimed it in the same unit of work. Raises WithdrawnError when it waits no longer.
    """
    fixed = {"message_id": message_id, "queue": queue, "headers": dict(headers), "body": body}
    if not OutboxItem.objects.filter(id=item.id, state=OutboxState.PENDING, body=None).update(**fixed):
        raise WithdrawnError("The message need not be sent again any more. Nothing is to be sent.")
    for name, value in fixed.items():
        setattr(item, name, value)
    return item


def mark_reported(message_id: str, error: str) -> tuple[OutboxItem | None, bool]:
    """Note a report of the error queue about the message that left with this message-id.

    The row, None when no message of ours left so; and whether the report changed it. It does not when the row was
    receipted, or when the same document has been sent again since.
    """
    if not message_id:
        return None, False
    light = OutboxItem.objects.defer("body", "document")
    item = light.filter(message_id=message_id).first()
    if item is None:
        return light.filter(earlier_message_ids__contains=[message_id]).first(), False
    open_rows = OutboxItem.objects.filter(id=item.id, message_id=message_id)
    changed = open_rows.filter(state__in=[OutboxState.PENDING, OutboxState.SENT]).update(
        state=OutboxState.FAILED,
        # It did leave, though our own mark of that may still be on its way.
        sent_at=Coalesce(F("sent_at"), clock.now()),
        error=error,
        lease_owner="",
        lease_until=None,
    )
    return item, bool(changed)


def note_overdue(overdue: Q, *, mark: str, marks: Collection[str]) -> list[OutboxItem]:
    """The rows under a condition of `rules` that bear none of `marks`; each gets `mark`.

    Two workers that ask at once never get the same row.
    """
    found = _overdue(overdue & ~Q(error__in=marks))
    OutboxItem.objects.filter(id__in=[item.id for item in found]).update(error=mark)
    return found


def resend_overdue(overdue: Q) -> list[OutboxItem]:
    """The rows under a condition of `rules` that were never sent again: each leaves once more."""
    found = _overdue(overdue & rules.never_sent_again())
    for item in found:
        send_again(item)
    return found


def _overdue(condition: Q) -> list[OutboxItem]:
    rows = OutboxItem.objects.filter(condition).defer("body", "document").order_by("sent_at")
    return list(rows.select_for_update(skip_locked=True)[:_AT_ONCE])
