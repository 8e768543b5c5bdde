"""What is meant leaves once, in order, with bytes that never change."""

from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from skranke.audit.queries import events_about
from skranke.kernel import clock
from skranke.kernel.actor import system
from skranke.kernel.ids import new_id
from skranke.outbox import services as outbox
from skranke.outbox.errors import WithdrawnError
from skranke.outbox.intents import Intent, appointment_stream, receipt_stream, thread_stream
from skranke.outbox.models import OutboxItem, OutboxState
from skranke.tenancy.work import acting

from support.database import Clone

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clinic() -> UUID:
    return new_id()


def enqueue(stream: str, *, after: timedelta | None = None) -> OutboxItem:
    not_before = None if after is None else clock.now() + after
    return outbox.enqueue(stream=stream, intent=Intent.APPREC, subject_id=new_id(), not_before=not_before)


def render(item: OutboxItem, body: bytes = b"body") -> OutboxItem:
    return outbox.fix_rendering(
        item,
        msg_id=str(new_id()),
        message_id=str(new_id()),
        queue="q",
        headers={"a": "b"},
        document=b"<x/>",
        body=body,
    )


def send(item: OutboxItem) -> OutboxItem:
    item = render(item)
    outbox.mark_sent(item)
    return item


def claimed(now: datetime | None = None, owner: str = "w") -> UUID | None:
    item = outbox.claim(owner, now=now or clock.now())
    return None if item is None else item.id


@pytest.mark.req("DDFL-PU-16")
def test_a_stream_leaves_in_its_order_and_another_does_not_wait_for_it(clinic: UUID) -> None:
    with acting(system(clinic)):
        first, second = enqueue("thread:1"), enqueue("thread:1")
        other = enqueue("thread:2")
        assert [claimed(), claimed(), claimed()] == [first.id, other.id, None]
        send(first)
        assert claimed() == second.id


@pytest.mark.req("DDFL-PU-16")
def test_rows_claimed_together_are_the_oldest_of_their_streams_in_order(clinic: UUID) -> None:
    with acting(system(clinic)):
        first, younger, other, third = (enqueue(f"thread:{name}") for name in (1, 1, 2, 3))
        together = outbox.claim_some("w", now=clock.now(), most=2)
        assert [item.id for item in together] == [first.id, other.id]
        rest = outbox.claim_some("another", now=clock.now(), most=10)
        assert [item.id for item in rest] == [third.id], "what is leased is left alone, and its stream waits"
        for item in together:
            render(item)
        outbox.mark_sent(*together)
        assert [item.id for item in outbox.claim_some("w", now=clock.now(), most=10)] == [younger.id]
        assert OutboxItem.objects.get(id=first.id).attempts == 1


def test_a_row_in_its_grace_period_keeps_its_stream_waiting(clinic: UUID) -> None:
    with acting(system(clinic)):
        first, second = enqueue("thread:1", after=MINUTE), enqueue("thread:1")
        assert claimed() is None
        assert claimed(clock.now() + MINUTE) == first.id
        outbox.mark_failed(first, "broken", retry_at=None)
        assert claimed() == second.id, "a failed row waits for a person, and nobody waits for it"


def test_a_lease_ends_by_itself(clinic: UUID) -> None:
    with acting(system(clinic)):
        item = enqueue("thread:1")
        now = clock.now()
        leased = outbox.claim("dies", now=now, lease_seconds=30)
        assert leased is not None
        assert (leased.lease_owner, leased.lease_until, leased.attempts) == ("dies", now + timedelta(seconds=30), 1)
        assert claimed(now + timedelta(seconds=29)) is None
        assert claimed(now + timedelta(seconds=30)) == item.id


def test_a_retry_waits_and_keeps_the_bytes(clinic: UUID) -> None:
    with acting(system(clinic)):
        item = enqueue("thread:1")
        claimed()
        stored = render(item, b"first")
        now = clock.now()
        outbox.mark_failed(item, "bus_down", retry_at=now + MINUTE)
        assert claimed(now) is None
        again = outbox.claim("w2", now=now + MINUTE)
        assert again is not None
        assert (again.error, again.attempts) == ("bus_down", 2)
        rendered = render(again, b"second")
        assert bytes(rendered.body) == b"first"
        assert (rendered.msg_id, rendered.message_id) == (stored.msg_id, stored.message_id)


@pytest.mark.req("DDFL-PU-16")
def test_an_appointment_waits_for_the_receipt_or_fifteen_minutes(clinic: UUID) -> None:
    stream = appointment_stream(new_id())
    with acting(system(clinic)):
        first, second, third = enqueue(stream), enqueue(stream), enqueue(stream)
        first = send(first)
        assert claimed() is None
        outbox.mark_answered(first.msg_id, accepted=True)
        assert claimed() == second.id
        send(second)
        second.refresh_from_db()
        assert claimed(second.sent_at + 15 * MINUTE - timedelta(seconds=1)) is None
        assert claimed(second.sent_at + 15 * MINUTE) == third.id


@pytest.mark.parametrize("stream", [thread_stream(1), receipt_stream(1)])
def test_other_streams_do_not_wait_for_a_receipt(clinic: UUID, stream: str) -> None:
    with acting(system(clinic)):
        first, second = enqueue(stream), enqueue(stream)
        send(first)
        assert claimed() == second.id


def test_what_nobody_has_seen_is_withdrawn_and_what_is_fixed_is_not(clinic: UUID) -> None:
    with acting(system(clinic)):
        item, fixed = enqueue("thread:1", after=MINUTE), enqueue("thread:2")
        render(fixed)
        assert outbox.withdraw(subject_id=item.subject_id, intents=[Intent.APPOINTMENT_PUSH]) == 0
        assert outbox.withdraw(subject_id=item.subject_id, intents=[Intent.APPREC]) == 1
        assert [event.detail for event in events_about("outbox_subject", item.subject_id)] == [{"rows": 1}]
        assert outbox.withdraw(subject_id=fixed.subject_id) == 0
        with pytest.raises(WithdrawnError):
            render(item)


def test_a_receipt_decides_once_and_may_come_before_our_own_mark(clinic: UUID) -> None:
    with acting(system(clinic)):
        item = render(enqueue("thread:1"))
        answered = outbox.mark_answered(item.msg_id, accepted=False, error="E10")
        assert answered is not None
        assert (answered.state, answered.error) == (OutboxState.REJECTED, "E10")
        outbox.mark_sent(item)
        again = outbox.mark_answered(item.msg_id, accepted=True)
        assert again is not None
        assert (again.state, again.error, again.answered_at) == (OutboxState.REJECTED, "E10", answered.answered_at)
        assert outbox.mark_answered("", accepted=True) is None
        assert outbox.mark_answered(str(new_id()), accepted=True) is None


def test_a_receipt_for_a_row_we_gave_up_on_shows_that_it_arrived(clinic: UUID) -> None:
    with acting(system(clinic)):
        item = render(enqueue("thread:1"))
        outbox.mark_failed(item, "unknown", retry_at=None)
        answered = outbox.mark_answered(item.msg_id, accepted=True)
        assert answered is not None
        assert answered.state == OutboxState.ACKNOWLEDGED
        assert answered.sent_at is not None


def test_another_clinics_rows_are_not_claimed(clinic: UUID) -> None:
    with acting(system(clinic)):
        enqueue("thread:1")
    with acting(system(new_id())):
        assert claimed() is None


def test_the_gateway_is_woken_when_the_unit_of_work_commits(clinic: UUID, database: Clone) -> None:
    with psycopg.connect(database.dsn("skranke_gateway"), autocommit=True) as listener:
        listener.execute(f"LISTEN {outbox.CHANNEL}")
        with acting(system(clinic)):
            enqueue("thread:1")
            assert list(listener.notifies(timeout=0.05)) == []
        [note] = listener.notifies(timeout=10, stop_after=1)
        assert note.payload == str(clinic)


@pytest.mark.parametrize(
    "change",
    [{"state": "sent"}, {"msg_id": "x"}, {"state": "acknowledged", "sent_at": datetime(2026, 1, 1, tzinfo=clock.OSLO)}],
)
def test_the_database_knows_no_message_that_left_without_its_bytes(clinic: UUID, change: dict[str, object]) -> None:
    with acting(system(clinic)):
        item = enqueue("thread:1")
        with pytest.raises(IntegrityError), transaction.atomic():
            OutboxItem.objects.filter(id=item.id).update(**change)


def test_an_unknown_intent_is_refused(clinic: UUID) -> None:
    with acting(system(clinic)), pytest.raises(ValueError, match="sing"):
        outbox.enqueue(stream="thread:1", intent="sing", subject_id=new_id())


def test_a_claim_reads_no_backlog_whatever_the_planner_knows(clinic: UUID) -> None:
    """A plan for any values, as the lanes' are, made before the server has counted anything."""
    names = {"now": "$1", "unacknowledged_since": "$2", "most": "$3", "owner": "$4", "lease_until": "$5"}
    with acting(system(clinic)), connection.cursor() as cursor:
        enqueue("thread:1")
        types = "timestamptz, timestamptz, int, text, timestamptz"
        cursor.execute(f"PREPARE claiming ({types}) AS {outbox._CLAIM % names}")
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute("EXPLAIN EXECUTE claiming (now(), now(), 10, 'w', now())")
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("DEALLOCATE claiming")
    # Which of the small indexes it takes hangs on what else the server holds; this one it cannot take for both.
    assert plan.count("outbox_next") <= 1, plan
