"""Which part of which schedule a page shows, read from its address."""

import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import NotFoundError
from skranke.kernel.ids import uuid_or_none
from skranke.scheduling import queries
from skranke.scheduling.access import get_group_for, get_schedule_for
from skranke.scheduling.calendars import MOST_SCHEDULES
from skranke.scheduling.layouts import CalendarLayout, DisplayGroup, ViewKind
from skranke.scheduling.models import Schedule
from skranke.scheduling.values import IsoWeek

DAY, WEEK, GROUP = "dag", "uke", "gruppe"
HIDE_COOKIE = "skranke_skjul"
"""Set while patient data is hidden on this screen (CAL-15)."""
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_LAST_YEAR = 2100
_FRIDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A week or a day of a schedule, or a day of several. schedule: None where the clinic has none.

    view: "dag", "uke", "gruppe", or "" for a week that a phone shows one day of. group: whose schedules stand side by
    side; None: all. month: the first of the mini-calendar's month. moving, copying: the appointment that is being
    moved, or copied (APT-25); free times lead to it. layout: how the person sees this kind of view. hidden: patient
    data is hidden on this screen.
    """

    slug: str
    schedules: tuple[Schedule, ...]
    schedule: Schedule | None
    day: date
    view: str = ""
    month: date
    moving: UUID | None = None
    copying: UUID | None = None
    group: DisplayGroup | None = None
    layout: CalendarLayout = field(default_factory=CalendarLayout)
    hidden: bool = False

    @property
    def kind(self) -> ViewKind:
        """Which settings count here (CAL-10)."""
        return {DAY: ViewKind.DAY, GROUP: ViewKind.GROUP}.get(self.view, ViewKind.WEEK)

    @property
    def shown(self) -> tuple[Schedule, ...]:
        """The schedules that are shown: one, or those of the group that are in use (CAL-11)."""
        if self.view != GROUP:
            return (self.schedule,) if self.schedule else ()
        if self.group is None:
            return self.schedules[:MOST_SCHEDULES]
        known = {one.id: one for one in self.schedules}
        chosen = tuple(known[identity] for identity in self.group.schedule_ids if identity in known)
        return chosen or self.schedules[:MOST_SCHEDULES]

    @property
    def first(self) -> date:
        """The first day shown."""
        return self.day if self.view in (DAY, GROUP) else IsoWeek.of(self.day).monday

    @property
    def days(self) -> int:
        """How many days are shown."""
        return 1 if self.view in (DAY, GROUP) else 7

    def at(self, day: date) -> "Place":
        """The same view of another day."""
        return replace(self, day=day, month=day.replace(day=1))

    def shifted(self, days: int) -> "Place":
        """The same view, days later or earlier; where weekends are hidden, a step of one day goes past them."""
        there = self.day + timedelta(days=days)
        while self.layout.hide_weekends and abs(days) == 1 and there.isoweekday() > _FRIDAY:
            there += timedelta(days=days)
        return self.at(there)

    def url(self, **changes: object) -> str:
        """The address of this place; changes: parameters to add or replace, "" to leave out."""
        pairs: dict[str, object] = {
            "timebok": self.schedule.id if self.schedule else "",
            "dag": self.day.isoformat(),
            "visning": self.view,
            "gruppe": self.group.id if self.group and self.view == GROUP else "",
            "flytt": self.moving or "",
            "kopi": self.copying or "",
        }
        return with_query(reverse("schedule", args=[self.slug]), **(pairs | changes))

    @property
    def seen_as(self) -> dict[str, object]:
        """The parameters of an address that keep the view."""
        return {"visning": self.view, "gruppe": self.group.id if self.group and self.view == GROUP else ""}


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
    seen = asked if "visning" in asked else _seen(request)
    view, group_id = seen.get("visning", ""), uuid_of(seen.get("gruppe", ""))
    month = _day(f"{asked.get('mnd', '')}-01") or shown
    return Place(
        # The address names the clinic: no need to ask the database again.
        slug=request.resolver_match.kwargs["slug"] if request.resolver_match else "",
        schedules=every,
        schedule=chosen,
        day=shown,
        view=view if view in (DAY, WEEK, GROUP) else "",
        group=get_group_for(actor, group_id) if view == GROUP and group_id else None,
        hidden=bool(request.COOKIES.get(HIDE_COOKIE)),
        month=month.replace(day=1),
        moving=moving or uuid_of(asked.get("flytt", "")),
        copying=uuid_of(asked.get("kopi", "")),
    )


def with_query(address: str, **pairs: object) -> str:
    """An address with its parameters; empty ones are left out."""
    query = urlencode({name: str(value) for name, value in pairs.items() if value not in ("", None)})
    return f"{address}?{query}" if query else address


def pointed_url(place: Place, name: str, pointed: str) -> str:
    """The address of what is made where the calendar was pointed at; pointed: the time of day, "" where none."""
    there = {"timebok": place.schedule.id if place.schedule else "", "dag": place.day, "fra": pointed}
    return with_query(reverse(name, args=[place.slug]), **there, **place.seen_as)


def seen_in(address: str, place: Place) -> str:
    """An address of this room that opens in the same view again."""
    path, _mark, query = address.partition("?")
    pairs = QueryDict(query, mutable=True)
    for name, value in place.seen_as.items():
        pairs.setdefault(name, str(value))
    return with_query(path, **pairs.dict())


def clock_text(request: HttpRequest) -> str:
    """The time of day an address names, as a time field shows it; "" where it names none."""
    asked = request.GET.get("fra", "")
    return asked if _CLOCK.fullmatch(asked) else ""


def uuid_of(text: str) -> UUID | None:
    """An id from an address; None when there is none. Raises NotFoundError for what is no id."""
    found = uuid_or_none(text)
    if text and found is None:
        raise NotFoundError("There is no such thing here.")
    return found


def _seen(request: HttpRequest) -> QueryDict:
    """What the calendar on the screen shows, where htmx asks for something beside it."""
    return QueryDict(urlsplit(request.headers.get("HX-Current-URL", "")).query)


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
