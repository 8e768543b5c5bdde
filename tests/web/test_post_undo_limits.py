"""How long, by whom and after what the last step can be undone, and what comes back with it (docs/decisions/0016)."""

from datetime import timedelta

import pytest
from django.test import Client

from skranke.dialog.models import Thread
from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, body, logged_in
from support.dialog import E_CONTACT, holders, question, receive

OFFERED = 'id="act-undo"'
TOO_LATE = "Det er for sent å angre. Ingenting er endret."


def _press(client: Client, cast: Cast, route: str, thread: Thread, **facts: str) -> str:
    with acting(cast.system):
        version = Thread.objects.get(id=thread.id).version
    return body(
        client.post(address(cast, route, thread.id), {"versjon": str(version), "text": "", **facts}, headers=HTMX)
    )


def _undo(client: Client, cast: Cast, thread: Thread) -> str:
    return body(client.post(address(cast, "thread-undo", thread.id), headers=HTMX))


def _state(cast: Cast, thread: Thread) -> str:
    with acting(cast.system):
        return Thread.objects.get(id=thread.id).state


@pytest.mark.req("MSG-8", "NFR-4")
def test_what_was_put_away_is_offered_back_for_ten_minutes_and_no_longer() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    client, page = logged_in(cast, cast.kari), address(cast, "thread", thread.id)
    _press(client, cast, "thread-close", thread)
    clock.move(timedelta(minutes=9, seconds=50))
    assert OFFERED in body(logged_in(cast, cast.kari).get(page))
    clock.move(timedelta(seconds=10))
    client = logged_in(cast, cast.kari)
    assert OFFERED not in body(client.get(page))
    assert TOO_LATE in _undo(client, cast, thread)
    assert _state(cast, thread) == "closed"


@pytest.mark.req("MSG-8", "MSG-18", "NFR-4")
def test_what_was_put_away_is_brought_back_by_nobody_else_and_not_after_somebody_else_acted() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    anne, ali, page = logged_in(cast, cast.anne), logged_in(cast, cast.ali), address(cast, "thread", thread.id)
    _press(anne, cast, "thread-close", thread)
    assert OFFERED not in body(ali.get(page))
    assert TOO_LATE in _undo(ali, cast, thread)
    assert _state(cast, thread) == "closed"
    assert OFFERED in body(anne.get(page))
    _press(ali, cast, "thread-take", thread)
    assert OFFERED not in body(anne.get(page))
    assert TOO_LATE in _undo(anne, cast, thread)
    assert holders(cast, thread) == {"Ali"}


@pytest.mark.req("CMP-7", "NFR-4")
def test_a_dialog_that_a_colleague_has_begun_to_answer_is_not_taken_away() -> None:
    cast = make_clinic()
    kari, ali = logged_in(cast, cast.kari), logged_in(cast, cast.ali)
    compose = f"{address(cast, 'compose')}?type=e_contact&pasient={cast.ola.id}"
    begun = {"emne": "Time", "text": "Hei Ola.", "deltaker": [f"employee:{cast.ali.id}"]}
    kari.post(compose, begun, headers=HTMX)
    with acting(cast.system):
        thread = Thread.objects.get()
    ali.post(address(cast, "thread-save", thread.id), {"text": "Husk også blodprøven."})
    assert TOO_LATE in _undo(kari, cast, thread)
    assert "Husk også blodprøven." in body(ali.get(address(cast, "thread", thread.id)))
    with acting(cast.system):
        assert OutboxItem.objects.filter(intent="dialog_message").count() == 1


@pytest.mark.req("MSG-20", "MSG-24")
def test_what_was_begun_after_sending_stands_after_what_is_called_back_and_the_log_tells_of_it() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    client = logged_in(cast, cast.kari)
    _press(client, cast, "thread-answer", thread, text="Bruk krem.")
    client.post(address(cast, "thread-save", thread.id), {"text": "Ring oss ellers."})
    assert ">Bruk krem.\n\nRing oss ellers.</textarea>" in _undo(client, cast, thread)
    events = body(client.get(address(cast, "thread", thread.id), {"vis": "hendelser"}))
    assert f"{cast.kari.name} angret det siste som ble gjort" in events


@pytest.mark.req("MSG-21", "MSG-4")
def test_a_colleague_who_had_read_all_has_read_all_again_when_a_message_is_called_back() -> None:
    cast = make_clinic()
    kari, ali = logged_in(cast, cast.kari), logged_in(cast, cast.ali)
    begun = {"emne": "Vakt", "text": "Bytter du?", "deltaker": [f"employee:{cast.ali.id}"]}
    kari.post(f"{address(cast, 'compose')}?type=e_dialog&pasient=velg", begun, headers=HTMX)
    clock.move(timedelta(seconds=11))
    with acting(cast.system):
        thread = Thread.objects.get()
    ali.get(address(cast, "thread", thread.id))
    _press(kari, cast, "thread-answer", thread, text="Glem det.")
    api = Api(cast, cast.ali)
    assert [one["unread"] for one in api.get("threads", mailbox="innboks").body["items"]] == [True]
    _undo(kari, cast, thread)
    assert [one["unread"] for one in api.get("threads", mailbox="innboks").body["items"]] == [False]
