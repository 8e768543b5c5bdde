"""Answers that decide: which outcomes there are, that one is chosen, and that it is the only one (RX-3 to RX-6)."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from skranke.dialog import queries, rules, services
from skranke.dialog.errors import AlreadyAnsweredError, NotResendableError, PrescriptionsNeededError
from skranke.dialog.models import Message, Thread
from skranke.dialog.outcomes import DECIDED
from skranke.dialog.values import ItemResult, PrescriptionFacts
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.outbox.models import OutboxItem
from skranke.standards import profile
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.dialog import E_CONTACT, PDF, RENEWAL, holders, inbox, question, receive, reply, upload

PARTLY = (ItemResult(number=1, renewed=True), ItemResult(number=2, renewed=False, text="Ibux"))
CODES = {"renewed": "14", "not_renewed": "15", "partly_renewed": "32", "rejected": "26"}


def request(cast: Cast, **facts: object) -> Thread:
    return receive(cast, question(cast, kind=RENEWAL, subject="", text="Paracet 500 mg", **facts))


def decide(cast: Cast, thread: Thread, outcome: str = "renewed", **facts: object) -> Message:
    with acting(cast.actor(cast.ali)):
        results = PARTLY if outcome in {"partly_renewed", "32"} else ()
        return services.answer(
            thread, text="Resepten ligger på apoteket.", outcome=outcome, **({"results": results} | facts)
        )


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


PARACET = PrescriptionFacts(name="Paracet tab 500 mg", group="F")
WANTED = PrescriptionFacts(
    name="Prøvelin tab 5 mg",
    group="C",
    amount=Decimal(2),
    repeats=3,
    use="1 daglig",
    expires=date(2026, 1, 1),
    atc="N02BE01",
    article_number="397604",
)


@pytest.mark.req("RX-16", "DDFL-RX-04", "DDFL-RX-05")
@pytest.mark.parametrize("outcome", ["renewed", "partly_renewed"])
def test_what_is_renewed_goes_along_and_is_shown(outcome) -> None:
    cast = make_clinic()
    thread = request(cast)
    decide(cast, thread, outcome, prescriptions=[PARACET, replace(PARACET, name="  Ibux\n400 mg ", repeats=2)])
    asked, told = shown(cast, thread).messages
    assert asked.prescriptions == ()
    assert [(one.name, one.repeats) for one in told.prescriptions] == [("Paracet tab 500 mg", None), ("Ibux 400 mg", 2)]


@pytest.mark.req("RX-16", "DDFL-RX-06")
@pytest.mark.parametrize("outcome", ["not_renewed", "rejected"])
def test_what_is_not_renewed_does_not_go_along(outcome) -> None:
    cast = make_clinic()
    thread = request(cast)
    with pytest.raises(InvalidError) as refused:
        decide(cast, thread, outcome, prescriptions=[PARACET])
    assert refused.value.field == "prescriptions"
    assert shown(cast, thread).may_answer


@pytest.mark.req("RX-16")
@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": " \n"},
        {"name": "x" * 501},
        {"group": ""},
        {"group": "X"},
        {"amount": Decimal(0)},
        {"amount": Decimal(-1)},
        {"amount": Decimal(10_001)},
        {"amount": Decimal("1E+400")},
        {"amount": Decimal("1.0001")},
        {"repeats": -1},
        {"repeats": 100},
        {"prescribed": date(2026, 11, 24), "expires": date(2026, 11, 23)},
        {"of": "00000000-0000-0000-0000-000000000000"},
    ],
)
def test_a_prescription_that_lacks_what_it_must_have_is_refused_by_its_number(changes) -> None:
    cast = make_clinic()
    thread = request(cast)
    with pytest.raises(InvalidError) as refused:
        decide(cast, thread, prescriptions=[PARACET, replace(PARACET, **changes)])
    assert (refused.value.field, str(refused.value)[:10]) == ("prescriptions", "Resept 2: ")
    assert len(shown(cast, thread).messages) == 1


@pytest.mark.req("RX-16")
def test_more_than_a_message_may_carry_is_refused() -> None:
    cast = make_clinic()
    thread = request(cast)
    with pytest.raises(InvalidError):
        decide(cast, thread, prescriptions=[PARACET] * (profile.MOST_PRESCRIPTIONS + 1))
    decide(cast, thread, prescriptions=[PARACET] * profile.MOST_PRESCRIPTIONS)


@pytest.mark.req("RX-16")
@pytest.mark.parametrize("outcome", CODES)
def test_the_profile_says_whether_an_answer_leaves_without(outcome, monkeypatch) -> None:
    monkeypatch.setattr(profile, "RENEWAL_NEEDS_PRESCRIPTIONS", True)
    cast = make_clinic()
    thread = request(cast)
    if outcome in {"renewed", "partly_renewed"}:
        with pytest.raises(PrescriptionsNeededError) as refused:
            decide(cast, thread, outcome)
        assert (refused.value.code, refused.value.field) == ("prescriptions_needed", "prescriptions")
        decide(cast, thread, outcome, prescriptions=[PARACET])
    else:
        decide(cast, thread, outcome)
    assert shown(cast, thread).answered_finally


@pytest.mark.req("RX-2", "RX-16", "DDFL-RX-12")
def test_a_renewed_item_of_the_request_is_as_there_where_nothing_else_is_stated() -> None:
    cast = make_clinic()
    thread = receive(
        cast, question(cast, kind=RENEWAL, code="RFER", subject="", text="", prescriptions=(WANTED, PARACET))
    )
    asked = shown(cast, thread).messages[0].prescriptions
    assert [one.name for one in asked] == [WANTED.name, PARACET.name]
    same = PrescriptionFacts(of=asked[0].id, repeats=0, prescribed=date(2026, 11, 24))
    other = PrescriptionFacts(of=asked[0].id, name="Prøvelin tab 10 mg")
    decide(cast, thread, prescriptions=[same, other])
    first, second = shown(cast, thread).messages[1].prescriptions
    assert (first.name, first.group, first.amount, first.repeats) == (WANTED.name, "C", 2, 0)
    assert (first.use, first.prescribed, first.expires) == ("1 daglig", date(2026, 11, 24), None)
    assert (first.atc, first.article_number) == ("N02BE01", "397604")
    # Another strength is another article: that of the request would be made up.
    assert (second.name, second.amount, second.atc, second.article_number) == ("Prøvelin tab 10 mg", 2, "", "")


@pytest.mark.req("NFR-2", "RX-16")
def test_an_item_of_another_request_is_no_item_of_this_one() -> None:
    cast, far = make_clinic(), make_clinic()
    thread, beside = (
        request(cast),
        receive(cast, question(cast, kind=RENEWAL, code="RFER", text="", prescriptions=(WANTED,))),
    )
    theirs = receive(far, question(far, kind=RENEWAL, code="RFER", text="", prescriptions=(WANTED,)))
    for owner, other in ((cast, beside), (far, theirs)):
        wanted = shown(owner, other).messages[0].prescriptions[0]
        with pytest.raises(InvalidError) as refused:
            decide(cast, thread, prescriptions=[PrescriptionFacts(of=wanted.id, group="C")])
        assert refused.value.field == "prescriptions"


@pytest.mark.req("RX-2")
def test_a_request_by_prescriptions_alone_is_called_after_the_first() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=RENEWAL, code="RFER", subject="", text=" ", prescriptions=(WANTED,)))
    assert thread.title == "Prøvelin tab 5 mg – helsenorge.no"
