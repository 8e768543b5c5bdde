"""What every message to somebody shares, whatever its channel: what is checked, how it is stored and sent."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import Employee
from skranke.dialog import rules
from skranke.dialog.filling import require_filled
from skranke.dialog.models import Channel, DeliveryState, DialogKind, Direction, EarlierConversation, Message, Thread
from skranke.dialog.services.uploads import attach, uploads_of
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.outbox.intents import Intent, thread_stream
from skranke.outbox.services import enqueue

_JUST_BEFORE = timedelta(milliseconds=1)
# Nothing is known of a message between colleagues: it is where they read it.
_DELIVERY = {Channel.HELSENORGE: DeliveryState.QUEUED.value, Channel.OWN: DeliveryState.READY.value}


def checked_subject(kind: DialogKind, subject: str) -> str:
    """The subject on one line. Raises InvalidError when it is empty or longer than its channel shows (CMP-16)."""
    subject = rules.clean_line(subject)
    if not subject:
        raise InvalidError(_("Skriv et emne."), field="subject")
    require_filled(subject, "subject")
    limit = rules.MAX_SUBJECT[kind]
    if len(subject) > limit:
        own = _("Emnet kan ha høyst %(limit)d tegn: gjør det kortere.")
        shown = _("HelseNorge viser bare %(limit)d tegn av emnet: gjør det kortere.")
        raise InvalidError(
            (own if rules.channel(kind) != Channel.HELSENORGE else shown) % {"limit": limit}, field="subject"
        )
    return subject


def checked_text(kind: str, text: str, *, needed: bool = True) -> str:
    """The text as it is stored. Raises InvalidError when it is needed and empty, or too long (CMP-16)."""
    text = rules.clean_text(text)
    if not text and needed:
        between = rules.channel(kind) == Channel.INTERNAL
        raise InvalidError(_("Skriv en melding.") if between else _("Skriv en melding til pasienten."), field="text")
    check_length(kind, text)
    require_filled(text, "text")
    return text


def check_length(kind: str, text: str) -> None:
    """Refuse a text that is longer than its channel takes (CMP-16)."""
    limit = rules.MAX_TEXT[DialogKind(kind)]
    if len(text) <= limit:
        return
    own = _("Meldingen kan ha høyst %(limit)d tegn: legg resten i et vedlegg eller en ny melding")
    shown = _("HelseNorge viser bare %(limit)d tegn: legg resten i et vedlegg eller en ny melding")
    raise InvalidError((own if rules.channel(kind) != Channel.HELSENORGE else shown) % {"limit": limit}, field="text")


def send(
    thread: Thread,
    employee: Employee,
    *,
    code: str,
    text: str,
    subject: str = "",
    attachment_ids: Sequence[UUID],
    appointment_id: UUID | None = None,
    closing: EarlierConversation | None = None,
    before: Message | None = None,
) -> Message:
    """Store the message with its MsgId and order its departure, after what left the thread before it.

    closing: what the message ends, by pointing on to `before`, above which it then stands.
    From our own channel, and from a dialog between colleagues, nothing departs: it is found where it is stored.
    """
    now, channel = clock.now(), Channel(thread.channel)
    message = Message.objects.create(
        clinic_id=thread.clinic_id,
        thread=thread,
        direction=Direction.OUT,
        code=code,
        subject=subject,
        text=text,
        author=employee,
        author_name=employee.name[:200],
        # HITS 1217 2.3.3: the first message's own MsgId is the conversation; every later one names its parent.
        msg_id=str(uuid4()) if thread.last_msg_id or closing else thread.conversation,
        parent_msg_id=_last_of(closing) if closing else thread.last_msg_id,
        generated_at=before.generated_at - _JUST_BEFORE if before is not None else now,
        recorded_at=now,
        delivery=_DELIVERY.get(channel, ""),
        delivery_at=now,
        appointment_id=appointment_id,
        earlier=closing,
        points_on=closing is not None,
    )
    attach(message, attachment_ids, uploads_of(employee))
    if channel == Channel.HELSENORGE:
        enqueue(stream=thread_stream(thread.id), intent=Intent.DIALOG_MESSAGE, subject_id=message.id)
    return message


def _last_of(conversation: EarlierConversation) -> str:
    newest = conversation.messages.order_by("-generated_at", "-msg_id")
    return newest.values_list("msg_id", flat=True).first() or conversation.conversation


def record_sent(action: Action, thread: Thread, message: Message) -> None:
    """Write into the audit log that a message was written (NFR-1)."""
    record(
        action,
        subject_kind="thread",
        subject_id=thread.id,
        patient_id=thread.patient_id,
        detail={"message": str(message.id), "code": message.code, "kind": thread.kind},
    )
