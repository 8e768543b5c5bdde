"""Days of a rule that repeats, and its times on them: clock changes, week 53, leap days."""

from datetime import date, time

import pytest

from skranke.kernel import clock
from skranke.scheduling.recurring import MOST, Recurrence, Unit, WallSpan, days_of, days_with_first, instants


@pytest.mark.req("PLN-15")
def test_every_second_week_goes_on_over_week_53_into_the_next_year() -> None:
    # 2026 has 53 ISO weeks: from week 51 every second week is week 53, then week 2.
    days = days_of(date(2026, 12, 15), Recurrence(2, frozenset({2, 4}), times=5))
    assert [day.isoformat() for day in days] == ["2026-12-15", "2026-12-17", "2026-12-29", "2026-12-31", "2027-01-12"]
    assert [day.isocalendar()[1] for day in days] == [51, 51, 53, 53, 2]


@pytest.mark.req("PLN-15")
def test_the_end_is_included_the_leap_day_too_and_nothing_comes_before_the_first_day() -> None:
    days = days_of(date(2028, 2, 16), Recurrence(1, frozenset({1, 2}), until=date(2028, 2, 29)))
    assert [day.isoformat() for day in days] == ["2028-02-21", "2028-02-22", "2028-02-28", "2028-02-29"]


@pytest.mark.req("PLN-15")
def test_a_rule_without_an_end_in_reach_is_cut_off_where_too_many_is_seen() -> None:
    assert len(days_of(date(2027, 1, 1), Recurrence(1, frozenset(range(1, 8)), until=date(2099, 1, 1)))) == MOST + 1
    assert days_of(date(9999, 12, 30), Recurrence(1, frozenset(range(1, 8)), times=9))[-1] == date.max
    assert days_of(date(2027, 1, 8), Recurrence(1, frozenset({5}), until=date(2027, 1, 7))) == []


@pytest.mark.req("PLN-15")
def test_an_interval_in_days_goes_on_over_weeks_and_keeps_to_the_weekdays_that_are_named() -> None:
    every_third = Recurrence(3, frozenset(range(1, 8)), times=4, unit=Unit.DAYS)
    assert [day.day for day in days_of(date(2027, 2, 5), every_third)] == [5, 8, 11, 14]
    on_workdays = Recurrence(1, frozenset(range(1, 6)), until=date(2027, 2, 9), unit=Unit.DAYS)
    assert [day.day for day in days_of(date(2027, 2, 5), on_workdays)] == [5, 8, 9]
    # Every seventh day from a Friday is never a Monday.
    assert days_of(date(2027, 2, 5), Recurrence(7, frozenset({1}), times=2, unit=Unit.DAYS)) == []


@pytest.mark.req("PLN-15")
def test_the_day_that_was_chosen_is_the_first_whatever_its_weekday_and_counts_as_one() -> None:
    on_mondays = Recurrence(1, frozenset({1}), times=3)
    assert [day.day for day in days_with_first(date(2027, 2, 2), on_mondays, most=52)] == [2, 8, 15]
    assert [day.day for day in days_with_first(date(2027, 2, 1), on_mondays, most=52)] == [1, 8, 15]
    assert len(days_with_first(date(2027, 2, 2), on_mondays._replace(times=99), most=52)) == 53
    over = on_mondays._replace(times=None, until=date(2027, 2, 1))
    assert days_with_first(date(2027, 2, 2), over, most=52) == [date(2027, 2, 2)]


@pytest.mark.req("PLN-15")
@pytest.mark.parametrize(("before", "after"), [((2027, 3, 27), (2027, 3, 29)), ((2027, 10, 30), (2027, 11, 1))])
def test_the_wall_time_stays_over_both_clock_changes(before, after) -> None:
    noon = WallSpan(time(12), time(13), 0)
    for day in (before, after):
        stretch = instants(date(*day), noon)
        assert stretch is not None
        assert [clock.oslo(one).time() for one in stretch] == [time(12), time(13)]


@pytest.mark.req("PLN-15")
def test_an_hour_the_clock_skips_is_no_time_and_one_told_twice_is_the_first() -> None:
    assert instants(date(2027, 3, 28), WallSpan(time(2, 30), time(4), 0)) is None
    twice = instants(date(2027, 10, 31), WallSpan(time(2, 30), time(4), 0))
    assert twice is not None
    assert (twice[1] - twice[0]).total_seconds() == 2.5 * 3600
