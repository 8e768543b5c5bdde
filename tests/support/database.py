"""One PostgreSQL server for the whole run, one migrated template, and one clone of it for each worker.

`SKRANKE_TEST_PG` names a server to use (a superuser's address); without it an embedded one is started.
`SKRANKE_TEST_TEMPLATE` names a migrated database on that server to clone, so that many short runs share one.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections
from psycopg.pq import ExecStatus, TransactionStatus

from skranke.cli.database import LOGINS, initialise, migrate, replace_database, replace_user
from skranke.cli.postgres import EmbeddedPostgres

from support.run import Run, drop_names, forget, mark, mark_of, spare_the_disk

SERVER = "SKRANKE_TEST_PG"
TEMPLATE = "SKRANKE_TEST_TEMPLATE"
PASSWORD = "only-for-tests"


class Server:
    """The run's server and template database; started by the controller, found by the workers in the environment."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._embedded: EmbeddedPostgres | None = None
        self._made_template = False

    def start(self) -> None:
        if SERVER not in os.environ:
            self._embedded = _server_in(self._run.folder)
            self._embedded.start()
            os.environ[SERVER] = self._embedded.dsn()
        admin = os.environ[SERVER]
        if TEMPLATE not in os.environ:
            self._made_template = True
            os.environ[TEMPLATE] = f"skranke_t_{mark()}"
            initialise(admin, os.environ[TEMPLATE], dict.fromkeys(LOGINS, PASSWORD))
            migrate(replace_database(admin, os.environ[TEMPLATE]))

    def clear(self, dead: list[Path]) -> None:
        """Take away what runs that were killed left: their server, or their databases on this one."""
        for folder in dead:
            _server_in(folder).remove()
            if SERVER in os.environ:
                drop_names(os.environ[SERVER], mark_of(folder))
            forget(folder)

    def stop(self) -> None:
        if self._made_template:
            os.environ.pop(TEMPLATE)
        if self._embedded is not None:
            self._embedded.remove()
            os.environ.pop(SERVER, None)
        elif SERVER in os.environ:
            drop_names(os.environ[SERVER], self._run.mark)


class Clone:
    """This worker's own copy of the template."""

    def __init__(self) -> None:
        self.name = ""

    @property
    def admin_dsn(self) -> str:
        return replace_database(os.environ[SERVER], self.name)

    def dsn(self, role: str) -> str:
        return replace_user(self.admin_dsn, role, PASSWORD)

    def make(self) -> None:
        self.name = f"skranke_w_{mark()}"
        with psycopg.connect(os.environ[SERVER], autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{os.environ[TEMPLATE]}" OWNER skranke_owner')
            connection.execute(f'REVOKE CONNECT ON DATABASE "{self.name}" FROM PUBLIC')
            for role in LOGINS:
                connection.execute(f'GRANT CONNECT ON DATABASE "{self.name}" TO {role}')
        spare_the_disk(os.environ[SERVER], self.name)

    def drop(self) -> None:
        if not self.name:
            return
        connections.close_all()
        while _kept:
            _kept.popitem()[1].close()
        with psycopg.connect(os.environ[SERVER], autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


@contextmanager
def empty_clone() -> Iterator[Clone]:
    """The block's queries go to a clone of its own, with nothing in it that other tests have left."""
    wrapper, clone = connections["default"], Clone()
    before = wrapper.settings_dict["NAME"]
    wrapper.close()
    clone.make()
    wrapper.settings_dict["NAME"] = clone.name
    try:
        yield clone
    finally:
        clone.drop()
        wrapper.settings_dict["NAME"] = before


# Connections of other roles that wait for their next use: a new one costs more than most tests ask of it, as the
# server reads what it must know of every table anew.
_kept: dict[tuple[object, ...], "psycopg.Connection[Any]"] = {}
# What a session can leave to the next user of its connection, except statements that are prepared.
_AS_NEW = (
    "SELECT pg_advisory_unlock_all(); UNLISTEN *; CLOSE ALL; DISCARD TEMP; RESET SESSION AUTHORIZATION; RESET ROLE; "
    "RESET ALL"
)


@contextmanager
def as_role(role: str) -> Iterator[None]:
    """Run the block's queries as another program's role, such as skranke_gateway."""
    before = connections["default"].settings_dict["USER"]
    if before == role:
        yield
        return
    _become(role)
    try:
        yield
    finally:
        _become(before)


def _become(role: str) -> None:
    wrapper = connections["default"]
    own, of_main = wrapper.connection, threading.current_thread() is threading.main_thread()
    before = wrapper.settings_dict["USER"]
    if of_main and own is not None and not wrapper.in_atomic_block and _is_as_new(own):
        kind = (wrapper.settings_dict["NAME"], before, own.cursor_factory, own.prepare_threshold)
        if (older := _kept.pop(kind, None)) is not None:
            older.close()
        _kept[kind] = own
        wrapper.connection = None
    else:
        wrapper.close()
    wrapper.settings_dict["USER"] = role
    asked = wrapper.get_connection_params()
    kind = (wrapper.settings_dict["NAME"], role, asked["cursor_factory"], asked["prepare_threshold"])
    kept = _kept.pop(kind, None) if of_main else None
    if kept is None:
        return
    if not _is_as_new(kept):
        kept.close()
        return
    wrapper.connection, wrapper.errors_occurred, wrapper.run_on_commit = kept, False, []
    wrapper.init_connection_state()


def _is_as_new(connection: "psycopg.Connection[Any]") -> bool:
    """Whether the connection lives and holds nothing, once what its user left has been taken away."""
    if connection.closed or connection.info.transaction_status is not TransactionStatus.IDLE:
        return False
    try:
        done = connection.pgconn.exec_(_AS_NEW.encode())
    except psycopg.Error:
        return False
    return done.status == ExecStatus.COMMAND_OK


def _server_in(folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder / "server", durable=False)
