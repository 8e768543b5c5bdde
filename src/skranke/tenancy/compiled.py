"""Large queries whose SQL is written once: Django takes longer to put one together than the database to answer it."""

from collections.abc import Callable, Hashable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from skranke.tenancy.models import TenantModel
from skranke.tenancy.work import clinic_of_work

Build = Callable[[], QuerySet[Any, Any]]
Found = TypeVar("Found", bound=TenantModel)
_MOST = 512
always_checked = False
"""Whether each query is built every time after all, and compared with what is kept: the tests set it."""


class UnknownParameterError(RuntimeError):
    """A compiled query depends on something that it was not told of: it would answer for whoever asked first."""


class _Constant(NamedTuple):
    """A parameter that is the same for everybody."""

    value: object


_Text = tuple[str, list[int | _Constant]]
"""SQL, and for each parameter which of the values stands there, or what always does."""


class Compiled(NamedTuple):
    """SQL with its parameters, to be asked with."""

    sql: str
    parameters: list[Any]

    def rows(self, model: type[Found]) -> list[Found]:
        """The answer as rows of a model; what the query was annotated with are attributes."""
        return list(model.objects.raw(self.sql, self.parameters))

    def dicts(self) -> list[dict[str, Any]]:
        """The answer by column."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.parameters)
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def compiled(build: Build, shape: tuple[Hashable, ...], values: Sequence[UUID | date | str]) -> Compiled:
    """What `build()` asks, built only the first time in this process.

    shape: all that the text depends on, the query's name first; how many of the values are of each sort belongs to it.
    values: every id and day that the query is about, but for the clinic's, and every text that is not the same for all
    who ask with this shape; they stand in the query as themselves.
    Raises UnknownParameterError where the query holds an id or a moment that is not one of them, or where two are the
    same: nobody could tell then which of them stands where.
    """
    told = (clinic_of_work(), *values)
    kept = _kept((*shape, len(values)))
    if not kept:
        kept.append(_compile(build, told))
    elif always_checked and not _same(kept[0], anew := _compile(build, told)):
        raise UnknownParameterError(f"The query {shape} is {anew} now, and was {kept[0]}.")
    sql, places = kept[0]
    return Compiled(sql, [place.value if isinstance(place, _Constant) else told[place] for place in places])


@lru_cache(maxsize=_MOST)
def _kept(key: tuple[Hashable, ...]) -> list[_Text]:  # noqa: ARG001 - remembered by it
    """Where the text for a shape is kept; empty at first."""
    return []


def _compile(build: Build, told: Sequence[object]) -> _Text:
    if len(set(told)) < len(told):
        raise UnknownParameterError("Two values of a compiled query are the same.")
    sql, parameters = build().query.sql_with_params()
    return sql, [_place(parameter, told) for parameter in parameters]


def _same(one: _Text, other: _Text) -> bool:
    """Whether the two ask the same; in what order the members of a set stand is chance."""
    return one[0] == other[0] and sorted(map(repr, one[1])) == sorted(map(repr, other[1]))


def _place(parameter: object, told: Sequence[object]) -> "int | _Constant":
    if parameter in told:
        return told.index(parameter)
    # A datetime is a date, too; the last day that there is means none.
    if isinstance(parameter, (UUID, date)) and parameter != date.max:
        raise UnknownParameterError(f"A compiled query was not told of {parameter!r}.")
    return _Constant(parameter)
