"""The envelope: MsgHead 1.2 with its Documents. `msghead_codec` reads and writes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from skranke.standards.codes import Acknowledgement, CodedValue, DocumentType, MessageFunction
from skranke.standards.dialog import Dialogmelding
from skranke.standards.m1 import Resept
from skranke.standards.people import Party, Patient, Person
from skranke.standards.shared import Pasientrelasjon, PersonList, Practitioner, PractitionerList
from skranke.standards.xcal import Calendar, VEvent

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRef:
    """The thread: MsgId of the message before this one, and of the first one (protocol-messages 2.2)."""

    parent: str
    conversation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MsgInfo:
    """The head. gen_date is the instant (UTC), gen_date_text the text as it stood (AppRec repeats it verbatim)."""

    type: CodedValue
    gen_date: datetime
    gen_date_text: str
    msg_id: str
    sender: Party
    receiver: Party
    ack: CodedValue | None = None
    conversation: ConversationRef | None = None
    patient: Patient | None = None
    processing_status: CodedValue | None = None
    requested_priority: CodedValue | None = None
    other_receivers: tuple[bytes, ...] = ()

    @property
    def function(self) -> MessageFunction | None:
        """The message function, when it is one we know."""
        return MessageFunction.known(self.type)

    @property
    def wants_receipt(self) -> bool:
        """Ack J. Never decides whether a message is synchronous (D-01)."""
        return Acknowledgement.known(self.ack) is Acknowledgement.YES

    @property
    def conversation_id(self) -> str:
        """MsgId of the first message of the thread; this message's own when it is the first."""
        return self.conversation.conversation if self.conversation else self.msg_id


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DocumentInfo:
    """What surrounds the content of a Document; almost all of it is optional and for display only."""

    type: CodedValue = DocumentType.XML.cs
    heading: str = ""
    issued: str = ""
    mime_type: str = ""
    description: str = ""
    id: str = ""
    connection: CodedValue | None = None
    content_type: CodedValue | None = None
    category: CodedValue | None = None
    consent: CodedValue | None = None
    annotation: str = ""
    from_date: str = ""
    to_date: str = ""
    oid_ref: str = ""
    enquiry_ref_id: str = ""
    compression: CodedValue | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Binary:
    """The bytes of a Base64Container."""

    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPart:
    """A part in a known namespace that no reader of ours opens (such as a dialogmelding 1.0), as canonical XML."""

    namespace: str
    xml: bytes

    def __repr__(self) -> str:
        return f"RawPart({self.namespace!r}, {len(self.xml)} bytes)"


Content = Dialogmelding | Calendar | Pasientrelasjon | PractitionerList | PersonList | Resept | Binary | RawPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One Document of the envelope: what it says about its content, and the content."""

    info: DocumentInfo = DocumentInfo()
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file in the message. content: raw bytes; issued: xs:dateTime text of its creation (IssueDate)."""

    content: bytes
    mime_type: str
    description: str = ""
    issued: str = ""

    def __repr__(self) -> str:
        return f"Attachment({self.mime_type!r}, {len(self.content)} bytes)"


@dataclass(frozen=True, slots=True, kw_only=True)
class MsgHead:
    """A whole dialog message. The first Document holds the Dialogmelding, the rest stand in any order.

    Raises ValueError when the first Document is not a Dialogmelding.
    """

    info: MsgInfo
    documents: tuple[Document, ...]

    def __post_init__(self) -> None:
        if not self.documents or not isinstance(self.documents[0].content, Dialogmelding):
            raise ValueError("The first Document of a dialog message is the Dialogmelding.")

    @property
    def dialog(self) -> Dialogmelding:
        """The question or answer."""
        content = self.documents[0].content
        assert isinstance(content, Dialogmelding)
        return content

    @property
    def code(self) -> CodedValue:
        """TypeForesp or TemaKodet."""
        return self.dialog.code

    @property
    def appointments(self) -> tuple[VEvent, ...]:
        """The vevents of all calendar parts."""
        return tuple(event for calendar in self._all(Calendar) for event in calendar.events)

    @property
    def relation(self) -> Pasientrelasjon | None:
        """Who acts for the patient, when somebody does."""
        return next(iter(self._all(Pasientrelasjon)), None)

    @property
    def practitioners(self) -> tuple[Practitioner, ...]:
        """The entries of the lists of practitioners."""
        return tuple(entry for part in self._all(PractitionerList) for entry in part.entries)

    @property
    def persons(self) -> tuple[Person, ...]:
        """The entries of the lists of persons."""
        return tuple(entry for part in self._all(PersonList) for entry in part.persons)

    @property
    def prescriptions(self) -> tuple[Resept, ...]:
        """The prescriptions, in order."""
        return tuple(self._all(Resept))

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The attached files, in order."""
        return tuple(
            Attachment(
                content=document.content.content,
                mime_type=document.info.mime_type.strip(),
                description=document.info.description or document.info.heading,
                issued=document.info.issued,
            )
            for document in self.documents
            if isinstance(document.content, Binary)
        )

    @property
    def other(self) -> tuple[RawPart, ...]:
        """The parts that are only carried."""
        return tuple(self._all(RawPart))

    def _all(self, kind: type[T]) -> Iterable[T]:
        return (document.content for document in self.documents if isinstance(document.content, kind))
