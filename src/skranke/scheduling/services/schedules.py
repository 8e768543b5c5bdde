"""Schedules: made, changed, archived (CAL-1..6), by administrators; each change is told in the log with old and new."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.access import require
from skranke.clinics.models import Employee, Group
from skranke.clinics.organisation.locking import told
from skranke.clinics.permissions import Permission
from skranke.kernel import clock
from skranke.kernel.errors import ChangedError, InvalidError
from skranke.patients.models import PatientList
from skranke.scheduling.errors import ScheduleInUseError
from skranke.scheduling.holding import holds_common_only
from skranke.scheduling.models import STANDING, Appointment, Audience, OwnerKind, Schedule
from skranke.scheduling.services.limits import check_limits
from skranke.scheduling.services.locks import lock_schedule
from skranke.scheduling.services.telltale import differences
from skranke.tenancy.live import announce
from skranke.tenancy.work import current_actor

LONGEST_NAME = 200
SUBJECT = "schedule"
DEEDS = (Action.SCHEDULE_CHANGED, Action.SCHEDULE_CREATED)


def create_schedule(
    *,
    owner: Employee | Group | None,
    public_name: str,
    internal_name: str = "",
    online: bool = True,
    audience: Audience | str = Audience.GP_LIST,
    patient_list: PatientList | None = None,
    **fields: Any,
) -> Schedule:
    """Make a schedule owned by an employee, a group, or by the clinic when `owner` is None (CAL-1..5, ORG-10).

    patient_list: who may book, for the audience LIST alone (PAT-15). fields: further ones of the row, such as the
    limits. Raises NotAllowedError, InvalidError.
    """
    require(current_actor(), Permission.CHANGE_SETTINGS)
    schedule = Schedule(
        clinic_id=current_actor().clinic_id,
        **_owner_columns(owner),
        public_name=public_name.strip(),
        internal_name=internal_name.strip() or public_name.strip(),
        online=online,
        audience=audience,
        patient_list=patient_list,
        **fields,
    )
    _check(schedule)
    schedule.save(force_insert=True)
    record(Action.SCHEDULE_CREATED, subject_kind=SUBJECT, subject_id=schedule.id)
    return schedule


def change_schedule(schedule: Schedule, *, expected_version: int | None = None, **fields: Any) -> Schedule:
    """Change fields of a schedule, such as `online`, `owner` or a limit; they count from the next question on.

    Another audience than LIST forgets the list. A schedule with coming appointments is not archived: they would stand
    in a book that nobody opens. Raises NotAllowedError, InvalidError, ChangedError, ScheduleInUseError.
    """
    require(current_actor(), Permission.CHANGE_SETTINGS)
    if fields.get("archived"):
        # Before the row, as a booking does: it shares the schedule first, and then points to the row.
        lock_schedule(schedule.id)
    before = Schedule.objects.select_for_update(of=("self",), no_key=True).get(id=schedule.id)
    if expected_version is not None and before.version != expected_version:
        raise ChangedError(told(SUBJECT, schedule.id, DEEDS))
    if fields.get("archived") and not before.archived:
        _check_is_empty(before)
    schedule.refresh_from_db()
    wanted = _columns(fields)
    for name, value in wanted.items():
        setattr(schedule, name, value)
    _check(schedule)
    schedule.version = before.version + 1
    schedule.save(update_fields=[*wanted, "version"])
    detail = {"fields": sorted(fields), "changes": differences(before, schedule, wanted)}
    record(Action.SCHEDULE_CHANGED, subject_kind=SUBJECT, subject_id=schedule.id, detail=detail)
    announce(kind=SUBJECT, id=schedule.id)
    return schedule


def coming(schedule: Schedule) -> tuple[int, Appointment | None]:
    """How many appointments stand in the schedule and are not over, and the first of them."""
    rows = Appointment.objects.filter(schedule=schedule, state__in=STANDING, ends__gt=clock.now())
    return rows.count(), rows.order_by("starts", "id").first()


def _check_is_empty(schedule: Schedule) -> None:
    number, first = coming(schedule)
    if first is not None:
        text = ngettext(
            "Timeboken har %(num)s time som ikke er over. Ingenting er endret. Flytt eller avlys den først.",
            "Timeboken har %(num)s timer som ikke er over. Ingenting er endret. Flytt eller avlys dem først.",
            number,
        )
        raise ScheduleInUseError(text % {"num": number}, first)


def _columns(fields: dict[str, Any]) -> dict[str, Any]:
    wanted = dict(fields)
    if "owner" in wanted:
        wanted |= _owner_columns(wanted["owner"])
    if "audience" in wanted and wanted["audience"] != Audience.LIST:
        wanted.setdefault("patient_list", None)
    return wanted


def _owner_columns(owner: Employee | Group | None) -> dict[str, Any]:
    group, employee = (owner, None) if isinstance(owner, Group) else (None, owner)
    kind = OwnerKind.GROUP if group else OwnerKind.EMPLOYEE if employee else OwnerKind.CLINIC
    return {"owner_kind": kind, "owner": employee, "group": group}


def _check(schedule: Schedule) -> None:
    """CAL-2, CAL-4, CAL-6, PAT-15: it has a name, sensible limits, and a list where, and only where, one decides.

    RES-3: a GP owns no schedule of common services; one that is archived is nobody's to book.
    """
    if not schedule.public_name.strip() or max(len(schedule.public_name), len(schedule.internal_name)) > LONGEST_NAME:
        raise InvalidError(
            _("Gi timeboken et navn på høyst 200 tegn, som pasientene ser. Ingenting er lagret."), field="public_name"
        )
    if (schedule.audience == Audience.LIST) is (schedule.patient_list_id is None):
        raise InvalidError(
            _("Velg en pasientliste når bare pasientene på den kan bestille, og ellers ingen. Ingenting er lagret."),
            field="patient_list_id",
        )
    is_gps = schedule.owner is not None and schedule.owner.is_gp
    if is_gps and not schedule.archived and holds_common_only([schedule]):
        raise InvalidError(
            _(
                "En fastlege kan ikke eie en timebok som bare har ressurstimer. Velg en gruppe, hele klinikken eller "
                "en ansatt som ikke er fastlege. Ingenting er lagret."
            ),
            field="owner",
        )
    check_limits(schedule)
