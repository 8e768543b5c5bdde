"""Fetching the clinic's people and parties for an actor: absent and forbidden look the same."""

from uuid import UUID

from django.utils.translation import gettext as _

from skranke.clinics import rules
from skranke.clinics.errors import NotAllowedError
from skranke.clinics.models import CommunicationParty, Department, Employee, Group, Role
from skranke.clinics.organisation.values import Recipient
from skranke.clinics.permissions import Permission
from skranke.kernel.actor import Actor
from skranke.kernel.errors import NotFoundError
from skranke.kernel.ids import uuid_or_none


def get_employee_for(actor: Actor, employee_id: UUID) -> Employee:
    """An active employee of the actor's clinic. Raises NotFoundError."""
    employee = Employee.objects.filter(id=employee_id, clinic_id=actor.clinic_id, active=True).first()
    if employee is None:
        raise NotFoundError("The employee does not exist.")
    return employee


def get_department_for(actor: Actor, department_id: UUID) -> Department:
    """A department of the actor's clinic. Raises NotFoundError."""
    department = Department.objects.filter(id=department_id, clinic_id=actor.clinic_id).first()
    if department is None:
        raise NotFoundError("The department does not exist.")
    return department


def get_role_for(actor: Actor, role_id: UUID) -> Role:
    """A role of the actor's clinic, with its department. Raises NotFoundError."""
    role = Role.objects.filter(id=role_id, clinic_id=actor.clinic_id).select_related("department").first()
    if role is None:
        raise NotFoundError("The role does not exist.")
    return role


def get_group_for(actor: Actor, group_id: UUID) -> Group:
    """A group of the actor's clinic that is in use. Raises NotFoundError."""
    group = Group.objects.filter(id=group_id, clinic_id=actor.clinic_id, active=True).first()
    if group is None:
        raise NotFoundError("The group does not exist.")
    return group


def get_receiver_for(actor: Actor, receiver: Recipient) -> Employee | Group | Role | None:
    """The position, group or role that is meant; None for the whole clinic. Raises NotFoundError."""
    if receiver.employee_id is not None:
        return get_employee_for(actor, receiver.employee_id)
    if receiver.group_id is not None:
        return get_group_for(actor, receiver.group_id)
    return get_role_for(actor, receiver.role_id) if receiver.role_id is not None else None


def get_member_for(actor: Actor, value: str) -> Employee | Group | Role | None:
    """As `get_receiver_for`, from "kind:id" or "clinic", and also of those who are not active any more."""
    kind, _colon, text = value.partition(":")
    if kind == "clinic":
        return None
    wanted = uuid_or_none(text)
    own = {"id": wanted, "clinic_id": actor.clinic_id}
    found: Employee | Group | Role | None = None
    if wanted is not None and kind == "employee":
        found = Employee.objects.filter(**own).first()
    elif wanted is not None and kind == "group":
        found = Group.objects.filter(**own).first()
    elif wanted is not None and kind == "role":
        found = Role.objects.filter(**own).first()
    if found is None:
        raise NotFoundError("There is nobody of that name.")
    return found


def get_party_for(actor: Actor, party_id: UUID) -> CommunicationParty:
    """An active party of the actor's clinic, with its employee. Raises NotFoundError."""
    found = CommunicationParty.objects.filter(id=party_id, clinic_id=actor.clinic_id, active=True)
    party = found.select_related("employee").first()
    if party is None:
        raise NotFoundError("The party does not exist.")
    return party


def require(actor: Actor, permission: Permission, *, owns: bool = False, granted: bool = False) -> None:
    """Stop who may not do this: `rules.may`. Raises NotAllowedError."""
    if not rules.may(actor, permission, owns=owns, granted=granted):
        raise NotAllowedError(
            _("Dette kan bare en klinikkadministrator gjøre. Ingenting er endret. Spør en administrator på klinikken.")
        )
