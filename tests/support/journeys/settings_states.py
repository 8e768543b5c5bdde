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


@state("konfigurasjon-ikke-administrator")
def _as_user(stage: Stage) -> Any:
    page = stage.staff("kari")
    page.goto(f"{stage.demo.clinic}konfigurasjon")
    page.get_by_role("heading", name="Konfigurasjon", exact=True).wait_for()
    return page
