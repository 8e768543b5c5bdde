"""What became of a message after it left (MSG-22)."""

from datetime import datetime

from django.db.models import F

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.organisation.values import WHOLE_CLINIC
from skranke.dialog import rules
from skranke.dialog.models import DeliveryState, Direction, Message, Thread, ThreadState
from skranke.dialog.services.changes import add_event, join, of, refresh
from skranke.dialog.values import EventKind
from skranke.kernel import clock
from skranke.tenancy import live

_CODE_LENGTH = 60
_EVENTS = {
    DeliveryState.RECEIVED: EventKind.DELIVERED,
    DeliveryState.REJECTED: EventKind.REJECTED,
    DeliveryState.FAILED: EventKind.FAILED,
    DeliveryState.EXPIRED: EventKind.EXPIRED,
}


def mark_delivery(
    msg_id: str, state: DeliveryState | str, at: datetime, error: str = "", code: str = ""
) -> Message | None:
    """Note the delivery state of the outbound message with this MsgId; None when no message of a dialog has it.

    A receipt is final: what comes later changes nothing. A message that did not reach the patient goes back to its
    author's inbox (PAT-12). code: why it was not delivered, as `reasons` explains it; error: the other side's words.
    """
    state = DeliveryState(state)
    message = Message.objects.filter(msg_id=msg_id, direction=Direction.OUT).first() if msg_id else None
    if message is None:
        return None
    thread = _lock(message)
    message.refresh_from_db(fields=["delivery"])
    if not rules.delivery_may_become(message.delivery, state):
        return message
    _set(thread, message, state, at, error=error, code=code)
    return message


def mark_resent(msg_id: str) -> Message | None:
    """The message was sent once more by itself, because its receipt is missing: told on the thread."""
    message = Message.objects.filter(msg_id=msg_id, direction=Direction.OUT).first() if msg_id else None
    if message is None:
        return None
    thread = _lock(message)
    Message.objects.filter(id=message.id).update(resends=F("resends") + 1)
    add_event(thread, EventKind.RESENT_BY_ITSELF, detail={"message": str(message.id)})
    record(
        Action.MESSAGE_RESENT,
        subject_kind="message",
        subject_id=message.id,
        patient_id=thread.patient_id,
        detail={"thread": str(thread.id), "code": "receipt_missing", "new": False},
    )
    live.announce("thread", thread.id)
    return message


def mark_undelivered(thread: Thread, *, parent: str, code: str, why: str) -> None:
    """HelseNorge tells by a message of the thread (26, 31) that it could not deliver ours (HITS 1217 3.3.4).

    Meant is the message with MsgId `parent`, else the last one we sent. The thread must be locked.
    """
    ours = thread.messages.filter(direction=Direction.OUT)
    message = ours.filter(msg_id=parent).first() or ours.order_by("-generated_at", "-msg_id").first()
    if message is not None and message.delivery != DeliveryState.REJECTED:
        _set(thread, message, DeliveryState.REJECTED, clock.now(), error=why, code=code)


def mark_unread_by_patient(msg_id: str) -> Message | None:
    """HelseNorge warns (VUS) that the patient has not read our message: told on the thread, nothing else."""
    message = Message.objects.filter(msg_id=msg_id, direction=Direction.OUT).first() if msg_id else None
    if message is None:
        return None
    thread = _lock(message)
    add_event(thread, EventKind.NOT_READ_BY_PATIENT, detail={"message": str(message.id)})
    live.announce("thread", thread.id)
    return message


def _lock(message: Message) -> Thread:
    return Thread.objects.select_for_update(of=("self",)).get(id=message.thread_id)


def _set(thread: Thread, message: Message, state: DeliveryState, at: datetime, *, error: str, code: str) -> None:
    message.delivery, message.delivery_at = state, at
    message.delivery_code, message.delivery_error = code[:_CODE_LENGTH], error
    message.save(update_fields=["delivery", "delivery_at", "delivery_code", "delivery_error"])
    if state in _EVENTS:
        add_event(thread, _EVENTS[state], detail={"message": str(message.id), "error": error, "code": code})
        record(
            Action.MESSAGE_DELIVERED if state == DeliveryState.RECEIVED else Action.MESSAGE_REJECTED,
            subject_kind="message",
            subject_id=message.id,
            patient_id=thread.patient_id,
            detail={"thread": str(thread.id), "state": state},
        )
    if state in rules.PROBLEMS:
        _return_to_author(thread, message)
    live.announce("thread", thread.id)


def _return_to_author(thread: Thread, message: Message) -> None:
    """The author has to find another way: the thread is open and unread again, and waits for an answer again."""
    thread.state = ThreadState.OPEN
    refresh(thread)
    thread.save(update_fields=["state", "answer_due", "last_message_at", "last_msg_id"])
    author = message.author if message.author is not None and message.author.active else None
    join(thread, of(author) if author else WHOLE_CLINIC, in_inbox=True)
    readings = thread.readings.filter(employee=author) if author else thread.readings.all()
    readings.delete()
