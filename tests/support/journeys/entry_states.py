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


def _chosen(stage: Stage, address: str, button: str, person: str, *, level: str = "") -> Any:
    """Somebody who logs in by the sandbox's provider, as a person does it."""
    page = stage.window()
    page.goto(f"{stage.demo.root}{address}")
    page.get_by_role("link", name=button).click()
    if level:
        page.get_by_label(level).check()
    page.get_by_role("button", name=person).click()
    return page


@state("logg-inn-helseid", "login-helseid", "login-helseid-answer")
def _helseid(stage: Stage) -> Any:
    page = _chosen(stage, "logg-inn", "Logg inn med HelseID", "Kari Lunde")
    page.locator("#post-rows .it").first.wait_for()
    return page


@state("logg-inn-avvist")
def _refused(stage: Stage) -> Any:
    page = _chosen(stage, "logg-inn", "Logg inn med HelseID", "Kari Lunde", level="3, som MinID")
    page.get_by_text("Du ble ikke logget inn.").wait_for()
    return page


@state("min-side-id-porten", "patient-login-id-porten", "patient-login-id-porten-answer")
def _id_porten(stage: Stage) -> Any:
    page = _chosen(stage, "min/", "Logg inn med ID-porten", "Ola Nordli")
    page.get_by_role("heading", name="Min side").wait_for()
    return page


@state("drift-helseid", "operator-login-helseid", "operator-login-helseid-answer")
def _operator(stage: Stage) -> Any:
    page = _chosen(stage, "drift/", "Logg inn med HelseID", "Synne Drift")
    page.get_by_role("heading", name="Klinikker").wait_for()
    return page
