"""What an audit row says when the caller does not say more, and what is out of the ordinary in the log (NFR-1)."""

from datetime import datetime
from enum import StrEnum

from skranke.audit.actions import Purpose
from skranke.kernel import clock
from skranke.kernel.actor import ActorKind
from skranke.kernel.holidays import is_working_day

OPENS, CLOSES = 7, 18

_PURPOSES = {
    ActorKind.EMPLOYEE: Purpose.CARE,
    ActorKind.PATIENT: Purpose.OWN_ACCESS,
    ActorKind.SYSTEM: Purpose.EXCHANGE,
    ActorKind.OPERATOR: Purpose.OPERATION,
    ActorKind.PROGRAM: Purpose.CARE,
}


def default_purpose(kind: ActorKind) -> Purpose:
    """The ordinary reason of this kind of actor."""
    return _PURPOSES[kind]


class Unusual(StrEnum):
    """Why a look at a patient's data deserves a second look (NFR-1)."""

    COLLEAGUE = "colleague"
    NO_RELATION = "no_relation"
    OUTSIDE_HOURS = "outside_hours"


def unusual(first: datetime, last: datetime, *, related: bool, colleague: bool) -> tuple[Unusual, ...]:
    """What is out of the ordinary in looking at a patient from first to last; the gravest first (NFR-1).

    related: the employee is the patient's GP or has done something for the patient, or the patient has business with
    the clinic at that time. colleague: the patient works at the clinic.
    """
    found = {
        Unusual.COLLEAGUE: colleague,
        Unusual.NO_RELATION: not related,
        Unusual.OUTSIDE_HOURS: is_outside_hours(first) or is_outside_hours(last),
    }
    return tuple(reason for reason, holds in found.items() if holds)


def is_outside_hours(at: datetime) -> bool:
    """Whether hardly any clinic is open: before seven, from six in the evening, at weekends and on holidays (NFR-1)."""
    wall = clock.oslo(at)
    return not OPENS <= wall.hour < CLOSES or not is_working_day(wall.date())
