"""Making schedules, appointment types and week templates (CAL-1..6, TYP-1..2, PLN-1)."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.access import require
from skranke.clinics.models import Employee, Group
from skranke.clinics.permissions import Permission
from skranke.kernel import clock
from skranke.kernel.errors import ChangedError, InvalidError
from skranke.patients.models import PatientList
from skranke.scheduling.errors import OverlappingSlotsError
from skranke.scheduling.models import (
    AppointmentType,
    Audience,
    OwnerKind,
    Schedule,
    TemplateSlot,
    Visibility,
    WeekTemplate,
)
from skranke.scheduling.plans import overlap_in_week
from skranke.scheduling.values import TemplateEntry
from skranke.tenancy.live import announce
from skranke.tenancy.work import current_actor

LONGEST_NAME = 200


def create_schedule(
    *,
    owner: Employee | Group | None,
    public_name: str,
    internal_name: str = "",
    online: bool = True,
    audience: Audience | str = Audience.GP_LIST,
    patient_list: PatientList | None = None,
    **limits: Any,
) -> Schedule:
    """Make a schedule owned by an employee, a group, or by the clinic when `owner` is None (CAL-1..5, ORG-10).

    patient_list: who may book, for the audience LIST alone (PAT-15). limits: the fields of models.Limits. Raises
    NotAllowedError, InvalidError.
    """
    require(current_actor(), Permission.CHANGE_SETTINGS)
    _check_audience(audience, patient_list)
    _check_names(public_name, internal_name)
    schedule = Schedule.objects.create(
        clinic_id=current_actor().clinic_id,
        **_owner_columns(owner),
        public_name=public_name,
        internal_name=internal_name or public_name,
        online=online,
        audience=audience,
        patient_list=patient_list,
        **limits,
    )
    record(Action.SCHEDULE_CREATED, subject_kind="schedule", subject_id=schedule.id)
    return schedule


def change_schedule(schedule: Schedule, *, expected_version: int | None = None, **fields: Any) -> Schedule:
    """Change fields of a schedule, such as `online`, `owner` or a limit; they count from the next question on.

    Another audience than LIST forgets the list. Raises NotAllowedError, InvalidError, ChangedError.
    """
    require(current_actor(), Permission.CHANGE_SETTINGS)
    version = Schedule.objects.select_for_update().values_list("version", flat=True).get(id=schedule.id)
    if expected_version is not None and version != expected_version:
        raise ChangedError(_("Noen andre har endret timeboken i mellomtiden. Ingenting er lagret."))
    changed = sorted(fields)
    if "owner" in fields:
        fields |= _owner_columns(fields["owner"])
    if "audience" in fields and fields["audience"] != Audience.LIST:
        fields.setdefault("patient_list", None)
    for name, value in fields.items():
        setattr(schedule, name, value)
    _check_audience(schedule.audience, schedule.patient_list)
    _check_names(schedule.public_name, schedule.internal_name)
    schedule.version = version + 1
    schedule.save(update_fields=[*fields, "version"])
    record(Action.SCHEDULE_CHANGED, subject_kind="schedule", subject_id=schedule.id, detail={"fields": changed})
    announce(kind="schedule", id=schedule.id)
    return schedule


def _owner_columns(owner: Employee | Group | None) -> dict[str, Any]:
    group, employee = (owner, None) if isinstance(owner, Group) else (None, owner)
    kind = OwnerKind.GROUP if group else OwnerKind.EMPLOYEE if employee else OwnerKind.CLINIC
    return {"owner_kind": kind, "owner": employee, "group": group}


def _check_names(public_name: str, internal_name: str) -> None:
    if not public_name.strip() or max(len(public_name), len(internal_name)) > LONGEST_NAME:
        raise InvalidError(
            _("Gi timeboken et navn på høyst 200 tegn, som pasientene ser. Ingenting er lagret."), field="public_name"
        )


def _check_audience(audience: Audience | str, patient_list: PatientList | None) -> None:
    """CAL-4, PAT-15: a list is named where its patients may book, and nowhere else."""
    if (audience == Audience.LIST) is (patient_list is None):
        raise InvalidError(
            _("Velg en pasientliste når bare pasientene på den kan bestille, og ellers ingen. Ingenting er lagret."),
            field="patient_list_id",
        )


def create_type(
    *, name: str, minutes: int, visibility: Visibility = Visibility.NORMAL, **fields: Any
) -> AppointmentType:
    """Make an appointment type (TYP-1, TYP-2). fields: further ones of the row. Raises InvalidError without length."""
    if minutes < 1:
        raise InvalidError(_("En time må vare minst ett minutt."), field="minutes")
    kind = AppointmentType.objects.create(
        clinic_id=current_actor().clinic_id, name=name, minutes=minutes, visibility=visibility, **fields
    )
    record(Action.APPOINTMENT_TYPE_CREATED, subject_kind="appointment_type", subject_id=kind.id)
    return kind


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
