"""Time in use, put in order: the places of groups apart, the rest merged. Pure functions over facts."""

from collections.abc import Iterable
from uuid import UUID

from skranke.scheduling.values import Busy, Seconds, SlotFacts


def apart(slots: Iterable[SlotFacts], busy: Iterable[Busy]) -> tuple[dict[UUID, list[UUID | None]], Iterable[Busy]]:
    """Whose the taken places are in each group among the slots, and all other time in use (TYP-6)."""
    groups: dict[UUID, list[UUID | None]] = {slot.id: [] for slot in slots if slot.capacity > 1}
    if not groups:
        return groups, busy
    others = []
    for one in busy:
        seats = groups.get(one.slot_id) if one.slot_id is not None else None
        if seats is None:
            others.append(one)
        else:
            seats.append(one.patient_id)
    return groups, others


def stretches(busy: Iterable[Busy]) -> dict[UUID, list[tuple[Seconds, Seconds]]]:
    """Time in use, merged into stretches that do not overlap, by schedule."""
    merged: dict[UUID, list[tuple[Seconds, Seconds]]] = {}
    current, own = -1, []
    for schedule_id, starts, ends, _slot, _patient in busy:
        if schedule_id.int != current:
            current, own = schedule_id.int, merged.setdefault(schedule_id, [])
        if own and starts <= own[-1][1]:
            own[-1] = (own[-1][0], max(ends, own[-1][1]))
        else:
            own.append((starts, ends))
    return merged
