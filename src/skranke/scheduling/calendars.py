"""The acting employee's own views of Timebok: settings of each kind of view, and groups of schedules (CAL-10..12)."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from skranke.clinics.models import Employee
from skranke.dialog.access import employee_of
from skranke.kernel.errors import InvalidError
from skranke.scheduling.layouts import CalendarLayout, DisplayGroup, ViewKind
from skranke.scheduling.models import Schedule
from skranke.tenancy.work import current_actor

CHOICES = ("hide_weekends", "colours", "times", "online", "invoices", "channels")
MOST_SCHEDULES = 20
"""What a screen holds side by side."""


def layout_of(kind: ViewKind) -> CalendarLayout:
    """The acting employee's settings of a view, or the usual ones."""
    found = CalendarLayout.objects.filter(employee=_me(), kind=kind).first()
    return found or CalendarLayout(kind=kind)


def choose_layout(kind: ViewKind, chosen: Collection[str]) -> None:
    """Keep the settings of a view: those named are on, the others off."""
    employee = _me()
    settings = {name: name in chosen for name in CHOICES}
    CalendarLayout.objects.update_or_create(
        employee=employee, kind=kind, defaults={"clinic_id": employee.clinic_id, **settings}
    )


def display_groups() -> list[DisplayGroup]:
    """The acting employee's groups by name."""
    return list(DisplayGroup.objects.filter(employee=_me()).order_by("name", "id"))


def save_group(group: DisplayGroup | None, *, name: str, schedules: Sequence[Schedule]) -> DisplayGroup:
    """Make a group, or give one another name and other schedules. Raises InvalidError."""
    if not 1 <= len(schedules) <= MOST_SCHEDULES:
        raise InvalidError(_("Velg mellom én og %(most)s timebøker.") % {"most": MOST_SCHEDULES}, field="schedules")
    employee = _me()
    facts: dict[str, Any] = {"name": name.strip(), "schedule_ids": [one.id for one in schedules]}
    row = group or DisplayGroup(clinic_id=employee.clinic_id, employee=employee)
    for field, value in facts.items():
        setattr(row, field, value)
    try:
        with transaction.atomic():
            row.save(force_insert=group is None)
    except IntegrityError as error:
        text = _("Du har en visningsgruppe som heter «%(name)s» fra før.") % {"name": row.name}
        raise InvalidError(text, field="name") from error
    return row


def _me() -> Employee:
    return employee_of(current_actor())


def remove_group(group: DisplayGroup) -> None:
    """Take a group away; its schedules stay as they are."""
    group.delete()
