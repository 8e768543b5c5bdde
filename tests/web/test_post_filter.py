"""Narrowing a mailbox by who takes part, type and period, on the page and over REST (MSG-7)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from skranke.dialog import services
from skranke.dialog.models import Thread
from skranke.kernel import clock
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, body, logged_in
from support.dialog import E_CONTACT, MONDAY, question, receive


def _closed(cast: Cast, subject: str, **facts: object) -> Thread:
    thread = receive(cast, question(cast, subject=subject, **facts))
    with acting(cast.actor(cast.kari)):
        services.answer(thread, text="Svar.", close=True)
    return thread


def _archive(cast: Cast) -> dict[str, Thread]:
    """Three closed threads of Kari's on Monday, Tuesday and Wednesday; the last came late in the evening."""
    asked = (("Mandag", {}, 0), ("Tirsdag", {"kind": E_CONTACT}, 24), ("Onsdag", {}, 61.9))
    found = {}
    for subject, facts, hours in asked:
        at = MONDAY + timedelta(hours=hours)
        clock.move_to(at)
        found[subject] = _closed(cast, subject, generated_at=at, **facts)
    with acting(cast.actor(cast.kari)):
        services.forward(found["Tirsdag"], to=cast.anne)
        services.close_thread(found["Tirsdag"])
    return found


@pytest.mark.req("MSG-7")
def test_the_archive_is_narrowed_by_participant_type_and_period_on_the_page_and_over_rest() -> None:
    cast, other = make_clinic(), make_clinic()
    _archive(cast)
    client, api = logged_in(cast, cast.kari), Api(cast, cast.kari)

    def left(**filters: object) -> set[str]:
        page = body(client.get(address(cast, "post"), {"boks": "arkiv", **filters}))
        part = body(client.get(address(cast, "post-rows"), {"boks": "arkiv", **filters}, headers=HTMX))
        names = {"slag": "kind", "deltaker": "participant", "fra": "from", "til": "to"}
        asked = {names[name]: value for name, value in filters.items()}
        told = {row["title"] for row in api.get("threads", mailbox="arkiv", **asked).body["items"]}
        shown = {name for name in ("Mandag", "Tirsdag", "Onsdag") if f"{name} – helsenorge.no" in page}
        assert shown == {name for name in ("Mandag", "Tirsdag", "Onsdag") if f"{name} – helsenorge.no" in part}
        assert shown == {name.removesuffix(" – helsenorge.no") for name in told}
        return shown

    assert left() == {"Mandag", "Tirsdag", "Onsdag"}
    assert left(slag=E_CONTACT) == {"Tirsdag"}
    assert left(deltaker=cast.anne.id) == {"Tirsdag"}
    assert left(deltaker=other.anne.id) == left(deltaker=uuid4()) == set()
    assert left(fra="2027-03-02", til="2027-03-02") == {"Tirsdag"}
    # Both days count, to the last hour of the evening in Oslo.
    assert left(fra="2027-03-02", til="2027-03-03") == {"Tirsdag", "Onsdag"}
    assert left(fra="0001-01-01", til="9999-12-31") == {"Mandag", "Tirsdag", "Onsdag"}
    assert left(fra="2027-03-04") == set()
    page = body(client.get(address(cast, "post"), {"boks": "arkiv", "fra": "2027-03-04"}))
    assert "Ingen samtaler i Arkiv passer til filteret." in page
    assert "1 valgt" in page
    assert f'href="{address(cast, "post")}?boks=arkiv"' in page


@pytest.mark.req("MSG-7")
def test_a_line_tells_type_who_wrote_subject_patient_importance_and_whether_the_clinic_has_read_it() -> None:
    cast = make_clinic()
    clock.move_to(MONDAY)
    thread = receive(cast, question(cast))
    mona = logged_in(cast, cast.mona)
    with acting(cast.actor(cast.kari)):
        cast.mona.sees_clinic_open = True
        cast.mona.save()
    lines = address(cast, "post-rows", query="?boks=klinikkens_aapne")
    page = body(mona.get(lines, headers=HTMX))
    for told in ("eKonsultasjon", "Ola Nordmann", "Utslett på armen", "Viktig", "Ikke lest av noen"):
        assert told in page, told
    api = Api(cast, cast.mona)
    [line] = api.get("threads", mailbox="klinikkens_aapne").body["items"]
    assert (line["important"], line["read_by_clinic"]) == (True, False)
    with acting(cast.actor(cast.kari)):
        services.answer(thread, text="Bruk krem.")
        services.mark_read(thread)
    page = body(mona.get(lines, headers=HTMX))
    assert "Ikke lest av noen" not in page
    assert "Kari Lunde" in page
    [line] = api.get("threads", mailbox="klinikkens_aapne").body["items"]
    assert (line["author_name"], line["read_by_clinic"]) == ("Kari Lunde", True)


@pytest.mark.req("MSG-7")
def test_a_wrong_filter_is_told_and_hides_nothing() -> None:
    cast = make_clinic()
    _archive(cast)
    client = logged_in(cast, cast.kari)
    page = body(client.get(address(cast, "post"), {"boks": "arkiv", "fra": "2027-03-03", "til": "2027-03-01"}))
    assert "Sluttdatoen er før startdatoen" in page
    assert "Mandag – helsenorge.no" in page
    odd = {"boks": "arkiv", "fra": "tull", "til": "2027-02-30", "deltaker": "ingen", "slag": "brev"}
    assert "Mandag – helsenorge.no" in body(client.get(address(cast, "post"), odd))
    refused = Api(cast, cast.kari).get("threads", mailbox="arkiv", **{"from": "2027-03-03", "to": "2027-03-01"})
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "to")
    assert Api(cast, cast.kari).get("threads", **{"from": "tull"}).status == 422
