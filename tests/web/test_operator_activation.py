"""The operator makes a clinic, sees what is missing, and switches it and its GPs on and off in HelseNorge."""

import re
import secrets

import pytest
from django.test import Client
from django.urls import reverse

from skranke.audit.models import AuditEvent
from skranke.audit.services import record
from skranke.clinics.activation.services import note_prerequisites
from skranke.clinics.models import (
    Clinic,
    CommunicationParty,
    CommunicationProfile,
    Counterpart,
    Employee,
    EmployeeRole,
    Role,
)
from skranke.clinics.queries import clinic_id_of_slug, positions_of
from skranke.gateway.models import ReceivedMessage
from skranke.identity.models import Account
from skranke.identity.queries import account_of_person
from skranke.kernel import clock
from skranke.kernel.actor import system
from skranke.kernel.ids import new_id
from skranke.tenancy.work import acting

from cast import Cast, fresh_her_id, fresh_national_id, make_clinic
from support.clinic_pages import body, field, logged_in, same
from support.operator_pages import operator, place

PAGES = ("operator-clinic", "operator-connection", "operator-log")
POSTS = (
    "operator-prerequisites",
    "operator-notices",
    "operator-switch",
    "operator-change-connection",
    "operator-change-peer",
    "operator-try-connection",
)


def new_clinic(**changes: str) -> dict[str, str]:
    return {
        "name": "Nyvik legekontor",
        "slug": f"ny{secrets.token_hex(5)}",
        "organisation_number": "999777666",
        "gp_agreement": "on",
        "is_test": "on",
        "given_name": "Nils",
        "family_name": "Ruud",
        "role": "secretary",
        "national_id": str(fresh_national_id(age=40)),
    } | changes


def grounds(cast: Cast, **changes: str) -> dict[str, str]:
    with acting(cast.system):
        version = Clinic.objects.get().activation_version
    return {
        "version": str(version),
        "ordered": "on",
        "ordered_on": clock.today().isoformat(),
        "nhn_member": "on",
        "gp_agreement": "on",
        "her_id": str(cast.clinic.her_id),
    } | changes


def press(client: Client, cast: Cast, name: str, *args: object, **facts: str):
    """A button of the checklist, on the page as it stands."""
    version = field(body(client.get(place(cast))), "version")
    return client.post(place(cast, name, *args), {"version": version, **facts})


def stored(cast: Cast) -> Clinic:
    with acting(cast.system):
        return Clinic.objects.get()


@pytest.mark.req("ACT-7", "ORG-5")
def test_a_new_clinic_has_an_administrator_who_can_log_in_and_waits_in_the_list() -> None:
    client, facts = operator(), new_clinic()
    answer = client.post(reverse("operator-new-clinic"), facts)
    clinic_id = clinic_id_of_slug(facts["slug"])
    assert answer.headers["Location"] == reverse("operator-clinic", args=[clinic_id])
    with acting(system(clinic_id)):
        clinic, nils = Clinic.objects.get(), Employee.objects.get()
        assert (clinic.live_since, clinic.her_id, clinic.is_test, nils.is_admin) == (None, None, True, True)
        assert {role.position_type for role in Role.objects.all()} == set(EmployeeRole)
        made = AuditEvent.objects.filter(action__in=["clinic.established", "employee.hired"])
        assert {(event.actor_kind, event.actor_name) for event in made} == {("operator", "Synne Drift")}
    assert positions_of(account_of_person(facts["national_id"]).id) == [(clinic_id, nils.id)]
    row = body(client.get(reverse("operator-home"))).partition(str(clinic_id))[2].partition("</tr>")[0]
    assert "4 punkter mangler" in row


@pytest.mark.req("ACT-16")
@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": "Ny vik"},
        {"organisation_number": "123"},
        {"her_id": "0"},
        {"national_id": "12345678901"},
        {"name": ""},
        {"role": "wizard"},
    ],
)
def test_what_is_wrong_with_a_new_clinic_is_told_at_its_field_and_nothing_is_made(wrong: dict[str, str]) -> None:
    facts = new_clinic(**wrong)
    answer = operator().post(reverse("operator-new-clinic"), facts)
    page = body(answer)
    assert answer.status_code == 422
    assert f'id="id_{next(iter(wrong))}_error"' in page
    assert 'value="Nils"' in page
    assert clinic_id_of_slug(facts["slug"]) is None
    assert account_of_person(facts["national_id"]) is None


@pytest.mark.req("ACT-16")
def test_an_address_or_a_her_id_that_is_taken_is_told_at_its_field() -> None:
    cast = make_clinic()
    for name, value in (("slug", cast.clinic.slug), ("her_id", cast.clinic.her_id)):
        answer = operator().post(reverse("operator-new-clinic"), new_clinic(**{name: value}))
        assert answer.status_code == 422
        assert f'id="id_{name}_error"' in body(answer)


@pytest.mark.req("ORG-15")
def test_who_works_at_another_clinic_already_works_at_both_with_one_account() -> None:
    cast = make_clinic()
    account = cast.account(cast.anne)
    facts = new_clinic(national_id=account.national_id)
    operator().post(reverse("operator-new-clinic"), facts)
    clinics = [clinic for clinic, _ in positions_of(account.id)]
    assert clinics == [cast.clinic.id, clinic_id_of_slug(facts["slug"])]
    client = logged_in(cast, cast.anne)
    for slug in (cast.clinic.slug, facts["slug"]):
        assert client.get(reverse("post", args=[slug])).status_code == 200
    assert Account.objects.filter(national_id=account.national_id).count() == 1


@pytest.mark.req("ACT-7")
@pytest.mark.parametrize("missing", ["ordered", "ordered_on"])
def test_nothing_is_saved_before_the_clinic_has_ordered(missing: str) -> None:
    cast = make_clinic(live=False)
    facts = grounds(cast)
    del facts[missing]
    answer = operator().post(place(cast, "operator-prerequisites"), facts)
    assert answer.status_code == 422
    assert f'id="id_{missing}_error"' in body(answer)
    clinic = stored(cast)
    assert (clinic.ordered_on, clinic.nhn_member) == (None, False)


@pytest.mark.req("ACT-7", "ACT-8")
def test_the_clinic_and_its_gps_are_switched_on_when_every_line_is_green_and_off_again() -> None:
    cast, client = make_clinic(live=False), operator()
    page = body(client.get(place(cast)))
    assert "Det står ikke når klinikken bestilte Digital dialog." in page
    assert "Slå på klinikken" not in page
    refused = press(client, cast, "operator-switch", on="true")
    assert refused.status_code == 409
    assert "Be klinikken bestille hos Norsk Helsenett" in body(refused)
    assert client.post(place(cast, "operator-prerequisites"), grounds(cast)).status_code == 302
    assert "Slå på klinikken" in body(client.get(place(cast)))
    assert press(client, cast, "operator-switch", on="true").status_code == 302
    assert press(client, cast, "operator-switch-party", cast.kari_party.id, on="true").status_code == 302
    assert press(client, cast, "operator-switch-employee", cast.mona.id).status_code == 302
    with acting(cast.system):
        assert CommunicationParty.objects.filter(live_since=None).count() == 0
        assert Clinic.objects.get().live_since is not None
        log = AuditEvent.objects.filter(actor_kind="operator").order_by("at", "id")
        assert [one.action for one in log] == [
            "activation.changed",
            "clinic.put_live",
            "party.put_live",
            "party.put_live",
        ]
    assert (
        "2 av 2" in body(client.get(reverse("operator-home"))).partition(str(cast.clinic.id))[2].partition("</tr>")[0]
    )
    assert press(client, cast, "operator-switch-party", cast.kari_party.id, on="false").status_code == 302
    assert press(client, cast, "operator-switch", on="false").status_code == 302
    assert stored(cast).live_since is None


@pytest.mark.req("ACT-4")
def test_who_is_no_gp_with_a_list_is_refused_with_the_reason() -> None:
    cast, client = make_clinic(live=False), operator()
    page = body(client.get(place(cast)))
    assert page.count("Bare en fastlege med liste kan slås på.") == 3
    refused = press(client, cast, "operator-switch-employee", cast.anne.id)
    assert refused.status_code == 409
    assert "Anne Berg er ikke fastlege med liste." in body(refused)


@pytest.mark.req("ACT-5")
def test_a_private_clinic_says_so_and_has_no_switch() -> None:
    cast, client = make_clinic(live=False, gp_agreement=False), operator()
    facts = grounds(cast)
    del facts["gp_agreement"]
    client.post(place(cast, "operator-prerequisites"), facts)
    page = body(client.get(place(cast)))
    assert "Klinikken er privat, uten fastlegeavtale." in page
    assert "Slå på klinikken" not in page
    assert press(client, cast, "operator-switch", on="true").status_code == 409
    assert stored(cast).live_since is None


def test_the_second_of_two_operators_is_told_and_keeps_what_was_typed() -> None:
    cast, first, second = make_clinic(live=False), operator("Den Ene"), operator("Den Andre")
    facts = grounds(cast)
    assert first.post(place(cast, "operator-prerequisites"), facts).status_code == 302
    told = second.post(place(cast, "operator-prerequisites"), facts | {"ordered_on": "2026-01-02"})
    page = body(told)
    assert told.status_code == 409
    assert "Noen andre har endret dette imens." in page
    assert 'value="2026-01-02"' in page
    assert stored(cast).ordered_on == clock.today()
    assert second.post(place(cast, "operator-switch"), {"version": facts["version"], "on": "true"}).status_code == 409
    assert stored(cast).live_since is None
    assert second.post(place(cast, "operator-switch"), {"version": "x", "on": "true"}).status_code == 404


@pytest.mark.req("ACT-15")
def test_a_test_clinic_says_on_every_page_that_it_is_one() -> None:
    client, test, real = operator(), make_clinic(), make_clinic(is_test=False)
    for name in PAGES:
        assert "Testmiljø." in body(client.get(place(test, name)))
        assert "Testmiljø." not in body(client.get(place(real, name)))
    assert "Testmiljø." in body(logged_in(test, test.kari).get(reverse("post", args=[test.clinic.slug])))
    assert "Testmiljø." not in body(logged_in(real, real.kari).get(reverse("post", args=[real.clinic.slug])))


def test_a_certificate_swap_is_not_undone_by_saving_the_connection() -> None:
    cast, client = make_clinic(live=False), operator()
    with acting(cast.system):
        CommunicationProfile.objects.update(
            bus_url="file:/nowhere/bus",
            previous_decryption_certificate="file:/nowhere/old.pem",
            previous_decryption_key="file:/nowhere/old.key",
        )
    page = body(client.get(place(cast, "operator-connection")))
    facts = dict(re.findall(r'name="(buss-[a-z_]+)" value="([^"]*)"', page))
    facts |= {"buss-address_style": "v1", "version": field(page, "version")}
    assert client.post(place(cast, "operator-change-connection"), facts).status_code == 302
    with acting(cast.system):
        assert CommunicationProfile.objects.get().previous_decryption_key == "file:/nowhere/old.key"


def test_the_way_to_the_bus_is_written_as_references_and_the_check_says_what_is_wrong() -> None:
    cast, client = make_clinic(live=False), operator()
    with acting(cast.system):
        CommunicationProfile.objects.all().delete()
        Counterpart.objects.all().delete()
    page = body(client.get(place(cast, "operator-connection")))
    version = field(page, "version")
    files = (
        "bus_url",
        "signing_certificate",
        "signing_key",
        "decryption_certificate",
        "decryption_key",
        "trust_anchor",
    )
    queues = ("queue_async", "queue_sync", "queue_syncreply", "queue_error")
    facts = {f"buss-{name}": f"file:/nowhere/{name}" for name in files}
    facts |= {f"buss-{name}": f"ny_{name}" for name in queues} | {"buss-address_style": "v1", "version": version}
    told = client.post(place(cast, "operator-change-connection"), facts | {"buss-signing_key": "hemmelig"})
    assert told.status_code == 422
    assert 'id="id_buss-signing_key_error"' in body(told)
    assert client.post(place(cast, "operator-change-connection"), facts).status_code == 302
    stale = client.post(place(cast, "operator-change-connection"), facts)
    assert stale.status_code == 409
    assert "Noen andre har endret dette imens." in body(stale)
    peer = {
        "her_id": fresh_her_id(), "name": "Innbyggertjenester", "her_id_level1": fresh_her_id(), "name_level1": "HN",
        "queue_async": "a", "queue_sync": "b", "queue_error": "c",
        "signing_certificate": "file:/nowhere/s.pem", "encryption_certificate": "file:/nowhere/e.pem",
    }  # fmt: skip
    facts = {f"motpart-{name}": value for name, value in peer.items()}
    facts["version"] = field(body(client.get(place(cast, "operator-connection"))), "version")
    assert client.post(place(cast, "operator-change-peer"), facts | {"motpart-her_id": "0"}).status_code == 422
    assert client.post(place(cast, "operator-change-peer"), facts).status_code == 302
    with acting(cast.system):
        assert CommunicationProfile.objects.get().signing_key == "file:/nowhere/signing_key"
        assert Counterpart.objects.get().her_id == peer["her_id"]
    facts["version"] = field(body(client.get(place(cast, "operator-connection"))), "version")
    with acting(cast.system):
        Counterpart.objects.update(takes_appointment_process=True)
    assert client.post(place(cast, "operator-change-peer"), facts | {"motpart-name": "HN"}).status_code == 302
    facts["version"] = field(body(client.get(place(cast, "operator-connection"))), "version")
    with acting(cast.system):
        assert Counterpart.objects.get().takes_appointment_process
    other = fresh_her_id()
    assert client.post(place(cast, "operator-change-peer"), facts | {"motpart-her_id": other}).status_code == 302
    with acting(cast.system):
        assert Counterpart.objects.get().her_id == other
    checked = body(client.post(place(cast, "operator-try-connection")))
    assert "Nøkler og sertifikater kan ikke leses." in checked
    assert "/nowhere/" in checked


@pytest.mark.req("ACT-6")
def test_the_log_tells_what_was_changed_and_refused_and_never_about_whom() -> None:
    cast, client = make_clinic(live=False), operator()
    client.post(place(cast, "operator-prerequisites"), grounds(cast))
    with acting(cast.system):
        message = ReceivedMessage.objects.create(
            clinic_id=cast.clinic.id, queue="q", function="DIALOG_INNBYGGER_EKONTAKT", from_her_id="1",
            to_her_id=cast.kari_party.her_id, message_id=str(new_id()), sha256="0" * 64, ciphertext=b"", state="acted",
        )  # fmt: skip
        facts = {"subject_kind": "received_message", "subject_id": message.id, "patient_id": cast.jonas.id}
        record("patient.refused", **facts, detail={"code": "30"})
        record("employee.changed", subject_kind="employee", subject_id=cast.mona.id)
    page = body(client.get(place(cast, "operator-log")))
    assert "Endret et ansattkort: Mona Dahl" in page
    assert "employee.changed" not in page
    for told in ("DIALOG_INNBYGGER_EKONTAKT", "Kari Lunde", "Bestilling og medlemskap ble skrevet inn", "Synne Drift"):
        assert told in page
    for secret in (cast.jonas.name, cast.jonas.national_id, str(cast.jonas.id)):
        assert secret not in page
    assert re.search(r'class="mono" data-label="Svar">30<', page)


def test_nobody_but_an_operator_opens_these_pages_and_what_is_not_there_is_not_found() -> None:
    cast, client = make_clinic(), operator()
    for name in PAGES:
        assert client.get(place(cast, name)).status_code == 200
        assert client.get(reverse(name, args=[new_id()])).status_code == 404
    for name in POSTS:
        facts = {"version": "1"}
        assert client.post(reverse(name, args=[new_id()]), facts).status_code in {404, 422}
    other = make_clinic()
    for name, theirs in (("operator-switch-party", other.kari_party.id), ("operator-switch-employee", other.kari.id)):
        version = field(body(client.get(place(cast))), "version")
        foreign = client.post(place(cast, name, theirs), {"version": version, "on": "true"})
        absent = client.post(place(cast, name, new_id()), {"version": version, "on": "true"})
        assert foreign.status_code == absent.status_code == 404
    staff = logged_in(cast, cast.ali)
    for name in (*PAGES, *POSTS):
        for clinic_id in (cast.clinic.id, new_id()):
            address = reverse(name, args=[clinic_id])
            answer = staff.get(address) if name in PAGES else staff.post(address)
            assert answer.status_code == 302
            assert reverse("operator-login") in answer.headers["Location"]
    with acting(cast.system):
        note_prerequisites(ordered_on=clock.today(), nhn_member=True, her_id=cast.clinic.her_id)
    assert same(client.get(reverse("operator-clinic", args=[new_id()])))
