"""Every state of the patient's own pages, each with the way to it."""

import time
from typing import Any
from uuid import uuid4

from support.journeys.stage import CLINIC, Stage

state = CLINIC.state
# The demo's time to regret is five seconds.
_GRACE_SECONDS = 30


def patient_at_home(stage: Stage, name: str = "Ola Nordli") -> Any:
    """A citizen at home in the patient portal."""
    page = stage.window()
    page.goto(stage.demo.citizen(name)["login_url"])
    own = page.get_by_role("link", name="For deg selv")
    page.get_by_role("heading", name="Hei, ").or_(own).wait_for()
    if own.count():
        own.first.click()
        page.get_by_role("heading", name="Hei, ").wait_for()
    return page


def _messages(stage: Stage, name: str = "Ola Nordli") -> Any:
    page = patient_at_home(stage, name)
    page.get_by_role("navigation", name="Meny").get_by_role("link", name="Meldinger").click()
    page.get_by_role("heading", name="Mine meldinger").wait_for()
    return page


def written(stage: Stage, *, may_answer: bool = True) -> str:
    """Kari writes an e-dialog to Ola; its subject."""
    subject = f"Svar på prøvene {uuid4().hex[:4]}"
    page = stage.compose("Ola Nordli", "e_dialog")
    page.locator("#compose-subject").fill(subject)
    page.locator("#compose-text").fill("Prøvene er fine. Skriv gjerne her om du lurer på noe.")
    page.locator("#act-send" if may_answer else "#act-send-close").click()
    page.get_by_text("Ligger i pasientportalen, ikke lest ennå").wait_for()
    # While it can be undone the patient does not see it.
    page.locator("#act-undo").wait_for(state="detached")
    return subject


def given_time(stage: Stage, name: str = "Ola Nordli") -> None:
    """Kari gives a citizen a time, and the time to regret it passes."""
    page = stage.free_time(3)
    page.locator("#pasient-sok").press_sequentially(name)
    page.locator("#treff").get_by_role("button", name=name).click()
    page.locator("#panel .who").wait_for()
    page.get_by_role("button", name="Lagre time").last.click()
    page.locator("#panel").get_by_text("Timen er lagret.").first.wait_for()


@state("skriv-e-dialog", main=True)
def _compose(stage: Stage) -> Any:
    return stage.compose("Ola Nordli", "e_dialog")


@state("skriv-e-dialog-sendt")
def _composed(stage: Stage) -> Any:
    page = stage.compose("Ola Nordli", "e_dialog")
    page.locator("#compose-subject").fill("Timen på torsdag")
    page.locator("#compose-text").fill("Møt fastende.")
    page.locator("#act-send").click()
    page.get_by_text("Ligger i pasientportalen, ikke lest ennå").wait_for()
    return page


@state("min-side-meldinger", "patient-messages", main=True)
def _list(stage: Stage) -> Any:
    return _messages(stage)


@state("min-side-meldinger-tomt")
def _no_messages(stage: Stage) -> Any:
    return _messages(stage, "Thea Hauge")


@state("min-side-skriv", "patient-start", main=True)
def _start(stage: Stage) -> Any:
    page = _messages(stage)
    page.get_by_role("link", name="Skriv til legekontoret").click()
    page.get_by_role("heading", name="Skriv til legekontoret").wait_for()
    return page


@state("min-side-skriv-e-konsultasjon", "patient-write", main=True)
def _write(stage: Stage) -> Any:
    """The form of an e-konsultasjon, sent without a word: what is missing is told, the GP is chosen."""
    page = _start(stage)
    page.get_by_role("link", name="E-konsultasjon").click()
    page.locator("#start-subject").fill("Vondt i kneet")
    page.locator("#start-send").click()
    page.locator("#start-text_error").wait_for()
    return page


@state("min-side-skriv-sendt")
def _started(stage: Stage) -> Any:
    page = _start(stage)
    page.get_by_role("link", name="E-dialog").click()
    page.locator("#start-subject").fill("Åpningstider i romjulen")
    page.locator("#start-text").fill("Holder dere åpent mellom jul og nyttår?")
    page.locator("#start-send").click()
    page.get_by_text("Meldingen er sendt. Du får svar her.").wait_for()
    return page


@state("min-side-melding", "patient-message", main=True)
def _message(stage: Stage) -> Any:
    subject = written(stage)
    page = _messages(stage)
    page.get_by_role("link", name=subject).click()
    page.get_by_role("heading", name=subject).wait_for()
    return page


@state("min-side-melding-feil")
def _refused(stage: Stage) -> Any:
    page = _message(stage)
    page.get_by_role("button", name="Send svaret").click()
    page.locator("#answer-text_error").wait_for()
    return page


@state("min-side-melding-sendt", "patient-attachment", main=True)
def _sent(stage: Stage) -> Any:
    page = _message(stage)
    page.locator("#answer-text").fill("Takk. Her er bildet du ba om.")
    page.locator("#answer-files").set_input_files(stage.picture)
    page.get_by_role("button", name="Send svaret").click()
    page.get_by_text("Meldingen er sendt.").wait_for()
    page.wait_for_function("() => document.querySelector('.pic img').complete")
    return page


@state("min-side-melding-avsluttet")
def _closed(stage: Stage) -> Any:
    subject = written(stage, may_answer=False)
    page = _messages(stage)
    page.get_by_role("link", name=subject).click()
    page.get_by_text("Legekontoret har avsluttet samtalen.").wait_for()
    return page


@state("min-side-bestill", "patient-book", main=True)
def _book(stage: Stage, name: str = "Thea Hauge") -> Any:
    page = patient_at_home(stage, name)
    page.get_by_role("link", name="Bestille time Hos fastlegen").click()
    page.get_by_role("heading", name="Hvem vil du ha time hos?").wait_for()
    return page


@state("min-side-bestill-type", "patient-book-kind", main=True)
def _kind(stage: Stage) -> Any:
    page = _book(stage)
    page.get_by_label("Din fastlege").check()
    page.get_by_role("button", name="Neste").click()
    page.get_by_role("heading", name="Hva slags time?").wait_for()
    return page


@state("min-side-bestill-tid", "patient-book-time", main=True)
def _free_times(stage: Stage) -> Any:
    page = _kind(stage)
    page.get_by_role("navigation", name="Hva slags time?").get_by_role("link").first.click()
    page.get_by_role("heading", name="Når passer det?").wait_for()
    return page


@state("min-side-bestill-bekreft", "patient-book-confirm", main=True)
def _held(stage: Stage) -> Any:
    """A time that is held; it is given back when the next one is picked."""
    page = _free_times(stage)
    page.locator("button[name=tid]").nth(1).click()
    page.get_by_text("Tiden er holdt av for deg").wait_for()
    return page


@state("min-side-bestill-for-langt")
def _too_much_said(stage: Stage) -> Any:
    page = _held(stage)
    page.locator("#book-comment").fill("Vondt i kneet. " * 40)
    page.get_by_role("button", name="Ja, bestill timen").click()
    page.locator("#book-comment_error").wait_for()
    return page


@state("min-side-bestilt")
def _booked(stage: Stage) -> Any:
    page = _held(stage)
    page.get_by_role("button", name="Ja, bestill timen").click()
    page.get_by_text("Timen er bestilt.").wait_for()
    return page


@state("min-side-timer", "patient-times", main=True)
def _times(stage: Stage) -> Any:
    page = patient_at_home(stage)
    page.get_by_role("navigation", name="Meny").get_by_role("link", name="Timer").click()
    page.get_by_role("heading", name="Mine timer").wait_for()
    coming = page.get_by_role("navigation", name="Kommende timer").get_by_role("link")
    before = coming.count()
    given_time(stage)
    deadline = time.monotonic() + _GRACE_SECONDS
    while coming.count() == before:
        assert time.monotonic() < deadline, "the time that Kari gave is not shown"
        page.reload()
    return page


@state("min-side-timer-tomt")
def _no_times(stage: Stage) -> Any:
    page = patient_at_home(stage, "Ragnhild Ness")
    page.get_by_role("navigation", name="Meny").get_by_role("link", name="Timer").click()
    page.get_by_text("Du har ingen kommende timer.").wait_for()
    return page


@state("min-side-time", "patient-time", main=True)
def _time(stage: Stage) -> Any:
    page = _times(stage)
    page.get_by_role("navigation", name="Kommende timer").get_by_role("link").last.click()
    page.get_by_role("link", name="Avbestill timen").wait_for()
    return page


@state("min-side-avbestill", "patient-cancel", main=True)
def _cancel(stage: Stage) -> Any:
    page = _time(stage)
    page.get_by_role("link", name="Avbestill timen").click()
    page.get_by_role("heading", name="Vil du avbestille timen?").wait_for()
    return page


@state("min-side-avbestilt")
def _cancelled(stage: Stage) -> Any:
    page = _cancel(stage)
    page.get_by_role("button", name="Ja, avbestill").click()
    page.get_by_text("er avbestilt.").wait_for()
    return page


@state("min-side-innsyn", "patient-seen", main=True)
def _seen(stage: Stage) -> Any:
    stage.compose("Ola Nordli", "e_dialog")
    page = patient_at_home(stage)
    page.get_by_role("link", name="Hvem har sett journalen min?").click()
    page.get_by_text("Slo opp på deg").first.wait_for()
    return page


@state("min-side-innsyn-tomt")
def _nobody_has_seen(stage: Stage) -> Any:
    page = patient_at_home(stage, "Thea Hauge")
    page.goto(f"{page.url}innsyn?for=1990-01-01")
    page.get_by_text("Det er ikke noe eldre å vise.").wait_for()
    return page


@state("min-side-meg", "patient-me", main=True)
def _me(stage: Stage, name: str = "Ola Nordli") -> Any:
    page = patient_at_home(stage, name)
    page.get_by_role("navigation", name="Meny").get_by_role("link", name="Meg").click()
    page.get_by_role("heading", name=name).wait_for()
    return page


@state("min-side-betalinger-ingen", "patient-payments")
def _no_payments(stage: Stage) -> Any:
    page = _me(stage, "Thea Hauge")
    page.get_by_role("link", name="Betalinger").click()
    page.get_by_text("Legekontoret har ikke ført noe").wait_for()
    return page


@state("min-side-betalinger", main=True)
def _payments(stage: Stage) -> Any:
    clinic = stage.staff("anne")
    clinic.goto(f"{stage.demo.clinic}regninger/ny?pasient={stage.patient('Ola Nordli')}")
    clinic.get_by_role("button", name="Nytt regningskort").click()
    clinic.get_by_label("2ad").check()
    clinic.get_by_role("button", name="Lagre").click()
    clinic.get_by_text("Pasienten betaler").wait_for()
    ready = clinic.get_by_role("button", name="Klart til oppgjør")
    ready.click()
    ready.wait_for(state="detached")
    page = _me(stage)
    page.get_by_role("link", name="Betalinger").click()
    page.get_by_text("Du betaler").first.wait_for()
    return page


@state("min-side-kontakt", "patient-own-contact", main=True)
def _contact(stage: Stage) -> Any:
    page = _me(stage)
    page.get_by_role("link", name="Endre telefon, e-post og språk").click()
    page.locator("#id_phone").wait_for()
    return page


@state("min-side-kontakt-feil")
def _contact_refused(stage: Stage) -> Any:
    page = _contact(stage)
    page.locator("#id_phone").fill("ring meg")
    page.get_by_role("button", name="Lagre").click()
    page.locator("[data-error-summary]").wait_for()
    return page


@state("min-side-kontakt-lagret")
def _contact_saved(stage: Stage) -> Any:
    page = _contact(stage)
    page.locator("#id_phone").fill("412 34 567")
    page.get_by_role("button", name="Lagre").click()
    page.get_by_text("Lagret. Legekontoret ser det du skrev.").wait_for()
    return page


def _represented(stage: Stage) -> Any:
    """Emil, for whom his father may act, at the list of those who may."""
    card = stage.staff("kari")
    card.goto(f"{stage.demo.clinic}pasienter/{stage.patient('Emil Nordli')}")
    relations = card.get_by_role("region", name="Relasjon")
    if not relations.get_by_text("Ola Nordli").count():
        relations.get_by_text("Legg til en relasjon").click()
        relations.get_by_label("Den pårørendes fødselsnummer").fill(stage.demo.citizen("Ola Nordli")["national_id"])
        relations.get_by_label("Er pasientens").select_option("father")
        relations.get_by_label("Ja", exact=True).check()
        relations.get_by_role("button", name="Legg til").click()
        relations.get_by_text("Ola Nordli").first.wait_for()
    page = _me(stage, "Emil Nordli")
    page.get_by_role("link", name="Hvem kan handle for meg?").click()
    page.get_by_role("heading", name="Hvem kan handle for meg?").wait_for()
    return page


@state("min-side-tilganger", "patient-representatives", main=True)
def _representatives(stage: Stage) -> Any:
    return _represented(stage)


@state("min-side-tilganger-ingen")
def _no_representatives(stage: Stage) -> Any:
    page = _me(stage, "Thea Hauge")
    page.get_by_role("link", name="Hvem kan handle for meg?").click()
    page.get_by_text("Ingen kan handle for deg her.").wait_for()
    return page


@state("min-side-velg", main=True)
def _doors(stage: Stage) -> Any:
    """Ola, who may act for his son, choosing for whom he is here."""
    _represented(stage)
    page = stage.window()
    page.goto(stage.demo.citizen("Ola Nordli")["login_url"])
    page.get_by_role("link", name="For Emil Nordli").wait_for()
    return page


@state("min-side-for-en-annen", main=True)
def _for_another(stage: Stage) -> Any:
    page = _doors(stage)
    page.get_by_role("link", name="For Emil Nordli").click()
    page.get_by_text("Du handler for Emil Nordli").wait_for()
    return page


@state("min-side-ta-bort-tilgang", "patient-representative")
def _take_back(stage: Stage) -> Any:
    page = _represented(stage)
    page.get_by_role("link", name="Ta bort tilgangen til").first.click()
    page.get_by_role("heading", name="Vil du ta bort tilgangen").wait_for()
    return page
