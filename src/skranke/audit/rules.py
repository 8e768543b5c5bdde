"""What an audit row says when the caller does not say more, and what is out of the ordinary in the log (NFR-1)."""

from collections.abc import Mapping
from datetime import datetime, time
from enum import StrEnum

from skranke.audit.actions import Purpose
from skranke.kernel import clock
from skranke.kernel.actor import ActorKind
from skranke.kernel.holidays import public_holidays

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


def unusual(
    first: datetime, last: datetime, *, related: bool, colleague: bool, hours: Mapping[int, tuple[time, time]]
) -> tuple[Unusual, ...]:
    """What is out of the ordinary in looking at a patient from first to last; the gravest first (NFR-1).

    related: the employee is the patient's GP or has done something for the patient, or the patient has business with
    the clinic at that time. colleague: the patient works at the clinic. hours: as for `is_outside_hours`.
    """
    found = {
        Unusual.COLLEAGUE: colleague,
        Unusual.NO_RELATION: not related,
        Unusual.OUTSIDE_HOURS: is_outside_hours(first, hours) or is_outside_hours(last, hours),
    }
    return tuple(reason for reason, holds in found.items() if holds)


def is_outside_hours(at: datetime, hours: Mapping[int, tuple[time, time]]) -> bool:
    """Whether the clinic is closed (NFR-1). hours: from when until when by ISO weekday; it is closed on holidays."""
    wall = clock.oslo(at)
    opens, closes = hours.get(wall.isoweekday(), (time.max, time.min))
    return not opens <= wall.time() < closes or wall.date() in public_holidays(wall.year)
