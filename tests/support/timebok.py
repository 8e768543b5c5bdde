"""A clinic with one schedule of Kari's and an ordinary type, and short words for making more."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from skranke.clinics.models import Employee
from skranke.kernel import clock
from skranke.scheduling.models import AppointmentType, Schedule, Slot
from skranke.scheduling.services import add_single_slot, create_schedule, create_type
from skranke.scheduling.values import IsoWeek
from skranke.tenancy.work import acting

from cast import Cast, make_clinic


@dataclass(frozen=True)
class Timebok:
    cast: Cast
    schedule: Schedule
    ordinary: AppointmentType

    def slot(self, when: datetime, schedule: Schedule | None = None, **facts: object) -> Slot:
        kind = facts.pop("type", self.ordinary)
        with acting(self.cast.system):
            return add_single_slot(schedule or self.schedule, start=when, type=kind, **facts)

    def second_schedule(self, owner: Employee | None = None) -> Schedule:
        with acting(self.cast.system):
            return create_schedule(owner=owner or self.cast.kari, public_name="Vaksine", internal_name="Karis andre")


# A Monday with no holiday for weeks to come, 08:00 in Oslo.
MONDAY = datetime(2027, 2, 1, 7, tzinfo=UTC)


def make_timebok(**clinic: object) -> Timebok:
    """The clinic, with the clock moved to MONDAY: no test depends on the day it is run."""
    clock.move_to(MONDAY)
    cast = make_clinic(**clinic)
    with acting(cast.system):
        schedule = create_schedule(owner=cast.kari, public_name="Kari Lunde", internal_name="Karis timebok")
        ordinary = create_type(name="Vanlig time", minutes=20, colour="online")
    return Timebok(cast, schedule, ordinary)


def weekday_at(hour: int, minute: int = 0, *, weeks: int = 1, weekday: int = 2) -> datetime:
    """An Oslo wall time in a coming week, as an instant."""
    day = IsoWeek.of(MONDAY.date()).monday + timedelta(days=7 * weeks + weekday - 1)
    instant = clock.from_oslo(datetime.combine(day, time(hour, minute)))
    assert instant is not None
    return instant
