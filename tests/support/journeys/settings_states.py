"""Every state of Konfigurasjon, each with the way to it. Anne is the demo's administrator."""

from typing import Any

from support.journeys.stage import CLINIC, Stage

state = CLINIC.state


@state("konfigurasjon", "settings", main=True)
def _front(stage: Stage) -> Any:
    page = stage.staff("anne")
    page.keyboard.press("Alt+,")
    page.get_by_role("heading", name="Konfigurasjon", exact=True).wait_for()
    return page


@state("konfigurasjon-hvem-kan-hva", "settings-access", main=True)
def _access(stage: Stage) -> Any:
    return stage.settings("hvem-kan-hva")


@state("konfigurasjon-innsynslogg", "settings-access-log", main=True)
def _access_log(stage: Stage) -> Any:
    return stage.settings("innsynslogg")


@state("konfigurasjon-innsynslogg-feil")
def _access_log_wrong(stage: Stage) -> Any:
    page = stage.settings("innsynslogg")
    page.get_by_label("Pasientens fødselsnummer").fill("123")
    page.get_by_role("button", name="Vis", exact=True).click()
    page.get_by_text("Ingen pasient ved klinikken har dette fødselsnummeret.").first.wait_for()
    return page


@state("konfigurasjon-ikke-administrator")
def _as_user(stage: Stage) -> Any:
    page = stage.staff("kari")
    page.goto(f"{stage.demo.clinic}konfigurasjon")
    page.get_by_role("heading", name="Konfigurasjon", exact=True).wait_for()
    return page


@state("konfigurasjon-helsenorge", "settings-helsenorge", main=True)
def _helsenorge(stage: Stage) -> Any:
    return stage.settings("helsenorge")


@state("konfigurasjon-helsenorge-lest")
def _helsenorge_read(stage: Stage) -> Any:
    page = stage.settings("helsenorge")
    page.get_by_role("button", name="Les på nytt").click()
    page.get_by_text("Lest fra Adresseregisteret.", exact=True).wait_for()
    return page


@state("konfigurasjon-hva-ser-pasienten", "settings-sight", main=True)
def _sight(stage: Stage) -> Any:
    return stage.settings("hva-ser-pasienten")


@state("konfigurasjon-hva-ser-pasienten-feil", main=True)
def _sight_fault(stage: Stage) -> Any:
    page = stage.settings("hva-ser-pasienten")
    page.get_by_role("navigation", name="Fastleger").get_by_role("link", name="Per Nygård").click()
    page.get_by_text("Legen eier flere timebøker").first.wait_for()
    return page


@state("konfigurasjon-oppstart", "settings-start")
def _start(stage: Stage) -> Any:
    return stage.settings("oppstart")


@state("konfigurasjon-oppstart-feil")
def _start_refused(stage: Stage) -> Any:
    page = stage.settings("oppstart")
    answer = page.get_by_label("Vi har bestemt: Hvor ofte?")
    answer.fill("x" * 1001)
    page.get_by_role("button", name="Lagre: Hvor ofte?").click()
    page.locator("#how_often-text_error").wait_for()
    return page
