import pytest

from support.sandbox import playing


@pytest.fixture(scope="session")
def play(pg_admin_dsn, tmp_path_factory):
    """The sandbox's programs, started once for the run's worker; each test uses citizens of its own."""
    with playing(pg_admin_dsn, tmp_path_factory.mktemp("sandbox")) as running:
        yield running
