"""The gateway's tests run as its own role, on a bus and with keys of the run's own.

This file is read before Django is set up: what needs rows is imported by the fixtures.
"""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from support.database import as_role

if TYPE_CHECKING:
    from support.surgery import Surgery, Town


_key_of = cache(load_pem_private_key)


@pytest.fixture(scope="module", autouse=True)
def _keys_are_proven_once() -> Iterator[None]:
    """OpenSSL proves a key's primes anew at each reading, which takes longer than the rest of most tests here.

    The same bytes are the same key: keys that change are read anew.
    """
    with pytest.MonkeyPatch.context() as during:
        for name in ("skranke.wire.keyfiles", "skranke.wire.certificates"):
            during.setattr(import_module(name), "load_pem_private_key", _key_of)
        yield


@pytest.fixture(scope="session")
def bus(pg_admin_dsn: str) -> "Iterator[Town]":
    with import_module("support.surgery").town(pg_admin_dsn) as made:
        yield made


@pytest.fixture(autouse=True)
def _as_the_gateway() -> Iterator[None]:
    """Also with the lanes' prepared statements, so that what they do is what is tested."""
    options = import_module("django.db").connections.settings["default"]["OPTIONS"]
    before = dict(options)
    import_module("skranke.gateway.database").prepare_statements()
    with as_role("skranke_gateway"):
        try:
            yield
        finally:
            # Before the role changes back, or the next tests' connection would be one of the lanes' kind.
            options.clear()
            options.update(before)


@pytest.fixture
def office(bus: "Town") -> "Iterator[Surgery]":
    """A connected clinic whose lanes are worked by hand."""
    with import_module("support.surgery").surgery(bus) as made:
        yield made
