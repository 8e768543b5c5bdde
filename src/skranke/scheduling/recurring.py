"""Rules that repeat: which days something falls on. Pure functions over dates and Oslo wall time (PLN-15)."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from skranke.kernel import clock

MOST = 200
MOST_WEEKS = 52
MOST_DAYS = 366
_WEEK = 7


class Unit(StrEnum):
    """What the interval of a rule is counted in."""

    WEEKS = "weeks"
    DAYS = "days"


class Recurrence(NamedTuple):
    """Every so many weeks or days, on these ISO weekdays, until a day (it included) or so many times."""

    every: int
    weekdays: frozenset[int]
    until: date | None = None
    times: int | None = None
    unit: Unit = Unit.WEEKS


class WallSpan(NamedTuple):
    """From a time on a day to a time on that day or some days later, as the clock on the wall shows it."""

    start: time
    end: time
    days: int


def days_of(first: date, rule: Recurrence, *, most: int = MOST) -> list[date]:
    """The days the rule falls on, from `first`, in order; at most one more than `most`, so that too many is seen."""
    limit = most + 1 if rule.times is None else min(rule.times, most + 1)
    days: list[date] = []
    for day in (_by_days if rule.unit is Unit.DAYS else _by_weeks)(first, rule):
        if len(days) == limit or (rule.until is not None and day > rule.until):
            break
        days.append(day)
    return days


def days_with_first(first: date, rule: Recurrence, *, most: int) -> list[date]:
    """As `days_of`, where the first day is one of them whatever its weekday, as it has been chosen already."""
    days = days_of(first, rule, most=most)
    if first not in days:
        days = [first, *days]
    return days[: most + 1 if rule.times is None else min(rule.times, most + 1)]


def _by_weeks(first: date, rule: Recurrence) -> Iterator[date]:
    monday = first.toordinal() - first.weekday()
    while True:
        for weekday in sorted(rule.weekdays):
            ordinal = monday + weekday - 1
            if ordinal > date.max.toordinal():
                return
            if ordinal >= first.toordinal():
                yield date.fromordinal(ordinal)
        monday += rule.every * _WEEK


def _by_days(first: date, rule: Recurrence) -> Iterator[date]:
    ordinals = range(first.toordinal(), date.max.toordinal() + 1, rule.every)
    # After seven steps the weekdays come round again: what has not been met by then never is.
    if not any(date.fromordinal(one).isoweekday() in rule.weekdays for one in ordinals[:_WEEK]):
        return
    yield from (day for day in map(date.fromordinal, ordinals) if day.isoweekday() in rule.weekdays)


def instants(day: date, span: WallSpan) -> tuple[datetime, datetime] | None:
    """The span on a day, at the same time on the wall all year; None where one end is an hour the clock skips."""
    try:
        last = day + timedelta(days=span.days)
    except OverflowError:
        return None
    begins = clock.from_oslo(datetime.combine(day, span.start))
    ends = clock.from_oslo(datetime.combine(last, span.end))
    return None if begins is None or ends is None else (begins, ends)
