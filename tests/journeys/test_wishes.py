"""A patient wishes for an appointment in words; the clinic gives one and tells of it with the answer.

The chapter is walked twice: with the mouse, and with the keyboard alone in the clinic.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from support.journeys.demo import Demo
from support.journeys.hands import HANDS, weeks_on
from support.journeys.watch import look

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
BY_HAND = pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.name)


def _wish(home: Any, words: str) -> None:
    home.locator(".sb-services").get_by_role("link", name="Ønske om time").click()
    look(home)
    home.locator("#id_text").fill(words)
    home.get_by_label("En annen behandler er også greit").check()
    home.get_by_role("button", name="Send ønsket").click()
    home.get_by_text("Ønsket er sendt.").wait_for()
    look(home)


@BY_HAND
@pytest.mark.req("REQ-3", "REQ-5", "DDFL-TO-01", "DDFL-TO-02")
def test_a_wish_is_met_with_a_time(demo: Demo, staff: Open, citizen: Open, hand: type[Any]) -> None:
    name, number = {"mouse": ("Ola Nordli", 20), "keyboard": ("Elin Tangen", 24)}[hand.name]
    assert demo.gp(name) == "Kari Lunde"
    clinic, home = staff("kari"), citizen(name)
    hands, words = hand(clinic), f"Kontroll av skulder {uuid4().hex[:4]}"
    rows = clinic.locator("#post-rows a", has_text=name).filter(has_text="Timeønske")
    before = rows.count()
    _wish(home, words)

    # Those of earlier tests stand below: the newest is first once there is one more.
    rows.nth(before).wait_for()
    row = rows.first
    look(clinic)
    hands.press(row)
    clinic.locator(".bub").get_by_text(words).wait_for()
    assert clinic.get_by_text("En annen behandler er også greit.").count() == 1
    look(clinic)

    hands.press(clinic.get_by_role("link", name="Gi eller flytt en time i Timebok"))
    weeks_on(clinic, 3)
    hands.press(clinic.locator("a.free.online").nth(number))
    hands.write(clinic.locator("#pasient-sok"), name)
    hands.press(clinic.locator("#treff").get_by_role("button", name=name))
    clinic.locator("#panel .who", has_text=name).wait_for()
    hands.press(clinic.get_by_role("button", name="Lagre time").last)
    clinic.get_by_text("Timen er lagret.").first.wait_for()

    hands.press(clinic.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name="Post"))
    row.wait_for()
    hands.press(row)
    clinic.locator("#answer-text").wait_for()
    hands.write(clinic.get_by_label(f"Svar til {name}"), "Velkommen til kontroll.")
    hands.press(clinic.get_by_label("Time gitt", exact=True))
    times = clinic.locator("#answer-appointment")
    hands.pick(times, times.locator("option").last.inner_text())
    look(clinic)
    hands.press(clinic.get_by_role("button", name="Send", exact=True))
    clinic.locator(".msg.us").get_by_text("Mottatt av HelseNorge").wait_for()
    assert clinic.locator(".msg.us").get_by_text("Time gitt").count() == 1
    look(clinic)

    home.locator("#samtale").get_by_text("Velkommen til kontroll.").wait_for()
    home.locator("#timeavtaler [data-state=confirmed]").first.wait_for()
    look(home)
