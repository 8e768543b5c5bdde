"""The secretary moves an appointment that a patient has booked, and the patient is told of it once (APT-21)."""

import time
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


def _book(home: Any, number: int, about: str) -> str:
    """A time through HelseNorge; when it is, as it is read out."""
    home.get_by_role("button", name="Bestill time").click()
    home.locator(".sb-times").wait_for()
    pill = home.locator("label.pill").nth(number)
    when = str(pill.locator(".sr").inner_text())
    pill.locator("input").check()
    home.locator("#id_comment").fill(about)
    home.get_by_role("button", name="Bestill timen").click()
    home.locator("#timeavtaler [data-state=confirmed]").first.wait_for()
    return when


def _came(home: Any) -> dict[str, str]:
    """What has come from the clinic and is no receipt: address and name of each in the wire's log."""
    links = home.locator("#ledningen tbody tr", has_text="fra klinikken").locator("th a").all()
    named = {str(one.get_attribute("href")): str(one.inner_text()) for one in links}
    return {address: text for address, text in named.items() if not text.startswith("AppRec")}


def _letters(home: Any) -> dict[str, str]:
    """The inbox: address and words of each."""
    rows = home.locator("#innboks tbody tr").all()
    return {str(one.locator("th a").get_attribute("href")): str(one.inner_text()) for one in rows}


def _new(now: dict[str, str], before: dict[str, str]) -> list[str]:
    return [text for address, text in now.items() if address not in before]


@BY_HAND
@pytest.mark.req("APT-9", "APT-20", "APT-21")
def test_an_appointment_is_moved_and_the_patient_is_told_once(
    demo: Demo, staff: Open, citizen: Open, hand: type[Any]
) -> None:
    name, number = {"mouse": ("Silje Dahl", 30), "keyboard": ("Wenche Dahl", 34)}[hand.name]
    assert demo.gp(name) == "Kari Lunde"
    office, home, about = staff("anne"), citizen(name), f"Vondt i kneet {uuid4().hex[:4]}"
    _book(home, number, about)
    (booked,) = (one for one in demo.ask("kari", "/appointments?limit=200&standing=true")["items"]
                 if one["comment"] == about)  # fmt: skip
    home.reload()
    letters, came = _letters(home), _came(home)

    office.goto(f"{demo.clinic}timebok/time/{booked['id']}")
    hands = hand(office)
    hands.press(office.locator("#gjor-flytt"))
    office.get_by_role("heading", name="Flytt timen").wait_for()
    weeks_on(office, 1)
    free = office.locator("a.free.online").nth(number % 20)
    hands.press(free)
    office.get_by_text("Flyttes til").wait_for()
    look(office)
    hands.press(office.locator("#flytt-panel footer").get_by_role("button", name="Flytt timen"))
    office.get_by_text("Timen er flyttet.").first.wait_for()
    moved = demo.ask("kari", f"/appointments/{booked['id']}")
    assert moved["start"] > booked["start"]
    look(office)

    home.locator("#innboks tbody tr", has_text="Timen er endret").first.wait_for()
    # Longer than the grace, and than the sandbox's page takes to hear of anything: nothing more comes.
    time.sleep(demo.facts["settings"]["grace_seconds"] + 4)
    home.reload()
    (told,) = _new(_came(home), came)
    assert told.endswith("Timen er endret")
    (letter,) = _new(_letters(home), letters)
    assert "Timen er endret" in letter
    first = home.locator("#innboks tbody tr").first
    mine = home.locator("#timeavtaler [data-state=confirmed]", has_text=moved["start"][11:16].replace(":", "."))
    assert mine.count() == 1
    look(home)
    first.get_by_role("link").click()
    clock_time = moved["start"][11:16].replace(":", ".")
    home.locator(".sb-facts").get_by_text(clock_time).first.wait_for()
    look(home)
    demo.ask("kari", f"/appointments/{booked['id']}/cancel", make={"by": "clinic"})
