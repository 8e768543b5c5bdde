"""A blue dot on a free time that another user is about to book (CAL-16)."""

from datetime import timedelta

import pytest

from skranke.kernel import clock
from skranke.scheduling.in_hand import LIFETIME

from support.clinic_pages import address, at_most, logged_in
from support.timebok import make_timebok, weekday_at


def _tell(timebok, client, time="", left=""):
    answer = client.post(address(timebok.cast, "schedule-in-hand"), {"time": str(time), "forlatt": str(left)})
    return answer.json()["open"]


@pytest.mark.req("CAL-16")
def test_the_others_see_who_is_about_to_book_a_time_until_it_is_left() -> None:
    timebok = make_timebok()
    slot, other = timebok.slot(weekday_at(9)), timebok.slot(weekday_at(10))
    kari, ali, mona = (logged_in(timebok.cast, one) for one in (timebok.cast.kari, timebok.cast.ali, timebok.cast.mona))
    assert _tell(timebok, ali, slot.id) == {}
    assert _tell(timebok, kari) == {str(slot.id): timebok.cast.ali.name}
    _tell(timebok, mona, slot.id)
    assert len(_tell(timebok, kari)[str(slot.id)].split(", ")) == 2
    assert "," not in _tell(timebok, mona)[str(slot.id)]
    _tell(timebok, mona, left=slot.id)
    _tell(timebok, ali, other.id, left=slot.id)
    assert list(_tell(timebok, kari)) == [str(other.id)]


@pytest.mark.req("CAL-16")
def test_a_page_that_went_silent_is_forgotten_and_one_that_speaks_is_not() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(9))
    kari, ali = logged_in(timebok.cast, timebok.cast.kari), logged_in(timebok.cast, timebok.cast.ali)
    _tell(timebok, ali, slot.id)
    clock.move(LIFETIME - timedelta(seconds=5))
    _tell(timebok, ali, slot.id)
    clock.move(timedelta(seconds=20))
    assert str(slot.id) in _tell(timebok, kari)
    clock.move(LIFETIME)
    assert _tell(timebok, kari) == {}


@pytest.mark.req("CAL-16")
def test_the_dot_holds_nothing_and_another_clinic_learns_nothing() -> None:
    timebok, elsewhere = make_timebok(), make_timebok()
    slot = timebok.slot(weekday_at(9))
    kari, ali = logged_in(timebok.cast, timebok.cast.kari), logged_in(timebok.cast, timebok.cast.ali)
    stranger = logged_in(elsewhere.cast, elsewhere.cast.kari)
    _tell(timebok, ali, slot.id)
    assert _tell(elsewhere, stranger) == {}
    answer = stranger.post(address(elsewhere.cast, "schedule-in-hand"), {"time": str(slot.id)})
    assert answer.status_code == 404
    facts = {"time": slot.id, "patient": timebok.cast.ola.id, "contact": "physical"}
    assert kari.post(address(timebok.cast, "schedule-book"), facts, headers={"HX-Target": "panel"}).status_code == 200


def test_what_a_page_says_costs_few_statements_however_many_have_something_in_hand() -> None:
    timebok = make_timebok()
    kari = logged_in(timebok.cast, timebok.cast.kari)
    for hour, one in enumerate((timebok.cast.ali, timebok.cast.mona)):
        _tell(timebok, logged_in(timebok.cast, one), timebok.slot(weekday_at(9 + hour)).id)
    with at_most(14):
        _tell(timebok, kari)
