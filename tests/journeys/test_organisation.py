"""A new secretary is hired, is in the reception's group by herself, logs in with HelseID, and sees its messages."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from skranke.cli.demo.cast import NEWCOMERS

from support.journeys.demo import Demo
from support.journeys.hands import HANDS
from support.journeys.watch import look

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


def _hire(page: Any, hands: Any, name: str, number: str) -> None:
    """The administrator gives the person a position as secretary."""
    given, family = name.split()
    page.keyboard.press("Alt+,")
    page.get_by_role("heading", name="Konfigurasjon", exact=True).wait_for()
    page.wait_for_load_state()
    hands.press(page.get_by_role("link", name="Ansatte", exact=True))
    page.get_by_role("heading", name="Ansatte", exact=True).wait_for()
    look(page)
    hands.press(page.get_by_role("link", name="Ny ansatt"))
    page.get_by_role("heading", name="Ny ansatt").wait_for()
    page.wait_for_load_state()
    for label, text in (("Fornavn", given), ("Etternavn", family), ("Fødselsnummer", number)):
        hands.write(page.get_by_label(label, exact=True), text)
    hands.pick(page.get_by_label("Rolle"), "Helsesekretær, Eksempelvik legekontor")
    look(page)
    hands.press(page.get_by_role("button", name="Ansett", exact=True))
    page.get_by_text("Lagret.").wait_for()
    page.get_by_role("link", name=name).wait_for()
    page.wait_for_load_state()
    hands.press(page.get_by_role("navigation", name="Konfigurasjon").get_by_role("link", name="Grupper"))
    page.get_by_role("listitem").filter(has_text="Resepsjon").get_by_text(name).wait_for()
    look(page)


@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.name)
@pytest.mark.req("ORG-3", "ORG-8", "ORG-9", "ORG-10", "ORG-12", "MSG-17")
def test_a_new_secretary_joins_the_reception_and_sees_its_messages(
    *, demo: Demo, window: Open, staff: Open, citizen: Open, hand: type[Any]
) -> None:
    name, number = NEWCOMERS[{"mouse": 0, "keyboard": 1}[hand.name]]
    subject = f"Bestille reise {uuid4().hex[:4]}"
    home, doctor, office = citizen("Ola Nordli"), staff("kari"), staff("anne")
    home.get_by_role("link", name="eKonsultasjon", exact=True).click()
    home.get_by_label("Emne").fill(subject)
    home.locator("#id_text").fill("Hvem kan hjelpe meg med pasientreisen?")
    home.get_by_role("button", name="Send", exact=True).click()

    hands = hand(doctor)
    row = doctor.locator("#post-rows a", has_text=subject)
    row.wait_for()
    hands.press(row)
    hands.press(doctor.locator("#act-forward-open"))
    option = doctor.locator("#fwd-to option", has_text="Resepsjon").inner_text()
    hands.pick(doctor.locator("#fwd-to"), option)
    look(doctor)
    hands.press(doctor.locator("#act-forward"))
    doctor.locator(".facts").get_by_text("Resepsjon").wait_for()

    _hire(office, hand(office), name, str(number))

    new = window()
    new.goto(f"{demo.root}logg-inn")
    new.get_by_role("link", name="Logg inn med HelseID").click()
    new.get_by_role("button", name=name).click()
    given = new.locator("#post-rows a", has_text=subject)
    given.wait_for()
    look(new)
    hands = hand(new)
    hands.press(given)
    new.get_by_text("Hvem kan hjelpe meg med pasientreisen?").wait_for()
    assert "Resepsjon" in new.locator(".facts").inner_text()
    look(new)
