"""The last step of a thread can be undone: a message is called back before it leaves, what was put away comes back.

A step is done whole at once (docs/decisions/0016): what keeps the message here is that its row of the outbox may not
leave before an instant, so that a closed window or a crash sends it.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import Employee
from skranke.dialog import access
from skranke.dialog.errors import TooLateToUndoError
from skranke.dialog.models import (
    Attachment,
    Channel,
    DialogKind,
    KeptDraft,
    Message,
    Participant,
    Reading,
    Thread,
)
from skranke.dialog.services.changes import add_event, lock_for_change, save_change
from skranke.dialog.services.journaling import journal_called_back
from skranke.dialog.services.keeping import draft_in, save_answer, save_new
from skranke.dialog.undoing import Undoable, Undone
from skranke.dialog.values import DraftContent, EventKind
from skranke.kernel import clock
from skranke.kernel.ids import new_id
from skranke.outbox.services import hold_back, withdraw
from skranke.tenancy import live
from skranke.tenancy.work import current_actor

T = TypeVar("T")

PUT_AWAY_FOR = timedelta(minutes=10)
_PLAIN = ("kind", "conversation", "state", "may_be_answered", "last_msg_id", "important")
_DATED: dict[str, Callable[[str], date]] = {
    "answer_due": date.fromisoformat,
    "reply_due": date.fromisoformat,
    "last_message_at": datetime.fromisoformat,
    "task_done_at": datetime.fromisoformat,
}


def undoable(verb: Callable[..., T], thread: Thread, *, content: DraftContent | None = None, **facts: Any) -> T:
    """Do what `verb` does with a thread, so that the acting employee can undo it.

    content: what is written, where the verb sends it; without it the verb puts the thread away.
    Raises what the verb raises.
    """
    if content is not None and not settings.OURS.send_undo_seconds:
        return verb(thread, **facts)
    now, employee = lock_for_change(thread, expected_version=facts.get("expected_version"))
    before = _Standing(now)
    done = verb(thread, **facts)
    after = Thread.objects.get(id=thread.id)
    sent = list(after.messages.exclude(id__in=before.messages).values_list("id", flat=True)) if content else []
    if content is None or sent:
        _remember(after, employee, before, sent=sent, content=content)
    return done


def undoable_start(begin: Callable[[], Thread], content: DraftContent) -> Thread:
    """Begin a thread with a message, as `begin` does, so that the acting employee can undo it."""
    thread = begin()
    if settings.OURS.send_undo_seconds:
        sent = list(thread.messages.values_list("id", flat=True))
        employee = access.employee_of(current_actor())
        _remember(thread, employee, _Standing(), sent=sent, content=content, begun=True)
    return thread


def what_can_be_undone(thread: Thread) -> Undoable | None:
    """The acting employee's last step in a thread that `get_thread_for` gave, while it can be undone."""
    step: Undoable | None = getattr(thread, "undoable", None)
    mine = step is not None and step.employee_id == current_actor().person_id
    return step if step is not None and mine and _stands(step, thread) else None


def undo(thread: Thread) -> KeptDraft | None:
    """Undo the acting employee's last step in a thread: what was sent is a draft again, which is given back, with its
    files; what was put away is where it was. A thread that began with it is gone.

    The journal is never changed: what was written into it stays, and after it that it was never sent.
    Raises TooLateToUndoError when the message has left or been read, or somebody has done anything since;
    NotFoundError.
    """
    thread, employee = lock_for_change(thread)
    step = Undoable.objects.select_for_update(of=("self",)).filter(thread=thread, employee=employee).first()
    if step is None or not _stands(step, thread):
        raise _too_late()
    if step.what == Undone.SENT:
        _call_back(thread, employee, step)
    facts = {"what": step.what, "messages": [str(one) for one in step.message_ids]}
    record(
        Action.THREAD_UNDONE,
        subject_kind="thread",
        subject_id=thread.id,
        patient_id=thread.patient_id,
        detail=facts,
    )
    content = None if step.draft is None else _content(step.draft, draft_in(thread))
    if step.begun:
        assert content is not None, "the database refuses a sent step without its draft"
        _forget_thread(thread, employee)
        return save_new(new_id(), content, kind=_kind_written(thread), patient=thread.patient)
    _put_back(thread, step)
    step.delete()
    add_event(thread, EventKind.UNDONE, detail=facts)
    save_change(thread)
    return None if content is None else save_answer(thread, content)


class _Standing:
    """How a thread stands before a step."""

    def __init__(self, thread: Thread | None = None) -> None:
        self.fields: dict[str, Any] = {}
        self.participants: dict[str, list[Any]] = {}
        self.readings: dict[str, str] = {}
        self.messages: list[UUID] = []
        if thread is None:
            return
        self.fields = {name: getattr(thread, name) for name in _PLAIN}
        # By hand: the encoder of JSON keeps thousandths of a second only.
        dated = {name: getattr(thread, name) for name in _DATED}
        self.fields |= {name: at and at.isoformat() for name, at in dated.items()}
        self.fields |= {"responsible": thread.responsible_id, "earlier": list(_earlier(thread))}
        self.participants = _rows(thread)
        read = thread.readings.values_list("employee_id", "read_at")
        self.readings = {str(employee_id): at.isoformat() for employee_id, at in read}
        self.messages = list(thread.messages.values_list("id", flat=True))


def _earlier(thread: Thread) -> QuerySet[Any, UUID]:
    return thread.earlier.values_list("id", flat=True)


def _rows(thread: Thread) -> dict[str, list[Any]]:
    rows = thread.participants.values_list("id", "in_inbox", "personal", "last_message_at")
    return {str(one): [in_inbox, personal, at.isoformat()] for one, in_inbox, personal, at in rows}


def _remember(
    thread: Thread,
    employee: Employee,
    before: _Standing,
    *,
    sent: list[UUID],
    content: DraftContent | None,
    begun: bool = False,
) -> None:
    now = clock.now()
    until = now + (timedelta(seconds=settings.OURS.send_undo_seconds) if content is not None else PUT_AWAY_FOR)
    # What nobody can undo any more is kept no longer than until the same person's next step.
    Undoable.objects.filter(employee=employee, until__lte=now).delete()
    Undoable.objects.filter(thread=thread).delete()
    after = _rows(thread)
    Undoable.objects.create(
        clinic_id=thread.clinic_id,
        thread=thread,
        employee=employee,
        what=Undone.PUT_AWAY if content is None else Undone.SENT,
        done_at=now,
        until=until,
        version=thread.version,
        thread_before=before.fields,
        participants={one: facts for one, facts in before.participants.items() if after.get(one) != facts},
        readings=before.readings,
        joined=[UUID(one) for one in after if one not in before.participants],
        message_ids=sent,
        draft=None if content is None else asdict(content),
        begun=begun,
    )
    _hold(thread, sent, until)


def _hold(thread: Thread, sent: list[UUID], until: datetime) -> None:
    """Nobody outside sees what was sent before the instant. Colleagues do: what one of them has read is not undone."""
    if thread.channel == Channel.HELSENORGE:
        hold_back(sent, until)
    elif thread.channel == Channel.OWN:
        thread.messages.filter(id__in=sent).update(held_until=until)


def _stands(step: Undoable, thread: Thread) -> bool:
    return step.until > clock.now() and step.version == thread.version


def _call_back(thread: Thread, employee: Employee, step: Undoable) -> None:
    messages = Message.objects.filter(id__in=step.message_ids, thread=thread)
    if thread.channel == Channel.HELSENORGE:
        # A row that is just being made, or has been, is not withdrawn: then the message has left for good.
        if not all(withdraw(subject_id=one) for one in step.message_ids):
            raise _too_late()
    elif thread.channel == Channel.INTERNAL and _is_read(thread, employee, step):
        raise TooLateToUndoError(_("En kollega har alt lest meldingen. Den kan ikke angres."))
    if step.begun and KeptDraft.objects.filter(thread=thread).exclude(employee=employee).exists():
        raise _too_late()
    journal_called_back(thread, messages)
    Attachment.objects.filter(message__in=messages).update(message=None, number=0)
    messages.delete()


def _is_read(thread: Thread, employee: Employee, step: Undoable) -> bool:
    return thread.readings.exclude(employee=employee).filter(read_at__gte=step.done_at).exists()


def _put_back(thread: Thread, step: Undoable) -> None:
    """The thread's row, its conversations and who has it in the inbox, as they were."""
    was = step.thread_before
    turned = thread.earlier.exclude(id__in=was["earlier"])
    thread.messages.filter(earlier__in=turned).update(earlier=None)
    turned.delete()
    for name in _PLAIN:
        setattr(thread, name, was[name])
    for name, read in _DATED.items():
        setattr(thread, name, was[name] and read(was[name]))
    thread.responsible_id = UUID(was["responsible"]) if was["responsible"] else None
    for one, (in_inbox, personal, at) in step.participants.items():
        facts = {"in_inbox": in_inbox, "personal": personal, "last_message_at": datetime.fromisoformat(at)}
        thread.participants.filter(id=one).update(**facts)
    Participant.objects.filter(id__in=step.joined).delete()
    seen = [(UUID(one), datetime.fromisoformat(at)) for one, at in step.readings.items()]
    rows = [Reading(clinic_id=thread.clinic_id, thread=thread, employee_id=one, read_at=at) for one, at in seen]
    Reading.objects.bulk_create(rows, ignore_conflicts=True)


def _forget_thread(thread: Thread, employee: Employee) -> None:
    """Nobody outside has seen anything of it."""
    thread_id = thread.id
    KeptDraft.objects.filter(thread=thread, employee=employee).delete()
    Thread.objects.filter(id=thread_id).delete()
    access.forget_thread()
    live.announce("thread", thread_id)


def _kind_written(thread: Thread) -> DialogKind:
    """A dialog between colleagues is begun in the form of an e-dialog (CMP-5)."""
    return DialogKind.E_DIALOG if thread.kind == DialogKind.INTERNAL else DialogKind(thread.kind)


def _content(kept: dict[str, Any], begun: KeptDraft | None) -> DraftContent:
    """What was sent, and after it what has been begun since."""
    files = [UUID(one) for one in kept["attachment_ids"]]
    text = kept["text"]
    if begun is not None:
        files += [one for one in begun.attachment_ids if one not in files]
        text = f"{text}\n\n{begun.text}".strip()
    return DraftContent(**{**kept, "text": text, "attachment_ids": tuple(files), "to": tuple(kept["to"])})


def _too_late() -> TooLateToUndoError:
    return TooLateToUndoError(_("Det er for sent å angre. Ingenting er endret."))
