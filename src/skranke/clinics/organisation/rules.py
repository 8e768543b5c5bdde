"""Pure rules of the organisation: what a position does by default, and who is in which group."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from skranke.clinics.choices import ReceiverFormat
from skranke.clinics.models import Access, EmployeeRole, Service, StaffFunction

RECEPTION_GROUP = "Resepsjon"
PATIENT_ID = "{patient_id}"
# What may stand in an address (RFC 3986) and the braces of our placeholder; no quotes, backslashes or spaces.
_ADDRESS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%{}]{1,500}", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?", re.ASCII)
_DOCTORS = frozenset({EmployeeRole.GP, EmployeeRole.SUBSTITUTE, EmployeeRole.INTERN})
_FUNCTIONS: dict[EmployeeRole, tuple[StaffFunction, ...]] = {
    EmployeeRole.NURSE: (StaffFunction.LABORATORY, StaffFunction.TELEPHONE),
    EmployeeRole.SECRETARY: (StaffFunction.RECEPTION, StaffFunction.TELEPHONE, StaffFunction.MESSAGES),
    EmployeeRole.LAB: (StaffFunction.LABORATORY,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What decides which dynamic groups an employee is in: functions without those logged out of for now."""

    position_type: str
    functions: frozenset[str]
    role_id: UUID
    department_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """Whom a dynamic group has; what is left empty is not asked. department_id: of the owner, None for the clinic."""

    position_types: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    role_ids: frozenset[UUID] = frozenset()
    department_id: UUID | None = None


def standard_functions(position_type: str) -> list[str]:
    """What a position of this type does until an administrator says otherwise (ORG-2)."""
    doctors = (StaffFunction.MESSAGES, StaffFunction.PRESCRIPTIONS)
    return sorted(doctors if position_type in _DOCTORS else _FUNCTIONS[EmployeeRole(position_type)])


def standard_accesses(position_type: str) -> list[str]:
    """What a position of this type is given until an administrator says otherwise: doctors prescribe (ORG-2, RX-9)."""
    return [Access.PRESCRIBE.value] if position_type in _DOCTORS else []


def can_prescribe(*, given: bool, licence_active: bool) -> bool:
    """Only who has been given the right and has an active licence issues prescriptions (RX-9)."""
    return given and licence_active


def is_window_address(text: str) -> bool:
    """Whether an address may open the record system's window for a patient's prescriptions (RX-9).

    https and a host, with no user or password in it; the patient as `{patient_id}` after the host, and no other
    placeholder: nothing else of the patient ever stands in an address.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or port == 0 or not _ADDRESS.fullmatch(text) or not _HOST.fullmatch(parts.netloc):
        return False
    left = text.replace(PATIENT_ID, "")
    return PATIENT_ID in text.partition(parts.netloc)[2] and not {"{", "}"} & set(left)


def has_specialisation(position_type: str) -> bool:
    """Doctors may have a specialisation; no other position type has one (ORG-2)."""
    return position_type in _DOCTORS


def has_criteria(criteria: Criteria) -> bool:
    """A dynamic group asks for something: else everybody would be in it (ORG-8)."""
    return bool(criteria.position_types or criteria.functions or criteria.role_ids)


def matches(criteria: Criteria, place: Place) -> bool:
    """ORG-8: of one of the position types, with one of the functions, in one of the roles, as far as each is asked."""
    return (
        has_criteria(criteria)
        and criteria.department_id in {None, place.department_id}
        and (not criteria.position_types or place.position_type in criteria.position_types)
        and (not criteria.functions or bool(criteria.functions & place.functions))
        and (not criteria.role_ids or place.role_id in criteria.role_ids)
    )


def inherited(accesses: Collection[str]) -> dict[str, bool]:
    """The fields of an employee that a role's accesses set on a new position (ORG-2)."""
    return {
        "is_admin": Access.ADMINISTRATOR in accesses,
        "sees_clinic_open": Access.CLINIC_OPEN in accesses,
        "sees_clinic_archive": Access.CLINIC_ARCHIVE in accesses,
        "sees_reports": Access.REPORTS in accesses,
        "may_prescribe": Access.PRESCRIBE in accesses,
    }


def keeps_an_administrator(administrators: Iterable[UUID], leaving: UUID) -> bool:
    """ORG-4: somebody must be left who may give and take accesses."""
    return any(one != leaving for one in administrators)


def standard_format(kind: str) -> ReceiverFormat:
    """RCV-9: an e-consultation goes to the patient's practitioner, all else to fixed recipients: the whole clinic."""
    return ReceiverFormat.PRACTITIONER if kind == Service.E_CONSULTATION else ReceiverFormat.FIXED


def takes_recipients(wanted: str) -> bool:
    """Whether the clinic chooses recipients; in the format "patient's practitioner" there are none (RCV-5 to RCV-7)."""
    return wanted != ReceiverFormat.PRACTITIONER


def takes_practitioner(wanted: str) -> bool:
    """Whether the patient's practitioner gets the message, alone or beside others (RCV-5, RCV-7)."""
    return wanted != ReceiverFormat.FIXED


def has_somebody(wanted: str, recipients: Collection[object]) -> bool:
    """RCV-10: a format with recipients needs one."""
    return bool(recipients) or not takes_recipients(wanted)
