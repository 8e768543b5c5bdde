"""The rules of what patients may start in our own channel: pure predicates, each with the requirement it serves."""

from collections.abc import Collection
from uuid import UUID

from skranke.clinics.models import Employee, EmployeeRole
from skranke.clinics.organisation.values import Recipient
from skranke.dialog.communication.models import OwnType, RecipientFormat, Senders
from skranke.patients.models import Patient

_DOCTORS = frozenset({EmployeeRole.GP, EmployeeRole.SUBSTITUTE, EmployeeRole.INTERN})


def formats(kind: str) -> tuple[RecipientFormat, ...]:
    """RCV-22, RCV-23: to whom a type may go; an e-konsultasjon to one doctor whom the patient picks."""
    return (RecipientFormat.PEOPLE,) if kind == OwnType.E_CONSULTATION else tuple(RecipientFormat)


def may_be_listed(kind: str, employee: Employee) -> bool:
    """RCV-23: an e-konsultasjon goes to doctors alone; every other type to whoever works here."""
    return employee.active and (kind != OwnType.E_CONSULTATION or employee.role in _DOCTORS)


def fits(wanted: str, recipient: Recipient) -> bool:
    """RCV-22: people are picked one by one; a unit is a group, a role or the whole clinic."""
    return (recipient.employee_id is not None) is (wanted == RecipientFormat.PEOPLE)


def may_start(patient: Patient, senders: str, lists: Collection[UUID], on_lists: Collection[UUID]) -> bool:
    """RCV-21: whether a patient is among those who may start a type; never one whom the clinic has shut out.

    lists: those that open the type; on_lists: those that the patient stands on. Whoever can log in at the clinic is a
    patient there, so that "all" and "all at the clinic" are the same people in the portal.
    """
    if patient.blocked:
        return False
    if senders == Senders.LISTS:
        return not set(lists).isdisjoint(on_lists)
    return senders != Senders.GP_LIST or patient.on_gp_list


def preselected(choices: Collection[UUID], gp_id: UUID | None) -> UUID | None:
    """RCV-23: the patient's GP, when among those who can be picked; the only one, when there is but one."""
    if gp_id in choices:
        return gp_id
    return next(iter(choices)) if len(choices) == 1 else None
