"""What became of what we sent stands on the thread, and what did not arrive comes back (MSG-22, PAT-12)."""

import pytest
from django.db import transaction

from skranke.dialog import queries, rules, services
from skranke.dialog.models import DeliveryState, Message
from skranke.kernel import clock
from skranke.tenancy.work import acting

from cast import make_clinic
from support.dialog import E_CONTACT, holders, inbox, question, receive, reply, row
from support.news import news


def _answered(cast, *, close=False):
    thread = receive(cast, question(cast, kind=E_CONTACT))
    with acting(cast.actor(cast.anne)):
        services.mark_read(thread)
        return thread, services.answer(thread, text="Ja.", close=close)


def _mark(cast, message, state, error=""):
    with acting(cast.system):
        return services.mark_delivery(message.msg_id, state, clock.now(), error)


def _state(cast, message) -> str:
    with acting(cast.system):
        return Message.objects.get(id=message.id).delivery


@pytest.mark.req("MSG-22", "MSG-24")
def test_the_delivery_of_a_message_is_seen_on_the_thread() -> None:
    cast = make_clinic()
    thread, message = _answered(cast)
    for state in ("sent", "received"):
        _mark(cast, message, state)
        with acting(cast.actor(cast.anne)):
            view = queries.thread_view(thread)
        assert view.messages[-1].delivery == state
    assert [event.kind for event in view.events].count("delivered") == 1
    assert holders(cast, thread) == set()


@pytest.mark.req("PAT-12", "MSG-22")
@pytest.mark.parametrize("state", ["rejected", "failed", "expired"])
@pytest.mark.parametrize("close", [False, True])
def test_what_did_not_arrive_comes_back_to_its_author(state, close) -> None:
    cast = make_clinic()
    thread, message = _answered(cast, close=close)
    _mark(cast, message, "sent")
    _mark(cast, message, state, "Pasienten kan ikke kontaktes.")
    assert holders(cast, thread) == {"Anne"}
    line = row(cast, cast.anne, thread)
    assert (line.delivery_problem, line.unread, line.closed) == (True, True, False)
    with acting(cast.actor(cast.anne)):
        view = queries.thread_view(thread)
    assert view.messages[-1].delivery_error == "Pasienten kan ikke kontaktes."
    assert view.events[-1].kind == state


@pytest.mark.req("JRN-10")
def test_an_answer_that_was_rejected_leaves_the_question_waiting() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    with acting(cast.actor(cast.kari)):
        message = services.answer(thread, text="Bruk kremen.")
    _mark(cast, message, "rejected", "")
    with acting(cast.actor(cast.kari)):
        view = queries.thread_view(thread)
    assert (view.waits_for_clinic, view.may_close) == (True, False)
    assert view.answer_due is not None


@pytest.mark.parametrize(
    ("states", "kept"),
    [
        (("received", "rejected"), "received"),
        (("rejected", "received"), "rejected"),
        (("received", "sent"), "received"),
        (("sent", "queued"), "sent"),
        (("sent", "expired", "received"), "received"),
        (("failed", "sent"), "sent"),
        (("sent", "failed", "received"), "received"),
    ],
)
def test_a_receipt_is_final_and_a_late_one_still_counts(states, kept) -> None:
    cast = make_clinic()
    _thread, message = _answered(cast)
    for state in states:
        _mark(cast, message, state)
    assert _state(cast, message) == kept


def test_no_state_leads_back_to_the_queue() -> None:
    for state in DeliveryState:
        assert not rules.delivery_may_become(state, DeliveryState.QUEUED)
        assert not rules.delivery_may_become("", state)


def test_an_unknown_msg_id_and_a_patients_own_message_are_none_of_ours() -> None:
    cast = make_clinic()
    start = question(cast)
    receive(cast, start)
    with acting(cast.system):
        for msg_id in ("", "unknown", start.msg_id):
            assert services.mark_delivery(msg_id, "received", clock.now()) is None
            assert services.mark_unread_by_patient(msg_id) is None


@pytest.mark.req("DDFL-EK-13")
@pytest.mark.parametrize("code", ["26", "31"])
def test_helsenorge_says_by_message_that_it_could_not_deliver(code) -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.anne)):
        thread = services.start_dialog(patient=cast.ola, kind=E_CONTACT, subject="Time", text="Ring oss.")
        message = Message.objects.select_related("thread").get(thread=thread)
    receive(cast, reply(cast, message, code=code, text="Innbyggeren er ikke aktiv."))
    assert _state(cast, message) == "rejected"
    line = row(cast, cast.anne, thread)
    assert (line.delivery_problem, line.unread) == (True, True)
    with acting(cast.actor(cast.anne)):
        assert not queries.thread_view(thread).waits_for_clinic


@pytest.mark.req("DDFL-EK-12")
def test_a_warning_that_the_patient_has_not_read_makes_no_new_message() -> None:
    cast = make_clinic()
    thread, message = _answered(cast)
    with acting(cast.system):
        services.mark_unread_by_patient(message.msg_id)
    with acting(cast.actor(cast.anne)):
        view = queries.thread_view(thread)
    assert len(view.messages) == 2
    assert view.events[-1].kind == "not_read_by_patient"
    assert inbox(cast, cast.anne) == []


def test_open_pages_are_told_of_each_change_at_commit_with_ids_only(database) -> None:
    cast = make_clinic()
    with news(database.dsn("skranke_web")) as heard:
        thread, message = _answered(cast)
        _mark(cast, message, "received")
        with acting(cast.actor(cast.anne)):
            services.take(thread)
            transaction.set_rollback(True)
    told = {"clinic": str(cast.clinic.id), "kind": "thread", "id": str(thread.id)}
    assert [one for one in heard if one["clinic"] == told["clinic"]] == [told] * 3
