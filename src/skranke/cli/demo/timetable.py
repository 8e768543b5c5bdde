"""The demo's appointment books: types, a week template for each GP, and the weeks planned ahead."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from skranke.cli.demo import cast
from skranke.clinics.models import Employee
from skranke.clinics.organisation.queries import groups
from skranke.kernel import clock
from skranke.scheduling import queries
from skranke.scheduling.models import AppointmentType, ContactInterface, ResourceCategory, Schedule, WeekTemplate
from skranke.scheduling.services import planning, setup
from skranke.scheduling.services.copying import name_of
from skranke.scheduling.values import IsoWeek, TemplateEntry, weeks_from

WEEKS_AHEAD = 9
_MINUTES = 20
_MORNING = (time(8, 0), 10)
_AFTERNOON = (time(12, 0), 8)
_LAB = (time(9, 0), 4)
_HELPERS = 3
_LUNCH = (time(11, 20), time(12, 0))
_WORKING_WEEK = 5


def make(employees: Mapping[str, Employee]) -> None:
    """Types, templates and schedules of every worker who has one. Called once, when the clinic is made."""
    types = {
        "online": setup.create_type(name="Vanlig konsultasjon", minutes=_MINUTES, colour="online"),
        "desk": setup.create_type(name="Bestilles i skranken", minutes=_MINUTES, colour="desk", bookable_online=False),
        "acute": setup.create_type(
            name="Øyeblikkelig hjelp", minutes=_MINUTES, colour="acute", icon="bolt", bookable_online=False
        ),
        "video": setup.create_type(
            name="Videokonsultasjon", minutes=_MINUTES, colour="video", contact=ContactInterface.VIDEO
        ),
    }
    whole = setup.create_template(name="Vanlig uke", entries=_entries(types, (_MORNING, _AFTERNOON)))
    morning = setup.create_template(name="Formiddager", entries=_entries(types, (_MORNING,)))
    afternoon = setup.create_template(name="Ettermiddager", entries=_entries(types, (_AFTERNOON,)))
    for worker in cast.WORKERS:
        templates = [whole] if len(worker.schedules) == 1 else [morning, afternoon]
        for name, template in zip(worker.schedules, templates, strict=False):
            schedule = setup.create_schedule(owner=employees[worker.username], public_name=name, internal_name=name)
            _plan(schedule, template)
            _lunches(schedule)


def make_lab() -> None:
    """Three helpers who offer the same at the same times, each with a schedule of the lab's (RES-20, RES-25)."""
    blood = setup.create_type(
        name="Blodprøve",
        minutes=_MINUTES,
        colour="lab",
        icon="flask",
        category=ResourceCategory.LAB,
        information="For deg som har avtalt prøve med legen din. Møt fastende når det er bestilt fastende prøve.",
    )
    vaccine = setup.create_type(
        name="Influensavaksine",
        minutes=_MINUTES,
        colour="lab",
        category=ResourceCategory.VACCINE,
        information="For deg over 65 år, gravide og andre med økt risiko. Ta på et plagg med korte ermer.",
    )
    first, number = _LAB
    entries = []
    for weekday in range(1, _WORKING_WEEK + 1):
        for one in range(number):
            start = datetime.combine(clock.today(), first) + timedelta(minutes=_MINUTES * one)
            kind = vaccine if one == number - 1 else blood
            entries.append(TemplateEntry(weekday=weekday, start=start.time(), minutes=_MINUTES, type_id=kind.id))
    template = setup.create_template(name="Laben", entries=entries)
    group = next(one for one in groups() if one.name == cast.LAB_NAME)
    for helper in range(1, _HELPERS + 1):
        name = name_of("Labtjenester", "helsesekretær", helper)
        _plan(setup.create_schedule(owner=group, public_name=name, internal_name=name), template)


def make_small(gp: Employee) -> None:
    """One type, one template and one schedule, for a clinic with one GP. Called once, when the clinic is made."""
    kind = setup.create_type(name="Vanlig konsultasjon", minutes=_MINUTES, colour="online")
    types = dict.fromkeys(("online", "desk", "acute", "video"), kind)
    template = setup.create_template(name="Formiddager", entries=_entries(types, (_MORNING,)))
    _plan(setup.create_schedule(owner=gp, public_name=gp.name, internal_name=gp.name), template)


def plan_ahead() -> None:
    """Plan the weeks that have come nearer since the last start, each as its schedule's last planned week."""
    for schedule in queries.schedules():
        last = schedule.planned_weeks.order_by("-iso_year", "-iso_week").select_related("template").first()
        if last is not None:
            _plan(schedule, last.template, after=IsoWeek(last.iso_year, last.iso_week))


def _plan(schedule: Schedule, template: WeekTemplate, after: IsoWeek | None = None) -> None:
    weeks = weeks_from(IsoWeek.of(clock.today()), WEEKS_AHEAD)
    weeks = [week for week in weeks if after is None or week.monday > after.monday]
    if weeks:
        planning.plan_weeks(schedule, template, weeks)
        planning.apply_plan(schedule, weeks)


def _lunches(schedule: Schedule) -> None:
    """Lunch is an event, not a type (PLN-12)."""
    monday = IsoWeek.of(clock.today()).monday
    for number in range(7 * WEEKS_AHEAD):
        day = monday + timedelta(days=number)
        start, end = (clock.from_oslo(datetime.combine(day, wall)) for wall in _LUNCH)
        if day.isoweekday() <= _WORKING_WEEK and start is not None and end is not None:
            planning.add_event(schedule, start=start, end=end, text="Lunsj")


def _entries(types: Mapping[str, AppointmentType], blocks: tuple[tuple[time, int], ...]) -> list[TemplateEntry]:
    entries = []
    for weekday in range(1, _WORKING_WEEK + 1):
        for first, count in blocks:
            for number in range(count):
                start = datetime.combine(clock.today(), first) + timedelta(minutes=_MINUTES * number)
                kind = types[_kind(weekday, start.hour, number)]
                entries.append(TemplateEntry(weekday=weekday, start=start.time(), minutes=_MINUTES, type_id=kind.id))
    return entries


def _kind(weekday: int, hour: int, number: int) -> str:
    """Most times are for everybody; the first of the day are kept for the acute, some for the desk and for video."""
    if hour == _MORNING[0].hour and number == 0:
        return "acute"
    if (weekday + number) % 5 == 0:
        return "desk"
    if hour >= _AFTERNOON[0].hour and number == weekday:
        return "video"
    return "online"
