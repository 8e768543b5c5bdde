"""The locks of scheduling, in one order: patient, schedule, day (architecture.md, "A booking").

A booking shares its schedule and has its day alone, so bookings of different days never wait for each other. A plan
or a removal has the whole schedule alone. The exclusion constraint is the second wall.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from skranke.kernel import clock

_SHARED = "pg_advisory_xact_lock_shared(%s)"
_ALONE = "pg_advisory_xact_lock(%s)"


class Stretch(NamedTuple):
    """A half-open time in one schedule."""

    schedule_id: UUID
    start: datetime
    end: datetime


def lock_for_booking(patient_id: UUID, *stretches: Stretch) -> None:
    """Hold the patient, then the days that the stretches touch, until the unit of work ends."""
    lock_for_several([patient_id], stretches)


def lock_for_several(patient_ids: Iterable[UUID], stretches: Sequence[Stretch]) -> None:
    """As `lock_for_booking`, for several patients in one order: two who do so at once never wait for each other."""
    patients = sorted({_key("patient", identity) for identity in patient_ids})
    schedules = sorted({_key("schedule", stretch.schedule_id) for stretch in stretches})
    days = sorted({_key("day", s.schedule_id, day) for s in stretches for day in _days(s.start, s.end)})
    # One statement whose columns PostgreSQL computes from left to right: one round trip, also where it is prepared.
    steps = [*((_ALONE, key) for key in patients), *((_SHARED, key) for key in schedules)]
    steps += [(_ALONE, key) for key in days]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(lock for lock, _ in steps)}", [key for _, key in steps])


def lock_schedule(schedule_id: UUID) -> None:
    """Hold a whole schedule until the unit of work ends: no booking in it meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_ALONE}", [_key("schedule", schedule_id)])


def _days(start: datetime, end: datetime) -> Iterable[date]:
    day, last = clock.oslo(start).date(), clock.oslo(end - timedelta(microseconds=1)).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _key(*parts: object) -> int:
    text = "skranke " + " ".join(map(str, parts))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), signed=True)
