"""Fetching the clinic's people and parties for an actor: absent and forbidden look the same."""

from uuid import UUID

from django.utils.translation import gettext as _

from skranke.clinics import rules
from skranke.clinics.errors import NotAllowedError
from skranke.clinics.models import CommunicationParty, Employee
from skranke.clinics.permissions import Permission
from skranke.kernel.actor import Actor
from skranke.kernel.errors import NotFoundError


def get_employee_for(actor: Actor, employee_id: UUID) -> Employee:
    """An active employee of the actor's clinic. Raises NotFoundError."""
    employee = Employee.objects.filter(id=employee_id, clinic_id=actor.clinic_id, active=True).first()
    if employee is None:
        raise NotFoundError("The employee does not exist.")
    return employee


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
