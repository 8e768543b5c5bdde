"""Reading, answering, handing on and closing (MSG-3, MSG-8, MSG-9, MSG-18)."""

import pytest

from skranke.audit.models import AuditEvent
from skranke.dialog import queries, services
from skranke.dialog.errors import AnswerFirstError, VersionConflictError
from skranke.dialog.models import Thread
from skranke.kernel.errors import InvalidError
from skranke.outbox.models import OutboxItem
from skranke.tenancy.work import acting

from cast import make_clinic
from support.dialog import E_CONTACT, EVERYBODY, holders, inbox, question, receive, reply, row


@pytest.mark.req("MSG-25", "DDFL-EK-02", "DDFL-KO-03", "DDFL-KO-04")
@pytest.mark.parametrize(
    ("kind", "close", "code"),
    [
        ("e_consultation", False, "12"),
        ("e_consultation", True, "13"),
        ("e_contact", False, "19"),
        ("e_contact", True, "19"),
    ],
)
def test_an_answer_leaves_with_the_code_of_its_kind(kind, close, code) -> None:
    cast = make_clinic()
    start = question(cast, kind=kind)
    thread = receive(cast, start)
    with acting(cast.actor(cast.kari)):
        message = services.answer(thread, text="Kom innom i morgen.", close=close)
        item = OutboxItem.objects.get(subject_id=message.id)
        view = queries.thread_view(thread)
    assert (message.code, message.parent_msg_id, message.delivery) == (code, start.msg_id, "queued")
    assert (item.intent, item.stream) == ("dialog_message", f"thread:{thread.id}")
    assert view.closed is close
    assert view.messages[-1].author_name == "Kari Lunde"


@pytest.mark.req("MSG-3", "MSG-8")
@pytest.mark.parametrize("close", [False, True])
def test_an_answered_thread_leaves_every_inbox(close) -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    with acting(cast.actor(cast.ali)):
        services.answer(thread, text="Ja, det er parkering.", close=close)
    assert holders(cast, thread) == set()
    box, other = ("arkiv", "aapne") if close else ("aapne", "arkiv")
    assert inbox(cast, cast.ali, box) == [str(thread.id)]
    assert inbox(cast, cast.ali, other) == []
    assert inbox(cast, cast.ali, "sendte") == [str(thread.id)]
    assert inbox(cast, cast.kari, "sendte") == []


@pytest.mark.req("CMP-16")
@pytest.mark.parametrize("text", ["", "  \r\n ", "x" * 1001])
def test_an_answer_needs_text_and_at_most_what_helsenorge_shows(text) -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    with pytest.raises(InvalidError) as refused, acting(cast.actor(cast.kari)):
        services.answer(thread, text=text)
    assert refused.value.field == "text"
    if text.startswith("x"):
        sentence = "HelseNorge viser bare 1000 tegn: legg resten i et vedlegg eller en ny melding"
        assert str(refused.value) == sentence
    with acting(cast.system):
        assert not OutboxItem.objects.exists()


@pytest.mark.req("CMP-16")
def test_the_longest_answer_leaves_whole_and_line_ends_count_once() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    with acting(cast.actor(cast.kari)):
        message = services.answer(thread, text="\r\n".join(["æ" * 99] * 10) + "\x01 \r\n")
    assert message.text == "\n".join(["æ" * 99] * 10)


@pytest.mark.req("CMP-16")
def test_what_comes_in_has_no_limit() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, subject="å" * 2000, text="x" * 100_000))
    with acting(cast.actor(cast.kari)):
        view = queries.thread_view(thread)
    assert len(view.messages[0].text) == 100_000
    assert view.messages[0].subject == "å" * 2000
    assert view.title.endswith("… – helsenorge.no")


@pytest.mark.req("MSG-9")
def test_an_e_consultation_is_not_closed_without_an_answer() -> None:
    cast = make_clinic()
    start = question(cast)
    thread = receive(cast, start)
    with acting(cast.actor(cast.kari)):
        assert not queries.thread_view(thread).may_close
        with pytest.raises(AnswerFirstError):
            services.close_thread(thread)
        services.answer(thread, text="Bruk kremen.")
        assert queries.thread_view(thread).may_close
    receive(cast, reply(cast, start))
    with acting(cast.actor(cast.kari)), pytest.raises(AnswerFirstError):
        services.close_thread(thread)
    with acting(cast.actor(cast.kari)):
        services.answer(thread, text="Bruk mer krem.")
        services.close_thread(thread)
        assert queries.thread_view(thread).closed


@pytest.mark.req("MSG-8", "MSG-10", "DDFL-EK-11")
def test_closing_an_e_contact_sends_nothing() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    with acting(cast.actor(cast.anne)):
        services.close_thread(thread)
        assert not OutboxItem.objects.exists()
    assert holders(cast, thread) == set()
    assert inbox(cast, cast.anne, "arkiv") == [str(thread.id)]


@pytest.mark.req("MSG-18")
def test_who_takes_it_has_it_alone_and_is_responsible() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    with acting(cast.actor(cast.anne)):
        services.take(thread)
    assert holders(cast, thread) == {"Anne"}
    assert row(cast, cast.ali, thread, "aapne").responsible_name == "Anne Berg"


def test_taking_a_closed_thread_opens_it() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    with acting(cast.actor(cast.anne)):
        services.close_thread(thread)
        services.take(thread)
        assert not queries.thread_view(thread).closed
    assert holders(cast, thread) == {"Anne"}


@pytest.mark.req("MSG-8", "MSG-17")
def test_a_forwarded_thread_is_open_with_the_giver_and_unread_with_the_receiver() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    with acting(cast.actor(cast.kari)):
        services.mark_read(thread)
        services.forward(thread, to=cast.per)
    assert holders(cast, thread) == {"Per"}
    assert inbox(cast, cast.kari, "aapne") == [str(thread.id)]
    assert row(cast, cast.per, thread).unread
    with acting(cast.actor(cast.per)):
        services.forward(thread, to=None)
    assert holders(cast, thread) == EVERYBODY - {"Per"}


@pytest.mark.req("MSG-3")
def test_removing_from_the_inbox_is_for_oneself_only() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    with acting(cast.actor(cast.mona)):
        services.remove_from_inbox(thread)
    assert holders(cast, thread) == EVERYBODY - {"Mona"}
    assert inbox(cast, cast.mona, "aapne") == [str(thread.id)]


@pytest.mark.req("MSG-18")
def test_an_answer_to_a_thread_that_was_answered_meanwhile_is_refused_and_says_by_whom() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    with acting(cast.actor(cast.ali)):
        read = queries.thread_view(thread).version
    with acting(cast.actor(cast.anne)):
        services.answer(thread, text="Ja.", expected_version=read)
        services.mark_read(thread)
    with pytest.raises(VersionConflictError, match=r"Anne Berg svarte kl\. \d\d\.\d\d"), acting(cast.actor(cast.ali)):
        services.answer(thread, text="Nei.", expected_version=read)
    with acting(cast.system):
        assert OutboxItem.objects.count() == 1


@pytest.mark.req("MSG-18")
def test_closing_and_answering_past_a_new_message_is_refused() -> None:
    cast = make_clinic()
    start = question(cast, kind=E_CONTACT)
    thread = receive(cast, start)
    with acting(cast.actor(cast.ali)):
        read = queries.thread_view(thread).version
    receive(cast, reply(cast, start))
    for verb in (
        lambda: services.close_thread(thread, expected_version=read),
        lambda: services.answer(thread, text="Ja.", close=True, expected_version=read),
        lambda: services.take(thread, expected_version=read),
    ):
        with pytest.raises(VersionConflictError, match="ny melding"), acting(cast.actor(cast.ali)):
            verb()


def test_reading_and_receipts_do_not_stand_in_the_way_of_an_answer() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    with acting(cast.actor(cast.ali)):
        first = services.answer(thread, text="Ja.")
        read = queries.thread_view(thread).version
        services.mark_read(thread)
    with acting(cast.system):
        services.mark_delivery(first.msg_id, "received", first.recorded_at)
    with acting(cast.actor(cast.ali)):
        services.answer(thread, text="Også i morgen.", expected_version=read)


@pytest.mark.req("MSG-4")
def test_unread_is_each_readers_own_and_ends_with_the_next_message() -> None:
    cast = make_clinic()
    # The counterpart's clock may run ahead of ours, and a message may be long under way.
    start = question(cast, kind=E_CONTACT)
    thread = receive(cast, start)
    with acting(cast.actor(cast.ali)):
        services.mark_read(thread)
        services.mark_read(thread)
    assert not row(cast, cast.ali, thread).unread
    assert row(cast, cast.kari, thread).unread
    receive(cast, reply(cast, start, generated_at=start.generated_at))
    assert row(cast, cast.ali, thread).unread
    with acting(cast.actor(cast.ali)):
        assert [event.kind for event in queries.thread_view(thread).events].count("opened") == 1


@pytest.mark.req("MSG-24", "NFR-1")
def test_what_happens_is_told_on_the_thread_and_in_the_audit_log() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, patient=cast.astrid))
    with acting(cast.actor(cast.kari)):
        services.mark_read(thread)
        queries.thread_view(thread)
        services.take(thread)
        services.forward(thread, to=cast.mona)
    with acting(cast.actor(cast.mona)):
        services.answer(thread, text="Kom innom.", close=True)
        view = queries.thread_view(thread)
        log = AuditEvent.objects.filter(patient_id=cast.astrid.id).order_by("at", "id")
        told = [
            (event.action, event.actor_name) for event in log if not event.action.startswith(("patient", "journal"))
        ]
    told_to_people = [(event.kind, event.actor_name, event.note) for event in view.events]
    assert told_to_people == [
        ("received", "Astrid Østby", ""),
        ("journaled", "Skranke", ""),
        ("opened", "Kari Lunde", ""),
        ("taken", "Kari Lunde", ""),
        ("forwarded", "Kari Lunde", "Mona Dahl"),
        ("answered", "Mona Dahl", ""),
        ("closed", "Mona Dahl", ""),
        ("journaled", "Mona Dahl", ""),
    ]
    assert told == [
        ("message.received", "Skranke"),
        ("thread.read", "Kari Lunde"),
        ("thread.taken", "Kari Lunde"),
        ("thread.forwarded", "Kari Lunde"),
        ("thread.answered", "Mona Dahl"),
        ("thread.read", "Mona Dahl"),
    ]


def test_the_parent_of_each_answer_is_the_newest_message() -> None:
    cast = make_clinic()
    start = question(cast)
    thread = receive(cast, start)
    with acting(cast.actor(cast.kari)):
        first = services.answer(thread, text="En.")
        second = services.answer(thread, text="To.")
        assert Thread.objects.get(id=thread.id).last_msg_id == second.msg_id
    assert (first.parent_msg_id, second.parent_msg_id) == (start.msg_id, first.msg_id)
