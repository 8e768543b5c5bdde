"""An e-kontakt becomes an e-konsultasjon, and a renewal is answered as something else, on the screen and over REST."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import override_settings
from lxml import html

from skranke.audit.models import AuditEvent
from skranke.dialog import services
from skranke.dialog.models import EarlierConversation, Message, Thread
from skranke.dialog.services.turning import fee_text
from skranke.journal.models import JournalEntry
from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, body, logged_in
from support.dialog import E_CONSULTATION, E_CONTACT, MONDAY, RENEWAL, file, question, receive, reply


def now(cast, thread: Thread) -> Thread:
    with acting(cast.system):
        return Thread.objects.get(id=thread.id)


def form(cast, thread: Thread, **facts: object) -> dict[str, object]:
    return {"versjon": str(now(cast, thread).version), "text": "", **facts}


@pytest.mark.req("JRN-2", "JRN-3", "JRN-4", "JRN-6", "JRN-10", "JRN-15")
def test_an_e_contact_is_made_an_e_consultation_once_and_journaled_whole() -> None:
    cast = make_clinic()
    clock.move_to(MONDAY)
    asked = question(cast, kind=E_CONTACT, text="Vondt i kneet.", attachments=(file(),))
    thread = receive(cast, asked)
    with acting(cast.actor(cast.anne)):
        services.answer(thread, text="Hvor lenge?")
    receive(cast, reply(cast, asked, text="En uke.", generated_at=MONDAY + timedelta(hours=1)))
    with acting(cast.system):
        assert not JournalEntry.objects.exists()
    client = logged_in(cast, cast.anne)
    page = body(client.get(address(cast, "thread", thread.id)))
    assert "Gjør om til eKonsultasjon" in page
    clock.move(timedelta(days=3))
    client = logged_in(cast, cast.anne)
    client.post(address(cast, "thread-convert", thread.id), form(cast, thread, text="Kom til time."), headers=HTMX)
    turned = now(cast, thread)
    assert (turned.kind, turned.important, str(turned.answer_due)) == ("e_consultation", True, "2027-03-08")
    with acting(cast.system):
        entries = list(JournalEntry.objects.order_by("at"))
        assert [one.text for one in entries] == ["Vondt i kneet.", "Hvor lenge?", "En uke."]
        assert {(one.kind, one.thread_id) for one in entries} == {("e_consultation", thread.id)}
        assert entries[0].attachments.count() == 1
        event = AuditEvent.objects.get(action="thread.turned")
        assert (event.actor_id, event.detail) == (cast.anne.id, {"kind": "e_consultation", "was": "e_contact"})
        assert OutboxItem.objects.filter(intent="dialog_message").count() == 1
    page = body(client.get(address(cast, "thread", thread.id)))
    assert "Gjør om til eKonsultasjon" not in page
    assert "kan ikke avsluttes uten svar" in page
    again = client.post(address(cast, "thread-convert", thread.id), form(cast, thread), headers=HTMX)
    assert "kan ikke gjøres om" in body(again)
    assert f"{cast.anne.name} gjorde samtalen om til eKonsultasjon" in body(
        client.get(address(cast, "thread", thread.id), {"vis": "hendelser"})
    )
    sent = client.post(
        address(cast, "thread-answer", thread.id), form(cast, thread, text="Kom til time."), headers=HTMX
    )
    assert fee_text() in body(sent)
    with acting(cast.system):
        out = list(Message.objects.filter(thread=thread, direction="out").order_by("generated_at"))
        assert [(one.code, one.points_on, one.kind) for one in out] == [
            ("19", False, "e_contact"),
            ("19", True, "e_contact"),
            ("DI", False, "e_consultation"),
        ]
        assert JournalEntry.objects.count() == 5
    assert now(cast, thread).answer_due is None


@pytest.mark.req("JRN-4")
def test_by_setting_the_days_to_answer_are_counted_from_the_conversion() -> None:
    cast = make_clinic()
    clock.move_to(MONDAY)
    thread = receive(cast, question(cast, kind=E_CONTACT))
    clock.move(timedelta(days=3))
    with (
        override_settings(OURS=replace(settings.OURS, conversion_restarts_deadline=True)),
        acting(cast.actor(cast.kari)),
    ):
        assert str(services.convert(thread).answer_due) == "2027-03-11"


@pytest.mark.req("RX-7", "RX-8", "RX-17", "JRN-1")
@pytest.mark.parametrize(("kind", "journaled"), [("e_contact", 0), ("e_consultation", 3)])
def test_a_renewal_is_answered_as_something_else_from_the_menu(kind: str, journaled: int) -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=RENEWAL, text="Paracet", subject=""))
    client = logged_in(cast, cast.kari)
    shown = body(client.post(address(cast, "thread-answer-as", thread.id), form(cast, thread, som=kind, text="Hei")))
    name = {"e_contact": "e-kontakt", "e_consultation": "e-konsultasjon"}[kind]
    assert f'value="Svaret kommer som {name}."' in shown
    assert ">Hei</textarea>" in shown
    assert 'id="answer-outcome"' not in shown
    back = body(client.post(address(cast, "thread-answer-as", thread.id), form(cast, thread, som=kind, tilbake="1")))
    assert 'id="answer-outcome"' in back
    send = address(cast, "thread-answer", thread.id)
    empty = client.post(send, form(cast, thread, som=kind, text="Hei", avslutning=" "), headers=HTMX)
    assert (empty.status_code, "answer-closing_error" in body(empty)) == (422, True)
    assert now(cast, thread).kind == RENEWAL
    client.post(send, form(cast, thread, som=kind, text="Hei", avslutning="Se ny samtale.", utfall="renewed"))
    with acting(cast.system):
        out = list(Message.objects.filter(thread=thread, direction="out").order_by("generated_at"))
        assert [(one.code, one.text.split("\n")[0], one.kind) for one in out] == [
            ("26", "Se ny samtale.", RENEWAL),
            ("DI", "Hei", kind),
        ]
        assert OutboxItem.objects.filter(intent="dialog_message").count() == 2
        assert JournalEntry.objects.count() == journaled
    page = body(client.get(address(cast, "thread", thread.id)))
    assert "Avslutter samtalen pasienten skrev i (Reseptforespørsel)" in page
    assert "Forespørsel avvist" not in page


@pytest.mark.req("JRN-3", "JRN-15", "RX-17")
def test_over_rest_both_messages_or_none() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    renewal = receive(cast, question(cast, kind=RENEWAL, text="Paracet"))
    consultation = receive(cast, question(cast, kind=E_CONSULTATION))
    kari = Api(cast, cast.kari)
    assert kari.get(f"threads/{thread.id}").body["turns_into"] == ["e_consultation"]
    assert kari.get(f"threads/{renewal.id}").body["turns_into"] == ["e_contact", "e_consultation"]
    assert kari.post(f"threads/{consultation.id}/convert").status == 422
    assert kari.post(f"threads/{renewal.id}/convert").status == 422
    too_long = kari.post(
        f"threads/{renewal.id}/messages", {"text": "Hei", "turn_into": "e_contact", "closing_text": "x" * 1001}
    )
    assert (too_long.status, too_long.body["errors"][0]["field"]) == (422, "closing_text")
    both = {"text": "Hei", "turn_into": "e_contact", "outcome": "rejected"}
    assert kari.post(f"threads/{renewal.id}/messages", both).status == 422
    with acting(cast.system):
        assert not Message.objects.filter(direction="out").exists()
        assert not EarlierConversation.objects.exists()
    made = kari.post(f"threads/{renewal.id}/messages", {"text": "Hei", "turn_into": "e_contact"})
    assert (made.status, made.body["kind"], made.body["code"]) == (201, "e_contact", "DI")
    assert kari.post(f"threads/{thread.id}/convert").body["kind"] == "e_consultation"
    refused = kari.post(f"threads/{thread.id}/messages", {"text": "Nei", "outcome": "rejected"})
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "outcome")
    assert kari.post(f"threads/{thread.id}/messages", {"text": "Hei"}).body["kind"] == "e_consultation"
    messages = kari.get(f"threads/{thread.id}").body["messages"]
    assert [(one["code"], one["points_on"]) for one in messages[1:]] == [("19", True), ("DI", False)]


def _sent(thread: Thread) -> list[tuple[str, bool, str, str]]:
    out = Message.objects.filter(thread=thread, direction="out").order_by("generated_at")
    return [(one.code, one.points_on, one.kind, one.text.split("\n")[0]) for one in out]


@pytest.mark.req("JRN-3", "JRN-5", "JRN-15")
def test_a_clinical_question_in_the_wrong_channel_is_answered_as_an_e_consultation_in_one_click() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    client = logged_in(cast, cast.kari)
    page = html.fromstring(body(client.get(address(cast, "thread", thread.id))))
    instead = page.get_element_by_id("act-instead")
    assert (instead.get("name"), instead.get("value")) == ("som", "e_consultation")
    assert "ny eKonsultasjon" in page.get_element_by_id("instead-effect").text_content()
    send = address(cast, "thread-answer", thread.id)
    empty = client.post(send, form(cast, thread, som="e_consultation", text=" "), headers=HTMX)
    assert (empty.status_code, now(cast, thread).kind) == (422, E_CONTACT)
    long = "a" * 990
    kept = client.post(send, form(cast, thread, som="e_consultation", text=long), headers=HTMX)
    assert (kept.status_code, f">{long}</textarea>" in body(kept)) == (422, True)
    assert "Svar som e-Kontakt likevel" in body(kept)
    done = client.post(send, form(cast, thread, som="e_consultation", text="Kom til time."), headers=HTMX)
    assert done.status_code == 200
    with acting(cast.system):
        assert _sent(thread) == [
            ("19", True, "e_contact", "Svaret kommer som e-konsultasjon."),
            ("DI", False, "e_consultation", "Kom til time."),
        ]
        assert OutboxItem.objects.filter(intent="dialog_message").count() == 2
        assert JournalEntry.objects.count() == 3
    # One way: it is not made an e-kontakt again (JRN-4).
    receive(cast, reply(cast, _last(cast, thread)))
    assert 'id="act-instead"' not in body(client.get(address(cast, "thread", thread.id)))
    back = client.post(send, form(cast, thread, som="e_contact", text="Hei"), headers=HTMX)
    assert (back.status_code, now(cast, thread).kind) == (422, E_CONSULTATION)


def _last(cast: Cast, thread: Thread) -> Message:
    with acting(cast.system):
        found = Message.objects.filter(thread=thread, direction="out").select_related("thread")
        return found.order_by("-generated_at")[0]


@pytest.mark.req("JRN-1", "JRN-2", "JRN-10", "JRN-12", "MSG-9", "MSG-25")
def test_a_practical_question_in_an_e_consultation_is_answered_as_an_e_contact_in_one_click() -> None:
    cast = make_clinic()
    clock.move_to(MONDAY)
    first = question(cast, kind=E_CONSULTATION, text="Har dere parkering?")
    thread = receive(cast, first)
    client = logged_in(cast, cast.kari)
    page = html.fromstring(body(client.get(address(cast, "thread", thread.id))))
    assert page.get_element_by_id("act-instead").get("value") == "e_contact"
    assert "ikke føres i journalen" in page.get_element_by_id("instead-effect").text_content()
    send = address(cast, "thread-answer", thread.id)
    done = client.post(send, form(cast, thread, som="e_contact", text="Ja, bak huset."), headers=HTMX)
    assert done.status_code == 200
    assert fee_text() not in body(done)
    with acting(cast.system):
        assert _sent(thread) == [
            ("13", True, "e_consultation", "Svaret kommer som e-kontakt."),
            ("DI", False, "e_contact", "Ja, bak huset."),
        ]
        # What belongs to the e-consultation is in the journal, in both directions; the e-kontakt is not.
        entries = JournalEntry.objects.order_by("at")
        assert [(one.kind, one.text) for one in entries] == [
            ("e_consultation", "Har dere parkering?"),
            ("e_consultation", "Svaret kommer som e-kontakt."),
        ]
    after = now(cast, thread)
    assert (after.kind, after.answer_due) == (E_CONTACT, None)
    # The patient may write in the old one still: by its rules, in the same thread.
    clock.move(timedelta(days=1))
    receive(cast, reply(cast, first, generated_at=clock.now(), text="Det klør også."))
    after = now(cast, thread)
    assert str(after.answer_due) == "2027-03-09"
    with acting(cast.system):
        assert JournalEntry.objects.count() == 3
    # What waits is an e-consultation, though the thread is an e-kontakt: it is not closed without an answer.
    client = logged_in(cast, cast.kari)
    page = body(client.get(address(cast, "thread", thread.id)))
    assert ('id="act-answer"' in page, 'id="act-close"' in page) == (True, False)
    assert "En eKonsultasjon kan ikke avsluttes uten svar." in page
    refused = client.post(address(cast, "thread-close", thread.id), form(cast, thread), headers=HTMX)
    assert "En eKonsultasjon kan ikke avsluttes uten svar." in body(refused)
    assert (Api(cast, cast.kari).post(f"threads/{thread.id}/close").status, now(cast, thread).state) == (409, "open")
    receive(cast, reply(cast, _last(cast, thread), text="Takk."))
    with acting(cast.system):
        assert JournalEntry.objects.count() == 3
