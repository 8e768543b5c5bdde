"""The asynchronous queue: dialog messages, pushes and receipts from the clinics (protocol-messages 4, 5.2, 6)."""

from collections.abc import Callable
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import Q

from skranke.kernel import clock
from skranke.kernel.log import get_logger
from skranke.sandbox import access, appointments, documents, outbox, rules, troubles
from skranke.sandbox.appointments import Told
from skranke.sandbox.keys import Keys
from skranke.sandbox.models import Attachment, Citizen, Direction, Message, Mode
from skranke.sandbox.opening import Opened, open_message
from skranke.sandbox.rules import Delivery
from skranke.sandbox.troubles import TroubleKind
from skranke.standards.apprec import AppRec
from skranke.standards.build import apprec, digitalbruker
from skranke.standards.build.envelope import reply_to
from skranke.standards.checks import check_message
from skranke.standards.codes import Answer, AppRecError, AppRecStatus, CodedValue, MessageFunction
from skranke.standards.errors import StandardsError
from skranke.standards.msghead import MsgHead, MsgInfo
from skranke.standards.parse import parse_document, parse_header
from skranke.wire.errors import (
    DecryptionFailedError,
    InvalidFieldValueError,
    NotWellFormedXmlError,
    SpoofingAttackError,
    XmlNotInterpretableError,
)
from skranke.wire.transport import RawMessage

log = get_logger(__name__)

_BOOKING = frozenset(
    {
        MessageFunction.BOOKING,
        MessageFunction.APPOINTMENT_PUSH,
        MessageFunction.APPOINTMENT_WISH,
        MessageFunction.APPOINTMENT_CANCELLATION,
        MessageFunction.APPOINTMENT_CANCELLATION_OLD,
    }
)


def receive(raw: RawMessage, keys: Keys) -> None:
    """Take in one message; the caller settles it afterwards.

    Raises a TransportFaultError that the sender is told of, or a temporary error: then nothing was stored.
    """
    opened = open_message(raw, keys)
    try:
        document = parse_document(opened.payload)
    except StandardsError as fault:
        _refuse_unread(opened, fault)
        return
    if isinstance(document, AppRec):
        _once(opened, document.id, lambda: _take_receipt(opened, document))
    else:
        _check_addresses(opened, document.info)
        trouble = troubles.next_one()
        if trouble is TroubleKind.REPORT:
            raise DecryptionFailedError(troubles.REASON)
        _once(opened, document.info.msg_id, lambda: _take_message(opened, document, trouble))


def _once(opened: Opened, msg_id: str, take: Callable[[], None]) -> None:
    """Do it in one transaction, unless the message is here already: same message-id or same MsgId (section 6.6)."""
    header = opened.header
    known = Message.objects.filter(
        Q(message_id=header.message_id) | Q(msg_id=msg_id),
        direction=Direction.IN,
        mode__in=(Mode.ASYNC, Mode.RECEIPT),
        party=opened.party,
    )
    if known.exists():
        log.info("duplicate_dropped", message_id=header.message_id, msg_id=msg_id)
        return
    try:
        with transaction.atomic():
            take()
    except IntegrityError:
        # Another reader was first, or it is a fault of ours: then it comes again and fails again.
        if not known.exists():
            raise
        log.info("duplicate_dropped", message_id=header.message_id, msg_id=msg_id)


def _check_addresses(opened: Opened, info: MsgInfo) -> None:
    if info.type.v != opened.header.function:
        raise InvalidFieldValueError("The subject is not the type of the message.", fields=("subject",))
    if info.sender.her_id != opened.header.sender:
        raise SpoofingAttackError("The sender of the header is not the sender of the message.")


def _refuse_unread(opened: Opened, fault: StandardsError) -> None:
    info = parse_header(opened.payload)
    if info is None:
        if fault.apprec_code is AppRecError.NOT_XML:
            raise NotWellFormedXmlError("The payload is not XML, and its head cannot be read.") from fault
        raise XmlNotInterpretableError("The payload is not a known document, and its head cannot be read.") from fault
    _check_addresses(opened, info)
    _once(opened, info.msg_id, lambda: _refuse(opened, info, apprec.error_of(fault)))


def _refuse(opened: Opened, info: MsgInfo, error: CodedValue) -> None:
    reason = " ".join(part for part in (error.v, error.dn, error.ot) if part)
    _acknowledge(info, _message(opened, info, state=Delivery.REFUSED, reason=reason), error)


def _acknowledge(info: MsgInfo, message: Message, error: CodedValue | None = None) -> None:
    """Store the message and its receipt."""
    assert message.party is not None
    receipt = apprec.apprec_for(
        info,
        status=AppRecStatus.REJECTED if error else AppRecStatus.OK,
        errors=(error,) if error else (),
        now=clock.now(),
        id=uuid4(),
    )
    outbox.put_receipt(receipt, message, message.party)


def _take_message(opened: Opened, document: MsgHead, trouble: TroubleKind | None) -> None:
    info = document.info
    if trouble is TroubleKind.SILENCE:
        log.info("message_ignored_as_ordered", msg_id=info.msg_id)
        return
    if trouble is TroubleKind.REFUSE:
        _refuse(opened, info, apprec.error(AppRecError.OTHER_FORMAT_FAULT, troubles.REASON))
        return
    if info.receiver.her_id != opened.header.receiver:
        _refuse(opened, info, apprec.error(AppRecError.INVALID_MESSAGE_ID, "HER-id i konvolutt og melding er ulike"))
        return
    try:
        check_message(document, info.type.v)
    except StandardsError as fault:
        _refuse(opened, info, apprec.error_of(fault))
        return
    if info.function is MessageFunction.DIGITAL_USER:
        _take_check(opened, document)
        return
    citizen = _citizen(info)
    if citizen is None or not rules.can_be_reached(access.standing(citizen)):
        _refuse(opened, info, apprec.error(AppRecError.UNKNOWN_PATIENT, "Innbyggeren er ikke digitalt aktiv"))
        return
    message = _message(opened, info, state=Delivery.RECEIVED, document=document, citizen=citizen)
    _acknowledge(info, message)
    _attach(message, document)
    _apply(message, document, citizen)


def _take_check(opened: Opened, document: MsgHead) -> None:
    """SIDAB: which of these citizens can be reached? Answered 28 with those who can, or 29 (protocol-messages 4.8)."""
    message = _message(opened, document.info, state=Delivery.RECEIVED, document=document)
    message.shown = False
    _acknowledge(document.info, message)
    asked = [str(one.national_id) for one in document.persons if one.national_id is not None]
    known = Citizen.objects.filter(national_id__in=asked).order_by("national_id")
    active = [documents.person(one) for one in known if rules.can_be_reached(access.standing(one))]
    code = Answer.ACTIVE_USERS if active else Answer.NO_ACTIVE_USERS
    envelope = reply_to(document.info, msg_id=uuid4(), gen_date=clock.now())
    answer = digitalbruker.answer(envelope, code, persons=active)
    assert message.party is not None
    outbox.put(outbox.Draft(document=answer, party=message.party, citizen=None, shown=False))


def _citizen(info: MsgInfo) -> Citizen | None:
    if info.patient is None or info.patient.national_id is None:
        return None
    return Citizen.objects.filter(national_id=info.patient.national_id.value).first()


def _message(
    opened: Opened,
    info: MsgInfo,
    *,
    state: Delivery,
    reason: str = "",
    document: MsgHead | None = None,
    citizen: Citizen | None = None,
) -> Message:
    now = clock.now()
    body = document.dialog.body if document else None
    return Message(
        direction=Direction.IN,
        mode=Mode.ASYNC,
        function=info.type.v[:60],
        code=body.code.v[:10] if body else "",
        msg_id=info.msg_id[:100],
        message_id=opened.header.message_id[:100],
        conversation=info.conversation_id[:100],
        citizen=citizen,
        party=opened.party,
        generated_at=info.gen_date,
        recorded_at=now,
        subject=body.subject if body else "",
        text=body.text.plain if body and body.text else "",
        author=appointments.practitioner_of(document) if document else "",
        state=state,
        state_text=reason,
        state_at=now,
        shown=state is Delivery.RECEIVED,
        document=opened.payload,
    )


def _attach(message: Message, document: MsgHead) -> None:
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            name=(one.description or f"Vedlegg {number}")[:200],
            media_type=one.mime_type[:50],
            size=len(one.content),
            content=one.content,
        )
        for number, one in enumerate(document.attachments, start=1)
    )


def _apply(message: Message, document: MsgHead, citizen: Citizen) -> None:
    assert message.party is not None
    if document.info.function not in _BOOKING:
        return
    told = Told(document=document, citizen=citizen, party=message.party)
    if document.dialog.question is not None:
        appointments.take_push(told)
    else:
        appointments.take_answer(told)


def _take_receipt(opened: Opened, receipt: AppRec) -> None:
    now = clock.now()
    original = (
        Message.objects.select_for_update(of=("self",))
        .defer("document")
        .filter(direction=Direction.OUT, mode=Mode.ASYNC, msg_id=receipt.original.id, party=opened.party)
        .first()
    )
    Message.objects.create(
        direction=Direction.IN,
        mode=Mode.RECEIPT,
        function=receipt.type.v[:60],
        code=receipt.status.v[:10],
        msg_id=receipt.id[:100],
        message_id=opened.header.message_id[:100],
        conversation=original.conversation if original else "",
        citizen=original.citizen if original else None,
        party=opened.party,
        about=original,
        generated_at=receipt.gen_date,
        recorded_at=now,
        text=outbox.errors_text(receipt),
        state=Delivery.RECEIVED,
        state_at=now,
        shown=False,
        document=opened.payload,
    )
    # The first receipt is final (HIS 80415 3.3.6); a late one still counts after the 96 hours.
    if original is None or original.state not in {Delivery.QUEUED, Delivery.SENT, Delivery.EXPIRED}:
        return
    original.state = Delivery.DELIVERED if receipt.positive else Delivery.REJECTED
    original.state_text, original.state_at = outbox.errors_text(receipt), now
    original.save(update_fields=["state", "state_text", "state_at"])
    if not receipt.positive:
        appointments.take_undelivered(original.msg_id, original.state_text)
