"""A patient asks for renewal, the clinic decides, and the patient reads text and outcome; side by side."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from support.journeys.hands import HANDS
from support.journeys.watch import look

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.name)
@pytest.mark.req("RX-1", "RX-3", "RX-4", "RX-5", "RX-6", "RCV-9", "DDFL-RX-01", "DDFL-RX-03", "DDFL-RX-10")
def test_a_renewal_is_decided_once_and_the_patient_reads_the_outcome(
    *, staff: Open, citizen: Open, hand: type[Any]
) -> None:
    name = {"mouse": "Ola Nordli", "keyboard": "Elin Tangen"}[hand.name]
    clinic, home = staff("anne"), citizen(name)
    hands, medicine = hand(clinic), f"Eksempelin {uuid4().hex[:4]} 10 mg"

    home.locator(".sb-services").get_by_role("link", name="Forny resept").click()
    look(home)
    home.locator("#id_text").fill(f"{medicine}\nParacet 500 mg")
    home.get_by_label("Sendes til apoteket").check()
    home.get_by_role("button", name="Send", exact=True).click()
    home.get_by_text("Forespørselen er sendt.").wait_for()
    look(home)

    row = clinic.locator("#post-rows a", has_text=medicine)
    hands.press(row)
    clinic.get_by_text("Ønsket levering: sendes til apoteket").wait_for()
    look(clinic)

    hands.press(clinic.get_by_role("button", name="Send", exact=True))
    clinic.locator("#answer-text_error").wait_for()
    hands.write(clinic.get_by_label(f"Svar til {name}"), "Bestill time for kontroll.")
    hands.press(clinic.get_by_role("button", name="Send", exact=True))
    clinic.locator("#answer-outcome_error").wait_for()
    look(clinic)
    hands.press(clinic.get_by_label("Resept kan ikke fornyes", exact=True))
    hands.press(clinic.get_by_role("button", name="Send", exact=True))
    clinic.locator(".msg.us").get_by_text("Mottatt av HelseNorge").wait_for()
    clinic.locator("#answer").get_by_text("Forespørselen er besvart.").wait_for()
    look(clinic)

    said = home.locator("#samtale .msg", has_text="Bestill time for kontroll.")
    said.get_by_text("Resept ikke fornyet").wait_for()
    assert home.locator("textarea").count() == 0
    look(home)


@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.name)
@pytest.mark.req("RX-2", "RX-16", "DDFL-RX-04")
def test_the_patient_reads_what_was_renewed(*, staff: Open, citizen: Open, hand: type[Any]) -> None:
    name = {"mouse": "Ola Nordli", "keyboard": "Elin Tangen"}[hand.name]
    clinic, home = staff("anne"), citizen(name)
    hands, medicine = hand(clinic), f"Eksempelin {uuid4().hex[:4]} tab 10 mg"

    home.locator(".sb-services").get_by_role("link", name="Forny resept").click()
    home.locator("#id_text").fill(medicine)
    home.get_by_label("Sendes til apoteket").check()
    home.get_by_role("button", name="Send", exact=True).click()
    home.get_by_text("Forespørselen er sendt.").wait_for()

    hands.press(clinic.locator("#post-rows a", has_text=medicine))
    hands.write(clinic.get_by_label(f"Svar til {name}"), "Klar på apoteket.")
    assert not clinic.locator("#answer-renewed").is_visible()
    hands.press(clinic.get_by_label("Resept fornyet", exact=True))
    assert not clinic.locator("#rx-1-name").is_visible()
    hands.press(clinic.get_by_label(f"Resept 1: {medicine}"))
    look(clinic)
    hands.write(clinic.locator("#rx-1-amount"), "2")
    hands.press(clinic.get_by_role("button", name="Send", exact=True))
    clinic.locator("#answer-renewed_error").get_by_text("Resept 1: velg reseptgruppe.").wait_for()
    look(clinic)
    clinic.locator("#rx-1-group").select_option("C")
    hands.press(clinic.get_by_role("button", name="Send", exact=True))
    clinic.get_by_label("Fornyede resepter").get_by_text(medicine).wait_for()
    clinic.locator(".msg.us").get_by_text("Mottatt av HelseNorge").wait_for()

    told = home.get_by_label("Fornyede resepter")
    told.get_by_text(medicine).wait_for()
    told.get_by_text("antall 2 · reseptgruppe C").wait_for()
    look(home)
