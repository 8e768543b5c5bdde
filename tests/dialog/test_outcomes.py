"""Answers that decide: which outcomes there are, that one is chosen, and that it is the only one (RX-3 to RX-6)."""

from contextlib import nullcontext
from datetime import timedelta

import pytest

from skranke.dialog import queries, rules, services
from skranke.dialog.errors import AlreadyAnsweredError, NotResendableError
from skranke.dialog.models import Message, Thread
from skranke.dialog.outcomes import DECIDED
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.outbox.models import OutboxItem
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.dialog import E_CONTACT, PDF, RENEWAL, holders, inbox, question, receive, reply, upload

CODES = {"renewed": "14", "not_renewed": "15", "partly_renewed": "32", "rejected": "26"}


def request(cast: Cast, **facts: object) -> Thread:
    return receive(cast, question(cast, kind=RENEWAL, subject="", text="Paracet 500 mg", **facts))


def decide(cast: Cast, thread: Thread, outcome: str = "renewed", **facts: object) -> Message:
    with acting(cast.actor(cast.ali)):
        return services.answer(thread, text="Resepten ligger på apoteket.", outcome=outcome, **facts)


def shown(cast: Cast, thread: Thread):
    with acting(cast.actor(cast.ali)):
        return queries.thread_view(thread)


@pytest.mark.req("RX-4", "RX-6", "MSG-25")
@pytest.mark.parametrize("outcome", CODES)
@pytest.mark.parametrize("national", [False, True])
def test_an_answer_leaves_with_the_code_of_its_outcome_and_closes(outcome, national) -> None:
    cast = make_clinic()
    thread = request(cast)
    message = decide(cast, thread, CODES[outcome] if national else outcome)
    assert message.code == CODES[outcome]
    view = shown(cast, thread)
    assert (view.closed, view.messages[-1].outcome, view.messages[0].outcome) == (True, outcome, None)
    assert holders(cast, thread) == set()
    assert inbox(cast, cast.ali, "arkiv") == [str(thread.id)]


@pytest.mark.req("RX-4")
def test_a_renewal_says_which_outcomes_an_answer_may_have_and_other_kinds_have_none() -> None:
    cast = make_clinic()
    view = shown(cast, request(cast))
    assert [(one.outcome.value, one.code.value) for one in view.outcomes] == [
        (name, CODES[name]) for name in ("rejected", "renewed", "not_renewed", "partly_renewed")
    ]
    assert all(one.needs_text and one.final for one in view.outcomes)
    contact = receive(cast, question(cast, kind=E_CONTACT))
    assert shown(cast, contact).outcomes == ()
    with pytest.raises(InvalidError) as refused:
        decide(cast, contact, "renewed")
    assert refused.value.field == "outcome"


@pytest.mark.req("RX-3", "RX-5", "DDFL-RX-03")
@pytest.mark.parametrize(
    ("text", "outcome", "field"),
    [("", "renewed", "text"), (" \n ", "renewed", "text"), ("Ja.", "", "outcome"), ("Ja.", "19", "outcome")],
)
def test_an_answer_without_text_or_outcome_is_refused_and_nothing_leaves(text, outcome, field) -> None:
    cast = make_clinic()
    thread = request(cast)
    with pytest.raises(InvalidError) as refused, acting(cast.actor(cast.ali)):
        services.answer(thread, text=text, outcome=outcome)
    assert refused.value.field == field
    with acting(cast.system):
        assert not OutboxItem.objects.exists()
    assert shown(cast, thread).may_answer


@pytest.mark.req("DDFL-RX-11")
def test_an_answer_that_decides_takes_no_file() -> None:
    cast = make_clinic()
    thread = request(cast)
    assert not shown(cast, thread).takes_attachments
    with pytest.raises(InvalidError) as refused, acting(cast.actor(cast.ali)):
        services.answer(thread, text="Ja.", outcome="renewed", attachment_ids=[upload(PDF).id])
    assert refused.value.field == "attachments"
    assert shown(cast, receive(cast, question(cast, kind=E_CONTACT))).takes_attachments


@pytest.mark.req("DDFL-RX-10")
@pytest.mark.parametrize("second", CODES)
def test_a_second_answer_is_refused(second) -> None:
    cast = make_clinic()
    thread = request(cast)
    decide(cast, thread, "rejected")
    with pytest.raises(AlreadyAnsweredError):
        decide(cast, thread, second)
    view = shown(cast, thread)
    assert (view.may_answer, view.outcomes, view.answered_finally, len(view.messages)) == (False, (), True, 2)


@pytest.mark.req("DDFL-RX-10")
def test_what_the_patient_writes_after_the_answer_is_shown_but_not_answered() -> None:
    cast = make_clinic()
    thread = request(cast)
    answered = decide(cast, thread)
    clock.move(timedelta(minutes=1))
    receive(cast, reply(cast, answered, text="Takk!"))
    view = shown(cast, thread)
    assert [one.text for one in view.messages][-1] == "Takk!"
    assert (view.closed, view.may_answer, view.may_close) == (False, False, True)
    assert holders(cast, thread) == {"Kari", "Mona", "Ali", "Anne", "Per"}
    with pytest.raises(AlreadyAnsweredError):
        decide(cast, thread)


@pytest.mark.req("DDFL-RX-10")
def test_a_new_request_in_the_same_conversation_is_answered_anew() -> None:
    cast = make_clinic()
    thread = request(cast)
    answered = decide(cast, thread)
    clock.move(timedelta(minutes=1))
    receive(cast, reply(cast, answered, code="RF", text="Ibux 400 mg"))
    assert shown(cast, thread).may_answer
    clock.move(timedelta(minutes=2))
    assert decide(cast, thread, "not_renewed").code == "15"
    with pytest.raises(AlreadyAnsweredError):
        decide(cast, thread)


@pytest.mark.req("DDFL-RX-10", "PAT-12")
@pytest.mark.parametrize(("state", "again"), [("rejected", True), ("failed", True), ("received", False)])
def test_an_answer_that_never_arrived_may_be_given_again(state, again) -> None:
    cast = make_clinic()
    thread = request(cast)
    message = decide(cast, thread)
    with acting(cast.system):
        services.mark_delivery(message.msg_id, state, clock.now(), "E35")
    view = shown(cast, thread)
    assert (view.may_answer, view.closed) == (again, not again)


@pytest.mark.req("DDFL-RX-10", "MSG-22")
@pytest.mark.parametrize("again", [False, True])
def test_a_lost_answer_is_sent_again_unless_another_has_been_given_since(again) -> None:
    cast = make_clinic()
    thread = request(cast)
    lost = decide(cast, thread)
    with acting(cast.system):
        services.mark_delivery(lost.msg_id, "failed", clock.now(), "", "transport:internal-error")
    assert shown(cast, thread).messages[-1].may_resend
    if again:
        decide(cast, thread, "rejected")
        assert not shown(cast, thread).messages[1].may_resend
    with acting(cast.actor(cast.ali)), pytest.raises(NotResendableError) if again else nullcontext():
        services.resend(thread, lost.id)
    view = shown(cast, thread)
    assert (view.closed, view.may_answer, len(view.messages)) == (True, False, 2 + again)


@pytest.mark.req("RX-4")
def test_an_outcome_with_an_appointment_is_given_only_by_the_room_that_makes_one() -> None:
    cast = make_clinic()
    thread = request(cast)
    with pytest.raises(InvalidError) as refused:
        decide(cast, thread, appointment_id=cast.ola.id)
    assert refused.value.field == "appointment"


@pytest.mark.req("MSG-19", "RX-1")
@pytest.mark.parametrize(
    ("kind", "stated", "text", "title"),
    [
        (RENEWAL, "", "Paracet 500 mg\nIbux", "Paracet 500 mg – helsenorge.no"),
        (RENEWAL, "Migrene", "Paracet", "Migrene – helsenorge.no"),
        (RENEWAL, " ", "x" * 61, f"{'x' * 59}… – helsenorge.no"),
        (RENEWAL, "", "", "helsenorge.no"),
        (E_CONTACT, "", "Er dere åpne?", "helsenorge.no"),
    ],
)
def test_a_request_without_a_subject_is_called_after_its_first_line(kind, stated, text, title) -> None:
    cast = make_clinic()
    assert receive(cast, question(cast, kind=kind, subject=stated, text=text)).title == title


@pytest.mark.req("RX-4")
def test_every_outcome_has_a_code_of_its_own_in_its_kind() -> None:
    for kind in DECIDED:
        codes = [rule.code for rule in rules.outcomes(kind)]
        assert len(set(codes)) == len(codes)
