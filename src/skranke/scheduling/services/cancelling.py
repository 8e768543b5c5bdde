"""Cancelling, deleting within grace, and finding what a cancellation from HelseNorge speaks of."""

from datetime import datetime
from typing import Literal

from django.db.models import Q
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import CommunicationParty, EmployeeRole
from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.kernel.actor import ActorKind
from skranke.kernel.ids import uuid_or_none
from skranke.patients.models import Patient
from skranke.scheduling import rules
from skranke.scheduling.errors import CancellationRefusedError, GraceOverError, WrongStateError
from skranke.scheduling.facts import clinic_limits, schedule_facts, type_facts
from skranke.scheduling.models import STANDING, Appointment, AppointmentState, BookedThrough
from skranke.scheduling.services.booking import bump, free_time, locked
from skranke.scheduling.services.following_up import enlist
from skranke.scheduling.services.locks import Stretch, lock_for_booking
from skranke.scheduling.services.noticing import plan_cancellation, withdraw_notices
from skranke.scheduling.services.record import CANCELLED, helsenorge_knows, log, push, withdraw_pushes
from skranke.tenancy.work import current_actor

By = Literal["clinic", "patient"]
_CANCELLED = (AppointmentState.CANCELLED_BY_CLINIC, AppointmentState.CANCELLED_BY_PATIENT)


def cancel(
    appointment: Appointment,
    *,
    by: By,
    through: BookedThrough | None = None,
    reason: str = "",
    offer_again: bool = True,
    answers: bool = False,
    expected_version: int | None = None,
) -> Appointment:
    """Cancel an appointment and free its time (APT-16, BOK-7, HNB-11, DDFL-RT-13, DDFL-PU-05).

    by: whose wish it is. through: where it was done; left out, staff when an employee acts or the clinic wishes it,
    else HelseNorge. Staff is not bound by the patient's rules; HelseNorge is told by its answer, never by a push;
    so it is when staff grants a wish (answers).
    A second cancellation changes nothing and sets `already`.
    Raises CancellationRefusedError (09) when the patient may not, or too late; WrongStateError for staff when it no
    longer stands.
    """
    through = through or _default_channel(by)
    during = appointment.during
    lock_for_booking(appointment.patient_id, Stretch(appointment.schedule_id, during.lower, during.upper))
    now = clock.now()
    held = locked(appointment, expected_version)
    if held.state in _CANCELLED:
        held.already = True
        return held
    check_may_give_up(held, through, now)
    bump(held, AppointmentState.CANCELLED_BY_CLINIC if by == "clinic" else AppointmentState.CANCELLED_BY_PATIENT)
    free_time(held, offer_again=offer_again)
    log(
        held,
        "cancelled",
        Action.APPOINTMENT_CANCELLED,
        now,
        {"by": by, "through": through.value, "reason": reason} if reason else {"by": by, "through": through.value},
    )
    enlist(held, by=by, through=through, reason=reason, now=now)
    plan_cancellation(held, now, by=by, through=through)
    withdraw_pushes(held)
    if through != BookedThrough.HELSENORGE and not answers and helsenorge_knows(held):
        push(held, CANCELLED, now)
    return held


def _default_channel(by: By) -> BookedThrough:
    kind = current_actor().kind
    if by == "clinic" or kind == ActorKind.EMPLOYEE:
        return BookedThrough.STAFF
    # A patient who acts does so in the own portal; what comes from HelseNorge is done by the program.
    return BookedThrough.PORTAL if kind == ActorKind.PATIENT else BookedThrough.HELSENORGE


def check_may_give_up(appointment: Appointment, through: BookedThrough, now: datetime) -> None:
    """Whether the time may be given up through this channel (BOK-7). Raises as `cancel` does."""
    if through == BookedThrough.STAFF:
        if not rules.may_be_cancelled(appointment.state):
            raise WrongStateError(_("Timen kan ikke avlyses slik den står nå."))
        return
    if appointment.state != AppointmentState.BOOKED or appointment.hidden:
        raise CancellationRefusedError(_("Timen kan ikke avbestilles. Ring legekontoret."))
    limits = clinic_limits(this_clinic())
    schedule, kind = schedule_facts(appointment.schedule), type_facts(appointment.type)
    if not rules.may_cancel(appointment.during.lower, schedule, kind, limits, now):
        raise CancellationRefusedError(_("Fristen for å avbestille er ute. Ring legekontoret."))


def delete_within_grace(appointment: Appointment, *, expected_version: int | None = None) -> Appointment:
    """Undo a booking of staff's before anybody outside has heard of it (APT-5, DDFL-PU-09).

    Raises GraceOverError when the time is over or something has left: cancel it then.
    """
    during = appointment.during
    lock_for_booking(appointment.patient_id, Stretch(appointment.schedule_id, during.lower, during.upper))
    now = clock.now()
    held = locked(appointment, expected_version)
    if held.state not in STANDING:
        raise WrongStateError(_("Timen kan ikke slettes slik den står nå."))
    over = GraceOverError(_("Angrefristen er ute. Avlys timen i stedet."))
    in_time = rules.within_grace(held.created_at, this_clinic().grace_seconds, now)
    if not in_time or held.booked_through != BookedThrough.STAFF or helsenorge_knows(held):
        raise over
    withdraw_pushes(held)
    withdraw_notices(held)
    if helsenorge_knows(held):  # rendered between the question and the withdrawal
        raise over
    bump(held, AppointmentState.DELETED)
    free_time(held, offer_again=True)
    log(held, "deleted", Action.APPOINTMENT_DELETED, now)
    return held


def find_for_cancellation(
    *,
    patient: Patient,
    related_to: str = "",
    uid: str = "",
    contact_her_id: str = "",
    start: datetime | None = None,
) -> Appointment | None:
    """The appointment that a cancellation speaks of (protocol-messages 3.7), or None: answer 09.

    By related-to; where that is absent or unknown by uid, contact and patient; then by start, contact and patient.
    One that belongs to another patient counts as unknown and leaves a line in the security log (DDFL-RT-15).
    """
    visible = Appointment.objects.filter(hidden=False).exclude(state=AppointmentState.DELETED)
    visible = visible.select_related("schedule", "type", "patient")
    named = uuid_or_none(related_to)
    if named is not None:
        found = visible.filter(id=named).first()
        if found is not None:
            return _own(found, patient)
    book = _book_of(contact_her_id)
    if book is None:
        return None
    in_book = visible.filter(book).order_by("-created_at")
    slot_uid = uuid_or_none(uid)
    if slot_uid is not None:
        matches = in_book.filter(slot_uid=slot_uid)
        found = matches.filter(patient=patient).first() or matches.first()
        if found is not None:
            return _own(found, patient)
    if start is None:
        return None
    at_start = list(in_book.filter(starts=start, patient=patient))
    return next((one for one in at_start if one.state in STANDING), at_start[0] if at_start else None)


def _book_of(contact_her_id: str) -> Q | None:
    """The appointments whose contact this is: the owner's, and those told of in the GP's name (a stand-in's)."""
    party = CommunicationParty.objects.filter(her_id=contact_her_id.strip()).first()
    if party is None:
        return None
    if party.employee_id is None:
        flagged = ~Q(type__category="") & ~Q(schedule__owner__role=EmployeeRole.GP)
        return Q(schedule__owner__isnull=True) | flagged
    nobodys = Q(schedule__owner__isnull=True) | Q(schedule__owner__role__in=rules.STAND_INS)
    return Q(schedule__owner_id=party.employee_id) | Q(nobodys, patient__gp_id=party.employee_id)


def _own(appointment: Appointment, patient: Patient) -> Appointment | None:
    if appointment.patient_id == patient.id:
        return appointment
    record(
        Action.APPOINTMENT_REFUSED,
        subject_kind="appointment",
        subject_id=appointment.id,
        patient_id=appointment.patient_id,
        detail={"reason": "other_patient"},
    )
    return None
