"""From a week template to slots: pure functions over Oslo wall time, ISO weeks and holidays."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

from skranke.kernel import clock
from skranke.kernel.holidays import public_holidays
from skranke.scheduling.values import IsoWeek, PlannedSlot, TemplateEntry

MINUTE = 60
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES


def planned_slots(entries: Iterable[TemplateEntry], week: IsoWeek, days_off: Collection[int] = ()) -> list[PlannedSlot]:
    """The slots of one ISO week, by start (PLN-1, PLN-2, PLN-6, PLN-7, CAL-18).

    A wall time that does not exist that night makes no slot, an ambiguous one means the first. A slot lasts its
    minutes of real time; on a clock-change night one that would run into its neighbour gives way.
    """
    wanted: list[PlannedSlot] = []
    for entry in sorted(entries, key=lambda one: (one.weekday, one.start)):
        day = week.monday + timedelta(days=entry.weekday - 1)
        if entry.weekday in days_off or is_red(day):
            continue
        start = clock.from_oslo(datetime.combine(day, entry.start))
        if start is None:
            continue
        starts = int(start.timestamp())
        if not wanted or wanted[-1].ends <= starts:
            wanted.append(PlannedSlot(starts, starts + entry.minutes * MINUTE, entry.type_id))
    return wanted


def entries_between(
    weekdays: Iterable[int], start: time, end: time | None, minutes: int, type_id: UUID
) -> list[TemplateEntry]:
    """Times of one length, one after the other, on each of the days, as many as fit before the end.

    end: None for one time a day; midnight is the end of the day.
    """
    first = start.hour * 60 + start.minute
    last = first + minutes if end is None else (end.hour * 60 + end.minute or DAY_MINUTES)
    if minutes < 1:
        return []
    return [
        TemplateEntry(weekday=weekday, start=time(*divmod(at, 60)), minutes=minutes, type_id=type_id)
        for weekday in sorted(set(weekdays))
        for at in range(first, last - minutes + 1, minutes)
        if at < DAY_MINUTES
    ]


def is_red(day: date) -> bool:
    """PLN-7: a public holiday makes no slots."""
    return day in public_holidays(day.year)


def overlap_in_week(entries: Sequence[TemplateEntry]) -> tuple[TemplateEntry, TemplateEntry] | None:
    """CAL-8: two entries of a template that overlap, Sunday night running into Monday included; None when fine."""
    placed = sorted(entries, key=_minute_of_week)
    for one, other in pairwise(placed):
        if _minute_of_week(one) + one.minutes > _minute_of_week(other):
            return one, other
    if placed and _minute_of_week(placed[-1]) + placed[-1].minutes > _minute_of_week(placed[0]) + WEEK_MINUTES:
        return placed[-1], placed[0]
    return None


def _minute_of_week(entry: TemplateEntry) -> int:
    return (entry.weekday - 1) * DAY_MINUTES + entry.start.hour * 60 + entry.start.minute
