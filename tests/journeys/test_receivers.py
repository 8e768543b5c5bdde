"""An administrator changes who gets the e-Kontakt, and the patient's next message follows; clinic beside sandbox."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from support.journeys.demo import Demo
from support.journeys.hands import HANDS
from support.journeys.watch import look

pytestmark = pytest.mark.browser
Open = Callable[..., Any]


@pytest.fixture
def standard(demo: Demo) -> Iterator[None]:
    """The e-Kontakt goes to the whole clinic again when the test has ended: the demo is shared."""
    yield
    demo.ask("anne", "/receivers/e_contact", put={"format": "fixed", "recipients": [{}]})


def _write(home: Any, subject: str) -> None:
    home.get_by_role("link", name="Kontakt legekontoret", exact=True).click()
    home.get_by_label("Emne").fill(subject)
    home.locator("#id_text").fill("Når stenger dere i romjulen?")
    home.get_by_role("button", name="Send", exact=True).click()
    home.get_by_text("Meldingen er sendt.").wait_for()


def _give_to_lise(office: Any, hands: Any) -> None:
    """Konfigurasjon > HelseNorge > the cell of the e-Kontakt's recipients: from the whole clinic to one nurse."""
    office.keyboard.press("Alt+,")
    office.get_by_role("heading", name="Konfigurasjon", exact=True).wait_for()
    office.wait_for_load_state()
    hands.press(office.get_by_role("link", name="HelseNorge", exact=True))
    office.get_by_role("heading", name="Hvem får meldingene").wait_for()
    office.wait_for_load_state()
    look(office)
    hands.press(office.get_by_role("link", name="endre mottaker for e-Kontakt"))
    office.get_by_label("Mottakerformat").wait_for()
    office.wait_for_load_state()
    hands.press(office.get_by_label("Hele klinikken"))
    office.get_by_text("Velg minst én mottaker før du lagrer.").wait_for()
    look(office)
    hands.press(office.get_by_label("Lise Hagen (ansatt, 1)"))
    office.get_by_text("Nye meldinger av typen e-Kontakt: 1 person: Lise Hagen.").wait_for()
    look(office)
    hands.press(office.get_by_role("button", name="Lagre endringen"))
    office.get_by_text("Lagret.").wait_for()
    look(office)


@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.name)
@pytest.mark.req("RCV-2", "RCV-3", "RCV-4", "RCV-6", "RCV-11", "RCV-14", "RCV-18")
def test_an_administrator_changes_the_receiver_and_the_next_message_follows(
    *, standard: None, staff: Open, citizen: Open, hand: type[Any]
) -> None:
    name = {"mouse": "Ola Nordli", "keyboard": "Elin Tangen"}[hand.name]
    before, after = (f"Romjulen {uuid4().hex[:4]}" for _ in range(2))
    home, doctor, nurse, office = citizen(name), staff("kari"), staff("lise"), staff("anne")
    _write(home, before)
    for page in (doctor, nurse):
        page.locator("#post-rows a", has_text=before).wait_for()

    _give_to_lise(office, hand(office))

    home.get_by_role("link", name="Tilbake til innboksen").click()
    _write(home, after)
    row = nurse.locator("#post-rows a", has_text=after)
    row.wait_for()
    doctor.reload()
    doctor.locator("#post-rows a", has_text=before).wait_for()
    assert doctor.locator("#post-rows a", has_text=after).count() == 0
    look(doctor, nurse)

    hands = hand(nurse)
    hands.press(row)
    hands.write(nurse.get_by_label(f"Svar til {name}"), "Vi har åpent hver dag til kl. 15.")
    hands.press(nurse.get_by_role("button", name="Svar", exact=True))
    nurse.locator(".msg.us").get_by_text("Mottatt av HelseNorge").wait_for()
    home.get_by_role("link", name="Tilbake til innboksen").click()
    answer = home.locator("#innboks tr", has_text=after)
    answer.get_by_role("link").click()
    home.locator("#samtale .msg", has_text="Vi har åpent hver dag til kl. 15.").wait_for()
    look(home, nurse)
