"""The lower edge of an appointment in Timebok: dragged with the mouse, or its end typed from the keyboard (APT-8)."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from support.journeys.hands import weeks_on
from support.journeys.watch import look

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def _taken(page: Any) -> Any:
    page.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name="Timebok").click()
    weeks_on(page, 1)
    return page.locator("a.slot[data-stretch]:not(.tiny)").first


@pytest.mark.req("APT-8")
def test_dragging_the_lower_edge_asks_for_the_longer_time_and_saves_it(staff: Open) -> None:
    page = staff("kari")
    tile = _taken(page)
    name = tile.get_attribute("id")
    box = tile.bounding_box()
    step = tile.evaluate("one => parseFloat(getComputedStyle(one.closest('.lane')).getPropertyValue('--u')) || 7.6")
    lasts = round(box["height"] / step) * 5
    begins = int(tile.get_attribute("data-begins"))
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] + 3 * step, steps=6)
    page.mouse.up()
    page.get_by_role("heading", name="Endre tidene").wait_for()
    look(page)
    ends = page.locator("#tider-end").input_value()
    hours, minutes = (int(one) for one in ends.split(":"))
    longer = hours * 60 + minutes - begins
    assert 10 <= longer - lasts <= 20, (ends, begins, lasts)
    page.locator("#tider-concurrent").check()
    page.get_by_role("button", name="Lagre tidene").click()
    page.get_by_text("Tidene er endret.").first.wait_for()
    page.wait_for_function(
        "([id, tall]) => document.getElementById(id)?.getBoundingClientRect().height > tall",
        arg=[name, box["height"] + step],
    )
    # The same without a mouse: the panel's button, the end typed, Enter.
    page.locator("#gjor-tider").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Endre tidene").wait_for()
    back = begins + lasts
    page.locator("#tider-end").fill(f"{back // 60:02}:{back % 60:02}")
    page.locator("#tider-end").press("Enter")
    page.get_by_text("Tidene er endret.").first.wait_for()
    page.get_by_role("heading", name=re.compile(f"–{back // 60:02}.{back % 60:02}")).wait_for()
