"""An employee who leaves: what waits for that person goes to the clinic's catch-all, and it is told (ORG-6, RCV-12)."""

from uuid import UUID

from skranke.clinics.choices import AlertKind
from skranke.clinics.models import Employee
from skranke.clinics.organisation.addressing import catch_all
from skranke.clinics.organisation.alerts import alert
from skranke.clinics.organisation.staff import end_position
from skranke.dialog.models import Participant, Thread, ThreadState
from skranke.dialog.services.changes import add_event, join, save_change
from skranke.dialog.values import EventKind


def open_threads_of(employee: Employee) -> list[Thread]:
    """The open threads in which the person takes part, or for which the person is responsible, locked until commit."""
    own = Participant.objects.filter(employee=employee).values("thread_id")
    held = Thread.objects.filter(id__in=own) | Thread.objects.filter(responsible=employee)
    return list(held.filter(state=ThreadState.OPEN).select_for_update(of=("self",)).order_by("id"))


def count_open_threads(employee: Employee) -> int:
    """How many threads `end_employment` would hand over: told before it is done."""
    own = Participant.objects.filter(employee=employee).values("thread_id")
    held = Thread.objects.filter(id__in=own) | Thread.objects.filter(responsible=employee)
    return held.filter(state=ThreadState.OPEN).count()


def end_employment(employee_id: UUID, *, expected_version: int | None = None) -> int:
    """End a position, and give its open threads to the clinic's catch-all; how many they were.

    What waited for the person waits for whoever gets it, and is unread. Raises as `end_position`.
    """
    employee = end_position(employee_id, expected_version=expected_version)
    threads = open_threads_of(employee)
    for thread in threads:
        _hand_over(thread, employee)
    if threads:
        alert(AlertKind.HANDED_OVER, employee.id, employee.name, count=len(threads))
    return len(threads)


def _hand_over(thread: Thread, employee: Employee) -> None:
    own = thread.participants.filter(employee=employee)
    waits = own.filter(in_inbox=True).exists()
    for who in catch_all():
        join(thread, who, in_inbox=waits, given=True)
    own.update(in_inbox=False)
    if waits:
        thread.readings.all().delete()
    thread.responsible = None
    add_event(thread, EventKind.HANDED_OVER, detail={"to": employee.name})
    save_change(thread)
