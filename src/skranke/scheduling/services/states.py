"""What happens to an appointment on the day: arrival, consultation, done, no-show (APT-10..12)."""

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.kernel import clock
from skranke.scheduling.errors import WrongStateError
from skranke.scheduling.models import Appointment, AppointmentState
from skranke.scheduling.rules import may_become, may_check_in_self
from skranke.scheduling.services.booking import bump, locked
from skranke.scheduling.services.record import MISSED, log, push


def change_state(
    appointment: Appointment, state: AppointmentState, *, expected_version: int | None = None
) -> Appointment:
    """Check in (and undo it), start, finish. Raises WrongStateError for a step APT-10 does not know."""
    held = locked(appointment, expected_version)
    if not may_become(held.state, state):
        raise WrongStateError(_("Timen kan ikke få denne tilstanden slik den står nå."))
    now = clock.now()
    before = held.state
    bump(held, AppointmentState(state))
    log(held, str(AppointmentState(state).value), Action.APPOINTMENT_CHANGED, now, {"from": str(before)})
    return held


def check_in_self(appointment: Appointment) -> Appointment:
    """The patient has come, and says so (APT-12). Said twice is said once, with `already` set.

    Raises WrongStateError too early, too late, or when the appointment does not stand.
    """
    held, now = locked(appointment), clock.now()
    if held.state == AppointmentState.CHECKED_IN:
        held.already = True
        return held
    if not may_check_in_self(held.state, held.during.lower, held.during.upper, now):
        raise WrongStateError(_("Du kan si fra at du har kommet, fra fem minutter før timen og til den er over."))
    bump(held, AppointmentState.CHECKED_IN)
    log(
        held,
        "checked_in",
        Action.APPOINTMENT_CHANGED,
        now,
        {"from": str(AppointmentState.BOOKED.value), "by": "patient"},
    )
    return held


def mark_no_show(appointment: Appointment, *, expected_version: int | None = None) -> Appointment:
    """The patient did not come: told as 11 whichever channel it was booked by (DDFL-PU-06).

    Raises WrongStateError before the appointment has begun, or when it does not stand.
    """
    if appointment.during.lower > clock.now():
        raise WrongStateError(_("Timen har ikke begynt ennå."))
    held = change_state(appointment, AppointmentState.NO_SHOW, expected_version=expected_version)
    push(held, MISSED, clock.now())
    return held
