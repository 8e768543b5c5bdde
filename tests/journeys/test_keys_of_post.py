"""What "?" lists in Post: every key of it is pressed on a real conversation, and does what it says (NFR-6).

Nothing but the keyboard is used. A key that is listed and not pressed fails the journey.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from support.journeys.demo import Demo
from support.journeys.hands import Keyboard
from support.journeys.watch import look

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
UNDONE = "Angret. Samtalen er der den var."
CALLED_BACK = "Meldingen er ikke sendt. Den står som kladd i skrivefeltet."
# Of the active patient, on every page; each is pressed where it belongs.
OF_THE_PATIENT = {"Alt+B", "Alt+P", "Alt+K"}


class Keys:
    """The keys that the page lists, by what it says they do, and those that were pressed."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.told: dict[str, str] = {}
        self.pressed: set[str] = set()

    def read(self) -> None:
        """Open the list as a person does, where no field takes the "?"."""
        while self.page.evaluate("document.activeElement.matches('input, textarea, select')"):
            self.page.keyboard.press("Tab")
        self.page.keyboard.press("?")
        box = self.page.locator("#ui-shortcuts")
        box.wait_for()
        names, says = (box.locator(f"[data-shortcut-list] {part}").all_inner_texts() for part in ("dt", "dd"))
        self.told |= {"+".join(name.split()): what for name, what in zip(names, says, strict=True)}
        self.page.keyboard.press("Escape")
        box.wait_for(state="hidden")

    def press(self, key: str) -> None:
        """A key of the list, once the page listens."""
        self.page.wait_for_load_state()
        # What htmx has just put on the page listens a moment later: no hand is that quick.
        self.page.locator("body:not(:has(.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added))").wait_for()
        assert key in self.told, f"{key} is not among {self.told}"
        self.pressed.add(key)
        *held, last = key.replace("Ctrl", "Control").split("+")
        self.page.keyboard.press("+".join([*held, last.lower() if last.isalpha() and len(last) == 1 else last]))

    def folds(self, key: str, part: str) -> None:
        """The key opens what is folded, and Escape or the key again closes it."""
        self.press(key)
        self.page.locator(f"{part}[open]").wait_for()
        self.page.keyboard.press("Escape")
        if self.page.locator(f"{part}[open]").count():
            self.press(key)
        self.page.locator(f"{part}:not([open])").wait_for()

    def left(self) -> dict[str, str]:
        """What was listed and never pressed."""
        return {key: what for key, what in self.told.items() if key not in self.pressed}


@pytest.mark.req("NFR-6", "MSG-8")
def test_every_key_that_post_lists_does_what_it_says(*, demo: Demo, staff: Open, citizen: Open) -> None:
    word = f"Tast{uuid4().hex[:5]}"
    for number in (2, 1):
        _ask(citizen("Ola Nordli"), f"{word} {number}")
    page = staff("kari")
    keys, hands = Keys(page), Keyboard(page)
    page.locator("#post-rows .it").first.wait_for()
    keys.read()
    _the_boxes(page, keys)
    _the_list(page, keys, word)
    hands.press(page.locator("#post-rows a.it", has_text=f"{word} 1"))
    _title(page, f"{word} 1")
    keys.read()
    look(page)
    _around(page, keys, word)
    _writing(page, keys)
    _sending(page, keys)
    _putting_away(page, keys)
    _leading_on(page, keys, hands)
    assert {key: what for key, what in keys.left().items() if key not in OF_THE_PATIENT} == {}
    look(page)


def _ask(home: Any, subject: str) -> None:
    home.get_by_role("link", name="Kontakt legekontoret", exact=True).click()
    home.get_by_label("Emne").fill(subject)
    home.locator("#id_text").fill("Når har dere åpent?")
    home.get_by_role("button", name="Send", exact=True).click()
    home.get_by_text("Meldingen er sendt.").wait_for()


def _title(page: Any, words: str) -> None:
    page.locator("#thread-title", has_text=words).wait_for()


def _done(page: Any, words: str) -> None:
    page.locator("#thread-done").get_by_text(words).wait_for()


def _the_boxes(page: Any, keys: Keys) -> None:
    """Each mailbox by its number, and from Post to the rest."""
    for key in sorted(one for one in keys.told if one.startswith("Alt+Shift+") and one[-1].isdigit()):
        keys.press(key)
        page.locator("#post-boxes a[aria-current], #drafts a[aria-current]", has_text=keys.told[key]).first.wait_for()
    for key, address in (("Alt+D", "**/post/ny?*"), ("Alt+,", "**/konfigurasjon**")):
        keys.press(key)
        page.wait_for_url(address)
        page.go_back()
    keys.press("Alt+Shift+1")
    page.locator("#post-rows .it").first.wait_for()


def _the_list(page: Any, keys: Keys, word: str) -> None:
    """Order, filter, columns, the menu, and both searches."""
    keys.press("Alt+O")
    page.get_by_role("link", name="Nyeste først").wait_for()
    keys.folds("Alt+Shift+B", "details.filter:has(#post-filter)")
    keys.folds("Alt+Shift+C", "details:has(#post-columns-open)")
    keys.folds("Alt+M", "header.top details")
    keys.press("Alt+F")
    assert page.evaluate("document.activeElement.id") == "ui-search"
    keys.press("Alt+Q")
    assert page.evaluate("document.activeElement.id") == "post-q"
    page.keyboard.type(word)
    page.wait_for_function("() => document.querySelectorAll('#post-rows a.it').length === 2")


def _around(page: Any, keys: Keys, word: str) -> None:
    """The next and the previous conversation, what is folded, the patient, and the journal."""
    keys.press("Alt+PageDown")
    _title(page, f"{word} 2")
    keys.press("Alt+PageUp")
    _title(page, f"{word} 1")
    keys.press("Alt+H")
    page.locator("#thread-conv .events").wait_for()
    keys.press("Alt+Shift+H")
    page.locator("#thread-conv .msg").first.wait_for()
    keys.folds("Alt+Shift+D", "#post-thread > details.settings")
    keys.folds("Alt+Shift+W", "details.why")
    keys.press("Alt+Shift+P")
    page.locator("#ui-patient .nm", has_text="Ola Nordli").wait_for()
    keys.press("Alt+Shift+J")
    _done(page, "Samtalen er ført i journalen.")


def _writing(page: Any, keys: Keys) -> None:
    """The field, files, templates, and the menus beside the answer."""
    keys.press("Alt+S")
    assert page.evaluate("document.activeElement.id") == "answer-text"
    page.keyboard.type("Klokken ni.")
    keys.press("Alt+U")
    page.locator("#existing, .hint[tabindex]").first.wait_for()
    assert page.locator("#answer-text").input_value() == "Klokken ni."
    if "Alt+L" in keys.told:
        keys.folds("Alt+L", "details:has(> #act-template-open)")
    keys.folds("Alt+V", "details:has(> #act-forward-open)")
    keys.folds("Alt+Shift+M", "details:has(> #act-more)")
    keys.press("Alt+G")
    page.locator("#act-convert").wait_for()
    page.keyboard.press("Escape")


def _sending(page: Any, keys: Keys) -> None:
    """Each way to send what is written is undone by its key, and the text stands in the field again."""
    for key, told in (
        ("Ctrl+Enter", "Svaret er lagt i kø."),
        ("Ctrl+Shift+Enter", "samtalen ligger i arkivet"),
        ("Alt+Shift+A", "Avvisningen er lagt i kø"),
        ("Alt+I", "Svaret er lagt i kø."),
    ):
        keys.press(key)
        _done(page, told)
        keys.read()
        keys.press("Alt+Z")
        _done(page, CALLED_BACK)
        assert page.locator("#answer-text").input_value() == "Klokken ni."


def _putting_away(page: Any, keys: Keys) -> None:
    """Closing and removing from the inbox, each undone; what is written stands in the way, and is taken away first."""
    keys.press("Alt+S")
    with page.expect_response(lambda answer: "/kladd" in answer.url):
        page.keyboard.press("Backspace")
    for key, told in (("Alt+A", "Samtalen er avsluttet"), ("Alt+X", "fjernet fra innboksen din")):
        keys.press(key)
        _done(page, told)
        keys.press("Alt+Z")
        _done(page, UNDONE)


def _leading_on(page: Any, keys: Keys, hands: Keyboard) -> None:
    """Taking it, and at last giving it to a colleague."""
    keys.press("Alt+T")
    _done(page, "Du har ansvaret.")
    page.locator("#thread-head").get_by_text("Ansvarlig: Kari Lunde").wait_for()
    keys.press("Alt+V")
    hands.pick(page.locator("#fwd-to"), "Anne Moe")
    hands.press(page.locator("#act-forward"))
    _done(page, "Samtalen er videresendt.")
    keys.read()
