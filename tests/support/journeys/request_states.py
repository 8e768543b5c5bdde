"""Every state of the pages about requests for a time, in the portal and at the clinic, each with the way to it."""

from typing import Any
from uuid import uuid4

from support.journeys.portal_states import patient_at_home
from support.journeys.stage import CLINIC, Stage

state = CLINIC.state
_NAME = "Ola Nordli"


def _overview(stage: Stage, username: str = "anne") -> Any:
    page = stage.staff(username)
    page.goto(f"{stage.demo.clinic}timebok/foresporsler")
    return page


def _opened(stage: Stage) -> None:
    """The administrator has opened the portal for requests."""
    page = _overview(stage)
    page.locator("summary", has_text="Om portalen tar imot").click()
    button = page.get_by_role("button", name="Åpne for timeforespørsler")
    if button.count():
        button.click()
        page.get_by_text("Portalen tar ikke imot").wait_for(state="detached")


def _form(stage: Stage) -> Any:
    _opened(stage)
    page = patient_at_home(stage, _NAME)
    page.get_by_role("navigation", name="Meny").get_by_role("link", name="Timer").click()
    page.get_by_role("link", name="Be om en time").click()
    page.get_by_role("heading", name="Be om en time").wait_for()
    return page


def _sent(stage: Stage) -> tuple[Any, str]:
    """Ola at a request that he has just sent, and its words."""
    words = f"Kontroll av kneet {uuid4().hex[:6]}"
    page = _form(stage)
    page.get_by_label("Hva gjelder det?").fill(words)
    page.get_by_label("Når på dagen?").select_option("morning")
    page.get_by_role("button", name="Send forespørselen").click()
    page.get_by_text("Forespørselen er sendt.").wait_for()
    return page, words


def _taken_back(page: Any) -> None:
    """So that the next state may ask again: three that wait are the most."""
    page.get_by_role("button", name="Trekk forespørselen").click()
    page.get_by_text("Du har trukket forespørselen.").wait_for()


def _at_the_clinic(stage: Stage) -> tuple[Any, Any]:
    """Ola's page and Anne's, who has opened what he asked for."""
    home, words = _sent(stage)
    page = _overview(stage)
    page.locator("tr", has_text=words).get_by_role("link").click()
    page.get_by_role("heading", name="Hva pasienten ber om").wait_for()
    return home, page


@state("min-side-be-om-time", "patient-request-new", main=True)
def _new(stage: Stage) -> Any:
    return _form(stage)


@state("min-side-be-om-time-feil")
def _new_refused(stage: Stage) -> Any:
    page = _form(stage)
    page.get_by_label("Hva gjelder det?").fill("Hoste")
    page.get_by_label("Hvilken dag passer best?").fill("2020-01-01")
    page.get_by_role("button", name="Send forespørselen").click()
    page.locator("[aria-invalid=true]").first.wait_for()
    return page


@state("min-side-timeforesporsel", "patient-request", main=True)
def _asked(stage: Stage) -> Any:
    page, _words = _sent(stage)
    _taken_back(page)
    return page


@state("timeforesporsler", "request-list", main=True)
def _list(stage: Stage) -> Any:
    home, words = _sent(stage)
    page = _overview(stage)
    page.get_by_text(words).wait_for()
    _taken_back(home)
    return page


@state("timeforesporsler-kolonner")
def _columns(stage: Stage) -> Any:
    page = _overview(stage)
    page.locator("#foresporsel-kolonner").click()
    page.get_by_role("checkbox", name="Fødselsdato").wait_for()
    return page


@state("timeforesporsel", "request", main=True)
def _request(stage: Stage) -> Any:
    _home, page = _at_the_clinic(stage)
    page.get_by_label("Svar til pasienten").fill("Ring oss.")
    return page


@state("timeforesporsel-avslag-feil")
def _refused(stage: Stage) -> Any:
    _home, page = _at_the_clinic(stage)
    page.get_by_role("button", name="Avslå og si fra").click()
    page.locator("#f-why_error").wait_for()
    return page


@state("timeforesporsel-besvart")
def _declined(stage: Stage) -> Any:
    _home, page = _at_the_clinic(stage)
    page.get_by_label("Svar til pasienten").fill("Ring oss.")
    page.get_by_role("button", name="Avslå og si fra").click()
    page.get_by_text("Avslått").first.wait_for()
    return page
