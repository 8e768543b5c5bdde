"""Several appointments chosen in the calendar and cancelled together, with the mouse and from the keyboard (APT-13)."""

from collections.abc import Callable
from typing import Any

import pytest

from support.journeys.demo import Demo
from support.journeys.hands import HANDS, weeks_on
from support.journeys.watch import look

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
BY_HAND = pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.name)
# Weeks in which no other journey books or looks for anything.
_WEEKS = {"mouse": 6, "keyboard": 7}


def _book(demo: Demo, page: Any, number: int, people: tuple[str, ...]) -> list[str]:
    """Appointments in the first free times that stand in the calendar; the ids of their tiles, by start."""
    free = page.locator("ol.lane a.free")
    slots = [free.nth(number + one).get_attribute("id").removeprefix("t-") for one in range(len(people))]
    made: list[dict[str, Any]] = []
    for slot, name in zip(slots, people, strict=True):
        (patient,) = demo.ask("kari", f"/patients?q={name.replace(' ', '%20')}")["items"]
        made.append(demo.ask("kari", "/appointments", make={"slot_id": slot, "patient_id": patient["id"]}))
    return [f"t-{one['id']}" for one in made]


@BY_HAND
@pytest.mark.req("APT-13", "APT-20")
def test_three_are_chosen_in_the_calendar_and_cancelled_together(demo: Demo, staff: Open, hand: type[Any]) -> None:
    people = ("Odd Ekeland", "Wenche Ekeland", "Leif Ekeland")
    page = staff("kari")
    page.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name="Timebok").click()
    weeks_on(page, _WEEKS[hand.name])
    tiles = [page.locator(f"[id='{one}']") for one in _book(demo, page, 2, people)]
    for tile in tiles:
        tile.wait_for()
    hands = hand(page)
    if hand.name == "mouse":
        tiles[0].click(modifiers=["Control"])
        page.get_by_text("1 time valgt").wait_for()
        tiles[2].click(modifiers=["Shift"])
    else:
        hands.reach(tiles[0])
        page.keyboard.press("Space")
        page.get_by_text("1 time valgt").wait_for()
        hands.reach(tiles[2])
        page.keyboard.press("Shift+Space")
    page.get_by_text("3 timer valgt").wait_for()
    assert page.locator("#panel .side-dlg").count() == 0
    look(page)

    hands.press(page.get_by_role("button", name="Avlys de valgte"))
    page.get_by_role("heading", name="Avlys flere timer").wait_for()
    boxes = page.locator("#avlys-flere input[name=time]")
    assert boxes.count() == 3
    look(page)
    hands.press(boxes.nth(1))
    hands.write(page.locator("#avlys-reason"), "Legen er på kurs")
    hands.press(page.get_by_role("button", name="Avlys timene"))
    page.locator("#panel").get_by_text("2 timer er avlyst.").wait_for()
    tiles[0].wait_for(state="detached")
    tiles[2].wait_for(state="detached")
    assert tiles[1].count() == 1
    assert page.locator("#valgte").is_visible()  # what was not ticked is still chosen
    page.get_by_text("1 time valgt").wait_for()
    look(page)
