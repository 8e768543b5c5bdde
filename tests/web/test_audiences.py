"""Staff, patients and operators: each has a log-in, a cookie and pages of their own, and none opens the others'."""

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError
from django.http import Http404
from django.test import Client, override_settings
from django.urls import reverse

from skranke.audit.queries import events_about
from skranke.clinics.models import Employee
from skranke.identity.models import Account, SessionKind
from skranke.identity.services import create_account
from skranke.kernel import clock
from skranke.kernel.ids import NationalId, new_id
from skranke.patients.models import Patient
from skranke.patients.queries import clinics_of
from skranke.patients.services import register
from skranke.tenancy.work import acting
from skranke.web.links import link_for, proof_of

from cast import Cast, fresh_national_id, make_clinic
from support.clinic_pages import address, body, logged_in


def _browser() -> Client:
    return Client(SERVER_NAME="127.0.0.1")


def _operator() -> Account:
    return create_account(f"drift-{new_id().hex}", "Synne Drift", is_operator=True)


def as_operator(account: Account) -> Client:
    client = _browser()
    assert client.get(link_for(SessionKind.OPERATOR, str(account.id))).status_code == 302
    return client


def as_patient(patient: Patient) -> Client:
    client = _browser()
    assert client.get(link_for(SessionKind.PATIENT, patient.national_id)).status_code == 302
    return client


def test_an_operator_sees_every_clinic_and_none_of_its_pages() -> None:
    cast, other = make_clinic(name="Førstevik legesenter"), make_clinic(name="Andrevik legesenter")
    client = as_operator(_operator())
    page = body(client.get(reverse("operator-home")))
    assert cast.clinic.name in page
    assert other.clinic.name in page
    for name in ("post", "schedule", "patient-search"):
        assert client.get(address(cast, name)).status_code == 302
    assert client.get(reverse("patient-clinic", args=[cast.clinic.slug])).status_code == 302


def test_a_patient_sees_the_own_page_at_the_own_clinics_alone() -> None:
    cast, other, third = make_clinic(), make_clinic(), make_clinic()
    client = as_patient(cast.ola)
    only = client.get(reverse("patient-home"))
    assert only.headers["Location"] == reverse("patient-clinic", args=[cast.clinic.slug])
    page = body(client.get(only.headers["Location"]))
    assert cast.ola.name in page
    with acting(other.system):
        register(national_id=NationalId(cast.ola.national_id), given_name="Ola", family_name="Nordmann")
    page = body(client.get(reverse("patient-home")))
    assert reverse("patient-clinic", args=[other.clinic.slug]) in page
    assert third.clinic.slug not in page
    absent = client.get(reverse("patient-clinic", args=["finnes-ikke"]))
    stranger = client.get(reverse("patient-clinic", args=[third.clinic.slug]))
    assert absent.status_code == stranger.status_code == 404
    assert client.get(address(cast, "post")).status_code == 302
    assert client.get(reverse("operator-home")).status_code == 302


def test_who_is_nobodys_patient_is_told_so() -> None:
    client = _browser()
    client.get(link_for(SessionKind.PATIENT, "57850199853"))
    assert "Ingen legekontor her har deg som pasient" in body(client.get(reverse("patient-home")))


@pytest.mark.req("NFR-1")
def test_a_patients_log_in_and_log_out_stand_in_the_log_of_the_clinic() -> None:
    cast = make_clinic()
    client = as_patient(cast.ola)
    sent = client.post(reverse("patient-logout"))
    assert sent.headers["Location"] == reverse("patient-login")
    with acting(cast.system):
        told = events_about("patient", cast.ola.id)
    assert [(one.action, one.actor_kind, one.purpose) for one in told if one.action.startswith("session.")] == [
        ("session.closed", "patient", "own_access"),
        ("session.opened", "patient", "own_access"),
    ]
    assert client.get(reverse("patient-home")).headers["Location"].startswith(reverse("patient-login"))


def test_each_audience_has_a_cookie_that_is_sent_to_its_own_pages_only() -> None:
    cast = make_clinic()
    staff, patient, operator = logged_in(cast, cast.kari), as_patient(cast.ola), as_operator(_operator())
    for client, name, path in (
        (staff, "skranke_staff", "/"),
        (patient, "skranke_patient", "/min"),
        (operator, "skranke_operator", "/drift"),
    ):
        morsel = client.cookies[name]
        assert (morsel["path"], bool(morsel["httponly"]), morsel["samesite"]) == (path, True, "Lax")
        # A token under another audience's name opens nothing.
        for target, page in (
            ("skranke_staff", address(cast, "post")),
            ("skranke_patient", reverse("patient-home")),
            ("skranke_operator", reverse("operator-home")),
        ):
            if target != name:
                thief = _browser()
                thief.cookies[target] = morsel.value
                assert "/logg-inn" in thief.get(page).headers["Location"]


def test_the_token_is_stored_nowhere() -> None:
    cast = make_clinic()
    token = logged_in(cast, cast.kari).cookies["skranke_staff"].value
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM identity_session s WHERE account_id = %s", [cast.kari.account_id])
        rows = [row[0] for row in cursor.fetchall()]
    assert len(rows) == 1
    assert token not in rows[0]


def _end_by_log_out(client: Client, cast: Cast, person: Employee) -> None:
    client.post(reverse("logout"))


def _end_by_age(client: Client, cast: Cast, person: Employee) -> None:
    clock.move(timedelta(hours=8))


def _end_by_account(client: Client, cast: Cast, person: Employee) -> None:
    Account.objects.filter(id=person.account_id).update(active=False)


@pytest.mark.req("ORG-14")
@pytest.mark.parametrize("end", [_end_by_log_out, _end_by_age, _end_by_account])
def test_a_cookie_kept_from_before_opens_nothing_afterwards(end) -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.kari)
    kept = client.cookies["skranke_staff"].value
    assert client.get(address(cast, "post")).status_code == 200
    end(client, cast, cast.kari)
    thief = _browser()
    thief.cookies["skranke_staff"] = kept
    assert thief.get(address(cast, "post")).headers["Location"].startswith(reverse("login"))


def test_who_is_no_longer_operator_is_out_at_once() -> None:
    account = _operator()
    client = as_operator(account)
    assert client.get(reverse("operator-home")).status_code == 200
    Account.objects.filter(id=account.id).update(is_operator=False)
    assert client.get(reverse("operator-home")).headers["Location"].startswith(reverse("operator-login"))


def test_a_link_of_another_kind_or_person_opens_nothing() -> None:
    cast = make_clinic()
    ticket = link_for(SessionKind.STAFF, str(cast.kari.account_id)).rpartition("/")[2]
    client = _browser()
    assert client.get(reverse("operator-login-by-link", args=[ticket])).status_code == 404
    assert client.get(reverse("patient-login-by-link", args=[ticket])).status_code == 404
    assert client.get(link_for(SessionKind.OPERATOR, str(cast.kari.account_id))).status_code == 404
    assert client.get(link_for(SessionKind.STAFF, str(new_id()))).status_code == 404
    assert set(client.cookies) <= {"skranke_csrf"}


def test_links_open_nothing_where_the_setting_does_not_say_so() -> None:
    cast = make_clinic()
    ticket = link_for(SessionKind.STAFF, str(cast.kari.account_id)).rpartition("/")[2]
    assert proof_of(SessionKind.STAFF, ticket).account_id == cast.kari.account_id
    with override_settings(OURS=replace(settings.OURS, demo_login=False)), pytest.raises(Http404):
        proof_of(SessionKind.STAFF, ticket)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM identity_session",
        "UPDATE identity_session SET account_id = NULL",
        "UPDATE identity_session SET opened_at = now()",
        "DELETE FROM identity_account",
    ],
)
def test_the_pages_program_may_not_rewrite_who_was_logged_in(statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("role", ["skranke_gateway", "skranke_worker"])
def test_other_programs_see_no_sessions_and_no_accounts(role: str, database) -> None:
    with psycopg.connect(database.dsn(role)) as raw:
        for table in ("identity_session", "identity_account"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
                raw.execute(f"SELECT national_id FROM {table}")


@pytest.mark.req("NFR-1", "NFR-2")
@pytest.mark.parametrize("number", ["", "1403", "1403881001"])
def test_nobody_logs_in_or_out_as_a_patient_whose_number_the_clinic_does_not_know(number: str) -> None:
    """Patients whose number the clinic does not know all have the same one: none."""
    cast = make_clinic()
    with acting(cast.system):
        patient = register(national_id=None, given_name="Uten", family_name="Nummer", birth_date=cast.ola.birth_date)
        Patient.objects.filter(id=patient.id).update(national_id=number)
    assert cast.clinic.id not in clinics_of(number)
    assert _browser().post(reverse("patient-logout")).status_code == 302
    with pytest.raises(IntegrityError, match="session_is_of_one_person"), transaction.atomic():
        _browser().get(link_for(SessionKind.PATIENT, number))
    with acting(cast.system):
        assert [one.action for one in events_about("patient", patient.id)] == ["patient.registered"]


@pytest.mark.req("NFR-2")
def test_the_clinics_of_a_person_are_all_that_have_the_person_now_and_no_other() -> None:
    cast, other, third = make_clinic(), make_clinic(), make_clinic()
    number = cast.ola.national_id
    assert clinics_of(number) == [cast.clinic.id]
    with acting(other.system):
        there = register(national_id=NationalId(number), given_name="Ola", family_name="Nordmann")
    assert sorted(clinics_of(number)) == sorted([cast.clinic.id, other.clinic.id])
    client = as_patient(cast.ola)
    choice = body(client.get(reverse("patient-home")))
    for one, shown in ((cast, True), (other, True), (third, False)):
        place = reverse("patient-clinic", args=[one.clinic.slug])
        assert (place in choice) is shown
        assert client.get(place).status_code == (200 if shown else 404)
    # The other clinic finds out that it was somebody else's number: nothing of it is Ola's from then on.
    with acting(other.system):
        Patient.objects.filter(id=there.id).update(national_id=str(fresh_national_id(age=50)))
    assert clinics_of(number) == [cast.clinic.id]
    assert client.get(reverse("patient-clinic", args=[other.clinic.slug])).status_code == 404
