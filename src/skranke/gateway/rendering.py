"""From an outbox row to the bytes that leave: rendered, signed and encrypted once, and stored before they are sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from skranke.gateway.endpoints import Endpoint
from skranke.gateway.errors import LostOriginalError
from skranke.gateway.facts import properties_of, raw_of, to_send
from skranke.gateway.models import ReceivedMessage
from skranke.gateway.types.registry import RENDERERS
from skranke.gateway.types.stored import look_ahead
from skranke.gateway.values import Letter
from skranke.kernel import clock
from skranke.kernel.ids import HerId
from skranke.outbox.afterwards import fix_again
from skranke.outbox.intents import Intent
from skranke.outbox.models import OutboxItem
from skranke.outbox.services import Rendered, fix_claimed, fix_rendering
from skranke.standards.metadata import bus_metadata
from skranke.standards.parse import parse_document
from skranke.standards.render import render as render_xml
from skranke.wire import faults, headers
from skranke.wire.certificates import Purpose
from skranke.wire.errors import FAULTS
from skranke.wire.protection import protect
from skranke.wire.transport import OutgoingMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """What leaves, and what it says in clear; msg_id is empty for an error report, which has no document."""

    outgoing: OutgoingMessage
    msg_id: str
    document: bytes


def render(item: OutboxItem, endpoint: Endpoint) -> Rendering:
    """Make the row's message, in the present unit of work.

    Raises NothingToSendError, LostOriginalError, BuildError (a fault of ours), or a TransportFaultError when the
    receiver's certificate may not be used.
    """
    intent = Intent(item.intent)
    if intent is Intent.ERROR_REPORT:
        return _report(item, endpoint)
    return sealed(RENDERERS[intent](item, endpoint), endpoint)


def made(item: OutboxItem, endpoint: Endpoint) -> OutboxItem:
    """The claimed row with the bytes that are to leave: those it has, the same document protected anew, or new ones.

    Raises as `render`, and WithdrawnError.
    """
    if item.body is not None:
        return item
    return _seal_again(item, endpoint) if item.msg_id else fix(item, render(item, endpoint))


def made_together(items: Sequence[OutboxItem], endpoint: Endpoint) -> list[OutboxItem]:
    """As `made`, of several rows that the present unit of work has claimed, stored by one statement. Raises as it."""
    new = [item for item in items if item.body is None and not item.msg_id]
    look_ahead([item.subject_id for item in new])
    fix_claimed([(item, _rendered(render(item, endpoint))) for item in new])
    return [made(item, endpoint) for item in items]


def _seal_again(item: OutboxItem, endpoint: Endpoint) -> OutboxItem:
    """DDFL-ID-03: the document as it was made, with its MsgId, in a new message of the bus."""
    header = raw_of(item.queue, item.headers or {}, b"")
    xml = bytes(item.document or b"")
    peer = endpoint.peers.get(header.headers.to_her_id or "")
    if peer is None or not xml:
        raise LostOriginalError("The receiver of the message, or the message itself, is not known any more.")
    letter = Letter(
        document=parse_document(xml),
        function=header.subject or "",
        msg_id=item.msg_id,
        sender=HerId(header.headers.from_her_id or ""),
        peer=peer,
        conversation=header.headers.conversation_id or "",
    )
    outgoing = sealed(letter, endpoint, xml).outgoing
    return fix_again(
        item,
        message_id=outgoing.message_id or "",
        queue=outgoing.queue,
        headers=properties_of(outgoing),
        body=outgoing.body,
    )


def sealed(letter: Letter, endpoint: Endpoint, xml: bytes = b"") -> Rendering:
    """The letter protected for its receiver, with its header. xml: its document, when that has been written before."""
    document = xml or render_xml(letter.document)
    endpoint.trust.check(letter.peer.encryption, Purpose.ENCRYPTION, now=clock.now())
    outgoing = headers.outgoing(
        queue=letter.peer.queue_async,
        function=letter.function,
        body=protect(document, signer=endpoint.signing, recipient=letter.peer.encryption),
        sender=letter.sender,
        receiver=letter.peer.her_id,
        reply_to=endpoint.queue_async,
        now=clock.now(),
        conversation_id=letter.conversation or letter.msg_id,
        metadata=bus_metadata(letter.document),
    )
    return Rendering(outgoing=outgoing, msg_id=letter.msg_id, document=document)


def fix(item: OutboxItem, rendering: Rendering) -> OutboxItem:
    """Store the bytes once for all; the row as stored, which is what must be sent."""
    return fix_rendering(item, **_rendered(rendering)._asdict())


def _rendered(rendering: Rendering) -> Rendered:
    outgoing = rendering.outgoing
    return Rendered(
        msg_id=rendering.msg_id or f"error:{outgoing.message_id}",
        message_id=outgoing.message_id or "",
        queue=outgoing.queue,
        headers=properties_of(outgoing),
        document=rendering.document,
        body=outgoing.body,
    )


def outgoing_of(item: OutboxItem) -> OutgoingMessage:
    """The message of a rendered row, byte for byte as it was made."""
    stored = raw_of(item.queue, item.headers or {}, bytes(item.body or b""))
    return to_send(stored, stored.queue)


def _report(item: OutboxItem, endpoint: Endpoint) -> Rendering:
    """A message to the sender's error queue (protocol.md 9): header only, never protected, never answered."""
    row = ReceivedMessage.objects.filter(id=item.subject_id).defer("ciphertext", "document", "reply").first()
    peer = endpoint.peers.get(row.from_her_id) if row else None
    if row is None or peer is None:
        raise LostOriginalError("The faulty message or its sender is not known any more.")
    detail = item.detail
    fault = FAULTS[detail["condition"]](detail["description"], fields=tuple(detail["fields"]))
    outgoing = faults.report(raw_of(row.queue, row.headers, b""), fault, error_queue=peer.queue_error, now=clock.now())
    return Rendering(outgoing=outgoing, msg_id="", document=b"")
