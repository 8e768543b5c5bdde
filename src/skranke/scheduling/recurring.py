"""Rules that repeat: which days an event falls on. Pure functions over dates and Oslo wall time (PLN-15)."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from skranke.kernel import clock

MOST = 200
MOST_WEEKS = 52
_WEEK = 7


class Recurrence(NamedTuple):
    """Every so many weeks, on these ISO weekdays, until a day (it included) or so many times."""

    every: int
    weekdays: frozenset[int]
    until: date | None = None
    times: int | None = None


class WallSpan(NamedTuple):
    """From a time on a day to a time on that day or some days later, as the clock on the wall shows it."""

    start: time
    end: time
    days: int


def days_of(first: date, rule: Recurrence) -> list[date]:
    """The days the rule falls on, from `first`, in order; at most one more than MOST, so that too many is seen."""
    limit = MOST + 1 if rule.times is None else min(rule.times, MOST + 1)
    days: list[date] = []
    for day in _falling(first, rule):
        if len(days) == limit or (rule.until is not None and day > rule.until):
            break
        days.append(day)
    return days


def _falling(first: date, rule: Recurrence) -> Iterator[date]:
    monday = first.toordinal() - first.weekday()
    while True:
        for weekday in sorted(rule.weekdays):
            ordinal = monday + weekday - 1
            if ordinal > date.max.toordinal():
                return
            if ordinal >= first.toordinal():
                yield date.fromordinal(ordinal)
        monday += rule.every * _WEEK


def instants(day: date, span: WallSpan) -> tuple[datetime, datetime] | None:
    """The span on a day, at the same time on the wall all year; None where one end is an hour the clock skips."""
    try:
        last = day + timedelta(days=span.days)
    except OverflowError:
        return None
    begins = clock.from_oslo(datetime.combine(day, span.start))
    ends = clock.from_oslo(datetime.combine(last, span.end))
    return None if begins is None or ends is None else (begins, ends)
