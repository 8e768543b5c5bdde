"""Another national id, two rows of the same person, and a confidential address that is nowhere."""

import json
import logging
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from stdnum.no import fodselsnummer

from skranke.audit.models import AuditEvent
from skranke.dialog.models import KeptDraft, Thread
from skranke.dialog.services import keep_draft
from skranke.dialog.values import DraftContent
from skranke.journal.models import JournalEntry
from skranke.kernel import clock
from skranke.kernel.ids import NationalId, synthetic_d_number, synthetic_national_id
from skranke.outbox.models import OutboxItem
from skranke.patients.errors import PatientKnownError
from skranke.patients.lists import add_member, make_list
from skranke.patients.models import Patient, PatientListMember, PatientNumber, Relation
from skranke.patients.queries import by_national_id, find
from skranke.patients.relating import add_relation
from skranke.patients.services import register
from skranke.scheduling.models import Appointment, BookedThrough
from skranke.scheduling.services import book
from skranke.tenancy.work import acting

from cast import Cast, fresh_national_id, make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, body, logged_in, same
from support.dialog import question, receive
from support.patient_pages import as_patient
from support.timebok import make_timebok, weekday_at

SECRET = "Hemmeligveien 777"


def newcomer(cast: Cast) -> tuple[Patient, NationalId]:
    """A patient with a D-number, on Kari's list, and the fødselsnummer the patient then gets."""
    new = fresh_national_id(age=30)
    old = synthetic_d_number(new.birth_date, 3)
    with acting(cast.system):
        patient = register(national_id=old, given_name="Yusuf", family_name="Omar", gp=cast.kari, on_gp_list=True)
    return patient, new


@pytest.mark.req("PAT-1", "PAT-9")
def test_a_d_number_becomes_a_fodselsnummer_and_both_find_the_patient() -> None:
    cast = make_clinic()
    yusuf, new = newcomer(cast)
    old, client = yusuf.national_id, logged_in(cast, cast.ali)
    page = address(cast, "patient-number", yusuf.id)
    written = f"{new.value[:6]} {new.value[6:]}"
    assert client.post(page, {"version": "1", "national_id": written}).status_code == 302
    for number in (old, new.value):
        assert "Yusuf Omar" in body(client.get(address(cast, "patient-search"), {"q": number}, headers=HTMX))
        assert Api(cast, cast.ali).get("patients", national_id=number).body["items"][0]["id"] == str(yusuf.id)
    card, form = body(client.get(address(cast, "patient", yusuf.id))), body(client.get(page))
    assert f"{new.value[:6]} {new.value[6:]}" in card
    assert f"{old[:6]} {old[6:]}" in form
    assert "endret av Ali Khan" in form
    with acting(cast.system):
        yusuf.refresh_from_db()
        assert (yusuf.national_id, yusuf.birth_date, yusuf.helsenorge_state) == (new.value, new.birth_date, "unknown")
        assert by_national_id(NationalId(old)) == by_national_id(new) == yusuf
        assert OutboxItem.objects.filter(intent="status_check").count() == 1
        with pytest.raises(PatientKnownError):
            register(national_id=NationalId(old), given_name="Y", family_name="O")
    # And back, should it have been a mistake: nobody has two numbers at once.
    assert client.post(page, {"version": "2", "national_id": old}).status_code == 302
    with acting(cast.system):
        assert [one.national_id for one in PatientNumber.objects.all()] == [new.value]


@pytest.mark.req("PAT-9", "PAT-7")
def test_a_wrong_number_is_refused_and_who_is_second_is_told() -> None:
    cast = make_clinic()
    yusuf, new = newcomer(cast)
    client, page = logged_in(cast, cast.ali), address(cast, "patient-number", yusuf.id)
    for number, told in (("12345678901", "alle elleve sifrene"), (yusuf.national_id, "har dette nummeret allerede")):
        refused = client.post(page, {"version": "1", "national_id": number})
        assert refused.status_code == 422
        assert told in body(refused)
    stale = client.post(page, {"version": "7", "national_id": new.value})
    assert "Noen andre har endret pasienten mens du skrev." in body(stale)
    assert new.value in body(stale)
    with acting(cast.system), pytest.raises(IntegrityError), transaction.atomic():
        PatientNumber.objects.create(clinic_id=cast.clinic.id, patient=yusuf, national_id="123")


def _both() -> tuple[object, Patient, Patient]:
    """A timebok's clinic with one person twice, each with a past; the second on Kari's list under the new number."""
    timebok = make_timebok()
    cast = timebok.cast
    yusuf, new = newcomer(cast)
    with acting(cast.system):
        Patient.objects.filter(id=yusuf.id).update(on_gp_list=False, gp=None)
        again = register(national_id=new, given_name="Yusuf", family_name="Omar", gp=cast.kari, on_gp_list=True)
    receive(cast, question(cast, patient=again, subject="Under det nye nummeret"))
    with acting(cast.actor(cast.ali)):
        book(slot=timebok.slot(weekday_at(9)), patient=again, through=BookedThrough.STAFF)
        keep_draft(DraftContent(text="Hei"), patient=again, kind="e_contact")
        kept = make_list(name="KOLS", kind="custom", shared=True)
        for one in (yusuf, again):
            add_member(kept, one)
            add_relation(one, national_id=cast.ola.national_id, kind="sibling", access=one is yusuf)
    return timebok, yusuf, again


@pytest.mark.req("PAT-6", "PAT-9", "NFR-1")
def test_the_same_person_in_two_rows_becomes_one_with_all_that_either_had() -> None:
    timebok, yusuf, again = _both()
    cast, new, old = timebok.cast, again.national_id, yusuf.national_id
    client, page = logged_in(cast, cast.kari), address(cast, "patient-number", yusuf.id)
    assert logged_in(cast, cast.anne).get(address(cast, "patient", again.id)).status_code == 200
    clock.move(timedelta(minutes=1))
    asked = client.post(page, {"version": "1", "national_id": new})
    assert "Ja, det er samme person: slå sammen" in body(asked)
    assert client.post(address(cast, "patient-merge", yusuf.id, again.id), {"version": "1"}).status_code == 302
    with acting(cast.actor(cast.kari)):
        yusuf.refresh_from_db()
        assert (yusuf.national_id, yusuf.gp_id, yusuf.on_gp_list) == (new, cast.kari.id, True)
        assert by_national_id(NationalId(old)) == yusuf
        assert find("yusuf omar") == find(f"{yusuf.birth_date:%d.%m.%Y}") == [yusuf]
        for model in (Thread, Appointment, KeptDraft, PatientListMember, Relation):
            assert {row.patient_id for row in model.objects.exclude(patient=cast.ola)} == {yusuf.id}, model
        assert Relation.objects.get().access
        # What is written in a journal is never changed, and is read with the patient's.
        assert JournalEntry.objects.get().patient_id == again.id
        merged = AuditEvent.objects.filter(action="patient.merged")
        assert set(merged.values_list("patient_id", flat=True)) == {yusuf.id, again.id}
    seen = body(as_patient(yusuf).get(address(cast, "patient-seen")))
    assert seen.count("Anne Berg") == 1  # who opened the row that is gone
    log = body(logged_in(cast, cast.ali).get(address(cast, "settings-access-log"), {"fnr": new}))
    assert "Anne Berg" in log.partition('id="all-h"')[2]
    card = body(client.get(address(cast, "patient", yusuf.id)))
    assert card.count("Under det nye nummeret") == 2
    assert "kl. 09.00" in card
    # The old address leads to the patient, and the row can be merged once only.
    assert address(cast, "patient-choose", yusuf.id) in body(client.get(address(cast, "patient", again.id)))
    again_refused = client.post(address(cast, "patient-merge", cast.ola.id, again.id), {"version": "1"})
    assert again_refused.status_code in {302, 409}


@pytest.mark.req("PAT-9")
@pytest.mark.parametrize("version", ["0", "9", ""])
def test_two_rows_that_somebody_else_changed_meanwhile_are_not_merged(version: str) -> None:
    timebok, yusuf, again = _both()
    client = logged_in(timebok.cast, timebok.cast.ali)
    refused = client.post(address(timebok.cast, "patient-merge", yusuf.id, again.id), {"version": version})
    assert refused.status_code == 409
    with acting(timebok.cast.system):
        assert Patient.objects.get(id=again.id).merged_into_id is None


@pytest.mark.req("NFR-2")
def test_numbers_of_another_clinic_look_like_none() -> None:
    cast, other = make_clinic(), make_clinic()
    stranger, own = logged_in(other, other.ali), logged_in(cast, cast.ali)
    for route, args, unknown in (
        ("patient-number", [cast.ola.id], [uuid4()]),
        ("patient-merge", [cast.ola.id, cast.nora.id], [uuid4(), uuid4()]),
        ("patient-merge", [other.ola.id, cast.nora.id], [other.ola.id, uuid4()]),
    ):
        refused, absent = (
            stranger.post(address(other, route, *one), {"version": "1", "national_id": "x"}) for one in (args, unknown)
        )
        assert refused.status_code == absent.status_code == 404
        assert same(refused) == same(absent)
    assert own.get(address(cast, "patient-number", cast.ola.id)).status_code == 200
    # The number of somebody at another clinic is nobody's here.
    new = address(cast, "patient-number", cast.jonas.id)
    assert own.post(new, {"version": "1", "national_id": other.ola.national_id}).status_code == 302


@pytest.mark.req("NFR-2")
def test_a_confidential_address_is_on_no_page_in_no_answer_export_log_or_table(caplog, pg_admin_dsn) -> None:
    cast = make_clinic()
    client, api = logged_in(cast, cast.ali), Api(cast, cast.ali)
    edit = address(cast, "patient-contact", cast.ola.id)
    facts = {"language": "nb", "address_line": SECRET, "city": SECRET, "phone": "412 34 567", "email": "o@example.test"}
    with caplog.at_level(logging.DEBUG):
        client.post(edit, {**facts, "version": "1", "confidentiality": ""})
        assert SECRET in body(client.get(address(cast, "patient", cast.ola.id)))
        client.post(edit, {**facts, "version": "2", "confidentiality": "7"})
        client.post(address(cast, "patient-choose", cast.ola.id))
        pages = [
            client.get(address(cast, route, *args, query=query))
            for route, args, query in (
                ("patient", [cast.ola.id], ""), ("patient-contact", [cast.ola.id], ""),
                ("patient-note", [cast.ola.id], ""), ("patient-number", [cast.ola.id], ""),
                ("patient-search", [], "?q=ola"), ("patient-search", [], f"?q={SECRET}"), ("patient-search", [], ""),
                ("patient-list", ["klinikk"], ""), ("patient-list", [f"fastlege-{cast.kari.id}"], ""),
                ("patient-lists", [], ""), ("compose", [], f"?pasient={cast.ola.id}"), ("post", [], "?q=hemmelig"),
                ("schedule", [], f"?pasient={cast.ola.id}"), ("drafts", [], ""), ("list-changes", [], ""),
            )
        ]  # fmt: skip
        refused = client.post(edit, {**facts, "version": "1", "confidentiality": "7", "city": ""})
        sheet = client.post(address(cast, "patient-list-export", "klinikk"))
        answers = [
            api.get(f"patients/{cast.ola.id}"), api.get("patients", q="ola"), api.get("journal", patient=cast.ola.id),
            api.get(f"patients/{cast.ola.id}/reachability"), api.get("appointments", patient=cast.ola.id),
        ]  # fmt: skip
    assert {one.status_code for one in pages} == {200}
    # A search shows what was typed, and finds nobody by it.
    typed = [one for one in pages if "777" in one.wsgi_request.get_full_path()]
    assert [">Ola Nordmann<" in body(one).partition("<main")[2] for one in typed] == [False]
    for one in [refused, *(one for one in pages if one not in typed)]:
        assert SECRET not in body(one), one.wsgi_request.path
    assert SECRET.encode() not in sheet.content
    for text in (b"412 34 567", b"o@example.test"):
        assert text not in sheet.content
    assert all(SECRET.encode() not in one.content for one in answers)
    assert SECRET not in caplog.text
    with psycopg.connect(pg_admin_dsn) as raw:
        tables = raw.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            rows = raw.execute(f'SELECT count(*) FROM "{table}" t WHERE row_to_json(t)::text LIKE %s', [f"%{SECRET}%"])
            assert rows.fetchone() == (0,), table


@pytest.mark.req("PAT-9")
def test_our_reading_of_numbers_agrees_with_another_library_s_where_it_knows_them() -> None:
    today = clock.today()
    for age in range(1, 90, 7):
        for made in (synthetic_national_id, synthetic_d_number):
            digits = made(today.replace(year=today.year - age, day=1), age % 5).value
            # Without the 80 that marks it synthetic, the number's own digits are an ordinary one's.
            plain = f"{digits[:2]}{int(digits[2:4]) - 80:02}{digits[4:9]}"
            for control in range(100):
                candidate = f"{plain}{control:02}"
                if fodselsnummer.is_valid(candidate):
                    assert fodselsnummer.get_birth_date(candidate) == NationalId(candidate).birth_date
                    assert NationalId(candidate).kind == ("DNR" if made is synthetic_d_number else "FNR")
    assert json.dumps(repr(synthetic_national_id(today, 0))) == '"NationalId(***)"'
