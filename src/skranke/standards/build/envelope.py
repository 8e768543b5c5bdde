"""The envelope of the messages we send, and the parts that may follow the dialogmelding."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from skranke.standards import profile
from skranke.standards.codes import CodedValue, DocumentType, MessageFunction, Relation
from skranke.standards.dialog import Dialogmelding
from skranke.standards.errors import BuildError
from skranke.standards.msghead import (
    Attachment,
    Binary,
    Content,
    ConversationRef,
    Document,
    DocumentInfo,
    MsgHead,
    MsgInfo,
)
from skranke.standards.people import Party, Patient, Person
from skranke.standards.richtext import RichText
from skranke.standards.shared import Pasientrelasjon, Practitioner, PractitionerList
from skranke.standards.times import whole_milliseconds, write_instant
from skranke.standards.xcal import Calendar, VEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What every message needs, whatever it says.

    msg_id: a UUID, new for each message. gen_date: when it was made (cut to milliseconds). conversation: None on the
    first message of a thread, else where it belongs (protocol-messages 2.2). patient: always the patient, never who
    acts for the patient; None only where a function has none. type: I/Type of the request to echo in an answer,
    where the name of the function is not settled (`profile.ECHOED_FUNCTIONS`).
    """

    sender: Party
    receiver: Party
    msg_id: UUID
    gen_date: datetime
    patient: Patient | None = None
    conversation: ConversationRef | None = None
    type: CodedValue | None = None


def reply_to(info: MsgInfo, *, msg_id: UUID, gen_date: datetime) -> Envelope:
    """The envelope of an answer to a message: parties swapped, same patient, next in the thread (DDFL-CON-02..04)."""
    return Envelope(
        sender=info.receiver,
        receiver=info.sender,
        msg_id=msg_id,
        gen_date=gen_date,
        patient=info.patient,
        conversation=ConversationRef(parent=info.msg_id, conversation=info.conversation_id),
        type=info.type,
    )


def rich(text: str | RichText | None) -> RichText | None:
    """Text for a message: nothing for nothing, plain text as it is, formatted text unchanged."""
    if isinstance(text, RichText) or text is None:
        return text
    return RichText.of(text) if text else None


def relation_of(person: Person | None, kind: Relation | None) -> Pasientrelasjon | None:
    """The part that says who acts for the patient."""
    if person is None:
        return None
    return Pasientrelasjon(persons=(person,), relation=kind.cv if kind else None)


def message(
    envelope: Envelope,
    function: MessageFunction,
    dialog: Dialogmelding,
    *,
    synchronous: bool = False,
    appointments: tuple[VEvent, ...] = (),
    relation: Pasientrelasjon | None = None,
    practitioners: tuple[Practitioner, ...] = (),
    attachments: tuple[Attachment, ...] = (),
    other: tuple[Content, ...] = (),
) -> MsgHead:
    """A whole message: the dialogmelding first, each other part in its own Document (DDFL-ENV-15)."""
    documents = [Document(content=dialog)]
    if relation:
        documents.append(Document(content=relation))
    if appointments:
        calendar = Calendar(events=appointments, product=profile.PRODUCT, version=profile.CALENDAR_VERSION)
        documents.append(Document(content=calendar))
    if practitioners:
        entries = PractitionerList(entries=practitioners, edition=profile.PRACTITIONER_EDITION)
        documents.append(Document(content=entries))
    documents.extend(Document(content=part) for part in other)
    documents.extend(_attached(attachment) for attachment in attachments)
    return MsgHead(info=_info(envelope, function, synchronous=synchronous), documents=tuple(documents))


def _info(envelope: Envelope, function: MessageFunction, *, synchronous: bool) -> MsgInfo:
    asked = MessageFunction.known(envelope.type)
    echoed = envelope.type if asked in profile.ECHOED_FUNCTIONS else None
    gen_date = whole_milliseconds(envelope.gen_date)
    return MsgInfo(
        type=echoed or function.cs,
        gen_date=gen_date,
        gen_date_text=write_instant(gen_date),
        msg_id=str(envelope.msg_id),
        ack=profile.ACK_SYNCHRONOUS if synchronous else profile.ACK_ASYNCHRONOUS,
        conversation=envelope.conversation,
        sender=envelope.sender,
        receiver=envelope.receiver,
        patient=envelope.patient,
    )


def _attached(attachment: Attachment) -> Document:
    if attachment.mime_type not in profile.ATTACHMENT_TYPES:
        raise BuildError("An attachment is PDF, JPEG or PNG, with the media type of the guide.")
    info = DocumentInfo(
        type=DocumentType.ATTACHMENT.cs,
        issued=attachment.issued,
        mime_type=attachment.mime_type,
        description=attachment.description,
    )
    return Document(info=info, content=Binary(content=attachment.content))


def require_thread(envelope: Envelope) -> None:
    """An answer names the message it follows (HITS 1217 2.3.3)."""
    if envelope.conversation is None:
        raise BuildError("An answer needs a conversation reference.")


def require_new_thread(envelope: Envelope) -> None:
    """A message that starts a thread has no reference (HITS 1217 2.3.3)."""
    if envelope.conversation is not None:
        raise BuildError("A message that starts a thread has no conversation reference.")


def require_patient(envelope: Envelope) -> None:
    """Name and one complete id (DDFL-ENV-12, DDFL-ENV-13)."""
    patient = envelope.patient
    if patient is None or not patient.national_id or not patient.given_name or not patient.family_name:
        raise BuildError("A message about a patient needs the patient's names and one complete national id.")
