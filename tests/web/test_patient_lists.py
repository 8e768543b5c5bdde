"""Patient lists: the clinic's, the GPs', those that somebody keeps; exported, read anew, and what changed."""

import csv
import io
from dataclasses import replace
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import override_settings

from skranke.audit.models import AuditEvent
from skranke.clinics.models import Employee
from skranke.kernel import clock
from skranke.kernel.errors import NotFoundError
from skranke.patients.lists import add_member, get_listed_for, make_list
from skranke.patients.models import (
    Confidentiality,
    GPList,
    GPListChange,
    GPListSync,
    ListChangeKind,
    ListSyncState,
    Patient,
    PatientList,
)
from skranke.patients.rules import is_organisation_number
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.clinic_pages import HTMX, address, at_most, body, field, logged_in, same

COMPANY = "974760673"


def shown(client, cast: Cast, key: object) -> str:
    answer = client.get(address(cast, "patient-list", key))
    assert answer.status_code == 200
    return body(answer)


def exported(client, cast: Cast, key: object) -> list[list[str]]:
    answer = client.post(address(cast, "patient-list-export", key))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    text = answer.content.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def kept(cast: Cast, owner: Employee, *patients: Patient, **facts: object) -> PatientList:
    with acting(cast.actor(owner)):
        made = make_list(**{"name": "KOLS", "kind": "custom", "shared": False, **facts})
        for patient in patients:
            add_member(made, patient)
    return made


@pytest.mark.req("PAT-14")
def test_there_are_lists_of_four_kinds() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    for kind, number in (("custom", ""), ("company", COMPANY)):
        made = client.post(
            address(cast, "patient-list-new"),
            {"name": f"Liste {kind}", "kind": kind, "organisation_number": number, "shared": "on"},
        )
        assert made.status_code == 302
    page = body(client.get(address(cast, "patient-lists")))
    for text in (
        "Klinikkliste", "Fastlegeliste Kari Lunde", "Fastlegeliste Mona Dahl", "Egendefinert", "Bedriftsliste",
        "Liste custom", "Liste company",
    ):  # fmt: skip
        assert text in page
    assert "3 pasienter" in page
    whole = shown(client, cast, "klinikk")
    assert all(one in whole for one in ("Ola Nordmann", "Nora Nordmann", "Astrid Østby"))
    assert "Jonas Åsen" not in whole
    mona = shown(client, cast, f"fastlege-{cast.mona.id}")
    assert "Astrid Østby" in mona
    assert "Ola Nordmann" not in mona
    with acting(cast.system):
        read = AuditEvent.objects.filter(action="list.read").order_by("at")
        assert [one.detail["patients"] for one in read] == [3, 1]


@pytest.mark.req("PAT-14", "PAT-16")
def test_the_clinic_s_list_has_those_on_a_list_without_a_doctor_too() -> None:
    cast = make_clinic()
    with acting(cast.system):
        vacant = GPList.objects.create(clinic_id=cast.clinic.id, contract_id=1, read_at=clock.now())
        Patient.objects.filter(id=cast.jonas.id).update(gp_list=vacant)
    client = logged_in(cast, cast.ali)
    assert "4 pasienter" in body(client.get(address(cast, "patient-lists")))
    whole = shown(client, cast, "klinikk")
    assert all(one in whole for one in ("Ola Nordmann", "Nora Nordmann", "Astrid Østby", "Jonas Åsen"))
    assert [row[0] for row in exported(client, cast, "klinikk")[1:]].count("Jonas Åsen") == 1
    for gp in (cast.kari, cast.mona):
        assert "Jonas Åsen" not in shown(client, cast, f"fastlege-{gp.id}")


@pytest.mark.req("PAT-15")
def test_the_owner_decides_who_may_use_a_list_and_who_changes_it() -> None:
    cast = make_clinic()
    made = kept(cast, cast.kari, cast.ola)
    kari, mona, ali = (logged_in(cast, one) for one in (cast.kari, cast.mona, cast.ali))
    here = address(cast, "patient-list", made.id)
    assert "Ola Nordmann" in body(kari.get(here))
    for other in (mona, ali):
        refused, unknown = other.get(here), other.get(address(cast, "patient-list", uuid4()))
        assert refused.status_code == unknown.status_code == 404
        assert same(refused) == same(unknown)
        assert "KOLS" not in body(other.get(address(cast, "patient-lists")))
    edit = address(cast, "patient-list-edit", made.id)
    assert kari.post(edit, {"version": "1", "name": "KOLS", "shared": "on"}).status_code == 302
    assert "Ola Nordmann" in body(mona.get(here))
    assert "Endre listen" not in body(mona.get(here))
    assert mona.post(edit, {"version": "2", "name": "Mine"}).status_code == 403
    member = address(cast, "patient-list-member", made.id, cast.astrid.id)
    assert mona.post(member, {"gjor": "legg-til"}).status_code == 403
    # An administrator may, so that no list outlives its owner.
    assert ali.post(member, {"gjor": "legg-til"}).status_code == 302
    assert "Astrid Østby" in body(kari.get(here))
    assert mona.post(address(cast, "patient-list-delete", made.id)).status_code == 403
    assert kari.post(address(cast, "patient-list-delete", made.id)).status_code == 302
    assert kari.get(here).status_code == 404


@pytest.mark.req("PAT-15")
def test_patients_are_put_on_a_list_once_and_taken_off() -> None:
    cast = make_clinic()
    made = kept(cast, cast.kari)
    client = logged_in(cast, cast.kari)
    client.post(address(cast, "patient-choose", cast.ola.id))
    assert "Legg til Ola Nordmann" in shown(client, cast, made.id)
    member = address(cast, "patient-list-member", made.id, cast.ola.id)
    for _ in range(2):
        client.post(member, {"gjor": "legg-til"})
    assert shown(client, cast, made.id).count("fra listen") == 1
    client.post(member, {"gjor": "fjern"})
    assert "Ingen pasienter på listen." in shown(client, cast, made.id)
    with acting(cast.system):
        changed = AuditEvent.objects.filter(action="list.changed", patient_id=cast.ola.id)
        assert changed.count() == 2


@pytest.mark.req("PAT-15")
def test_of_two_who_change_a_list_at_once_the_second_is_told() -> None:
    cast = make_clinic()
    made = kept(cast, cast.kari, shared=True)
    kari, ali, edit = (
        logged_in(cast, cast.kari),
        logged_in(cast, cast.ali),
        address(cast, "patient-list-edit", made.id),
    )
    assert field(body(ali.get(edit)), "version") == "1"
    kari.post(edit, {"version": "1", "name": "Lunge", "shared": "on"})
    told = ali.post(edit, {"version": "1", "name": "Luftveier", "shared": "on"})
    assert told.status_code == 422
    assert "Noen andre har endret listen" in body(told)
    assert field(body(told), "name") == "Luftveier"
    assert ali.post(edit, {"version": field(body(told), "version"), "name": "Luftveier"}).status_code == 302


@pytest.mark.req("PAT-14", "PAT-15")
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": ""}, "liste-name"),
        ({"name": "n" * 101}, "liste-name"),
        ({"kind": "annet"}, "liste-kind"),
        ({"kind": "company", "organisation_number": "974760674"}, "de ni sifrene"),
        ({"name": "KOLS"}, "Det finnes en liste med dette navnet."),
    ],
)
def test_a_wrong_list_comes_back_with_what_was_typed(wrong: dict[str, str], told: str) -> None:
    cast = make_clinic()
    kept(cast, cast.kari)
    filled = {"name": "Ny", "kind": "custom", "organisation_number": "", **wrong}
    refused = logged_in(cast, cast.kari).post(address(cast, "patient-list-new"), filled)
    assert refused.status_code == 422
    assert told in body(refused)
    with acting(cast.system):
        assert PatientList.objects.count() == 1
    assert is_organisation_number(COMPANY)


@pytest.mark.req("PAT-18", "NFR-1")
def test_a_list_leaves_in_a_spreadsheet_that_runs_nothing_and_each_patient_s_log_says_so() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    with acting(cast.system):
        for patient, given, phone, email in (
            (cast.ola, "=HYPERLINK(1)", "+47 412 34 567", "ola@example.test"),
            (cast.nora, "@SUM(A1)", "-1", ""),
            (cast.astrid, 'Astrid "A"; B', "", "\tcmd"),
        ):
            Patient.objects.filter(id=patient.id).update(given_name=given, phone=phone, email=email)
    head, *rows = exported(client, cast, "klinikk")
    assert head == ["Navn", "Alder", "E-post", "Telefon"]
    found = {row[0]: row[1:] for row in rows}
    assert found["'=HYPERLINK(1) Nordmann"] == ["43", "ola@example.test", "'+47 412 34 567"]
    assert found["'@SUM(A1) Nordmann"] == ["12", "", "'-1"]
    assert found['Astrid "A"; B Østby'][1] == "'\tcmd"
    assert not any(cell[:1] in "=+-@\t" for row in rows for cell in row if cell)
    with acting(cast.system):
        events = AuditEvent.objects.filter(action="list.exported")
        whole = events.get(subject_kind="patient_list")
        assert whole.detail == {"patients": 3}
        of_each = events.filter(subject_kind="patient")
        assert set(of_each.values_list("patient_id", flat=True)) == {cast.ola.id, cast.nora.id, cast.astrid.id}
        assert {event.actor_id for event in events} == {cast.ali.id}


@pytest.mark.req("PAT-18")
def test_who_lives_at_a_secret_address_leaves_nothing_to_be_found_by_in_a_list() -> None:
    cast = make_clinic()
    found = {"phone": "412 34 567", "phone_key": "41234567", "email": "ola@example.test"}
    with acting(cast.system):
        Patient.objects.filter(id=cast.ola.id).update(**found, confidentiality=Confidentiality.CONFIDENTIAL)
        Patient.objects.filter(id=cast.nora.id).update(**found)
    rows = {row[0]: row[2:] for row in exported(logged_in(cast, cast.ali), cast, "klinikk")}
    assert rows[cast.ola.name] == ["", ""]
    assert rows[cast.nora.name] != ["", ""]


@pytest.mark.req("PAT-18")
def test_other_lists_leave_too_but_only_for_those_who_may_use_them() -> None:
    cast, other = make_clinic(), make_clinic()
    made = kept(cast, cast.kari, cast.jonas)
    assert [row[0] for row in exported(logged_in(cast, cast.kari), cast, made.id)] == ["Navn", "Jonas Åsen"]
    assert [row[0] for row in exported(logged_in(cast, cast.ali), cast, f"fastlege-{cast.mona.id}")][1:] == [
        "Astrid Østby"
    ]
    assert logged_in(cast, cast.mona).post(address(cast, "patient-list-export", made.id)).status_code == 404
    stranger = logged_in(other, other.kari)
    for key in (made.id, f"fastlege-{cast.kari.id}", "fastlege-x", "x"):
        refused = stranger.post(address(other, "patient-list-export", key))
        unknown = stranger.post(address(other, "patient-list-export", uuid4()))
        assert refused.status_code == unknown.status_code == 404
        assert same(refused) == same(unknown)
    # By GET nothing leaves.
    assert stranger.get(address(other, "patient-list-export", "klinikk")).status_code == 405


@pytest.mark.req("NFR-2")
def test_lists_of_another_clinic_look_like_none() -> None:
    cast, other = make_clinic(), make_clinic()
    made = kept(cast, cast.kari, cast.ola, shared=True)
    stranger = logged_in(other, other.ali)
    for route, args, unknown_args, send in (
        ("patient-list", [made.id], [uuid4()], None),
        ("patient-list", [f"fastlege-{cast.kari.id}"], [f"fastlege-{uuid4()}"], None),
        ("patient-list-edit", [made.id], [uuid4()], None),
        ("patient-list-edit", [made.id], [uuid4()], {"version": "1", "name": "x"}),
        ("patient-list-delete", [made.id], [uuid4()], {}),
        ("patient-list-member", [made.id, other.ola.id], [uuid4(), other.ola.id], {}),
    ):
        refused, unknown = (
            stranger.get(address(other, route, *one))
            if send is None
            else stranger.post(address(other, route, *one), send)
            for one in (args, unknown_args)
        )
        assert refused.status_code == unknown.status_code == 404, route
        assert same(refused) == same(unknown)
    mine = kept(other, other.ali)
    assert stranger.post(address(other, "patient-list-member", mine.id, cast.ola.id), {}).status_code == 404
    with acting(cast.actor(cast.ola)), pytest.raises(NotFoundError):
        get_listed_for(cast.actor(cast.ola), "klinikk")


@pytest.mark.req("PAT-19")
def test_when_a_gp_leaves_the_list_and_its_patients_say_inactive_gp() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    with acting(cast.system):
        Employee.objects.filter(id=cast.mona.id).update(active=False)
    page = body(client.get(address(cast, "patient-lists")))
    assert (
        page.index("Fastlegeliste Kari Lunde") < page.index("Fastlegeliste Mona Dahl") < page.index("Inaktiv fastlege")
    )
    assert "Inaktiv fastlege: legen arbeider ikke her lenger." in shown(client, cast, f"fastlege-{cast.mona.id}")
    assert "Inaktiv fastlege" in body(client.get(address(cast, "patient", cast.astrid.id)))
    assert "Inaktiv fastlege" not in body(client.get(address(cast, "patient", cast.ola.id)))
    with acting(cast.system):
        Patient.objects.filter(id=cast.astrid.id).update(gp=cast.kari)
    assert "Fastlegeliste Mona Dahl" not in body(client.get(address(cast, "patient-lists")))
    assert "Inaktiv fastlege" not in body(client.get(address(cast, "patient", cast.astrid.id)))


def run(cast: Cast, **facts: object) -> GPListSync:
    with acting(cast.system):
        return GPListSync.objects.create(
            **{
                "clinic_id": cast.clinic.id,
                "state": ListSyncState.DONE,
                "asked_at": clock.now(),
                "finished_at": clock.now(),
                **facts,
            }
        )


@pytest.mark.req("PAT-16")
def test_the_change_view_shows_who_a_chosen_reading_added_and_removed_and_who_is_there_now() -> None:
    cast, other = make_clinic(), make_clinic()
    client, changes = logged_in(cast, cast.ali), address(cast, "list-changes")
    assert "Ingen lesing har endret listene ennå." in body(client.get(changes))
    reading, nothing = run(cast, added=1, removed=1), run(cast)
    with acting(cast.system):
        listed = GPList.objects.create(
            clinic_id=cast.clinic.id, contract_id=7, gp=cast.kari, doctor="Kari Lunde", read_at=clock.now()
        )
        Patient.objects.filter(id__in=[cast.ola.id, cast.nora.id]).update(gp_list=listed)
        for patient, kind in ((cast.ola, ListChangeKind.ADDED), (cast.astrid, ListChangeKind.REMOVED)):
            GPListChange.objects.create(
                clinic_id=cast.clinic.id, sync=reading, gp_list=listed, patient=patient, kind=kind
            )
    page = body(client.get(changes))
    assert address(cast, "list-changes-of", reading.id) in page
    assert address(cast, "list-changes-of", nothing.id) not in page
    assert "2 pasienter" in page
    assert "Ola Nordmann" not in page
    shown_page = body(client.get(address(cast, "list-changes-of", reading.id)))
    assert shown_page.index("Lagt til") < shown_page.index("Ola Nordmann")
    assert shown_page.index("Tatt av") < shown_page.index("Astrid Østby")
    stranger = logged_in(other, other.ali)
    refused, unknown = (stranger.get(address(other, "list-changes-of", one)) for one in (reading.id, uuid4()))
    assert refused.status_code == unknown.status_code == 404
    assert same(refused) == same(unknown)


@pytest.mark.req("PAT-17")
def test_a_reading_asks_first_then_shows_how_far_it_has_come() -> None:
    cast = make_clinic()
    client, sync = logged_in(cast, cast.ali), address(cast, "list-sync")
    assert "Ja, les listene nå" in body(client.get(sync))
    with acting(cast.system):
        assert not GPListSync.objects.exists()
    refused = client.post(sync)
    assert refused.status_code == 409
    assert "mangler HER-id eller tilgang til Fastlegeregisteret" in body(refused)
    ours = replace(settings.OURS, gp_register_url="http://127.0.0.1:9/flr", registers_user="x")
    with override_settings(OURS=ours):
        assert client.post(sync).status_code == 302
        assert "Listene leses allerede." in body(client.post(sync))
    page = body(client.get(sync))
    assert "Spør Fastlegeregisteret" in page
    assert "every 2s" in page
    with acting(cast.system):
        GPListSync.objects.update(state="running", patients_total=60, patients_done=20)
    part = body(client.get(sync, headers=HTMX))
    assert "Leser: 20 av 60 pasienter." in part
    assert "<html" not in part
    with acting(cast.system):
        GPListSync.objects.update(state="done", finished_at=clock.now(), added=2, removed=1)
    part = body(client.get(sync, headers=HTMX))
    assert "2 lagt til, 1 tatt av." in part
    assert "every 2s" not in part
    with acting(cast.system):
        GPListSync.objects.update(state="failed", reason="register_silent")
    assert "ble ikke ferdig" in body(client.get(sync))


def test_a_long_list_costs_the_same_as_a_short_one() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.kari)
    shown(client, cast, "klinikk")
    with at_most(20):
        shown(client, cast, "klinikk")
    assert "Ingen pasienter på listen." in body(client.get(address(cast, "patient-list", "klinikk", query="?fra=50")))
    assert client.get(address(cast, "patient-list", "klinikk", query="?fra=-1&x=1")).status_code == 200
