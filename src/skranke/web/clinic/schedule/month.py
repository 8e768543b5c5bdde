"""The mini-calendar with the capacity of each day (CAL-14)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from skranke.kernel import clock
from skranke.kernel.holidays import public_holidays
from skranke.scheduling.screens import Capacity, capacity
from skranke.web.clinic.schedule.place import Place

_CLASSES = {"many": "hi", "some": "mid", "none": "no"}
_SUNDAY = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthDay:
    """One day. text: what its colour says, for those who do not see it."""

    date: date
    url: str
    css: str
    text: str
    chosen: bool
    today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """Whole weeks that hold a month, each with its ISO number."""

    first: date
    previous_url: str
    next_url: str
    weeks: tuple[tuple[int, tuple[MonthDay, ...]], ...]


def month_of(place: Place) -> Month | None:
    """The month beside the grid; None where the clinic has no schedule."""
    if not place.shown:
        return None
    begin = place.month - timedelta(days=place.month.weekday())
    last = (place.month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    days = [begin + timedelta(days=number) for number in range((last - begin).days // 7 * 7 + 7)]
    left = capacity(place.shown, days[0], days[-1])
    drawn = [_day(day, place, left) for day in days]
    return Month(
        first=place.month,
        previous_url=place.url(mnd=f"{place.month - timedelta(days=1):%Y-%m}"),
        next_url=place.url(mnd=f"{last + timedelta(days=1):%Y-%m}"),
        weeks=tuple((drawn[at].date.isocalendar().week, tuple(drawn[at : at + 7])) for at in range(0, len(drawn), 7)),
    )


def _day(day: date, place: Place, left: Mapping[date, Capacity]) -> MonthDay:
    level = left[day].level if day in left else ""
    red = day.isoweekday() == _SUNDAY or day in public_holidays(day.year)
    words = {"many": _("mange ledige"), "some": _("noen ledige"), "none": _("ingen ledige"), "": _("ikke satt opp")}
    marks = (_CLASSES.get(level, ""), "red" if red else "", "off" if day.month != place.month.month else "")
    return MonthDay(
        date=day,
        url=place.at(day).url(),
        css=" ".join(mark for mark in marks if mark),
        text=words[level],
        chosen=day == place.day,
        today=day == clock.today(),
    )
