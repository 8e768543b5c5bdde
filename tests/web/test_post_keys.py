"""Every action on the screens of Post has a key, and each key is told under "?" by one name (NFR-6)."""

from uuid import uuid4

import pytest
from lxml import html

from skranke.dialog.models import Message, Thread
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.clinic_pages import address, body, logged_in
from support.dialog import E_CONSULTATION, E_CONTACT, RENEWAL, question, receive

# One Tab or arrow away from something that has a key: lines of lists and what a line, a form or a menu has opened.
_INSIDE = (
    "ancestor::ol",
    "ancestor::ul[@class='kept' or contains(@class, 'hits') or contains(@class, 'rows')]",
    "ancestor::*[@data-autosave]",
    "ancestor::*[contains(concat(' ', @class, ' '), ' conv ') and @role='region']",
    "ancestor::*[contains(concat(' ', @class, ' '), ' pop ')]",
    "ancestor::*[contains(concat(' ', @class, ' '), ' stack ') and parent::details]",
    "ancestor::details[contains(@class, 'settings')] and not(self::summary)",
    "ancestor::div[contains(@class, 'pick-template')]",
    "ancestor::fieldset[contains(@class, 'choices')]",
    "contains(@class, 'back')",
    "contains(@class, 'sub')",
    "ancestor::*[contains(@class, 'empty')]",
    "ancestor::*[contains(@class, 'narrow-row')]",
    "@type='button' and @data-file-button",
)
_ACTIONS = "(.//button | .//summary | .//a[@href])"
_IN_TEXT = ("/pasient", "/journal", "timebok")


def _unreachable(page: str, root: str) -> list[str]:
    """The actions below `root` without a key; a link in running text is what it names, not an action."""
    [part] = html.fromstring(page).xpath(f"//*[@id='{root}']")
    rest = part.xpath(f"{_ACTIONS}[not(@data-shortcut)][not({' or '.join(_INSIDE)})]")
    return [
        " ".join(one.text_content().split()) or one.get("aria-label")
        for one in rest
        if not (
            one.tag == "a"
            and ("/pasient" in one.get("href") or "/journal" in one.get("href") or "timebok" in one.get("href"))
        )
    ]


def _told(page: str) -> dict[str, set[str]]:
    """What "?" tells of each key of the page (skranke.js lists every `data-shortcut`)."""
    told: dict[str, set[str]] = {}
    for one in html.fromstring(page).xpath("//*[@data-shortcut]"):
        name = one.get("data-shortcut-label") or one.get("aria-label") or " ".join(one.text_content().split())
        told.setdefault(one.get("data-shortcut"), set()).add(name)
    return told


def _pages(cast: Cast) -> dict[str, tuple[str, str]]:
    """Each screen of Post with the element that holds it."""
    client = logged_in(cast, cast.kari)
    threads = {
        name: receive(cast, question(cast, kind=name, text="Paracet")) for name in (E_CONTACT, E_CONSULTATION, RENEWAL)
    }
    threads["task"] = receive(cast, question(cast, kind=E_CONTACT))
    threads["closed"] = receive(cast, question(cast, kind=E_CONTACT))
    threads["undelivered"] = receive(cast, question(cast, kind=E_CONTACT))
    client.post(address(cast, "thread-close", threads["closed"].id), {"versjon": "99", "text": ""})
    client.post(address(cast, "thread-answer", threads["undelivered"].id), {"versjon": "99", "text": "Ja."})
    with acting(cast.system):
        Thread.objects.filter(id=threads["task"].id).update(is_task=True, task_employee=cast.kari)
        Message.objects.filter(direction="out").update(delivery="failed")
    pages = {name: (body(client.get(address(cast, "thread", one.id))), "post") for name, one in threads.items()}
    compose = f"{address(cast, 'compose')}?type="
    for kind in ("e_contact", "e_consultation", "e_dialog"):
        pages[f"new {kind}"] = body(client.get(f"{compose}{kind}&pasient={cast.ola.id}")), "post"
    pages["new to nobody"] = body(client.get(f"{compose}e_dialog&pasient=velg")), "post"
    save, kept = address(cast, "compose-save", query=f"?type=e_contact&pasient={cast.ola.id}"), str(uuid4())
    client.post(save, {"text": "Hei", "kladd_id": kept})
    pages["draft"] = body(client.get(f"{address(cast, 'drafts')}?valgt={kept}")), "drafts"
    pages["inbox"] = body(client.get(address(cast, "post"))), "post"
    return pages


@pytest.mark.req("NFR-6")
def test_every_action_of_post_has_a_key_that_is_told_by_one_name() -> None:
    pages = _pages(make_clinic())
    for name, (page, root) in pages.items():
        assert page.count("data-shortcut=") > 11, name
        assert _unreachable(page, root) == [], name
        told = _told(page)
        assert {key: names for key, names in told.items() if len(names - {""}) != 1} == {}, name
    answering = {"Alt+A", "Alt+V", "Alt+T", "Alt+X", "Alt+S", "Ctrl+Enter", "Ctrl+Shift+Enter"}
    assert answering <= set(_told(pages["e_contact"][0]))
    assert {"Alt+F", "Alt+D", "Alt+,"} <= set(_told(pages["inbox"][0]))
