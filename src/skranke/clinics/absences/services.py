"""Who is away, and when: told and taken away by an administrator (ABS-2), for information (ABS-27)."""

from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.absences.models import Absence
from skranke.clinics.access import get_employee_for, require
from skranke.clinics.models import Employee
from skranke.clinics.permissions import Permission
from skranke.kernel.actor import Actor
from skranke.kernel.errors import ConflictError, InvalidError, NotFoundError
from skranke.tenancy.work import current_actor


def absences_of(employee: Employee, today: date) -> list[Absence]:
    """The absences of an employee that are not over, the first one first."""
    lasts = Q(last_day=None) | Q(last_day__gte=today)
    return list(Absence.objects.filter(lasts, employee=employee).order_by("first_day"))


def get_absence_for(actor: Actor, absence_id: UUID) -> Absence:
    """An absence in the actor's clinic, with the employee. Raises NotFoundError."""
    found = Absence.objects.filter(id=absence_id, clinic_id=actor.clinic_id, employee__active=True)
    absence = found.select_related("employee").first()
    if absence is None:
        raise NotFoundError("The absence does not exist.")
    return absence


def register_absence(employee_id: UUID, first_day: date, last_day: date | None) -> Absence:
    """Tell that somebody is away from the first day to the last, both among them; None: until it is taken away.

    Raises NotAllowedError, NotFoundError, InvalidError, ConflictError.
    """
    actor = current_actor()
    require(actor, Permission.SET_ABSENCE)
    employee = get_employee_for(actor, employee_id)
    if last_day is not None and last_day < first_day:
        raise InvalidError(_("Siste dag er før første dag. Ingenting er lagret."), field="last_day")
    # One absence at a time is told of one person, so that what is found to be free stays so.
    Employee.objects.select_for_update().get(id=employee.id)
    same_days = Q(last_day=None) | Q(last_day__gte=first_day)
    if last_day is not None:
        same_days &= Q(first_day__lte=last_day)
    if Absence.objects.filter(same_days, employee=employee).exists():
        raise ConflictError(
            _("Noen av dagene er alt registrert som fravær. Fjern det fraværet først. Ingenting er lagret.")
        )
    absence = Absence.objects.create(
        clinic_id=actor.clinic_id, employee=employee, first_day=first_day, last_day=last_day
    )
    _told(Action.ABSENCE_REGISTERED, absence)
    return absence


def remove_absence(absence_id: UUID) -> UUID:
    """Take away what was told; the id of who is here after all. Raises NotAllowedError, NotFoundError."""
    actor = current_actor()
    require(actor, Permission.SET_ABSENCE)
    absence = get_absence_for(actor, absence_id)
    _told(Action.ABSENCE_REMOVED, absence)
    absence.delete()
    return absence.employee_id


def _told(action: Action, absence: Absence) -> None:
    detail = {"first": absence.first_day.isoformat()}
    if absence.last_day is not None:
        detail["last"] = absence.last_day.isoformat()
    record(action, subject_kind="employee", subject_id=absence.employee_id, detail=detail)
