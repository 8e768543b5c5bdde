"""Who stands in for a GP, and when: set and ended by an administrator (ABS-2, ABS-3)."""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.access import get_employee_for, require
from skranke.clinics.models import Employee, StaffFunction
from skranke.clinics.organisation.memory import forget_members
from skranke.clinics.permissions import Permission
from skranke.clinics.substitutes.models import Substitute
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import ConflictError, InvalidError, NotFoundError
from skranke.tenancy.work import current_actor


def get_substitute_for(actor: Actor, substitute_id: UUID) -> Substitute:
    """A substitute of the actor's clinic that is not over, with both employees. Raises NotFoundError."""
    lasts = Q(ends_on=None) | Q(ends_on__gte=clock.today())
    found = Substitute.objects.filter(lasts, id=substitute_id, clinic_id=actor.clinic_id)
    substitute = found.select_related("gp", "employee").first()
    if substitute is None:
        raise NotFoundError("The substitute does not exist.")
    return substitute


def set_substitute(
    gp_id: UUID, employee_id: UUID, *, functions: Collection[str] = (), starts_on: date, ends_on: date | None
) -> Substitute:
    """Let an employee stand in for a GP from one day to another, both among them; None: until it is ended.

    A day that has been is refused: nobody stood in then. Raises NotAllowedError, NotFoundError, InvalidError,
    ConflictError.
    """
    actor = current_actor()
    require(actor, Permission.SET_ABSENCE)
    gp, employee = get_employee_for(actor, gp_id), get_employee_for(actor, employee_id)
    _check(gp, employee, starts_on, ends_on)
    # One at a time is set for one GP, so that days that are found to be free stay so.
    Employee.objects.select_for_update().get(id=gp.id)
    same_days = Q(ends_on=None) | Q(ends_on__gte=starts_on)
    if ends_on is not None:
        same_days &= Q(starts_on__lte=ends_on)
    if Substitute.objects.filter(same_days, gp=gp, employee=employee).exists():
        raise ConflictError(
            _("%(name)s er alt vikar noen av dagene. Avslutt eller fjern det først. Ingenting er lagret.")
            % {"name": employee.name}
        )
    substitute = Substitute.objects.create(
        clinic_id=actor.clinic_id,
        gp=gp,
        employee=employee,
        functions=[one.value for one in StaffFunction if one in functions],
        starts_on=starts_on,
        ends_on=ends_on,
        set_by_id=actor.person_id,
    )
    _told(Action.SUBSTITUTE_SET, substitute)
    return substitute


def _check(gp: Employee, employee: Employee, starts_on: date, ends_on: date | None) -> None:
    if not gp.is_gp:
        raise InvalidError(_("Bare en fastlege kan ha vikar. Ingenting er lagret."))
    if gp.id == employee.id:
        raise InvalidError(_("Legen kan ikke være sin egen vikar. Velg en annen."), field="employee")
    if starts_on < clock.today():
        raise InvalidError(_("Startdatoen er alt passert. Velg i dag eller en senere dag."), field="starts_on")
    if ends_on is not None and ends_on < starts_on:
        raise InvalidError(_("Siste dag er før første dag. Ingenting er lagret."), field="ends_on")


def end_substitute(substitute_id: UUID) -> UUID:
    """End it now: the substitute stands in no more from this moment; the id of the GP.

    What began before today is kept with yesterday as its last day; the rest goes, as if it had not been. Raises
    NotAllowedError, NotFoundError.
    """
    actor = current_actor()
    require(actor, Permission.SET_ABSENCE)
    substitute, today = get_substitute_for(actor, substitute_id), clock.today()
    _told(Action.SUBSTITUTE_ENDED, substitute)
    if substitute.starts_on < today:
        substitute.ends_on = today - timedelta(days=1)
        substitute.save(update_fields=["ends_on"])
    else:
        substitute.delete()
    return substitute.gp_id


def _told(action: Action, substitute: Substitute) -> None:
    detail: dict[str, object] = {
        "employee": str(substitute.employee_id),
        "functions": substitute.functions,
        "first": substitute.starts_on.isoformat(),
    }
    if substitute.ends_on is not None:
        detail["last"] = substitute.ends_on.isoformat()
    record(action, subject_kind="employee", subject_id=substitute.gp_id, detail=detail)
    forget_members()
