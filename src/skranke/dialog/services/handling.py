"""How a thread is to be treated: private, important, with an answer demanded, a task (MSG-13 to MSG-16)."""

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import Employee
from skranke.dialog import access, rules
from skranke.dialog.models import Participant, Thread
from skranke.dialog.services.changes import add_event, join, lock_for_change, of, save_change
from skranke.dialog.values import EventKind, Handling, Task
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError

MOST_CHARACTERS = 2000


def set_handling(thread: Thread, handling: Handling, *, expected_version: int | None = None) -> Thread:
    """Treat a thread so from now on. Raises InvalidError, NotFoundError, VersionConflictError."""
    thread, employee = lock_for_change(thread, expected_version=expected_version)
    if handling == handling_of(thread):
        return thread
    apply(thread, handling, by=employee)
    add_event(thread, EventKind.HANDLING_CHANGED)
    record(
        Action.HANDLING_CHANGED,
        subject_kind="thread",
        subject_id=thread.id,
        patient_id=thread.patient_id,
        detail={"private": handling.private, "important": handling.important, "task": handling.task is not None},
    )
    save_change(thread)
    return thread


def apply(thread: Thread, handling: Handling, *, by: Employee | None) -> None:
    """Set it on a locked or new thread, which the caller saves. by: None where nobody does. Raises InvalidError."""
    before = handling_of(thread)
    _check_day(handling.reply_due, before.reply_due, "reply_due")
    thread.private, thread.important = handling.private, handling.important
    thread.reply_due = handling.reply_due
    if handling.task != before.task:
        _set_task(thread, handling.task, before.task)
    # Who makes it private reads it still.
    if by is None:
        return
    through = access.through_gp(by)
    whose = Q(employee=by) if through is None else Q(employee=by) | through
    reads_it = Participant.objects.filter(whose, thread=thread).exists()
    if handling.private and not before.private and not reads_it:
        join(thread, of(by), in_inbox=False)


def handling_of(thread: Thread) -> Handling:
    """How a thread is treated now; a task that is done is none any more."""
    task = None
    if thread.is_task and thread.task_done_at is None:
        task = Task(employee_id=thread.task_employee_id, due=thread.task_due, text=thread.task_text)
    return Handling(private=thread.private, important=thread.important, reply_due=thread.reply_due, task=task)


def _set_task(thread: Thread, task: Task | None, before: Task | None) -> None:
    thread.task_done_at = None
    if task is None:
        thread.is_task, thread.task_text, thread.task_due, thread.task_employee = False, "", None, None
        return
    _check_day(task.due, before.due if before else None, "task_due")
    thread.is_task, thread.task_due = True, task.due
    thread.task_text = _checked_task(task.text)
    if task.employee_id is None:
        if thread.patient_id is None:
            raise InvalidError(_("Velg hvem som skal gjøre oppgaven."), field="task")
        thread.task_employee = None
        return
    found = Employee.objects.filter(id=task.employee_id, active=True).first()
    if found is None:
        raise InvalidError(_("Den du har valgt til oppgaven, er ikke aktiv. Velg en annen."), field="task")
    thread.task_employee = found
    # Who is to do it must be able to read it, and finds it in the inbox.
    join(thread, of(found), in_inbox=True, given=True)


def _checked_task(text: str) -> str:
    text = rules.clean_text(text)
    if len(text) > MOST_CHARACTERS:
        too_long = _("Oppgaven kan ha høyst %(limit)d tegn: gjør den kortere. Ingenting er endret.")
        raise InvalidError(too_long % {"limit": MOST_CHARACTERS}, field="task")
    return text


def _check_day(day: date | None, before: date | None, field: str) -> None:
    if day is not None and day != before and day < clock.today():
        raise InvalidError(_("Fristen er gått ut. Velg i dag eller en senere dag."), field=field)
