"""Finding a patient, the active one, the card, the journal, and files as a browser gets them."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from skranke.audit.actions import Action
from skranke.audit.models import AuditEvent
from skranke.dialog.models import Attachment
from skranke.journal.models import JournalAttachment, JournalEntry
from skranke.patients.services import register
from skranke.scheduling.models import BookedThrough
from skranke.scheduling.services import book
from skranke.tenancy.work import acting

from cast import fresh_national_id, make_clinic
from support.clinic_pages import HTMX, address, at_most, body, logged_in, same
from support.dialog import JPEG, PDF, file, question, receive
from support.timebok import make_timebok, weekday_at


@pytest.mark.req("PAT-1", "PAT-2")
def test_a_patient_is_found_chosen_remembered_and_left() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    found = client.get(address(cast, "patient-search", query="?q=astrid"), headers=HTMX)
    assert "Astrid Østby" in body(found)
    assert "<html" not in body(found)
    assert "1 treff" in body(client.get(address(cast, "patient-search", query="?q=astrid")))
    assert "Ingen treff" in body(client.get(address(cast, "patient-search", query="?q=ukjent")))
    chosen = client.post(address(cast, "patient-choose", cast.astrid.id), headers=HTMX)
    assert 'aria-label="Aktiv pasient"' in body(chosen)
    page = body(client.get(address(cast, "post")))
    assert 'aria-label="Aktiv pasient"' in page
    assert "Fastlege Mona Dahl" in page
    assert "Kan nås på helsenorge.no" in page
    recent = body(client.get(address(cast, "patient-search"), headers=HTMX))
    assert "Sist valgte" in recent
    assert "Astrid Østby" in recent
    with acting(cast.system):
        before = AuditEvent.objects.filter(action="patient.read", patient_id=cast.astrid.id).count()
    client.get(address(cast, "patient-search"), headers=HTMX)
    with acting(cast.system):
        assert AuditEvent.objects.filter(action="patient.read", patient_id=cast.astrid.id).count() == before + 1
    closed = client.post(
        address(cast, "patient-close"), headers={"Referer": f"http://127.0.0.1{address(cast, 'post')}"}
    )
    assert closed["Location"].endswith(address(cast, "post"))
    assert 'aria-label="Aktiv pasient"' not in body(client.get(address(cast, "post")))


@pytest.mark.req("PAT-1")
def test_a_search_by_phone_or_with_a_slip_says_whom_it_found() -> None:
    cast = make_clinic()
    with acting(cast.system):
        register(national_id=fresh_national_id(age=50), given_name="Berit", family_name="Haugen", phone="412 34 567")
    client = logged_in(cast, cast.ali)
    assert "Berit Haugen" in body(client.get(address(cast, "patient-search"), {"q": "41234567"}, headers=HTMX))
    for facts in ({"headers": HTMX}, {}):
        page = body(client.get(address(cast, "patient-search"), {"q": "berti haugen"}, **facts))
        assert page.index("Ingen heter dette. Navn som ligner:") < page.index("Berit Haugen")
    assert "Navn som ligner" not in body(client.get(address(cast, "patient-search"), {"q": "berit haugen"}))


@pytest.mark.req("PAT-1", "NFR-1")
def test_however_many_were_chosen_last_they_cost_the_same_and_each_is_in_the_log() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    costs = []
    for patient in (cast.ola, cast.nora, cast.astrid, cast.jonas):
        client.post(address(cast, "patient-choose", patient.id), headers=HTMX)
        with CaptureQueriesContext(connection) as asked:
            page = body(client.get(address(cast, "patient-search"), headers=HTMX))
        costs.append(len(asked))
    assert set(costs) == {costs[0]}
    shown = [page.index(str(one.id)) for one in (cast.jonas, cast.astrid, cast.nora, cast.ola)]
    assert shown == sorted(shown)
    with acting(cast.system):
        read = AuditEvent.objects.filter(action=Action.PATIENT_READ, patient_id=cast.ola.id)
        # When chosen, and in each of the four lists.
        assert read.count() == 5


@pytest.mark.req("PAT-6")
def test_the_card_shows_the_coming_appointments() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(9))
    with acting(timebok.cast.actor(timebok.cast.ali)):
        book(slot=slot, patient=timebok.cast.ola, through=BookedThrough.STAFF)
    card = body(logged_in(timebok.cast, timebok.cast.kari).get(address(timebok.cast, "patient", timebok.cast.ola.id)))
    assert "tir. 9. feb. kl. 09.00" in card
    assert "Vanlig time, Karis timebok" in card
    assert "Ingen kommende timer." not in card


def test_closing_the_patient_leads_nowhere_else() -> None:
    cast = make_clinic()
    closed = logged_in(cast, cast.ali).post(
        address(cast, "patient-close"), headers={"Referer": "https://example.test/"}
    )
    assert closed["Location"] == address(cast, "post")


@pytest.mark.req("PAT-6", "JRN-1", "JRN-6", "JRN-8")
def test_the_card_shows_dialogs_and_the_journal_and_the_entry_its_files() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, author_name="Ola Nordmann", attachments=(file(PDF, "prøve.pdf"),)))
    client = logged_in(cast, cast.kari)
    page = body(client.get(address(cast, "patient", cast.ola.id)))
    assert cast.ola.national_id[:6] in page
    assert address(cast, "thread", thread.id) in page
    assert "1 vedlegg" in page
    with acting(cast.system):
        entry = JournalEntry.objects.get()
        attachment = JournalAttachment.objects.get()
    assert address(cast, "journal-entry", entry.id) in page
    shown = body(client.get(address(cast, "journal-entry", entry.id)))
    assert "Hei. Jeg har fått et utslett." in shown
    assert "prøve.pdf" in shown
    assert address(cast, "thread", thread.id) in shown
    fetched = client.get(address(cast, "journal-attachment", attachment.id))
    assert b"".join(fetched.streaming_content) == PDF


def test_a_card_that_is_empty_says_how_it_is_filled() -> None:
    cast = make_clinic()
    page = body(logged_in(cast, cast.kari).get(address(cast, "patient", cast.jonas.id)))
    assert "Ingen kommende timer." in page
    assert "En eKonsultasjon føres hit av seg selv." in page
    assert "Pasienten står ikke på listen til en fastlege ved klinikken." in page


def test_patients_and_journals_of_another_clinic_look_like_none() -> None:
    cast, other = make_clinic(), make_clinic()
    receive(cast, question(cast, attachments=(file(),)))
    with acting(cast.system):
        entry, attachment = JournalEntry.objects.get(), JournalAttachment.objects.get()
    client = logged_in(other, other.kari)
    for route, subject in (
        ("patient", cast.ola.id),
        ("journal-entry", entry.id),
        ("journal-attachment", attachment.id),
    ):
        assert logged_in(cast, cast.kari).get(address(cast, route, subject)).status_code == 200
        refused, unknown = client.get(address(other, route, subject)), client.get(address(other, route, uuid4()))
        assert refused.status_code == unknown.status_code == 404
        assert same(refused) == same(unknown)
    refused = client.post(address(other, "patient-choose", cast.ola.id))
    assert refused.status_code == 404
    assert 'aria-label="Aktiv pasient"' not in body(client.get(address(other, "post")))


@pytest.mark.parametrize(
    ("content", "name", "stated", "kind", "way"),
    [
        (PDF, "svar.pdf", "application/pdf", "application/pdf", "inline"),
        (JPEG, "bilde å.jpg", "image/jpeg", "image/jpeg", "inline"),
        (b"<html><script>alert(1)</script>", "side.html", "text/html", "application/octet-stream", "attachment"),
        (b"<svg onload=alert(1)>", "bilde.png", "image/png", "application/octet-stream", "attachment"),
    ],
)
def test_a_file_can_do_nothing_in_the_browser(content: bytes, name: str, stated: str, kind: str, way: str) -> None:
    cast = make_clinic()
    receive(cast, question(cast, attachments=(file(content, name, stated),)))
    with acting(cast.system):
        row = Attachment.objects.get()
    client = logged_in(cast, cast.kari)
    answer = client.get(address(cast, "attachment", row.id))
    assert answer.status_code == 200
    assert answer.streaming
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Type"] == kind
    assert answer["Content-Disposition"].startswith(way)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Length"] == str(len(content))
    assert client.get(address(cast, "attachment", row.id, query="?last=1"))["Content-Disposition"].startswith(
        "attachment"
    )


def test_a_file_longer_than_a_piece_comes_whole() -> None:
    cast = make_clinic()
    content = PDF + bytes(range(256)) * 10_000
    receive(cast, question(cast, attachments=(file(content),)))
    with acting(cast.system):
        row = Attachment.objects.get()
    answer = logged_in(cast, cast.kari).get(address(cast, "attachment", row.id))
    pieces = list(answer.streaming_content)
    assert len(pieces) > 1
    assert b"".join(pieces) == content


def test_a_file_of_a_thread_one_may_not_read_looks_like_none() -> None:
    cast, other = make_clinic(), make_clinic()
    receive(cast, question(cast, attachments=(file(),)))
    with acting(cast.system):
        row = Attachment.objects.get()
    for client, at in ((logged_in(cast, cast.mona), cast), (logged_in(other, other.kari), other)):
        refused, unknown = (client.get(address(at, "attachment", one)) for one in (row.id, uuid4()))
        assert refused.status_code == unknown.status_code == 404
        assert same(refused) == same(unknown)


def test_the_card_asks_the_database_little() -> None:
    cast = make_clinic()
    for number in range(10):
        receive(cast, question(cast, subject=f"Sak {number}", attachments=(file(),)))
    client = logged_in(cast, cast.kari)
    client.get(address(cast, "patient", cast.ola.id))
    with at_most(30):
        client.get(address(cast, "patient", cast.ola.id))
