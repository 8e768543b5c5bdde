"""Files are dragged onto an answer, pasted into it, and chosen among those that are here; each is seen first."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.journeys.demo import Demo
from support.journeys.stage import Stage
from support.journeys.watch import look

pytestmark = pytest.mark.browser

# What the browser's own events carry: a synthetic picture of one point, given to the element that is to have it.
_GIVE = """([selector, kind, name, size]) => {
  const point = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  const bytes = Uint8Array.from(atob(point), (one) => one.charCodeAt(0));
  const held = new DataTransfer(), parts = size ? [bytes, new Uint8Array(size - bytes.length)] : [bytes];
  held.items.add(new File(parts, name, { type: "image/png" }));
  const target = document.querySelector(selector);
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true })
    : new DragEvent(kind, { dataTransfer: held, bubbles: true, cancelable: true });
  target.dispatchEvent(event);
  return event.defaultPrevented;
}"""


@pytest.mark.req("CMP-10")
def test_files_are_dragged_pasted_and_chosen_seen_and_taken_away_again(
    *,
    demo: Demo,
    window: Callable[..., Any],
    staff: Callable[..., Any],
    citizen: Callable[..., Any],
    picture: Path,
    plan: Path,
    subject: str,
) -> None:
    page = Stage(demo, window, staff, citizen, picture, plan, subject).thread()
    attached = page.locator("#answer ul[aria-label='Lagt ved'] li")
    text = "#answer-text"
    assert page.evaluate(_GIVE, [text, "dragover", "arm.png", 0]) is True
    assert page.locator("#answer.over-files").count() == 1
    assert page.evaluate(_GIVE, [text, "drop", "arm.png", 0]) is True
    attached.filter(has_text="arm.png").filter(has_text="PNG").wait_for()
    assert page.locator("#answer.over-files").count() == 0
    page.evaluate(_GIVE, [text, "paste", "image.png", 0])
    attached.filter(has_text="utklipp-").wait_for()
    page.get_by_text("av 12 MB").first.wait_for()
    look(page)

    preview = attached.first.locator(".peeked img")
    assert not preview.is_visible()
    attached.first.locator(".peek a").hover()
    preview.wait_for()
    page.keyboard.press("Escape")
    preview.wait_for(state="hidden")
    page.locator("#answer-text").hover()
    attached.first.locator(".peek a").focus()
    preview.wait_for()
    look(page)
    with page.context.expect_page() as opened:
        attached.first.locator(".peek a").click()
    assert "/vedlegg/" in opened.value.url
    opened.value.close()

    page.evaluate(_GIVE, [text, "drop", "stor.png", 13 * 1024 * 1024])
    waiting = page.locator("#answer-files_list li", has_text="stor.png")
    waiting.wait_for()
    page.get_by_text("Ta bort noen filer").wait_for()
    waiting.get_by_role("button", name="Ta bort stor.png").click()
    waiting.wait_for(state="detached")

    page.get_by_role("button", name="Velg en fil som finnes").click()
    offered = page.locator("#existing li", has_text="utslett.png")
    offered.first.wait_for()
    look(page)
    offered.first.get_by_role("checkbox").check()
    attached.filter(has_text="utslett.png").wait_for()
    for number in (3, 2, 1):
        assert attached.count() == number
        attached.first.get_by_role("button", name="Ta bort").click()
        attached.nth(number - 1).wait_for(state="detached")
