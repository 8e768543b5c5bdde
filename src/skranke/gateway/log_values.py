"""What goes in and out of the message log."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from skranke.outbox.intents import Intent
from skranke.standards.codes import MessageFunction


class LogKind(StrEnum):
    """What a message is about; of dialogs the kinds are named as in the dialog room."""

    E_CONTACT = "e_contact"
    E_CONSULTATION = "e_consultation"
    PRESCRIPTION_RENEWAL = "prescription_renewal"
    APPOINTMENT_WISH = "appointment_wish"
    E_DIALOG = "e_dialog"
    BOOKING = "booking"
    APPOINTMENT = "appointment"
    CANCELLATION = "cancellation"
    STATUS = "status"
    PRACTITIONERS = "practitioners"
    RECEIPT = "receipt"
    REFUSAL = "refusal"
    FAULT = "fault"
    OTHER = "other"


class LogState(StrEnum):
    """Where a message stands: first those that came in, as `ReceptionState`, then those that leave, and their delivery
    in our own patient portal.
    """

    ACTED = "acted"
    ANSWERED = "answered"
    REFUSED = "refused"
    FAULT = "fault"
    CONFLICT = "conflict"
    SET_ASIDE = "set_aside"
    PENDING = "pending"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    FAILED = "failed"
    READY = "ready"
    READ = "read"


KIND_OF_FUNCTION: dict[str, LogKind] = {
    MessageFunction.E_CONTACT.value: LogKind.E_CONTACT,
    MessageFunction.E_CONSULTATION.value: LogKind.E_CONSULTATION,
    MessageFunction.PRESCRIPTION_RENEWAL.value: LogKind.PRESCRIPTION_RENEWAL,
    MessageFunction.BOOKING.value: LogKind.BOOKING,
    MessageFunction.APPOINTMENT_WISH.value: LogKind.APPOINTMENT_WISH,
    MessageFunction.APPOINTMENT_PUSH.value: LogKind.APPOINTMENT,
    MessageFunction.APPOINTMENT_CANCELLATION.value: LogKind.CANCELLATION,
    MessageFunction.APPOINTMENT_CANCELLATION_OLD.value: LogKind.CANCELLATION,
    MessageFunction.DIGITAL_USER.value: LogKind.STATUS,
    MessageFunction.PRACTITIONERS.value: LogKind.PRACTITIONERS,
    MessageFunction.PRACTITIONERS_OLD.value: LogKind.PRACTITIONERS,
    MessageFunction.APPREC.value: LogKind.RECEIPT,
}
KIND_OF_INTENT: dict[str, LogKind] = {
    Intent.APPREC: LogKind.RECEIPT,
    Intent.DIALOG_REFUSAL: LogKind.REFUSAL,
    Intent.BOOKING_ANSWER: LogKind.BOOKING,
    Intent.CANCELLATION_ANSWER: LogKind.CANCELLATION,
    Intent.APPOINTMENT_PUSH: LogKind.APPOINTMENT,
    Intent.ERROR_REPORT: LogKind.FAULT,
    Intent.STATUS_CHECK: LogKind.STATUS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which messages: q names a patient (name, birth date, national id) or is a whole id of a message.

    incoming: None for both ways. first, last: the days, both counted, in which they came or were made.
    """

    q: str = ""
    incoming: bool | None = None
    state: LogState | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One message. reason: why it is not where it should be, in words where there are some, else its code."""

    id: UUID
    incoming: bool
    at: datetime
    kind: LogKind
    state: LogState
    reason: str
    patient_id: UUID | None
    patient_name: str
    msg_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """A page of the log; `next_cursor` asks for the next one and is empty on the last."""

    rows: tuple[LogLine, ...]
    next_cursor: str = ""
