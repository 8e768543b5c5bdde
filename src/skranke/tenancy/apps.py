from typing import Any

import psycopg
from django.apps import AppConfig
from django.db.backends.signals import connection_created
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader

_MOMENT = psycopg.adapters.types["timestamptz"].oid
_READER = psycopg.adapters.get_loader(_MOMENT, psycopg.pq.Format.TEXT)


class TenancyConfig(AppConfig):
    name = "skranke.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        """Called by Django when everything is loaded."""
        connection_created.connect(_read_moments_fast, dispatch_uid="skranke.tenancy.moments")


def _read_moments_fast(connection: Any, **_: Any) -> None:
    """Let psycopg read a timestamptz by itself, in C where it has that: Django's reader takes twenty times as long.

    Both give the same, since Django has set the session's time zone to the one it reads in.
    """
    # Django looks at `timezone` before each cursor; psycopg's own class cannot be a base.
    reader = type("MomentReader", (_MomentReader,), {"timezone": connection.timezone})
    connection.connection.adapters.register_loader(_MOMENT, reader)


class _MomentReader(Loader):
    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        assert _READER is not None, "psycopg always has one"
        # In the place of the method below, so that no call in Python stands between psycopg and its own reader.
        self.load = _READER(oid, context).load  # type: ignore[method-assign]  # on purpose: see the line above

    def load(self, data: Buffer) -> Any:  # noqa: ARG002 - psycopg's signature; each instance has its reader's instead
        raise AssertionError("replaced in each instance")
