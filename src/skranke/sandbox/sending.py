"""The sender: protects what the pages and the reader have left, once, and hands it over until the bus has it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from skranke.kernel import clock
from skranke.kernel.ids import HerId
from skranke.kernel.log import get_logger
from skranke.sandbox import appointments, outbox, rules
from skranke.sandbox.keys import Keys, encryption_certificate
from skranke.sandbox.models import Direction, Message, Mode, Outgoing
from skranke.sandbox.rules import Delivery
from skranke.sandbox.world import OwnParty
from skranke.wire import headers
from skranke.wire.errors import MessageRefusedError
from skranke.wire.protection import protect
from skranke.wire.transport import OutgoingMessage, Transport

log = get_logger(__name__)

_BATCH = 20


def send_waiting(transport: Transport, keys: Keys, own: OwnParty) -> int:
    """Protect and send some of what waits, synchronous questions first; how many rows were dealt with.

    Raises TransportDownError: then what was not handed over waits with its bytes.
    """
    _prepare(keys)
    with transaction.atomic():
        rows = _waiting().filter(body__isnull=False)[:_BATCH]
        sent = [row for row in rows if _send(transport, row, own)]
        outbox.finish([row.message_id for row in sent], Delivery.SENT, at=clock.now())
        return len(rows)


def expire(now: datetime) -> None:
    """Messages without a receipt for 96 hours count as refused."""
    overdue = Message.objects.filter(
        direction=Direction.OUT, mode=Mode.ASYNC, state=Delivery.SENT, state_at__lt=now - rules.RECEIPT_WITHIN
    )
    for identity, msg_id in overdue.values_list("pk", "msg_id"):
        with transaction.atomic():
            if Message.objects.filter(pk=identity, state=Delivery.SENT).update(state=Delivery.EXPIRED, state_at=now):
                appointments.take_undelivered(msg_id, "")
                log.warning("receipt_missing", msg_id=msg_id)


def _waiting() -> QuerySet[Outgoing]:
    return (
        Outgoing.objects.filter(done_at=None)
        .select_related("message__party")
        .defer("message__document")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("-synchronous", F("message_id").asc())
    )


def _prepare(keys: Keys) -> None:
    """Make the bytes and commit them before anything is handed over: a second try sends the very same."""
    now = clock.now()
    with transaction.atomic():
        rows = list(_waiting().filter(body__isnull=True)[:_BATCH])
        for row in rows:
            party = row.message.party
            assert party is not None
            payload = Message.objects.values_list("document", flat=True).get(pk=row.message_id)
            row.body = protect(bytes(payload), signer=keys.signing, recipient=encryption_certificate(party))
            row.prepared_at = now
        Outgoing.objects.bulk_update(rows, ["body", "prepared_at"])


def _send(transport: Transport, row: Outgoing, own: OwnParty) -> bool:
    """Hand one over; False when it is never to leave."""
    if row.synchronous and clock.now() - row.message.recorded_at > rules.REPLY_WITHIN:
        outbox.finish([row.message_id], Delivery.EXPIRED, at=clock.now())
        return False
    try:
        transport.send(_on_the_bus(row, own))
    except MessageRefusedError as error:
        outbox.finish([row.message_id], Delivery.FAULT, at=clock.now(), text=str(error))
        appointments.take_undelivered(row.message.msg_id, str(error))
        return False
    log.info("sent", message_id=row.message.message_id, msg_id=row.message.msg_id)
    return True


def _on_the_bus(row: Outgoing, own: OwnParty) -> OutgoingMessage:
    message = row.message
    assert message.party is not None
    assert row.prepared_at is not None
    assert row.body is not None
    build = headers.request if row.synchronous else headers.outgoing
    return build(
        queue=row.queue,
        function=message.function,
        body=bytes(row.body),
        sender=own.her_id,
        receiver=HerId(message.party.her_id),
        reply_to=own.queues.syncreply if row.synchronous else own.queues.async_,
        now=row.prepared_at,
        message_id=UUID(message.message_id),
        metadata=row.metadata,
    )
