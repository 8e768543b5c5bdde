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


@state("resept-delvis-med-listen", main=True)
def _partly(stage: Stage) -> Any:
    page = _request(stage)
    page.get_by_label("Resepter delvis fornyet", exact=True).check()
    page.locator("#act-items").click()
    page.locator("#answer-items").fill("Paracet 500 mg\nIbux 400 mg")
    page.get_by_role("button", name="Lagre listen").click()
    page.get_by_label("Resept 2: Ibux 400 mg").wait_for()
    page.get_by_label("Resept 1: Paracet 500 mg").check()
    page.get_by_role("button", name="Sett inn listen i svaret").click()
    page.get_by_text("Ibux 400 mg er ikke fornyet.").wait_for()
    page.locator("#act-items").click()
    return page


def _entered(stage: Stage, group: str) -> Any:
    """An answer that renews, with a prescription entered."""
    page = _request(stage)
    page.locator("#answer-text").fill("Klar på apoteket i ettermiddag.")
    page.get_by_label("Resept fornyet", exact=True).check()
    page.get_by_label("Resept 1: ").check()
    page.locator("#rx-1-amount").fill("2")
    page.locator("#rx-1-use").fill("1 tablett daglig")
    if group:
        page.locator("#rx-1-group").select_option(group)
    return page


@state("resept-med-resepter", main=True)
def _prescriptions(stage: Stage) -> Any:
    page = _entered(stage, "C")
    page.get_by_label("Resept 2: En annen resept").check()
    page.get_by_label("Resept 3: En annen resept").wait_for()
    return page


@state("resept-uten-reseptgruppe")
def _no_group(stage: Stage) -> Any:
    page = _entered(stage, "")
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator("#answer-renewed_error").wait_for()
    return page


@state("resept-besvart-med-resepter")
def _told(stage: Stage) -> Any:
    page = _entered(stage, "C")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_label("Fornyede resepter").wait_for()
    page.locator(".msg.us").get_by_text("Mottatt av HelseNorge").last.wait_for()
    return page


@state("resept-svares-som", main=True)
def _answered_as(stage: Stage) -> Any:
    page = _request(stage)
    page.locator("#answer-text").fill("Når tok du den sist?")
    page.locator("#act-more").click()
    page.get_by_role("button", name="Svar som eKonsultasjon").click()
    page.locator("#answer-closing").wait_for()
    return page


@state("samtale-gjort-om", main=True)
def _converted(stage: Stage) -> Any:
    words = f"Vondt i kneet {uuid4().hex[:4]}"
    home = stage.citizen("Ola Nordli")
    home.get_by_role("link", name="Kontakt legekontoret", exact=True).click()
    home.get_by_label("Emne").fill(words)
    home.locator("#id_text").fill("Det har vært hovent i en uke.")
    home.get_by_role("button", name="Send", exact=True).click()
    home.get_by_text("Meldingen er sendt.").wait_for()
    page = stage.staff("anne")
    page.locator("#post-rows a", has_text=words).click()
    page.locator("#act-more").click()
    page.locator("#act-turn").click()
    page.locator("#act-convert").click()
    page.locator("#answer-closing").wait_for()
    return page
