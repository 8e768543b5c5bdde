"""What all dialogs share: a citizen's message becomes part of a thread, ours leaves from it."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from skranke.blobs import services as blobs
from skranke.clinics.models import Service
from skranke.dialog.models import DialogKind, Direction, Message
from skranke.dialog.services import mark_unread_by_patient, receive_message, takes_answers
from skranke.dialog.values import IncomingAttachment, IncomingMessage
from skranke.gateway import receipts
from skranke.gateway.codes import member
from skranke.gateway.endpoints import Endpoint, OwnParty
from skranke.gateway.errors import LostOriginalError, UnknownQuestionError
from skranke.gateway.types import prescriptions, renewals, wish_answers
from skranke.gateway.types.people import addressed_patient, author_of, require_service, wire_patient, writer_of
from skranke.gateway.types.stored import Original, original_of_conversation
from skranke.gateway.values import Handled, Incoming, Letter
from skranke.outbox.models import OutboxItem
from skranke.patients.rules import may_address
from skranke.standards import msghead
from skranke.standards.build import ekonsultasjon, ekontakt, parties
from skranke.standards.build.envelope import Envelope
from skranke.standards.codes import Answer, Question
from skranke.standards.dialog import RelatedRole
from skranke.standards.msghead import ConversationRef, MsgHead
from skranke.standards.times import write_instant

_RENEWALS = frozenset({Question.RENEWAL_FREE_TEXT.value, Question.RENEWAL_PRESCRIPTION.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What differs between the functions. starts: the codes a citizen may begin with."""

    kind: DialogKind
    service: Service
    starts: frozenset[str]
    takes_wishes: bool


def handle(incoming: Incoming, conversation: Conversation) -> Handled:
    """Store what the citizen wrote (EK-1, EK-4, EK-5, KO-1, KO-4).

    Raises NoAccessError (30), ServiceOffError or UnknownQuestionError (26); unknown answers are shown to staff.
    """
    message = incoming.message
    code = message.code.v
    if message.dialog.question is not None:
        if code == Question.UNREAD_WARNING:
            return _unread(message)
        if code not in conversation.starts:
            raise UnknownQuestionError(_("Denne typen henvendelse kan ikke tas imot her. Ring legekontoret."))
        require_service(incoming, conversation.service)
    stored = receive_message(message_of(incoming, conversation))
    if code == Answer.CITIZEN_ANSWER and not takes_answers(stored):
        _answer_after_end(incoming)
    return Handled(subject_kind="message", subject_id=stored.id, patient_id=stored.thread.patient_id)


def message_of(incoming: Incoming, conversation: Conversation) -> IncomingMessage:
    """What the citizen wrote, as the dialog room takes it in. Raises NoAccessError (30)."""
    message, info = incoming.message, incoming.message.info
    body, who = message.dialog.body, author_of(message)
    wanted = body.wanted_practitioner if conversation.takes_wishes else None
    patient = addressed_patient(incoming, unconfirmed=True)
    return IncomingMessage(
        kind=conversation.kind,
        code=message.code.v,
        subject=body.subject,
        text=body.text.plain if body.text else "",
        msg_id=info.msg_id,
        conversation=info.conversation_id,
        parent=info.conversation.parent if info.conversation else "",
        generated_at=info.gen_date,
        starts_thread=info.conversation is None,
        party_her_id=str(incoming.party.her_id),
        patient=patient,
        list_unconfirmed=not may_address(patient, incoming.party.row),
        author_name=who.name,
        on_behalf_of=who.on_behalf_of,
        relation=who.relation,
        delivery_way=_delivery_way(message),
        wanted_hpr=str(wanted) if wanted else "",
        prescriptions=prescriptions.read(message.prescriptions),
        attachments=tuple(
            IncomingAttachment(name=found.description, media_type=found.mime_type, content=found.content)
            for found in message.attachments
        ),
    )


def _delivery_way(message: MsgHead) -> str:
    """How a renewed prescription is to reach the patient: @V of list 8324, whatever @S says (D-02, D-48)."""
    question = message.dialog.question
    is_renewal = question is not None and question.code.v in _RENEWALS
    stated = question.coded_information if question is not None and is_renewal else None
    return stated.v if stated else ""


def _unread(message: MsgHead) -> Handled:
    parent = message.info.conversation.parent if message.info.conversation else ""
    warned = mark_unread_by_patient(parent)
    if warned is None:
        return Handled()
    return Handled(subject_kind="message", subject_id=warned.id)


def _answer_after_end(incoming: Incoming) -> None:
    """DDFL-EK-10: what was written is stored and shown, and the citizen is told that it will not be answered."""
    text = _("Denne meldingen kan ikke besvares. Start en ny samtale med legekontoret.")
    receipts.answer_refusing(incoming.received_id, Answer.REJECTED, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A message of ours that leaves from a thread. party: whom the citizen addressed; case_type: as to be echoed."""

    message: Message
    envelope: Envelope
    party: OwnParty
    endpoint: Endpoint
    case_type: str


def render(item: OutboxItem, endpoint: Endpoint) -> Letter:
    """A message of ours in a thread (EK-2, EK-3, KO-2, KO-3, RX-3, TO-4): from the party the citizen addressed."""
    message = (
        Message.objects.select_related("thread__patient", "thread__party", "author", "earlier")
        .filter(id=item.subject_id, direction=Direction.OUT)
        .first()
    )
    if message is None or message.thread.party is None or message.thread.patient is None:
        raise LostOriginalError("The message, its patient or its party is not there any more.")
    party = endpoint.parties.get(message.thread.party.her_id)
    if party is None:
        raise LostOriginalError("The party the message leaves from is not active.")
    about = original_of_conversation(message.conversation, message.parent_msg_id, endpoint)
    turn = Turn(
        message=message,
        envelope=_envelope(message, party, about, endpoint),
        party=party,
        endpoint=endpoint,
        case_type=about.case_type if about else "",
    )
    document = WRITERS[message.kind](turn)
    return Letter(
        document=document,
        function=document.info.type.v,
        msg_id=message.msg_id,
        sender=party.her_id,
        peer=about.peer if about else endpoint.peer(),
        conversation=message.conversation,
    )


def _envelope(message: Message, party: OwnParty, about: Original | None, endpoint: Endpoint) -> Envelope:
    assert message.thread.patient is not None
    later = message.msg_id != message.conversation
    return Envelope(
        sender=party.party,
        receiver=about.info.sender if about else endpoint.peer().party,
        msg_id=UUID(message.msg_id),
        gen_date=message.generated_at,
        patient=wire_patient(message.thread.patient),
        conversation=ConversationRef(
            parent=message.parent_msg_id or message.conversation, conversation=message.conversation
        )
        if later
        else None,
    )


def _e_contact(turn: Turn) -> MsgHead:
    message, files = turn.message, _attachments(turn.message)
    if turn.envelope.conversation is None:
        return ekontakt.clinic_question(
            turn.envelope,
            subject=message.subject,
            text=message.text,
            may_answer=message.code == Question.DIALOG,
            attachments=files,
        )
    return ekontakt.clinic_answer(
        turn.envelope,
        member(Answer, message.code),
        text=message.text,
        author=_author_by_name(message),
        attachments=files,
        case_type=turn.case_type,
    )


def _e_consultation(turn: Turn) -> MsgHead:
    message, files = turn.message, _attachments(turn.message)
    who = writer_of(message)
    if turn.envelope.conversation is None:
        return ekonsultasjon.clinic_question(
            turn.envelope,
            subject=message.subject,
            text=message.text,
            may_answer=message.code == Question.DIALOG,
            practitioner=who,
            attachments=files,
        )
    return ekonsultasjon.clinic_answer(
        turn.envelope,
        member(Answer, message.code),
        text=message.text,
        practitioner=who,
        attachments=files,
        case_type=turn.case_type,
    )


def _renewal(turn: Turn) -> MsgHead:
    return renewals.answer(turn.message, turn.envelope, turn.case_type)


def _wish_answer(turn: Turn) -> MsgHead:
    return wish_answers.document(turn.message, turn.envelope, turn.party, turn.endpoint, case_type=turn.case_type)


WRITERS: dict[DialogKind, Callable[[Turn], MsgHead]] = {
    DialogKind.E_CONTACT: _e_contact,
    DialogKind.E_CONSULTATION: _e_consultation,
    DialogKind.PRESCRIPTION_RENEWAL: _renewal,
    DialogKind.APPOINTMENT_WISH: _wish_answer,
}
"""How a message of each kind of thread is written; a new kind is one line here."""


def _author_by_name(message: Message) -> RelatedRole | None:
    """HITS 1217 3.3.2: an e-kontakt answer names its author as a person, with or without an HPR number."""
    writer = message.author
    return parties.author(given_name=writer.given_name, family_name=writer.family_name) if writer else None


def _attachments(message: Message) -> tuple[msghead.Attachment, ...]:
    return tuple(
        msghead.Attachment(
            content=blobs.read(row.blob_id),
            mime_type=row.media_type,
            description=row.name,
            issued=write_instant(row.created_at),
        )
        for row in message.attachments.order_by("number")
    )
