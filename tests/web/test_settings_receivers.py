"""Konfigurasjon > Post > HelseNorge, Hvem får meldingene; and the messages that come after a change."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from lxml import html

from skranke.audit.models import AuditEvent
from skranke.clinics.models import Alert, Group, ReceiverSetUp
from skranke.dialog import services
from skranke.kernel import clock
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import address, at_most, body, field, logged_in
from support.dialog import (
    E_CONSULTATION,
    E_CONTACT,
    EVERYBODY,
    MONDAY,
    RENEWAL,
    holders,
    inbox,
    question,
    receive,
    reply,
)


def place(cast: Cast, kind: str = "e_contact", query: str = "") -> str:
    return address(cast, "settings-receivers", kind, query=query)


def choose(cast: Cast, kind: str, form: str, *recipients: str, version: int = 0):
    facts = {"format": form, "recipients": list(recipients), "version": version}
    return logged_in(cast, cast.ali).post(place(cast, kind), facts)


def who(cast: Cast, kind: str, **facts: object) -> set[str]:
    return holders(cast, receive(cast, question(cast, kind=kind, **facts)))


def reception(cast: Cast) -> Group:
    with acting(cast.system):
        return Group.objects.get(name="Resepsjon")


@pytest.mark.req("RCV-1", "RCV-3", "RCV-4", "RCV-5", "RCV-9")
def test_the_page_has_a_row_for_each_type_with_two_cells_and_is_an_administrators_alone() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    page = body(client.get(address(cast, "settings-helsenorge")))
    rows = {
        kind: page.partition(f'id="type-{kind}"')[2].partition("</tr>")[0]
        for kind in (
            "e_consultation",
            "e_contact",
            "prescription_renewal",
        )
    }
    for kind, (form, recipient) in {
        "e_consultation": ("Pasientens behandler", "Fastlegen selv – ingen mottaker å velge"),
        "e_contact": ("Fast (klinikken velger mottaker)", "Hele klinikken"),
        "prescription_renewal": ("Fast (klinikken velger mottaker)", "Hele klinikken"),
    }.items():
        assert form in rows[kind]
        assert recipient in rows[kind]
        assert f'href="{place(cast, kind)}"' in rows[kind]
    assert f'href="{place(cast, "e_contact")}?felt=mottaker#id_recipients"' in rows["e_contact"]
    assert f"{place(cast, 'e_consultation')}?felt=mottaker" not in page
    with at_most(60):
        edited = body(client.get(place(cast, "e_consultation")))
    assert 'id="no-recipients"' in edited
    assert 'name="recipients"' not in edited
    for user in (cast.kari, cast.anne):
        other = logged_in(cast, user)
        assert other.get(place(cast)).status_code == 403
        assert other.post(place(cast), {"format": "practitioner", "version": 0}).status_code == 403
        assert other.get(address(cast, "settings-helsenorge")).status_code == 403
    assert client.get(place(cast, "booking")).status_code == 404
    with acting(cast.system):
        assert not ReceiverSetUp.objects.exists()


@pytest.mark.req("RCV-2", "RCV-6", "RCV-7", "RCV-8", "RCV-11")
def test_positions_groups_roles_and_the_whole_clinic_receive_from_the_next_message_on() -> None:
    cast = make_clinic()
    before = receive(cast, question(cast, kind=RENEWAL))
    group, role = f"group:{reception(cast).id}", f"role:{cast.anne.held_role_id}"
    assert choose(cast, RENEWAL, "fixed", group, f"employee:{cast.per.id}").status_code == 302
    assert holders(cast, before) == EVERYBODY
    assert who(cast, RENEWAL) == {"Ali", "Per"}
    assert who(cast, E_CONTACT) == EVERYBODY
    assert choose(cast, RENEWAL, "fixed_and_practitioner", group, role, version=1).status_code == 302
    shared = receive(cast, question(cast, kind=RENEWAL))
    assert holders(cast, shared) == {"Kari", "Ali", "Anne"}
    with acting(cast.actor(cast.kari)):
        services.take(shared)
    assert choose(cast, RENEWAL, "practitioner", version=2).status_code == 302
    assert who(cast, RENEWAL) == {"Kari"}
    assert who(cast, RENEWAL, party_her_id=cast.mona_party.her_id) == {"Mona"}
    assert choose(cast, E_CONSULTATION, "fixed", "clinic").status_code == 302
    assert who(cast, E_CONSULTATION) == EVERYBODY


@pytest.mark.req("RCV-5", "RCV-13", "RCV-15")
def test_a_reply_stays_with_who_takes_part_and_a_gp_who_has_left_leaves_it_to_the_catch_all() -> None:
    cast = make_clinic()
    choose(cast, E_CONTACT, "practitioner")
    start = question(cast, kind=E_CONTACT)
    thread = receive(cast, start)
    assert holders(cast, thread) == {"Kari"}
    choose(cast, E_CONTACT, "fixed", f"employee:{cast.per.id}", version=1)
    receive(cast, reply(cast, start))
    assert holders(cast, thread) == {"Kari"}
    choose(cast, E_CONTACT, "practitioner", version=2)
    client = logged_in(cast, cast.ali)
    own = {"before": "", "recipients": [f"group:{reception(cast).id}"]}
    assert client.post(address(cast, "settings-addressing-clinic"), own).status_code == 302
    assert client.post(address(cast, "settings-employee-end", cast.kari.id)).status_code == 302
    assert inbox(cast, cast.ali) == [str(thread.id)]
    receive(cast, reply(cast, start, msg_id="etter"))
    new = receive(cast, question(cast, kind=E_CONTACT, patient=cast.nora))
    assert set(inbox(cast, cast.ali)) == {str(thread.id), str(new.id)}
    assert inbox(cast, cast.per) == inbox(cast, cast.anne) == []


@pytest.mark.req("RCV-12")
def test_a_group_that_is_emptied_while_messages_come_leaves_them_to_everybody_and_it_is_told() -> None:
    cast = make_clinic()
    client, group = logged_in(cast, cast.ali), reception(cast)
    assert choose(cast, E_CONTACT, "fixed", f"group:{group.id}").status_code == 302
    assert who(cast, E_CONTACT) == {"Ali"}
    emptied = {"name": "Resepsjon", "kind": "static", "members": [], "version": group.version}
    assert client.post(address(cast, "settings-group", group.id), emptied).status_code == 302
    assert who(cast, E_CONTACT) == who(cast, E_CONTACT) == EVERYBODY
    with acting(cast.system):
        told = Alert.objects.get()
        assert (told.kind, told.about, told.count) == ("nobody_reads", "Resepsjon", 2)
    page = body(client.get(address(cast, "settings")))
    assert "Ingen leser for Resepsjon: 2 meldinger fra helsenorge.no er gitt til hele klinikken." in page
    kept = client.post(address(cast, "settings-group", group.id), {"fjern": "ja"})
    assert (kept.status_code, "Gruppen får meldinger fra helsenorge.no." in body(kept)) == (409, True)
    choose(cast, E_CONTACT, "fixed", f"group:{group.id}", f"employee:{cast.anne.id}", version=1)
    assert who(cast, E_CONTACT) == {"Anne"}
    assert client.post(address(cast, "settings-employee-end", cast.anne.id)).status_code == 302
    last = str(receive(cast, question(cast, kind=E_CONTACT)).id)
    assert all(last in inbox(cast, one) for one in (cast.kari, cast.mona, cast.ali, cast.per))


@pytest.mark.req("RCV-10")
def test_a_format_with_recipients_is_not_saved_without_any_and_the_database_refuses_it_too() -> None:
    cast = make_clinic()
    refused = choose(cast, E_CONTACT, "fixed")
    assert refused.status_code == 422
    assert "Velg minst én mottaker. Ingenting er lagret." in body(refused)
    with acting(cast.system):
        assert not ReceiverSetUp.objects.exists()
    with pytest.raises(IntegrityError, match="RCV-10"), acting(cast.system), transaction.atomic():
        ReceiverSetUp.objects.create(clinic_id=cast.clinic.id, kind="e_contact", format="fixed")
    assert choose(cast, E_CONTACT, "sometimes", "clinic").status_code == 422
    assert choose(cast, E_CONTACT, "fixed", "group:x").status_code == 422


@pytest.mark.req("RCV-4", "RCV-14", "MSG-18")
def test_the_second_of_two_administrators_is_told_and_loses_nothing_and_the_change_is_logged() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    version = field(body(client.get(place(cast))), "version")
    assert choose(cast, E_CONTACT, "fixed", f"group:{reception(cast).id}").status_code == 302
    late = {"format": "fixed_and_practitioner", "recipients": [f"employee:{cast.per.id}"], "version": version}
    told = client.post(place(cast), late)
    page = body(told)
    assert told.status_code == 409
    assert "Ali Khan endret dette kl." in page
    typed = page.partition(f'value="employee:{cast.per.id}"')[2].partition(">")[0]
    assert "checked" in typed
    assert client.post(place(cast), late | {"version": field(page, "version")}).status_code == 302
    page = body(client.get(address(cast, "settings-helsenorge")))
    assert (
        "«Fast (klinikken velger mottaker): hele klinikken» ble «Fast (klinikken velger mottaker): Resepsjon»" in page
    )
    assert "Ali Khan" in page.partition("Siste endringer")[2]
    with acting(cast.system):
        events = AuditEvent.objects.filter(action="receivers.changed").order_by("at", "id")
        assert [one.detail["new"]["recipients"] for one in events] == [["Resepsjon"], [cast.per.name]]


@pytest.mark.req("RCV-4", "RCV-7", "RCV-11")
def test_what_a_change_means_is_shown_before_it_is_saved_and_who_gets_it_now_for_each_gp() -> None:
    cast = make_clinic()
    receive(cast, question(cast, kind=E_CONTACT))
    client = logged_in(cast, cast.ali)
    query = f"?format=fixed_and_practitioner&recipients=employee:{cast.per.id}&version=0"
    page = body(client.get(place(cast, query=query)))
    assert "Fastlegen og 1 person: Per Vik, i én felles samtale. 1 åpen samtale beholder sine deltakere." in page
    assert 'id="no-recipients"' in body(client.get(place(cast, query="?format=practitioner&version=0")))
    with acting(cast.system):
        assert not ReceiverSetUp.objects.exists()
    choose(cast, E_CONTACT, "fixed_and_practitioner", f"employee:{cast.per.id}")
    page = body(client.get(address(cast, "settings-helsenorge")))
    told = page.partition("<summary>Hvem får den nå")[2].partition("</details>")[0]
    row = told.partition(">Mona Dahl<")[2] or told.partition(f">{cast.mona.name}<")[2]
    assert f'<td data-label="e-Kontakt">{cast.mona.name}, Per Vik</td>' in row.partition("</tr>")[0]


@pytest.mark.req("RCV-3", "RCV-8", "RCV-10", "RCV-14")
def test_receivers_are_read_and_set_over_rest_by_an_administrator() -> None:
    cast = make_clinic()
    ali = Api(cast, cast.ali)
    items = {one["kind"]: one for one in ali.get("receivers").body["items"]}
    nobody = {"employee_id": None, "group_id": None, "role_id": None}
    assert items["e_consultation"] == {
        "kind": "e_consultation",
        "format": "practitioner",
        "recipients": [],
        "version": 0,
    }
    assert (items["e_contact"]["format"], items["e_contact"]["recipients"]) == ("fixed", [nobody])
    wanted = {
        "format": "fixed",
        "recipients": [{"role_id": str(cast.anne.held_role_id)}, {"employee_id": str(cast.per.id)}],
    }
    assert ali.put("receivers/e_contact", wanted).status == 428
    done = ali.put("receivers/e_contact", wanted, **{"If-Match": '"0"'})
    assert (done.status, done.headers["ETag"]) == (200, '"1"')
    assert who(cast, E_CONTACT) == {"Anne", "Per"}
    assert ali.put("receivers/e_contact", wanted, **{"If-Match": '"0"'}).status == 412
    assert ali.put("receivers/e_contact", {"format": "fixed"}, **{"If-Match": '"1"'}).status == 422
    assert ali.put("receivers/booking", wanted, **{"If-Match": "*"}).status == 404
    kari = Api(cast, cast.kari)
    assert kari.get("receivers").status == 403
    assert kari.put("receivers/e_contact", wanted, **{"If-Match": "*"}).status == 403


@pytest.mark.req("RCV-14")
def test_each_change_is_told_with_who_and_when_newest_first() -> None:
    cast = make_clinic()
    clock.move_to(MONDAY)
    assert choose(cast, E_CONTACT, "fixed", f"employee:{cast.per.id}").status_code == 302
    clock.move(timedelta(minutes=5))
    assert choose(cast, E_CONTACT, "practitioner", version=1).status_code == 302
    page = html.fromstring(body(logged_in(cast, cast.ali).get(address(cast, "settings-helsenorge"))))
    told = page.xpath("//details[summary[text()='Siste endringer']]/ul/li")
    who_and_when = [one.xpath("string(b)") for one in told]
    assert who_and_when == ["man. 1. mars kl. 10.05, Ali Khan", "man. 1. mars kl. 10.00, Ali Khan"]
    assert "«Fast (klinikken velger mottaker): Per Vik» ble «Pasientens behandler" in told[0].text_content()
