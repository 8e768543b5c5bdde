"""A mailbox by patient: whose first thread stands first in the list's own order stands first, with all of the patient's
threads together. What is about no patient is one group of its own.

The order is that of one key a thread, all of it ascending: that of the group's first thread, then the thread's own. A
page ends between two groups; only a group that fills a whole page goes on upon the next.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateField,
    DecimalField,
    Expression,
    F,
    Func,
    QuerySet,
    TextField,
    UUIDField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, FirstValue
from django.utils.translation import gettext as _

from skranke.dialog.models import Thread
from skranke.kernel.errors import InvalidError

_NOBODY = UUID(int=0)
_FARTHEST = Decimal(10**12)
_NAMES = ("first_usual", "first_due", "first_age", "first_id", "usual", "due", "age", "id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """The ids of a page in order. sizes: how many threads of the list each patient on it has; None: no patient.

    next_cursor: as of a page. continues: the first group began on the page before.
    """

    ids: tuple[UUID, ...]
    sizes: Mapping[UUID | None, int]
    next_cursor: str
    continues: bool


def grouped(
    threads: QuerySet[Thread], limit: int, cursor: str | None, *, by_due: bool, important_first: bool
) -> Grouped:
    """A page of `limit` threads at most out of those given, in no order. Raises InvalidError for a wrong cursor."""
    keyed = _keyed(threads.order_by(), by_due=by_due, important_first=important_first)
    before = _read(cursor) if cursor else None
    if before is not None:
        keyed = keyed.annotate(later=_later(before)).filter(later=True)
    found = list(keyed.order_by(*_NAMES).values("patient_id", "size", *_NAMES)[: limit + 1])
    shown = _whole_groups(found, limit)
    return Grouped(
        ids=tuple(one["id"] for one in shown),
        sizes={one["patient_id"]: one["size"] for one in shown},
        next_cursor=_written(shown[-1]) if len(shown) < len(found) else "",
        continues=bool(before is not None and shown and str(shown[0]["first_id"]) == _first_id(before)),
    )


def _keyed(threads: QuerySet[Thread], *, by_due: bool, important_first: bool) -> QuerySet[Thread]:
    unimportant = Case(When(important=True, then=Value(False)), default=Value(True), output_field=BooleanField())
    age = Func("last_message_at", template="(-extract(epoch FROM %(expressions)s))", output_field=DecimalField())
    own: dict[str, Any] = {
        "usual": unimportant if important_first else Value(False, output_field=BooleanField()),
        "due": Coalesce("answer_due", Value(date.max)) if by_due else Value(date.max, output_field=DateField()),
        "age": age,
    }
    order = ["usual", "due", "age", "id"]
    group = Coalesce("patient_id", Value(_NOBODY, output_field=UUIDField()))
    first = {
        f"first_{name}": Window(FirstValue(name), partition_by=F("whose"), order_by=order) for name in order
    }  # the same window four times, which the database sorts once
    size = Window(Count("id"), partition_by=F("whose"))
    return threads.annotate(**own, whose=group).annotate(**first, size=size)


def _later(before: Sequence[Any]) -> Func:
    """Whether a thread's key comes after another one: compared part by part, as the database compares rows."""
    own, other = (
        Func(*parts, function="ROW", output_field=TextField()) for parts in ([F(name) for name in _NAMES], before)
    )
    return Func(own, other, template="(%(expressions)s)", arg_joiner=" > ", output_field=BooleanField())


def _whole_groups(found: Sequence[dict[str, Any]], limit: int) -> Sequence[dict[str, Any]]:
    """What of the rows is shown: no group that goes on below, unless it is the only one."""
    if len(found) <= limit or found[limit]["first_id"] != found[limit - 1]["first_id"]:
        return found[:limit]
    whole = [one for one in found[:limit] if one["first_id"] != found[limit]["first_id"]]
    return whole or found[:limit]


def _written(row: dict[str, Any]) -> str:
    key = [str(row[name]) if not isinstance(row[name], bool) else row[name] for name in _NAMES]
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read(cursor: str) -> list[Any]:
    """The key of the last thread shown, as values of the database's types."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [*_half(*key[:4]), *_half(*key[4:])]
    except (ValueError, TypeError, ArithmeticError, AttributeError, RecursionError, KeyError) as error:
        raise InvalidError(_("Lenken til neste side er ikke gyldig. Åpne listen på nytt."), field="cursor") from error


def _first_id(before: Sequence[Any]) -> str:
    """The first thread of the group of the last thread shown."""
    return str(before[_NAMES.index("first_id")].get_source_expressions()[0].value)


def _half(usual: object, due: str, age: str, thread_id: str) -> list[Expression]:
    number = Decimal(age)
    if not isinstance(usual, bool) or not number.is_finite() or abs(number) > _FARTHEST:
        raise ValueError("No key of ours.")
    typed = {
        "boolean": usual,
        "date": date.fromisoformat(due).isoformat(),
        "numeric": str(number),
        "uuid": str(UUID(thread_id)),
    }
    return [Func(Value(value), template=f"%(expressions)s::{kind}") for kind, value in typed.items()]
