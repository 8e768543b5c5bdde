"""What waits for somebody today in Post, as the widgets of the page I dag show it (MSG-4, MSG-15)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.dialog.access import employee_of
from skranke.dialog.mailboxes import mailbox, note_shown, own_task
from skranke.dialog.models import Thread
from skranke.dialog.values import Mailbox, Narrowing, Page
from skranke.tenancy.work import current_actor

MOST_DUE, MOST_TASKS = 5, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTask:
    """What somebody is to do. text: as it was described; the thread's title where it was not. due: None without one.

    by_patient: it is the patient who is to do it, in a dialog that the employee takes part in.
    """

    thread_id: UUID
    text: str
    patient_name: str
    due: date | None
    by_patient: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """due: the first threads that must be answered today or are late. tasks: the first to be done first."""

    due: Page
    tasks: tuple[OwnTask, ...]


def today() -> Today:
    """What waits for the acting employee; `note_today` says that it is shown."""
    employee = employee_of(current_actor())
    order = (F("task_due").asc(nulls_last=True), "-last_message_at", "id")
    threads = Thread.objects.filter(own_task(employee)).select_related("patient").order_by(*order)
    return Today(
        due=mailbox(Mailbox.INBOX, narrow=Narrowing(due=True), limit=MOST_DUE),
        tasks=tuple(_task(one) for one in threads[:MOST_TASKS]),
    )


def note_today(shown: Today) -> None:
    """Write into the audit log which lists were shown (NFR-1)."""
    note_shown(Mailbox.INBOX, shown.due)
    detail = {"mailbox": "oppgaver", "threads": len(shown.tasks)}
    record(Action.THREADS_LISTED, subject_kind="mailbox", subject_id=None, detail=detail)


def _task(thread: Thread) -> OwnTask:
    return OwnTask(
        thread_id=thread.id,
        text=thread.task_text or thread.title,
        patient_name=thread.patient.name if thread.patient else "",
        due=thread.task_due,
        by_patient=thread.task_employee_id is None,
    )
