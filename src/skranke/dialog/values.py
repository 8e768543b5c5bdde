"""What goes in and out of the dialog room."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from skranke.dialog.filling import Word
from skranke.dialog.models import Attachment, DialogKind, PrescriptionForm, TaskFor
from skranke.dialog.outcomes import AnswerOutcome, OutcomeRule
from skranke.patients.models import Patient
from skranke.standards.codes import MEDICINE


class EventKind(StrEnum):
    """What can happen to a thread (MSG-24)."""

    RECEIVED = "received"
    STARTED = "started"
    TURNED = "turned"
    OPENED = "opened"
    ANSWERED = "answered"
    TAKEN = "taken"
    FORWARDED = "forwarded"
    CLOSED = "closed"
    REOPENED = "reopened"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    FAILED = "failed"
    EXPIRED = "expired"
    JOURNALED = "journaled"
    JOURNAL_DECLINED = "journal_declined"
    REMOVED_FROM_INBOX = "removed_from_inbox"
    RESENT = "resent"
    RESENT_BY_ITSELF = "resent_by_itself"
    NOT_READ_BY_PATIENT = "not_read_by_patient"
    WISH_NOT_MET = "wish_not_met"
    HANDED_OVER = "handed_over"
    READ_BY_PATIENT = "read_by_patient"
    LIST_UNCONFIRMED = "list_unconfirmed"
    LIST_CONFIRMED = "list_confirmed"
    PARTICIPANT_ADDED = "participant_added"
    PARTICIPANT_REMOVED = "participant_removed"
    HANDLING_CHANGED = "handling_changed"
    ITEMS_CHANGED = "items_changed"
    NOTHING_ISSUED = "nothing_issued"
    COMPLETED = "completed"
    UNDONE = "undone"


class Mailbox(StrEnum):
    """The mailboxes, by the names their addresses carry (MSG-1, ORG-11)."""

    INBOX = "innboks"
    ALERTS = "viktige"
    OPEN = "aapne"
    SENT = "sendte"
    ARCHIVE = "arkiv"
    CLINIC_OPEN = "klinikkens_aapne"
    CLINIC_ARCHIVE = "klinikkens_arkiv"


class Order(StrEnum):
    """How a mailbox is sorted: newest message first, or what must be answered soonest first."""

    NEWEST = "newest"
    DUE = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """Which threads of a mailbox are wanted (MSG-7).

    participant: the id of an employee, a group or a role that takes part. first, last: the days, both counted, between
    which the newest message came. due: only what must be answered today or is late.
    """

    participant: UUID | None = None
    first: date | None = None
    last: date | None = None
    due: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingAttachment:
    """A file as it came: its stated name and media type, and its bytes."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What somebody is to do (MSG-15). employee_id: who; None: the patient. due: until when, if that matters."""

    employee_id: UUID | None
    due: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """How a thread is to be treated (MSG-13 to MSG-16); each as in `models.Thread`."""

    private: bool = False
    important: bool = False
    reply_due: date | None = None
    task: Task | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftContent:
    """What stands in a form that is not sent yet; each as in `models.KeptDraft`."""

    subject: str = ""
    text: str = ""
    outcome: str = ""
    attachment_ids: tuple[UUID, ...] = ()
    to: tuple[str, ...] = ()
    to_patient: bool = True
    turn_into: str = ""
    closing: str | None = None
    handling: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written that would be lost."""
        return not (self.subject.strip() or self.text.strip() or self.attachment_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateTask:
    """The task of a template (TPL-3). days: from when the template is used until it is to be done, if that matters."""

    whose: TaskFor
    employee_id: UUID | None = None
    days: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFacts:
    """What somebody says of a template; each as in `models.MessageTemplate`.

    shared: by the clinic, which is an administrator's to decide (TPL-2). attachment_ids: the template's own files that
    it keeps, and uploads of the writer's, in their order.
    """

    title: str
    shared: bool = False
    description: str = ""
    kind: str = ""
    to: tuple[str, ...] = ()
    to_patient: bool = True
    to_user: bool = True
    subject: str = ""
    text: str = ""
    attachment_ids: tuple[UUID, ...] = ()
    private: bool = False
    important: bool = False
    reply_days: int | None = None
    task: TemplateTask | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A template as it stands in a form: everything is filled in, and may still be changed (TPL-4).

    missing: the words that have no value here; they stand in the text as they were written. gone: how many of its
    participants are not there any more. uploads: copies of its files, the writer's own.
    """

    subject: str
    text: str
    missing: tuple[Word, ...]
    to: tuple[str, ...]
    gone: int
    to_patient: bool
    uploads: tuple[Attachment, ...]
    handling: Handling


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPrescription:
    """What somebody may state of a prescription that is renewed; each as in `models.Prescription`.

    of: which prescription of the request it renews: what is not stated is as there, but for the dates
    (`services.prescriptions`). item: the number of the item that it renews.
    """

    of: UUID | None = None
    item: int | None = None
    name: str = ""
    amount: Decimal | None = None
    repeats: int | None = None
    group: str = ""
    use: str = ""
    purpose: str = ""
    prescribed: date | None = None
    expires: date | None = None
    atc: str = ""
    atc_name: str = ""
    article_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionFacts(StatedPrescription):
    """What is known of a prescription, stated or read; each as in `models.Prescription`."""

    form: PrescriptionForm = PrescriptionForm.MEDICINE
    kind: str = MEDICINE.v
    brand: str = ""
    pack_size: str = ""
    pack_unit: str = ""
    pack_unit_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionView(PrescriptionFacts):
    """A prescription of a message as the conversation shows it."""

    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalItem:
    """One thing that a request asks to renew, as staff have arranged it (RX-2). number: from 1.

    of: the prescription of the request that it is, where it names one.
    """

    number: int
    text: str
    of: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """What an answer says of an item (RX-10). text: of one that is not on the list; else as there."""

    number: int
    renewed: bool
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMessage:
    """One message from a patient, read from the wire.

    kind: by the message's function, so that a follow-up has it too; UNKNOWN when the function does not tell.
    code: national code (list 7601 or 7602). conversation: RefToConversation, or the own MsgId of a first message.
    parent: RefToParent, empty on a first message. generated_at: GenDate. party_her_id: the HER-id addressed.
    author_name: the person who wrote; on_behalf_of: the patient's name when a representative wrote, with `relation`.
    wanted_hpr: HPR number of a wanted practitioner (role 23), or empty. delivery_way: how a renewed prescription is
    wanted (list 8324), or empty. prescriptions: what is to be renewed, where the request names it (RX-2).
    list_unconfirmed: nobody could tell whether the patient is on the list (ACT-6).
    """

    kind: DialogKind
    code: str
    subject: str
    text: str
    msg_id: str
    conversation: str
    parent: str
    generated_at: datetime
    starts_thread: bool
    party_her_id: str
    patient: Patient
    author_name: str = ""
    on_behalf_of: str = ""
    relation: str = ""
    wanted_hpr: str = ""
    delivery_way: str = ""
    attachments: tuple[IncomingAttachment, ...] = ()
    prescriptions: tuple[PrescriptionFacts, ...] = ()
    list_unconfirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who takes part in a thread or has read it. name: empty for the whole clinic.

    has_read: since the newest message came.
    """

    name: str
    has_read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadRow:
    """One line of a mailbox: all that the list shows of a thread.

    days_left: working days until `answer_due` (0 on the last day, negative when late); None without a deadline.
    preview: the beginning of the newest message's text. on_behalf_of: of the newest message.
    responsible_name: who has taken it (MSG-18), or empty. read_by_clinic: by anybody, since the newest message came.
    is_task: it waits to be done. task_done: it has been.
    """

    id: UUID
    kind: DialogKind
    title: str
    patient_id: UUID | None
    patient_name: str
    patient_birth_date: date | None
    preview: str
    author_name: str
    on_behalf_of: str
    relation: str
    last_message_at: datetime
    last_is_outgoing: bool
    answer_due: date | None
    days_left: int | None
    important: bool
    unread: bool
    read_by_clinic: bool
    has_attachments: bool
    delivery_problem: bool
    list_unconfirmed: bool
    closed: bool
    start_missing: bool
    responsible_name: str
    private: bool
    is_task: bool
    task_done: bool
    task_due: date | None
    reply_due: date | None
    version: int
    own_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a mailbox; `next_cursor` asks for the next one and is empty on the last. groups, continues: by patient,
    as `grouping.Grouped` has them.
    """

    rows: tuple[ThreadRow, ...]
    next_cursor: str = ""
    groups: Mapping[UUID | None, int] = field(default_factory=dict)
    continues: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCount:
    """How many threads of one kind wait in the inbox, and how many of them are unread."""

    kind: DialogKind
    inbox: int
    unread: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The numbers beside the mailboxes (MSG-4). due_today: due today or late. alerts: unread important alerts."""

    inbox: int
    unread: int
    alerts: int
    due_today: int
    open: int
    kinds: tuple[KindCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentView:
    """A file of a message; `size` in bytes. quarantine: as in `models.Attachment`."""

    id: UUID
    name: str
    media_type: str
    size: int
    previewable: bool
    quarantine: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """One message as the conversation shows it. kind: of the dialog it was written in. points_on: it ends that one,
    and says that the answer comes in another (JRN-15, RX-17).

    delivery: empty for what came in (MSG-22). delivery_code: why it was not delivered, for machines; delivery_reason:
    the same for people; delivery_error: what the other side wrote. may_resend: whether it may be sent again now.
    journal_entry_id: the journal entry that records it, if any (JRN-8). outcome: what an answer of ours decided.
    is_request: it asks for what an answer decides. delivery_way: how a renewed prescription is wanted (list 8324).
    prescriptions: those that a request asks to renew, or that an answer has renewed. results: what an answer says of
    each item.
    """

    id: UUID
    kind: DialogKind
    points_on: bool
    outgoing: bool
    code: str
    outcome: AnswerOutcome | None
    is_request: bool
    delivery_way: str
    subject: str
    text: str
    author_id: UUID | None
    author_name: str
    author_role: str
    on_behalf_of: str
    relation: str
    at: datetime
    delivery: str
    delivery_at: datetime | None
    delivery_code: str
    delivery_reason: str
    delivery_error: str
    may_resend: bool
    journal_entry_id: UUID | None
    attachments: tuple[AttachmentView, ...]
    prescriptions: tuple[PrescriptionView, ...]
    results: tuple[ItemResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One line of the thread's event log (MSG-24)."""

    at: datetime
    kind: EventKind
    actor_name: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantView:
    """Who takes part; nobody named: the whole clinic. may_remove: whether who looks at it may take it out (MSG-11)."""

    employee_id: UUID | None
    group_id: UUID | None = None
    role_id: UUID | None = None
    name: str
    in_inbox: bool
    read_at: datetime | None
    may_remove: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadView:
    """A thread as the screen and the API show it; messages by GenDate, then MsgId.

    may_close, may_answer: what the buttons may offer now (MSG-9). journaled: by itself, both ways (JRN-1). may_journal:
    somebody may write into the journal what is not there yet (JRN-13). asks_journal: somebody is to say if (JRN-9).
    max_text: most characters an answer may have (CMP-16), 0 for no limit. outcomes: of which an answer now must
    decide one; empty where it decides nothing, or may not be given. may_refuse: what the patient wrote may be refused
    instead of answered. turns_into: what the answer may be instead of what was asked for (JRN-3, RX-7). clinical_word:
    a word in it that speaks for an e-konsultasjon (IMP-6). begins: the thread was turned so, and the answer ends what
    it was. answered_finally: it has had its one answer. items: what the request asks for, as staff have it (RX-2).
    may_leave_inbox: who looks takes part, and is not only the substitute of a GP who does (ABS-7).
    """

    id: UUID
    kind: DialogKind
    title: str
    patient: Patient | None
    party_name: str
    closed: bool
    start_missing: bool
    list_unconfirmed: bool
    important: bool
    answer_due: date | None
    days_left: int | None
    waits_for_clinic: bool
    may_answer: bool
    may_close: bool
    outcomes: tuple[OutcomeRule, ...]
    may_refuse: bool
    turns_into: tuple[DialogKind, ...]
    clinical_word: str
    begins: bool
    answered_finally: bool
    items: tuple[RenewalItem, ...]
    takes_attachments: bool
    journaled: bool
    may_journal: bool
    asks_journal: bool
    in_inbox: bool
    may_leave_inbox: bool
    responsible_id: UUID | None
    responsible_name: str
    version: int
    max_text: int
    messages: tuple[MessageView, ...]
    events: tuple[EventView, ...]
    participants: tuple[ParticipantView, ...]
    handling: Handling
    task_name: str
    task_done: datetime | None
    may_complete: bool
    own_type: str = ""
