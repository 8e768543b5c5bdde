"""The embedded bus's own matters: who may do what, set-up again and again, and what must not pile up."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from skranke.wire.connect import connect
from skranke.wire.embedded.install import install
from skranke.wire.errors import QueueUnavailableError, TransportDownError
from skranke.wire.queues import QueueSpec, queues_of
from skranke.wire.transport import OutgoingMessage, deliveries

from support.bus import CLINIC, Bus, count_rows, embedded_bus

SOON = 30.0  # long enough for a busy machine; nothing waits for it in full


@pytest.fixture(scope="module")
def bus(pg_admin_dsn) -> Iterator[Bus]:
    with embedded_bus(pg_admin_dsn) as made:
        yield made


@pytest.fixture(autouse=True)
def _empty_queues(bus) -> Iterator[None]:
    yield
    with bus.clinic_transport() as transport:
        transport.purge(*transport.depths())


def message(queue: str, body: bytes = b"body", **fields) -> OutgoingMessage:
    return OutgoingMessage(queue=queue, body=body, **fields)


def test_a_party_reaches_no_queue_of_another(bus):
    with bus.helsenorge_transport() as stranger, bus.clinic_transport() as owner:
        stranger.send(message(bus.clinic.async_))
        with pytest.raises(QueueUnavailableError):
            stranger.receive(bus.clinic.async_, timeout=0)
        with pytest.raises(QueueUnavailableError):
            stranger.purge(bus.clinic.async_)
        owner.accept(owner.receive(bus.clinic.async_, timeout=SOON))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM bus.message",
        "SELECT * FROM bus.queue",
        "DELETE FROM bus.message",
        "INSERT INTO bus.queue VALUES ('x', 'y')",
        "CREATE TABLE bus.mine (x int)",
        "CREATE TABLE public.mine (x int)",
        "CREATE TEMP TABLE mine (x int)",
        "SELECT bus.sweep('x', 1)",
    ],
)
def test_a_party_touches_no_table_and_makes_none(bus, statement):
    with (
        psycopg.connect(bus.helsenorge_url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_settling_what_belongs_to_another_does_nothing(bus, pg_admin_dsn):
    with bus.helsenorge_transport() as stranger:
        stranger.send(message(bus.clinic.async_))
    with psycopg.connect(bus.helsenorge_url, autocommit=True) as connection:
        for number in range(1, 400):
            connection.execute("SELECT bus.accept(%s), bus.reject(%s)", ([number], number))
    with bus.clinic_transport() as owner:
        owner.accept(owner.receive(bus.clinic.async_, timeout=SOON))


def test_a_wrong_password_or_role_is_no_way_in(bus):
    for url in (make_conninfo(bus.clinic_url, user="nobody_at_all"), make_conninfo(bus.clinic_url, dbname="no_bus")):
        with connect(url) as transport, pytest.raises(TransportDownError):
            transport.receive(bus.clinic.async_, timeout=0)


def test_only_parties_may_connect(bus, pg_admin_dsn):
    database = psycopg.conninfo.conninfo_to_dict(bus.clinic_url)["dbname"]
    with psycopg.connect(pg_admin_dsn) as connection:
        query = "SELECT datacl::text FROM pg_database WHERE datname = %s"
        acl = connection.execute(query, (database,)).fetchone()[0]
    assert "{=" not in acl
    assert ",=" not in acl


def test_installing_again_keeps_messages_and_changes_what_changed(bus, pg_admin_dsn):
    with bus.helsenorge_transport() as transport:
        transport.send(message(bus.clinic.async_, b"kept"))
    facts = psycopg.conninfo.conninfo_to_dict(bus.clinic_url)
    role = facts["user"]
    extra = QueueSpec("extra", ttl=timedelta(seconds=1))
    arguments = {
        "parties": {role: facts["password"]},
        "queues": {role: [*queues_of(CLINIC).specs(), extra]},
        "database": facts["dbname"],
    }
    threads = [threading.Thread(target=install, args=(pg_admin_dsn,), kwargs=arguments) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with bus.clinic_transport() as transport:
        assert "extra" in transport.depths()
        assert transport.receive("extra", bus.clinic.async_, timeout=SOON).message.body == b"kept"


def test_depths_count_own_queues(bus):
    with bus.helsenorge_transport() as other, bus.clinic_transport() as transport:
        other.send(message(bus.clinic.async_))
        other.send(message(bus.clinic.async_))
        other.send(message(bus.helsenorge.async_))
        assert transport.depths()[bus.clinic.async_] == 2
        assert bus.helsenorge.async_ not in transport.depths()


def test_a_queue_that_nobody_reads_does_not_grow(bus, pg_admin_dsn):
    before = count_rows(pg_admin_dsn, bus.clinic_url)
    with bus.helsenorge_transport() as transport:
        for _ in range(5):
            transport.send(message(bus.clinic.syncreply, ttl=timedelta(milliseconds=1)))
        time.sleep(0.01)
        for _ in range(3):
            transport.send(message(bus.clinic.syncreply, ttl=timedelta(milliseconds=1)))
    assert count_rows(pg_admin_dsn, bus.clinic_url) - before <= 3


def test_old_messages_are_swept_when_read(bus, pg_admin_dsn):
    before = count_rows(pg_admin_dsn, bus.clinic_url)
    with bus.helsenorge_transport() as transport:
        for _ in range(20):
            transport.send(message(bus.clinic.sync, ttl=timedelta(milliseconds=1)))
    time.sleep(0.01)
    with bus.clinic_transport() as transport:
        assert transport.receive(bus.clinic.sync, timeout=0) is None
    assert count_rows(pg_admin_dsn, bus.clinic_url) == before


def test_locks_do_not_pile_up(bus, pg_admin_dsn):
    with bus.helsenorge_transport() as sender, bus.clinic_transport() as reader:
        for number in range(30):
            sender.send(message(bus.clinic.async_, str(number).encode()))
        for number, delivery in enumerate(deliveries(reader, bus.clinic.async_, idle=0)):
            (reader.accept, reader.reject)[number % 2](delivery)
        with psycopg.connect(bus.clinic_url) as connection:
            query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid < 100000 AND pid <> 0"
            database = " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            assert connection.execute(query + database).fetchone()[0] == 0
        assert reader.depths()[bus.clinic.dead] == 15
