"""The only source of now, for code and SQL.

Every process reads the same offset from one small file (the environment variable SKRANKE_CLOCK_FILE names it),
so that a demo or a test moves the time of all of them at once. Without the variable the time is the machine's.
"""

import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
ENVIRONMENT_VARIABLE = "SKRANKE_CLOCK_FILE"


def offset() -> timedelta:
    """How far the shared clock stands ahead of the machine's."""
    path = os.environ.get(ENVIRONMENT_VARIABLE)
    if not path:
        return timedelta()
    try:
        return timedelta(seconds=float(Path(path).read_text(encoding="ascii").strip() or "0"))
    except FileNotFoundError:
        return timedelta()


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC) + offset()


def today() -> date:
    """The present date on the wall in Oslo."""
    return now().astimezone(OSLO).date()


def move(by: timedelta) -> datetime:
    """Move the clock of every process that shares the file, and return the new now.

    Raises RuntimeError where no clock file is set: a production clock cannot be moved.
    """
    path = os.environ.get(ENVIRONMENT_VARIABLE)
    if not path:
        raise RuntimeError(f"The clock can only be moved where {ENVIRONMENT_VARIABLE} names a file.")
    total = offset() + by
    temporary = Path(f"{path}.{os.getpid()}.{time.monotonic_ns()}")
    temporary.write_text(f"{total.total_seconds():.6f}\n", encoding="ascii")
    temporary.replace(path)
    return now()


def move_to(instant: datetime) -> datetime:
    """Move the shared clock to an instant (with a zone) and return the new now."""
    return move(instant - now())


def oslo(instant: datetime) -> datetime:
    """The same instant as wall time in Oslo."""
    return instant.astimezone(OSLO)


def from_oslo(wall: datetime) -> datetime | None:
    """The instant (UTC) of a naive Oslo wall time; None when that time does not exist.

    One that does not lies in a spring night, or outside the years that UTC can be told in.

    An ambiguous time (autumn night) means the first of the two, as architecture.md section 5 decides.
    """
    try:
        instant = wall.replace(tzinfo=OSLO, fold=0).astimezone(UTC)
    except OverflowError:
        return None
    return instant if instant.astimezone(OSLO).replace(tzinfo=None) == wall.replace(tzinfo=None) else None
