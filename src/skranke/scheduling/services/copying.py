"""Numbered copies of a schedule: one for each of several who offer the same at the same time (RES-20, RES-25)."""

import re
from itertools import groupby

from django.utils.translation import gettext as _

from skranke.clinics.access import require
from skranke.clinics.permissions import Permission
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.scheduling.models import PlannedWeek, Schedule
from skranke.scheduling.services.limits import NAMES
from skranke.scheduling.services.planning import apply_plan, plan_weeks
from skranke.scheduling.services.schedules import create_schedule
from skranke.scheduling.values import IsoWeek
from skranke.tenancy.work import current_actor

MOST_COPIES = 20
_SAME = ("online", "audience", "patient_list", "department", "owner_sms", "reminders", *NAMES)
_NUMBERED = re.compile(r"(?P<name>.*\S) \((?P<role>.*\S) (?P<number>\d{1,4})\)")


def name_of(name: str, role: str, number: int) -> str:
    """The suggested pattern: "Labtjenester (helsesekretær 2)"."""
    return f"{name.strip()} ({role.strip()} {number})"


def parts_of(name: str) -> tuple[str, str]:
    """What a name by the pattern is made of: the service and the role; another name is the service's alone."""
    found = _NUMBERED.fullmatch(name.strip())
    return (found["name"], found["role"]) if found else (name.strip(), "")


def copy_schedule(schedule: Schedule, *, name: str, role: str, number: int, with_plan: bool = False) -> list[Schedule]:
    """Make `number` schedules like this one: same owner, limits and who may book, named by the pattern and numbered on.

    with_plan: the weeks that are planned from this one on, and their free times, too. Raises NotAllowedError,
    InvalidError: by name, role or number, and for a GP's, who may own one alone (HNB-4).
    """
    require(current_actor(), Permission.CHANGE_SETTINGS)
    if schedule.owner is not None and schedule.owner.is_gp:
        raise InvalidError(
            _("En fastlege kan bare eie én timebok. Bytt eier først. Ingenting er laget."), field="number"
        )
    if not 1 <= number <= MOST_COPIES:
        raise InvalidError(_("Lag fra 1 til 20 timebøker om gangen. Ingenting er laget."), field="number")
    for field, text in (("name", name), ("role", role)):
        if not text.strip():
            raise InvalidError(_("Skriv hva kopiene skal hete. Ingenting er laget."), field=field)
    first = _last_number(name, role) + 1
    made = [_copy(schedule, name_of(name, role, one)) for one in range(first, first + number)]
    if with_plan:
        for one in made:
            _copy_plan(schedule, one)
    return made


def next_number(name: str, role: str) -> int:
    """The number that the next copy gets."""
    return _last_number(name, role) + 1


def _copy(schedule: Schedule, name: str) -> Schedule:
    same = {field: getattr(schedule, field) for field in _SAME}
    owner = schedule.owner or schedule.group
    return create_schedule(owner=owner, public_name=name, internal_name=name, **same)


def _last_number(name: str, role: str) -> int:
    """The highest number that the pattern has been used with, archived schedules too: a number is used once."""
    wanted = (name.strip().casefold(), role.strip().casefold())
    used = [0]
    for one in Schedule.objects.values_list("public_name", flat=True):
        found = _NUMBERED.fullmatch(one)
        if found and (found["name"].casefold(), found["role"].casefold()) == wanted:
            used.append(int(found["number"]))
    return max(used)


def _copy_plan(schedule: Schedule, copy: Schedule) -> None:
    this_week = IsoWeek.of(clock.today())
    rows = schedule.planned_weeks.select_related("template").order_by("template_id", "days_off", "iso_year", "iso_week")
    coming = [row for row in rows if IsoWeek(row.iso_year, row.iso_week) >= this_week]
    for (_template_id, days_off), weeks in groupby(coming, key=_planned_alike):
        group = list(weeks)
        plan_weeks(copy, group[0].template, [IsoWeek(one.iso_year, one.iso_week) for one in group], days_off=days_off)
    apply_plan(copy)


def _planned_alike(row: PlannedWeek) -> tuple[object, list[int]]:
    return row.template_id, row.days_off
