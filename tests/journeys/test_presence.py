"""Two colleagues with the same conversation: each sees that the other has it open, and that the other has left."""

from collections.abc import Callable
from typing import Any

import pytest

from support.journeys.demo import Demo
from support.journeys.watch import look

pytestmark = pytest.mark.browser


@pytest.mark.req("MSG-5")
def test_a_colleague_who_opens_a_conversation_is_seen_and_gone_when_another_is_opened(
    *, demo: Demo, staff: Callable[..., Any]
) -> None:
    kari, anne = staff("kari"), staff("anne")
    anne.goto(f"{demo.clinic}post?boks=klinikkens_aapne")
    first, second = (kari.locator("#post-rows .it").nth(number).get_attribute("id") for number in range(2))
    thread = first.removeprefix("it-")
    anne.goto(f"{demo.clinic}post/{thread}?boks=klinikkens_aapne")
    mark = kari.locator(f"#{first} .pres")
    mark.get_by_text("Anne Moe").wait_for()
    look(kari)
    kari.locator(f"#{first}").click()
    kari.locator("#thread-head .chip.info", has_text="Åpen hos").wait_for()
    beside = anne.locator("#thread-head .chip.info", has_text="Åpen hos")
    beside.wait_for()
    assert "Kari Lunde" in beside.inner_text()
    look(kari, anne)
    kari.locator(f"#{second}").click()
    beside.wait_for(state="hidden")
    anne.goto(f"{demo.clinic}post?boks=klinikkens_aapne")
    mark.wait_for(state="hidden")
