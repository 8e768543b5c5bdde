"""The queues that somebody waits at: answers to our questions, and communication tests from the clinics."""

from uuid import UUID, uuid4

from skranke.kernel import clock
from skranke.kernel.log import get_logger
from skranke.sandbox import rules
from skranke.sandbox.keys import Keys, encryption_certificate
from skranke.sandbox.models import Direction, Message, Mode
from skranke.sandbox.opening import Opened, open_message
from skranke.sandbox.rules import Delivery
from skranke.standards.build import comtest
from skranke.standards.build.envelope import reply_to
from skranke.standards.codes import CommunicationTest
from skranke.standards.errors import StandardsError
from skranke.standards.metadata import bus_metadata
from skranke.standards.msghead import MsgHead
from skranke.standards.parse import parse_document
from skranke.standards.render import render
from skranke.wire import headers
from skranke.wire.errors import NotWellFormedXmlError, SpoofingAttackError, UnsupportedMessageError
from skranke.wire.protection import protect
from skranke.wire.transport import OutgoingMessage, RawMessage

log = get_logger(__name__)


def take_reply(raw: RawMessage, keys: Keys) -> None:
    """Store the answer to a question of ours; whoever waits looks for it. Raises a TransportFaultError."""
    opened = open_message(raw, keys)
    document = _read(opened)
    question = (
        Message.objects.filter(direction=Direction.OUT, mode=Mode.SYNC, message_id=opened.header.correlation_id)
        .defer("document")
        .first()
    )
    if question is None or question.party_id != opened.party.her_id:
        log.warning("reply_to_nothing", message_id=opened.header.message_id)
        return
    if Message.objects.filter(about=question, direction=Direction.IN).exists():
        log.info("duplicate_dropped", message_id=opened.header.message_id)
        return
    _record(opened, document, about=question)
    Message.objects.filter(pk=question.pk).update(state=Delivery.DELIVERED, state_at=clock.now(), state_text="")


def take_request(raw: RawMessage, keys: Keys) -> OutgoingMessage | None:
    """The answer to a communication test (KT, protocol-messages 4.10); None when the asker has given up.

    Raises a TransportFaultError; HelseNorge answers no other synchronous question.
    """
    opened = open_message(raw, keys)
    if clock.now() - opened.header.sent_at > rules.REPLY_WITHIN:
        return None
    document = _read(opened)
    if document.code.v != CommunicationTest.REQUEST:
        raise UnsupportedMessageError("HelseNorge answers no such synchronous question.")
    asked = _record(opened, document, about=None)
    response = comtest.response(reply_to(document.info, msg_id=uuid4(), gen_date=clock.now()))
    payload = render(response)
    sent = _record_answer(response, payload, asked)
    return headers.reply(
        raw,
        body=protect(payload, signer=keys.signing, recipient=encryption_certificate(opened.party)),
        now=clock.now(),
        message_id=UUID(sent.message_id),
        metadata=bus_metadata(response),
    )


def _read(opened: Opened) -> MsgHead:
    try:
        document = parse_document(opened.payload)
    except StandardsError as error:
        raise NotWellFormedXmlError("The payload of a synchronous message cannot be read.") from error
    if not isinstance(document, MsgHead):
        raise UnsupportedMessageError("A receipt does not belong on a synchronous queue.")
    if document.info.sender.her_id != opened.header.sender:
        raise SpoofingAttackError("The sender of the header is not the sender of the message.")
    return document


def _record(opened: Opened, document: MsgHead, *, about: Message | None) -> Message:
    body = document.dialog.body
    return Message.objects.create(
        direction=Direction.IN,
        mode=Mode.SYNC,
        function=document.info.type.v[:60],
        code=document.code.v[:10],
        msg_id=document.info.msg_id[:100],
        message_id=opened.header.message_id[:100],
        conversation=document.info.conversation_id[:100],
        citizen=about.citizen if about else None,
        party=opened.party,
        about=about,
        generated_at=document.info.gen_date,
        recorded_at=clock.now(),
        subject=body.subject,
        text=body.text.plain if body.text else "",
        state=Delivery.RECEIVED,
        state_at=clock.now(),
        shown=False,
        document=opened.payload,
    )


def _record_answer(response: MsgHead, payload: bytes, asked: Message) -> Message:
    return Message.objects.create(
        direction=Direction.OUT,
        mode=Mode.SYNC,
        function=response.info.type.v,
        code=response.code.v,
        msg_id=response.info.msg_id,
        message_id=str(uuid4()),
        conversation=response.info.conversation_id,
        party=asked.party,
        about=asked,
        generated_at=response.info.gen_date,
        recorded_at=clock.now(),
        state=Delivery.SENT,
        state_at=clock.now(),
        shown=False,
        document=payload,
    )
