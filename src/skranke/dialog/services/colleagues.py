"""Dialogs between colleagues, perhaps about a patient, who is no recipient of them (MSG-21, CMP-5)."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.clinics.models import Employee
from skranke.clinics.organisation.queries import readers, staff
from skranke.clinics.organisation.values import Recipient
from skranke.dialog import access, rules
from skranke.dialog.errors import NotAnswerableError
from skranke.dialog.models import Channel, DialogKind, KeptDraft, Message, Thread, ThreadState
from skranke.dialog.services.changes import add_event, enter_inboxes, join, of, refresh, save_change
from skranke.dialog.services.handling import apply
from skranke.dialog.services.keeping import discard_answer, discard_draft
from skranke.dialog.services.participants import Invited, invite
from skranke.dialog.services.sending import checked_subject, checked_text, record_sent, send
from skranke.dialog.values import EventKind, Handling
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.patients.models import Patient
from skranke.tenancy.work import current_actor


def start_internal(
    *,
    to: Invited,
    subject: str,
    text: str,
    patient: Patient | None = None,
    attachment_ids: Sequence[UUID] = (),
    may_answer: bool = True,
    draft: KeptDraft | None = None,
    handling: Handling | None = None,
) -> Thread:
    """Write to colleagues, perhaps about a patient, who never sees it (MSG-21).

    may_answer: whether they may write in it (CMP-7); either way it is open until they have read it. draft: as in
    `write.start_dialog`. Raises InvalidError, AttachmentsTooLargeError, NotFoundError.
    """
    employee = access.employee_of(current_actor())
    kind, now = DialogKind.INTERNAL, clock.now()
    subject, text = checked_subject(kind, subject), checked_text(kind, text)
    thread = Thread.objects.create(
        clinic_id=employee.clinic_id,
        kind=kind,
        channel=Channel.INTERNAL,
        patient=patient,
        conversation=str(uuid4()),
        title=rules.title(subject, channel=Channel.INTERNAL),
        may_be_answered=may_answer,
        created_at=now,
        last_message_at=now,
    )
    code = rules.start_code(kind, may_answer=may_answer)
    message = send(thread, employee, code=code, text=text, subject=subject, attachment_ids=attachment_ids)
    refresh(thread)
    if not invite(thread, to, by=employee):
        raise InvalidError(_("Velg hvem som skal delta."), field="to")
    join(thread, of(employee), in_inbox=False)
    if handling is not None:
        apply(thread, handling, by=employee)
    add_event(thread, EventKind.STARTED, detail={"message": str(message.id)})
    record_sent(Action.THREAD_STARTED, thread, message)
    save_change(thread)
    if draft is not None:
        discard_draft(draft)
    return thread


def answer_colleagues(
    thread: Thread, employee: Employee, *, text: str, attachment_ids: Sequence[UUID], close: bool
) -> Message:
    """Write in a locked thread between colleagues: all others who take part get it, and after `close` only read it.

    Raises NotAnswerableError where it takes no answers (MSG-8), InvalidError, AttachmentsTooLargeError, NotFoundError.
    """
    if not thread.may_be_answered:
        raise NotAnswerableError(_("Samtalen tar ikke imot svar. Ingenting er sendt. Skriv en ny i stedet."))
    text = checked_text(thread.kind, text)
    code = rules.answer_code(thread.kind, close=close)
    message = send(thread, employee, code=code, text=text, attachment_ids=attachment_ids)
    thread.state, thread.may_be_answered = ThreadState.OPEN, not close
    refresh(thread)
    enter_inboxes(thread)
    join(thread, of(employee), in_inbox=False)
    add_event(thread, EventKind.ANSWERED, detail={"message": str(message.id)})
    record_sent(Action.THREAD_ANSWERED, thread, message)
    discard_answer(thread, employee)
    save_change(thread)
    return message


def leave_own_inbox(thread: Thread, employee: Employee) -> bool:
    """Take it out of the employee's inbox alone; whether it waits for anybody still, also as one of a group."""
    join(thread, of(employee), in_inbox=False)
    rows = list(thread.participants.all())
    done = {row.employee_id for row in rows if not row.in_inbox}
    waiting = [Recipient(row.employee_id, row.group_id, row.role_id) for row in rows if row.in_inbox]
    return any(one.id not in done for recipient in waiting for one in readers(recipient) or staff())
