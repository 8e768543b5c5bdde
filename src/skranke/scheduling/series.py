"""Where an appointment stands among those that were made together with it by one rule (PLN-15)."""

from typing import NamedTuple

from django.db.models import QuerySet

from skranke.scheduling import rules
from skranke.scheduling.access import note_reading
from skranke.scheduling.models import Appointment, AppointmentState
from skranke.scheduling.repeated import RepeatedAppointment

GIVEN_UP = (AppointmentState.CANCELLED_BY_CLINIC, AppointmentState.CANCELLED_BY_PATIENT, AppointmentState.DELETED)


class SeriesPlace(NamedTuple):
    """The number of an appointment among those made together, by time, and how many they are.

    What is given up is not counted. following: how many from this one on, it included, can be cancelled.
    """

    number: int
    of: int
    following: int


def place_in_series(appointment: Appointment) -> SeriesPlace | None:
    """Its place; None for one that was made alone, or is given up itself. One statement."""
    rows = list(_together(appointment).exclude(state__in=GIVEN_UP).values_list("id", "state"))
    ids = [identity for identity, _state in rows]
    if appointment.id not in ids:
        return None
    before = ids.index(appointment.id)
    following = sum(rules.may_be_cancelled(state) for _identity, state in rows[before:])
    return SeriesPlace(before + 1, len(rows), following)


def from_this_on(appointment: Appointment) -> list[Appointment]:
    """The appointment and those made together with it that come later, as far as they may be cancelled, by start.

    The reading of each is audited (NFR-1).
    """
    rows = _together(appointment).filter(starts__gte=appointment.during.lower)
    found = [one for one in rows.select_related("schedule", "type", "patient") if rules.may_be_cancelled(one.state)]
    note_reading(found)
    return found


def _together(appointment: Appointment) -> QuerySet[Appointment]:
    own = RepeatedAppointment.objects.filter(appointment=appointment).values("recurrence")
    return Appointment.objects.filter(repeated__recurrence__in=own).order_by("starts", "id")
