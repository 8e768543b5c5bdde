"""Whether a slot has a place for one more patient: an ordinary one while its time is free, a group as long as (TYP-6).

The caller who books asks under the lock of the slot's days; the database refuses one place too many, and a patient a
second time in one group.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from skranke.scheduling import rules
from skranke.scheduling.facts import busy_times, time_in_use
from skranke.scheduling.models import Slot
from skranke.scheduling.values import Refusal


def no_place_in(
    slot: Slot, now: datetime, patient_id: UUID | None = None, *, without: Collection[UUID] = ()
) -> tuple[Refusal | None, bool]:
    """Why the slot has no place for the patient, and whether an expired hold may lie there and must go first.

    TAKEN: its time is used, of a group by anything else or by all its places. IN_GROUP: the patient has one already.
    without: sources that do not count, such as the appointment that is about to move.
    """
    start, end = slot.during.lower, slot.during.upper
    if slot.capacity > 1:
        busy = busy_times([slot.schedule_id], start, end, now, without=without)
        if any(one.slot_id != slot.id for one in busy):
            return Refusal.TAKEN, True
        return rules.no_place(slot.capacity, [one.patient_id for one in busy], patient_id), True
    if without:
        used, expired = bool(busy_times([slot.schedule_id], start, end, now, without=without)), True
    else:
        used, expired = time_in_use(slot.schedule_id, start, end, now)
    return Refusal.TAKEN if used else None, expired


def taken(slot: Slot, now: datetime) -> int:
    """How many places of a group are, by patients or by a hold (TYP-6)."""
    busy = busy_times([slot.schedule_id], slot.during.lower, slot.during.upper, now)
    return sum(one.slot_id == slot.id for one in busy)


def is_free(slot: Slot, now: datetime) -> bool:
    """Somebody can still have it."""
    return no_place_in(slot, now)[0] is None
