"""A schedule's work plan as people see it: the weeks of a year, and which plans are stale (PLN-2, PLN-7, PLN-8)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import F, Q

from skranke.kernel import clock
from skranke.kernel.holidays import public_holidays
from skranke.scheduling.models import PlannedWeek, Schedule, WeekTemplate
from skranke.scheduling.values import IsoWeek

_STALE = Q(applied_at__isnull=True) | Q(applied_at__lt=F("template__changed_at"))


@dataclass(frozen=True, slots=True, kw_only=True)
class YearWeek:
    """One ISO week of a plan. days_off: ISO weekdays without times. stale: changed since it was applied."""

    week: IsoWeek
    template: WeekTemplate | None
    days_off: tuple[int, ...]
    stale: bool
    past: bool

    @property
    def days(self) -> list[date]:
        """Monday to Sunday."""
        return [self.week.monday + timedelta(days=number) for number in range(7)]

    @property
    def red(self) -> list[date]:
        """PLN-7: its public holidays from Monday to Friday, which have no times whatever is planned."""
        return red_days(self.week)


def red_days(week: IsoWeek) -> list[date]:
    """PLN-7: the public holidays of a week from Monday to Friday."""
    days = (week.monday + timedelta(days=number) for number in range(5))
    return [day for day in days if day in public_holidays(day.year)]


def weeks_of(year: int) -> list[IsoWeek]:
    """The 52 or 53 ISO weeks of a year."""
    last = date(year, 12, 28).isocalendar().week
    return [IsoWeek(year, number) for number in range(1, last + 1)]


def year_plan(schedule: Schedule, year: int) -> list[YearWeek]:
    """Every week of an ISO year, planned or not."""
    rows = schedule.planned_weeks.filter(iso_year=year).select_related("template")
    planned = {row.iso_week: row for row in rows}
    present = IsoWeek.of(clock.today())
    return [_week(week, planned.get(week.week), past=week < present) for week in weeks_of(year)]


def _week(week: IsoWeek, row: PlannedWeek | None, *, past: bool) -> YearWeek:
    if row is None:
        return YearWeek(week=week, template=None, days_off=(), stale=False, past=past)
    stale = not past and (row.applied_at is None or row.applied_at < row.template.changed_at)
    return YearWeek(week=week, template=row.template, days_off=tuple(row.days_off), stale=stale, past=past)


def stale_weeks(schedules: Collection[Schedule] | None = None) -> dict[UUID, list[IsoWeek]]:
    """PLN-8: the weeks from this one on that were changed since they were applied, by schedule."""
    present = IsoWeek.of(clock.today())
    coming = Q(iso_year__gt=present.year) | Q(iso_year=present.year, iso_week__gte=present.week)
    rows = PlannedWeek.objects.filter(_STALE, coming, schedule__archived=False)
    if schedules is not None:
        rows = rows.filter(schedule__in=schedules)
    found: dict[UUID, list[IsoWeek]] = {}
    for schedule_id, year, week in rows.order_by("iso_year", "iso_week").values_list(
        "schedule_id", "iso_year", "iso_week"
    ):
        found.setdefault(schedule_id, []).append(IsoWeek(year, week))
    return found


def used_by(template: WeekTemplate) -> list[Schedule]:
    """The schedules in use that have weeks of the template from this week on."""
    present = IsoWeek.of(clock.today())
    coming = Q(iso_year__gt=present.year) | Q(iso_year=present.year, iso_week__gte=present.week)
    ids = PlannedWeek.objects.filter(coming, template=template).values("schedule_id")
    return list(Schedule.objects.filter(id__in=ids, archived=False).order_by("internal_name", "id"))
