"""Dates and times as people say them, in bokmål, nynorsk and English, always as wall time in Oslo.

Instants must carry a zone; a naive one is refused, since nobody can tell what it means.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from babel.dates import format_date as babel_date
from django.utils.translation import get_language, gettext, gettext_noop, ngettext

from skranke.kernel import clock
from skranke.kernel.holidays import public_holidays
from skranke.kernel.ids import age_on
from skranke.ui.i18n import kept_gettext

_LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}
_PATTERNS = {
    "middels": {"nb": "EEE d. MMM", "nn": "EEE d. MMM", "en": "EEE d MMM"},
    "lang": {"nb": "EEEE d. MMMM", "nn": "EEEE d. MMMM", "en": "EEEE d MMMM"},
    "dag": {"nb": "d. MMMM", "nn": "d. MMMM", "en": "d MMMM"},
    "ukedag": {"nb": "EEEE", "nn": "EEEE", "en": "EEEE"},
    "maned": {"nb": "MMMM y", "nn": "MMMM y", "en": "MMMM y"},
    "kort": {"nb": "dd.MM.y", "nn": "dd.MM.y", "en": "dd/MM/y"},
    "iso": {"nb": "y-MM-dd", "nn": "y-MM-dd", "en": "y-MM-dd"},
}
_WITHOUT_YEAR = {"middels", "lang", "dag"}
# As `kernel.holidays` names them; here so that they are translated.
HOLIDAYS = (
    gettext_noop("1. nyttårsdag"),
    gettext_noop("Skjærtorsdag"),
    gettext_noop("Langfredag"),
    gettext_noop("1. påskedag"),
    gettext_noop("2. påskedag"),
    gettext_noop("Arbeidernes dag"),
    gettext_noop("Grunnlovsdagen"),
    gettext_noop("Kristi himmelfartsdag"),
    gettext_noop("1. pinsedag"),
    gettext_noop("2. pinsedag"),
    gettext_noop("1. juledag"),
    gettext_noop("2. juledag"),
)
_MOMENT = gettext_noop("%(dato)s kl. %(tid)s")
_CLOCK = {"nb": "%H.%M", "nn": "%H.%M", "en": "%H:%M"}


def format_date(value: date, style: str = "middels") -> str:
    """A date, or the Oslo date of an instant.

    Styles: middels "ons. 3. mars", lang "onsdag 3. mars", dag "3. mars" (the year follows when it is not this one),
    ukedag "onsdag", maned "mars 2027", kort "03.03.2027", iso "2027-03-03".
    """
    return _date_text(_day(value), style, _language())


def format_time(value: datetime) -> str:
    """The time on the wall: "10.42", in English "10:42"."""
    return _wall(value).strftime(_CLOCK[_language()])


def format_moment(value: datetime, style: str = "middels") -> str:
    """Date and time: "ons. 3. mars kl. 10.42"; `style` as in `format_date`."""
    wall, language = _wall(value), _language()
    facts = {"dato": _date_text(wall.date(), style, language), "tid": wall.strftime(_CLOCK[language])}
    return kept_gettext(_MOMENT) % facts


def format_relative(value: datetime) -> str:
    """As short as a list allows: "10.42" today, "i går 11.04", "i morgen 08.00", else "ons. 24. feb."."""
    distance = (_day(value) - clock.today()).days
    if distance == 0:
        return format_time(value)
    if distance == -1:
        return gettext("i går %(tid)s") % {"tid": format_time(value)}
    if distance == 1:
        return gettext("i morgen %(tid)s") % {"tid": format_time(value)}
    return format_date(value)


def format_day_name(value: date) -> str:
    """The day, with today and its neighbours by name: "i dag", "i morgen", "i går", else "onsdag 3. mars"."""
    distance = (_day(value) - clock.today()).days
    names = {-1: gettext("i går"), 0: gettext("i dag"), 1: gettext("i morgen")}
    return names.get(distance) or format_date(value, "lang")


def holiday_name(day: date) -> str:
    """The public holiday that a day is, in the reader's language; empty on every other."""
    name = public_holidays(day.year).get(day)
    return gettext(name) if name else ""


def format_age(born: date) -> str:
    """Age today: "38 år"; below two years in months."""
    today = clock.today()
    years = age_on(born, today)
    if years >= 2:  # noqa: PLR2004 - an infant's age is told in months up to two years
        return ngettext("%(antall)s år", "%(antall)s år", years) % {"antall": years}
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    return ngettext("%(antall)s måned", "%(antall)s måneder", months) % {"antall": months}


def format_duration(value: timedelta) -> str:
    """A length of time in words: "20 min", "1 t 30 min", "3 d 4 t"."""
    minutes = int(value.total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return gettext("%(dager)s d %(timer)s t") % {"dager": days, "timer": hours}
    if hours:
        return gettext("%(timer)s t %(minutter)s min") % {"timer": hours, "minutter": rest}
    return gettext("%(minutter)s min") % {"minutter": rest}


def iso_instant(value: datetime) -> str:
    """For `<time datetime="...">`: the instant with Oslo's offset."""
    return _wall(value).isoformat(timespec="seconds")


def _language() -> str:
    code = (get_language() or "nb").split("-")[0]
    return code if code in _LOCALES else "nb"


def _date_text(day: date, style: str, language: str) -> str:
    pattern = _PATTERNS[style][language]
    if style in _WITHOUT_YEAR and day.year != clock.today().year:
        pattern += " y"
    return _written(day, pattern, _LOCALES[language])


@lru_cache(maxsize=4096)
def _written(day: date, pattern: str, locale: str) -> str:
    """As Babel writes it, which is slow; lists say the same days again and again."""
    text: str = babel_date(day, pattern, locale=locale)
    return text


def _wall(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("An instant without a zone cannot be shown.")
    return clock.oslo(value)


def _day(value: date) -> date:
    return _wall(value).date() if isinstance(value, datetime) else value


FILTERS: dict[str, Callable[..., Any]] = {
    "dato": format_date,
    "helligdag": holiday_name,
    "klokkeslett": format_time,
    "tidspunkt": format_moment,
    "relativ_dato": format_relative,
    "dagnavn": format_day_name,
    "alder": format_age,
    "varighet": format_duration,
    "iso": iso_instant,
}
