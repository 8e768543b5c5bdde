"""The error queue: the other side tells that a message of ours could not be taken (protocol.md 9).

Such a report is never decrypted and never answered.
"""

from uuid import UUID

from django.conf import settings

from skranke.dialog.models import DeliveryState
from skranke.dialog.services import mark_delivery
from skranke.gateway import received, tries
from skranke.gateway.facts import ID_LENGTH, Facts, storable
from skranke.gateway.inbound import Disposition, retried, set_aside
from skranke.gateway.models import ReceptionState
from skranke.kernel import clock
from skranke.kernel.actor import system
from skranke.kernel.log import bind, get_logger
from skranke.outbox.afterwards import mark_reported
from skranke.tenancy.work import acting
from skranke.wire import faults
from skranke.wire.transport import RawMessage

log = get_logger(__name__)


def receive(raw: RawMessage, clinic_id: UUID) -> Disposition:
    """Mark our message as failed, store the report, raise the alarm; a person may send the message again."""
    facts = Facts(raw=raw, clinic_id=clinic_id)
    with bind(message_id=facts.message_id, received_id=str(facts.received_id)):
        try:
            tries.count(facts)
            if facts.tries > settings.OURS.delivery_tries:
                set_aside(facts)
            else:
                note(facts)
        except Exception as error:  # noqa: BLE001 - whatever it was, the report comes again
            return retried(facts, error)
        return Disposition.ACCEPT


def note(facts: Facts) -> None:
    """What the report says, in one commit. Raises what stands in the way; then nothing is stored."""
    told = faults.read(facts.raw)
    condition = storable(told.condition) or "unknown"
    with acting(system(facts.clinic_id)):
        if received.same_bytes_seen(facts):
            tries.forget(facts)
            return
        error = f"{condition}: {storable(told.description)}"
        item, changed = mark_reported(storable(told.original_message_id)[:ID_LENGTH], error)
        if item is not None and changed:
            mark_delivery(item.msg_id, DeliveryState.FAILED, clock.now(), error, condition)
        received.store(
            facts,
            ReceptionState.FAULT,
            code=condition,
            detail=told.description,
            subject_kind="outbox_item" if item else "",
            subject_id=item.id if item else None,
        )
        tries.forget(facts)
    # A condition that no list has is the other side's free words, which belong in the row alone.
    logged = told.kind.condition if told.kind else "other"
    log.error("gateway_alarm", reason="error_queue_report", condition=logged, known=item is not None)
