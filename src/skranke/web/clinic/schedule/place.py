"""Which part of which schedule a page shows, read from its address."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import NotFoundError
from skranke.kernel.ids import uuid_or_none
from skranke.scheduling import queries
from skranke.scheduling.access import get_schedule_for
from skranke.scheduling.models import Schedule
from skranke.scheduling.values import IsoWeek

DAY, WEEK = "dag", "uke"
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_LAST_YEAR = 2100
_FRIDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A week or a day of a schedule. schedule: None where the clinic has none.

    view: "dag", "uke", or "" for a week that a phone shows one day of. month: the first of the mini-calendar's month.
    moving: the appointment that is being moved; free times lead to it.
    """

    slug: str
    schedules: tuple[Schedule, ...]
    schedule: Schedule | None
    day: date
    view: str = ""
    month: date
    moving: UUID | None = None

    @property
    def first(self) -> date:
        """The first day shown."""
        return self.day if self.view == DAY else IsoWeek.of(self.day).monday

    @property
    def days(self) -> int:
        """How many days are shown."""
        return 1 if self.view == DAY else 7

    def at(self, day: date) -> "Place":
        """The same view of another day."""
        return replace(self, day=day, month=day.replace(day=1))

    def shifted(self, days: int) -> "Place":
        """The same view, days later or earlier."""
        return self.at(self.day + timedelta(days=days))

    def url(self, **changes: object) -> str:
        """The address of this place; changes: parameters to add or replace, "" to leave out."""
        pairs: dict[str, object] = {
            "timebok": self.schedule.id if self.schedule else "",
            "dag": self.day.isoformat(),
            "visning": self.view,
            "flytt": self.moving or "",
        }
        return with_query(reverse("schedule", args=[self.slug]), **(pairs | changes))


def place_of(
    request: HttpRequest,
    actor: Actor,
    *,
    schedule: Schedule | None = None,
    day: date | None = None,
    moving: UUID | None = None,
) -> Place:
    """The place a request asks for, or that of a slot or an appointment when schedule and day are given.

    Without a schedule in the address: the person's own, else the first (CAL-13). Raises NotFoundError.
    """
    asked = request.GET
    every = tuple(queries.schedules())
    wanted = uuid_of(asked.get("timebok", ""))
    if schedule is None and wanted is not None:
        schedule = get_schedule_for(actor, wanted)
    chosen = schedule or next((one for one in every if one.owner_id == actor.person_id), next(iter(every), None))
    shown = day or _day(asked.get("dag", "")) or _monday(asked.get("uke", "")) or _working_day()
    view = asked.get("visning", "")
    month = _day(f"{asked.get('mnd', '')}-01") or shown
    return Place(
        # The address names the clinic: no need to ask the database again.
        slug=request.resolver_match.kwargs["slug"] if request.resolver_match else "",
        schedules=every,
        schedule=chosen,
        day=shown,
        view=view if view in (DAY, WEEK) else "",
        month=month.replace(day=1),
        moving=moving or uuid_of(asked.get("flytt", "")),
    )


def with_query(address: str, **pairs: object) -> str:
    """An address with its parameters; empty ones are left out."""
    return f"{address}?{urlencode({name: str(value) for name, value in pairs.items() if value not in ('', None)})}"


def uuid_of(text: str) -> UUID | None:
    """An id from an address; None when there is none. Raises NotFoundError for what is no id."""
    found = uuid_or_none(text)
    if text and found is None:
        raise NotFoundError("There is no such thing here.")
    return found


def _working_day() -> date:
    """Today; in a weekend the coming Monday, which is what people come for."""
    today = clock.today()
    return today if today.isoweekday() <= _FRIDAY else IsoWeek.of(today).next().monday


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if clock.today().year - 100 < day.year < _LAST_YEAR else None


def _monday(text: str) -> date | None:
    match = _WEEK.fullmatch(text)
    try:
        monday = IsoWeek(int(match[1]), int(match[2])).monday if match else None
    except ValueError:
        return None
    return _day(monday.isoformat()) if monday else None
