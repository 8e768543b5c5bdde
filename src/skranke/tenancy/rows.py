"""Writes several new rows in one statement: what a verb leaves behind (rows, log, audit, news) costs one round trip."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Field, GeneratedField, Model
from django.db.models.expressions import DatabaseDefault


class Call(NamedTuple):
    """A function of the database to call with the rows, such as pg_notify. sql: the call with %s for each parameter."""

    sql: str
    parameters: Sequence[Any]


def insert(*rows: Model, calls: Sequence[Call] = ()) -> None:
    """Insert new rows of any tables, and make the calls, in one statement.

    The rows must not have to see each other: foreign keys are checked at commit, other constraints row by row.
    A value that the database makes is read when it is asked for. Raises IntegrityError as `save` does.
    """
    if not rows:
        raise ValueError("There is nothing to insert.")
    parts = [_statement(row) for row in rows]
    parameters = [value for _, values in parts for value in values]
    last = f"SELECT {', '.join(call.sql for call in calls)}" if calls else parts.pop()[0]
    named = ", ".join(f"row{number} AS ({text})" for number, (text, _) in enumerate(parts))
    for call in calls:
        parameters.extend(call.parameters)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {named} {last}" if named else last, parameters)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 - as Django's own save


def insert_once(row: Model) -> bool:
    """Insert a row unless a constraint says that it is there already; whether it was inserted."""
    text, parameters = _statement(row)
    with connection.cursor() as cursor:
        cursor.execute(f"{text} ON CONFLICT DO NOTHING", parameters)
        inserted: bool = cursor.rowcount == 1
    row._state.adding, row._state.db = not inserted, connection.alias  # noqa: SLF001 - as Django's own save
    return inserted


def _statement(row: Model) -> tuple[str, list[Any]]:
    """One INSERT and its parameters; columns whose value the database makes are left to it."""
    columns, values = [], []
    for field, column in _fields(type(row)):
        value = field.pre_save(row, add=True)
        if isinstance(value, DatabaseDefault):
            del row.__dict__[field.attname]
            continue
        columns.append(column)
        values.append(field.get_db_prep_save(value, connection))
    table = connection.ops.quote_name(row._meta.db_table)  # noqa: SLF001 - Django's documented model API
    marks = ", ".join(["%s"] * len(values))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values  # noqa: S608 - names of our own tables


@lru_cache(maxsize=256)
def _fields(model: type[Model]) -> "tuple[tuple[Field[Any, Any], str], ...]":
    found = model._meta.concrete_fields  # noqa: SLF001 - Django's documented model API
    return tuple(
        (one, connection.ops.quote_name(str(one.column))) for one in found if not isinstance(one, GeneratedField)
    )
