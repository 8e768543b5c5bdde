"""No log line holds a person's data: marker words go in through every door, and all that is logged is searched."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from copy import copy
from uuid import uuid4

import httpx
import pytest
from django.db import IntegrityError
from django.test import Client

from skranke.journal.models import JournalEntry
from skranke.kernel import log
from skranke.patients.services import register
from skranke.tenancy.work import acting
from skranke.web.clinic.post import pages

from cast import Cast, fresh_national_id, make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, logged_in
from support.database import as_role
from support.dialog import PDF, question, receive
from support.surgery import open_book, surgery, town
from support.timebok import make_timebok, weekday_at

MARKERS = ("Markevik", "Merkelin", "Merketekst", "Merkeemne", "Merkekommentar", "Merkefil", "Merkesvar", "Merkegrunn")
FAMILY, GIVEN, TEXT, SUBJECT, COMMENT, FILE, ANSWER, REASON = MARKERS


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """Everything that is logged, at the lowest level, as it would stand on standard error."""
    root, said = logging.getLogger(), io.StringIO()
    before, level, error = root.handlers, root.level, sys.stderr
    sys.stderr = said
    try:
        log.configure(level="DEBUG")
        yield said
    finally:
        sys.stderr = error
        root.handlers = before
        root.setLevel(level)


def marked_patient(cast: Cast):
    with acting(cast.system):
        return register(
            national_id=fresh_national_id(age=40),
            given_name=GIVEN,
            family_name=FAMILY,
            gp=cast.kari,
            on_gp_list=True,
        )


def judge(said: io.StringIO, *more: str, lines: int) -> None:
    """At least so many lines, each of them JSON with an event, and no marker in any."""
    found = said.getvalue()
    for marker in (*MARKERS, *more):
        assert marker.lower() not in found.lower(), f"{marker} in: {_line_with(found, marker)}"
    told = [json.loads(line) for line in found.splitlines()]
    assert len(told) >= lines, f"only {len(told)} lines: was anything logged at all?"
    assert all(line["event"] for line in told)


def _line_with(found: str, marker: str) -> str:
    return next(line for line in found.splitlines() if marker.lower() in line.lower())


@pytest.mark.req("NFR-1")
def test_nothing_of_a_person_is_logged_by_the_api(said) -> None:
    book = make_timebok()
    patient, kari = marked_patient(book.cast), Api(book.cast, book.cast.kari)
    thread = receive(book.cast, question(book.cast, patient=patient, text=TEXT, subject=SUBJECT))
    slots = [book.slot(weekday_at(9 + number)) for number in range(2)]
    file = kari.upload(PDF, f"{FILE}.pdf").body["id"]
    answers = [
        kari.get("patients", national_id=patient.national_id),
        kari.get("patients", q=FAMILY),
        kari.get(f"patients/{patient.id}"),
        kari.get("threads", q=FAMILY),
        kari.get(f"threads/{thread.id}"),
        kari.post(f"threads/{thread.id}/messages", {"text": ANSWER, "attachment_ids": [file]}),
        kari.get("journal", patient=patient.id),
        kari.get(f"journal/{FAMILY}"),
        kari.get("journal", patient=FAMILY),
        kari.post("threads", {"patient_id": str(patient.id), "subject": SUBJECT * 20, "text": TEXT}),
        kari.post("threads", {"text": {"wrong": TEXT}}),
        *(kari.post("appointments", _booking(slot, patient)) for slot in (slots[0], slots[0], slots[1])),
    ]
    with acting(book.cast.system):
        appointments = [one.body["id"] for one in answers if one.status == 201 and "slot_id" in str(one.body)]
    for identity in appointments:
        kari.post(f"appointments/{identity}/cancel", {"by": "patient", "reason": REASON})
    statuses = {one.status for one in answers}
    assert {200, 201, 404, 409, 422} <= statuses, statuses
    judge(said, patient.national_id, lines=len(answers))


def _booking(slot, patient) -> dict[str, str]:
    return {"slot_id": str(slot.id), "patient_id": str(patient.id), "comment": COMMENT, "note": COMMENT}


def test_what_is_asked_of_other_servers_fills_no_log_with_lines_that_tell_nothing(said) -> None:
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        client.get("http://127.0.0.1/registre/flr")
    assert said.getvalue() == ""


@pytest.mark.req("NFR-1")
def test_nothing_of_a_person_is_logged_by_the_pages(said) -> None:
    book = make_timebok()
    cast = book.cast
    patient, client = marked_patient(cast), logged_in(cast, cast.kari)
    thread = receive(cast, question(cast, patient=patient, text=TEXT, subject=SUBJECT))
    stranger = Client(enforce_csrf_checks=True)
    with acting(cast.system):
        entry = JournalEntry.objects.get(patient=patient)
    answers = [
        client.get(address(cast, "post")),
        client.get(address(cast, "post", query=f"?q={FAMILY}")),
        client.get(address(cast, "thread", thread.id)),
        client.post(address(cast, "thread-answer", thread.id), {"text": ANSWER, "version": "0"}),
        client.get(address(cast, "patient-search", query=f"?q={FAMILY}"), headers=HTMX),
        client.get(address(cast, "patient-search", query=f"?q={patient.national_id}"), headers=HTMX),
        client.get(address(cast, "patient", patient.id)),
        client.get(address(cast, "journal-entry", entry.id)),
        client.get(address(cast, "schedule-patients", query=f"?q={FAMILY}"), headers=HTMX),
        client.get(address(cast, "schedule")),
        client.get(f"/k/{cast.clinic.slug}/{FAMILY}/{patient.national_id}"),
        client.get(f"/{FAMILY}?q={patient.national_id}"),
        client.get(f"/logg-inn/{FAMILY}"),
        client.post("/logg-inn", headers={"host": f"{FAMILY}.example", "origin": f"http://{FAMILY}"}),
        stranger.post("/logg-inn", headers={"host": f"{FAMILY}.example", "origin": f"http://{FAMILY}"}),
        stranger.post(f"/logg-inn?{FAMILY}", {"account": FAMILY}),
    ]
    statuses = {one.status_code for one in answers}
    assert {200, 403, 404, 409} <= statuses, statuses
    judge(said, patient.national_id, lines=len(answers))


@pytest.mark.req("NFR-1")
def test_an_unexpected_error_in_a_page_is_logged_by_its_places_and_not_by_its_words(said, monkeypatch) -> None:
    cast = make_clinic()
    patient, client = marked_patient(cast), logged_in(cast, cast.kari, raise_request_exception=False)

    def broken(*_):
        twin = copy(patient)
        twin.pk = uuid4()
        twin.save(force_insert=True)

    monkeypatch.setattr(pages, "place_of", broken)
    assert client.get(address(cast, "post")).status_code == 500
    judge(said, patient.national_id, lines=2)
    exception = next(line["exception"] for line in map(json.loads, said.getvalue().splitlines()) if "exception" in line)
    assert [one["type"] for one in exception] == ["django.db.utils.IntegrityError", "psycopg.errors.UniqueViolation"]
    assert exception[1]["constraint"] == "patient_once"
    assert any("broken" in place for place in exception[0]["places"])


@pytest.mark.req("NFR-1")
def test_nothing_of_a_person_is_logged_by_the_gateway(said, pg_admin_dsn) -> None:
    with as_role("skranke_gateway"), town(pg_admin_dsn) as place, surgery(place) as office:
        office.helsenorge.openssl = False
        patient, book = marked_patient(office.cast), open_book(office)
        stranger = str(fresh_national_id(age=50))
        office.helsenorge.send(office.helsenorge.e_consultation(patient, subject=SUBJECT, text=TEXT))
        office.helsenorge.send(office.helsenorge.e_contact(patient, subject=SUBJECT, text=TEXT))
        unknown = type(patient)(national_id=stranger, given_name=GIVEN, family_name=FAMILY)
        office.helsenorge.send(office.helsenorge.e_consultation(unknown, subject=SUBJECT, text=TEXT))
        office.helsenorge.send(f"<broken>{TEXT}".encode(), like=office.helsenorge.e_contact(patient))
        office.helsenorge.send(office.helsenorge.free_times(patient), sync=True)
        office.take_questions()
        (reply,) = office.helsenorge.replies()
        for time in (reply.times[0], reply.times[0]):
            office.helsenorge.send(office.helsenorge.reserve(patient, time, text=COMMENT))
        letters = office.answers()
        assert len(letters) >= 5
        assert book.slots
        told = next(letter for letter in letters if letter.code == "05")
        office.helsenorge.send(office.helsenorge.cancel(patient, told.times[0], text=REASON))
        office.work()
        office.helsenorge.send(office.helsenorge.follow_up(told, ANSWER))
        office.work()
        office.take_reports()
    judge(said, patient.national_id, stranger, lines=6)


def test_a_library_s_line_is_told_without_its_values(said) -> None:
    logging.getLogger("library").warning("Key %s exists", FAMILY, extra={"status_code": 404})
    line = json.loads(said.getvalue())
    assert (line["event"], line["logger"], line["status"], line["level"]) == (
        "Key %s exists",
        "library",
        404,
        "warning",
    )


def test_an_exception_is_told_with_its_causes_and_its_code(said) -> None:
    error = IntegrityError(FAMILY)
    error.__cause__ = ValueError(FAMILY)
    log.get_logger("test").error("it_failed", exc_info=error, thread_id=str(uuid4()))
    line = json.loads(said.getvalue())
    assert [one["type"] for one in line["exception"]] == ["django.db.utils.IntegrityError", "builtins.ValueError"]
    judge(said, lines=1)
