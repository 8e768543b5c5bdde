"""Dates as people say them, in three languages, always Oslo."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from skranke.kernel import clock
from skranke.kernel.holidays import public_holidays
from skranke.ui import dates

NOW = datetime(2027, 3, 3, 9, 42, tzinfo=UTC)  # 10.42 in Oslo, a Wednesday


@pytest.fixture(autouse=True)
def _third_of_march() -> None:
    clock.move_to(NOW)


@pytest.mark.parametrize(
    ("language", "text"),
    [("nb", "ons. 3. mars kl. 10.42"), ("nn", "on. 3. mars kl. 10.42"), ("en", "Wed 3 Mar at 10:42")],
)
def test_a_moment(language: str, text: str) -> None:
    with translation.override(language):
        assert dates.format_moment(NOW) == text


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ("middels", "ons. 3. mars"),
        ("lang", "onsdag 3. mars"),
        ("dag", "3. mars"),
        ("ukedag", "onsdag"),
        ("maned", "mars 2027"),
        ("kort", "03.03.2027"),
        ("iso", "2027-03-03"),
    ],
)
def test_styles_of_a_date(style: str, text: str) -> None:
    with translation.override("nb"):
        assert dates.format_date(NOW, style) == text


def test_a_date_of_another_year_says_the_year() -> None:
    with translation.override("nb"):
        assert dates.format_date(date(2026, 12, 31)) == "tor. 31. des. 2026"


@pytest.mark.parametrize(
    ("away", "nb", "en"),
    [
        (timedelta(minutes=-5), "10.37", "10:37"),
        (timedelta(days=-1), "i går 10.42", "yesterday 10:42"),
        (timedelta(days=1), "i morgen 10.42", "tomorrow 10:42"),
        (timedelta(days=-7), "ons. 24. feb.", "Wed 24 Feb"),
    ],
)
def test_a_list_says_when_as_shortly_as_it_can(away: timedelta, nb: str, en: str) -> None:
    with translation.override("nb"):
        assert dates.format_relative(NOW + away) == nb
    with translation.override("en"):
        assert dates.format_relative(NOW + away) == en


def test_yesterday_begins_at_midnight_in_oslo_not_in_utc() -> None:
    with translation.override("nb"):
        assert dates.format_relative(datetime(2027, 3, 2, 23, 5, tzinfo=UTC)) == "00.05"
        assert dates.format_relative(datetime(2027, 3, 2, 22, 55, tzinfo=UTC)) == "i går 23.55"


def test_summer_time_is_oslo_wall_time() -> None:
    with translation.override("nb"):
        assert dates.format_time(datetime(2027, 7, 1, 8, 0, tzinfo=UTC)) == "10.00"
        assert dates.iso_instant(datetime(2027, 7, 1, 8, 0, tzinfo=UTC)) == "2027-07-01T10:00:00+02:00"


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        dates.format_time(datetime(2027, 3, 3, 10, 0))  # noqa: DTZ001 - the naive instant is the case


@pytest.mark.parametrize(
    ("born", "text"),
    [
        (date(1988, 3, 14), "38 år"),
        (date(1988, 3, 3), "39 år"),
        (date(2025, 3, 4), "23 måneder"),
        (date(2027, 1, 20), "1 måned"),
    ],
)
def test_ages(born: date, text: str) -> None:
    with translation.override("nb"):
        assert dates.format_age(born) == text


@pytest.mark.parametrize(
    ("length", "text"), [(20, "20 min"), (90, "1 t 30 min"), (60 * 24 * 3 + 240, "3 d 4 t"), (0, "0 min")]
)
def test_durations(length: int, text: str) -> None:
    with translation.override("nb"):
        assert dates.format_duration(timedelta(minutes=length)) == text


def test_holidays_have_a_name_in_every_language() -> None:
    named = {name for year in range(1990, 2060) for name in public_holidays(year).values()}
    assert named == set(dates.HOLIDAYS)
    with translation.override("en"):
        assert dates.holiday_name(date(2027, 5, 17)) == "Constitution Day"
        assert not named & {dates.holiday_name(day) for day in public_holidays(2027)}
    with translation.override("nn"):
        assert dates.holiday_name(date(2027, 1, 1)) == "1. nyttårsdag"
        assert dates.holiday_name(date(2027, 3, 3)) == ""


def test_days_near_today_have_names() -> None:
    with translation.override("nn"):
        assert dates.format_day_name(NOW + timedelta(days=1)) == "i morgon"
        assert dates.format_day_name(NOW + timedelta(days=2)) == "fredag 5. mars"
