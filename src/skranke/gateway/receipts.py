"""Receipts and error reports of ours: outbox rows made with a message's effect, rendered from its stored row."""

from collections.abc import Mapping
from uuid import UUID

from skranke.gateway.facts import Facts
from skranke.outbox.intents import Intent, receipt_stream
from skranke.outbox.services import enqueue
from skranke.standards.codes import Answer, AppRecError
from skranke.wire.errors import TransportFaultError


def accept(facts: Facts) -> None:
    """A positive AppRec: queued before any answer to the same message (protocol-messages 6.5)."""
    _enqueue(facts.received_id, Intent.APPREC, {})


def refuse(facts: Facts, code: AppRecError, detail: str) -> None:
    """A negative AppRec with one error."""
    _enqueue(facts.received_id, Intent.APPREC, {"error": code.value, "detail": detail})


def report(facts: Facts, error: TransportFaultError) -> None:
    """A message to the sender's error queue."""
    _enqueue(
        facts.received_id,
        Intent.ERROR_REPORT,
        {"condition": error.condition, "description": str(error), "fields": list(error.fields)},
    )


def answer_refusing(received_id: UUID, code: Answer, text: str) -> None:
    """A refusing answer to the citizen, after the receipt."""
    _enqueue(received_id, Intent.DIALOG_REFUSAL, {"code": code.value, "text": text})


def _enqueue(received_id: UUID, intent: Intent, detail: Mapping[str, object]) -> None:
    enqueue(
        stream=receipt_stream(received_id),
        intent=intent,
        subject_id=received_id,
        detail=detail,
        begins=True,
    )
