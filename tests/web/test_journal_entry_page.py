"""A journal entry as it is read: who wrote what to whom, when, for whom, with which files (JRN-6, JRN-8)."""

from datetime import timedelta

import pytest
from django.test import Client
from lxml import html

from skranke.journal.models import JournalEntry
from skranke.kernel import clock
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, body, logged_in
from support.dialog import E_CONTACT, MONDAY, PDF, PNG, file, question, receive, reply


def _entries(cast: Cast) -> list[JournalEntry]:
    with acting(cast.system):
        return list(JournalEntry.objects.order_by("at"))


def _facts(client: Client, cast: Cast, entry: JournalEntry) -> dict[str, str]:
    """What the page of an entry tells, by its headings; the text and the files as further ones."""
    page = html.fromstring(body(client.get(address(cast, "journal-entry", entry.id))))
    told = {
        " ".join(one.text_content().split()): " ".join(one.getnext().text_content().split())
        for one in page.xpath("//dl[contains(@class, 'facts')]/dt")
    }
    told["text"] = page.xpath("string(//div[contains(@class, 'bub')])")
    told["files"] = ", ".join(page.xpath("//ul[contains(@class, 'rows')]/li/a[1]/text()"))
    return told


@pytest.mark.req("JRN-6", "JRN-1")
def test_an_entry_tells_all_of_a_message_both_ways() -> None:
    cast = make_clinic()
    clock.move_to(MONDAY)
    asked = question(
        cast,
        patient=cast.nora,
        author_name="Ola Nordmann",
        on_behalf_of="Nora Nordmann",
        text="Hun klør på armen. " * 30 + "Takk.",
        generated_at=MONDAY,
        attachments=(file(PDF, "prøve.pdf"), file(PNG, "arm.png")),
    )
    clock.move(timedelta(minutes=20))
    thread = receive(cast, asked)
    clock.move(timedelta(minutes=100))
    client = logged_in(cast, cast.kari)
    sent = client.post(address(cast, "thread-answer", thread.id), {"versjon": "1", "text": "Bruk krem."}, headers=HTMX)
    assert sent.status_code == 200
    written, answered = _entries(cast)
    told = _facts(client, cast, written)
    assert told["Tidspunkt"] == "man. 1. mars kl. 10.00"
    assert told["Type"] == "eKonsultasjon"
    assert told["Fra"] == "Ola Nordmann på vegne av Nora Nordmann"
    assert told["Til"] == cast.kari.name
    assert (told["text"], told["files"]) == (asked.text, "prøve.pdf, arm.png")
    told = _facts(client, cast, answered)
    assert (told["Fra"], told["Til"], told["text"]) == (cast.kari.name, cast.nora.name, "Bruk krem.")
    assert told["Tidspunkt"] == "man. 1. mars kl. 12.00"
    first, second = Api(cast, cast.kari).get("journal", patient=cast.nora.id).body["items"]
    assert {first["thread_id"], second["thread_id"]} == {str(thread.id)}
    assert (first["author_name"], answered.author_id) == (cast.kari.name, cast.kari.id)


@pytest.mark.req("JRN-8")
def test_the_thread_leads_to_its_entry_and_the_entry_back_to_those_who_may_read_the_thread() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    client = logged_in(cast, cast.kari)
    [entry] = _entries(cast)
    place, back = address(cast, "journal-entry", entry.id), address(cast, "thread", thread.id)
    page = html.fromstring(body(client.get(back)))
    [link] = page.xpath(f"//*[@id='thread-conv']//a[@href='{place}']")
    assert link.text == "Journalnotat"
    assert html.fromstring(body(client.get(place))).xpath(f"//a[@href='{back}']")
    client.post(address(cast, "thread-handling", thread.id), {"versjon": "1", "privat": "ja"}, headers=HTMX)
    colleague = logged_in(cast, cast.mona)
    assert colleague.get(place).status_code == 200
    assert back not in body(colleague.get(place))
    assert colleague.get(back).status_code == 404


@pytest.mark.req("JRN-4", "JRN-3")
def test_what_was_converted_stays_so_is_logged_with_who_and_when_and_what_comes_later_is_journaled() -> None:
    cast = make_clinic()
    clock.move_to(MONDAY)
    asked = question(cast, kind=E_CONTACT, generated_at=MONDAY)
    thread = receive(cast, asked)
    clock.move(timedelta(hours=1))
    client = logged_in(cast, cast.kari)
    client.post(address(cast, "thread-convert", thread.id), {"versjon": "1", "text": ""}, headers=HTMX)
    assert len(_entries(cast)) == 1
    page = body(client.get(address(cast, "thread", thread.id)))
    assert "Svar som e-Kontakt" not in page
    answer = address(cast, "thread-answer", thread.id)
    back = client.post(answer, {"versjon": "2", "text": "Ja.", "som": "e_contact"}, headers=HTMX)
    assert "kan ikke gjøres om" in body(back)
    events = html.fromstring(body(client.get(address(cast, "thread", thread.id), {"vis": "hendelser"})))
    [when] = events.xpath("//li[span[contains(text(), 'Kari Lunde gjorde samtalen om til eKonsultasjon')]]/time")
    assert when.text == "man. 1. mars kl. 11.00"
    receive(cast, reply(cast, asked, text="En ting til.", generated_at=clock.now()))
    assert [one.text for one in _entries(cast)] == [asked.text, "En ting til."]
    over_rest = Api(cast, cast.kari).get(f"threads/{thread.id}").body
    assert over_rest["answer_due"] == "2027-03-08"
