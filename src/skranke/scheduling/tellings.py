"""What a patient was told about appointments: by which route, when, and how it went (PAT-6)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.outbox.intents import APPOINTMENT_PREFIX, Intent, appointment_stream
from skranke.outbox.models import OutboxItem, OutboxState
from skranke.patients.models import Patient
from skranke.scheduling.models import Appointment
from skranke.scheduling.services.record import CANCELLED, CHANGED, MADE, MISSED
from skranke.scheduling.services.telling import undelivered, why_undelivered

_MOST = 20
_MOST_APPOINTMENTS = 50


class ToldWhat(StrEnum):
    """What was told."""

    MADE = "made"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    MISSED = "missed"
    BOOKING_ANSWER = "booking_answer"
    CANCELLATION_ANSWER = "cancellation_answer"


class ToldHow(StrEnum):
    """Where the telling stands."""

    WAITS = "waits"
    SENT = "sent"
    RECEIVED = "received"
    REFUSED = "refused"


_OF_CODE = {MADE: ToldWhat.MADE, CHANGED: ToldWhat.CHANGED, CANCELLED: ToldWhat.CANCELLED, MISSED: ToldWhat.MISSED}
_OF_INTENT = {
    Intent.BOOKING_ANSWER: ToldWhat.BOOKING_ANSWER,
    Intent.CANCELLATION_ANSWER: ToldWhat.CANCELLATION_ANSWER,
}
_OF_STATE = {
    OutboxState.PENDING: ToldHow.WAITS,
    OutboxState.SENT: ToldHow.SENT,
    OutboxState.ACKNOWLEDGED: ToldHow.RECEIVED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One message to HelseNorge, which is the only route there is today. at: when it came there, left, or will leave.

    start: of the appointment it is about, as it stands now. why: of one that did not arrive, in plain words.
    """

    appointment_id: UUID
    start: datetime
    what: ToldWhat
    how: ToldHow
    at: datetime
    why: str


def tellings(patient: Patient) -> list[Telling]:
    """The last of them about the patient's newest appointments, the newest first. The reading is audited (NFR-1)."""
    newest = Appointment.objects.filter(patient=patient).order_by("-starts", "-id")[:_MOST_APPOINTMENTS]
    of = {appointment_stream(one.id): one for one in newest.only("id", "clinic_id", "during")}
    rows = OutboxItem.objects.filter(stream__in=list(of), stream__startswith=APPOINTMENT_PREFIX)
    found = [_telling(row, of[row.stream]) for row in rows.defer("body", "document").order_by("-sequence")[:_MOST]]
    record(
        Action.APPOINTMENTS_LISTED,
        subject_kind="patient",
        subject_id=patient.id,
        patient_id=patient.id,
        detail={"appointments": len({one.appointment_id for one in found})},
    )
    return found


def _telling(row: OutboxItem, appointment: Appointment) -> Telling:
    refused = undelivered(row) is not None
    code = str(row.detail.get("code", ""))
    what = (
        _OF_CODE.get(code, ToldWhat.CHANGED)
        if row.intent == Intent.APPOINTMENT_PUSH
        else _OF_INTENT[Intent(row.intent)]
    )
    return Telling(
        appointment_id=appointment.id,
        start=appointment.during.lower,
        what=what,
        how=ToldHow.REFUSED if refused else _OF_STATE[OutboxState(row.state)],
        at=row.answered_at or row.sent_at or row.not_before,
        why=why_undelivered(row) if refused else "",
    )
