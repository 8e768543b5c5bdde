"""Who acts. Every unit of work is done by an Actor; audit, journal and access rules ask it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """The kinds of actor the audit log tells apart."""

    EMPLOYEE = "employee"
    PATIENT = "patient"
    SYSTEM = "system"
    OPERATOR = "operator"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One acting person or program in one clinic.

    clinic_id: the clinic the work is done in (row-level security follows it).
    person_id: the employee's or patient's id, of a program its token's; None for the system itself.
    name: what a person reads in a log of theirs; never written to technical logs.
    relation_id: the relation by which somebody acts for the patient whose id person_id is; name and role are then that
    person's (PAT-21).
    is_admin: clinic administrator (ORG-4).
    scopes: what an API token may do; None means everything the person may.
    """

    kind: ActorKind
    clinic_id: UUID
    person_id: UUID | None = None
    name: str = ""
    role: str = ""
    relation_id: UUID | None = None
    is_admin: bool = False
    scopes: frozenset[str] | None = None


def system(clinic_id: UUID, name: str = "Skranke") -> Actor:
    """The program itself at work for one clinic."""
    return Actor(kind=ActorKind.SYSTEM, clinic_id=clinic_id, name=name, role="system")
