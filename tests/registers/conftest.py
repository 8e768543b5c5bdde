"""This file is read before Django is set up: what needs its settings is imported by the fixture."""

from importlib import import_module

import pytest


@pytest.fixture(scope="session")
def sandbox(pg_admin_dsn, tmp_path_factory):
    """The sandbox's registers, started once for the run's worker; each test uses parties and citizens of its own."""
    with import_module("support.registers").sandbox_registers(pg_admin_dsn, tmp_path_factory.mktemp("ar")) as running:
        yield running
