"""One PostgreSQL server for the whole run, one migrated template, and one clone of it for each worker.

`SKRANKE_TEST_PG` names a server to use (a superuser's address); without it an embedded one is started.
`SKRANKE_TEST_TEMPLATE` names a migrated database on that server to clone, so that many short runs share one.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connections

from skranke.cli.database import LOGINS, initialise, migrate, replace_database, replace_user
from skranke.cli.postgres import EmbeddedPostgres

from support.run import Run, drop_names, forget, mark, mark_of

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

    def drop(self) -> None:
        if not self.name:
            return
        connections.close_all()
        with psycopg.connect(os.environ[SERVER], autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


@contextmanager
def as_role(role: str) -> Iterator[None]:
    """Run the block's queries as another program's role, such as skranke_gateway."""
    connection = connections["default"]
    before = connection.settings_dict["USER"]
    if before == role:
        yield
        return
    connection.close()
    connection.settings_dict["USER"] = role
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = before


def _server_in(folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder / "server", durable=False)
