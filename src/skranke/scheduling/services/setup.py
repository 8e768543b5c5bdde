"""Making schedules, appointment types and week templates (CAL-1..6, TYP-1..2, PLN-1)."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.scheduling.errors import OverlappingSlotsError
from skranke.scheduling.models import TemplateSlot, WeekTemplate
from skranke.scheduling.plans import overlap_in_week
from skranke.scheduling.services.schedules import change_schedule, create_schedule
from skranke.scheduling.services.types import create_type
from skranke.scheduling.values import TemplateEntry
from skranke.tenancy.work import current_actor

__all__ = ["change_schedule", "create_schedule", "create_template", "create_type", "replace_template"]


def create_template(*, name: str, entries: Sequence[TemplateEntry]) -> WeekTemplate:
    """Make a week template (PLN-1). Raises OverlappingSlotsError when two free slots overlap (CAL-8)."""
    _check(entries)
    template = WeekTemplate.objects.create(clinic_id=current_actor().clinic_id, name=name, changed_at=clock.now())
    _fill(template, entries)
    record(Action.WEEK_TEMPLATE_CREATED, subject_kind="week_template", subject_id=template.id)
    return template


def replace_template(template: WeekTemplate, *, entries: Sequence[TemplateEntry]) -> WeekTemplate:
    """Give a template other slots; plans that use it are stale until they are applied again (PLN-8)."""
    _check(entries)
    template.slots.all().delete()
    _fill(template, entries)
    template.changed_at = clock.now()
    template.save(update_fields=["changed_at"])
    record(Action.PLAN_CHANGED, subject_kind="week_template", subject_id=template.id)
    return template


def _fill(template: WeekTemplate, entries: Sequence[TemplateEntry]) -> None:
    TemplateSlot.objects.bulk_create(
        TemplateSlot(
            clinic_id=template.clinic_id,
            template=template,
            weekday=entry.weekday,
            start=entry.start,
            minutes=entry.minutes,
            type_id=entry.type_id,
        )
        for entry in entries
    )


def _check(entries: Sequence[TemplateEntry]) -> None:
    if any(entry.minutes < 1 or entry.start.second or entry.start.microsecond for entry in entries):
        raise InvalidError(_("En ledig time begynner på et helt minutt og varer minst ett."), field="minutes")
    double = overlap_in_week(entries)
    if double is not None:
        one, other = (f"{entry.weekday}/{entry.start:%H:%M}" for entry in double)
        raise OverlappingSlotsError(_("Ledige timer overlapper: {one} og {other}.").format(one=one, other=other))
