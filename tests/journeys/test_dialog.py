"""A patient writes through HelseNorge, the clinic answers, and both see it; clinic and sandbox side by side.

Each chapter is walked twice: with the mouse, and with the keyboard alone in the clinic.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from support.journeys.demo import Demo
from support.journeys.hands import HANDS, Keyboard
from support.journeys.watch import look

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
BY_HAND = pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.name)


def _write(page: Any, service: str, subject: str, text: str, file: Path | None = None) -> None:
    """The citizen starts a dialog in the sandbox."""
    page.get_by_role("link", name=service, exact=True).click()
    look(page)
    page.get_by_label("Emne").fill(subject)
    page.locator("#id_text").fill(text)
    if file is not None:
        page.locator("#id_files").set_input_files(file)
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("Meldingen er sendt.").wait_for()
    look(page)


def _subject(words: str) -> str:
    """A subject that no other test has used."""
    return f"{words} {uuid4().hex[:4]}"


def _mark(page: Any) -> None:
    """A page that is loaded anew forgets this."""
    page.evaluate("window.notReloaded = true")


def _is_marked(page: Any) -> bool:
    return page.evaluate("window.notReloaded === true")


def _row(clinic: Any, subject: str) -> Any:
    return clinic.locator("#post-rows a", has_text=subject)


@BY_HAND
@pytest.mark.req("MSG-19", "MSG-22", "RCV-9", "JRN-1")
def test_an_e_consultation_goes_to_the_own_gp_and_the_answer_back(
    *, demo: Demo, staff: Open, citizen: Open, picture: Path, plan: Path, hand: type[Any]
) -> None:
    name = {"mouse": "Ola Nordli", "keyboard": "Elin Tangen"}[hand.name]
    assert demo.gp(name) == "Kari Lunde"
    clinic, home = staff("kari"), citizen(name)
    hands, subject = hand(clinic), _subject("Utslett på armen")
    look(clinic, home)
    _mark(clinic)

    _write(home, "eKonsultasjon", subject, "Hei. Jeg har fått et rødt utslett på armen som klør.", picture)
    row = _row(clinic, subject)
    row.wait_for()
    assert _is_marked(clinic)
    assert "helsenorge.no" in row.inner_text()
    look(clinic)

    hands.press(row)
    clinic.locator("#thread-title", has_text=subject).wait_for()
    clinic.get_by_text("rødt utslett på armen").wait_for()
    clinic.get_by_role("img", name=picture.name).wait_for()
    look(clinic)
    _in_the_journal(clinic, hands, name, subject)

    hands.write(clinic.get_by_label(f"Svar til {name}"), "Det ser ut som eksem. Bruk kremen i fjorten dager.")
    hands.attach(clinic.get_by_role("button", name="Legg ved"), plan)
    look(clinic)
    hands.press(clinic.get_by_role("button", name="Svar", exact=True))
    clinic.locator(".msg.us").get_by_text("Mottatt av HelseNorge").wait_for()
    look(clinic)

    home.get_by_role("link", name="Tilbake til innboksen").click()
    answer = home.locator("#innboks tr", has_text=subject)
    answer.get_by_text("Kari Lunde").wait_for()
    look(home)
    answer.get_by_role("link").click()
    said = home.locator("#samtale .msg", has_text="Det ser ut som eksem")
    said.get_by_text("Kari Lunde").first.wait_for()
    with home.expect_download() as saved:
        said.get_by_role("link", name=plan.name).click()
    assert saved.value.path().read_bytes() == plan.read_bytes()
    look(home)

    _mark(clinic)
    home.locator("#id_text").fill("Takk! Skal jeg komme tilbake om det ikke hjelper?")
    home.get_by_role("button", name="Send svar").click()
    home.get_by_text("Svaret er sendt.").wait_for()
    clinic.locator("#thread-conv").get_by_text("Skal jeg komme tilbake").wait_for()
    assert _is_marked(clinic)
    assert clinic.locator("#thread-conv .msg").count() == 3
    assert _row(clinic, subject).count() == 1
    look(clinic, home)


def _in_the_journal(clinic: Any, hands: Any, name: str, subject: str) -> None:
    """From the thread to the patient's card, to the journal entry, and back to the thread."""
    hands.press(clinic.locator("#thread-head").get_by_role("link", name=name))
    journal = clinic.get_by_role("region", name="Journal")
    journal.get_by_role("link", name=subject).wait_for()
    look(clinic)
    hands.press(journal.get_by_role("link", name=subject))
    clinic.get_by_text("rødt utslett på armen").wait_for()
    look(clinic)
    hands.press(clinic.get_by_role("link", name="Åpne samtalen"))
    clinic.locator("#answer").wait_for()


@BY_HAND
@pytest.mark.req("RCV-9", "JRN-1")
def test_an_e_contact_goes_to_the_whole_clinic_and_not_to_the_journal(
    *, demo: Demo, staff: Open, citizen: Open, picture: Path, plan: Path, hand: type[Any]
) -> None:
    name = {"mouse": "Astrid Vik", "keyboard": "Yusuf Omar"}[hand.name]
    doctor, desk, home = staff("kari"), staff("anne"), citizen(name)
    hands, subject = hand(desk), _subject("Parkering hos dere")
    _mark(doctor)
    _mark(desk)

    _write(home, "Kontakt legekontoret", subject, "Er det plass til rullestol?", picture)
    for page in (doctor, desk):
        _row(page, subject).wait_for()
        assert _is_marked(page)

    hands.press(_row(desk, subject))
    desk.get_by_role("img", name=picture.name).wait_for()
    assert desk.locator("#thread-title").inner_text().endswith("helsenorge.no")
    hands.write(desk.get_by_label(f"Svar til {name}"), "Ja, rett ved inngangen.")
    hands.attach(desk.get_by_role("button", name="Legg ved"), plan)
    hands.press(desk.get_by_role("button", name="Svar", exact=True))
    desk.locator(".msg.us").get_by_text("Mottatt av HelseNorge").wait_for()
    look(desk)

    said = home.locator("#samtale .msg", has_text="rett ved inngangen")
    said.get_by_text("Anne Moe").first.wait_for()
    said.get_by_role("link", name=plan.name).wait_for()
    home.locator("#id_text").fill("Så bra.")
    home.get_by_role("button", name="Send svar").click()
    desk.locator("#thread-conv").get_by_text("Så bra.").wait_for()
    assert desk.locator("#thread-conv .msg").count() == 3
    assert _is_marked(desk)

    hands.press(desk.locator("#thread-head").get_by_role("link", name=name))
    desk.get_by_role("region", name="Post").get_by_role("link", name=subject).wait_for()
    assert desk.get_by_role("region", name="Journal").get_by_text(subject).count() == 0
    look(desk, home, doctor)


@BY_HAND
@pytest.mark.parametrize("kind", ["e-Kontakt", "eKonsultasjon"])
@pytest.mark.req("MSG-25")
def test_the_clinic_writes_first_and_the_patient_answers(
    *, demo: Demo, staff: Open, citizen: Open, plan: Path, hand: type[Any], kind: str
) -> None:
    name = {"mouse": "Ola Nordli", "keyboard": "Elin Tangen"}[hand.name]
    clinic, home = staff("kari"), citizen(name)
    hands, subject = hand(clinic), _subject("Blodprøver neste uke")

    hands.press(clinic.locator("header.top").get_by_role("link", name=kind))
    hands.write(clinic.get_by_label("Hvem skal du skrive til?"), name)
    look(clinic)
    hands.press(clinic.locator("#post-thread").get_by_role("button", name="Søk"))
    hands.press(clinic.locator("#post-thread .hits").get_by_role("link", name=name))
    clinic.get_by_text("Kan nås på helsenorge.no").first.wait_for()
    look(clinic)
    hands.write(clinic.get_by_label("Emne"), subject)
    hands.write(clinic.get_by_label("Melding", exact=True), "Kom fastende, vi tar prøvene i skranken.")
    hands.attach(clinic.get_by_role("button", name="Legg ved"), plan)
    hands.press(clinic.get_by_role("button", name="Send", exact=True))
    clinic.locator(".msg.us").get_by_text("Mottatt av HelseNorge").wait_for()
    look(clinic)

    arrived = home.locator("#innboks tr", has_text=subject)
    arrived.get_by_text("Kari Lunde").wait_for()
    look(home)
    arrived.get_by_role("link").click()
    home.locator("#samtale").get_by_role("link", name=plan.name).wait_for()
    home.locator("#id_text").fill("Den er god. Klokken åtte?")
    home.get_by_role("button", name="Send svar").click()
    clinic.locator("#thread-conv").get_by_text("Klokken åtte?").wait_for()
    assert clinic.locator("#thread-conv .msg").count() == 2
    look(clinic, home)


@BY_HAND
@pytest.mark.req("PAT-9", "PAT-10")
def test_who_cannot_be_reached_is_not_written_to_and_the_page_says_why(
    *, demo: Demo, staff: Open, hand: type[Any]
) -> None:
    assert not demo.citizen("Ragnhild Ness")["reachable"]
    clinic = staff("kari")
    hands = hand(clinic)
    hands.press(clinic.locator("header.top").get_by_role("link", name="eKonsultasjon"))
    hands.write(clinic.get_by_label("Hvem skal du skrive til?"), "Ragnhild Ness")
    hands.press(clinic.locator("#post-thread").get_by_role("button", name="Søk"))
    hands.press(clinic.locator("#post-thread .hits").get_by_role("link", name="Ragnhild Ness"))
    clinic.get_by_text("Ingenting er sendt.").first.wait_for()
    assert clinic.get_by_role("button", name="Send", exact=True).count() == 0
    look(clinic)


@BY_HAND
@pytest.mark.req("MSG-22", "PAT-12", "DDFL-ID-03", "DDFL-ID-04")
def test_what_helsenorge_did_not_take_is_explained_and_sent_again(
    *, demo: Demo, staff: Open, window: Open, hand: type[Any]
) -> None:
    """By mouse a message that could not be opened, by keyboard one that was refused; a begun answer is not lost."""
    trouble, why = {
        "mouse": ("Meld feil på feilkøen", "HelseNorge fikk ikke åpnet meldingen."),
        "keyboard": ("Avvis den", "HelseNorge godtok ikke innholdet eller et vedlegg."),
    }[hand.name]
    operator = window()
    operator.goto(f"{demo.sandbox}drift")
    operator.get_by_role("button", name=trouble).click()
    operator.get_by_text("møter feilen").wait_for()
    look(operator)
    clinic, subject = staff("kari"), _subject("Svar på prøver")
    patient = demo.ask("kari", f"/patients?national_id={demo.citizen('Ola Nordli')['national_id']}")["items"][0]["id"]
    clinic.goto(f"{demo.clinic}post/ny?type=e_contact&pasient={patient}")
    hands = hand(clinic)
    hands.write(clinic.get_by_label("Emne"), subject)
    hands.write(clinic.get_by_label("Melding", exact=True), "Prøvene er fine.")
    hands.press(clinic.get_by_role("button", name="Send", exact=True))
    clinic.locator(".msg.us").get_by_text(why).wait_for()
    hands.write(clinic.get_by_label("Svar til Ola Nordli"), "Og en ting til.")
    look(clinic)
    hands.press(clinic.get_by_role("button", name="Send på nytt"))
    clinic.locator("#thread-done").get_by_text("Meldingen er lagt i kø på nytt.").wait_for()
    clinic.locator(".msg.us").get_by_text("Mottatt av HelseNorge").wait_for()
    assert clinic.locator("#answer-text").input_value() == "Og en ting til."
    assert clinic.get_by_role("button", name="Send på nytt").count() == 0
    look(clinic)


@pytest.mark.req("NFR-6")
def test_search_menu_and_shortcuts_work_by_keyboard(staff: Open) -> None:
    clinic = staff("lise")
    hands = Keyboard(clinic)
    clinic.keyboard.press("Alt+f")
    clinic.keyboard.type("Nordli")
    clinic.locator("#ui-search-results a:not(.htmx-added)").first.wait_for()
    clinic.keyboard.press("ArrowDown")
    clinic.keyboard.press("Enter")
    clinic.locator("#ui-patient .nm").wait_for()
    look(clinic)
    hands.press(clinic.locator("header.top summary"))
    clinic.get_by_role("button", name="Logg ut", exact=True).wait_for()
    look(clinic)
    clinic.keyboard.press("Escape")
    clinic.keyboard.press("?")
    clinic.get_by_role("heading", name="Hurtigtaster").wait_for()
    look(clinic)
    clinic.keyboard.press("Escape")
    look(clinic)
