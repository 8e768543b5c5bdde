"""Who takes part in a thread (MSG-11)."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from django.db.models import Q
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import Employee, Group, Role
from skranke.clinics.organisation.queries import readers
from skranke.clinics.organisation.values import Recipient, recipient_of
from skranke.clinics.words import role_name
from skranke.dialog.errors import StaysError
from skranke.dialog.models import Participant, Thread
from skranke.dialog.services.changes import add_event, join, lock_for_change, save_change
from skranke.dialog.values import EventKind
from skranke.kernel.errors import NotFoundError

# An employee, a group or a role of the clinic; None for all who work there.
Colleagues: TypeAlias = Employee | Group | Role | None
Invited: TypeAlias = Sequence[Colleagues]


def add_participant(thread: Thread, one: Colleagues, *, expected_version: int | None = None) -> Thread:
    """Let somebody take part; it waits in that inbox, and everybody else's stays as it is.

    Raises NotFoundError, VersionConflictError.
    """
    thread, employee = lock_for_change(thread, expected_version=expected_version)
    invite(thread, [one], by=employee)
    if isinstance(one, Employee):
        thread.readings.filter(employee=one).delete()
    return _done(thread, EventKind.PARTICIPANT_ADDED, one)


def remove_participant(thread: Thread, one: Colleagues, *, expected_version: int | None = None) -> Thread:
    """Take somebody out, who then reads it no more, unless as one of a group that takes part.

    Raises StaysError for oneself when it was given to oneself by name, and for the last who reads it (MSG-11);
    NotFoundError for who takes no part, VersionConflictError.
    """
    thread, employee = lock_for_change(thread, expected_version=expected_version)
    rows = list(thread.participants.all())
    row = next((row for row in rows if recipient(row) == recipient_of(one)), None)
    if row is None:
        raise NotFoundError(_("Den du vil fjerne, deltar ikke lenger."))
    if row.personal and row.employee_id == employee.id:
        raise StaysError(_("Samtalen er gitt til deg, så du kan ikke fjerne deg selv. Du kan avslutte den."))
    if not may_remove(row, employee, rows):
        raise StaysError(_("Minst én må delta i samtalen. Legg til en annen først."))
    row.delete()
    if thread.responsible_id is not None and thread.responsible_id == row.employee_id:
        thread.responsible = None
    return _done(thread, EventKind.PARTICIPANT_REMOVED, one)


def may_remove(row: Participant, by: Employee, rows: Sequence[Participant]) -> bool:
    """Whether an employee may take one of a thread's participants out.

    Not oneself when one got it by name; and at least one who works here reads it still (MSG-11).
    """
    if row.personal and row.employee_id == by.id:
        return False
    return any(readers(recipient(other)) for other in rows if other.id != row.id)


def recipient(row: Participant) -> Recipient:
    """Whom a row stands for."""
    return Recipient(row.employee_id, row.group_id, row.role_id)


def invite(thread: Thread, to: Iterable[Colleagues], *, by: Employee) -> int:
    """Let them take part, and find the thread in their inboxes; how many beside the one who invites.

    Raises NotFoundError when one is not there any more, or does not work here now.
    """
    others = [one for one in to if not (isinstance(one, Employee) and one.id == by.id)]
    for one in others:
        require_present(one)
        join(thread, recipient_of(one), in_inbox=True, given=True)
    return len(others)


def require_present(one: Colleagues) -> None:
    """Raises NotFoundError when the employee or group is not active, or the role is gone."""
    if one is None:
        return
    works = Q() if isinstance(one, Role) else Q(active=True)
    if not type(one).objects.filter(works, id=one.id).exists():
        raise NotFoundError(_("Mottakeren finnes ikke eller er ikke aktiv. Velg en annen."))


def name_of(one: Colleagues) -> str:
    """What they are called; empty for the whole clinic."""
    if one is None:
        return ""
    return role_name(one) if isinstance(one, Role) else one.name


def _done(thread: Thread, event: EventKind, one: Colleagues) -> Thread:
    add_event(thread, event, detail={"to": name_of(one)})
    who = recipient_of(one)
    record(
        Action.PARTICIPANTS_CHANGED,
        subject_kind="thread",
        subject_id=thread.id,
        patient_id=thread.patient_id,
        detail={"event": event.value, "who": str(who.employee_id or who.group_id or who.role_id or "clinic")},
    )
    save_change(thread)
    return thread
