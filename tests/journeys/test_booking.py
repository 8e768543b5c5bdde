"""A patient books, cancels and is booked; two want the same time; a GP who cannot offer any. In two windows.

Each chapter is walked twice: with the mouse, and with the keyboard alone in the clinic.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from skranke.kernel import clock
from skranke.kernel.holidays import public_holidays
from skranke.ui.dates import format_date

from support.journeys.demo import Demo
from support.journeys.hands import HANDS, weeks_on
from support.journeys.watch import look

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
BY_HAND = pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.name)
_TIME = re.compile(r"\d\d\.\d\d")
_WEEKS = 4


def _timebok(clinic: Any, hands: Any, day: int) -> None:
    """Timebok, a week or more ahead, when that day (0: Monday) is no holiday: what stands there is always the same."""
    hands.press(clinic.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name="Timebok"))
    weeks_on(clinic, _weeks_to(day))
    look(clinic)


def _weeks_to(day: int) -> int:
    """How many weeks away the day is worked on first, this week not counted; two holidays may follow each other."""
    monday = clock.today() - timedelta(days=clock.today().weekday())
    days = {weeks: monday + timedelta(days=7 * weeks + day) for weeks in (1, 2, 3)}
    return next(weeks for weeks, date in days.items() if date not in public_holidays(date.year))


def _free(clinic: Any, day: int, number: int) -> tuple[Any, str, str]:
    """A time free for everybody: its tile, its id, and its name in the sandbox ("onsdag 3. mars klokken 13.20")."""
    lane = clinic.locator("ol.lane").nth(day)
    tile = lane.locator("a.free.online").nth(number)
    day_name = lane.get_attribute("aria-label").split(",")[0]
    return tile, tile.get_attribute("id"), f"{day_name} klokken {tile.locator('b').inner_text()}"


def _ask(home: Any) -> None:
    home.get_by_role("button", name="Bestill time").click()
    home.get_by_role("heading", name="Bestill time hos").wait_for()
    home.locator(".sb-times").wait_for()


def _take(home: Any, name: str, comment: str) -> None:
    home.locator("label.pill", has_text=name).locator("input").check()
    home.locator("#id_comment").fill(comment)
    home.get_by_role("button", name="Bestill timen").click()
    home.get_by_text("Bestillingen er sendt.").wait_for()


def _at(time: str) -> re.Pattern[str]:
    """How an appointment stands in the citizen's list; time: as it was offered ("onsdag 3. mars klokken 13.20")."""
    _, day, *_, clock_time = time.split()
    return re.compile(rf" {re.escape(day)} .*kl\. {re.escape(clock_time)}")


def _mine(home: Any, state: str, about: str | re.Pattern[str] = "") -> Any:
    found = home.locator(f"#timeavtaler [data-state={state}]")
    return found.filter(has_text=about) if about else found


@BY_HAND
@pytest.mark.req("HNB-10")
def test_a_patient_books_a_time_and_cancels_it(demo: Demo, staff: Open, citizen: Open, hand: type[Any]) -> None:
    name, day = {"mouse": ("Ola Nordli", 1), "keyboard": ("Elin Tangen", 2)}[hand.name]
    clinic, home = staff("kari"), citizen(name)
    hands = hand(clinic)
    _timebok(clinic, hands, day)
    _, tile_id, time = _free(clinic, day, 3)
    clinic.evaluate("window.notReloaded = true")

    _ask(home)
    look(home)
    _shows_four_weeks(home)
    _take(home, time, "Jeg vil snakke om søvn.")
    own = _at(time)
    _mine(home, "confirmed", own).wait_for()
    look(home)

    booked = clinic.locator("ol.lane").nth(day).locator("a.slot", has_text=name)
    booked.wait_for()
    assert clinic.evaluate("window.notReloaded === true")
    assert clinic.locator(f"[id='{tile_id}']").count() == 0
    look(clinic)
    hands.press(booked)
    clinic.locator("#panel blockquote").get_by_text("Jeg vil snakke om søvn.").wait_for()
    clinic.get_by_text("Pasienten har timen på helsenorge.no.").wait_for()
    look(clinic)

    _mine(home, "confirmed", own).get_by_role("link", name="Avbestill selv").click()
    home.get_by_label("Hvorfor avbestiller du?").fill("Jeg er bedre.")
    look(home)
    home.get_by_role("button", name="Avbestill timen").click()
    home.get_by_text("Avbestillingen er sendt.").wait_for()
    _mine(home, "cancelled", own).wait_for()
    booked.wait_for(state="detached")
    again = clinic.locator("ol.lane").nth(day).locator("a.free.online").nth(3)
    again.locator("b", has_text=time.split()[-1]).wait_for()
    look(clinic, home)
    _ask(home)
    home.locator("label.pill", has_text=time).wait_for()


def _shows_four_weeks(home: Any) -> None:
    """Times in the fourth week from today, and none after it."""
    shown = home.locator(".sb-times legend").all_inner_texts()
    weeks = [_days(week) for week in range(_WEEKS + 8)]
    assert any(text.endswith(weeks[_WEEKS - 1]) for text in shown), shown
    assert not any(text.endswith(week) for week in weeks[_WEEKS:] for text in shown), shown


def _days(week: int) -> tuple[str, ...]:
    """The days of a week counted from today, as they are written: "3. mars"."""
    today = clock.today()
    return tuple(f" {format_date(today + timedelta(days=7 * week + number), 'dag')}" for number in range(1, 8))


@BY_HAND
@pytest.mark.req("APT-6")
def test_the_clinic_books_and_the_patient_is_told_after_the_grace(
    demo: Demo, staff: Open, citizen: Open, hand: type[Any]
) -> None:
    name, day = {"mouse": ("Astrid Vik", 3), "keyboard": ("Yusuf Omar", 4)}[hand.name]
    clinic, home = staff("kari"), citizen(name)
    hands = hand(clinic)
    _timebok(clinic, hands, day)
    tile, _, _ = _free(clinic, day, 1)

    hands.press(tile)
    hands.write(clinic.locator("#pasient-sok"), name)
    found = clinic.locator("#treff").get_by_role("button", name=name)
    found.wait_for()
    look(clinic)
    hands.press(found)
    clinic.locator("#panel .who", has_text=name).wait_for()
    hands.write(clinic.locator("#panel").get_by_label("Årsak"), "Kontroll av blodtrykk")
    look(clinic)
    hands.press(clinic.get_by_role("button", name="Lagre time").last)
    clinic.get_by_text("Timen er lagret.").first.wait_for()
    booked = clinic.locator("ol.lane").nth(day).locator("a.slot", has_text=name)
    booked.wait_for()
    look(clinic)

    _mine(home, "confirmed").first.wait_for()
    clinic.get_by_text("Mottatt av helsenorge.no").wait_for()
    look(clinic, home)

    clinic.keyboard.press("Escape")
    hands.menu(booked)
    clinic.get_by_role("dialog").get_by_role("link", name="Åpne").wait_for()
    look(clinic)
    hands.press(clinic.get_by_role("dialog").get_by_role("link", name="Åpne"))
    hands.press(clinic.locator("#panel summary", has_text="Avlys timen"))
    hands.write(
        clinic.locator("#panel").get_by_label("Årsak").or_(clinic.locator("#panel [name=reason]")).last, "Legen er syk"
    )
    look(clinic)
    hands.press(clinic.locator("#panel").get_by_role("button", name="Avlys timen"))
    clinic.get_by_text("Timen er avlyst.").first.wait_for()
    _mine(home, "cancelled").first.wait_for()
    look(clinic, home)


@BY_HAND
@pytest.mark.req("APT-5")
def test_what_is_deleted_within_the_grace_never_reaches_the_patient(
    demo: Demo, staff: Open, citizen: Open, hand: type[Any]
) -> None:
    clinic, home = staff("jonas"), citizen("Kåre Foss")
    assert demo.gp("Kåre Foss") == "Jonas Aasen"
    hands, day = hand(clinic), {"mouse": 0, "keyboard": 1}[hand.name]
    _timebok(clinic, hands, day)
    before = home.locator("#ledningen tbody tr").count()
    tile, _, _ = _free(clinic, day, 2)
    hands.press(tile)
    hands.write(clinic.locator("#pasient-sok"), "Kåre Foss")
    hands.press(clinic.locator("#treff").get_by_role("button", name="Kåre Foss"))
    clinic.locator("#panel .who", has_text="Kåre Foss").wait_for()
    hands.press(clinic.get_by_role("button", name="Lagre time").last)
    hands.press(clinic.get_by_role("button", name="Slett timen"))
    clinic.get_by_text("Pasienten får ingen beskjed.").wait_for()
    look(clinic)
    # Longer than the grace, and longer than the sandbox's page takes to hear of anything.
    home.wait_for_timeout(1000 * (demo.facts["settings"]["grace_seconds"] + 4))
    assert home.locator("#ledningen tbody tr").count() == before
    assert home.locator("#timeavtaler [data-appointment]").count() == 0


@pytest.mark.req("APT-24")
def test_two_patients_want_the_same_time_and_one_is_told_that_it_is_gone(
    demo: Demo, staff: Open, citizen: Open
) -> None:
    names = ("Thea Hauge", "Erik Krog")
    assert {demo.gp(name) for name in names} == {"Mona Haugland"}
    clinic, homes = staff("mona"), [citizen(name) for name in names]
    for home in homes:
        _ask(home)
    time = homes[0].locator("label.pill .sr").nth(20).inner_text()
    for home, name in zip(homes, names, strict=True):
        _take(home, time, f"Fra {name}")
    _mine(homes[0], "confirmed").wait_for()
    homes[1].locator("#timeavtaler").get_by_text("ikke lenger ledig").or_(
        homes[1].locator("#timeavtaler [data-state=refused]")
    ).first.wait_for()
    assert _mine(homes[1], "confirmed").count() == 0
    look(clinic, *homes)


@pytest.mark.req("HNB-4")
def test_a_gp_with_two_schedules_offers_none_and_the_page_says_why(demo: Demo, staff: Open, citizen: Open) -> None:
    assert demo.gp("Berit Aune") == "Per Nygård"
    clinic, home = staff("per"), citizen("Berit Aune")
    home.get_by_role("button", name="Bestill time").click()
    home.get_by_text("Ingen ledige timer de neste fire ukene.").wait_for()
    clinic.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name="Timebok").click()
    clinic.get_by_text("Pasientene ser ingen ledige timer hos Per Nygård").wait_for()
    clinic.get_by_text(re.compile("to timebøker|flere timebøker|én timebok", re.IGNORECASE)).first.wait_for()
    look(clinic, home)
