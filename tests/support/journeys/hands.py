"""Two ways to use a page: with the mouse, and with nothing but the keyboard.

The keyboard's way presses keys and reads the page: it never clicks, never sets focus, never fills a field from the
outside. Tab and Shift+Tab, arrows within lists, grids, menus and groups, Enter, Space, Escape, and what the page lists
as its shortcuts.
"""

from pathlib import Path
from typing import Any

_FARTHEST = 250
# Where the focus stands, seen from the element that is wanted.
_WHERE = """wanted => {
  const here = document.activeElement;
  if (here === wanted) return "here";
  if (!here || here === document.body) return "Tab";
  const box = wanted.closest("[data-roving]");
  if (box && box.contains(here) && box !== here) {
    const a = here.getBoundingClientRect(), b = wanted.getBoundingClientRect();
    if (box.dataset.roving === "grid") {
      const beside = Math.abs(a.left - b.left) > Math.min(a.width, b.width) / 2;
      if (beside) return a.left < b.left ? "ArrowRight" : "ArrowLeft";
      return a.top < b.top ? "ArrowDown" : "ArrowUp";
    }
    return here.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_FOLLOWING ? "ArrowDown" : "ArrowUp";
  }
  if (wanted.type === "radio" && here.type === "radio" && here.name === wanted.name && here.form === wanted.form)
    return here.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_FOLLOWING ? "ArrowDown" : "ArrowUp";
  return here.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_FOLLOWING ? "Tab" : "Shift+Tab";
}"""


# A page that feels the mouse tells of it, and then the next look at the page fails.
_NO_MOUSE = "addEventListener('pointerdown', () => console.error('the mouse was used'), true)"


def weeks_on(page: Any, weeks: int) -> None:
    """In Timebok so many weeks ahead, by its shortcut; what listens for it is there once the page is loaded."""
    page.locator(".grid").wait_for()
    for _ in range(weeks):
        page.wait_for_load_state()
        before = page.locator("h1").inner_text()
        page.keyboard.press("Alt+ArrowRight")
        # While the next page comes there may be no heading yet.
        page.wait_for_function("before => (document.querySelector('h1')?.innerText ?? before) !== before", arg=before)


class Mouse:
    """Clicks, and types where it clicked."""

    name = "mouse"

    def __init__(self, page: Any) -> None:
        self.page = page

    def press(self, wanted: Any) -> None:
        """A button, a link, a tick."""
        wanted.click()

    def write(self, wanted: Any, text: str) -> None:
        """Text into a field, instead of what stood there."""
        wanted.fill(text)

    def pick(self, wanted: Any, option: str) -> None:
        """An option of a select."""
        wanted.select_option(label=option)

    def attach(self, wanted: Any, file: Path) -> None:
        """A file."""
        with self.page.expect_file_chooser() as opened:
            wanted.click()
        opened.value.set_files(file)

    def menu(self, wanted: Any) -> None:
        """The menu of a thing."""
        wanted.click(button="right")


class Keyboard:
    """Keys only."""

    name = "keyboard"

    def __init__(self, page: Any) -> None:
        self.page = page
        page.context.add_init_script(_NO_MOUSE)
        page.evaluate(_NO_MOUSE)

    def reach(self, wanted: Any) -> None:
        """Move the focus to an element, step by step as a person does."""
        wanted.wait_for()
        for _ in range(_FARTHEST):
            key = wanted.evaluate(_WHERE)
            if key == "here":
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"the keyboard does not reach {wanted}")

    def press(self, wanted: Any) -> None:
        self.reach(wanted)
        kind = wanted.evaluate("one => one.type || one.tagName.toLowerCase()")
        self.page.keyboard.press("Space" if kind in {"checkbox", "radio"} else "Enter")

    def write(self, wanted: Any, text: str) -> None:
        self.reach(wanted)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def pick(self, wanted: Any, option: str) -> None:
        self.reach(wanted)
        self.page.keyboard.type(option)
        assert wanted.evaluate("one => one.selectedOptions[0].text") == option

    def attach(self, wanted: Any, file: Path) -> None:
        self.reach(wanted)
        with self.page.expect_file_chooser() as opened:
            self.page.keyboard.press("Enter")
        opened.value.set_files(file)

    def menu(self, wanted: Any) -> None:
        self.reach(wanted)
        self.page.keyboard.press("Shift+F10")


HANDS = (Mouse, Keyboard)
