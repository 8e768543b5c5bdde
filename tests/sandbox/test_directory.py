"""The page of the registers: what is switched, moved and stopped there takes effect."""

import psycopg
import pytest

PAGE = "/drift/registre"


def service(play, her_id: str, name: str) -> bool:
    with psycopg.connect(play.dsn) as connection:
        row = connection.execute("SELECT services FROM sandbox_party WHERE her_id = %s", (her_id,)).fetchone()
    return name in row[0]


@pytest.mark.req("ACT-11", "ACT-13")
def test_a_service_is_switched_by_itself_and_the_citizen_sees_it(play) -> None:
    browser, citizen = play.browser(), play.people["no_services"]
    assert not browser.get(citizen.page).says("eKonsultasjon")
    page = browser.post(f"{PAGE}/tjeneste", {"party": "91096", "service": "e_consultation", "on": "1"}, page=PAGE)
    assert page.says("Mona Haugland tilbyr nå eKonsultasjon.")
    try:
        assert browser.get(citizen.page).says("eKonsultasjon") is service(play, "91096", "e_consultation") is True
        assert not service(play, "91096", "e_contact")
    finally:
        off = browser.post(f"{PAGE}/tjeneste", {"party": "91096", "service": "e_consultation"}, page=PAGE)
    assert off.says("Mona Haugland tilbyr ikke lenger eKonsultasjon.")
    # Without any service the citizen still sees who the GP is.
    assert browser.get(citizen.page).says("Mona Haugland")


def test_a_citizen_is_moved_to_another_list_and_to_none(play) -> None:
    browser, citizen = play.browser(), play.citizen()
    moved = browser.post(f"{PAGE}/liste", {"citizen": str(citizen.national_id), "party": "91096"}, page=PAGE)
    assert moved.says(f"{citizen.name} står nå på listen til Mona Haugland.")
    gone = browser.post(f"{PAGE}/liste", {"citizen": str(citizen.national_id), "party": ""}, page=PAGE)
    assert gone.says(f"{citizen.name} står ikke lenger på noen liste.")


@pytest.mark.req("PAT-8")
def test_where_a_citizen_lives_is_changed_and_told_to_whoever_asks_with_the_password(play) -> None:
    browser, citizen = play.browser(), play.citizen()
    home = {"line": "Nyveien 3B", "postal_code": "5003", "city": "Bergen", "protection": "StrictlyConfidential"}
    page = browser.post(f"{PAGE}/adresse", {"citizen": str(citizen.national_id), **home}, page=PAGE)
    assert page.says("Folkeregisteret har nå den nye adressen")
    assert 'value="Nyveien 3B"' in page.text
    asked = "/registre/freg/api/legal-basis/person/get-by-nin"
    assert browser.post(asked, {"nin": str(citizen.national_id)}, page=PAGE).status == 401
    wrong = browser.post(f"{PAGE}/adresse", {"citizen": str(citizen.national_id), "protection": "x"}, page=PAGE)
    assert wrong.status == 404


def test_a_register_is_stopped_and_started(play) -> None:
    browser = play.browser()
    assert browser.post(f"{PAGE}/stans", {"register": "flr", "stop": "1"}, page=PAGE).says("Svarer ikke")
    assert not browser.post(f"{PAGE}/stans", {"register": "flr", "stop": "0"}, page=PAGE).says("Svarer ikke")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("tjeneste", {"party": "1", "service": "e_contact"}),
        ("liste", {"citizen": "1", "party": ""}),
        ("liste", {"citizen": "\x00", "party": "1"}),
    ],
)
def test_what_does_not_exist_is_not_found(play, path: str, fields: dict[str, str]) -> None:
    assert play.browser().post(f"{PAGE}/{path}", fields, page=PAGE).status == 404


def test_nonsense_changes_nothing(play) -> None:
    browser = play.browser()
    assert browser.post(f"{PAGE}/tjeneste", {"party": "91096", "service": "x"}, page=PAGE).status == 200
    assert browser.post(f"{PAGE}/stans", {"register": "x", "stop": "1"}, page=PAGE).status == 200
    assert not browser.get(PAGE).says("Svarer ikke")
