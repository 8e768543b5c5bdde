"""The pages of Konfigurasjon about people: employees, roles, groups, addressing, the own profile and the menu."""

from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from skranke.audit.models import AuditEvent
from skranke.clinics.models import Alert, Department, Employee, Group, PartyKind, Role
from skranke.clinics.services import hire, register_party
from skranke.dialog import services
from skranke.identity.queries import account_of_person
from skranke.scheduling.models import Audience, Schedule
from skranke.scheduling.services.setup import create_schedule
from skranke.tenancy.work import acting

from cast import Cast, fresh_her_id, fresh_national_id, make_clinic
from support.clinic_pages import address, body, field, logged_in, same
from support.dialog import E_CONTACT, holders, inbox, question, receive


def read(cast: Cast, model, **facts):
    with acting(cast.system):
        return model.objects.get(**facts)


def card(cast: Cast, person: Employee, **changes: object) -> dict[str, object]:
    """What the browser sends of an employee card as it stands, with these changes."""
    now = read(cast, Employee, id=person.id)
    names = ("version", "given_name", "family_name", "email", "phone", "hpr_number")
    facts = {name: getattr(now, name) for name in names}
    ticks = {
        name: "on" for name in ("licence_active", "is_admin", "sees_clinic_open", "may_prescribe") if getattr(now, name)
    }
    roles = {"held_role": str(now.held_role_id), "functions": now.functions, "her_id": ""}
    return {name: value for name, value in (facts | ticks | roles | changes).items() if value is not None}


@pytest.mark.req("ORG-15")
def test_the_language_that_is_chosen_follows_the_person_to_the_next_browser() -> None:
    cast = make_clinic()
    here = logged_in(cast, cast.anne)
    assert "skranke_lang" not in here.cookies  # nobody has chosen: the browser's own language holds
    for language in ("nn", "xx"):
        here.post(reverse("ui:set_language"), {"language": language, "next": address(cast, "settings-me")})
    there = logged_in(cast, cast.anne)
    assert there.cookies["skranke_lang"].value == "nn"
    assert 'lang="nn"' in body(there.get(address(cast, "settings-me")))
    assert "skranke_lang" not in logged_in(cast, cast.kari).cookies
    # A browser where nobody is logged in is told, and no account.
    Client().post(reverse("ui:set_language"), {"language": "en"})
    assert logged_in(cast, cast.anne).cookies["skranke_lang"].value == "nn"


@pytest.mark.req("ORG-3", "ORG-4", "ORG-8", "ORG-9")
def test_an_administrator_hires_a_secretary_who_logs_in_as_that_person_and_is_in_resepsjon() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    page = body(client.get(address(cast, "settings-hire")))
    assert 'name="department"' in page
    assert "disabled" in page.partition('name="department"')[2].partition(">")[0]
    number = str(fresh_national_id(age=30))
    facts = {"given_name": "Tone", "family_name": "Eide", "national_id": number, "version": 0}
    done = client.post(address(cast, "settings-hire"), facts | {"held_role": str(cast.ali.held_role_id)})
    assert done.status_code == 302
    account = account_of_person(number)
    tone = read(cast, Employee, account_id=account.id)
    assert (tone.name, tone.role, number in account.username) == ("Tone Eide", "secretary", False)
    assert "Lagret." in body(client.get(done.headers["Location"]))
    assert "Tone Eide" in body(client.get(address(cast, "settings-groups")))
    again = client.post(address(cast, "settings-hire"), facts | {"held_role": str(cast.ali.held_role_id)})
    assert again.status_code == 409
    assert "har allerede en stilling" in body(again)
    wrong = client.post(address(cast, "settings-hire"), facts | {"national_id": "12345678901", "held_role": "x"})
    assert (wrong.status_code, "Fødselsnummeret er ikke gyldig." in body(wrong)) == (422, True)


@pytest.mark.req("ORG-5", "ORG-6", "ORG-11")
def test_the_employee_card_shows_and_changes_accesses() -> None:
    cast = make_clinic()
    client, place = logged_in(cast, cast.ali), address(cast, "settings-employee", cast.anne.id)
    page = body(client.get(place))
    for text in ("Tilgang og rettigheter", "HPR-nummer", "HER-id", "Autorisasjonen er aktiv", "Klinikkadministrator"):
        assert text in page
    assert client.post(place, card(cast, cast.anne, is_admin="on", licence_active=None)).status_code == 302
    anne = read(cast, Employee, id=cast.anne.id)
    assert (anne.is_admin, anne.licence_active) == (True, False)
    assert "Autorisasjon ikke aktiv" in body(client.get(address(cast, "settings-staff")))
    assert logged_in(cast, cast.anne).get(place).status_code == 200


@pytest.mark.req("ORG-4", "ORG-6")
def test_the_second_administrator_is_told_keeps_what_was_typed_and_may_save_it_then() -> None:
    cast = make_clinic()
    client, place = logged_in(cast, cast.ali), address(cast, "settings-employee", cast.anne.id)
    mine = card(cast, cast.anne, phone="11 22 33 44")
    assert client.post(place, card(cast, cast.anne, phone="99 99 99 99")).status_code == 302
    told = client.post(place, mine)
    page = body(told)
    assert told.status_code == 409
    assert "Ali Khan endret dette kl." in page
    assert 'value="11 22 33 44"' in page
    assert read(cast, Employee, id=cast.anne.id).phone == "99 99 99 99"
    assert client.post(place, mine | {"version": field(page, "version")}).status_code == 302
    assert read(cast, Employee, id=cast.anne.id).phone == "11 22 33 44"


@pytest.mark.req("ACT-16", "ORG-4")
def test_what_is_wrong_on_the_card_stands_at_its_field() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    for person, changes, status, text in (
        (cast.anne, {"hpr_number": "12a"}, 422, "opptil ni sifre"),
        (cast.anne, {"hpr_number": cast.kari.hpr_number}, 409, "En annen ansatt har dette HPR-nummeret"),
        (cast.per, {"her_id": "0"}, 422, "positivt helt tall"),
        (cast.per, {"her_id": cast.kari_party.her_id}, 409, "tilhører en annen"),
        (cast.anne, {"her_id": fresh_her_id()}, 422, "Bare fastleger og vikarer"),
        (cast.ali, {"is_admin": None}, 409, "eneste administrator"),
        (cast.anne, {"email": "x"}, 422, "e-post"),
    ):
        answer = client.post(address(cast, "settings-employee", person.id), card(cast, person, **changes))
        assert (answer.status_code, text in body(answer)) == (status, True), (text, changes)


@pytest.mark.req("ORG-6", "RCV-12")
def test_before_a_gp_leaves_it_is_told_what_happens_and_afterwards_who_got_the_threads() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    client, place = logged_in(cast, cast.ali), address(cast, "settings-employee-end", cast.kari.id)
    kari = logged_in(cast, cast.kari)
    assert "1 åpen samtale går til klinikkens mottakere" in body(client.get(place))
    assert client.post(place).status_code == 302
    assert inbox(cast, cast.anne) == [str(thread.id)]
    assert kari.get(address(cast, "post")).status_code != 200
    front = body(client.get(address(cast, "settings")))
    assert "Kari Lunde har sluttet, og 1 åpen samtale er gitt" in front
    assert "må ses på" in front
    alert = read(cast, Alert)
    assert client.post(address(cast, "settings-alert-seen", alert.id)).status_code == 302
    assert "må ses på" not in body(client.get(address(cast, "settings")))
    last = client.post(address(cast, "settings-employee-end", cast.ali.id))
    assert (last.status_code, "eneste administrator" in body(last)) == (409, True)


@pytest.mark.req("ORG-1", "ORG-2")
def test_departments_and_roles_are_made_changed_and_taken_away() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    assert client.post(address(cast, "settings-new-department"), {"name": "Lab", "version": 0}).status_code == 302
    lab = read(cast, Department, name="Lab")
    taken = client.post(address(cast, "settings-new-department"), {"name": "LAB", "version": 0})
    assert (taken.status_code, "En avdeling heter alt dette" in body(taken)) == (409, True)
    role = {"position_type": "nurse", "name": "Sårpleier", "department": str(lab.id), "version": 0}
    assert client.post(address(cast, "settings-new-role"), role | {"accesses": ["clinic_open"]}).status_code == 302
    made = read(cast, Role, name="Sårpleier")
    place = address(cast, "settings-role", made.id)
    assert made.accesses == ["clinic_open"]
    changed = client.post(place, role | {"version": made.version, "functions": ["telephone"]})
    assert (changed.status_code, read(cast, Role, id=made.id).functions) == (302, ["telephone"])
    stale = client.post(place, role | {"version": made.version})
    assert (stale.status_code, "Ali Khan endret dette" in body(stale)) == (409, True)
    used = client.post(address(cast, "settings-department", lab.id), {"fjern": "ja"})
    assert (used.status_code, "Flytt dem først" in body(used)) == (409, True)
    assert client.post(place, {"fjern": "ja"}).status_code == 302
    renamed = {"name": "Laboratoriet", "version": lab.version}
    assert client.post(address(cast, "settings-department", lab.id), renamed).status_code == 302
    assert "Laboratoriet" in body(client.get(address(cast, "settings-structure")))
    assert client.post(address(cast, "settings-department", lab.id), {"fjern": "ja"}).status_code == 302


@pytest.mark.req("ORG-7", "ORG-8", "RCV-12")
def test_groups_are_made_changed_and_taken_away_and_an_empty_one_that_gets_mail_is_told_of() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    facts = {"name": "Vaksiner", "kind": "static", "members": [str(cast.anne.id)], "version": 0}
    assert client.post(address(cast, "settings-new-group"), facts).status_code == 302
    group = read(cast, Group, name="Vaksiner")
    place = address(cast, "settings-group", group.id)
    assert f'value="{cast.anne.id}"' in body(client.get(place))
    none = client.post(address(cast, "settings-new-group"), {"name": "X", "kind": "dynamic", "version": 0})
    assert (none.status_code, "Velg minst ett kriterium" in body(none)) == (422, True)
    thread = receive(cast, question(cast))
    with acting(cast.actor(cast.kari)):
        services.forward(thread, to=group)
    assert client.post(place, facts | {"members": [], "version": group.version}).status_code == 302
    assert "Ingen er med: hele klinikken leser posten" in body(client.get(address(cast, "settings-groups")))
    assert "Ingen er med i Vaksiner." in body(client.get(address(cast, "settings")))
    stale = client.post(place, facts | {"version": group.version})
    assert (stale.status_code, 'value="Vaksiner"' in body(stale)) == (409, True)
    assert client.post(place, {"fjern": "ja"}).status_code == 302
    assert client.get(place).status_code == 404
    assert holders(cast, thread) == {"Mona", "Ali", "Anne", "Per"}


@pytest.mark.req("ORG-10")
def test_a_group_that_owns_a_timebok_is_not_taken_away_until_another_owns_it() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    facts = {"name": "Laben", "kind": "static", "members": [str(cast.anne.id)], "version": 0}
    assert client.post(address(cast, "settings-new-group"), facts).status_code == 302
    group = read(cast, Group, name="Laben")
    with acting(cast.actor(cast.ali)):
        schedule = create_schedule(owner=group, public_name="Blodprøver", audience=Audience.ALL)
    place = address(cast, "settings-group", group.id)
    refused = client.post(place, {"fjern": "ja"})
    assert (refused.status_code, "Gruppen eier en timebok." in body(refused)) == (409, True)
    assert read(cast, Group, id=group.id).active
    with acting(cast.system):
        Schedule.objects.filter(id=schedule.id).update(owner_kind="clinic", group=None)
    assert client.post(place, {"fjern": "ja"}).status_code == 302
    assert client.get(place).status_code == 404
    # Nor is one that is gone given a timebok by who still sees it on the screen.
    with pytest.raises(IntegrityError, match="taken away"), acting(cast.system):
        Schedule.objects.filter(id=schedule.id).update(owner_kind="group", group=group)


@pytest.mark.req("ORG-13", "RCV-14")
def test_who_gets_what_comes_to_a_service_is_chosen_with_advice_and_the_second_is_told() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    with acting(cast.system):
        party = register_party(her_id=fresh_her_id(), kind=PartyKind.SERVICE, name="Vaksinasjon")
    page = body(client.get(address(cast, "settings-addressing")))
    for text in ("Vaksinasjon", party.her_id, cast.clinic.her_id, "Velg helst grupper eller roller"):
        assert text in page
    place = address(cast, "settings-addressing-service", party.id)
    assert "Velg helst grupper eller roller" in body(client.get(place))
    chosen = {"before": "", "recipients": [f"role:{cast.anne.held_role_id}", f"employee:{cast.per.id}"]}
    assert client.post(place, chosen).status_code == 302
    assert "Per Vik (ansatt)" in body(client.get(address(cast, "settings-addressing")))
    stale = client.post(place, chosen)
    assert (stale.status_code, "En annen har endret mottakerne" in body(stale)) == (409, True)
    told = {"kind": E_CONTACT, "party_her_id": party.her_id}
    assert holders(cast, receive(cast, question(cast, **told))) == {"Anne", "Per"}
    own = {"before": "", "recipients": [f"group:{read(cast, Group).id}"]}
    assert client.post(address(cast, "settings-addressing-clinic"), own).status_code == 302
    assert holders(cast, receive(cast, question(cast, party_her_id="999"))) == {"Ali"}
    assert client.get(address(cast, "settings-addressing-service", cast.kari_party.id)).status_code == 404
    with acting(cast.system):
        first, second = AuditEvent.objects.filter(action="recipients.changed").order_by("at", "id")
    assert (first.actor_id, second.actor_id) == (cast.ali.id, cast.ali.id)
    assert (len(first.detail["old"]), len(first.detail["new"]), len(second.detail["new"])) == (0, 2, 1)


@pytest.mark.req("ORG-15")
def test_the_menu_switches_clinic_logs_in_and_out_of_groups_and_leads_to_the_profile() -> None:
    cast, other = make_clinic(name="Nordvik"), make_clinic(name="Sørvik")
    with acting(other.system):
        hire(given_name="Ali", family_name="Khan", role="secretary", account_id=cast.ali.account_id)
    client = logged_in(cast, cast.ali)
    page = body(client.get(address(cast, "post")))
    assert f'href="{address(other, "post")}"' in page
    assert "Sørvik" in page
    assert "Resepsjon: logg ut" in page
    assert client.get(address(other, "post")).status_code == 200
    assert "Bytt klinikk" not in body(logged_in(cast, cast.anne).get(address(cast, "post")))
    group = read(cast, Group)
    out = client.post(address(cast, "settings-my-group", group.id, "ut"), HTTP_REFERER="http://127.0.0.1/k/x")
    assert (out.status_code, out.headers["Location"]) == (302, "http://127.0.0.1/k/x")
    away = client.post(address(cast, "settings-my-group", group.id, "ut"), HTTP_REFERER="https://example.org/")
    assert away.headers["Location"] == address(cast, "settings-me")
    assert "Resepsjon: logg inn" in body(client.get(address(cast, "post")))
    assert client.post(address(cast, "settings-my-group", group.id, "opp")).status_code == 404
    assert client.post(address(cast, "settings-my-group", uuid4(), "inn")).status_code == 404
    assert client.post(address(cast, "settings-my-function", "telephone", "ut")).status_code == 302
    assert "Telefon: logg inn" in body(client.get(address(cast, "post")))
    assert client.post(address(cast, "settings-my-function", "laboratory", "ut")).status_code == 404


@pytest.mark.req("ORG-15")
def test_everybody_changes_the_own_profile_and_the_log_out_is_in_the_menu() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.anne)
    page = body(client.get(address(cast, "settings-me")))
    facts = {
        "given_name": "Anne Marie",
        "family_name": "Berg",
        "phone": "12 34 56 78",
        "version": field(page, "version"),
    }
    assert client.post(address(cast, "settings-me"), facts).status_code == 302
    assert read(cast, Employee, id=cast.anne.id).name == "Anne Marie Berg"
    stale = client.post(address(cast, "settings-me"), facts | {"phone": "1"})
    assert (stale.status_code, 'value="1"' in body(stale)) == (409, True)
    assert ">Logg ut</button>" in body(client.get(address(cast, "post"))).replace("\n", "")


# The things of one clinic, by the route that shows or changes them.
THINGS = {
    "settings-employee": lambda cast: cast.anne.id,
    "settings-employee-end": lambda cast: cast.anne.id,
    "settings-new-absence": lambda cast: cast.anne.id,
    "settings-new-substitute": lambda cast: cast.kari.id,
    "settings-department": lambda cast: cast.anne.department_id,
    "settings-role": lambda cast: cast.anne.held_role_id,
    "settings-group": lambda cast: read(cast, Group).id,
}


@pytest.mark.req("NFR-2", "ORG-4")
@pytest.mark.parametrize("route", THINGS)
def test_a_thing_of_another_clinic_is_as_one_that_does_not_exist_and_a_user_is_told_who_may(route: str) -> None:
    cast, other = make_clinic(), make_clinic()
    thing, client = THINGS[route](cast), logged_in(other, other.ali)
    assert logged_in(cast, cast.ali).get(address(cast, route, thing)).status_code == 200
    for send in (client.get, client.post):
        strange, absent = send(address(other, route, thing)), send(address(other, route, uuid4()))
        assert (strange.status_code, same(strange)) == (absent.status_code, same(absent)) == (404, same(absent))
        assert client.get(address(cast, route, thing)).status_code == 404
    user = logged_in(cast, cast.anne).post(address(cast, route, thing), {"fjern": "ja"})
    assert (user.status_code, "Rollen din gir ikke rett til å gjøre dette" in body(user)) == (403, True)
