"""Which free time fits whom on the waiting list, how it is offered, and for how long: pure functions (REQ-6)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from skranke.kernel import clock
from skranke.scheduling.values import Refusal, SlotFacts

# Closer than this a time is one on short notice, which only those get who have said that it will do.
SHORT_NOTICE = timedelta(hours=48)
# Nobody is held to answer later than this before the time: the patient must get there, or the next one be asked.
LAST_ANSWER = timedelta(hours=2)
# An offer that nobody could answer in time is none.
LEAST_TO_ANSWER = timedelta(hours=1)
# How far ahead times are looked for.
FARTHEST = timedelta(days=366)
MOST_HOURS = 14 * 24
# The clinic gives these times itself: what keeps a patient from booking them keeps nobody from calling.
GIVEN_BY_THE_CLINIC = frozenset({Refusal.TYPE_HIDDEN, Refusal.TYPE_OFFLINE, Refusal.SCHEDULE_OFFLINE})


class Wanted(NamedTuple):
    """What one who waits will take."""

    type_id: UUID
    schedule_id: UUID | None
    earliest: date | None
    latest: date | None
    short_notice: bool


def fits(wanted: Wanted, slot: SlotFacts, now: datetime) -> bool:
    """REQ-6: type, schedule, days and notice are as the entry says."""
    start = datetime.fromtimestamp(slot.starts, UTC)
    day = clock.oslo(start).date()
    return (
        slot.type_id == wanted.type_id
        and wanted.schedule_id in (None, slot.schedule_id)
        and (wanted.earliest is None or day >= wanted.earliest)
        and (wanted.latest is None or day <= wanted.latest)
        and (wanted.short_notice or start >= now + SHORT_NOTICE)
    )


def last_of(wanting: Sequence[Wanted], now: datetime) -> datetime:
    """The instant after which no time fits any of them; a year ahead at most."""
    far = clock.oslo(now + FARTHEST).date()
    last = max(one.latest or far for one in wanting)
    return datetime.combine(min(last, far) + timedelta(days=1), time(), clock.OSLO)


def answer_by(start: datetime, *, hours: int, deadline_hours: int | None, now: datetime) -> datetime | None:
    """REQ-6, BOK-6: until when an offer stands: so many hours, never past what can still be booked.

    None where too little time is left to answer in.
    """
    last = start - max(LAST_ANSWER, timedelta(hours=deadline_hours or 0))
    until = min(now + timedelta(hours=hours), last)
    return until if until >= now + LEAST_TO_ANSWER else None


def must_call(refusal: Refusal | None, *, by_telephone: bool, reachable: bool) -> str:
    """REQ-6, TYP-4: why somebody of the clinic must call; "" where the patient can be told in the portal.

    Nothing about a hidden type, nor of what no patient books, leaves in a message.
    """
    if refusal in GIVEN_BY_THE_CLINIC:
        return str(refusal)
    if by_telephone:
        return str(Refusal.MUST_CALL)
    return "" if reachable else "unreachable"


def is_sensible(hours: int) -> bool:
    """REQ-6: how long an offer may stand."""
    return 1 <= hours <= MOST_HOURS
