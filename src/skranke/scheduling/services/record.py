"""What every verb on an appointment leaves behind: its log, an audit row, a live event, and what may be told."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypedDict
from uuid import UUID

from django.db.models import Model, QuerySet

from skranke.audit.actions import Action
from skranke.audit.services import event
from skranke.kernel.actor import ActorKind
from skranke.outbox.intents import Intent, appointment_stream
from skranke.outbox.models import OutboxItem, OutboxState
from skranke.outbox.services import enqueue, item_for, waking, withdraw
from skranke.patients.models import HelseNorgeState, Patient
from skranke.patients.rules import has_complete_national_id
from skranke.scheduling.models import Appointment, AppointmentEvent
from skranke.scheduling.services.noticing import for_booking
from skranke.tenancy.live import announcement
from skranke.tenancy.rows import Call, insert
from skranke.tenancy.work import current_actor

MADE = "05"
CHANGED = "07"
CANCELLED = "08"
MISSED = "11"
Push = tuple[str, datetime, int] | None  # its code, from when, and the seconds of grace; None: nothing is told


class PushFacts(TypedDict):
    """What the outbox is told of a push."""

    stream: str
    intent: Intent
    subject_id: UUID
    not_before: datetime
    detail: dict[str, str]


def log(
    appointment: Appointment, kind: str, action: Action, now: datetime, detail: Mapping[str, object] | None = None
) -> None:
    """Write the appointment's log (APT-19) and the audit row, and tell open screens that the schedule changed."""
    insert(*_log_rows(appointment, kind, action, now, detail), calls=[_news(appointment)])


def store(appointment: Appointment, action: Action, now: datetime, detail: Mapping[str, object], pushed: Push) -> None:
    """Insert a new appointment with its log and audit rows and what is told of it, in one statement or two."""
    rows = [appointment, *_log_rows(appointment, "booked", action, now, detail)]
    if current_actor().kind == ActorKind.PATIENT:
        # The wall around a patient asks whose appointment a log row is of, so the appointment must be there before.
        insert(rows.pop(0))
    calls = [_news(appointment)]
    if pushed is not None and is_told(appointment.patient, hidden=appointment.hidden):
        rows.append(item_for(**_push_facts(appointment, *pushed)))
        calls.append(waking())
    insert(*rows, *for_booking(appointment, now), calls=calls)


def _log_rows(
    appointment: Appointment, kind: str, action: Action, now: datetime, detail: Mapping[str, object] | None
) -> list[Model]:
    actor = current_actor()
    return [
        AppointmentEvent(
            clinic_id=actor.clinic_id,
            appointment=appointment,
            at=now,
            kind=kind,
            actor_name=actor.name,
            detail=dict(detail or {}),
        ),
        event(
            action,
            subject_kind="appointment",
            subject_id=appointment.id,
            patient_id=appointment.patient_id,
            detail={"kind": kind} | dict(detail or {}),
        ),
    ]


def _news(appointment: Appointment) -> Call:
    return announcement(kind="schedule", id=appointment.schedule_id)


def push(appointment: Appointment, code: str, now: datetime, *, grace_seconds: int = 0) -> None:
    """Tell HelseNorge, unless the appointment is hidden (TYP-4) or the patient is not there (DDFL-PU-14).

    The row speaks of the appointment; it is rendered as it stands when the grace period ends (APT-6).
    """
    if not is_told(appointment.patient, hidden=appointment.hidden):
        return
    enqueue(**_push_facts(appointment, code, now, grace_seconds))


def _push_facts(appointment: Appointment, code: str, now: datetime, grace_seconds: int) -> PushFacts:
    return {
        "stream": appointment_stream(appointment.id),
        "intent": Intent.APPOINTMENT_PUSH,
        "subject_id": appointment.id,
        "not_before": now + timedelta(seconds=grace_seconds),
        "detail": {"code": code},
    }


def is_told(patient: Patient, *, hidden: bool) -> bool:
    """HelseNorge is told of this patient's appointments: not of hidden ones, nor of a patient who is not there.

    Nor of one without a complete national id: no message can name that patient (DDFL-ENV-13).
    """
    return not hidden and patient.helsenorge_state != HelseNorgeState.INACTIVE and has_complete_national_id(patient)


def withdraw_pushes(appointment: Appointment) -> None:
    """Take back what has not left."""
    withdraw(subject_id=appointment.id, intents={Intent.APPOINTMENT_PUSH})


def has_unsent_push(appointment: Appointment) -> bool:
    """A push still waits and will be rendered as the appointment then stands."""
    return pushes(appointment).filter(state=OutboxState.PENDING, rendered_at=None).exists()


def helsenorge_knows(appointment: Appointment) -> bool:
    """HelseNorge has the appointment: booked there, or a push has been rendered."""
    return appointment.told_helsenorge or pushes(appointment).filter(rendered_at__isnull=False).exists()


def pushes(appointment: Appointment) -> QuerySet[OutboxItem]:
    """What has been or will be pushed about the appointment."""
    return OutboxItem.objects.filter(subject_id=appointment.id, intent=Intent.APPOINTMENT_PUSH)
