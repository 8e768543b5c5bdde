"""Pure rules of periods in which others receive (ABS-16, ABS-17)."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID


class Timed(Protocol):
    """A period, as the rules see it. ends_at: the first moment after it; None: without end."""

    @property
    def kind(self) -> str:
        """The type of message."""

    @property
    def gp_id(self) -> UUID | None:
        """Whose patients it is about; None: every GP's."""

    @property
    def starts_at(self) -> datetime:
        """Its first moment."""

    @property
    def ends_at(self) -> datetime | None:
        """The first moment after it."""


Period = TypeVar("Period", bound=Timed)


def is_on(period: Timed, now: datetime) -> bool:
    """ABS-16: from its start on, and no more from its end on."""
    return period.starts_at <= now and not is_over(period, now)


def is_over(period: Timed, now: datetime) -> bool:
    """ABS-16: who normally receives does so again from the end on; without an end it is permanent."""
    return period.ends_at is not None and period.ends_at <= now


def in_force(periods: Collection[Period], kind: str, gp_id: UUID | None, now: datetime) -> Period | None:
    """ABS-17: the GP's own period goes before one of the whole clinic; None: the standing set-up holds.

    gp_id: None for a GP who is unknown or has left: only the clinic's periods are about those.
    """
    found = [one for one in periods if one.kind == kind and one.gp_id in {gp_id, None} and is_on(one, now)]
    return min(found, key=lambda one: one.gp_id is None, default=None)


def overlap(one: Timed, other: Timed) -> bool:
    """Whether two periods of the same type and GP share a moment."""
    begins_before_end = other.ends_at is None or one.starts_at < other.ends_at
    ends_after_start = one.ends_at is None or other.starts_at < one.ends_at
    return begins_before_end and ends_after_start
