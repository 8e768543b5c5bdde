"""A template is found by its title in the subject field, by mouse and by keys alone, and the answer takes one too."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from support.journeys.demo import Demo
from support.journeys.hands import HANDS
from support.journeys.watch import look

pytestmark = pytest.mark.browser


@pytest.mark.req("TPL-1", "TPL-4", "TPL-5")
@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.name)
def test_an_administrator_makes_a_template_and_a_colleague_finds_it_while_writing(
    *, demo: Demo, staff: Callable[..., Any], hand: type[Any]
) -> None:
    admin, title = staff("anne"), f"Bandasje {uuid4().hex[:4]}"
    hands = hand(admin)
    admin.goto(f"{demo.clinic}konfigurasjon/maler")
    hands.press(admin.get_by_role("link", name="Ny mal"))
    hands.write(admin.get_by_label("Tittel", exact=True), title)
    hands.write(admin.locator("#id_subject"), "Om bandasjen")
    hands.write(admin.locator("#id_text"), "Hei {{fornavn}}. Skift hver dag.")
    look(admin)
    hands.press(admin.get_by_role("button", name="Opprett malen"))
    admin.get_by_role("link", name=title).wait_for()
    look(admin)

    page = staff("lise")
    hands = hand(page)
    number = demo.citizen("Ola Nordli")["national_id"]
    page.goto(f"{demo.clinic}pasienter?q={number}")
    page.get_by_role("link", name="Ola Nordli").first.wait_for()
    patient = page.get_by_role("link", name="Ola Nordli").first.get_attribute("href").rsplit("/", 1)[-1]
    page.goto(f"{demo.clinic}post/ny?type=e_dialog&pasient={patient}")
    subject = page.get_by_role("combobox", name="Emne")
    hands.reach(subject) if hand.name == "keyboard" else subject.click()
    page.keyboard.type(title[:11].upper())
    option = page.locator(".suggest").get_by_role("option", name=title)
    option.wait_for()
    look(page)
    if hand.name == "keyboard":
        page.keyboard.press("Escape")
        assert not option.is_visible()
        page.keyboard.press("ArrowDown")
        option.wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    else:
        option.click()
    page.get_by_text(f"Malen «{title}» er satt inn").wait_for()
    assert page.locator("#compose-subject").input_value() == "Om bandasjen"
    assert page.locator("#compose-text").input_value() == "Hei Ola. Skift hver dag."
    assert page.evaluate("document.activeElement.id") == "compose-subject"
    look(page)
    page.goto(f"{demo.clinic}post/kladder")
    page.get_by_text("Om bandasjen").first.wait_for()
