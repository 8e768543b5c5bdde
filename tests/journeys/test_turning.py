"""What a patient wrote is answered as something else: two conversations at HelseNorge, one thread in the clinic."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from support.journeys.hands import HANDS
from support.journeys.watch import look

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
BY_HAND = pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.name)


@BY_HAND
@pytest.mark.req("JRN-3", "JRN-4", "JRN-5", "JRN-15")
def test_an_e_contact_becomes_an_e_consultation(*, staff: Open, citizen: Open, hand: type[Any]) -> None:
    name = {"mouse": "Ola Nordli", "keyboard": "Elin Tangen"}[hand.name]
    desk, doctor, home = staff("anne"), staff("kari"), citizen(name)
    hands, subject = hand(desk), f"Vondt i kneet {uuid4().hex[:4]}"
    home.get_by_role("link", name="Kontakt legekontoret", exact=True).click()
    home.get_by_label("Emne").fill(subject)
    home.locator("#id_text").fill("Det har vært hovent i en uke.")
    home.get_by_role("button", name="Send", exact=True).click()
    home.get_by_text("Meldingen er sendt.").wait_for()

    hands.press(desk.locator("#post-rows a", has_text=subject))
    hands.press(desk.locator("#act-more"))
    hands.press(desk.locator("#act-turn"))
    look(desk)
    hands.press(desk.locator("#act-convert"))
    desk.get_by_text("er ført i journalen").first.wait_for()
    look(desk)

    doctor.locator("#post-rows a", has_text=subject).click()
    doctor.get_by_text("5 virkedager igjen").first.wait_for()
    doctor.locator("#answer-text").fill("Hold det i ro, og kom til time på mandag.")
    doctor.get_by_role("button", name="Svar", exact=True).click()
    doctor.locator(".msg.us").get_by_text("Mottatt av HelseNorge").nth(1).wait_for()
    look(doctor)

    home.locator("#samtale .msg", has_text="Svaret kommer som e-konsultasjon.").wait_for()
    look(home)
    home.locator("#id_text").fill("Takk, det venter jeg på.")
    home.get_by_role("button", name="Send svar").click()
    doctor.locator("#thread-conv").get_by_text("Takk, det venter jeg på.").wait_for()
    look(home, doctor)

    home.get_by_role("link", name="Tilbake til innboksen").click()
    conversations = home.locator("#innboks tr", has_text=subject)
    conversations.filter(has_text="e-Kontakt").wait_for()
    look(home)
    conversations.filter(has_text="eKonsultasjon").get_by_role("link").click()
    home.locator("#samtale .msg", has_text="kom til time på mandag").get_by_text(
        "Du kan måtte betale egenandel."
    ).wait_for()
    look(home)
    home.locator("#id_text").fill("Da sees vi.")
    home.get_by_role("button", name="Send svar").click()
    doctor.locator("#thread-conv").get_by_text("Da sees vi.").wait_for()
    assert doctor.locator("#thread-conv .msg").count() == 5
    look(home, doctor)
