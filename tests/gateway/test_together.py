"""Several messages that wait are done in one commit, and each on its own as soon as one of them stands in the way."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from skranke.dialog.models import Message, Thread
from skranke.gateway import inbound, tries
from skranke.gateway.facts import Facts
from skranke.gateway.lanes import take
from skranke.gateway.models import DeliveryTry, ReceivedMessage
from skranke.journal.models import JournalEntry
from skranke.kernel import clock
from skranke.standards.build import ekonsultasjon
from skranke.standards.build.envelope import reply_to
from skranke.wire.connect import connect
from skranke.wire.transport import RawMessage

from support.commits import commit_gate
from support.lanes import lane, until

WAITING = 6


def sent(office, count=WAITING):
    return [office.helsenorge.sealed(office.helsenorge.e_consultation(office.cast.ola)) for _ in range(count)]


def received(office, messages):
    """What the lane does when it finds them all waiting."""
    return inbound.receive(waiting(office, messages), office.cast.clinic.id, office.endpoints)


def waiting(office, messages) -> list[RawMessage]:
    """The messages as they come out of the queue."""
    for message in messages:
        office.helsenorge.again(message)
    taken = []
    while (delivery := office.transport.receive(office.helsenorge.queues.clinic_async, timeout=0)) is not None:
        office.transport.accept(delivery)
        taken.append(delivery.message)
    return taken


def commits(office) -> int:
    """By how many transactions the messages that were acted on were written."""
    with office.acting(), connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM gateway_receivedmessage WHERE state = 'acted'")
        return cursor.fetchone()[0]


def everything_once(office, messages) -> None:
    receipts = office.answers()
    assert sorted(letter.about for letter in receipts) == sorted({letter.about for letter in receipts})
    assert [letter.code for letter in receipts] == ["1"] * len(messages)
    with office.acting():
        assert set(ReceivedMessage.objects.filter(state="acted").values_list("message_id", flat=True)) == {
            message.message_id for message in messages
        }
        counts = {model.objects.count() for model in (Thread, Message, JournalEntry, ReceivedMessage)}
        assert counts == {len(messages)}
        assert not DeliveryTry.objects.exists()


@pytest.mark.req("NFR-3")
def test_messages_that_wait_together_are_done_in_one_commit_each_with_its_own_receipt(office) -> None:
    messages = sent(office)
    assert received(office, messages) == ["accept"] * WAITING
    assert commits(office) == 1
    everything_once(office, messages)


@pytest.mark.req("NFR-3", "RCV-19")
def test_a_faulty_message_among_them_gets_its_error_and_the_others_are_done(office) -> None:
    messages = sent(office)
    faulty = office.helsenorge.sealed(b"<not-ours/>", like=office.helsenorge.e_contact(office.cast.ola))
    assert received(office, [*messages[:3], faulty, *messages[3:]]) == ["accept"] * (WAITING + 1)
    assert commits(office) == WAITING
    with office.acting():
        ReceivedMessage.objects.exclude(state="fault").get(message_id=messages[3].message_id)
        assert ReceivedMessage.objects.filter(state="fault").count() == 1
    office.send_out()
    (report,) = office.helsenorge.reports()
    assert report.headers.original_message_id == faulty.message_id
    assert len(office.helsenorge.letters()) == WAITING


@pytest.mark.req("DDFL-ID-01", "RCV-19")
def test_copies_among_them_are_one_message(office) -> None:
    messages = sent(office, 2)
    assert received(office, [*messages * 5, messages[0]]) == ["accept"] * 11
    everything_once(office, messages)


@pytest.mark.req("DDFL-ID-01", "RCV-19")
def test_a_copy_of_what_is_done_is_never_set_aside(office) -> None:
    """However many workers hold copies at the same time, and have counted them."""
    messages = sent(office, 1)
    received(office, messages)
    delivery = RawMessage(**{name: getattr(messages[0], name) for name in ("body", "message_id", "headers")}, queue="x")
    for _ in range(10):
        tries.count(Facts(raw=delivery, clinic_id=office.cast.clinic.id))
    assert received(office, messages) == ["accept"]
    everything_once(office, messages)


@pytest.mark.req("DDFL-CON-05")
def test_a_conversation_among_them_is_one_thread_in_its_order(office) -> None:
    question = office.helsenorge.e_consultation(office.cast.ola)
    texts = ["Og en ting til", "Og enda en", "Det var alt"]
    swapped = [
        replace(
            reply_to(question.info, msg_id=uuid4(), gen_date=clock.now()),
            sender=question.info.sender,
            receiver=question.info.receiver,
        )
        for _ in texts
    ]
    follow_ups = [
        ekonsultasjon.citizen_answer(envelope, text=text) for envelope, text in zip(swapped, texts, strict=True)
    ]
    received(office, [office.helsenorge.sealed(document) for document in (question, *follow_ups)])
    assert commits(office) == 1
    with office.acting():
        assert list(Thread.objects.get().messages.order_by("recorded_at").values_list("text", flat=True))[1:] == texts


@pytest.mark.req("NFR-3", "NFR-4")
def test_one_that_was_tried_before_is_done_alone(office) -> None:
    messages = sent(office)
    office.helsenorge.again(messages[2])
    delivery = office.transport.receive(office.helsenorge.queues.clinic_async, timeout=5)
    tries.count(Facts(raw=delivery.message, clinic_id=office.cast.clinic.id))
    office.transport.accept(delivery)
    received(office, messages)
    assert commits(office) == WAITING
    everything_once(office, messages)


class Killed(BaseException):
    """The process ends in the midst of it: nobody catches that."""


@pytest.mark.req("NFR-3", "NFR-4")
def test_a_message_that_ends_the_lane_again_and_again_is_set_aside_and_none_of_those_that_wait_with_it(
    office, monkeypatch
) -> None:
    messages, opened = waiting(office, sent(office)), inbound.open_protection

    def fatal(facts, endpoint):
        if facts.message_id == messages[0].message_id:
            raise Killed
        return opened(facts, endpoint)

    monkeypatch.setattr(inbound, "open_protection", fatal)
    for _ in range(settings.OURS.delivery_tries):
        with pytest.raises(Killed):
            inbound.receive(messages, office.cast.clinic.id, office.endpoints)
    assert inbound.receive(messages, office.cast.clinic.id, office.endpoints) == ["accept"] * WAITING
    with office.acting():
        kept = dict(ReceivedMessage.objects.values_list("message_id", "state"))
    assert kept.pop(messages[0].message_id) == "set_aside"
    assert kept == {message.message_id: "acted" for message in messages[1:]}


@pytest.mark.req("NFR-3")
def test_one_that_has_to_wait_for_somebody_does_not_hold_up_the_others(office, database) -> None:
    """Somebody holds the conversation that the third belongs to; the first two are stored meanwhile."""
    documents = [office.helsenorge.e_consultation(office.cast.ola) for _ in range(4)]
    messages = [office.helsenorge.sealed(document) for document in documents]
    lock = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
    with psycopg.connect(database.dsn("skranke_gateway")) as somebody, ThreadPoolExecutor(1) as lane_thread:
        somebody.execute(lock, [f"conversation {office.cast.clinic.id} {documents[2].info.conversation_id}"])
        done = lane_thread.submit(_in_a_thread, office, messages)
        until(lambda: _stored(office) == 2)
        assert not done.done()
        somebody.rollback()
        assert done.result() == ["accept"] * 4
    everything_once(office, messages)


def _in_a_thread(office, messages):
    try:
        return received(office, messages)
    finally:
        connection.close()


def _stored(office) -> int:
    with office.acting():
        return ReceivedMessage.objects.filter(state="acted").count()


@pytest.mark.req("CMP-9")
def test_what_lies_behind_a_large_message_is_not_taken_along(office) -> None:
    small, large = sent(office, 2), sent(office, 1)[0]
    for message in (*small, replace(large, body=bytes(2 * 1024 * 1024)), *small):
        office.helsenorge.again(message)
    queue = office.helsenorge.queues.clinic_async
    with connect(office.endpoint.bus_url) as reader:
        assert [len(take(reader, queue, 10)) for _ in range(2)] == [3, 2]
        assert len(take(reader, queue, 10)) == 0
    with connect(office.endpoint.bus_url) as reader:
        assert [len(take(reader, queue, 1)) for _ in range(2)] == [1, 1]


@pytest.mark.slow
@pytest.mark.req("DDFL-ID-06", "NFR-3", "NFR-4", "RCV-19")
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("words", [b"gateway_deliverytry", b"gateway_receivedmessage"], ids=["counted", "stored"])
def test_killed_at_a_commit_of_several_nothing_is_lost_and_nothing_doubled(
    office, database, tmp_path, words, late
) -> None:
    messages, running = [office.helsenorge.again(message) for message in sent(office)], []

    def strike() -> None:
        os.kill(running[0].pid, signal.SIGKILL)

    with commit_gate(database.dsn("skranke_gateway"), words, late=late, strike=strike) as door:
        running.append(lane(office, database, tmp_path, "async", SKRANKE_DATABASE_URL=door.url))
        assert door.struck.wait(60), "that commit never came"
        running[0].wait()
    following = lane(office, database, tmp_path, "async")
    try:
        until(lambda: office.transport.depths()[office.helsenorge.queues.clinic_async] == 0)
    finally:
        following.kill()
        following.wait()
    everything_once(office, messages)


@pytest.mark.req("NFR-3")
def test_one_message_more_among_those_that_wait_asks_nothing_of_its_own(office) -> None:
    def asked(count: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            received(office, sent(office, count))
        return len(queries)

    asked(1)  # reads the clinic's side of the bus
    assert asked(WAITING) == asked(2), "what is asked, and what is written, is so once for all"


@pytest.mark.req("DDFL-ID-01", "RCV-19")
def test_one_that_has_been_here_before_is_known_among_new_ones(office) -> None:
    old, *new = sent(office)
    received(office, [old])
    assert received(office, [new[0], old, *new[1:]]) == ["accept"] * WAITING
    everything_once(office, [old, *new])
