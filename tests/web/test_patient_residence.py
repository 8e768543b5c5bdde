"""Making a patient active asks Folkeregisteret where the patient lives; another address is overwritten (PAT-8)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from skranke.audit.models import AuditEvent
from skranke.kernel import clock
from skranke.patients.models import Confidentiality, Patient, ResidenceReading
from skranke.patients.residing import ask_all_due, reading_of
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import address, body, logged_in
from support.registers import asked_at_sandbox

pytestmark = pytest.mark.req("PAT-8")
OLD, NEW, SECRET = "Gamleveien 1", "Nyveien 22B", "Hemmeligveien 9"


@pytest.fixture
def cast(sandbox) -> Cast:
    """Ola lives at the old address, as Ola once said; Folkeregisteret has another."""
    with asked_at_sandbox(sandbox):
        made = make_clinic()
        with acting(made.system):
            Patient.objects.filter(id=made.ola.id).update(
                address_line=OLD, postal_code="0001", city="Oslo", address_source="patient", address_at=clock.now()
            )
        sandbox.put_citizen(made.ola.national_id, None, name=made.ola.name)
        sandbox.rehouse(made.ola.national_id, NEW, postal_code="5003", city="Bergen")
        yield made


def activate(cast: Cast):
    client = logged_in(cast, cast.ali)
    assert client.post(address(cast, "patient-choose", cast.ola.id)).status_code == 302
    return client


def card(client, cast: Cast) -> str:
    return body(client.get(address(cast, "patient", cast.ola.id)))


def fresh(cast: Cast) -> Patient:
    with acting(cast.system):
        return Patient.objects.get(id=cast.ola.id)


def test_an_answer_that_comes_while_the_card_is_read_stands_on_it(cast, monkeypatch) -> None:
    """Else the card would say that the address is not known, and have nothing to ask for again."""
    client = activate(cast)

    def answered() -> None:
        try:
            ask_all_due()
        finally:
            connection.close()

    def late(patient: Patient):
        worker = threading.Thread(target=answered)
        worker.start()
        worker.join()
        return reading_of(patient)

    monkeypatch.setattr("skranke.patients.residing.reading_of", late)
    page = card(client, cast)
    assert f"{NEW}, 5003 Bergen" in page
    assert "Fra Folkeregisteret, lest" in page


def test_another_address_is_overwritten_and_the_card_tells_whose_it_is_and_how_old(cast) -> None:
    client = activate(cast)
    page = card(client, cast)
    assert OLD in page
    assert "Spør Folkeregisteret" in page
    assert address(cast, "patient-address", cast.ola.id) in page
    ask_all_due()
    ola = fresh(cast)
    assert (ola.address_line, ola.postal_code, ola.city, ola.address_source) == (NEW, "5003", "Bergen", "register")
    line = body(client.get(address(cast, "patient-address", cast.ola.id)))
    assert f"{NEW}, 5003 Bergen" in line
    assert "Fra Folkeregisteret, lest" in line
    assert "hx-get" not in line
    with acting(cast.system):
        read = AuditEvent.objects.get(action="patient.residence_read")
        assert (read.patient_id, read.detail) == (cast.ola.id, {"told": "address", "changed": True})
        assert AuditEvent.objects.filter(action="patient.changed", detail__field="address").count() == 1
    # The same address read anew is no change, and what the register keeps is not written by hand.
    clock.move(timedelta(minutes=2))
    activate(cast)
    ask_all_due()
    assert fresh(cast).address_at > ola.address_at
    assert fresh(cast).version == ola.version
    form = address(cast, "patient-contact", cast.ola.id)
    assert 'name="address_line"' not in body(client.get(form))
    sent = {"version": str(ola.version), "language": "nb", "phone": "412 34 567", "confidentiality": ""}
    assert client.post(form, {**sent, "address_line": OLD}).status_code == 302
    assert (fresh(cast).address_line, fresh(cast).phone) == (NEW, "412 34 567")


def test_who_makes_the_address_secret_here_makes_the_register_s_be_forgotten(cast) -> None:
    client = activate(cast)
    ask_all_due()
    kept = fresh(cast)
    assert kept.address_line == NEW
    sent = {"version": str(kept.version), "language": "nb", "phone": "", "confidentiality": "6"}
    assert client.post(address(cast, "patient-contact", cast.ola.id), sent).status_code == 302
    now = fresh(cast)
    assert (now.confidentiality, now.address_line, now.city, now.address_at) == (Confidentiality.STRICT, "", "", None)
    assert NEW not in card(client, cast)


@pytest.mark.parametrize(("code", "mark"), [("7", Confidentiality.CONFIDENTIAL), ("6", Confidentiality.STRICT)])
def test_a_secret_address_is_never_kept_or_shown_and_the_old_one_is_forgotten(cast, sandbox, code: str, mark) -> None:
    sandbox.rehouse(cast.ola.national_id, SECRET, postal_code="0002", city="Skjulvik", secret=code)
    client = activate(cast)
    ask_all_due()
    ola = fresh(cast)
    assert (ola.confidentiality, ola.address_line, ola.city, ola.address_at) == (mark, "", "", None)
    page = card(client, cast)
    assert "Folkeregisteret har sperret adressen" in page
    told = Api(cast, cast.ali).get(f"patients/{cast.ola.id}/address")
    assert (told.body["confidential"], told.body["register_state"]) == (True, "secret")
    with acting(cast.system):
        kept = [str(one) for one in AuditEvent.objects.values_list("detail", flat=True)]
    for text in (page, str(told.body), *kept):
        assert SECRET not in text
        assert "Skjulvik" not in text
        assert OLD not in text
    # Nobody opens here what the register keeps secret.
    sent = {"version": str(ola.version), "language": "nb", "phone": "", "address_line": "", "confidentiality": ""}
    refused = client.post(address(cast, "patient-contact", cast.ola.id), sent)
    assert refused.status_code == 422
    assert fresh(cast).confidentiality == mark


def test_a_secrecy_that_only_the_clinic_knows_of_is_not_lifted_by_the_register(cast) -> None:
    with acting(cast.system):
        Patient.objects.filter(id=cast.ola.id).update(
            address_line="", postal_code="", city="", address_source="", confidentiality="6"
        )
    client = activate(cast)
    ask_all_due()
    assert (fresh(cast).confidentiality, fresh(cast).address_line) == ("6", "")
    page = card(client, cast)
    assert "Folkeregisteret melder ingen sperre" in page
    assert NEW not in page


def test_a_register_that_is_away_holds_nobody_up_and_is_asked_again(cast, sandbox) -> None:
    with sandbox.away("freg"):
        client = activate(cast)
        assert 'aria-label="Aktiv pasient"' in card(client, cast)
        ask_all_due()
        page = card(client, cast)
        assert OLD in page
        assert "Folkeregisteret svarer ikke nå. Det prøves igjen av seg selv." in page
        assert Api(cast, cast.ali).get(f"patients/{cast.ola.id}/address").body["register_state"] == "away"
    ask_all_due()  # not before its time
    assert fresh(cast).address_line == OLD
    clock.move(timedelta(seconds=31))
    ask_all_due()
    assert fresh(cast).address_line == NEW


def test_after_a_day_without_an_answer_the_card_says_so_until_the_patient_is_made_active_anew(cast, sandbox) -> None:
    with sandbox.away("freg"):
        activate(cast)
        ask_all_due()
        clock.move(timedelta(hours=25))
        ask_all_due()
        assert "Folkeregisteret ga ikke svar" in card(logged_in(cast, cast.ali), cast)
        clock.move(timedelta(hours=2))
    ask_all_due()
    assert fresh(cast).address_line == OLD
    activate(cast)
    ask_all_due()
    assert fresh(cast).address_line == NEW


def test_over_rest_the_address_is_asked_for_and_told(cast) -> None:
    api = Api(cast, cast.ali)
    first = api.get(f"patients/{cast.ola.id}/address").body
    assert (first["line"], first["source"], first["register_state"]) == (OLD, "patient", "asking")
    ask_all_due()
    then = api.get(f"patients/{cast.ola.id}/address").body
    assert (then["line"], then["postal_code"], then["city"], then["source"]) == (NEW, "5003", "Bergen", "register")
    assert (then["register_state"], then["as_of"]) == ("address", then["register_read_at"])


def test_whom_the_register_does_not_know_keeps_the_address_and_whoever_has_no_number_is_not_asked_about(cast) -> None:
    client = logged_in(cast, cast.ali)
    client.post(address(cast, "patient-choose", cast.astrid.id))
    ask_all_due()
    assert "kjenner ikke fødselsnummeret" in body(client.get(address(cast, "patient", cast.astrid.id)))
    with acting(cast.system):
        Patient.objects.filter(id=cast.ola.id).update(national_id="")
    activate(cast)
    with acting(cast.system):
        assert list(ResidenceReading.objects.values_list("patient_id", flat=True)) == [cast.astrid.id]


def test_an_answer_about_a_number_that_is_the_patients_no_longer_changes_nothing(cast) -> None:
    activate(cast)
    with acting(cast.system):
        Patient.objects.filter(id=cast.ola.id).update(national_id="")
    ask_all_due()
    assert fresh(cast).address_line == OLD
