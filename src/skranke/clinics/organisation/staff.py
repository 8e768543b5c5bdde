"""The employee card: what an administrator changes of a position, and what everybody may change of the own one."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics import errors
from skranke.clinics import rules as clinic_rules
from skranke.clinics.access import require
from skranke.clinics.models import CommunicationParty, Department, Employee, PartyKind, Role
from skranke.clinics.organisation import rules
from skranke.clinics.organisation.errors import LastAdministratorError
from skranke.clinics.organisation.locking import locked
from skranke.clinics.organisation.memory import forget_members
from skranke.clinics.permissions import Permission
from skranke.clinics.services import (
    checked_her_id,
    checked_hpr_number,
    refuse_used_her_id,
    refusing_taken,
    register_party,
)
from skranke.kernel import clock
from skranke.tenancy.work import current_actor


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeeCard:
    """What an administrator says of a position (ORG-6). her_id: empty where the person has none."""

    given_name: str
    family_name: str
    held_role: Role
    department: Department
    functions: tuple[str, ...] = ()
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    hpr_number: str = ""
    her_id: str = ""
    licence_active: bool = True
    is_admin: bool = False
    sees_clinic_open: bool = False
    sees_clinic_archive: bool = False
    sees_reports: bool = False
    may_prescribe: bool = False


def change_employee(employee_id: UUID, card: EmployeeCard, *, expected_version: int) -> Employee:
    """Write the employee card (ORG-5, ORG-6); which dynamic groups the employee is in follows from it (ORG-8).

    Raises NotAllowedError, NotFoundError, ChangedError, LastAdministratorError, NotEligibleError, InvalidError,
    HprNumberTakenError, HerIdTakenError.
    """
    require(current_actor(), Permission.MANAGE_STAFF)
    employee = _lock_with_administrators(employee_id, expected_version)
    if employee.is_admin and not card.is_admin:
        _refuse_to_lose_the_last(employee)
    before = _told(employee)
    employee.given_name, employee.family_name = card.given_name, card.family_name
    employee.email, employee.phone = card.email, card.phone
    employee.held_role, employee.role = card.held_role, card.held_role.position_type
    employee.department, employee.functions = card.department, sorted(card.functions)
    employee.hpr_number, employee.licence_active = checked_hpr_number(card.hpr_number), card.licence_active
    employee.is_admin = card.is_admin
    employee.sees_clinic_open, employee.sees_clinic_archive = card.sees_clinic_open, card.sees_clinic_archive
    employee.sees_reports = card.sees_reports
    employee.may_prescribe = card.may_prescribe
    _save(employee)
    _set_her_id(employee, card.her_id)
    after = _told(employee)
    changed = {name: [before[name], value] for name, value in after.items() if before[name] != value}
    record(Action.EMPLOYEE_CHANGED, subject_kind="employee", subject_id=employee.id, detail=changed)
    return employee


def end_position(employee_id: UUID, *, expected_version: int | None = None) -> Employee:
    """The person works here no more: no log-in, no mail, no access. What was written stays.

    The person's open threads are handed over by `dialog.services.end_employment`, which calls this.
    Raises NotAllowedError, NotFoundError, ChangedError, LastAdministratorError.
    """
    require(current_actor(), Permission.MANAGE_STAFF)
    employee = _lock_with_administrators(employee_id, expected_version)
    if employee.is_admin:
        _refuse_to_lose_the_last(employee)
    employee.active, employee.is_admin, employee.ended_at = False, False, clock.now()
    _save(employee)
    record(Action.EMPLOYEE_ENDED, subject_kind="employee", subject_id=employee.id, detail={"role": employee.role})
    return employee


def change_own_profile(employee: Employee, *, given_name: str, family_name: str, phone: str, version: int) -> Employee:
    """The name shown and the phone of the person who acts (ORG-15). Raises ChangedError."""
    own = locked(Employee, employee.id, "employee", version)
    own.given_name, own.family_name, own.phone = given_name, family_name, phone
    _save(own)
    record(Action.EMPLOYEE_CHANGED, subject_kind="employee", subject_id=own.id, detail={"own_profile": True})
    return own


def _lock_with_administrators(employee_id: UUID, expected_version: int | None) -> Employee:
    """The active employee, locked after all administrators in the order of their ids: who comes second waits."""
    rows = Employee.objects.select_for_update(of=("self",))
    list(rows.filter(Q(is_admin=True, active=True) | Q(id=employee_id)).order_by("id"))
    employee = locked(Employee, employee_id, "employee", expected_version)
    if not employee.active:
        raise errors.NotEmployedError(_("Den ansatte har sluttet. Ingenting er endret."))
    return employee


def _refuse_to_lose_the_last(employee: Employee) -> None:
    administrators = Employee.objects.filter(is_admin=True, active=True).values_list("id", flat=True)
    if not rules.keeps_an_administrator(administrators, employee.id):
        raise LastAdministratorError(
            _(
                "%(name)s er klinikkens eneste administrator. Ingenting er endret. "
                "Gjør først en annen til administrator."
            )
            % {"name": employee.name}
        )


def _save(employee: Employee) -> None:
    employee.version += 1
    with refusing_taken(employee_hpr_once=errors.HprNumberTakenError):
        employee.save()
    forget_members()


def _set_her_id(employee: Employee, her_id: str) -> None:
    """The HER-id by which HelseNorge addresses the employee; only of a GP or a listed substitute (ACT-12, ACT-16)."""
    party = CommunicationParty.objects.select_for_update().filter(employee=employee).first()
    personal = clinic_rules.may_be_personal_party(employee.role)
    if not her_id:
        if party is not None:
            raise errors.NotEligibleError(
                _("HER-id-en kan byttes, men ikke tas bort: pasienter kan ha skrevet til den."), field="her_id"
            )
        return
    if not personal:
        raise errors.NotEligibleError(_("Bare fastleger og vikarer har egen HER-id."), field="her_id")
    if party is None:
        register_party(her_id=her_id, kind=PartyKind.GP, name=employee.name, employee=employee)
        return
    wanted = checked_her_id(her_id)
    if wanted != party.her_id:
        refuse_used_her_id(wanted)
        party.her_id = wanted
    party.name = employee.name
    with refusing_taken(her_id=errors.HerIdTakenError):
        party.save(update_fields=["her_id", "name"])


def _told(employee: Employee) -> dict[str, object]:
    """What the audit log tells of a card: accesses and places, no contact data."""
    return {
        "role": str(employee.held_role_id),
        "department": str(employee.department_id),
        "functions": list(employee.functions),
        "hpr_number": employee.hpr_number,
        "licence_active": employee.licence_active,
        "is_admin": employee.is_admin,
        "sees_clinic_open": employee.sees_clinic_open,
        "sees_clinic_archive": employee.sees_clinic_archive,
        "sees_reports": employee.sees_reports,
        "may_prescribe": employee.may_prescribe,
    }
