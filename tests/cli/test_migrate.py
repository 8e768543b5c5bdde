"""What `skranke migrate` tells of a database whose character type takes Ø and ø for two letters."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from skranke.cli import database
from skranke.cli.main import main

from support.run import mark

_MAKE = """
    CREATE DATABASE {} OWNER skranke_owner TEMPLATE template0
    ENCODING 'UTF8' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE {}
"""


@pytest.fixture
def made(pg_admin_dsn: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database of the character type that is asked for."""
    name = f"skranke_c_{mark()}"
    with psycopg.connect(pg_admin_dsn, autocommit=True) as admin:
        admin.execute(sql.SQL(_MAKE).format(sql.Identifier(name), sql.Literal(request.param)))
    yield database.replace_database(pg_admin_dsn, name)
    with psycopg.connect(pg_admin_dsn, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.mark.parametrize(("made", "knows"), [("C", False), ("C.UTF-8", True)], indirect=["made"])
def test_a_database_in_plain_c_does_not_know_the_letters_of_norwegian(made: str, *, knows: bool) -> None:
    assert database.knows_letters(made) is knows


@pytest.mark.slow
@pytest.mark.parametrize(("made", "warned"), [("C", True), ("C.UTF-8", False)], indirect=["made"])
def test_migrate_brings_it_up_to_date_and_says_what_to_do(
    made: str, pg_admin_dsn: str, monkeypatch, capsys, *, warned: bool
) -> None:
    database.initialise(pg_admin_dsn, made.rpartition("/")[2])
    monkeypatch.setenv("SKRANKE_DATABASE_URL", made)
    assert main(["migrate"]) == 0
    said = capsys.readouterr().err
    assert (said == f"{database.LETTERS}\n") is warned
    assert ("LC_CTYPE 'C.UTF-8'" in said) is warned
    with psycopg.connect(made) as connection:
        assert connection.execute("SELECT count(*) > 50 FROM django_migrations").fetchone() == (True,)
