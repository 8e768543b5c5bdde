"""Whatever order the messages of a conversation come in, the thread ends the same (architecture 4)."""

import threading
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import permutations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from skranke.dialog import queries, services
from skranke.dialog.errors import OtherPatientError
from skranke.dialog.models import DialogKind, Message, Thread
from skranke.journal.models import JournalEntry
from skranke.tenancy.work import acting

from cast import make_clinic
from support.dialog import E_CONTACT, EVERYBODY, MONDAY, file, holders, question, receive, reply, row
from support.properties import tried


def _conversation(cast):
    """Five messages; the third and fourth share their second, so that their MsgId decides."""
    start = question(cast, generated_at=MONDAY, wanted_hpr=cast.mona.hpr_number, attachments=(file(),))
    later = [reply(cast, start, text=f"Nummer {n}", subject=f"Emne {n}") for n in range(2, 6)]
    minutes = (1, 2, 2, 3)
    # MsgIds decide between equal times: every conversation has the same order of them.
    ids = sorted(one.msg_id for one in later[1:3])
    ids = [later[0].msg_id, *ids, later[3].msg_id]
    return [start] + [
        replace(one, generated_at=MONDAY + timedelta(minutes=m), msg_id=msg_id)
        for one, m, msg_id in zip(later, minutes, ids, strict=True)
    ]


def _seen(cast, thread):
    """All that a person sees of a thread, but for ids and the log of when things came."""
    with acting(cast.actor(cast.mona)):
        view = queries.thread_view(thread)
    line = row(cast, cast.mona, thread)
    return (
        [(m.text, m.subject, m.code, m.author_name, m.at, len(m.attachments)) for m in view.messages],
        [(p.employee_id, p.in_inbox) for p in view.participants],
        (view.kind, view.title, view.party_name, view.answer_due, view.important, view.start_missing, view.closed),
        (view.waits_for_clinic, view.may_close, all(m.journal_entry_id for m in view.messages)),
        (line.title, line.preview, line.last_message_at, line.has_attachments, line.unread),
    )


@pytest.mark.req("RCV-1", "RCV-13")
@tried(6)
@given(st.sampled_from(list(permutations(range(5)))))
def test_every_order_of_five_messages_ends_in_the_same_thread(order) -> None:
    _ends_alike(order)


@pytest.mark.slow
@pytest.mark.req("RCV-1", "RCV-13")
def test_each_of_the_120_orders_of_five_messages_ends_in_the_same_thread() -> None:
    """The quick sister above tries some of them."""
    orders = list(permutations(range(5)))
    assert len(orders) == 120
    for order in orders:
        _ends_alike(order)


def _ends_alike(order) -> None:
    cast, expected = _shared()
    shuffled = _conversation(cast)
    found = [receive(cast, shuffled[n]) for n in order][-1]
    assert _seen(cast, found) == expected
    with acting(cast.system):
        last = max(shuffled, key=lambda one: (one.generated_at, one.msg_id))
        assert Thread.objects.get(id=found.id).last_msg_id == last.msg_id
        assert JournalEntry.objects.filter(thread_id=found.id).count() == 5


@cache
def _shared():
    """One clinic for all examples of the property, and what is seen there of the messages in their own order."""
    cast = make_clinic()
    straight = [receive(cast, message) for message in _conversation(cast)][-1]
    return cast, _seen(cast, straight)


def test_a_follow_up_before_its_start_makes_the_thread_and_says_that_the_start_is_missing() -> None:
    cast = make_clinic()
    start = question(cast, generated_at=MONDAY)
    thread = receive(cast, reply(cast, start))
    line = row(cast, cast.kari, thread)
    assert (line.start_missing, line.kind, line.title) == (True, "e_consultation", "helsenorge.no")
    receive(cast, start)
    line = row(cast, cast.kari, thread)
    assert (line.start_missing, line.title) == (False, "Utslett på armen – helsenorge.no")


def test_an_unknown_kind_waits_with_the_whole_clinic_until_the_start_tells_it() -> None:
    cast = make_clinic()
    start = question(cast)
    thread = receive(cast, reply(cast, start, kind=DialogKind.UNKNOWN))
    assert holders(cast, thread) == EVERYBODY
    with acting(cast.system):
        assert not JournalEntry.objects.filter(thread_id=thread.id).exists()
    receive(cast, start)
    assert holders(cast, thread) == {"Kari"}
    with acting(cast.system):
        assert JournalEntry.objects.filter(thread_id=thread.id).count() == 2


def test_a_late_start_leaves_the_thread_with_those_who_have_worked_with_it() -> None:
    cast = make_clinic()
    start = question(cast)
    thread = receive(cast, reply(cast, start))
    with acting(cast.actor(cast.kari)):
        services.forward(thread, to=cast.anne)
    receive(cast, start)
    assert holders(cast, thread) == {"Kari", "Anne"}


@pytest.mark.req("RCV-19")
def test_the_same_message_twice_changes_nothing() -> None:
    cast = make_clinic()
    message = question(cast, attachments=(file(),))
    thread = receive(cast, message)
    with acting(cast.system):
        before = Thread.objects.get(id=thread.id).version
    receive(cast, message)
    with acting(cast.system):
        assert Thread.objects.get(id=thread.id).version == before
        assert Message.objects.filter(thread=thread).count() == 1
        assert JournalEntry.objects.filter(thread_id=thread.id).count() == 1


def test_a_conversation_of_another_patient_is_never_joined() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    with pytest.raises(OtherPatientError):
        receive(cast, question(cast, conversation=thread.conversation, starts_thread=False, patient=cast.nora))
    with acting(cast.system):
        assert Message.objects.count() == 1


def test_two_workers_with_one_conversation_make_one_thread() -> None:
    cast = make_clinic()
    start = question(cast, kind=E_CONTACT)
    messages = [start, *(reply(cast, start, text=str(n)) for n in range(5))]
    gate, errors = threading.Barrier(len(messages)), []

    def work(message) -> None:
        try:
            gate.wait()
            receive(cast, message)
        except Exception as error:  # noqa: BLE001 - shown below, whatever it is
            errors.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(message,)) for message in messages]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert errors == []
    with acting(cast.system):
        assert Thread.objects.count() == 1
        assert Message.objects.count() == len(messages)
        assert not Thread.objects.get().start_missing
