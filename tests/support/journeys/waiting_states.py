"""Every state of the waiting list's pages, at the clinic and in the patient portal, each with the way to it."""

import time
from typing import Any

from support.journeys.portal_states import patient_at_home
from support.journeys.stage import CLINIC, Stage

state = CLINIC.state
_OFFERED_WITHIN_SECONDS = 60
_NAME = "Ola Nordli"


def _overview(stage: Stage) -> Any:
    return stage.staff("anne", at=f"{stage.demo.clinic}timebok/venteliste")


def _waiting(stage: Stage, name: str = _NAME) -> Any:
    """Anne at the entry of a patient who waits, and is put on the list where that has not been done yet."""
    page = _overview(stage)
    if not page.get_by_role("link", name=name).count():
        page.goto(f"{stage.demo.clinic}timebok/venteliste/ny?pasient={stage.patient(name)}")
        page.get_by_label("Timetype").select_option(label="Vanlig konsultasjon")
        page.get_by_label("Notat – bare for klinikken").fill("Vil gjerne ha en time tidligere.")
        page.get_by_role("button", name="Sett på ventelisten").click()
    else:
        page.get_by_role("link", name=name).first.click()
    page.get_by_role("heading", name="Hva pasienten venter på").wait_for()
    return page


@state("venteliste-pasient", "waiting-entry", main=True)
def _entry(stage: Stage) -> Any:
    return _waiting(stage)


@state("venteliste", "waiting-list", main=True)
def _list(stage: Stage) -> Any:
    _waiting(stage)
    page = _overview(stage)
    page.get_by_role("link", name=_NAME).first.wait_for()
    return page


@state("venteliste-ny", "waiting-new", main=True)
def _new(stage: Stage) -> Any:
    page = stage.staff("anne", at=f"{stage.demo.clinic}timebok/venteliste/ny?pasient={stage.patient('Ragnhild Ness')}")
    page.get_by_role("button", name="Sett på ventelisten").wait_for()
    return page


@state("venteliste-ny-feil")
def _new_refused(stage: Stage) -> Any:
    page = _new(stage)
    page.get_by_label("Første dag").fill("2037-03-02")
    page.get_by_label("Siste dag").fill("2037-03-01")
    page.get_by_role("button", name="Sett på ventelisten").click()
    page.locator("[aria-invalid=true]").first.wait_for()
    return page


@state("venteliste-svartid-feil")
def _hours_refused(stage: Stage) -> Any:
    page = _overview(stage)
    page.get_by_text("Hvor lenge et tilbud står").click()
    page.get_by_label("Timer å svare på").fill("0")
    page.get_by_role("button", name="Lagre").click()
    page.locator("#vente-timer_error").wait_for()
    return page


@state("min-side-tilbud", "patient-offer", main=True)
def _offer(stage: Stage) -> Any:
    _waiting(stage)
    page = patient_at_home(stage, _NAME)
    page.get_by_role("navigation", name="Meny").get_by_role("link", name="Timer").click()
    offers = page.get_by_role("navigation", name="Tilbud til deg").get_by_role("link")
    deadline = time.monotonic() + _OFFERED_WITHIN_SECONDS
    while not offers.count():
        assert time.monotonic() < deadline, "no time is offered to who waits"
        page.reload()
    offers.first.click()
    page.get_by_role("button", name="Ja, bestill timen").wait_for()
    return page
