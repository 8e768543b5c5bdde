"""Addresses and forms that no page of ours makes: a page that says so, or what can be shown; never a fault."""

from uuid import uuid4

import pytest

from skranke.dialog.models import Message
from skranke.scheduling.models import Appointment
from skranke.tenancy.work import acting

from support.clinic_pages import address, logged_in
from support.dialog import question, receive
from support.timebok import make_timebok, weekday_at

CURSOR = "WyIyMDI2LTAxLTAxIiwgIjIwMjYtMDEtMDFUMDA6MDA6MDAiLCA1XQ"  # of a list whose last part is a number


@pytest.mark.parametrize(
    ("page", "query", "status"),
    [
        ("schedule", {"uke": "9999-W52"}, 200),
        ("schedule", {"uke": "2026-W54"}, 200),
        ("schedule", {"timebok": "x"}, 404),
        ("schedule", {"flytt": str(uuid4())}, 404),
        ("schedule-book", {"time": "x"}, 404),
        ("schedule-book", {"pasient": "x"}, 404),
        ("schedule-patients", {"q": "a\x00b"}, 200),
        ("post", {"cursor": CURSOR}, 422),
        ("post", {"q": "a\x00b", "antall": "-5", "valgt": "x", "slag": "\x00"}, 200),
        ("post", {"antall": "9" * 5000, "hatt": "9" * 5000}, 200),
        ("post", {"boks": "nope"}, 404),
        ("compose", {"finn": "a\x00b"}, 200),
        ("compose", {"pasient": "x"}, 404),
        ("patient-search", {"q": "a\x00b"}, 200),
    ],
)
def test_an_address_that_makes_no_sense(page: str, query: dict[str, str], status: int) -> None:
    book = make_timebok()
    assert logged_in(book.cast, book.cast.kari).get(address(book.cast, page), query).status_code == status


def test_forms_with_signs_that_are_no_characters_change_nothing_they_should_not() -> None:
    book = make_timebok()
    slot = book.slot(weekday_at(9))
    thread = receive(book.cast, question(book.cast))
    client = logged_in(book.cast, book.cast.kari)

    def send(page: str, *args: object, **data: str) -> int:
        return client.post(address(book.cast, page, *args), data).status_code

    kari = {"patient": str(book.cast.ola.id), "time": str(slot.id), "contact": "physical"}
    assert send("schedule-book", **kari, reason="a\x00b") == 422
    assert send("schedule-book", **kari, reason="x" * 501) == 422
    assert send("schedule-book", **{**kari, "time": "x"}) == 404
    assert send("schedule-book", patient="\x00", time=str(slot.id)) in {404, 422}
    assert send("thread-forward", thread.id, til="x", versjon="1") == 422
    assert send("thread-forward", thread.id, til="clinic", versjon="9" * 30) == 409
    assert send("thread-take", thread.id, versjon="²") == 409
    assert send("thread-take", thread.id, versjon="9" * 5000) == 409
    assert send("thread-answer", thread.id, text="x" * 3_000_000) == 413
    assert send("thread-answer", thread.id, text="\x00", versjon="1") in {409, 422}
    with acting(book.cast.system):
        assert not Appointment.objects.exists()
        assert not Message.objects.filter(direction="out").exists()
