"""What an outbox row can mean. The gateway has one renderer for each."""

from enum import StrEnum


class Intent(StrEnum):
    """The meaning of a row; `subject_id` is the row it speaks of."""

    APPREC = "apprec"
    DIALOG_MESSAGE = "dialog_message"
    DIALOG_REFUSAL = "dialog_refusal"
    BOOKING_ANSWER = "booking_answer"
    CANCELLATION_ANSWER = "cancellation_answer"
    APPOINTMENT_PUSH = "appointment_push"
    ERROR_REPORT = "error_report"
    STATUS_CHECK = "status_check"


def thread_stream(thread_id: object) -> str:
    """Messages of one thread leave in order."""
    return f"thread:{thread_id}"


def appointment_stream(appointment_id: object) -> str:
    """What concerns one appointment leaves in order, one unacknowledged at a time."""
    return f"{APPOINTMENT_PREFIX}{appointment_id}"


def receipt_stream(received_id: object) -> str:
    """The receipt of one received message waits for nothing."""
    return f"receipt:{received_id}"


def status_stream(party_id: object) -> str:
    """Questions about who is active leave in order, one stream for each party."""
    return f"status:{party_id}"


APPOINTMENT_PREFIX = "appointment:"
