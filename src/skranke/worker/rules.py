"""When a job is due: pure calculations on what its row says and what the time is (NFR-4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from skranke.kernel import clock

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Every:
    """Again when this time has passed since the last run began."""

    interval: timedelta


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day, from this hour on the wall in Oslo; `hour` is asked each time and says -1 for never.

    within: how late it may still begin. A day that passed while no worker ran is then left out.
    """

    hour: Callable[[], int]
    within: timedelta = timedelta(hours=24)


When = Every | Daily


def is_due(when: When, now: datetime, succeeded_at: datetime | None, failed_at: datetime | None, failures: int) -> bool:
    """Whether the job is to be done now; a clock that was set back holds nothing up (NFR-4)."""
    if failed_at is not None and failed_at <= now < failed_at + pause_after(failures):
        return False
    if isinstance(when, Every):
        return succeeded_at is None or not succeeded_at <= now < succeeded_at + when.interval
    began = latest(when, now)
    return began is not None and now < began + when.within and (succeeded_at is None or succeeded_at < began)


def pause_after(failures: int) -> timedelta:
    """How long a job that failed so many times in a row is left alone (NFR-4)."""
    return min(FIRST_PAUSE * 2 ** (min(failures, 20) - 1), LONGEST_PAUSE) if failures > 0 else timedelta()


def latest(when: Daily, now: datetime) -> datetime | None:
    """The last time before now at which the job was to begin; None when it never is."""
    hour = when.hour()
    if hour < 0:
        return None
    today = clock.oslo(now).replace(hour=hour, minute=0, second=0, microsecond=0, tzinfo=None)
    found = _instant(today)
    return found if found <= now else _instant(today - timedelta(days=1))


def _instant(wall: datetime) -> datetime:
    """An hour that a spring night does not have is the next one."""
    instant = clock.from_oslo(wall) or clock.from_oslo(wall + timedelta(hours=1))
    if instant is None:
        raise ValueError("No clock in Oslo leaves out two hours.")
    return instant
