"""Reads for the patient's own pages: the appointments, and what may be done with each (POR-3, POR-8).

They say only what the patient is meant to see: nothing of the clinic's note, its log, or other people's time.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import Clinic
from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.scheduling import rules
from skranke.scheduling.access import get_appointment_for, own_appointments
from skranke.scheduling.facts import clinic_limits, schedule_facts, type_facts
from skranke.scheduling.models import STANDING, Appointment, AppointmentState, ContactInterface
from skranke.tenancy.work import current_actor

_MOST_PAST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAppointment:
    """One appointment as the patient sees it.

    name: what it is; with_name: with whom; stands: it has not been cancelled or missed. cancel_until: the last instant
    at which the patient may cancel it, None where it is not allowed; may_cancel: it may be cancelled now (BOK-7).
    may_check_in: the patient may tell now that he has come (APT-12).
    """

    id: UUID
    start: datetime
    end: datetime
    name: str
    with_name: str
    contact: ContactInterface
    address: str
    information: str
    comment: str
    state: AppointmentState
    stands: bool
    may_cancel: bool
    may_check_in: bool
    cancel_until: datetime | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAppointments:
    """Those that lie ahead, the next one first, and those that are over or that the patient gave up, the last first."""

    coming: tuple[OwnAppointment, ...]
    past: tuple[OwnAppointment, ...]

    @property
    def next(self) -> OwnAppointment | None:
        """The next one that stands."""
        return next((one for one in self.coming if one.stands), None)


def own_times() -> OwnAppointments:
    """The appointments of the patient who acts. The reading is audited (NFR-1)."""
    actor, now, clinic = current_actor(), clock.now(), this_clinic()
    rows = own_appointments(actor).select_related("schedule", "type")
    given_up = AppointmentState.CANCELLED_BY_PATIENT
    coming = rows.filter(ends__gt=now).exclude(state=given_up).order_by("starts", "id")
    past = (rows.filter(ends__lte=now) | rows.filter(state=given_up)).order_by("-starts", "-id")[:_MOST_PAST]
    found = OwnAppointments(
        coming=tuple(_view(row, clinic, now) for row in coming), past=tuple(_view(row, clinic, now) for row in past)
    )
    record(
        Action.APPOINTMENTS_LISTED,
        subject_kind="patient",
        subject_id=actor.person_id,
        patient_id=actor.person_id,
        detail={"appointments": len(found.coming) + len(found.past)},
    )
    return found


def own_time(appointment_id: UUID) -> OwnAppointment:
    """One of them. The reading is audited (NFR-1). Raises NotFoundError."""
    return _view(get_appointment_for(current_actor(), appointment_id), this_clinic(), clock.now())


def _view(row: Appointment, clinic: Clinic, now: datetime) -> OwnAppointment:
    schedule, kind, limits = schedule_facts(row.schedule), type_facts(row.type), clinic_limits(clinic)
    physical = row.contact == ContactInterface.PHYSICAL
    return OwnAppointment(
        id=row.id,
        start=row.during.lower,
        end=row.during.upper,
        name=row.type.name,
        with_name=row.schedule.public_name,
        contact=ContactInterface(row.contact),
        address=(row.address or clinic.address) if physical else "",
        information=row.type.information,
        comment=row.comment,
        state=AppointmentState(row.state),
        stands=row.state in STANDING,
        may_cancel=row.state == AppointmentState.BOOKED
        and rules.may_cancel(row.during.lower, schedule, kind, limits, now),
        may_check_in=rules.may_check_in_self(row.state, row.during.lower, row.during.upper, now),
        cancel_until=rules.cancel_until(row.during.lower, schedule, kind, limits),
        version=row.version,
    )
