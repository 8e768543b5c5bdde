from importlib import import_module

import pytest


@pytest.fixture(scope="session")
def sandbox(pg_admin_dsn, tmp_path_factory):
    """The registers of the sandbox, started once for the run's worker; each test has a clinic of its own there."""
    with import_module("support.registers").sandbox_registers(pg_admin_dsn, tmp_path_factory.mktemp("web")) as running:
        yield running
