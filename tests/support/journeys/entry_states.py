"""Every state of the pages of operators and patients up to their own pages, each with the way to it."""

from typing import Any

from support.journeys.stage import CLINIC, Stage

state = CLINIC.state


@state("drift-logg-inn", "operator-login")
def _operator_login(stage: Stage) -> Any:
    page = stage.window()
    page.goto(f"{stage.demo.root}drift/")
    page.get_by_role("heading", name="Logg inn som drifter").wait_for()
    return page


@state("drift-klinikker", "operator-login-by-link", "operator-home", main=True)
def _operator_home(stage: Stage) -> Any:
    page = stage.window()
    page.goto(stage.demo.facts["operator"]["login_url"])
    page.get_by_role("rowheader", name="Eksempelvik legekontor").wait_for()
    return page


@state("min-side-logg-inn", "patient-login")
def _patient_login(stage: Stage) -> Any:
    page = stage.window()
    page.goto(stage.demo.portal)
    page.get_by_role("heading", name="Logg inn på Min side").wait_for()
    return page


@state("min-side", "patient-login-by-link", "patient-home", "patient-clinic", main=True)
def _patient_home(stage: Stage) -> Any:
    page = stage.window()
    page.goto(stage.demo.citizen("Ola Nordli")["login_url"])
    page.get_by_role("heading", name="Hei, Ola").wait_for()
    return page
