"""Every state of a renewal in the clinic portal, each with the way to it."""

from typing import Any
from uuid import uuid4

from support.journeys.stage import CLINIC, Stage

state = CLINIC.state


def _request(stage: Stage) -> Any:
    """A citizen's new request, open before the clinic."""
    words = f"Eksempelin {uuid4().hex[:4]} 10 mg"
    home = stage.citizen("Ola Nordli")
    home.locator(".sb-services").get_by_role("link", name="Forny resept").click()
    home.locator("#id_text").fill(words)
    home.get_by_label("Hentes hos legen").check()
    home.get_by_role("button", name="Send", exact=True).click()
    home.get_by_text("Forespørselen er sendt.").wait_for()
    page = stage.staff("anne")
    page.locator("#post-rows a", has_text=words).click()
    page.get_by_text("Ønsket levering: hentes hos legen").wait_for()
    return page


@state("resept", main=True)
def _renewal(stage: Stage) -> Any:
    page = _request(stage)
    page.locator("#answer-outcome").wait_for()
    return page


@state("resept-uten-utfall")
def _no_outcome(stage: Stage) -> Any:
    page = _request(stage)
    page.locator("#answer-text").fill("Klar på apoteket i ettermiddag.")
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator("#answer-outcome_error").wait_for()
    return page


@state("resept-uten-tekst")
def _no_text(stage: Stage) -> Any:
    page = _request(stage)
    page.get_by_label("Resept fornyet", exact=True).check()
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator("#answer-text_error").wait_for()
    return page


@state("resept-besvart", main=True)
def _answered(stage: Stage) -> Any:
    page = _request(stage)
    page.locator("#answer-text").fill("Klar på apoteket i ettermiddag.")
    page.get_by_label("Resept fornyet", exact=True).check()
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator(".msg.us").get_by_text("Mottatt av HelseNorge").last.wait_for()
    return page
