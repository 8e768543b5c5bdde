"""Wishes in Post: what is wished stands above the words, and the answer chooses an outcome and a time."""

import pytest
from django.urls import reverse

from skranke.dialog.models import Message
from skranke.scheduling.models import Appointment, WishKind
from skranke.scheduling.services import create_type
from skranke.tenancy.work import acting

from support.clinic_pages import HTMX, address, at_most, body, logged_in
from support.timebok import make_timebok, weekday_at
from support.wishes import booked, wish


def form(thread, **facts):
    return {"versjon": str(thread.version), "text": "", **facts}


def sent(book, thread):
    with acting(book.cast.system):
        return [(one.code, one.text) for one in Message.objects.filter(thread=thread, direction="out")]


@pytest.mark.req("REQ-5", "DDFL-TO-01", "DDFL-TO-02", "TYP-4")
def test_a_wish_for_a_time_offers_its_answers_and_the_patients_coming_times() -> None:
    book = make_timebok()
    booked(book, weekday_at(9))
    with acting(book.cast.system):
        hidden = create_type(name="Skjult time", minutes=20, visibility="hidden")
    booked(book, weekday_at(10), type=hidden)
    booked(book, weekday_at(11), patient=book.cast.nora)
    thread = wish(book, accepts_other=True)
    client = logged_in(book.cast, book.cast.kari)
    listed = body(client.get(address(book.cast, "post")))
    assert "Timeønske" in listed
    with at_most(55):
        page = body(client.get(address(book.cast, "thread", thread.id)))
    for text in ("Time gitt<", "Time gitt hos en annen behandler", "Ingen ledig time", "Forespørsel avvist"):
        assert page.count(text) == 1
    assert page.count('type="radio" name="utfall"') == 4
    assert "En annen behandler er også greit." in page
    times = page.partition('id="answer-appointment"')[2].partition("</select>")[0]
    assert (times.count("<option"), "kl. 09.00" in times, "Skjult time" in page) == (2, True, False)
    assert reverse("schedule", args=[book.cast.clinic.slug]) in page.partition('id="answer-time"')[2]
    assert 'name="vedlegg"' not in page


@pytest.mark.req("DDFL-TO-02", "REQ-3")
def test_a_time_is_given_with_the_answer() -> None:
    book = make_timebok()
    appointment = booked(book, weekday_at(9))
    thread = wish(book)
    client = logged_in(book.cast, book.cast.kari)
    answer = client.post(
        address(book.cast, "thread-answer", thread.id),
        form(thread, text="Velkommen.", utfall="appointment_given", time=str(appointment.id)),
    )
    assert answer.status_code == 302
    assert sent(book, thread) == [("05", "Velkommen.")]
    page = body(client.get(answer["Location"]))
    assert "<b>Time gitt</b>" in page
    assert 'name="utfall"' not in page
    with acting(book.cast.system):
        assert Appointment.objects.get(id=appointment.id).told_helsenorge


@pytest.mark.req("DDFL-TO-02")
@pytest.mark.parametrize(
    ("time", "told"),
    [
        ("", "Velg timen svaret gjelder."),
        ("tull", "Velg en av pasientens kommende timer."),
        ("noras", "Velg en av pasientens kommende timer."),
    ],
)
def test_a_time_that_does_not_fit_is_told_at_its_field_and_what_was_written_stays(time: str, told: str) -> None:
    book = make_timebok()
    own, noras = booked(book, weekday_at(9)), booked(book, weekday_at(10), patient=book.cast.nora)
    thread = wish(book)
    client = logged_in(book.cast, book.cast.kari)
    chosen = str(noras.id) if time == "noras" else time
    refused = client.post(
        address(book.cast, "thread-answer", thread.id),
        form(thread, text="Velkommen.", utfall="appointment_given", time=chosen),
        headers=HTMX,
    )
    page = body(refused)
    assert refused.status_code == 422
    assert told in page.partition('id="answer-appointment_error"')[2].partition("</div>")[0]
    assert ">Velkommen.</textarea>" in page
    assert 'value="appointment_given" checked' in page
    assert sent(book, thread) == []
    assert str(own.id) in page


@pytest.mark.req("DDFL-TO-05")
def test_a_wish_to_cancel_shows_the_appointment_and_granting_it_cancels() -> None:
    book = make_timebok()
    appointment = booked(book, weekday_at(9))
    thread = wish(book, WishKind.CANCELLATION, appointment)
    client = logged_in(book.cast, book.cast.kari)
    page = body(client.get(address(book.cast, "thread", thread.id)))
    assert reverse("schedule-appointment", args=[book.cast.clinic.slug, appointment.id]) in page
    assert "Ønske om avbestilling" in page
    assert 'id="answer-appointment"' not in page
    assert "time hos en annen" not in page
    answer = client.post(
        address(book.cast, "thread-answer", thread.id), form(thread, utfall="appointment_cancelled"), headers=HTMX
    )
    assert answer.status_code == 200
    assert sent(book, thread) == [("08", "")]
    with acting(book.cast.system):
        assert Appointment.objects.get(id=appointment.id).state == "cancelled_by_patient"


@pytest.mark.req("DDFL-TO-05")
def test_a_wish_about_a_time_that_is_not_found_says_so() -> None:
    book = make_timebok()
    noras = booked(book, weekday_at(9), patient=book.cast.nora)
    thread = wish(book, WishKind.CANCELLATION, noras)
    client = logged_in(book.cast, book.cast.kari)
    where = address(book.cast, "thread", thread.id)
    assert "som vi ikke finner" in body(client.get(where))
    refused = client.post(
        address(book.cast, "thread-answer", thread.id), form(thread, utfall="appointment_cancelled"), headers=HTMX
    )
    assert refused.status_code == 422
    assert "Vi finner ikke timen pasienten viser til." in body(refused)
