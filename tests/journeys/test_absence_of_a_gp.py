"""A GP goes on holiday: the free times of a period are away at once, whoever asks, and an undo brings them back."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from skranke.kernel import clock
from skranke.ui.dates import format_date

from support.journeys.demo import Demo
from support.journeys.watch import look

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
GP, LOOKS, BOOKED = "Jonas Aasen", "Åse Foss", "Leif Foss"


def _offered(demo: Demo, schedule: str) -> list[datetime]:
    """When Jonas has free times, in the four weeks that HelseNorge asks about."""
    asked = {"from": clock.now().isoformat(), "to": (clock.now() + timedelta(days=27)).isoformat()}
    query = urlencode(asked | {"schedule": schedule})
    return sorted(datetime.fromisoformat(one["start"]) for one in demo.ask("jonas", f"/slots?{query}")["items"])


def _days(home: Any) -> list[str]:
    """The days with free times, as HelseNorge answers a question that is asked now."""
    home.goto(home.url.partition("/timer")[0])
    home.get_by_role("button", name="Bestill time").click()
    home.get_by_role("heading", name="Bestill time hos").wait_for()
    home.locator(".sb-times").wait_for()
    return home.locator(".sb-times legend").all_inner_texts()


def _in(days: list[str], period: list[date]) -> set[date]:
    return {day for day in period if any(text.endswith(f" {format_date(day, 'dag')}") for text in days)}


def _give(demo: Demo, schedule: str, day: date) -> tuple[str, str]:
    """A time that day, given by the clinic: its id, and when it is."""
    (patient,) = demo.ask("jonas", f"/patients?national_id={demo.citizen(BOOKED)['national_id']}")["items"]
    begins = datetime.combine(day, datetime.min.time(), clock.OSLO)
    query = urlencode(
        {"from": begins.isoformat(), "to": (begins + timedelta(days=1)).isoformat(), "schedule": schedule}
    )
    slot = demo.ask("jonas", f"/slots?{query}")["items"][0]
    made = demo.ask("jonas", "/appointments", make={"slot_id": slot["id"], "patient_id": patient["id"]})
    return made["id"], made["start"]


@pytest.mark.req("PLN-10", "PLN-11")
def test_a_gp_goes_on_holiday_and_comes_back(demo: Demo, staff: Open, citizen: Open) -> None:
    assert {demo.gp(LOOKS), demo.gp(BOOKED)} == {GP}
    (schedule,) = (one["id"] for one in demo.ask("anne", "/schedules")["items"] if one["public_name"] == GP)
    days = sorted({one.date() for one in _offered(demo, schedule)})
    # From the third week on there are working days in any season.
    first = next(day for day in days if day >= clock.today() + timedelta(days=14))
    period = [first + timedelta(days=number) for number in range(4)]
    open_days = {day for day in period if day in days}
    given, _ = _give(demo, schedule, first)
    home, office = citizen(LOOKS), staff("anne")
    before = _days(home)
    assert _in(before, period) == open_days
    look(home)

    office.goto(f"{demo.clinic}konfigurasjon/arbeidsplaner")
    office.locator(".rows").get_by_role("link", name=GP).click()
    office.get_by_role("link", name="Fjern ledige timer").click()
    office.locator("[name=first]").fill(first.isoformat())
    office.locator("[name=last]").fill(period[-1].isoformat())
    look(office)
    office.get_by_role("button", name="Fjern ledige timer").click()
    office.get_by_text("ledige timer er fjernet.").wait_for()
    concerned = office.get_by_role("region", name="Timer som må følges opp")
    assert concerned.locator(f"a[href$='{given}']", has_text=BOOKED).count() == 1
    look(office)

    away = _days(home)
    assert _in(away, period) == set()
    assert [text for text in away if text in before] == away
    assert len(away) == len(before) - len(open_days)
    look(home)
    assert demo.ask("jonas", f"/appointments/{given}")["state"] == "booked"

    office.get_by_role("button", name="Angre, og legg dem tilbake").click()
    office.get_by_text("er lagt tilbake.").wait_for()
    assert _days(home) == before
    look(office, home)
    demo.ask("jonas", f"/appointments/{given}/cancel", make={"by": "clinic"})
