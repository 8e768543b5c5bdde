"""Norwegian public holidays and working days (helligdagsfredloven; 1 and 17 May by their own acts)."""

from datetime import date, timedelta
from functools import lru_cache


def easter_sunday(year: int) -> date:
    """Easter Sunday of a Gregorian year (Gauss's algorithm in Butcher's form)."""
    golden, century = year % 19, year // 100
    epact = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon = epact - (epact // 28) * (1 - (epact // 28) * (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    offset = moon - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))


@lru_cache(maxsize=64)
def public_holidays(year: int) -> dict[date, str]:
    """The public holidays of a year with their bokmål names, in no particular order."""
    easter = easter_sunday(year)
    moving = {
        -3: "Skjærtorsdag",
        -2: "Langfredag",
        0: "1. påskedag",
        1: "2. påskedag",
        39: "Kristi himmelfartsdag",
        49: "1. pinsedag",
        50: "2. pinsedag",
    }
    fixed = {
        (1, 1): "1. nyttårsdag",
        (5, 1): "Arbeidernes dag",
        (5, 17): "Grunnlovsdagen",
        (12, 25): "1. juledag",
        (12, 26): "2. juledag",
    }
    days = {easter + timedelta(days=days): name for days, name in moving.items()}
    return days | {date(year, month, day): name for (month, day), name in fixed.items()}


def is_working_day(day: date) -> bool:
    """Monday to Friday and no public holiday."""
    return day.isoweekday() <= 5 and day not in public_holidays(day.year)  # noqa: PLR2004 - Friday


def add_working_days(day: date, count: int) -> date:
    """The date `count` working days after `day` (the day itself does not count)."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative when `end` lies before `start`."""
    if end < start:
        return -working_days_between(end, start)
    days = (start + timedelta(days=n + 1) for n in range((end - start).days))
    return sum(is_working_day(day) for day in days)
