"""Events that repeat: made together, then changed or taken away alone, from one on, or all (PLN-15)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.kernel.holidays import public_holidays
from skranke.kernel.ids import new_id
from skranke.scheduling.models import STANDING, Appointment, CalendarEvent, PlannedWeek, Schedule
from skranke.scheduling.recurring import MOST, Recurrence, WallSpan, days_of, instants
from skranke.scheduling.services.locks import lock_schedule
from skranke.scheduling.services.planning import add_event, change_event, remove_event


class Scope(StrEnum):
    """Which events of a series are meant."""

    ONE = "one"
    FOLLOWING = "following"
    ALL = "all"


class Instance(NamedTuple):
    """One day of a rule. stretch: None where its time does not exist that night.

    holiday: the name of a public holiday. closed: the work plan has the day closed. appointments: how many stand
    there already.
    """

    day: date
    stretch: tuple[datetime, datetime] | None
    holiday: str
    closed: bool
    appointments: int


def preview_events(schedule: Schedule, first: date, span: WallSpan, rule: Recurrence) -> list[Instance]:
    """What a rule would make, before anything is made. Raises InvalidError where it makes nothing, or too much."""
    days = days_of(first, rule)
    if not days:
        raise InvalidError(_("Regelen treffer ingen dag."), field="last")
    if len(days) > MOST:
        raise InvalidError(_("En hendelse kan gjentas høyst 200 ganger."), field="last")
    there = [(day, instants(day, span)) for day in days]
    taken = _standing(schedule, [stretch for _day, stretch in there if stretch])
    closed = closed_days(schedule, days)
    return [
        Instance(
            day=day,
            stretch=stretch,
            holiday=public_holidays(day.year).get(day, ""),
            closed=day in closed,
            appointments=sum(stretch[0] < ends and starts < stretch[1] for starts, ends in taken) if stretch else 0,
        )
        for day, stretch in there
    ]


def _standing(schedule: Schedule, stretches: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    if not stretches:
        return []
    rows = Appointment.objects.filter(schedule=schedule, state__in=STANDING)
    rows = rows.filter(starts__lt=stretches[-1][1], ends__gt=stretches[0][0])
    return list(rows.values_list("starts", "ends"))


def closed_days(schedule: Schedule, days: Iterable[date]) -> set[date]:
    """Those of the days that the work plan has closed (PLN-6, PLN-7)."""
    weeks = {day.isocalendar()[:2] for day in days}
    planned = PlannedWeek.objects.filter(schedule=schedule, iso_year__in={year for year, _week in weeks})
    return {
        date.fromisocalendar(one.iso_year, one.iso_week, weekday)
        for one in planned
        if (one.iso_year, one.iso_week) in weeks
        for weekday in one.days_off
    }


def add_events(schedule: Schedule, stretches: Sequence[tuple[datetime, datetime]], *, text: str) -> list[CalendarEvent]:
    """Make one event for each stretch, as one series; all of them or none. Raises InvalidError."""
    if not 0 < len(stretches) <= MOST:
        raise InvalidError(_("Velg minst én dag, og høyst 200."))
    series = new_id()
    return [add_event(schedule, start=start, end=end, text=text, series=series) for start, end in stretches]


def change_events(event: CalendarEvent, scope: Scope, *, start: datetime, end: datetime, text: str) -> int:
    """Give the event, and those of its series that are meant, another time of day, weekday or text.

    One that was given its own time alone keeps time and text. Returns how many were changed. Raises InvalidError, and
    then none is.
    """
    if event.series is None or scope == Scope.ONE:
        moved = (start, end) != (event.during.lower, event.during.upper)
        if event.series is not None and moved:
            event.apart = True
            event.save(update_fields=["apart"])
        change_event(event, start=start, end=end, text=text)
        return 1
    lock_schedule(event.schedule_id)
    those = [one for one in _meant(event, scope) if not one.apart or one.id == event.id]
    begins, ends = clock.oslo(start), clock.oslo(end)
    span = WallSpan(begins.time(), ends.time(), (ends.date() - begins.date()).days)
    shift = begins.date() - clock.oslo(event.during.lower).date()
    wanted = [(one, _shifted(one, shift, span)) for one in those]
    if scope == Scope.FOLLOWING:
        CalendarEvent.objects.filter(id__in=[one.id for one in _meant(event, scope)]).update(series=new_id())
    for one, (starts, until) in wanted:
        change_event(one, start=starts, end=until, text=text)
    return len(wanted)


def remove_events(event: CalendarEvent, scope: Scope) -> int:
    """Take the event away, and those of its series that are meant; returns how many."""
    lock_schedule(event.schedule_id)
    those = [event] if event.series is None or scope == Scope.ONE else _meant(event, scope)
    for one in those:
        remove_event(one)
    return len(those)


def _meant(event: CalendarEvent, scope: Scope) -> list[CalendarEvent]:
    rows = CalendarEvent.objects.filter(series=event.series, schedule_id=event.schedule_id).order_by("starts", "id")
    return list(rows.filter(starts__gte=event.during.lower) if scope == Scope.FOLLOWING else rows)


def _shifted(one: CalendarEvent, shift: timedelta, span: WallSpan) -> tuple[datetime, datetime]:
    during: DateTimeTZRange = one.during
    day = clock.oslo(during.lower).date() + shift
    stretch = instants(day, span)
    if stretch is None:
        told = _("Klokkeslettet finnes ikke %(dag)s, når klokken stilles. Ingen av hendelsene er endret.")
        raise InvalidError(told % {"dag": f"{day:%d.%m.%Y}"}, field="start")
    return stretch
