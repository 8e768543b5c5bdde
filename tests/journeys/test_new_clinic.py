"""A new clinic from nothing to live: the operator makes it, its administrator fills in, a patient's message arrives;
then the administrator sets up the GP's schedule, and the patient books in it.

The chapter is walked twice, each time with a clinic of its own: with the mouse, and with the keyboard alone.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from skranke.kernel import clock

from support.journeys.demo import Demo
from support.journeys.hands import HANDS, weeks_on
from support.journeys.watch import look

pytestmark = pytest.mark.browser
Open = Callable[..., Any]
BY_HAND = pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.name)


@BY_HAND
@pytest.mark.req("ACT-2", "ACT-4", "ACT-7", "ACT-8", "ACT-10", "ACT-15", "ORG-5")
@pytest.mark.req("CAL-1", "TYP-1", "PLN-1", "PLN-2", "PLN-4", "HNB-8")
def test_a_new_clinic_from_nothing_to_its_first_message_and_its_first_appointment(
    demo: Demo, window: Open, citizen: Open, hand: type[Any]
) -> None:
    wanted = demo.facts["waiting_clinics"][HANDS.index(hand)]
    operator = window()
    operator.goto(demo.facts["operator"]["login_url"])
    hands = hand(operator)
    _make(operator, hands, wanted)
    _connect(operator, hands, wanted, demo)
    _put_clinic_live(operator, hands)

    administrator = _log_in(demo, window, wanted["administrator"])
    _fill_in(administrator, hand(administrator), wanted)

    hands.press(operator.get_by_role("link", name="Sjekkliste"))
    name = f"{wanted['gp']['given_name']} {wanted['gp']['family_name']}"
    hands.press(operator.get_by_role("button", name=f"Slå på {name}"))
    operator.get_by_text("Slått på i HelseNorge.").wait_for()
    assert operator.get_by_text("Bare en fastlege med liste kan slås på.").count() == 1
    look(operator)

    home, subject = citizen(wanted["citizens"][0]["name"]), f"Er dere åpne {uuid4().hex[:4]}"
    home.get_by_role("link", name="Kontakt legekontoret", exact=True).click()
    home.get_by_label("Emne").fill(subject)
    home.locator("#id_text").fill("Jeg er ny på listen. Når åpner dere?")
    home.get_by_role("button", name="Send", exact=True).click()
    home.locator("#samtale").get_by_text("Levert").wait_for()

    gp = _log_in(demo, window, wanted["gp"])
    row = gp.locator("#post-rows a", has_text=subject)
    row.wait_for()
    hand(gp).press(row)
    gp.locator(".bub").get_by_text("Jeg er ny på listen.").wait_for()
    look(gp)

    _set_up_schedule(administrator, hand(administrator), name)
    home = citizen(wanted["citizens"][0]["name"])
    home.get_by_role("button", name="Bestill time").click()
    first = home.locator(".sb-times label.pill").first
    first.locator("input").check()
    home.locator("#id_comment").fill("Første time hos ny lege.")
    home.get_by_role("button", name="Bestill timen").click()
    home.locator("#timeavtaler [data-state=confirmed]").wait_for()
    look(home)
    _find_in_timebok(gp, hand(gp), wanted["citizens"][0]["name"])


def _set_up_schedule(page: Any, hands: Any, gp: str) -> None:
    """A type, the GP's schedule, a week of free times - drawn or typed - and the work plan."""

    def settings(name: str) -> None:
        hands.press(page.get_by_role("navigation", name="Konfigurasjon").get_by_role("link", name=name, exact=True))
        page.get_by_role("heading", name=name, level=1).wait_for()

    settings("Timetyper")
    hands.press(page.get_by_role("link", name="Ny timetype").first)
    hands.write(page.locator("#main").get_by_label("Navn", exact=True), "Konsultasjon")
    hands.write(page.locator("#main").get_by_label("Varighet i minutter"), "20")
    hands.press(page.get_by_role("button", name="Opprett type"))
    page.get_by_text("Lagret.").wait_for()
    settings("Timebøker")
    hands.press(page.get_by_role("link", name="Opprett ny timebok").first)
    hands.pick(page.locator("#main").get_by_label("Eier", exact=True), gp)
    hands.write(page.locator("#main").get_by_label("Offentlig navn"), gp)
    hands.press(page.get_by_role("button", name="Opprett timebok"))
    page.get_by_text("Lagret.").wait_for()
    settings("Ukemaler")
    hands.press(page.get_by_role("link", name="Ny ukemal").first)
    hands.write(page.locator("#main").get_by_label("Navn"), "Formiddager")
    hands.press(page.get_by_role("button", name="Opprett ukemal"))
    page.get_by_role("heading", name="Formiddager", level=1).wait_for()
    _fill_a_monday(page, hands)
    for day in ("Tirsdag", "Onsdag", "Torsdag", "Fredag"):
        hands.press(page.locator("#id_kopi-to").get_by_label(day))
    hands.press(page.get_by_role("button", name="Kopier"))
    page.get_by_text("30 ledige timer").wait_for()
    look(page)
    settings("Arbeidsplaner")
    hands.press(page.get_by_role("link", name=gp, exact=True))
    page.get_by_role("button", name="Sett på merkede uker").wait_for()
    for year in sorted({(clock.today() + timedelta(days=days)).isocalendar().year for days in (0, 21)}):
        if page.get_by_role("heading", name=f"{gp}, {year}").count() == 0:
            hands.press(page.get_by_role("link", name=str(year), exact=True))
        hands.press(page.get_by_role("link", name="alle", exact=True))
        page.wait_for_url("**merk=alle")
        hands.pick(page.locator("#ukemal"), "Formiddager")
        hands.press(page.get_by_role("button", name="Sett på merkede uker"))
        page.get_by_text("endret siden planen sist ble oppdatert").wait_for()
    look(page)
    hands.press(page.get_by_role("button", name="Oppdater arbeidsplan"))
    page.get_by_text("Planen er oppdatert").wait_for()
    look(page)


def _fill_a_monday(page: Any, hands: Any) -> None:
    """Nine to eleven on a Monday: by dragging over the day, or in the fields."""
    start, end = page.locator("#id_start"), page.locator("#id_end")
    if hands.name == "mouse":
        lane = page.locator("[data-draw='1']")
        lane.scroll_into_view_if_needed()
        box = lane.bounding_box()
        hour = 7.6 * 12  # as the style sheet draws one, in pixels
        page.mouse.move(box["x"] + 20, box["y"] + 2 * hour + 2)
        page.mouse.down()
        page.mouse.move(box["x"] + 20, box["y"] + 4 * hour - 4, steps=4)
        page.mouse.up()
        assert (start.input_value(), end.input_value()) == ("09:00", "11:00")
        assert page.locator("#main").get_by_label("Mandag").first.is_checked()
    else:
        hands.press(page.locator("#main").get_by_label("Mandag").first)
        for field, text in ((start, "0900AM"), (end, "1100AM")):
            hands.reach(field)
            page.keyboard.type(text)
    hands.pick(page.locator("#id_kind"), "Konsultasjon (20 min)")
    hands.press(page.get_by_role("button", name="Legg inn"))
    page.get_by_text("6 ledige timer").wait_for()


def _find_in_timebok(page: Any, hands: Any, name: str) -> None:
    hands.press(page.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name="Timebok"))
    slot = page.locator("ol.lane a.slot", has_text=name)
    for _ in range(4):
        page.locator(".grid").wait_for()
        if slot.count():
            break
        weeks_on(page, 1)
    slot.wait_for()
    look(page)


def _make(page: Any, hands: Any, wanted: dict[str, Any]) -> None:
    hands.press(page.get_by_role("link", name="Ny klinikk"))
    page.get_by_role("heading", name="Ny klinikk").wait_for()
    look(page)
    for label, text in (
        ("Klinikkens navn", wanted["name"]),
        ("Adresse i Skranke", wanted["slug"]),
        ("Organisasjonsnummer", wanted["organisation_number"]),
        ("HER-id", wanted["her_id"]),
        ("Administratorens fornavn", wanted["administrator"]["given_name"]),
        ("Administratorens etternavn", wanted["administrator"]["family_name"]),
        ("Administratorens fødselsnummer", wanted["administrator"]["national_id"]),
    ):
        hands.write(page.get_by_label(label), text)
    hands.press(page.get_by_label("Testmiljø"))
    hands.press(page.get_by_role("button", name="Lag klinikken"))
    page.get_by_role("heading", name=wanted["name"], exact=True).wait_for()
    page.get_by_text("Det står ikke når klinikken bestilte Digital dialog.").wait_for()
    assert page.get_by_role("button", name="Slå på klinikken").count() == 0
    look(page)


def _connect(page: Any, hands: Any, wanted: dict[str, Any], demo: Demo) -> None:
    theirs = demo.facts["helsenorge"]
    hands.press(page.get_by_role("link", name="Tilkobling"))
    bus = page.get_by_role("region", name="Klinikken på meldingsbussen")
    for label, text in (
        ("Meldingsbussens adresse", f"file:{wanted['bus_file']}"),
        ("Kø for asynkrone meldinger", wanted["queues"]["async"]),
        ("Kø for synkrone spørsmål", wanted["queues"]["sync"]),
        ("Kø for svar på egne synkrone spørsmål", wanted["queues"]["syncreply"]),
        ("Feilkø", wanted["queues"]["error"]),
        ("Sertifikat for signering", f"file:{wanted['signing_certificate']}"),
        ("Nøkkel for signering", f"file:{wanted['signing_key']}"),
        ("Sertifikat for dekryptering", f"file:{wanted['encryption_certificate']}"),
        ("Nøkkel for dekryptering", f"file:{wanted['encryption_key']}"),
        ("Rotsertifikater vi stoler på", f"file:{demo.facts['trust']['ca_certificate']}"),
    ):
        hands.write(bus.get_by_label(label, exact=True), text)
    with page.expect_navigation():
        hands.press(bus.get_by_role("button", name="Lagre tilkoblingen"))
    page.get_by_text("Lagret. Sjekk tilkoblingen.").wait_for()
    peer = page.get_by_role("region", name="HelseNorge", exact=True)
    for label, text in (
        ("HelseNorges HER-id, nivå 2", theirs["her_id"]),
        ("Navn, nivå 2", theirs["name"]),
        ("HelseNorges HER-id, nivå 1", theirs["her_id_level1"]),
        ("Navn, nivå 1", theirs["name_level1"]),
        ("Kø for asynkrone meldinger", theirs["queues"]["async"]),
        ("Kø for synkrone spørsmål", theirs["queues"]["sync"]),
        ("Feilkø", theirs["queues"]["error"]),
        ("Sertifikat for signering", f"file:{theirs['signing_certificate']}"),
        ("Sertifikat for kryptering", f"file:{theirs['encryption_certificate']}"),
    ):
        hands.write(peer.get_by_label(label, exact=True), text)
    with page.expect_navigation():
        hands.press(peer.get_by_role("button", name="Lagre HelseNorge"))
    page.get_by_text("Lagret. Sjekk tilkoblingen.").wait_for()
    hands.press(page.get_by_role("button", name="Sjekk tilkoblingen"))
    page.get_by_text(f"Køen {wanted['queues']['error']} finnes").wait_for()
    assert page.locator(".checks .bad").count() == 0
    look(page)


def _put_clinic_live(page: Any, hands: Any) -> None:
    hands.press(page.get_by_role("link", name="Sjekkliste"))
    hands.press(page.get_by_role("button", name="Lagre", exact=True))
    page.get_by_text("Uten bestilling lagres ingenting.").first.wait_for()
    look(page)
    hands.press(page.get_by_label("Klinikken har bestilt Digital dialog"))
    ordered = page.get_by_label("Bestilt den")
    if hands.name == "mouse":
        ordered.fill(f"{clock.today():%Y}-01-01")
    else:
        # The first of January, whichever of day and month the browser asks for first.
        hands.reach(ordered)
        page.keyboard.type(f"0101{clock.today():%Y}")
    hands.press(page.get_by_label("Klinikken er medlem av Norsk Helsenett"))
    hands.press(page.get_by_role("button", name="Lagre", exact=True))
    page.get_by_text("Lagret.", exact=True).wait_for()
    look(page)
    hands.press(page.get_by_role("button", name="Slå på klinikken"))
    page.get_by_text("Klinikken er på i HelseNorge.").wait_for()
    look(page)


def _log_in(demo: Demo, window: Open, person: dict[str, str]) -> Any:
    page = window()
    page.goto(f"{demo.root}logg-inn")
    page.get_by_role("link", name="Logg inn med HelseID").click()
    page.get_by_role("button", name=f"{person['given_name']} {person['family_name']}").click()
    page.get_by_role("navigation", name="Hovedmeny").wait_for()
    return page


def _fill_in(page: Any, hands: Any, wanted: dict[str, Any]) -> None:
    """The administrator employs the GP and reads the register, which knows the GP's HER-id and services."""
    gp = wanted["gp"]
    hands.press(page.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name="Konfigurasjon"))
    hands.press(page.locator("#main").get_by_role("link", name="Ansatte", exact=True))
    hands.press(page.get_by_role("link", name="Ny ansatt"))
    for label, text in (
        ("Fornavn", gp["given_name"]),
        ("Etternavn", gp["family_name"]),
        ("Fødselsnummer", gp["national_id"]),
        ("HPR-nummer", gp["hpr_number"]),
    ):
        hands.write(page.locator("#main").get_by_label(label), text)
    hands.pick(page.locator("#main").get_by_label("Rolle"), "Fastlege")
    look(page)
    hands.press(page.get_by_role("button", name="Ansett"))
    page.get_by_text(f"{gp['given_name']} {gp['family_name']}").first.wait_for()
    hands.press(page.get_by_role("navigation", name="Konfigurasjon").get_by_role("link", name="HelseNorge"))
    hands.press(page.get_by_role("button", name="Les på nytt"))
    page.get_by_text("Lest fra Adresseregisteret.", exact=True).wait_for()
    row = page.get_by_role("row", name=f"{gp['given_name']} {gp['family_name']}")
    assert row.get_by_text("På", exact=True).count() == 4
    look(page)
