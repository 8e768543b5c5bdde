"""Reads for the patient's own pages: the threads of our own channel, and one of them (POR-3).

They say only what the patient is meant to see: nothing of mailboxes, participants, deadlines or the event log.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.dialog import access, rules
from skranke.dialog.models import DeliveryState, DialogKind, Direction, Message, Thread
from skranke.dialog.queries import attachment_view
from skranke.dialog.values import AttachmentView
from skranke.kernel import clock
from skranke.tenancy.work import current_actor

_PREVIEW = 70
_MOST = 200
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnThreadRow:
    """One line of the patient's list. unread: messages of the clinic's that nobody has opened; by_me: of the newest."""

    id: UUID
    title: str
    at: datetime
    unread: int
    author_name: str
    by_me: bool
    preview: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMessage:
    """One message as the patient sees it. mine: of the patient's side; by_me: whoever looks at it wrote it (PAT-22)."""

    id: UUID
    mine: bool
    by_me: bool
    author_name: str
    text: str
    at: datetime
    attachments: tuple[AttachmentView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnThread:
    """A thread as the patient sees it, the oldest message first. may_write: an answer is taken (MSG-8).

    reply_due: until when the clinic asks for an answer (MSG-16). has_task: the patient has one (MSG-15).
    """

    id: UUID
    title: str
    may_write: bool
    max_text: int
    messages: tuple[OwnMessage, ...]
    reply_due: date | None
    task_text: str
    task_due: date | None
    has_task: bool


def _unread() -> Q:
    out = rules.is_out(clock.now(), "messages__")
    return Q(messages__direction=Direction.OUT, messages__delivery=DeliveryState.READY) & out


def own_thread_rows() -> list[OwnThreadRow]:
    """The threads of the patient who acts, the newest first. The reading is audited (NFR-1)."""
    actor = current_actor()
    own = access.own_threads(actor).annotate(unread=Count("messages", filter=_unread()))
    threads = list(own.order_by("-last_message_at", "-id")[:_MOST])
    newest = Message.objects.filter(rules.is_out(clock.now()), thread__in=threads).order_by(
        "thread", "-generated_at", "-msg_id"
    )
    messages = {message.thread_id: message for message in newest.distinct("thread")}
    record(
        Action.THREADS_LISTED,
        subject_kind="patient",
        subject_id=actor.person_id,
        patient_id=actor.person_id,
        detail={"threads": len(threads)},
    )
    return [_row(thread, messages[thread.id]) for thread in threads]


def unread_threads() -> int:
    """In how many threads something waits unread for the patient who acts."""
    return access.own_threads(current_actor()).filter(_unread()).distinct().count()


def own_thread(thread: Thread) -> OwnThread:
    """The thread as it stands now. The reading is audited (NFR-1). Raises NotFoundError where it is not the actor's."""
    actor = current_actor()
    thread = access.get_thread_for(actor, thread.id)
    patient = access.patient_of(actor)
    rows = (
        thread.messages.filter(rules.is_out(clock.now()))
        .prefetch_related("attachments")
        .order_by("generated_at", "msg_id")
    )
    record(Action.THREAD_READ, subject_kind="thread", subject_id=thread.id, patient_id=patient.id)
    has_task = thread.is_task and thread.task_employee_id is None and thread.task_done_at is None
    return OwnThread(
        id=thread.id,
        title=thread.title,
        may_write=rules.patient_may_write(may_be_answered=thread.may_be_answered, blocked=patient.blocked),
        max_text=rules.MAX_TEXT[DialogKind(thread.kind)],
        messages=tuple(_message(message) for message in rows),
        reply_due=thread.reply_due,
        has_task=has_task,
        task_text=thread.task_text if has_task else "",
        task_due=thread.task_due if has_task else None,
    )


def _row(thread: Thread, newest: Message) -> OwnThreadRow:
    return OwnThreadRow(
        id=thread.id,
        title=thread.title,
        at=thread.last_message_at,
        unread=getattr(thread, "unread", 0),
        author_name=newest.author_name,
        by_me=_by_me(newest),
        preview=_beginning(newest.text),
    )


def _by_me(message: Message) -> bool:
    return message.direction == Direction.IN and message.author_name == current_actor().name[:_LONGEST_NAME]


def _beginning(text: str) -> str:
    words = " ".join(text[: _PREVIEW * 2].split())
    return words if len(words) <= _PREVIEW else f"{words[:_PREVIEW].rsplit(' ', 1)[0]} …"


def _message(message: Message) -> OwnMessage:
    files = sorted(message.attachments.all(), key=lambda row: row.number)
    return OwnMessage(
        id=message.id,
        mine=message.direction == Direction.IN,
        by_me=_by_me(message),
        author_name=message.author_name,
        text=message.text,
        at=message.generated_at,
        attachments=tuple(attachment_view(row) for row in files),
    )
