"""What a screen says of one appointment: its log, what HelseNorge has been told, and what may be done with it now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.outbox.afterwards import last_about
from skranke.outbox.intents import Intent
from skranke.outbox.models import OutboxItem, OutboxState
from skranke.patients.models import Patient
from skranke.scheduling import rules
from skranke.scheduling.facts import clinic_limits, schedule_facts, type_facts
from skranke.scheduling.models import STANDING, Appointment, AppointmentEvent, BookedThrough, ContactInterface
from skranke.scheduling.series import SeriesPlace, place_in_series
from skranke.scheduling.services.record import helsenorge_knows, is_told, pushes
from skranke.scheduling.services.telling import may_tell_again, undelivered, why_undelivered


class Told(StrEnum):
    """What HelseNorge knows of an appointment. NOTHING: it has not been told, and will not be."""

    HIDDEN = "hidden"
    UNREACHABLE = "unreachable"
    NOTHING = "nothing"
    WAITS = "waits"
    SENT = "sent"
    RECEIVED = "received"
    REFUSED = "refused"
    KNOWS = "knows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """One appointment as its panel shows it.

    told_at: when the telling leaves, left or was received. why: of one that did not arrive, in plain words.
    may_tell_again: that one may be sent once more. deletable_until: the end of the grace period, None when
    it is over (APT-5). cancelling_tells: the patient hears of a cancellation in HelseNorge. steps: the states it may
    go to now (APT-10). series: its place among those made together, None for one that was made alone (PLN-15).
    """

    appointment: Appointment
    log: tuple[AppointmentEvent, ...]
    told: Told
    told_at: datetime | None
    why: str
    may_tell_again: bool
    deletable_until: datetime | None
    may_cancel: bool
    cancelling_tells: bool
    may_move: bool
    steps: frozenset[str]
    wait_seconds: int
    series: SeriesPlace | None


def details(appointment: Appointment) -> Details:
    """All of it, as of now; five statements, or six."""
    now = clock.now()
    last = _last(appointment)
    told, told_at = _told(appointment, last)
    known = helsenorge_knows(appointment)
    deletable_until = None if known else _deletable_until(appointment, now)
    begun = appointment.during.lower <= now
    may_cancel = rules.may_be_cancelled(appointment.state)
    return Details(
        appointment=appointment,
        log=tuple(appointment.log.order_by("at", "id")),
        told=told,
        told_at=told_at,
        why=why_undelivered(last) if last is not None and told == Told.REFUSED else "",
        may_tell_again=last is not None and may_tell_again(appointment, last),
        deletable_until=deletable_until,
        may_cancel=may_cancel,
        cancelling_tells=known and is_told(appointment.patient, hidden=appointment.hidden),
        may_move=may_cancel,
        steps=frozenset(one for one in rules.STEPS.get(appointment.state, ()) if begun or one != "no_show"),
        wait_seconds=_wait(told, deletable_until, now),
        series=place_in_series(appointment),
    )


def _last(appointment: Appointment) -> OutboxItem | None:
    """The message to tell of: the newest when it did not arrive, else what was last told unasked."""
    last = last_about(appointment.id)
    if last is None or last.intent == Intent.APPOINTMENT_PUSH or undelivered(last) is not None:
        return last
    return pushes(appointment).order_by("-sequence").first()


def _wait(told: Told, deletable_until: datetime | None, now: datetime) -> int:
    if deletable_until is not None:
        return int((deletable_until - now).total_seconds()) + 1
    return {Told.WAITS: 3, Told.SENT: 5}.get(told, 0)


def _told(appointment: Appointment, last: OutboxItem | None) -> tuple[Told, datetime | None]:
    if appointment.hidden:
        return Told.HIDDEN, None
    if last is None:
        if appointment.told_helsenorge:
            return Told.KNOWS, None
        reachable = is_told(appointment.patient, hidden=appointment.hidden)
        return (Told.NOTHING if reachable else Told.UNREACHABLE), None
    if undelivered(last) is not None:
        return Told.REFUSED, last.answered_at
    states = {
        OutboxState.PENDING: (Told.WAITS, last.not_before),
        OutboxState.SENT: (Told.SENT, last.sent_at),
        OutboxState.ACKNOWLEDGED: (Told.RECEIVED, last.answered_at),
    }
    return states[OutboxState(last.state)]


def _deletable_until(appointment: Appointment, now: datetime) -> datetime | None:
    grace = this_clinic().grace_seconds
    if appointment.state not in STANDING or appointment.booked_through != BookedThrough.STAFF:
        return None
    in_time = rules.within_grace(appointment.created_at, grace, now)
    return appointment.created_at + timedelta(seconds=grace) if in_time else None


def told_at(patient: Patient, *, hidden: bool) -> datetime | None:
    """When HelseNorge would be told of a booking made now (APT-6); None when it would not be told at all."""
    if not is_told(patient, hidden=hidden):
        return None
    return clock.now() + timedelta(seconds=this_clinic().grace_seconds)


def last_cancellation(appointment: Appointment) -> datetime | None:
    """The last instant at which the patient may give the time up (BOK-7); None where that is not allowed."""
    schedule, kind = schedule_facts(appointment.schedule), type_facts(appointment.type)
    return rules.cancel_until(appointment.during.lower, schedule, kind, clinic_limits(this_clinic()))


def visit_address(appointment: Appointment) -> str:
    """Where the patient comes: the appointment's own place, else the clinic's; "" by video and telephone."""
    if appointment.contact != ContactInterface.PHYSICAL:
        return ""
    return appointment.address or this_clinic().address
