"""Which columns a list of Post shows: each employee's own choice, and what the archive tells (MSG-6, MSG-7)."""

import pytest
from lxml import html

from skranke.dialog import services
from skranke.dialog.layouts import ListColumn
from skranke.dialog.models import Thread
from skranke.dialog.values import Handling, Task
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.clinic_pages import address, at_most, body, logged_in
from support.dialog import E_CONTACT, question, receive

INBOX, ARCHIVE = "", "?boks=arkiv"


def _line(client, cast: Cast, thread: Thread, query: str = INBOX) -> str:
    """The line of a thread in a list, in the words that are read out."""
    page = html.fromstring(body(client.get(address(cast, "post", query=query))))
    line = page.xpath(f'//a[@id="it-{thread.id}"]')[0]
    for mark in line.xpath(".//*[@hidden]"):
        mark.drop_tree()
    return " ".join(line.text_content().split())


def _choose(client, cast: Cast, *columns: str, query: str = INBOX):
    return client.post(address(cast, "post-columns", query=query), {"kolonne": columns})


@pytest.mark.req("MSG-6")
def test_participants_are_a_column_that_shows_who_has_read_and_each_chooses_alone() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    with acting(cast.actor(cast.kari)):
        services.add_participant(thread, cast.mona)
    kari, mona = logged_in(cast, cast.kari), logged_in(cast, cast.mona)
    assert "Deltakere:" not in _line(kari, cast, thread)
    saved = _choose(kari, cast, "participants", query="?orden=newest")
    assert saved.headers["Location"] == address(cast, "post", query="?orden=newest")
    assert "Deltakere: Kari Lunde, Mona Dahl" in _line(kari, cast, thread)
    mona.get(address(cast, "thread", thread.id))
    assert "Deltakere: Kari Lunde, Mona Dahl har lest" in _line(kari, cast, thread)
    assert "Deltakere:" not in _line(mona, cast, thread)
    # It is kept, also for the next time somebody logs in.
    assert "Mona Dahl har lest" in _line(logged_in(cast, cast.kari), cast, thread)


@pytest.mark.req("MSG-6")
def test_what_is_not_chosen_is_not_shown_and_what_is_always_needed_stays() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    with acting(cast.actor(cast.kari)):
        services.take(thread)
        services.set_handling(thread, Handling(important=True, task=Task(employee_id=cast.kari.id)))
    kari = logged_in(cast, cast.kari)
    whole = _line(kari, cast, thread)
    optional = ("Viktig", "Oppgave", "Ansvarlig: Kari Lunde")
    assert all(one in whole for one in optional)
    _choose(kari, cast)
    bare = _line(kari, cast, thread)
    assert not any(one in bare for one in optional)
    assert all(one in bare for one in ("Ola Nordmann", "Utslett på armen", "eKonsultasjon", "dager igjen"))
    _choose(kari, cast, "task")
    assert [one in _line(kari, cast, thread) for one in optional] == [False, True, False]
    refused = _choose(kari, cast, "task", "finnes-ikke")
    assert refused.status_code == 422
    assert [one in _line(kari, cast, thread) for one in optional] == [False, True, False]


@pytest.mark.req("MSG-7")
def test_the_archive_tells_type_user_subject_patient_importance_task_and_whether_it_was_read() -> None:
    cast = make_clinic()
    done, unread = (receive(cast, question(cast, kind=E_CONTACT, subject=name)) for name in ("Blodprøve", "Hoste"))
    with acting(cast.actor(cast.kari)):
        services.take(done)
        services.mark_read(done)
        services.set_handling(done, Handling(important=True, task=Task(employee_id=cast.kari.id)))
        services.complete(done)
        services.close_thread(unread)
    line = _line(logged_in(cast, cast.kari), cast, done, ARCHIVE)
    for told in ("e-Kontakt", "Kari Lunde", "Blodprøve", "Ola Nordmann", "Viktig", "Oppgaven er fullført"):
        assert told in line
    assert "Lest av klinikken" in line
    other = _line(logged_in(cast, cast.kari), cast, unread, ARCHIVE)
    assert "Ikke lest av noen" in other
    assert "Viktig" not in other
    assert "Oppgave" not in other


def test_the_participants_of_a_page_cost_two_questions_however_many_there_are() -> None:
    cast = make_clinic()
    for _ in range(5):
        receive(cast, question(cast))
    kari = logged_in(cast, cast.kari)
    _choose(kari, cast, *ListColumn.values)
    with at_most(36):
        kari.get(address(cast, "post"))
