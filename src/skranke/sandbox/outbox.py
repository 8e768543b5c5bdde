"""Rows that are to leave: written by the pages and by the reader, taken by the bus process."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection

from skranke.kernel import clock
from skranke.sandbox.models import Attachment, Citizen, Direction, Message, Mode, Outgoing, Party
from skranke.sandbox.rules import Delivery
from skranke.standards.apprec import AppRec
from skranke.standards.metadata import bus_metadata
from skranke.standards.msghead import MsgHead
from skranke.standards.render import render

CHANNEL = "sandbox_outbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A dialog message with what the pages show of it."""

    document: MsgHead
    party: Party
    citizen: Citizen | None
    acting: Citizen | None = None
    synchronous: bool = False
    shown: bool = True
    attachments: tuple[Attachment, ...] = field(default=())


def put(draft: Draft) -> Message:
    """Store a message and its row to leave, in the caller's transaction."""
    head = draft.document
    info, body = head.info, head.dialog.body
    acting = None if draft.acting == draft.citizen else draft.acting
    message = Message.objects.create(
        direction=Direction.OUT,
        mode=Mode.SYNC if draft.synchronous else Mode.ASYNC,
        function=info.type.v,
        code=head.code.v,
        msg_id=info.msg_id,
        message_id=str(uuid4()),
        conversation=info.conversation_id,
        citizen=draft.citizen,
        acting=acting,
        party=draft.party,
        generated_at=info.gen_date,
        recorded_at=clock.now(),
        subject=body.subject,
        text=body.text.plain if body.text else "",
        author=(acting or draft.citizen).name if draft.citizen else "",
        state=Delivery.QUEUED,
        state_at=clock.now(),
        shown=draft.shown,
        read_at=clock.now(),
        document=render(head),
    )
    for attachment in draft.attachments:
        attachment.message = message
    Attachment.objects.bulk_create(draft.attachments)
    Outgoing.objects.create(
        message=message,
        queue=draft.party.sync_queue if draft.synchronous else draft.party.async_queue,
        synchronous=draft.synchronous,
        metadata=bus_metadata(head),
    )
    wake()
    return message


def put_receipt(receipt: AppRec, original: Message, party: Party) -> Message:
    """Store a received message, its receipt and the row to leave, in the caller's transaction."""
    message = Message(
        direction=Direction.OUT,
        mode=Mode.RECEIPT,
        function=receipt.type.v,
        code=receipt.status.v,
        msg_id=receipt.id,
        message_id=str(uuid4()),
        conversation=original.conversation,
        citizen=original.citizen,
        party=party,
        about=original,
        generated_at=receipt.gen_date,
        recorded_at=clock.now(),
        text=errors_text(receipt),
        state=Delivery.QUEUED,
        state_at=clock.now(),
        shown=False,
        document=render(receipt),
    )
    Message.objects.bulk_create([original, message])
    Outgoing.objects.create(message=message, queue=party.async_queue, metadata=bus_metadata(receipt))
    wake()
    return message


def errors_text(receipt: AppRec) -> str:
    """The errors of a receipt as one text: code, term, free text."""
    return "; ".join(" ".join(part for part in (error.v, error.dn, error.ot) if part) for error in receipt.errors)


def wake() -> None:
    """Tell the sender, when the transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


def finish(messages: Sequence[UUID], state: Delivery, *, at: datetime, text: str = "") -> None:
    """Mark rows as left (or never to leave). A state that a receipt has already set stands."""
    Outgoing.objects.filter(message__in=messages).update(done_at=at, body=None)
    Message.objects.filter(pk__in=messages, state=Delivery.QUEUED).update(state=state, state_at=at, state_text=text)
