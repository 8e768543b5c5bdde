"""A conversation is found by what is written in it, in either kind of Norwegian, and in one clinic only."""

import pytest
from django.db import connection

from skranke.dialog import queries, searching
from skranke.dialog.models import Message
from skranke.dialog.services import close_thread
from skranke.tenancy.work import acting

from cast import make_clinic
from support.dialog import E_CONTACT, file, question, receive, reply

WRITTEN = "Eg har hatt vondt i skuldrene sidan måndag. Tek ibux, men vart ikkje betre!"


def titles(q: str) -> list[str]:
    return [row.title.removesuffix(" – helsenorge.no") for row in queries.mailbox("innboks", q=q).rows]


@pytest.mark.req("MSG-4")
@pytest.mark.parametrize(
    "q",
    ["skulder", "skuldrene", "SKULDRENE måndag", "ibu", "ikkje", "vondt ola", "vondt sak", "nordm skuld", "måndag."],
)
def test_a_thread_is_found_by_beginnings_of_words_of_any_message(q: str, monkeypatch) -> None:
    cast = make_clinic()
    asked = question(cast, subject="En sak", text="Hei")
    receive(cast, asked)
    receive(cast, reply(cast, asked, text=WRITTEN))
    receive(cast, question(cast, patient=cast.nora, subject="Noe annet", text="Vaksine"))
    with acting(cast.actor(cast.kari)):
        assert titles(q) == ["En sak"]
        # Of a word that many threads have, each thread is asked; of several words, of those alone that have a rare one.
        for many in (1, 2):
            monkeypatch.setattr(searching, "_MANY", many)
            assert titles(q) == ["En sak"]


@pytest.mark.req("MSG-4")
@pytest.mark.parametrize("q", ["vaksine skulder", "bux", "'", "!", "a & b", ":*", "<->", "\\", "\\'", "%", "()"])
def test_what_is_nowhere_written_finds_no_thread(q: str) -> None:
    cast = make_clinic()
    receive(cast, question(cast, subject="En sak", text=WRITTEN))
    with acting(cast.actor(cast.kari)):
        assert titles(q) == []


@pytest.mark.req("MSG-4")
def test_every_word_must_be_there_however_many_threads_have_one_of_them(monkeypatch) -> None:
    cast = make_clinic()
    for subject, text in (("Begge", "vondt feber"), ("Den ene", "vondt"), ("Den andre", "feber"), ("Mer", "feber")):
        receive(cast, question(cast, subject=subject, text=text))
    with acting(cast.actor(cast.kari)):
        # vondt is in two threads, feber in three.
        for many in (1, 2, 3, 4, 5):
            monkeypatch.setattr(searching, "_MANY", many)
            assert titles("vondt feber") == titles("feber vondt") == ["Begge"]


@pytest.mark.req("MSG-4")
def test_a_long_message_is_searched_too() -> None:
    cast = make_clinic()
    long = " ".join(f"ord{number}" for number in range(200_000))
    receive(cast, question(cast, subject="Lang", text=f"skulder {long}"))
    with acting(cast.actor(cast.kari)):
        assert titles("skulder") == ["Lang"]
        assert len(Message.objects.get().text) > 1_000_000


@pytest.mark.req("MSG-7")
@pytest.mark.parametrize("q", ["kne", "venstre", "Venstre_kne.jpg"])
def test_a_thread_is_found_by_the_name_of_a_file(q: str, monkeypatch) -> None:
    cast = make_clinic()
    receive(cast, question(cast, subject="Med bilde", attachments=(file(name="mitt venstre_kne.pdf"),)))
    receive(cast, question(cast, subject="Uten"))
    with acting(cast.actor(cast.kari)):
        assert titles(q) == (["Med bilde"] if "jpg" not in q else [])
        monkeypatch.setattr(searching, "_MANY", 1)
        assert titles(q) == (["Med bilde"] if "jpg" not in q else [])


@pytest.mark.req("MSG-7")
def test_what_most_of_the_newest_threads_have_is_found_in_those_that_have_it() -> None:
    cast = make_clinic()
    for number in range(9):
        thread = receive(cast, question(cast, kind=E_CONTACT, subject=f"Sak {number}", text="Vondt" * (number != 4)))
        with acting(cast.actor(cast.kari)):
            close_thread(thread)
    with acting(cast.actor(cast.kari)), connection.cursor() as cursor:
        cursor.execute("SELECT threads_lately_with(thread_query('vondt', 'vondt', ''))")
        assert cursor.fetchone() == (8,)
        for q in ("vondt", "vondt ola sak"):
            found = {row.title[:5] for row in queries.mailbox("arkiv", q=q).rows}
            assert found == {f"Sak {number}" for number in range(9) if number != 4}


@pytest.mark.req("NFR-2", "MSG-4")
def test_the_words_of_another_clinic_are_not_searched() -> None:
    ours, theirs = make_clinic(), make_clinic()
    receive(theirs, question(theirs, text=WRITTEN))
    with acting(ours.actor(ours.kari)), connection.cursor() as cursor:
        assert titles("skulder") == []
        cursor.execute("SELECT threads_with_words(q, ARRAY[q], 10) FROM thread_query('skulder', 'skulder', '') AS q")
        assert cursor.fetchall() == []


@pytest.mark.req("MSG-4", "ORG-11")
def test_a_thread_one_may_not_read_is_not_found() -> None:
    cast = make_clinic()
    receive(cast, question(cast, text=WRITTEN))
    with acting(cast.actor(cast.mona)):
        assert titles("skulder") == []
