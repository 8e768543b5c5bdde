"""Meg: the contact data that a patient keeps, who may act for the patient, and where several clinics are (POR-3)."""

from uuid import uuid4

import pytest

from skranke.audit.models import AuditEvent
from skranke.kernel.ids import NationalId
from skranke.patients.contact import Contact, change_contact, change_own_contact
from skranke.patients.models import Confidentiality, Patient, Relation
from skranke.patients.queries import find, represented_persons
from skranke.patients.relating import add_relation
from skranke.patients.services import register
from skranke.tenancy.work import acting

from cast import Cast, fresh_national_id, make_clinic
from support.clinic_pages import address, body, field
from support.patient_pages import as_patient

PHONE = {"phone": "412 34 567", "email": "ola@example.com", "language": "nn"}


def _ola(cast: Cast) -> Patient:
    with acting(cast.system):
        return Patient.objects.get(id=cast.ola.id)


def _relation(cast: Cast, patient: Patient, *, access: bool = True) -> Relation:
    with acting(cast.actor(cast.ali)):
        number = str(fresh_national_id(age=40))
        return add_relation(patient, national_id=number, kind="spouse", access=access, name="Eva Prøve")


@pytest.mark.req("POR-3", "POR-11")
def test_the_patient_keeps_the_own_contact_data() -> None:
    cast = make_clinic()
    client = as_patient(cast.ola)
    where = address(cast, "patient-own-contact")
    saved = client.post(where, {**PHONE, "version": field(body(client.get(where)), "version")}, follow=True)
    assert "412 34 567" in body(saved)
    assert '<html lang="nn"' in body(saved)
    assert (_ola(cast).email, _ola(cast).language) == ("ola@example.com", "nn")
    with acting(cast.actor(cast.ali)):
        assert [one.id for one in find("41234567")] == [cast.ola.id]
    with acting(cast.system):
        row = AuditEvent.objects.get(action="patient.changed", actor_id=cast.ola.id)
        assert (row.purpose, row.detail) == ("own_access", {"field": "contact"})


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"phone": "ring meg"}, "Skriv telefonnummeret med siffer"),
        ({"email": "ola"}, "e-post"),
        ({"language": "de"}, ""),
        ({"version": "x"}, ""),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_saved(facts, told) -> None:
    cast = make_clinic()
    client = as_patient(cast.ola)
    refused = client.post(address(cast, "patient-own-contact"), {**PHONE, "version": "1", **facts})
    assert refused.status_code == 422
    assert told in body(refused)
    assert (_ola(cast).phone, _ola(cast).version) == ("", 1)


def test_when_the_clinic_wrote_meanwhile_the_patient_is_told_and_keeps_what_was_typed() -> None:
    cast = make_clinic()
    client = as_patient(cast.ola)
    version = field(body(client.get(address(cast, "patient-own-contact"))), "version")
    with acting(cast.actor(cast.ali)):
        change_contact(_ola(cast), Contact(phone="900 00 000"), expected_version=1)
    refused = client.post(address(cast, "patient-own-contact"), {**PHONE, "version": version})
    assert refused.status_code == 422
    assert "412 34 567" in body(refused)
    assert "det du skrev, står her fortsatt" in body(refused)
    assert _ola(cast).phone == "900 00 000"


def test_no_employee_writes_as_the_patient() -> None:
    cast = make_clinic()
    with pytest.raises(Exception, match="does not exist"), acting(cast.actor(cast.ali)):
        change_own_contact(phone="", email="", language="nb", expected_version=1)


@pytest.mark.req("PAT-23")
def test_the_clinics_note_and_a_confidential_address_stand_on_no_page() -> None:
    cast = make_clinic()
    with acting(cast.system):
        Patient.objects.filter(id=cast.ola.id).update(
            note="Merknad bare for oss", confidentiality=Confidentiality.STRICT
        )
    client = as_patient(cast.ola)
    for name in ("patient-clinic", "patient-me", "patient-own-contact", "patient-representatives", "patient-seen"):
        page = body(client.get(address(cast, name)))
        assert "bare for oss" not in page
        assert "Adresse" not in page


@pytest.mark.req("PAT-20")
def test_the_patient_takes_back_an_access_at_any_time() -> None:
    cast = make_clinic()
    one = _relation(cast, cast.ola)
    assert represented_persons(one.national_id)
    client = as_patient(cast.ola)
    assert "1 person" in body(client.get(address(cast, "patient-me")))
    page = body(client.get(address(cast, "patient-representatives")))
    assert "Eva Prøve" in page
    assert one.national_id not in page
    assert "Vil du ta bort tilgangen til Eva Prøve?" in body(
        client.get(address(cast, "patient-representative", one.id))
    )
    for _ in range(2):
        done = client.post(address(cast, "patient-representative", one.id), follow=True)
        assert "Tilgangen er tatt bort." in body(done)
        assert "Eva Prøve" not in body(done)
    with acting(cast.system):
        ended = Relation.objects.get(id=one.id)
        assert (ended.access, ended.revoked, ended.ended_by_name) == (False, True, "Ola Nordmann")
        assert not represented_persons(one.national_id)
        assert AuditEvent.objects.filter(action="relation.ended", actor_id=cast.ola.id).count() == 1


@pytest.mark.req("NFR-2", "PAT-20")
def test_anothers_relation_is_as_if_it_were_not() -> None:
    cast, theirs = make_clinic(), make_clinic()
    noras = _relation(cast, cast.nora)
    absent = as_patient(cast.ola).get(address(cast, "patient-representative", uuid4()))
    for client in (as_patient(cast.ola), as_patient(theirs.ola)):
        for met in (
            client.get(address(cast, "patient-representative", noras.id)),
            client.post(address(cast, "patient-representative", noras.id)),
        ):
            assert (met.status_code, "Eva Prøve" in body(met)) == (absent.status_code, False) == (404, False)
    assert as_patient(cast.nora).get(address(cast, "patient-representative", noras.id)).status_code == 200
    with acting(cast.system):
        assert Relation.objects.get(id=noras.id).access


def test_who_is_a_patient_of_several_clinics_is_shown_the_way_to_the_others() -> None:
    cast, other = make_clinic(), make_clinic()
    page = body(as_patient(cast.ola).get(address(cast, "patient-clinic")))
    assert "Bytt legekontor eller person" not in page
    with acting(other.system):
        register(national_id=NationalId(cast.ola.national_id), given_name="Ola", family_name="Nordmann")
    page = body(as_patient(cast.ola).get(address(cast, "patient-clinic")))
    assert "Bytt legekontor eller person" in page
