"""Every state of the operator's pages, each with the way to it."""

from typing import Any

from support.journeys.stage import CLINIC, Stage

state = CLINIC.state
_NEW = "Ny klinikk"


def _operator(stage: Stage) -> Any:
    page = stage.window()
    page.goto(stage.demo.facts["operator"]["login_url"])
    return page


def _clinic(stage: Stage) -> Any:
    page = _operator(stage)
    page.get_by_role("link", name="Eksempelvik legekontor").click()
    page.get_by_role("heading", name="Klinikken i HelseNorge").wait_for()
    return page


@state("drift-ny-klinikk", "operator-new-clinic")
def _new(stage: Stage) -> Any:
    page = _operator(stage)
    page.get_by_role("link", name=_NEW).click()
    page.get_by_role("heading", name=_NEW).wait_for()
    return page


@state("drift-ny-klinikk-feil")
def _new_refused(stage: Stage) -> Any:
    page = _new(stage)
    page.get_by_label("Klinikkens navn").fill("Nyvik")
    page.get_by_label("HER-id").fill("0")
    page.get_by_role("button", name="Lag klinikken").click()
    page.locator("[data-error-summary]").wait_for()
    return page


@state("drift-klinikk", "operator-clinic", main=True)
def _checklist(stage: Stage) -> Any:
    return _clinic(stage)


@state("drift-klinikk-feil")
def _checklist_refused(stage: Stage) -> Any:
    page = _clinic(stage)
    page.get_by_label("Klinikken har bestilt").uncheck()
    page.get_by_role("button", name="Lagre").click()
    page.locator("[data-error-summary]").wait_for()
    return page


@state("drift-klinikk-varsler")
def _notices(stage: Stage) -> Any:
    page = _clinic(stage)
    page.get_by_label("Ingen SMS når timen").fill("-1")
    page.get_by_role("button", name="Endre varslene").click()
    page.locator("[data-error-summary]").wait_for()
    return page


@state("drift-klinikk-er-pa")
def _checklist_live(stage: Stage) -> Any:
    page = _clinic(stage)
    page.get_by_label("Klinikken er medlem").uncheck()
    page.get_by_role("button", name="Lagre").click()
    page.get_by_text("Slå den av før du endrer").wait_for()
    return page


@state("drift-tilkobling", "operator-connection")
def _connection(stage: Stage) -> Any:
    page = _clinic(stage)
    page.get_by_role("link", name="Tilkobling").click()
    page.get_by_role("heading", name="Klinikken på meldingsbussen").wait_for()
    return page


@state("drift-tilkobling-sjekket", main=True)
def _checked(stage: Stage) -> Any:
    page = _connection(stage)
    page.get_by_role("button", name="Sjekk tilkoblingen").click()
    page.get_by_text("meldinger venter").first.wait_for()
    return page


@state("drift-tilkobling-feil")
def _connection_refused(stage: Stage) -> Any:
    page = _connection(stage)
    page.get_by_label("Nøkkel for signering", exact=True).fill("hemmelig")
    page.get_by_role("button", name="Lagre tilkoblingen").click()
    page.locator("[data-error-summary]").wait_for()
    return page


@state("drift-logg", "operator-log")
def _log(stage: Stage) -> Any:
    page = _clinic(stage)
    page.get_by_role("link", name="Logg", exact=True).click()
    page.get_by_role("heading", name="Avviste henvendelser").wait_for()
    return page
