"""Reads a clinic's chain from its first row to its last, and tells everything that is not as it was sealed (NFR-1).

A database cannot know of itself that its end was cut off or that all of it was made anew: for that, give a head that
was kept somewhere else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from skranke.audit.chain import COLUMNS, FORMS, GENESIS, Head, link

AT_ONCE = 5000
LATE = timedelta(hours=1)
_COLUMNS = ", ".join(f"event.{name}" for name in COLUMNS)
_SEALS = f"""
    SELECT seal.position, seal.form, seal.sealed_at, seal.hash, seal.event_id, {_COLUMNS}
      FROM audit_auditseal seal LEFT JOIN audit_auditevent event ON event.id = seal.event_id
     WHERE seal.position > %s ORDER BY seal.position LIMIT %s
"""  # noqa: S608 - names of our own columns
_UNSEALED = """
    SELECT event.id, event.at, waiting.id IS NOT NULL FROM audit_auditevent event
      LEFT JOIN audit_auditseal seal ON seal.event_id = event.id
      LEFT JOIN audit_auditunsealed waiting ON waiting.event_id = event.id
     WHERE seal.event_id IS NULL AND event.id > %s ORDER BY event.id LIMIT %s
"""


class Wrong(StrEnum):
    """What can be wrong with a chain, and what it means."""

    CHANGED = "changed"
    MISSING = "missing"
    REMOVED = "removed"
    INSERTED = "inserted"
    BACKDATED = "backdated"
    CUT = "cut"
    REBUILT = "rebuilt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong. position: where in the chain; to: the last one of several; event_id: the row's."""

    wrong: Wrong
    position: int | None = None
    to: int | None = None
    event_id: UUID | None = None
    at: datetime | None = None


class _Seal(NamedTuple):
    position: int
    form: int
    sealed_at: datetime
    hash: bytes
    event_id: UUID


@dataclass(slots=True)
class Reader:
    """Reads one chain inside a unit of work of its clinic; `head` and `waiting` are known when all is read.

    heads: what is known from outside. waiting: rows that the sealer has yet to seal, which is no finding.
    """

    heads: Sequence[Head] = ()
    head: Head = field(default_factory=lambda: Head(0, GENESIS))
    waiting: int = 0
    _newest: datetime | None = None
    _late: Finding | None = None

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong, in the chain's order; a few thousand rows are in memory at a time."""
        known = {head.position: head.hash for head in self.heads}
        while rows := _rows(_SEALS, [self.head.position, AT_ONCE]):
            for row in rows:
                yield from self._of_row(_Seal(*row[:5]), row[5:])
                if known.pop(self.head.position, self.head.hash) != self.head.hash:
                    yield Finding(wrong=Wrong.REBUILT, position=self.head.position)
        yield from self._of_late()
        if known and (last := max(known)) > self.head.position:
            yield Finding(wrong=Wrong.CUT, position=self.head.position + 1, to=last)
        yield from self._of_unsealed()

    def _of_row(self, seal: _Seal, event: Sequence[Any]) -> Iterator[Finding]:
        position, event_id = seal.position, seal.event_id
        before, self.head = self.head, Head(position, bytes(seal.hash))
        at: datetime | None = event[COLUMNS.index("at")]
        if position > before.position + 1:
            # What the row after the gap was tied to is gone: it cannot be judged by itself.
            yield Finding(wrong=Wrong.MISSING, position=before.position + 1, to=position - 1)
        elif at is not None and not _holds(before, seal, event):
            yield Finding(wrong=Wrong.CHANGED, position=position, event_id=event_id, at=at)
        if at is None:
            yield Finding(wrong=Wrong.REMOVED, position=position, event_id=event_id)
        elif self._newest is not None and at < self._newest - LATE:
            late = self._late or Finding(wrong=Wrong.BACKDATED, position=position, event_id=event_id, at=at)
            self._late = replace(late, to=position)
            return
        else:
            self._newest = max(at, self._newest or at)
        yield from self._of_late()

    def _of_late(self) -> Iterator[Finding]:
        """Rows in a row that tell of an earlier time are one finding: a clock that was set back makes many."""
        if self._late is not None:
            yield self._late
            self._late = None

    def _of_unsealed(self) -> Iterator[Finding]:
        last = UUID(int=0)
        while rows := _rows(_UNSEALED, [last, AT_ONCE]):
            for event_id, at, waits in rows:
                last = event_id
                if waits:
                    self.waiting += 1
                else:
                    yield Finding(wrong=Wrong.INSERTED, event_id=event_id, at=at)


def _holds(before: Head, seal: _Seal, event: Sequence[Any]) -> bool:
    """Whether the row is the one that was sealed here."""
    return seal.form in FORMS and link(before.hash, seal.position, seal.sealed_at, event, seal.form) == seal.hash


def _rows(question: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
