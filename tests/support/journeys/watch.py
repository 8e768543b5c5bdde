"""Looking at a page as a reviewer does: errors, the security policy, axe, and the width of the screen."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.journeys import axe

SCREENS = Path(__file__).parents[3] / "artifacts" / "screens"
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# What a browser at 1280 shows with the page at 200 %: the same window, half the CSS pixels.
ZOOMED = {"width": 640, "height": 400}
# A refusal that the page itself shows is no fault of the page.
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4(03|04|09|13|22)")
# Nor is what a page was asking for when it was left: htmx tells of that as of an error. Where no server answers, it
# tells of that in other words too.
_LEFT = re.compile(r"htmx:(sendAbort|afterRequest), ")


@dataclass
class Watch:
    """One page under watch. wrong: every error it told of since it was opened; addresses: all it asked for with GET."""

    page: Any
    wrong: list[str] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on("console", self._console)
        # From the start: a key pressed before the browser knows that we listen would open a real dialog.
        self.page.on("filechooser", lambda _: None)
        self.page.on("response", self._response)
        # The browser may tell of a download before, or instead of, the response that it came with.
        self.page.on("download", lambda file: self.addresses.add(file.url))

    def _console(self, line: Any) -> None:
        if line.type == "error" and not _REFUSED.match(line.text) and not _LEFT.match(line.text):
            self.wrong.append(f"console: {line.text}")

    def _response(self, response: Any) -> None:
        if response.request.method == "GET":
            self.addresses.add(response.url)
        if response.status >= 500:
            self.wrong.append(f"{response.status} {response.url}")

    def look(self) -> None:
        """Nothing is wrong with the page as it stands now, once the browser has all of it."""
        self.page.wait_for_load_state()
        found = axe.violations(self.page)
        assert not found, f"axe on {self.page.url}:\n" + "\n".join(found)
        assert not self.wrong, f"{self.page.url}: {self.wrong}"
        wide, room = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= room, f"{self.page.url} is {wide} wide on a screen of {room}"

    def picture(self, path: Path) -> None:
        """What stands on the screen, in a file. The caret stays: hiding it would style fields that htmx then copies."""
        self.page.screenshot(path=path, caret="initial")


def look(*pages: Any) -> None:
    """Every page, as it stands now."""
    for page in pages:
        page.watch.look()
