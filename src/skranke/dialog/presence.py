"""Who has which thread open just now (MSG-5).

The page tells when a thread comes up, while it stands there, and when it goes. Nothing of it is audited: the reading
already is, and a row is gone with the page.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from skranke.clinics.models import Employee
from skranke.clinics.organisation.queries import staff
from skranke.dialog import access
from skranke.dialog.models import Presence
from skranke.kernel import clock
from skranke.tenancy import live
from skranke.tenancy.work import current_actor, once

LIFETIME = timedelta(seconds=60)
"""A page that has been silent for longer has crashed, lost its network or been put to sleep."""


def enter(thread_id: UUID) -> None:
    """The acting employee has the thread open. Whoever sees it in a list is told when it was not so before.

    Raises NotFoundError where the employee may not read it.
    """
    if not access.visible_threads(access.employee_of(current_actor())).filter(id=thread_id).exists():
        raise access.nothing()
    note(thread_id)


def note(thread_id: UUID) -> None:
    """As `enter`, for a thread that the unit of work has read already for the acting employee."""
    employee, now = access.employee_of(current_actor()), clock.now()
    own = Presence.objects.filter(employee=employee)
    if own.filter(thread_id=thread_id, seen_at__gt=now - LIFETIME).update(seen_at=now):
        return
    row = Presence(clinic_id=employee.clinic_id, thread_id=thread_id, employee=employee, seen_at=now)
    Presence.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["thread", "employee"], update_fields=["seen_at"]
    )
    live.announce("presence", thread_id)


def leave(thread_id: UUID) -> None:
    """The acting employee has it open no more; so it is with whatever a page of theirs left without a word."""
    employee, ends = access.employee_of(current_actor()), clock.now() - LIFETIME
    own = Presence.objects.filter(employee=employee)
    silent = own.filter(seen_at__lte=ends).select_for_update(skip_locked=True)
    Presence.objects.filter(id__in=list(silent.values_list("id", flat=True))).delete()
    if own.filter(thread_id=thread_id).delete()[0]:
        live.announce("presence", thread_id)


def open_by() -> Mapping[UUID, tuple[str, ...]]:
    """The names of the others who have a thread open, for each thread that the acting employee may read."""
    return once("presence", _open_by)


def _open_by() -> dict[UUID, tuple[str, ...]]:
    employee, since = access.employee_of(current_actor()), clock.now() - LIFETIME
    asked = access.compiled_for(employee, lambda: _others(employee, since), ("presence",), since)
    names, found = {one.id: one.name for one in staff()}, dict[UUID, tuple[str, ...]]()
    for row in asked.dicts():
        if row["employee_id"] in names:
            found[row["thread_id"]] = (*found.get(row["thread_id"], ()), names[row["employee_id"]])
    return found


def _others(employee: Employee, since: datetime) -> QuerySet[Any, Any]:
    seen = Presence.objects.filter(seen_at__gt=since, thread__in=access.visible_threads(employee))
    return seen.exclude(employee=employee).order_by("seen_at", "id").values("thread_id", "employee_id")
