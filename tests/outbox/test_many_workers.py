"""Many workers as the gateway's role: each row goes to one of them, and streams keep their order."""

import threading
from collections import Counter
from collections.abc import Callable
from uuid import UUID

from django.db import connection

from skranke.kernel import clock
from skranke.kernel.actor import system
from skranke.kernel.ids import new_id
from skranke.outbox import services as outbox
from skranke.outbox.intents import Intent
from skranke.outbox.models import OutboxItem, OutboxState
from skranke.tenancy.work import acting

from support.database import as_role
from support.lanes import until

WORKERS = 8
STREAMS, LENGTH = 12, 8


def together(work: Callable[[int], None]) -> None:
    """Run the same work in WORKERS threads that start at once; raise what any of them raised."""
    barrier, errors = threading.Barrier(WORKERS), []

    def run(number: int) -> None:
        try:
            barrier.wait(10)
            work(number)
        except Exception as error:  # noqa: BLE001 - handed to the test
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def put(stream: str) -> None:
    outbox.enqueue(stream=stream, intent=Intent.APPREC, subject_id=new_id())


def fix(item: OutboxItem, worker: int) -> OutboxItem:
    return outbox.fix_rendering(
        item,
        msg_id=str(new_id()),
        message_id=str(new_id()),
        queue="q",
        headers={},
        document=b"",
        body=str(worker).encode(),
    )


def waiting(clinic: UUID) -> bool:
    """Whether a row of the clinic is still to be claimed by somebody."""
    with acting(system(clinic)):
        return OutboxItem.objects.filter(state=OutboxState.PENDING, lease_owner="").exists()


def test_each_row_is_sent_once_and_each_stream_in_its_order() -> None:
    clinic, sent, lock = new_id(), [], threading.Lock()
    with acting(system(clinic)):
        for number in range(STREAMS * LENGTH):
            put(f"thread:{number % STREAMS}")

    def work(worker: int) -> None:
        while waiting(clinic):
            with acting(system(clinic)):
                item = outbox.claim(str(worker), now=clock.now())
            if item is None:
                continue
            with acting(system(clinic)):
                fixed = fix(item, worker)
            with lock:
                sent.append((fixed.stream, fixed.sequence))
            with acting(system(clinic)):
                outbox.mark_sent(fixed)

    with as_role("skranke_gateway"):
        together(work)
    assert max(Counter(sent).values()) == 1
    assert len(sent) == STREAMS * LENGTH
    for stream in {stream for stream, _ in sent}:
        order = [sequence for name, sequence in sent if name == stream]
        assert order == sorted(order)


def test_one_row_claimed_by_all_at_once_goes_to_one() -> None:
    for _ in range(5):
        clinic, got = new_id(), []
        with acting(system(clinic)):
            put("thread:1")

        def work(worker: int, clinic: UUID = clinic, got: list[int] = got) -> None:
            with acting(system(clinic)):
                if outbox.claim(str(worker), now=clock.now()) is not None:
                    got.append(worker)

        with as_role("skranke_gateway"):
            together(work)
        assert len(got) == 1


def test_a_worker_goes_on_to_the_next_stream_while_another_has_not_committed_its_claim() -> None:
    clinic, got = new_id(), []
    with acting(system(clinic)):
        put("thread:1")
        put("thread:2")

    def second() -> None:
        try:
            with acting(system(clinic)):
                connection.cursor().execute("SET LOCAL lock_timeout = '2s'")
                item = outbox.claim("second", now=clock.now())
                got.append(item.stream if item else None)
        finally:
            connection.close()

    with as_role("skranke_gateway"), acting(system(clinic)):
        first = outbox.claim("first", now=clock.now())
        assert first is not None
        assert first.stream == "thread:1"
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert got == ["thread:2"]


def test_workers_that_render_the_same_row_all_hold_the_same_bytes() -> None:
    clinic, bodies = new_id(), []
    with acting(system(clinic)):
        put("thread:1")
        [item] = OutboxItem.objects.all()

    def work(worker: int) -> None:
        with acting(system(clinic)):
            fixed = fix(item, worker)
            bodies.append((bytes(fixed.body), fixed.msg_id, fixed.message_id))

    with as_role("skranke_gateway"):
        together(work)
    assert len(bodies) == WORKERS
    assert len(set(bodies)) == 1


def test_a_row_is_either_withdrawn_or_rendered_never_both() -> None:
    for _ in range(10):
        clinic, facts = new_id(), []
        with acting(system(clinic)):
            put("thread:1")
            [item] = OutboxItem.objects.all()

        def work(worker: int, clinic: UUID = clinic, item: OutboxItem = item, facts: list[str] = facts) -> None:
            with acting(system(clinic)):
                if worker % 2 and outbox.withdraw(subject_id=item.subject_id):
                    facts.append("withdrawn")
                elif not worker % 2:
                    try:
                        fix(item, worker)
                        facts.append("rendered")
                    except outbox.WithdrawnError:
                        facts.append("gone")

        together(work)
        assert ("withdrawn" in facts) != ("rendered" in facts)


def test_rows_of_one_stream_become_visible_in_the_order_of_their_numbers() -> None:
    """Two units of work add to one stream: the second to number itself must not commit first."""
    clinic = new_id()
    done = threading.Event()

    def second() -> None:
        try:
            with acting(system(clinic)):
                put("thread:1")
            done.set()
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with acting(system(clinic)):
        put("thread:1")
        thread.start()
        until(_somebody_waits)
        assert not done.is_set()
    thread.join()
    assert done.is_set()


def _somebody_waits() -> bool:
    """Whether another transaction waits for this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])


def test_a_row_in_a_workers_hands_is_not_waited_for() -> None:
    """The worker waits for the row of what it renders, which whoever withdraws may hold: neither would ever go on."""
    clinic, subject = new_id(), new_id()
    with acting(system(clinic)):
        outbox.enqueue(stream="appointment:x", intent=Intent.APPOINTMENT_PUSH, subject_id=subject)
    withdrawn: list[int] = []

    def withdraw() -> None:
        try:
            with acting(system(clinic)), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '3s'")
                withdrawn.append(outbox.withdraw(subject_id=subject))
        finally:
            connection.close()

    with acting(system(clinic)):
        assert outbox.claim("w", now=clock.now()) is not None
        other = threading.Thread(target=withdraw)
        other.start()
        other.join()
    assert withdrawn == [0]
    with acting(system(clinic)):
        assert outbox.withdraw(subject_id=subject) == 1
