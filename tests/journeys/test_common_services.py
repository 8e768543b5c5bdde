"""A lab with three helpers at once: three citizens take the same start, and the fourth does not see it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from support.journeys.demo import Demo
from support.journeys.watch import look

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
SERVICE, TELLS = "Blodprøve", f"Jernprøve {uuid4().hex[:4]}"


def _see_services(home: Any) -> None:
    home.get_by_role("button", name="Se tjenestene hos").click()
    home.locator("#tjenester").wait_for()


def _choose(home: Any) -> list[str]:
    """Open the service; its times, as they are read out."""
    _see_services(home)
    home.locator("#tjenester").get_by_role("link", name=SERVICE).click()
    home.locator(".sb-times").wait_for()
    return home.locator("label.pill .sr").all_inner_texts()


def _take(home: Any, time: str) -> None:
    home.locator("label.pill", has_text=time).locator("input").check()
    home.get_by_role("button", name="Bestill timen").click()
    home.locator("[data-error-summary]").wait_for()  # what it is about must be written (HNB-9)
    home.locator("#id_comment").fill(TELLS)
    home.get_by_role("button", name="Bestill timen").click()
    home.get_by_text("Bestillingen er sendt.").wait_for()
    home.locator("#timeavtaler [data-state=confirmed]", has_text=SERVICE).first.wait_for()


@pytest.mark.req("RES-11", "RES-15", "RES-20", "RES-21", "RES-27", "RES-31")
def test_three_citizens_take_the_same_start_and_the_fourth_does_not_see_it(
    demo: Demo, staff: Open, citizen: Open
) -> None:
    clinic = staff("anne")
    clinic.goto(f"{demo.clinic}konfigurasjon/timetyper")
    clinic.get_by_role("link", name=SERVICE).click()
    text = clinic.locator("[data-mirror-for=id_information]").inner_text()
    look(clinic)
    people = ("Ola Nordli", "Astrid Vik", "Thea Hauge")
    homes = [citizen(name) for name in people]
    look(homes[0])
    _see_services(homes[0])
    services = homes[0].locator("#tjenester li")
    assert [one.split("\n")[0].split(" ")[0] for one in services.all_inner_texts()] == [SERVICE, "Influensavaksine"]
    assert text in services.first.inner_text()
    look(homes[0])
    time = _choose(citizen("Gunnar Moen"))[-1]
    for home, name in zip(homes, people, strict=True):
        home.goto(f"{demo.sandbox}?q={name.replace(' ', '+')}")
        home.get_by_role("navigation", name="Velg innbygger").get_by_role("link", name=name).click()
        assert time in _choose(home)
        look(home)
        _take(home, time)
    fourth = _choose(citizen("Gunnar Moen"))
    assert time not in fourth
    assert fourth
    found = demo.ask("anne", "/appointments?limit=200&standing=true")["items"]
    rows = [one for one in found if one["comment"] == TELLS]
    assert {one["patient_name"] for one in rows} == set(people)
    assert len({one["schedule_id"] for one in rows}) == len({one["start"] for one in rows}) * 3 == 3

    home = homes[0]
    mine = home.locator("#timeavtaler [data-state=confirmed]", has_text=SERVICE).first
    mine.get_by_role("link", name="Avbestill").click()
    home.get_by_role("button", name="Avbestill timen").click()
    home.locator("#timeavtaler [data-state=cancelled]", has_text=SERVICE).wait_for()
    assert time in _choose(citizen("Gunnar Moen"))
