"""What a program may send wrongly over REST: each is refused with a problem document, and nothing is changed."""

import base64
import json
from uuid import uuid4

import pytest
from django.test import Client

from skranke.scheduling.models import Appointment
from skranke.tenancy.work import acting

from support.api import Answer, Api
from support.dialog import question, receive
from support.timebok import Timebok, make_timebok, weekday_at

FIELDS = {"type", "title", "status", "code", "permanent", "detail", "request_id"}


def _is_problem(answer: Answer, *statuses: int) -> None:
    assert answer.status in statuses, (answer.status, answer.content[:300])
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(answer.body) >= FIELDS
    assert answer.body["status"] == answer.status
    assert answer.body["request_id"] == answer.headers["X-Request-ID"]


def _cursor(key: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


@pytest.fixture
def book() -> Timebok:
    return make_timebok()


@pytest.fixture
def api(book: Timebok) -> Api:
    return Api(book.cast, book.cast.kari)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%",
        "\x00",
        _cursor(5),
        _cursor(["2026-01-01", "2026-01-01T00:00:00+00:00", 5]),
        _cursor(["2026-01-01", "0001-01-01T00:00:00+14:00", str(uuid4())]),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    ],
)
def test_a_cursor_of_no_page_is_refused(api: Api, cursor: str) -> None:
    _is_problem(api.get("threads", cursor=cursor), 422)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("threads", {"kind": "nope"}),
        ("threads", {"kind": "\x00"}),
        ("threads", {"q": "\x00"}),
        ("threads", {"limit": -1}),
        ("patients", {"q": "a\x00b"}),
        ("patients/nope", {}),
        ("appointments", {"cursor": "9" * 30}),
        ("appointments", {"cursor": -1}),
        ("appointments", {"from": "0001-01-01T00:00:00+14:00"}),
        ("slots", {"from": "0001-01-01T00:00:00+00:00", "to": "9999-12-31T23:59:59+00:00"}),
        ("slots", {"from": "2027-01-01T00:00:00", "to": "2027-01-02T00:00:00Z"}),
        ("journal", {"patient": "x"}),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(api: Api, path: str, query: dict[str, object]) -> None:
    _is_problem(api.get(path, **query), 422)


@pytest.mark.parametrize(
    "words",
    [{"comment": "a\x00b"}, {"note": "\ud800"}, {"reason": "x" * 501}, {"reason": "\x00"}, {"slot_id": 5}],
)
def test_words_that_cannot_be_kept_book_nothing(book: Timebok, api: Api, words: dict[str, object]) -> None:
    slot = book.slot(weekday_at(9))
    _is_problem(api.post("appointments", {"slot_id": str(slot.id), "patient_id": str(book.cast.ola.id), **words}), 422)
    with acting(book.cast.system):
        assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"end": "2999-01-01T00:00:00+01:00"},
        {"end": "2199-01-01T00:00:00+01:00"},
        {"start": "9999-12-31T23:59:59+00:00"},
        {"start": "2027-02-09T09:20:30+01:00"},
        {"end": "2027-02-09T08:00:00+01:00"},
    ],
)
def test_an_appointment_cannot_be_moved_beyond_a_day(book: Timebok, api: Api, change: dict[str, str]) -> None:
    """Each day of it is locked: a thousand years would take every lock the database server has."""
    slot = book.slot(weekday_at(9))
    made = api.post("appointments", {"slot_id": str(slot.id), "patient_id": str(book.cast.ola.id)})
    path = f"appointments/{made.body['id']}"
    _is_problem(api.patch(path, change, **{"If-Match": made.headers["ETag"]}), 422)
    assert api.get(path).body["start"] == made.body["start"]


def test_a_body_that_is_far_too_large_is_refused(book: Timebok, api: Api) -> None:
    thread = receive(book.cast, question(book.cast))
    _is_problem(api.post(f"threads/{thread.id}/messages", {"text": "x" * 3_000_000}), 413)


@pytest.mark.parametrize(
    ("version", "status"), [('"9"', 412), ("9" * 40, 422), ("²", 422), ("x", 422), ('"1", "2"', 422), ("*", 201)]
)
def test_if_match_means_what_http_says(book: Timebok, api: Api, version: str, status: int) -> None:
    thread = receive(book.cast, question(book.cast))
    answer = api.post(f"threads/{thread.id}/messages", {"text": "Ja."}, **{"If-Match": version})
    assert answer.status == status
    if status == 412:
        assert answer.body["code"] == "thread_changed"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "nope", 404, "not_found"),
        ("delete", "patients", 405, "method_not_allowed"),
        ("get", "patients", 401, "unauthenticated"),
    ],
)
def test_every_refusal_is_a_problem_document(method: str, path: str, status: int, code: str) -> None:
    response = getattr(Client(), method)(f"/api/v1/{path}")
    body = json.loads(response.content)
    assert (response.status_code, body["code"], body["permanent"]) == (status, code, True)
    assert response.headers["Content-Type"] == "application/problem+json"
    if status == 405:
        assert response.headers["Allow"] == "GET"


def test_a_fault_of_ours_is_told_as_a_problem_without_its_words(
    book: Timebok, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("Ola Nordmann")

    monkeypatch.setattr("skranke.patients.queries.find", fail)
    api._client.raise_request_exception = False
    answer = api.get("patients", q="Ola")
    _is_problem(answer, 500)
    assert (answer.body["code"], answer.body["permanent"]) == ("internal", False)
    assert b"Ola" not in answer.content


def test_no_answer_of_the_api_is_kept_in_a_cache(book: Timebok, api: Api) -> None:
    thread = receive(book.cast, question(book.cast))
    ola = str(book.cast.ola.id)
    for path, query in (("patients", {"q": "Ola"}), ("threads", {}), ("journal", {"patient": ola}), ("schedules", {})):
        assert api.get(path, **query).headers["Cache-Control"] == "no-store"
    for _ in range(2):
        taken = api.post(f"threads/{thread.id}/take", **{"Idempotency-Key": "the same"})
        assert (taken.status, taken.headers["Cache-Control"]) == (200, "no-store")
