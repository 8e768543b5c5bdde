"""Who at a clinic can be addressed in HelseNorge, and what a number must look like."""

import re
from collections.abc import Collection

from skranke.clinics.models import EmployeeRole, PartyKind, Service
from skranke.clinics.permissions import HOLDERS, Holder, Permission
from skranke.kernel.actor import Actor, ActorKind

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}", re.ASCII)
_ORGANISATION_NUMBER = re.compile(r"[0-9]{9}", re.ASCII)


def may(actor: Actor, permission: Permission, *, owns: bool = False, granted: bool = False) -> bool:
    """The permission matrix (ORG-4, ORG-5, ORG-11), for every page and verb.

    owns: the thing belongs to the actor (a timebok, a type, a template). granted: an administrator has given the actor
    this access on the employee card. Skranke itself may everything, a program with its own token what everybody may, a
    patient nothing of this.
    """
    if actor.kind == ActorKind.SYSTEM:
        return True
    holders = HOLDERS[permission]
    if actor.kind == ActorKind.OPERATOR:
        return Holder.OPERATOR in holders
    if actor.kind == ActorKind.PROGRAM:
        return Holder.EVERYBODY in holders
    if actor.kind != ActorKind.EMPLOYEE:
        return False
    is_held = {
        Holder.EVERYBODY: True,
        Holder.OWNER: owns,
        Holder.GRANTED: granted,
        Holder.ADMINISTRATOR: actor.is_admin,
        Holder.OPERATOR: False,
    }
    return any(is_held[holder] for holder in holders)


def may_be_personal_party(role: str) -> bool:
    """A GP, or a substitute whom Fastlegeregisteret lists, is a personal party (ACT-12)."""
    return role in {EmployeeRole.GP, EmployeeRole.SUBSTITUTE}


def may_offer_services(role: str) -> bool:
    """Only a GP with a patient list can be enabled for the services (ACT-4)."""
    return role == EmployeeRole.GP


def may_take_cancellations(*, tells_of_appointments: bool) -> bool:
    """Cancellation without booking is on only where AVTALEUTSENDING is (HNB-13, DDFL-AA-04; HITS 1217 3.7)."""
    return tells_of_appointments


def services_here(services: Collection[str], *, kind: str, role: str, tells_of_appointments: bool) -> list[str]:
    """Of the services that the register has on, those that the party can offer here (ACT-4, ACT-9)."""
    if kind == PartyKind.GP and not may_offer_services(role):
        return []
    able = may_take_cancellations(tells_of_appointments=tells_of_appointments)
    return sorted(one for one in services if able or one != Service.APPOINTMENT_CANCELLATION)


def is_slug(text: str) -> bool:
    """Up to 60 small ASCII letters, digits and hyphens: it stands in addresses (`/k/<slug>/`)."""
    return _SLUG.fullmatch(text) is not None


def is_organisation_number(text: str) -> bool:
    """Nine digits, as Enhetsregisteret writes them."""
    return _ORGANISATION_NUMBER.fullmatch(text) is not None
