"""Writes several new rows in one statement: what a verb leaves behind (rows, log, audit, news) costs one round trip."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Field, GeneratedField, Model
from django.db.models.expressions import DatabaseDefault


class Call(NamedTuple):
    """A function of the database to call with the rows, such as pg_notify. sql: the call with %s for each parameter."""

    sql: str
    parameters: Sequence[Any]


class _New(NamedTuple):
    """A row to be inserted. columns: those whose value the database does not make by itself, in SQL."""

    table: str
    columns: tuple[str, ...]
    values: list[Any]


_gathered: ContextVar["_Gathered | None"] = ContextVar("skranke_gathered_rows", default=None)


def insert(*rows: Model, calls: Sequence[Call] = ()) -> None:
    """Insert new rows of any tables, and make the calls, in one statement.

    The rows must not have to see each other: foreign keys are checked at commit, other constraints row by row.
    A value that the database makes is read when it is asked for. Raises IntegrityError as `save` does.
    """
    if not rows:
        raise ValueError("There is nothing to insert.")
    new, gathered = [_new(row) for row in rows], _gathered.get()
    if gathered is None:
        _insert(new, calls)
    else:
        gathered.add(new, calls)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 - as Django's own save


def _insert(rows: Sequence[_New], calls: Sequence[Call]) -> None:
    parts = [_statement(row.table, row.columns, 1) for row in rows]
    parameters = [value for row in rows for value in row.values]
    last = f"SELECT {', '.join(call.sql for call in calls)}" if calls else parts.pop()
    named = ", ".join(f"row{number} AS ({text})" for number, text in enumerate(parts))
    for call in calls:
        parameters.extend(call.parameters)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {named} {last}" if named else last, parameters)


@contextmanager
def gathering() -> Iterator[None]:
    """Inside a unit of work, for several verbs one after the other: what they `insert` waits, and goes in together.

    It waits until anything else is asked of the database, which so finds what it would have found, or until the end:
    then each table gets its rows, in the order of the calls, by one statement. So a row that the database refuses
    may be told of by a later statement than its own: only for work that is undone as a whole by any error.
    """
    gathered = _Gathered()
    token = _gathered.set(gathered)
    try:
        with connection.execute_wrapper(gathered.before):
            yield
            gathered.flush()
    finally:
        _gathered.reset(token)


class _Gathered:
    """New rows, by table and columns, and calls, that wait."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, tuple[str, ...]], list[list[Any]]] = {}
        self._calls: list[Call] = []

    def add(self, rows: Sequence[_New], calls: Sequence[Call]) -> None:
        for row in rows:
            self._rows.setdefault((row.table, row.columns), []).append(row.values)
        self._calls += [call for call in calls if call not in self._calls]

    def before(self, execute: Any, sql: Any, parameters: Any, many: Any, context: Any) -> Any:
        """Around every statement of the connection (Django's `execute_wrapper`)."""
        self.flush()
        return execute(sql, parameters, many, context)

    def flush(self) -> None:
        rows, calls = self._rows, self._calls
        if not rows:
            return
        self._rows, self._calls = {}, []
        with connection.cursor() as cursor:
            for (table, columns), values in rows.items():
                cursor.execute(_statement(table, columns, len(values)), [one for row in values for one in row])
            if calls:
                parameters = [one for call in calls for one in call.parameters]
                cursor.execute(f"SELECT {', '.join(call.sql for call in calls)}", parameters)


def insert_once(row: Model) -> bool:
    """Insert a row unless a constraint says that it is there already; whether it was inserted."""
    new = _new(row)
    with connection.cursor() as cursor:
        cursor.execute(f"{_statement(new.table, new.columns, 1)} ON CONFLICT DO NOTHING", new.values)
        inserted: bool = cursor.rowcount == 1
    row._state.adding, row._state.db = not inserted, connection.alias  # noqa: SLF001 - as Django's own save
    return inserted


def _new(row: Model) -> _New:
    """The row as it is to be stored; columns whose value the database makes are left to it."""
    columns, values = [], []
    for field, column in _fields(type(row)):
        value = field.pre_save(row, add=True)
        if isinstance(value, DatabaseDefault):
            del row.__dict__[field.attname]
            continue
        columns.append(column)
        values.append(field.get_db_prep_save(value, connection))
    table = connection.ops.quote_name(row._meta.db_table)  # noqa: SLF001 - Django's documented model API
    return _New(table, tuple(columns), values)


@lru_cache(maxsize=512)
def _statement(table: str, columns: tuple[str, ...], rows: int) -> str:
    """One INSERT of so many rows."""
    marks = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * rows)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {marks}"  # noqa: S608 - names of our own tables


@lru_cache(maxsize=256)
def _fields(model: type[Model]) -> "tuple[tuple[Field[Any, Any], str], ...]":
    found = model._meta.concrete_fields  # noqa: SLF001 - Django's documented model API
    return tuple(
        (one, connection.ops.quote_name(str(one.column))) for one in found if not isinstance(one, GeneratedField)
    )
