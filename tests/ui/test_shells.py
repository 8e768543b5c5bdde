"""The frames of the pages, and the macros inside them."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from lxml import html

from skranke.kernel import clock
from skranke.ui.shell import Action, ActivePatient, ClinicShell, Live, NavItem, PatientShell, SandboxShell

from support.templates import page, render

NAV = (
    NavItem("/post", "Post", "post", current=True, count=14, count_text="uleste"),
    NavItem("/timebok", "Timebok", "cal"),
)
PATIENT = ActivePatient(
    name="Ola <Nordli>",
    born=date(1988, 3, 14),
    national_id="14838812345",
    url="/pasient",
    gp_name="Kari Lunde",
    reach_text="Kan nås på helsenorge.no",
    close_url="/lukk",
    actions=(Action("/kort", "Pasientkort", "card", "Alt+P"),),
)
CLINIC = ClinicShell(
    "Eksempelvik legekontor",
    "Kari Lunde",
    "Fastlege",
    NAV,
    search_url="/sok",
    logout_url="/ut",
    patient=PATIENT,
    live=Live("http://127.0.0.1:8001/live", "/ticket"),
)
SHELLS = {
    "ui/clinic.html": CLINIC,
    "ui/sandbox.html": SandboxShell(NAV, move_url="/flytt"),
    "ui/patient.html": PatientShell("Eksempelvik legekontor", NAV, "Ola Nordli", logout_url="/ut"),
    "ui/plain.html": None,
}


def frame(name: str, body: str = "<h1>Hei</h1>", **context: Any) -> html.HtmlElement:
    source = '{% extends "' + name + '" %}{% block main %}' + body + "{% endblock %}"
    shell = {"shell": SHELLS[name]} if SHELLS[name] else {}
    defaults = {"csrf_input": "", "csrf_token": "abc", "messages": ()}
    return html.document_fromstring(render(source, **defaults | shell | context))


@pytest.mark.parametrize("name", SHELLS)
def test_every_shell_names_its_language_and_lets_a_keyboard_skip_to_the_content(name: str) -> None:
    tree = frame(name)
    assert tree.get("lang") == "nb"
    first = next(link for link in tree.iter("a"))
    assert first.get("href") == "#main"
    assert tree.get_element_by_id("main").tag == "main"
    assert tree.xpath("count(//main)") == 1


@pytest.mark.parametrize("name", SHELLS)
def test_no_shell_has_inline_script_style_or_anything_from_elsewhere(name: str) -> None:
    tree = frame(name)
    assert not tree.xpath("//style | //script[not(@src)] | //@style")
    assert not [key for node in tree.iter() for key in node.attrib if key.startswith(("on", "hx-on"))]
    assert all(address.startswith("/static/") for address in tree.xpath("//link/@href | //script/@src"))


@pytest.mark.parametrize("name", SHELLS)
def test_ids_are_unique_and_labels_lead_somewhere(name: str) -> None:
    tree = frame(name)
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert set(tree.xpath("//label/@for")) <= set(ids)
    assert set(tree.xpath("//@aria-labelledby")) <= set(ids)


def test_the_rail_shows_the_current_module_and_reads_the_count_out() -> None:
    rail = frame("ui/clinic.html").xpath("//nav[@class='rail']")[0]
    (current,) = rail.xpath(".//a[@aria-current='page']")
    assert current.text_content() == "Post14 uleste"


def test_the_active_patient_is_escaped_and_the_national_id_masked() -> None:
    clock.move_to(datetime(2027, 3, 3, 9, 42, tzinfo=UTC))
    bar = frame("ui/clinic.html").xpath("//section[@class='pat']")[0]
    text = " ".join(bar.text_content().split())
    assert text.startswith("Ola <Nordli> 38 år · f. 14.03.1988 · 148388 •••••")
    assert "12345" not in html.tostring(bar).decode()


def test_without_a_patient_there_is_no_bar() -> None:
    shell = ClinicShell("Eksempelvik", "Kari", "Fastlege", NAV)
    assert not frame("ui/clinic.html", shell=shell).xpath("//section[@class='pat']")


def test_live_addresses_are_on_the_body() -> None:
    body = frame("ui/clinic.html").body
    assert body.get("data-live-url") == "http://127.0.0.1:8001/live"
    assert body.get("data-live-ticket-url") == "/ticket"


def test_the_sandbox_says_what_it_is_and_shows_its_own_clock() -> None:
    clock.move_to(datetime(2027, 3, 3, 9, 42, tzinfo=UTC))
    tree = frame("ui/sandbox.html")
    assert tree.xpath("//div[@class='haz']")
    assert "Ikke helsenorge.no" in tree.text_content()
    (shown,) = tree.xpath("//header//time")
    assert shown.text_content() == "ons. 3. mars kl. 10.42"


def test_messages_become_notes_that_are_read_out() -> None:
    messages = [SimpleNamespace(level_tag="error", __html__=lambda: "Ikke sendt.")]
    (note,) = frame("ui/clinic.html", messages=messages).xpath("//div[@class='msgs']/div")
    assert note.get("class") == "note bad"
    assert note.get("role") == "alert"


CONTROLS = '{% from "ui/macros/controls.html" import button, note, empty, pagination, moment, tabs, chip, menu %}'


def test_a_button_with_an_address_is_a_link() -> None:
    assert page(CONTROLS + "{{ button('Til', href='/x') }}").xpath("//a[@href='/x']")
    assert page(CONTROLS + "{{ button('Send', attrs={'data-shortcut': 'Alt+S'}) }}").xpath(
        "//button[@type='submit'][@data-shortcut='Alt+S']"
    )


def test_a_button_of_only_an_icon_still_has_a_name() -> None:
    (one,) = page(CONTROLS + "{{ button('Lukk', symbol='x', icon_only=true) }}").xpath("//button")
    assert one.get("aria-label") == "Lukk"


def test_texts_given_to_macros_are_escaped() -> None:
    text = render(CONTROLS + "{{ chip(evil) }}{{ note(evil) }}{{ empty(evil, '/', evil) }}", evil="<script>")
    assert "<script>" not in text


def test_pages_are_shown_only_where_there_are_more() -> None:
    assert not page(CONTROLS + "{{ pagination('', '') }}").xpath("//nav")
    assert page(CONTROLS + "{{ pagination('', '/eldre') }}").xpath("//a/@rel") == ["next"]


def test_a_moment_is_a_time_element() -> None:
    clock.move_to(datetime(2027, 3, 3, 9, 42, tzinfo=UTC))
    (shown,) = page(CONTROLS + "{{ moment(at, 'relativ') }}", at=datetime(2027, 3, 2, 10, 4, tzinfo=UTC)).xpath(
        "//time"
    )
    assert shown.text == "i går 11.04"
    assert shown.get("datetime") == "2027-03-02T11:04:00+01:00"


def test_a_dialog_and_a_panel_are_named_by_their_titles() -> None:
    source = (
        '{% from "ui/macros/dialog.html" import dialog, panel %}'
        '{% call dialog("d", "Flytt timen") %}x{% endcall %}{% call panel("p", "Ny time", "/lukk") %}y{% endcall %}'
    )
    tree = page(source)
    for one in tree.xpath("//dialog | //section"):
        assert tree.get_element_by_id(one.get("aria-labelledby")).text_content() in ("Flytt timen", "Ny time")
    assert tree.xpath("//*[@data-panel]//a[@data-panel-close]/@href") == ["/lukk"]
