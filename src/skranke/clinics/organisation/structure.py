"""Departments and roles (ORG-1, ORG-2)."""

from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.access import require
from skranke.clinics.models import Department, EmployeeRole, Role
from skranke.clinics.organisation import rules
from skranke.clinics.organisation.errors import InUseError
from skranke.clinics.organisation.locking import locked
from skranke.clinics.organisation.memory import forget_members
from skranke.clinics.organisation.naming import unique_name
from skranke.clinics.permissions import Permission
from skranke.kernel.errors import InvalidError
from skranke.tenancy.work import current_actor


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFacts:
    """What an administrator says of a role; an empty name is that of the position type."""

    department: Department
    name: str = ""
    specialisation: str = ""
    functions: tuple[str, ...] = ()
    accesses: tuple[str, ...] = ()


def add_department(name: str) -> Department:
    """A new department. Raises NotAllowedError, NameTakenError."""
    require(current_actor(), Permission.MANAGE_STAFF)
    department = Department(clinic_id=current_actor().clinic_id, name=name)
    with unique_name(_("En avdeling heter alt dette. Ingenting er lagret. Velg et annet navn.")):
        department.save(force_insert=True)
    record(Action.DEPARTMENT_CHANGED, subject_kind="department", subject_id=department.id, detail={"name": name})
    return department


def rename_department(department_id: UUID, name: str, *, expected_version: int) -> Department:
    """Another name. Raises NotAllowedError, NotFoundError, ChangedError, NameTakenError."""
    require(current_actor(), Permission.MANAGE_STAFF)
    department = locked(Department, department_id, "department", expected_version)
    department.name, department.version = name, department.version + 1
    with unique_name(_("En avdeling heter alt dette. Ingenting er lagret. Velg et annet navn.")):
        department.save()
    record(Action.DEPARTMENT_CHANGED, subject_kind="department", subject_id=department.id, detail={"name": name})
    return department


def remove_department(department_id: UUID) -> None:
    """Take away a department that nobody is in. Raises NotAllowedError, NotFoundError, InUseError."""
    require(current_actor(), Permission.MANAGE_STAFF)
    department = locked(Department, department_id, "department", None)
    others = Department.objects.exclude(id=department_id).select_for_update().order_by("id")
    if not others:
        raise InUseError(_("Klinikken må ha minst én avdeling. Ingenting er endret."))
    _remove(
        department, _("Avdelingen har roller, ansatte, grupper eller timebøker. Ingenting er endret. Flytt dem først.")
    )
    record(Action.DEPARTMENT_REMOVED, subject_kind="department", subject_id=department_id)


def add_role(position_type: EmployeeRole | str, facts: RoleFacts) -> Role:
    """A new template of accesses. Raises NotAllowedError, InvalidError, NameTakenError."""
    require(current_actor(), Permission.MANAGE_STAFF)
    role = Role(clinic_id=current_actor().clinic_id, position_type=EmployeeRole(position_type))
    return _write(role, facts)


def change_role(role_id: UUID, facts: RoleFacts, *, expected_version: int) -> Role:
    """Change a role. The accesses of positions it has given already stay (ORG-2: a new position inherits them).

    Raises NotAllowedError, NotFoundError, ChangedError, InvalidError, NameTakenError.
    """
    require(current_actor(), Permission.MANAGE_STAFF)
    role = locked(Role, role_id, "role", expected_version)
    role.version += 1
    return _write(role, facts)


def remove_role(role_id: UUID) -> None:
    """Take away a role that nobody holds and nothing names. Raises NotAllowedError, NotFoundError, InUseError."""
    require(current_actor(), Permission.MANAGE_STAFF)
    role = locked(Role, role_id, "role", None)
    _remove(role, _("Rollen er i bruk: noen har hatt den, eller en gruppe nevner den. Ingenting er endret."))
    forget_members()
    record(Action.ROLE_REMOVED, subject_kind="role", subject_id=role_id)


def _write(role: Role, facts: RoleFacts) -> Role:
    if facts.specialisation and not rules.has_specialisation(role.position_type):
        raise InvalidError(_("Bare leger har spesialisering."), field="specialisation")
    role.department, role.name, role.specialisation = facts.department, facts.name, facts.specialisation
    role.functions, role.accesses = sorted(facts.functions), sorted(facts.accesses)
    with unique_name(_("En rolle av samme type heter alt dette i avdelingen. Ingenting er lagret. Gi den et navn.")):
        role.save()
    forget_members()
    detail = {"position_type": role.position_type, "functions": role.functions, "accesses": role.accesses}
    record(Action.ROLE_CHANGED, subject_kind="role", subject_id=role.id, detail=detail)
    return role


def _remove(row: models.Model, refusal: str) -> None:
    try:
        row.delete()
    except ProtectedError:
        raise InUseError(refusal) from None
