"""Times on the wire (protocol-messages 3.6): instants are written in UTC, xCal carries Oslo wall time."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from skranke.kernel.clock import from_oslo, oslo

_DATE_TIME = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})?",
    re.ASCII,
)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:Z|[+-]\d{2}:\d{2})?", re.ASCII)
_MICROSECOND_DIGITS = 6
_END_OF_DAY_HOUR = 24


def _parts(text: str) -> tuple[datetime, str]:
    match = _DATE_TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError("not an xs:dateTime")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction = int(((match[7] or "") + "000000")[:_MICROSECOND_DIGITS])
    # xs:dateTime writes the last instant of a day as 24:00:00.
    days = timedelta(days=1) if (hour, minute, second, fraction) == (_END_OF_DAY_HOUR, 0, 0, 0) else timedelta()
    wall = datetime(year, month, day, 0 if days else hour, minute, second, fraction)  # noqa: DTZ001 - the zone follows
    return wall + days, match[8] or ""


def _located(wall: datetime, zone: str) -> datetime:
    """The instant. Raises OverflowError for one that has no wall time in Oslo, where people would be shown it."""
    instant = _in_utc(wall, zone)
    oslo(instant)
    return instant


def _in_utc(wall: datetime, zone: str) -> datetime:
    if not zone:
        instant = from_oslo(wall)
        if instant is None:
            raise ValueError("a wall time that the clock change skips")
        return instant
    if zone == "Z":
        return wall.replace(tzinfo=UTC)
    sign = -1 if zone[0] == "-" else 1
    offset = timezone(sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6])))
    return wall.replace(tzinfo=offset).astimezone(UTC)


def read_instant(text: str) -> datetime:
    """The instant (UTC) of an xs:dateTime; without a zone it is Oslo wall time. Raises ValueError."""
    try:
        return _located(*_parts(text))
    except OverflowError as error:
        raise ValueError("a time outside the calendar") from error


def read_calendar_time(text: str) -> datetime:
    """The instant (UTC) of an xCal date-time: Oslo wall time, or UTC with Z; an offset is invalid (DDFL-CAL-06)."""
    try:
        wall, zone = _parts(text)
        if zone not in {"", "Z"}:
            raise ValueError("a date-time of a calendar may not have an offset")
        return _located(wall, zone)
    except OverflowError as error:
        raise ValueError("a time outside the calendar") from error


def read_date(text: str) -> date:
    """The date of an xs:date; a zone suffix is legal and dropped. Raises ValueError."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise ValueError("not an xs:date")
    return date(int(match[1]), int(match[2]), int(match[3]))


def whole_milliseconds(instant: datetime) -> datetime:
    """The instant in UTC, cut to what `write_instant` writes."""
    utc = instant.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def write_instant(instant: datetime) -> str:
    """UTC with Z, in seconds; milliseconds only where they are not zero (order of messages, section 6 rule 3)."""
    utc = whole_milliseconds(instant).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds" if utc.microsecond else "seconds") + "Z"


def write_calendar_time(instant: datetime) -> str:
    """Oslo wall time without zone (DDFL-CAL-04).

    The second of two equal wall times (autumn night) cannot be told from the first; no slot is published then.
    """
    wall = oslo(instant).replace(tzinfo=None)
    return wall.isoformat()
