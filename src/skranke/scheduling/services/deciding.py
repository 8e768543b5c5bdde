"""Deciding by which route a notice of an appointment goes, when it is due and as things then stand (NOT-16)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from skranke.clinics.models import Employee
from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.notifications import deciding
from skranke.notifications import rules as notices
from skranke.notifications.channels import CHANNELS
from skranke.notifications.models import Notice
from skranke.notifications.recipients import Recipient, recipient_of
from skranke.notifications.rules import Decision, InHelseNorge, NoticeEvent, NoticeFacts, NoticeRoute
from skranke.outbox.afterwards import last_about
from skranke.outbox.models import OutboxItem, OutboxState
from skranke.patients.models import HelseNorgeState, NotifyBy, Patient
from skranke.scheduling.models import STANDING, Appointment
from skranke.scheduling.services.noticing import BY_PATIENT
from skranke.scheduling.services.record import is_told
from skranke.tenancy.live import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A decision, and what it rests on."""

    facts: NoticeFacts
    decision: Decision
    recipient: Recipient


def decide_due() -> bool:
    """Decide the notice of the present clinic that has been due for longest; whether there was one."""
    now = clock.now()
    notice = deciding.take_due(now)
    if notice is None:
        return False
    rows = Appointment.objects.select_related("patient", "schedule", "type")
    appointment = rows.get(id=notice.subject_id)
    if notice.employee_id is not None:
        deciding.settle_for_owner(notice, now, tells=_tells_owner(notice.employee_id, appointment))
    else:
        _decide(notice, appointment, now)
    announce("schedule", appointment.schedule_id)
    return True


def _decide(notice: Notice, appointment: Appointment, now: datetime) -> None:
    judged = judge(NoticeEvent(notice.event), appointment, now)
    decision = judged.decision
    in_doubt = decision.route == NoticeRoute.HELSENORGE and judged.facts.helsenorge == InHelseNorge.UNKNOWN
    if in_doubt and now < notice.expires_at:
        deciding.look_again(notice, now)
        return
    by_patient = notice.facts.get("by") == BY_PATIENT
    must_call = notices.is_to_be_called(decision, patient_did_it=by_patient)
    recipient = judged.recipient if decision.route == NoticeRoute.OWN else None
    deciding.settle(notice, decision, now, recipient, must_call=must_call)


def judge(event: NoticeEvent, appointment: Appointment, now: datetime) -> Judged:
    """The decision about an event of an appointment, were it due now."""
    clinic, start = this_clinic(), appointment.during.lower
    recipient = recipient_of(appointment.patient)
    facts = NoticeFacts(
        event=event,
        helsenorge=_in_helsenorge(appointment, now),
        hidden=appointment.hidden,
        undone=event != NoticeEvent.CANCELLED and appointment.state not in STANDING,
        clinic_on=clinic.own_notices,
        schedule_on=appointment.schedule.reminders,
        type_on=appointment.type.notifies,
        made_late=notices.made_late(appointment.created_at, start),
        soon=notices.is_soon(start, now, clinic.no_sms_minutes),
        ways=recipient.ways(),
    )
    return Judged(facts=facts, decision=notices.decide(facts), recipient=recipient)


def _in_helsenorge(appointment: Appointment, now: datetime) -> InHelseNorge:
    """What is known now: what HelseNorge has told of the patient, else what it has answered about the appointment."""
    patient = appointment.patient
    if this_clinic().live_since is None or not is_told(patient, hidden=False):
        return InHelseNorge.NO
    if _is_fresh(patient, now):
        return InHelseNorge.YES
    last = last_about(appointment.id)
    if last is not None:
        return _answered(last, now)
    return InHelseNorge.YES if appointment.told_helsenorge else InHelseNorge.NO


def _is_fresh(patient: Patient, now: datetime) -> bool:
    at, fresh = patient.helsenorge_state_at, timedelta(hours=settings.OURS.reachability_hours)
    return patient.helsenorge_state == HelseNorgeState.ACTIVE and at is not None and now - at < fresh


def _answered(last: OutboxItem, now: datetime) -> InHelseNorge:
    """What became of the newest message about the appointment; one that has not left is waited for."""
    if last.state == OutboxState.ACKNOWLEDGED:
        return InHelseNorge.YES
    if last.state in {OutboxState.REJECTED, OutboxState.FAILED}:
        return InHelseNorge.RELEASED
    waited = last.sent_at is not None and notices.gave_no_answer(last.sent_at, now)
    return InHelseNorge.RELEASED if waited else InHelseNorge.UNKNOWN


def _tells_owner(employee_id: UUID, appointment: Appointment) -> bool:
    """BOK-13: the schedule still wishes it, the clinic has notices, and there is a phone to send to."""
    owner = Employee.objects.filter(id=employee_id, active=True).first()
    wished = this_clinic().own_notices and appointment.schedule.owner_sms and not appointment.hidden
    return wished and CHANNELS[NotifyBy.SMS].is_set_up() and owner is not None and bool(owner.phone)
