"""Roles and databases: made once by an administrator's connection, then filled by `migrate`.

Roles: `skranke_owner` (nobody logs in; owns every table), `skranke_app` (the rights), and the log-ins
`skranke_web`, `skranke_gateway`, `skranke_worker`, members of `skranke_app`, without BYPASSRLS. A patient's unit of
work becomes `skranke_patient`, which has few rights and sees one patient's rows (docs/decisions/0008).
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

OWNER = "skranke_owner"
APP = "skranke_app"
PATIENT = "skranke_patient"
# Between the two: who is a member of it may become the patient's role and, as it inherits nothing, has none of its
# rights before. PostgreSQL 15 knows this of a role only; from 16 on a membership could say it itself.
BECOMES_PATIENT = "skranke_becomes_patient"
SANDBOX = "sandbox"
WEB = "skranke_web"
LOGINS = (WEB, "skranke_gateway", "skranke_worker")
LETTERS = (
    "The database's character type is plain C: it takes Ø and ø for two letters, so that names of groups, roles and\n"
    "templates that differ only there are not told to be the same, and searches for templates miss some.\n"
    "Dump it, make it anew and restore it; a database's character type cannot be changed:\n"
    "  CREATE DATABASE skranke OWNER skranke_owner TEMPLATE template0 ENCODING 'UTF8'\n"
    "    LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';    -- or any other UTF-8 locale of the server, such as nb_NO.UTF-8"
)
"""What `skranke migrate` says of a database that does not know the letters of Norwegian."""
_ADVISORY_LOCK = 0x5C7A4E  # one initialisation or migration at a time on a server


def initialise(admin_dsn: str, name: str, passwords: Mapping[str, str] | None = None) -> None:
    """Make roles and the database `name` where they are missing; safe to run again.

    admin_dsn: a superuser's connection. passwords: log-in role to password; a role without one cannot log in by
    password.
    """
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK])
        for role in (OWNER, APP, PATIENT, BECOMES_PATIENT):
            _make_role(connection, role, login=False)
        _let_become_patient(connection)
        for role in LOGINS:
            _make_role(connection, role, login=True)
            _grant_role(connection, APP, to=role)
        _grant_role(connection, BECOMES_PATIENT, to=WEB)
        for role, password in (passwords or {}).items():
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password)))
        make_database(connection, name, owner=OWNER, allowed=LOGINS)
    with psycopg.connect(replace_database(admin_dsn, name), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(OWNER)))


def make_database(
    connection: "psycopg.Connection[tuple[object, ...]]", name: str, *, owner: str, allowed: tuple[str, ...]
) -> None:
    """Make a database where it is missing; only its owner and `allowed` may connect."""
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                sql.Identifier(name), sql.Identifier(owner)
            )
        )
    connection.execute(sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    for role in allowed:
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(role))
        )


def initialise_sandbox(admin_dsn: str, name: str, password: str) -> None:
    """Make the sandbox's role and database where they are missing: a stranger with nothing in common with ours."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        _make_role(connection, SANDBOX, login=True)
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(SANDBOX), sql.Literal(password)))
        make_database(connection, name, owner=SANDBOX, allowed=(SANDBOX,))


def migrate(admin_dsn: str, *, settings_module: str = "skranke.config.settings") -> None:
    """Bring the database that `admin_dsn` names to this version's shape, as its owner.

    Runs in a process of its own, so that the caller's Django, if any, keeps its own connections.
    Raises subprocess.CalledProcessError when a migration fails; what it printed goes to standard error.
    """
    environment = {
        **os.environ,
        "SKRANKE_DATABASE_URL": admin_dsn,
        "SKRANKE_AS_OWNER": "1",
        "DJANGO_SETTINGS_MODULE": settings_module,
    }
    # The pages' own checks have nothing to say about tables.
    command = [sys.executable, "-m", "django", "migrate", "--skip-checks", "--verbosity", "0"]
    subprocess.run(command, env=environment, check=True)  # noqa: S603 - our own program


def knows_letters(dsn: str) -> bool:
    """Whether Ø and ø are one letter to the database, whoever supplies its locale (libc, ICU or PostgreSQL itself)."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT lower('ÆØÅ') = 'æøå'").fetchone()
    return row is not None and row[0] is True


def replace_database(dsn: str, name: str) -> str:
    """The same server and user, another database."""
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{quote(name)}"))


def replace_user(dsn: str, user: str, password: str | None = None) -> str:
    """The same server and database, another user."""
    parts = urlsplit(dsn)
    word = f":{quote(password)}" if password else ""
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit(parts._replace(netloc=f"{quote(user)}{word}@{parts.hostname}{port}"))


def _let_become_patient(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    connection.execute(sql.SQL("ALTER ROLE {} NOINHERIT").format(sql.Identifier(BECOMES_PATIENT)))
    _grant_role(connection, PATIENT, to=BECOMES_PATIENT)


def _grant_role(connection: "psycopg.Connection[tuple[object, ...]]", role: str, *, to: str) -> None:
    connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(to)))


def _make_role(connection: "psycopg.Connection[tuple[object, ...]]", name: str, *, login: bool) -> None:
    kind = sql.SQL("LOGIN" if login else "NOLOGIN")
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(name), kind))
