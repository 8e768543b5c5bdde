"""Sending a message again that did not reach the patient (protocol.md 8, HITS 1216 2.2.5)."""

from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.dialog import rules
from skranke.dialog.errors import NotResendableError
from skranke.dialog.models import DeliveryState, Direction, Message, Thread, ThreadState
from skranke.dialog.services.changes import (
    add_event,
    is_answered_finally,
    join,
    leave_all_inboxes,
    lock_for_change,
    of,
    refresh,
    save_change,
    waiting_since,
)
from skranke.dialog.values import EventKind
from skranke.kernel import clock
from skranke.kernel.errors import NotFoundError
from skranke.outbox.afterwards import hold, send_again
from skranke.outbox.intents import Intent, thread_stream
from skranke.outbox.services import enqueue


def resend(thread: Thread, message_id: UUID, *, expected_version: int | None = None) -> Message:
    """Send one message of the thread again, by whoever may answer in it.

    What was refused (a negative AppRec, or 26 or 31 in the thread) leaves as a new message with a new MsgId; what was
    reported on the error queue, could not be handed over or was never receipted keeps its MsgId (DDFL-ID-03, -04).
    Raises NotResendableError, VersionConflictError, NotFoundError.
    """
    # The row first, as whoever notes a receipt locks it: two locks are always taken in the same order.
    item = hold(message_id)
    thread, employee = lock_for_change(thread, expected_version=expected_version)
    message = thread.messages.filter(id=message_id, direction=Direction.OUT).first()
    if message is None:
        raise NotFoundError(_("Vi finner ikke det du leter etter. Det kan være flyttet, eller du har ikke tilgang."))
    why, is_new = message.delivery_code, rules.is_new_when_resent(message.delivery) or item is None
    _require_resendable(message)
    ends = not message.points_on and message.code in rules.final_codes(message.kind)
    if ends and is_answered_finally(thread):
        raise NotResendableError(_("Forespørselen er besvart siden. Ingenting er sendt på nytt."))
    if item is None or is_new:
        _renew(thread, message)
        enqueue(stream=thread_stream(thread.id), intent=_intent(item), subject_id=message.id)
    else:
        send_again(item)
    _queued(message)
    if ends or rules.closes(message.code):
        thread.state = ThreadState.CLOSED
    refresh(thread)
    if waiting_since(thread) is None:
        leave_all_inboxes(thread)
        join(thread, of(employee), in_inbox=False)
    add_event(thread, EventKind.RESENT, detail={"message": str(message.id)})
    record(
        Action.MESSAGE_RESENT,
        subject_kind="message",
        subject_id=message.id,
        patient_id=thread.patient_id,
        detail={"thread": str(thread.id), "code": why, "new": is_new},
    )
    save_change(thread)
    return message


def _require_resendable(message: Message) -> None:
    if rules.may_resend(message.delivery, message.delivery_code, resends=message.resends):
        return
    if message.delivery == DeliveryState.REJECTED:
        raise NotResendableError(
            _("Pasienten er ikke aktiv på HelseNorge. Meldingen kan ikke sendes dit. Ta kontakt på en annen måte.")
        )
    if message.delivery == DeliveryState.EXPIRED:
        raise NotResendableError(
            _("Meldingen er sendt to ganger uten kvittering. Ta kontakt med pasienten på en annen måte.")
        )
    raise NotResendableError(_("Meldingen er allerede på vei eller mottatt. Ingenting er sendt på nytt."))


def _renew(thread: Thread, message: Message) -> None:
    """Make it another message: new MsgId and date, after what the other side has taken of the thread since.

    HITS 1217 2.3.3: the MsgId of the thread's first message is the conversation; what has not left yet follows it.
    """
    old, new = message.msg_id, str(uuid4())
    if old == thread.conversation:
        thread.conversation = new
    else:
        same = thread.messages.filter(earlier=message.earlier)
        others = same.exclude(id=message.id).exclude(delivery=DeliveryState.REJECTED)
        newest = others.order_by("-generated_at", "-msg_id").first()
        message.parent_msg_id = newest.msg_id if newest is not None else message.parent_msg_id
    thread.messages.filter(parent_msg_id=old, delivery=DeliveryState.QUEUED).update(parent_msg_id=new)
    message.msg_id, message.generated_at = new, clock.now()


def _queued(message: Message) -> None:
    message.delivery, message.delivery_at = DeliveryState.QUEUED, clock.now()
    message.delivery_code = message.delivery_error = ""
    message.resends += 1
    message.save()


def _intent(item: object) -> str:
    intent: str = getattr(item, "intent", Intent.DIALOG_MESSAGE)
    return intent
