"""What a card is priced by; pure decisions."""

from datetime import datetime, timedelta

from skranke.billing.models import CardSource, NoUserFee
from skranke.billing.tariff import Tariff
from skranke.kernel import clock
from skranke.kernel.holidays import is_working_day
from skranke.kernel.ids import age_on
from skranke.patients.models import Patient
from skranke.patients.rules import is_exempt
from skranke.scheduling.models import Appointment, AppointmentState

TIED_WITHIN = timedelta(hours=24)


def why_free(patient: Patient, at: datetime, tariff: Tariff) -> NoUserFee:
    """BIL-9: why the patient pays no user fee for work done at an instant."""
    day = clock.oslo(at).date()
    if age_on(patient.birth_date, day) < tariff.free_under_age:
        return NoUserFee.UNDER_AGE
    return NoUserFee.EXEMPTION_CARD if is_exempt(patient, day) else NoUserFee.PAYS


def is_evening(at: datetime, tariff: Tariff) -> bool:
    """BIL-6: whether the evening's codes count at an instant: outside the hours of the tariff, or on a day off."""
    wall = clock.oslo(at)
    if tariff.weekends and not is_working_day(wall.date()):
        return True
    return not tariff.evening_to <= wall.time() < tariff.evening_from


def proposed(source: CardSource, at: datetime, tariff: Tariff) -> tuple[str, ...]:
    """BIL-5, BIL-6, BIL-8: the codes that a card begins with because of what it is made from."""
    by = tariff.proposed.get(source.value, {})
    return by.get("evening" if is_evening(at, tariff) else "day", ())


def source_of(appointment: Appointment, cancelled_at: datetime | None, tariff: Tariff) -> CardSource | None:
    """BIL-8: what a card of an appointment is for; None for one that nobody is billed for."""
    if appointment.state == AppointmentState.NO_SHOW:
        return CardSource.NO_SHOW
    if appointment.state == AppointmentState.CANCELLED_BY_PATIENT:
        latest = appointment.starts - timedelta(hours=tariff.late_cancel_hours)
        return CardSource.LATE_CANCEL if cancelled_at is not None and cancelled_at > latest else None
    if appointment.state in {AppointmentState.CANCELLED_BY_CLINIC, AppointmentState.DELETED}:
        return None
    return CardSource.APPOINTMENT
