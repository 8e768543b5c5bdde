"""The citizen's copy lives at HelseNorge, the clinic's in the record: neither takes the other along (JRN-14)."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from support.journeys.hands import HANDS
from support.journeys.watch import look

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def _asked(home: Any, subject: str) -> None:
    home.get_by_role("link", name="eKonsultasjon", exact=True).click()
    home.get_by_label("Emne").fill(subject)
    home.locator("#id_text").fill("Det klør fortsatt.")
    home.get_by_role("button", name="Send", exact=True).click()
    home.get_by_text("Meldingen er sendt.").wait_for()


def _answered(doctor: Any, hands: Any, name: str, subject: str) -> None:
    hands.press(doctor.locator("#post-rows a", has_text=subject))
    hands.write(doctor.get_by_label(f"Svar til {name}"), "Bruk kremen en uke til.")
    hands.press(doctor.get_by_role("button", name="Svar", exact=True))
    doctor.locator(".msg.us").get_by_text("Mottatt av HelseNorge").wait_for()


def _on_the_wire(page: Any, conversation: str) -> int:
    """How many messages of the conversation have been on the bus, by the sandbox's log of all of them."""
    page.goto(page.url.split("/innbygger")[0].split("/drift")[0] + f"/drift?q={conversation}")
    return int(page.locator("section[aria-labelledby=meldinger-h] tbody tr").count())


@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.name)
@pytest.mark.req("JRN-14", "RCV-18", "MSG-8")
def test_each_side_keeps_its_own_copy_whatever_the_other_does(staff: Open, citizen: Open, hand: type[Any]) -> None:
    name = {"mouse": "Ola Nordli", "keyboard": "Elin Tangen"}[hand.name]
    subject = f"Kremen {uuid4().hex[:4]}"
    home, log, doctor = citizen(name), citizen(name), staff("kari")
    # Only the newest are shown: the one on top is another than before.
    told = home.locator("#varsler [data-notice]")
    before = told.first.get_attribute("data-notice") if told.count() else "none"
    _asked(home, subject)
    _answered(doctor, hand(doctor), name, subject)

    # HelseNorge tells the citizen, without a word of what was written (RCV-18).
    fresh = home.locator(f"#varsler .body > [data-notice]:first-child:not([data-notice='{before}'])")
    fresh.wait_for()
    first = fresh.inner_text()
    assert ("Du har fått en melding fra" in first, "kremen" in first.lower()) == (True, False)
    home.get_by_role("link", name="Tilbake til innboksen").click()
    row = home.locator("#innboks tr", has_text=subject)
    conversation = str(row.get_attribute("data-conversation"))
    was = _on_the_wire(log, conversation)
    assert was > 0
    row.get_by_role("link").click()
    home.locator("#samtale .msg", has_text="Bruk kremen en uke til.").wait_for()

    # The clinic closes it and takes it out of the inbox: nothing leaves, and the citizen has it still.
    hand(doctor).press(doctor.get_by_role("button", name="Avslutt", exact=True))
    doctor.locator("#thread-done").get_by_text("Samtalen er avsluttet og ligger i arkivet.").wait_for()
    look(doctor)
    assert _on_the_wire(log, conversation) == was
    home.reload()
    home.locator("#samtale .msg", has_text="Bruk kremen en uke til.").wait_for()

    # The citizen archives it, then deletes it: nothing leaves, and the clinic has thread and journal entry still.
    home.get_by_role("button", name="Arkiver", exact=True).click()
    home.get_by_text("Samtalen ligger i arkivet ditt.").wait_for()
    assert home.locator("#innboks tr", has_text=subject).count() == 0
    home.get_by_role("link", name="Vis arkivet").click()
    home.locator("#innboks tr", has_text=subject).get_by_role("link").click()
    look(home)
    home.locator("summary", has_text="Slett").click()
    home.get_by_role("button", name="Slett samtalen").click()
    home.get_by_text("Samtalen er slettet hos deg.").wait_for()
    look(home)
    assert home.locator("#innboks tr", has_text=subject).count() == 0
    home.goto(home.url + "?arkiv=1")
    assert home.locator("#innboks tr", has_text=subject).count() == 0
    assert _on_the_wire(log, conversation) == was
    doctor.reload()
    doctor.locator("#thread-conv .msg", has_text="Bruk kremen en uke til.").wait_for()
    hand(doctor).press(doctor.locator("#thread-conv").get_by_role("link", name="Journalnotat").last)
    doctor.locator(".bub", has_text="Bruk kremen en uke til.").wait_for()
