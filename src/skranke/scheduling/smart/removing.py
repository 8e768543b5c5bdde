"""Smart slots that go with the free slots of a period, and come back with them (PLN-10, PLN-13)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from skranke.kernel import clock
from skranke.scheduling.models import Schedule
from skranke.scheduling.smart.models import SmartSlot
from skranke.scheduling.values import Within


def remove_touching(schedule: Schedule, start: datetime, end: datetime, within: Within) -> list[UUID]:
    """Take away the smart slots that touch [start, end), whole, as `remove_slots` does with free slots; their ids.

    The schedule is held by whoever calls, and the calendars are told there.
    """
    rows = SmartSlot.objects.filter(schedule=schedule, removed=False, starts__lt=end, ends__gt=start)
    gone = [identity for identity, at in rows.values_list("id", "starts") if within.holds(clock.oslo(at))]
    SmartSlot.objects.filter(id__in=gone).update(removed=True)
    return gone


def restore_among(schedule: Schedule, ids: Iterable[UUID]) -> int:
    """Bring back those of them that are removed smart slots, but where another one is by now; how many."""
    back = 0
    for slot in SmartSlot.objects.filter(schedule=schedule, id__in=list(ids), removed=True):
        if not others_at(schedule, slot.during.lower, slot.during.upper).exists():
            back += SmartSlot.objects.filter(id=slot.id).update(removed=False)
    return back


def others_at(schedule: Schedule, start: datetime, end: datetime) -> QuerySet[SmartSlot]:
    """The smart slots of a schedule that stand in [start, end)."""
    return SmartSlot.objects.filter(schedule=schedule, removed=False, starts__lt=end, ends__gt=start)
