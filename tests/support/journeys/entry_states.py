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
    page.goto(stage.demo.citizen("Thea Hauge")["login_url"])
    page.get_by_role("heading", name="Hei, Thea").wait_for()
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


@state("logget-ut-hos-helseid")
def _left(stage: Stage) -> Any:
    """Out of Skranke, out of HelseID, and back at the log-in: three addresses, one press."""
    page = _helseid(stage)
    page.locator("details.drop").filter(has_text="Logg ut").locator("summary").click()
    with page.expect_request(lambda asked: "/oidc/helseid/connect/endsession" in asked.url):
        page.get_by_role("button", name="Logg ut", exact=True).click()
    page.get_by_role("link", name="Logg inn med HelseID").wait_for()
    return page


@state("logg-inn-avvist")
def _refused(stage: Stage) -> Any:
    page = _chosen(stage, "logg-inn", "Logg inn med HelseID", "Kari Lunde", level="3, som MinID")
    page.get_by_text("Du ble ikke logget inn.").wait_for()
    return page


@state("min-side-id-porten", "patient-login-id-porten", "patient-login-id-porten-answer")
def _id_porten(stage: Stage) -> Any:
    page = _chosen(stage, "min/", "Logg inn med ID-porten", "Elin Tangen")
    page.get_by_role("heading", name="Hei, Elin").wait_for()
    return page


@state("drift-helseid", "operator-login-helseid", "operator-login-helseid-answer")
def _operator(stage: Stage) -> Any:
    page = _chosen(stage, "drift/", "Logg inn med HelseID", "Synne Drift")
    page.get_by_role("heading", name="Klinikker").wait_for()
    return page


@state("mine-innlogginger", "sessions")
def _sessions(stage: Stage) -> Any:
    page = stage.staff("kari")
    page.locator("details.drop").filter(has_text="Logg ut").locator("summary").click()
    page.get_by_role("link", name="Mine innlogginger").click()
    page.get_by_role("button", name="Logg ut overalt").wait_for()
    return page


@state("min-side-innlogginger", "patient-sessions")
def _patient_sessions(stage: Stage) -> Any:
    page = _patient_home(stage)
    page.goto(f"{stage.demo.portal}okter")
    page.get_by_role("button", name="Logg ut overalt").wait_for()
    return page


@state("drift-innlogginger", "operator-sessions")
def _operator_sessions(stage: Stage) -> Any:
    page = _operator_home(stage)
    page.goto(f"{stage.demo.root}drift/okter")
    page.get_by_role("button", name="Logg ut overalt").wait_for()
    return page


def _locked_page(stage: Stage) -> Any:
    """Kari's half-written message, under the lock: she has been away for an hour."""
    page = stage.compose("Ola Nordli")
    page.locator("#compose-text").fill("Dette er ikke sendt ennå.")
    operator = stage.window()
    operator.goto(f"{stage.demo.sandbox}drift")
    operator.get_by_role("button", name="1 time fram").click()
    operator.get_by_text("Klokken er flyttet").wait_for()
    # The page has a clock of its own, which nobody can move: it asks now.
    page.evaluate("document.body.dataset.idleSeconds = '-10'")
    page.get_by_role("heading", name="Skjermen er låst").wait_for()
    return page


@state("laast", "session-state", main=True)
def _locked(stage: Stage) -> Any:
    page = _locked_page(stage)
    page.keyboard.press("Escape")
    assert page.locator("#ui-locked").evaluate("one => one.open")
    return page


@state("laast-og-opp", "session-state")
def _unlocked_again(stage: Stage) -> Any:
    page = _locked_page(stage)
    page.evaluate("document.body.dataset.idleSeconds = '900'")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Lås opp med ny innlogging").click()
    tab = opened.value
    tab.get_by_role("link", name="Logg inn med HelseID").click()
    tab.get_by_role("button", name="Kari Lunde").click()
    tab.get_by_role("heading", name="Låst opp").wait_for()
    tab.close()
    page.get_by_role("heading", name="Skjermen er låst").wait_for(state="hidden")
    assert page.locator("#compose-text").input_value() == "Dette er ikke sendt ennå."
    return page


@state("laast-opp", "session-unlocked")
def _unlocked(stage: Stage) -> Any:
    page = stage.staff("kari", at=f"{stage.demo.root}okt/laast-opp")
    page.get_by_role("heading", name="Låst opp").wait_for()
    return page


@state("min-side-okt", "patient-session-state", "patient-session-unlocked")
def _patient_state(stage: Stage) -> Any:
    page = _patient_home(stage)
    page.evaluate("async address => (await fetch(address)).status", f"{stage.demo.portal}okt")
    page.goto(f"{stage.demo.portal}okt/laast-opp")
    return page


@state("drift-okt", "operator-session-state", "operator-session-unlocked")
def _operator_state(stage: Stage) -> Any:
    page = _operator_home(stage)
    page.evaluate("async address => (await fetch(address)).status", f"{stage.demo.root}drift/okt")
    page.goto(f"{stage.demo.root}drift/okt/laast-opp")
    return page


@state("api-nokler", "settings-tokens", main=True)
def _keys(stage: Stage) -> Any:
    page = stage.staff("anne", at=f"{stage.demo.clinic}konfigurasjon/api-nokler")
    page.get_by_role("heading", name="Nøkler i bruk").wait_for()
    return page


@state("api-nokler-ny")
def _new_key(stage: Stage) -> Any:
    page = _keys(stage)
    page.get_by_label("Hva skal bruke nøkkelen?").fill("Labsystemet")
    page.get_by_role("button", name="Lag nøkkelen").click()
    page.get_by_text("Nøkkelen er laget.").wait_for()
    return page


@state("api-nokler-feil")
def _no_key(stage: Stage) -> Any:
    page = _keys(stage)
    page.locator("form", has=page.get_by_role("button", name="Lag nøkkelen")).evaluate(
        "one => { one.noValidate = true; }"
    )
    page.get_by_role("button", name="Lag nøkkelen").click()
    page.locator("#id_name[aria-invalid=true]").wait_for()
    return page
