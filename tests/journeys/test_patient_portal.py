"""A patient on a phone: logs in, reads, answers with a picture, cancels a time, and sees who opened the record.

The chapter is walked twice: with the mouse, and with the keyboard alone, in the patient portal.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from support.journeys.demo import Demo
from support.journeys.hands import HANDS, Mouse, weeks_on
from support.journeys.watch import PHONE, look

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
BY_HAND = pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.name)
# The demo's time to regret is five seconds.
_GRACE_SECONDS = 30


@BY_HAND
@pytest.mark.req("POR-3", "POR-12", "CMP-4", "BOK-7", "NFR-1")
def test_a_patient_on_a_phone(demo: Demo, staff: Open, window: Open, picture: Path, hand: type[Any]) -> None:
    name, number = {"mouse": ("Elin Tangen", 12), "keyboard": ("Astrid Vik", 16)}[hand.name]
    clinic, subject = staff("kari"), f"Svar på prøvene {uuid4().hex[:4]}"
    _write(clinic, name, subject)
    given = _give_time(demo, clinic, name, number)

    page = window(viewport=PHONE)
    page.goto(demo.portal)
    hands = hand(page)
    look(page)
    hands.press(page.get_by_role("link", name="Logg inn med ID-porten"))
    hands.press(page.get_by_role("button", name=name))
    page.get_by_role("heading", name="Hei, ").wait_for()
    look(page)
    _answer(hands, page, subject, picture)
    clinic.goto(f"{demo.clinic}post")
    clinic.locator("#post-rows a", has_text=subject).click()
    clinic.locator(".msg.us").get_by_text("Lest ").wait_for()
    clinic.locator(".msg .pic img").wait_for()
    look(clinic)

    _cancel(hands, page, look, given)
    _see(hands, page)


def _write(clinic: Any, name: str, subject: str) -> None:
    clinic.locator("header.top").get_by_role("link", name="E-dialog").click()
    clinic.locator("#compose-find").fill(name)
    clinic.locator("#compose-find").press("Enter")
    clinic.locator(".hits").get_by_role("link", name=name).click()
    clinic.locator("#compose-subject").fill(subject)
    clinic.locator("#compose-text").fill("Prøvene er fine. Send gjerne et bilde av utslettet.")
    clinic.locator("#act-send").click()
    clinic.get_by_text("Ligger i pasientportalen, ikke lest ennå").wait_for()
    look(clinic)
    # While it can be undone the patient does not see it.
    clinic.locator("#act-undo").wait_for(state="detached")


def _give_time(demo: Demo, clinic: Any, name: str, number: int) -> str:
    """A time in four weeks; its id."""
    before = _standing(demo, name)
    clinic.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name="Timebok").click()
    weeks_on(clinic, 4)
    clinic.locator("a.free.online").nth(number).click()
    clinic.locator("#pasient-sok").press_sequentially(name)
    clinic.locator("#treff").get_by_role("button", name=name).click()
    clinic.locator("#panel .who", has_text=name).wait_for()
    clinic.get_by_role("button", name="Lagre time").last.click()
    clinic.get_by_text("Timen er lagret.").first.wait_for()
    (given,) = _standing(demo, name) - before
    return given


def _standing(demo: Demo, name: str) -> set[str]:
    found = demo.ask("kari", "/appointments?limit=200&standing=true")["items"]
    return {one["id"] for one in found if one["patient_name"] == name}


def _answer(hands: Any, page: Any, subject: str, picture: Path) -> None:
    hands.press(page.get_by_role("navigation", name="Nytt til deg").get_by_role("link", name=subject))
    page.get_by_text("Send gjerne et bilde av utslettet.").wait_for()
    look(page)
    hands.press(page.get_by_role("button", name="Send svaret"))
    page.locator("#answer-text_error").wait_for()
    look(page)
    hands.write(page.get_by_label("Hva vil du skrive?"), "Takk. Slik ser det ut i dag.")
    hands.attach(page.get_by_role("button", name="Legg ved (PDF"), picture)
    hands.press(page.get_by_role("button", name="Send svaret"))
    page.get_by_text("Meldingen er sendt. Du får svar her.").wait_for()
    page.locator(".msg.us .pic img").wait_for()
    look(page)
    hands.press(page.get_by_role("link", name="Tilbake"))
    page.get_by_role("heading", name="Mine meldinger").wait_for()


def _cancel(hands: Any, page: Any, looked: Callable[[Any], None], given: str) -> None:
    """The time that was given; others that the patient has stay."""
    hands.press(page.get_by_role("navigation", name="Meny").get_by_role("link", name="Timer"))
    page.get_by_role("heading", name="Mine timer").wait_for()
    coming = page.get_by_role("navigation", name="Kommende timer").get_by_role("link")
    found = coming.and_(page.locator(f"[href*='{given}']"))
    deadline = time.monotonic() + _GRACE_SECONDS
    while not found.count():
        assert time.monotonic() < deadline, "the time that Kari gave is not shown"
        page.reload()
    looked(page)
    before = coming.count()
    hands.press(found)
    hands.press(page.get_by_role("link", name="Avbestill timen"))
    page.get_by_role("heading", name="Vil du avbestille timen?").wait_for()
    looked(page)
    hands.press(page.get_by_role("button", name="Ja, avbestill"))
    page.get_by_text("er avbestilt. Legekontoret har fått beskjed").wait_for()
    assert (found.count(), coming.count()) == (0, before - 1)
    looked(page)


def _see(hands: Any, page: Any) -> None:
    hands.press(page.get_by_role("navigation", name="Meny").get_by_role("link", name="Hjem"))
    hands.press(page.get_by_role("link", name="Hvem har sett journalen min?"))
    page.get_by_role("heading", name="Hvem har sett journalen min?").wait_for()
    told = page.get_by_role("main")
    told.get_by_text("Kari Lunde").first.wait_for()
    told.get_by_text("Skrev til deg").first.wait_for()
    look(page)
    hands.press(page.get_by_role("link", name="Tilbake"))
    page.get_by_role("heading", name="Hei, ").wait_for()


@pytest.mark.req("POR-3", "POR-12")
def test_it_works_without_scripts(demo: Demo, staff: Open, window: Open, picture: Path) -> None:
    name, subject = "Mats Bakken", f"Svar på prøvene {uuid4().hex[:4]}"
    clinic = staff("kari")
    _write(clinic, name, subject)
    given = _give_time(demo, clinic, name, 20)
    page = window(viewport=PHONE, java_script_enabled=False)
    page.goto(demo.citizen(name)["login_url"])
    page.get_by_role("link", name=subject).click()
    page.get_by_label("Hva vil du skrive?").fill("Takk.")
    page.locator("#answer-files").set_input_files(picture)
    page.get_by_role("button", name="Send svaret").click()
    page.get_by_text("Meldingen er sendt. Du får svar her.").wait_for()
    page.get_by_role("link", name="Tilbake").click()
    # axe is a script, too.
    _cancel(Mouse(page), page, lambda _: None, given)
    page.locator("summary").click()
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="My appointments").wait_for()
