"""A child's hidden appointment is invisible to the parent everywhere; the child's ordinary one is there (TYP-4)."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from skranke.kernel import clock

from support.journeys.demo import Demo
from support.journeys.hands import weeks_on
from support.journeys.watch import PHONE, look

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
PARENT, CHILD = "Ola Nordli", "Nora Nordli"


def _child(demo: Demo) -> str:
    (found,) = demo.ask("kari", f"/patients?national_id={demo.citizen(CHILD)['national_id']}")["items"]
    return str(found["id"])


def _let_the_father_act(demo: Demo, office: Any, child: str) -> None:
    office.goto(f"{demo.clinic}pasienter/{child}")
    relations = office.get_by_role("region", name="Relasjon")
    if not relations.get_by_text(PARENT).count():
        relations.get_by_text("Legg til en relasjon").click()
        relations.get_by_label("Den pårørendes fødselsnummer").fill(demo.citizen(PARENT)["national_id"])
        relations.get_by_label("Er pasientens").select_option("father")
        relations.get_by_label("Ja", exact=True).check()
        relations.get_by_role("button", name="Legg til").click()
        relations.get_by_text(PARENT).wait_for()


def _book_hidden(demo: Demo, office: Any, kind: str, reason: str) -> str:
    """An appointment of a hidden type, beside the plan; its id."""
    office.goto(f"{demo.clinic}timebok")
    office.locator("#ny-time").click()
    office.locator("#pasient-sok").press_sequentially(CHILD)
    office.locator("#treff").get_by_role("button", name=CHILD).click()
    office.locator("#panel .who", has_text=CHILD).wait_for()
    office.locator("#bok-day").fill((clock.today() + timedelta(days=35)).isoformat())
    office.locator("#bok-start").fill("15:35")
    kinds = office.locator("#bok-type")
    kinds.select_option(label=kinds.locator("option", has_text=kind).inner_text())
    office.locator("#bok-concurrent").check()
    office.locator("#bok-reason").fill(reason)
    look(office)
    office.get_by_role("button", name="Lagre time").last.click()
    office.get_by_text("Timen er lagret.").first.wait_for()
    office.get_by_text("Timen er skjult, og pasienten får ingen beskjed.").wait_for()
    look(office)
    found = demo.ask("kari", f"/appointments?limit=200&standing=true&patient={_child(demo)}")["items"]
    (made,) = (one["id"] for one in found if one["reason"] == reason)
    return str(made)


def _book_ordinary(demo: Demo, office: Any, reason: str) -> tuple[str, re.Pattern[str]]:
    """An appointment of the ordinary kind in a free time five weeks ahead; its id, and when, as citizens read it."""
    office.goto(f"{demo.clinic}timebok")
    weeks_on(office, 5)
    slot = office.locator("a.free.online").nth(3).get_attribute("id").removeprefix("t-")
    made = demo.ask("kari", "/appointments", make={"slot_id": slot, "patient_id": _child(demo), "reason": reason})
    start = datetime.fromisoformat(made["start"])
    return str(made["id"]), re.compile(rf" {start.day}\. .*kl\. {start:%H}\.{start:%M}")


@pytest.mark.req("TYP-4", "APT-22", "PAT-21")
def test_a_childs_hidden_appointment_is_invisible_to_the_parent_everywhere(
    demo: Demo, staff: Open, citizen: Open, window: Open
) -> None:
    mark = uuid4().hex[:5]
    kind, secret, known = f"Samtale {mark}", f"Fortrolig {mark}", f"Vaksine {mark}"
    demo.ask("anne", "/appointment-types", make={"name": kind, "minutes": 20, "visibility": "hidden"})
    office, child = staff("kari"), _child(demo)
    _let_the_father_act(demo, office, child)
    home = citizen(PARENT)
    home.get_by_role("navigation", name="Handler for").get_by_role("link", name="Nora").click()
    home.get_by_role("heading", name=f"{CHILD}, ").wait_for()
    came, letters = _came(home), _letters(home)

    hidden = _book_hidden(demo, office, kind, secret)
    time.sleep(demo.facts["settings"]["grace_seconds"] + 4)
    home.reload()
    assert (_came(home) - came, _letters(home) - letters) == (set(), set())
    assert demo.ask("kari", f"/appointments/{hidden}/told")["told"] == "hidden"

    ordinary, when = _book_ordinary(demo, office, known)
    home.locator("#timeavtaler [data-state=confirmed]", has_text=when).wait_for()
    home.reload()
    assert (len(_came(home) - came), len(_letters(home) - letters)) == (1, 1)
    _says_nothing(home, kind, secret, hidden)
    look(home)
    home.locator("#innboks tbody tr").first.get_by_role("link").click()
    home.locator(".sb-facts").wait_for()
    _says_nothing(home, kind, secret, hidden)

    page = window(viewport=PHONE)
    page.goto(demo.citizen(PARENT)["login_url"])
    page.get_by_role("link", name=f"For {CHILD}").click()
    page.get_by_text(f"Du handler for {CHILD}").wait_for()
    own = page.url.partition("?")[0].rstrip("/")
    for path in ("", "/meldinger", "/timer", "/meg", "/meg/betalinger", "/meg/tilgang"):
        page.goto(f"{own}{path}")
        _says_nothing(page, kind, secret, hidden)
        look(page)
    page.goto(f"{own}/timer")
    page.locator(f"a[href*='{ordinary}']").first.wait_for()
    look(page)
    # The address itself answers as one that leads nowhere; and who has seen the child's record is not the father's.
    for path in (f"/timer/{hidden}", f"/timer/{hidden}/avbestill", "/innsyn"):
        assert page.request.get(f"{own}{path}").status == 404
    assert page.request.get(f"{own}/timer/{ordinary}").status == 200

    # Cancelled, it leaves as quietly; what is known of is told.
    for one in (hidden, ordinary):
        demo.ask("kari", f"/appointments/{one}/cancel", make={"by": "clinic"})
    home.goto(home.url.partition("/beskjed")[0])
    home.locator("#timeavtaler [data-state=cancelled]", has_text=when).first.wait_for()
    time.sleep(demo.facts["settings"]["grace_seconds"] + 1)
    home.reload()
    assert len(_came(home) - came) == 2
    _says_nothing(home, kind, secret, hidden)


def _came(home: Any) -> set[str]:
    """The addresses of what has come from the clinic on the wire and is no receipt."""
    links = home.locator("#ledningen tbody tr", has_text="fra klinikken").locator("th a").all()
    return {one.get_attribute("href") for one in links if not one.inner_text().startswith("AppRec")}


def _letters(home: Any) -> set[str]:
    return {one.get_attribute("href") for one in home.locator("#innboks tbody th a").all()}


def _says_nothing(page: Any, *words: str) -> None:
    shown = page.content()
    for word in (*words, "15.35", "15:35"):
        assert word not in shown, f"{page.url} tells of {word}"
