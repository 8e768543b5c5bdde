"""Whether a participation's thread is open: the database keeps it, and the numbers of Post go by it (MSG-4)."""

import threading

import pytest
from django.db import connection

from skranke.dialog import queries, services
from skranke.dialog.models import Participant, Thread, ThreadState
from skranke.kernel.ids import new_id
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.dialog import E_CONTACT, question, receive, reply


def _told(cast: Cast) -> set[bool]:
    with acting(cast.system):
        return set(Participant.objects.values_list("thread_open", flat=True))


@pytest.mark.req("MSG-4")
def test_it_follows_the_thread_and_no_program_can_say_otherwise() -> None:
    cast = make_clinic()
    asked = question(cast, kind=E_CONTACT)
    thread = receive(cast, asked)
    with acting(cast.actor(cast.kari)):
        assert queries.counts().inbox == 1
        services.forward(thread, to=None)
        Participant.objects.update(thread_open=False)
    assert _told(cast) == {True}
    with acting(cast.actor(cast.kari)):
        services.close_thread(Thread.objects.get())
        assert (queries.counts().inbox, queries.counts().open) == (0, 0)
        Participant.objects.update(thread_open=True)
    assert _told(cast) == {False}
    receive(cast, reply(cast, asked))
    assert _told(cast) == {True}
    with acting(cast.actor(cast.kari)):
        assert queries.counts().inbox == 1


@pytest.mark.req("MSG-4")
def test_rows_that_are_written_before_their_thread_tell_how_it_comes() -> None:
    cast = make_clinic()
    like = receive(cast, question(cast))
    for state in ThreadState:
        with acting(cast.system):
            thread = Thread.objects.get(id=like.id)
            thread.pk, thread.conversation, thread.state = new_id(), str(new_id()), state
            row = Participant(clinic_id=thread.clinic_id, thread_id=thread.pk, employee=cast.kari)
            row.save(force_insert=True)
            thread.save(force_insert=True)
            assert Participant.objects.get(id=row.id).thread_open == (state == ThreadState.OPEN)


@pytest.mark.req("MSG-4")
def test_who_begins_to_take_part_while_the_thread_is_being_closed_finds_it_closed() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    closed, begun = threading.Event(), threading.Event()

    def close() -> None:
        with acting(cast.system):
            Thread.objects.filter(id=thread.id).update(state=ThreadState.CLOSED)
            closed.set()
            # The other waits for the end of this, if it waits at all.
            begun.wait(timeout=1)
        connection.close()

    other = threading.Thread(target=close)
    other.start()
    closed.wait()
    with acting(cast.system):
        Participant.objects.create(clinic_id=thread.clinic_id, thread=thread, employee=cast.anne)
        begun.set()
    other.join()
    assert _told(cast) == {False}
