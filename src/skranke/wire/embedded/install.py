"""Set up the embedded bus: its database, its roles, its queues. Idempotent: what is there, messages too, is kept."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.resources import files

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from skranke.wire.queues import QueueSpec

OWNER = "skranke_bus_owner"


def install(
    admin_dsn: str,
    *,
    parties: Mapping[str, str],
    queues: Mapping[str, Sequence[QueueSpec]],
    database: str = "bus",
) -> None:
    """Make or update the bus. `admin_dsn` must be a superuser's.

    parties: role name to password; a role may send to every queue and read its own, nothing else.
    queues: role name to the queues it owns.
    """
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        # One installer at a time: two starts at once would fail with "tuple concurrently updated".
        admin.execute("SELECT pg_advisory_lock(hashtext('skranke bus install'))")
        _make_role(admin, OWNER, None)
        for role, password in parties.items():
            _make_role(admin, role, password)
        _make_database(admin, database, tuple(parties))
        _make_queues(make_conninfo(admin_dsn, dbname=database), tuple(parties), queues)


def _make_queues(dsn: str, parties: Sequence[str], queues: Mapping[str, Sequence[QueueSpec]]) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OWNER)))
        connection.execute("SET LOCAL client_min_messages = warning")
        connection.execute(files(__package__).joinpath("schema.sql").read_bytes())
        _grant(connection, parties)
        _set_queues(connection, queues)


def remove(admin_dsn: str, *, parties: Sequence[str], database: str = "bus") -> None:
    """Drop the bus database with its messages, and the parties' roles."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
        for role in parties:
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def party_dsn(admin_dsn: str, *, role: str, password: str, database: str = "bus") -> str:
    """The DSN of a party: the address of an embedded bus for `wire.connect`."""
    return make_conninfo(admin_dsn, dbname=database, user=role, password=password)


def _make_role(connection: psycopg.Connection, role: str, password: str | None) -> None:
    name = sql.Identifier(role)
    with suppress(psycopg.errors.DuplicateObject):
        connection.execute(sql.SQL("CREATE ROLE {}").format(name))
    if password is not None:
        connection.execute("SET password_encryption = 'scram-sha-256'")
        connection.execute(
            sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {}").format(
                name, sql.Literal(password)
            )
        )


def _make_database(connection: psycopg.Connection, database: str, parties: Sequence[str]) -> None:
    name = sql.Identifier(database)
    with suppress(psycopg.errors.DuplicateDatabase):
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, sql.Identifier(OWNER)))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    for role in parties:
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(role)))


def _grant(connection: psycopg.Connection, parties: Sequence[str]) -> None:
    for role in parties:
        name = sql.Identifier(role)
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA bus TO {}").format(name))
        connection.execute(sql.SQL("GRANT EXECUTE ON ALL ROUTINES IN SCHEMA bus TO {}").format(name))


def _set_queues(connection: psycopg.Connection, queues: Mapping[str, Sequence[QueueSpec]]) -> None:
    rows = [(spec.name, role, spec.ttl, spec.dead_letter) for role, specs in queues.items() for spec in specs]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO bus.queue (name, owner, ttl, dead_letter) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (name) DO UPDATE"
            " SET owner = excluded.owner, ttl = excluded.ttl, dead_letter = excluded.dead_letter",
            rows,
        )
