"""The event log of a thread: what happened, who did it, and when (MSG-24)."""

from datetime import timedelta

import pytest
from django.test import Client
from lxml import html

from skranke.dialog.models import Thread
from skranke.kernel import clock
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.clinic_pages import HTMX, address, body, logged_in
from support.dialog import E_CONTACT, MONDAY, question, receive
from support.portal import answer, start


def _press(client: Client, cast: Cast, route: str, thread: Thread, **facts: str) -> None:
    """One verb of the thread, a minute after whatever was before."""
    clock.move(timedelta(minutes=1))
    with acting(cast.system):
        version = Thread.objects.get(id=thread.id).version
    told = client.post(address(cast, route, thread.id), {"versjon": str(version), "text": "", **facts}, headers=HTMX)
    assert told.status_code == 200


def _log(client: Client, cast: Cast, thread: Thread) -> list[tuple[str, str]]:
    """What the log tells, with its time of day, as the page lists it."""
    page = html.fromstring(body(client.get(address(cast, "thread", thread.id), {"vis": "hendelser"})))
    lines = page.xpath("//ol[@class='events']/li")
    return [(one.xpath("string(time)")[-5:], " ".join(one.xpath("string(span)").split())) for one in lines]


@pytest.mark.req("MSG-24")
def test_the_log_tells_everything_that_happened_with_who_and_when() -> None:
    cast = make_clinic()
    clock.move_to(MONDAY)
    thread = receive(cast, question(cast, kind=E_CONTACT, author_name="Ola Nordmann", generated_at=MONDAY))
    ali, kari = logged_in(cast, cast.ali), logged_in(cast, cast.kari)
    clock.move(timedelta(minutes=1))
    ali.get(address(cast, "thread", thread.id))
    _press(ali, cast, "thread-take", thread)
    _press(ali, cast, "thread-forward", thread, til=f"employee:{cast.kari.id}")
    clock.move(timedelta(minutes=1))
    kari.get(address(cast, "thread", thread.id))
    _press(kari, cast, "thread-convert", thread)
    _press(kari, cast, "thread-answer-close", thread, text="Kom til time.")
    told = _log(kari, cast, thread)
    assert [line for line in told if not line[1].startswith("Ført i journalen")] == [
        ("10.00", "Melding fra Ola Nordmann"),
        ("10.01", f"Lest av {cast.ali.name}"),
        ("10.02", f"{cast.ali.name} tok ansvar"),
        ("10.03", f"{cast.ali.name} videresendte til {cast.kari.name}"),
        ("10.04", f"Lest av {cast.kari.name}"),
        ("10.05", f"{cast.kari.name} gjorde samtalen om til eKonsultasjon"),
        ("10.06", f"{cast.kari.name} svarte"),
        ("10.06", f"{cast.kari.name} avsluttet samtalen"),
    ]
    # The question when it was converted; then the answer, and the one that ends what it was.
    assert [at for at, text in told if text.startswith("Ført i journalen")] == ["10.05", "10.06", "10.06"]


@pytest.mark.req("MSG-24", "MSG-8")
def test_closing_without_an_answer_and_all_of_a_dialog_of_our_own_stand_in_the_log() -> None:
    cast = make_clinic()
    clock.move_to(MONDAY)
    thread = receive(cast, question(cast, kind=E_CONTACT, generated_at=MONDAY))
    ali = logged_in(cast, cast.ali)
    _press(ali, cast, "thread-close", thread)
    assert (("10.01", f"{cast.ali.name} avsluttet samtalen")) in _log(ali, cast, thread)
    own = start(cast)
    clock.move(timedelta(minutes=1))
    answer(cast, own, "Takk.")
    kari = logged_in(cast, cast.kari)
    told = [text for _at, text in _log(kari, cast, own)]
    assert told[:2] == [f"{cast.kari.name} startet samtalen", "Melding fra Ola Nordmann"]


@pytest.mark.req("MSG-24", "MSG-21")
def test_between_colleagues_who_began_it_and_who_answered_stands_in_the_log() -> None:
    cast = make_clinic()
    client, ali = logged_in(cast, cast.kari), logged_in(cast, cast.ali)
    begun = {"emne": "Vakt", "text": "Bytter du?", "deltaker": [f"employee:{cast.ali.id}"]}
    client.post(f"{address(cast, 'compose')}?type=e_dialog&pasient=velg", begun, headers=HTMX)
    with acting(cast.system):
        thread = Thread.objects.get()
    ali.get(address(cast, "thread", thread.id))
    _press(ali, cast, "thread-answer", thread, text="Ja.")
    told = [text for _at, text in _log(client, cast, thread)]
    begun, read, answered = (
        told.index(text)
        for text in (
            f"{cast.kari.name} startet samtalen",
            f"Lest av {cast.ali.name}",
            f"{cast.ali.name} svarte",
        )
    )
    assert begun < read < answered
