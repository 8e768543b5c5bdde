"""Ten schedules side by side on a desk's screen; dates, hidden patients and paper by keyboard."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from skranke.kernel import clock
from skranke.kernel.holidays import public_holidays

from support.journeys.demo import Demo
from support.journeys.watch import look

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
_TEN = 10
# A name is readable where it stands whole, or where at least this much of it does, in letters of this size.
_PART, _LETTERS = 60, 11
_MEASURE = """() => {
  const shown = one => one.getBoundingClientRect();
  return {
    page: document.documentElement.scrollWidth - innerWidth,
    lanes: [...document.querySelectorAll(".lane")].map(one => [shown(one).left, shown(one).right]),
    calendar: [shown(document.querySelector(".scroll")).left, shown(document.querySelector(".scroll")).right],
    heads: [...document.querySelectorAll(".sched .hd b")].map(one => one.scrollWidth - one.clientWidth),
    names: [...document.querySelectorAll(".slot:not(.ev) b")].map(one =>
      [one.scrollWidth, one.clientWidth, parseFloat(getComputedStyle(one).fontSize)]),
    top: shown(document.querySelector(".sched")).top - shown(document.querySelector(".scroll")).top,
  };
}"""


def _working_day() -> str:
    day = clock.today() + timedelta(days=7)
    while day.isoweekday() > 5 or day in public_holidays(day.year):
        day += timedelta(days=1)
    return day.isoformat()


def _ten(demo: Demo) -> None:
    there = len(demo.ask("anne", "/schedules")["items"])
    for number in range(there, _TEN):
        demo.ask("anne", "/schedules", make={"owner": {"kind": "clinic"}, "public_name": f"Skiftestue {number}"})


@pytest.mark.req("CAL-10", "CAL-11")
def test_ten_schedules_side_by_side_are_readable_on_a_desk(demo: Demo, staff: Open) -> None:
    _ten(demo)
    page = staff("kari")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{demo.clinic}timebok/gruppe?dag={_working_day()}")
    page.get_by_label("Navn", exact=True).fill("Alle ti")
    for option in page.locator("#gruppe-skjema input[type=checkbox]").all()[:_TEN]:
        option.check()
    page.get_by_role("button", name="Lagre gruppen").click()
    page.locator(".grid.n10").wait_for()
    look(page)
    seen = page.evaluate(_MEASURE)
    assert seen["page"] <= 0
    assert len(seen["lanes"]) == _TEN
    left, right = seen["calendar"]
    assert all(left <= begins and ends <= right + 1 for begins, ends in seen["lanes"]), seen["lanes"]
    assert all(over <= 1 for over in seen["heads"]), seen["heads"]
    assert seen["names"]
    for whole, part, letters in seen["names"]:
        assert letters >= _LETTERS
        assert part >= min(whole - 1, _PART), (whole, part)
    # The heads stay while the day is scrolled.
    page.locator(".scroll").evaluate("one => one.scrollTo(0, 400)")
    assert abs(page.evaluate(_MEASURE)["top"]) <= 1
    page.set_viewport_size({"width": 1280, "height": 800})


@pytest.mark.req("CAL-15")
def test_dates_and_hidden_patients_are_a_key_away_and_paper_shows_the_calendar_alone(demo: Demo, staff: Open) -> None:
    page = staff("kari")
    page.goto(f"{demo.clinic}timebok?visning=dag&dag={_working_day()}")
    day = re.search(r"dag=([0-9-]+)", page.url)[1]
    page.keyboard.press("Alt+ArrowRight")
    page.wait_for_url(lambda url: f"dag={day}" not in url)
    page.keyboard.press("Alt+ArrowLeft")
    page.wait_for_url(re.compile(f"dag={day}"))
    name = page.locator("a.slot.self b").first.inner_text()
    page.keyboard.press("Alt+k")
    page.get_by_text("Pasientene er skjult på denne skjermen.").wait_for()
    assert name not in page.content()
    look(page)
    page.wait_for_load_state()
    page.keyboard.press("Alt+k")
    page.locator("a.slot.self b", has_text=name).first.wait_for()
    page.emulate_media(media="print")
    for gone in (".rail", "header.top", ".tb aside", "#skriv-ut", "#skjul-pasienter", "#ny-time"):
        assert page.locator(gone).first.is_hidden(), gone
    assert page.locator("a.slot.self b", has_text=name).first.is_visible()
    assert page.locator(".scroll").evaluate("one => getComputedStyle(one).overflow") == "visible"
    page.emulate_media(media="screen")
    page.get_by_role("link", name="I dag").click()
    page.wait_for_url(lambda url: f"dag={day}" not in url)


@pytest.mark.req("PLN-12")
def test_a_double_click_in_the_white_area_makes_an_event_there(demo: Demo, staff: Open) -> None:
    page, name = staff("kari"), f"Fagmøte {uuid4().hex[:4]}"
    page.goto(f"{demo.clinic}timebok?visning=dag&dag={_working_day()}")
    lane = page.locator("ol.lane").first
    box, unit = lane.bounding_box(), float(lane.evaluate("one => parseFloat(getComputedStyle(one).height)")) / 8
    # A quarter past three: nothing stands there.
    lane.dblclick(position={"x": box["width"] / 2, "y": unit * 7.3})
    page.get_by_role("heading", name="Ny hendelse").wait_for()
    assert page.get_by_label("Fra", exact=True).input_value() == "15:10"
    page.get_by_label("Hva", exact=True).fill(name)
    look(page)
    page.keyboard.press("Control+Enter")
    made = page.locator("a.slot.ev", has_text=name)
    made.wait_for()
    # The same by keyboard: opened, and taken away again.
    made.press("Enter")
    page.get_by_role("button", name="Slett hendelsen").press("Enter")
    made.wait_for(state="detached")


@pytest.mark.req("CAL-16")
def test_a_blue_dot_stands_on_the_time_a_colleague_is_about_to_book(demo: Demo, staff: Open) -> None:
    kari, anne = staff("kari"), staff("anne")
    kari.goto(f"{demo.clinic}timebok?visning=dag&dag={_working_day()}")
    anne.goto(kari.url + f"&timebok={kari.locator('#timebok').input_value()}")
    tile = anne.locator("a.free.online").first
    identity = tile.get_attribute("id")
    tile.click()
    anne.locator("#ny-time-skjema").wait_for()
    dot = kari.locator(f"#{identity} > .dot")
    dot.wait_for()
    assert "Anne Moe er i ferd med å bestille" in dot.inner_text()
    look(kari)
    anne.locator("#panel [data-panel-close]").click()
    dot.wait_for(state="detached")
