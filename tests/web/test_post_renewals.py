"""Renewals in Post: the answer decides, and errors stand at their field."""

import pytest

from skranke.dialog.models import Message, Thread
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.clinic_pages import HTMX, address, at_most, body, logged_in, same
from support.dialog import RENEWAL, question, receive


def request(cast: Cast) -> Thread:
    return receive(cast, question(cast, kind=RENEWAL, subject="", text="Paracet 500 mg"))


def form(thread: Thread, **facts: object) -> dict[str, object]:
    return {"versjon": str(thread.version), "text": "", **facts}


def sent(cast: Cast, thread: Thread) -> list[Message]:
    with acting(cast.system):
        return list(Message.objects.filter(thread=thread, direction="out"))


@pytest.mark.req("RX-4", "RX-5", "DDFL-RX-11")
def test_the_form_offers_the_four_outcomes_and_no_files() -> None:
    cast = make_clinic()
    thread = request(cast)
    client = logged_in(cast, cast.ali)
    with at_most(50):
        page = body(client.get(address(cast, "thread", thread.id)))
    for text in ("Forespørsel avvist", "Resept fornyet", "Resept kan ikke fornyes", "Resepter delvis fornyet"):
        assert page.count(text) == 1
    assert page.count('type="radio" name="utfall"') == 4
    assert "checked" not in page.partition('id="answer-outcome"')[2].partition("</fieldset>")[0]
    assert 'name="vedlegg"' not in page
    assert 'id="act-answer-close"' not in page


@pytest.mark.req("RX-4", "RX-6")
def test_an_answer_with_an_outcome_is_sent_and_shown_with_it() -> None:
    cast = make_clinic()
    thread = request(cast)
    client = logged_in(cast, cast.ali)
    answer = client.post(address(cast, "thread-answer", thread.id), form(thread, text="Hent den.", utfall="renewed"))
    assert answer.status_code == 302
    assert [(one.code, one.text) for one in sent(cast, thread)] == [("14", "Hent den.")]
    page = body(client.get(answer["Location"]))
    assert "<b>Resept fornyet</b>" in page
    assert "Forespørselen er besvart." in page
    assert 'name="utfall"' not in page


@pytest.mark.req("RX-3", "RX-5", "DDFL-RX-03")
@pytest.mark.parametrize(
    ("written", "place", "told"),
    [
        ({"text": "", "utfall": "renewed"}, "answer-text_error", "Skriv en melding til pasienten."),
        ({"text": "Hent den."}, "answer-outcome_error", "Velg hva svaret er."),
    ],
)
def test_what_is_missing_is_told_at_the_field_and_what_was_written_stays(written, place, told) -> None:
    cast = make_clinic()
    thread = request(cast)
    client = logged_in(cast, cast.ali)
    refused = client.post(address(cast, "thread-answer", thread.id), form(thread, **written), headers=HTMX)
    page = body(refused)
    assert refused.status_code == 422
    assert told in page.partition(f'id="{place}"')[2].partition("</div>")[0]
    assert f">{written['text']}</textarea>" in page
    assert ('value="renewed" checked' in page) is ("utfall" in written)
    assert sent(cast, thread) == []


@pytest.mark.req("DDFL-RX-10")
def test_a_second_answer_is_refused() -> None:
    cast = make_clinic()
    thread = request(cast)
    client = logged_in(cast, cast.ali)
    where = address(cast, "thread-answer", thread.id)
    client.post(where, form(thread, text="Nei.", utfall="rejected"))
    thread.version += 1
    refused = client.post(where, form(thread, text="Jo.", utfall="renewed"), headers=HTMX)
    assert refused.status_code == 409
    assert "Forespørselen er besvart." in body(refused)
    assert len(sent(cast, thread)) == 1


@pytest.mark.req("NFR-2")
def test_another_clinics_renewal_looks_like_none() -> None:
    cast, other = make_clinic(), make_clinic()
    thread = request(other)
    client = logged_in(cast, cast.ali)
    theirs = client.post(address(cast, "thread-answer", thread.id), form(thread, text="Ja.", utfall="renewed"))
    none = client.post(address(cast, "thread-answer", cast.ola.id), form(thread, text="Ja.", utfall="renewed"))
    assert (theirs.status_code, same(theirs)) == (404, same(none))
    assert sent(other, thread) == []
