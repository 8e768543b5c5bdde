"""The clinic's own communication test: sent at once, answered on the reply queue, waited for at a row."""

import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread
from uuid import uuid4

import pytest
from django.db import connection

from skranke.cli import ping
from skranke.gateway import replies
from skranke.gateway.asking import ask
from skranke.gateway.models import ReceivedMessage, SyncQuestion
from skranke.gateway.opening import open_by_newest
from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.standards.build import comtest, ekontakt
from skranke.standards.build.envelope import reply_to
from skranke.standards.render import render
from skranke.wire.connect import connect
from skranke.wire.errors import ConfigurationError


def response(letter):
    return comtest.response(reply_to(letter.document.info, msg_id=uuid4(), gen_date=clock.now()))


@contextmanager
def at_work(office, answer):
    """HelseNorge and the gateway's reply lane in threads of their own. answer: what HelseNorge does with a question."""
    stop, heard = Event(), []

    def helsenorge() -> None:
        for letter in _until(stop, lambda: office.helsenorge.questions(idle=0.05)):
            heard.append(letter)
            answer(letter)

    def lane() -> None:
        try:
            for _ in _until(stop, office.take_replies):
                pass
        finally:
            connection.close()

    workers = [Thread(target=helsenorge), Thread(target=lane)]
    for worker in workers:
        worker.start()
    try:
        yield heard
    finally:
        stop.set()
        for worker in workers:
            worker.join()


def _until(stop: Event, look):
    """All that is found until it is told to stop, what came just before that too: it is as late as the machine is."""
    while not stop.wait(0.02):
        yield from look()
    yield from look()


def put(office, answer, seconds=15.0, **facts):
    """Ask over a connection of its own, as the command does."""
    with at_work(office, answer) as heard, connect(office.endpoint.bus_url) as transport:
        return ask(office.endpoint, transport, comtest.request, seconds=seconds, **facts), heard


@pytest.mark.req("DDFL-KT-02", "DDFL-MET-01")
def test_the_answer_is_found_by_its_correlation_id_and_the_time_is_told(office) -> None:
    outcome, (question,) = put(office, lambda letter: office.helsenorge.reply(letter, response(letter)))
    assert (outcome.code, outcome.fault, outcome.peer) == ("RKT", "", "Digital dialog")
    assert outcome.took > timedelta()
    info = question.document.info
    assert (question.code, info.patient, info.conversation, info.ack.v) == ("KT", None, None, "N")
    assert question.raw.reply_to == office.helsenorge.queues.clinic_syncreply
    assert question.raw.correlation_id == question.raw.message_id
    with office.acting():
        row = SyncQuestion.objects.get()
        assert (row.correlation_id, row.code) == (question.raw.message_id, "RKT")
        assert b"RKT" in bytes(row.reply)
        # It went past the outbox, and no receipt was made for it.
        assert OutboxItem.objects.count() == 0
        assert ReceivedMessage.objects.get().subject_id == row.id


@pytest.mark.req("DDFL-KT-02")
def test_without_an_answer_the_wait_ends_and_a_late_one_harms_nobody(office) -> None:
    outcome, (question,) = put(office, lambda _letter: None, seconds=0.5)
    assert (outcome.code, outcome.fault) == ("", "")
    office.helsenorge.reply(question, response(question))
    office.helsenorge.reply(question, response(question))
    assert office.take_replies() == ["accept", "accept"]
    with office.acting():
        assert SyncQuestion.objects.get().code == "RKT"
        assert ReceivedMessage.objects.count() == 1


@pytest.mark.req("DDFL-KT-02")
def test_an_answer_that_cannot_be_opened_is_told_at_once(office) -> None:
    outcome, _ = put(office, lambda letter: office.helsenorge.reply(letter, response(letter), body=b"no CMS"))
    assert (outcome.code, outcome.fault) == ("", "transport:invalid-cms-pkcs")
    assert office.helsenorge.reports() == []


@pytest.mark.req("NFR-4")
def test_no_transaction_waits_while_an_answers_certificates_are_asked_about(office, monkeypatch) -> None:
    waited = []

    def watched(*arguments):
        waited.append(connection.in_atomic_block)
        return open_by_newest(*arguments)

    monkeypatch.setattr(replies, "open_by_newest", watched)
    outcome, _ = put(office, lambda letter: office.helsenorge.reply(letter, response(letter)))
    assert (outcome.code, waited) == ("RKT", [False])


@pytest.mark.req("DDFL-KT-02")
def test_another_functions_answer_and_an_answer_to_nobody_are_dropped(office) -> None:
    def other(letter) -> None:
        envelope = reply_to(letter.document.info, msg_id=uuid4(), gen_date=clock.now())
        patient = office.helsenorge.envelope(office.cast.ola).patient
        wrong = ekontakt.citizen_answer(replace(envelope, patient=patient), text="Takk.")
        office.helsenorge.reply(letter, wrong, subject=wrong.info.type.v)
        office.helsenorge.reply(letter, response(letter), correlation_id="somebody-elses")

    outcome, _ = put(office, other, seconds=2.0)
    assert (outcome.code, outcome.fault) == ("", "")


def test_a_party_that_is_not_there_cannot_ask(office) -> None:
    with connect(office.endpoint.bus_url) as transport, pytest.raises(ConfigurationError):
        ask(office.endpoint, transport, comtest.request, her_id="1")


@pytest.mark.req("DDFL-KT-02")
def test_the_command_prints_the_round_trip(office, capsys) -> None:
    slug, party = office.cast.clinic.slug, office.cast.mona_party.her_id
    with at_work(office, lambda letter: office.helsenorge.reply(letter, response(letter))) as heard:
        assert ping.run(slug, party) == 0
    assert str(heard[0].document.info.sender.her_id) == party
    assert re.search(r"Digital dialog answered RKT after \d+\.\d{3} s\.", capsys.readouterr().out)
    with at_work(office, lambda _letter: None):
        assert ping.run(slug, "", seconds=0.4) == 1
    assert "did not answer within" in capsys.readouterr().out
    assert (ping.run("finnes-ikke", ""), ping.run(slug, "1")) == (1, 1)
    assert "ConfigurationError" not in capsys.readouterr().out


@pytest.mark.req("DDFL-KT-01")
def test_a_test_with_an_unknown_code_is_reported_and_not_answered_in_another_name(office) -> None:
    question = office.helsenorge.test_question()
    office.helsenorge.send(render(question).replace(b'V="KT"', b'V="KX"'), like=question, sync=True)
    office.take_questions()
    office.send_out()
    assert office.helsenorge.replies() == []
    assert [one.headers.error_condition for one in office.helsenorge.reports()] == ["transport:unsupported-message"]
