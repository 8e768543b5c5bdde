"""Treating a thread without writing to the patient (MSG-3, MSG-8, MSG-17, MSG-18)."""

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import Employee, Group, Role
from skranke.clinics.organisation.queries import readers, staff
from skranke.clinics.organisation.values import Recipient, recipient_of
from skranke.dialog import access, rules
from skranke.dialog.errors import AnswerFirstError, NoTaskError, StaysError
from skranke.dialog.models import Channel, Reading, Thread, ThreadState
from skranke.dialog.services.changes import (
    add_event,
    join,
    leave_all_inboxes,
    lock_for_change,
    of,
    save_change,
    waiting,
)
from skranke.dialog.services.colleagues import leave_own_inbox
from skranke.dialog.services.participants import name_of, require_present
from skranke.dialog.values import EventKind
from skranke.kernel import clock
from skranke.tenancy import live
from skranke.tenancy.rows import insert_once


def close_thread(thread: Thread, *, expected_version: int | None = None) -> Thread:
    """Close without writing: nothing is sent to the patient (MSG-8, MSG-10).

    A dialog between colleagues that waits for others as well only leaves the own inbox, and is closed by the last.
    Raises AnswerFirstError for an e-consultation that waits for an answer (MSG-9), VersionConflictError.
    """
    thread, employee = lock_for_change(thread, expected_version=expected_version)
    if thread.state == ThreadState.CLOSED:
        return thread
    if not _may_close(thread):
        raise AnswerFirstError(_("En eKonsultasjon kan ikke avsluttes uten svar."))
    if thread.channel == Channel.INTERNAL and leave_own_inbox(thread, employee):
        return _done(thread, EventKind.REMOVED_FROM_INBOX, Action.THREAD_CLOSED)
    thread.state, thread.answer_due = ThreadState.CLOSED, None
    leave_all_inboxes(thread)
    join(thread, of(employee), in_inbox=False)
    return _done(thread, EventKind.CLOSED, Action.THREAD_CLOSED)


def complete(thread: Thread, *, expected_version: int | None = None) -> Thread:
    """The task is done: the thread goes to the archive, and nothing is sent (Fullfør, MSG-8).

    Raises NoTaskError where nothing is to be done, AnswerFirstError (MSG-9), VersionConflictError.
    """
    thread, employee = lock_for_change(thread, expected_version=expected_version)
    if not thread.is_task or thread.task_done_at is not None:
        raise NoTaskError(_("Samtalen har ingen oppgave som venter."))
    if not _may_close(thread):
        raise AnswerFirstError(_("En eKonsultasjon kan ikke avsluttes uten svar."))
    thread.task_done_at, thread.state, thread.answer_due = clock.now(), ThreadState.CLOSED, None
    leave_all_inboxes(thread)
    join(thread, of(employee), in_inbox=False)
    return _done(thread, EventKind.COMPLETED, Action.TASK_COMPLETED)


def take(thread: Thread, *, expected_version: int | None = None) -> Thread:
    """Become responsible: the thread stays in the taker's inbox and leaves everybody else's (MSG-18).

    A closed thread is open again. Raises NotFoundError, VersionConflictError.
    """
    thread, employee = lock_for_change(thread, expected_version=expected_version)
    leave_all_inboxes(thread)
    join(thread, of(employee), in_inbox=True)
    thread.state, thread.responsible = ThreadState.OPEN, employee
    return _done(thread, EventKind.TAKEN, Action.THREAD_TAKEN)


def forward(thread: Thread, *, to: Employee | Group | Role | None, expected_version: int | None = None) -> Thread:
    """Hand the thread to a colleague, a group, a role, or the whole clinic (None); the giver keeps it among the open
    ones (MSG-8, MSG-17). Every member of a group has it in the inbox until one has handled it.

    Raises NotFoundError when the receiver is not there any more, or the colleague is not active at this clinic.
    """
    thread, employee = lock_for_change(thread, expected_version=expected_version)
    require_present(to)
    leave_all_inboxes(thread)
    receiver = recipient_of(to)
    # Forwarding a closed thread gives somebody work with it: it is open again.
    thread.state, thread.responsible = ThreadState.OPEN, to if isinstance(to, Employee) else None
    join(thread, of(employee), in_inbox=False)
    join(thread, receiver, in_inbox=True, given=True)
    _give_anew(thread, receiver, employee)
    return _done(thread, EventKind.FORWARDED, Action.THREAD_FORWARDED, to=name_of(to))


def _may_close(thread: Thread) -> bool:
    # What waits is an e-consultation also where its thread was answered as something else (docs/decisions/0014).
    since, kind = waiting(thread)
    return rules.may_close(kind, waits_for_clinic=since is not None, own_type=thread.own_type)


def _give_anew(thread: Thread, receiver: Recipient, giver: Employee) -> None:
    """Those who get it have not read it, whatever they did before.

    An own row counts before a shared one: the giver, who has one, does not get it back with the group.
    """
    shared = receiver.employee_id is None
    getting = [one.id for one in readers(receiver) or staff() if not shared or one.id != giver.id]
    thread.participants.filter(employee_id__in=getting).update(in_inbox=True)
    thread.readings.filter(employee_id__in=getting).delete()


def remove_from_inbox(thread: Thread) -> Thread:
    """Take the thread out of the acting employee's own inbox; everybody else's keeps it (MSG-3).

    Raises StaysError for a GP's substitute who takes no part in it: it would either come back, or stay with one who
    has done nothing in it when the time as a substitute is over (ABS-7).
    """
    thread, employee = lock_for_change(thread)
    if access.only_stands_in(employee, thread):
        raise StaysError(
            _("Samtalen venter på legen du er vikar for, så den kan ikke fjernes. Du kan svare eller videresende.")
        )
    join(thread, of(employee), in_inbox=False)
    add_event(thread, EventKind.REMOVED_FROM_INBOX)
    live.announce("thread", thread.id)
    return thread


def mark_read(thread: Thread) -> Thread:
    """Note that the acting employee has the thread as it now stands before the eyes. Call it before `thread_view`.

    The first time after each new message it is written into the event log; afterwards nothing is locked or written.
    """
    if access.is_read_already(thread):
        return thread
    thread, employee = lock_for_change(thread)
    reading = Reading(clinic_id=thread.clinic_id, thread=thread, employee=employee, read_at=clock.now())
    if insert_once(reading):
        add_event(thread, EventKind.OPENED)
        live.announce("thread", thread.id)
    return thread


def _done(thread: Thread, event: EventKind, action: Action, **detail: str) -> Thread:
    add_event(thread, event, detail=detail)
    record(action, subject_kind="thread", subject_id=thread.id, patient_id=thread.patient_id)
    save_change(thread)
    return thread
