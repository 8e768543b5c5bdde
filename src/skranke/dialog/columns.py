"""The columns of the lists of Post, each employee's own choice (MSG-6)."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from skranke.clinics.words import role_name
from skranke.dialog import access
from skranke.dialog.layouts import ListColumn, ListLayout
from skranke.dialog.models import Participant, Reading
from skranke.dialog.values import Reader
from skranke.kernel.errors import InvalidError
from skranke.tenancy.compiled import compiled
from skranke.tenancy.work import current_actor

USUAL = tuple(one for one in ListColumn if one != ListColumn.PARTICIPANTS)
"""Of who has chosen nothing."""


def chosen_layout() -> tuple[tuple[ListColumn, ...], bool]:
    """What the acting employee's lists show, in the order of `ListColumn`, and whether they are grouped by patient."""
    employee = access.employee_of(current_actor())
    own = compiled(lambda: ListLayout.objects.filter(employee=employee), ("layout",), (employee.id,)).rows(ListLayout)
    if not own:
        return USUAL, False
    kept = own[0]
    return tuple(one for one in ListColumn if one in kept.columns), kept.by_patient


def choose_layout(names: Collection[str], *, by_patient: bool) -> None:
    """Keep the acting employee's choice. Raises InvalidError for a column that does not exist."""
    if not set(names) <= set(ListColumn):
        raise InvalidError(_("Kolonnen finnes ikke. Last siden på nytt, og velg igjen."), field="columns")
    employee = access.employee_of(current_actor())
    columns = [one for one in ListColumn if one in names]
    ListLayout.objects.update_or_create(
        employee=employee,
        defaults={"clinic_id": employee.clinic_id, "columns": columns, "by_patient": by_patient},
    )


def taking_part(thread_ids: Iterable[UUID]) -> dict[UUID, tuple[Reader, ...]]:
    """Who takes part in each of some threads, and who has read it since the newest message came; also as one of a
    group. Ask only of threads that the acting employee may read.
    """
    ids, found = list(thread_ids), dict[UUID, dict[UUID | None, Reader]]()
    rows = Participant.objects.filter(thread_id__in=ids).select_related("employee", "group", "role").order_by("id")
    for row in rows:
        who = row.employee or row.group
        name = role_name(row.role) if row.role is not None else who.name if who is not None else ""
        key = row.employee_id or row.group_id or row.role_id
        found.setdefault(row.thread_id, {})[key] = Reader(name=name, has_read=False)
    read = Reading.objects.filter(thread_id__in=ids).select_related("employee").order_by("read_at", "id")
    for reading in read:
        found.setdefault(reading.thread_id, {})[reading.employee_id] = Reader(name=reading.employee.name, has_read=True)
    return {thread_id: tuple(people.values()) for thread_id, people in found.items()}
