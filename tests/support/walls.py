"""The two walls between clinics and between patients, and each of them alone (NFR-2).

The first is the programs' own: `tenancy.models.OwnClinic` and the rooms' `get_<thing>_for`. The second is row-level
security. Taking one away is done here, from outside: no program knows of it.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any, get_type_hints

import psycopg
import pytest
from django.db import models

from skranke.dialog import access as dialog
from skranke.kernel.errors import NotFoundError
from skranke.tenancy import compiled
from skranke.tenancy.models import OwnClinic

BOTH, ONLY_POLICY, ONLY_ROWS = "both walls", "the policy alone", "row-level security alone"
WALLS = (BOTH, ONLY_POLICY, ONLY_ROWS)


@contextmanager
def standing(walls: str, database) -> Iterator[str]:
    """Only these walls stand in the block."""
    if walls == ONLY_POLICY:
        with without_row_level_security(database.admin_dsn):
            yield walls
    elif walls == ONLY_ROWS:
        with without_policy():
            yield walls
    else:
        yield walls


@contextmanager
def without_row_level_security(admin_dsn: str) -> Iterator[None]:
    """Every row of every table is seen by whoever has a right to the table."""
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        found = admin.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relkind IN ('r', 'p')")
        tables = [name for (name,) in found.fetchall()]
        assert len(tables) > 20
        try:
            admin.execute("; ".join(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY' for table in tables))
            yield
        finally:
            admin.execute("; ".join(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY' for table in tables))


@contextmanager
def without_policy() -> Iterator[None]:
    """Whatever is asked for by its id is given, and no question is limited to the own clinic."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OwnClinic, "get_queryset", models.Manager.get_queryset)
        # What was compiled while the wall stood is not asked with.
        patch.setattr(compiled, "_kept", lambda key: [])
        replaced = _bare_functions()
        assert len(replaced) > 8
        for module in [one for name, one in sys.modules.items() if name.startswith("skranke.")]:
            for name, value in list(vars(module).items()):
                if isinstance(value, FunctionType) and value in replaced:
                    patch.setattr(module, name, replaced[value])
        yield


def _bare_functions() -> dict[Callable[..., Any], Callable[..., Any]]:
    rooms = [one for name, one in sys.modules.items() if name.startswith("skranke.") and name.endswith(".access")]
    found = {}
    for room in rooms:
        for name, function in vars(room).items():
            if name.startswith("get_") and name.endswith("_for") and function.__module__ == room.__name__:
                kind = get_type_hints(function)["return"]
                if isinstance(kind, type) and issubclass(kind, models.Model):
                    found[function] = _bare(kind)
    return found | dict.fromkeys((dialog.visible_threads, dialog.own_threads), lambda _: dialog.Thread.objects.all())


def _bare(kind: type[models.Model]) -> Callable[..., Any]:
    def fetch(_actor: object, wanted: object, **_facts: object) -> Any:
        row = kind.objects.filter(pk=wanted).first()
        if row is None:
            raise NotFoundError("There is no such thing.")
        return row

    return fetch
