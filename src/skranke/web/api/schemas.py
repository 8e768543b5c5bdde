"""The shapes of the REST API. Ids are opaque; instants carry an offset (RFC 3339)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from skranke.gateway.log_values import LogKind, LogState
from skranke.web.api.handling import HandlingIn, ReceiverIn
from skranke.web.api.prescriptions import ItemResultIn, ItemResultOut, PrescriptionIn, RenewalItemOut
from skranke.web.api.text import Text

MOST_ROWS = 500


class PatientOut(Schema):
    """One patient of the clinic."""

    id: UUID
    national_id: str
    name: str
    given_name: str
    family_name: str
    birth_date: date
    gp_id: UUID | None
    gp_name: str
    on_gp_list: bool
    helsenorge_state: str


class PatientList(Schema):
    """Patients that a search found."""

    items: list[PatientOut]


class ReachabilityOut(Schema):
    """Whether a dialog may be started with the patient in HelseNorge (PAT-9); `reason` is a stable code.

    state: reachable, not_reachable, or unknown while HelseNorge has not told lately: a message is then answered by
    HelseNorge itself. as_of: when it told.
    """

    reachable: bool
    reason: str
    detail: str
    state: str
    as_of: datetime | None


class AttachmentOut(Schema):
    """A file; `size` in bytes. Its content is at `attachments/{id}`.

    `quarantine`: `infected` for one that is not opened, `waiting` for one that is when the virus scanner has seen it.
    """

    id: UUID
    name: str
    media_type: str
    size: int
    quarantine: str = ""


class PrescriptionOut(Schema):
    """A prescription that a request asks to renew, or that an answer has renewed.

    `name`: name, form and strength. `amount`: of packs. `repeats`: how often it may be dispensed again. `group`:
    national list 7421. `use`: how it is taken, `purpose`: for what. Dates are null where the message has none.
    """

    id: UUID
    name: str
    amount: Decimal | None
    repeats: int | None
    group: str
    use: str
    purpose: str
    prescribed: date | None
    expires: date | None
    atc: str
    atc_name: str
    article_number: str


class MessageOut(Schema):
    """One message. `delivery` is empty for what came in (MSG-22), `outcome` for an answer that decides nothing.

    `kind`: of the dialog it was written in, which is not the thread's once that was turned; `points_on`: it ends that
    dialog and says that the answer comes in the other.

    `delivery_way`: how the patient wants a renewed prescription (national list 8324), empty when not stated.
    `prescriptions`: those that a request asks to renew, or that an answer has renewed.
    `results`: what an answer says of each item, renewed or not.
    `delivery_code` says why it was not delivered, `delivery_reason` the same in plain words, `delivery_error` what the
    other side wrote. `may_resend`: whether `resend` will take it now.
    """

    id: UUID
    direction: Literal["in", "out"]
    code: str
    kind: str
    points_on: bool
    outcome: str
    delivery_way: str
    subject: str
    text: str
    author_name: str
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
    attachments: list[AttachmentOut]
    prescriptions: list[PrescriptionOut]
    results: list[ItemResultOut]


class ParticipantOut(Schema):
    """Who takes part: an employee, a group or a role; without any of them: the whole clinic."""

    employee_id: UUID | None
    group_id: UUID | None
    role_id: UUID | None
    name: str
    in_inbox: bool
    read_at: datetime | None


class ThreadRowOut(Schema):
    """One line of a mailbox. `author_name`: who wrote the newest message. `read_by_clinic`: somebody has read it."""

    id: UUID
    kind: str
    title: str
    patient_id: UUID | None
    patient_name: str
    author_name: str
    last_message_at: datetime
    unread: bool
    read_by_clinic: bool
    closed: bool
    important: bool
    answer_due: date | None
    days_left: int | None
    has_attachments: bool
    delivery_problem: bool
    on_behalf_of: str
    responsible_name: str
    version: int


class ThreadList(Schema):
    """A page of a mailbox; `next_cursor` is empty on the last."""

    items: list[ThreadRowOut]
    next_cursor: str


class LoggedMessageOut(Schema):
    """One message of the message log: that it exists, of whom, and where it stands; not what was written.

    `id`: of the row of the log. `reason`: why it is not where it should be.
    """

    id: UUID
    incoming: bool
    at: datetime
    kind: LogKind
    state: LogState
    reason: str
    patient_id: UUID | None
    patient_name: str
    msg_id: str


class MessageLog(Schema):
    """A page of the message log, the newest first; `next_cursor` is empty on the last."""

    items: list[LoggedMessageOut]
    next_cursor: str


class OutcomeOut(Schema):
    """What an answer may decide: its stable name, and its code in the national list 7602.

    After a `final` one no second answer is taken. `needs_appointment`: only together with an appointment.
    `names_items`: what it renews may go along (`prescriptions`).
    """

    outcome: str
    code: str
    needs_text: bool
    final: bool
    needs_appointment: bool
    names_items: bool


class ThreadOut(Schema):
    """A thread with its messages by GenDate, then MsgId.

    `outcomes`: an answer now must decide one of these; none, and it decides nothing. `may_refuse`: the answer's outcome
    may be `rejected`, though it need have none. `turns_into`: what the answer may be instead of what was asked for.
    `clinical_word`: a word of the patient's for which it should perhaps be an e-konsultasjon; empty for none.
    `answered_finally`: the request has had its one answer. `items`: what a request for renewal asks for. `issued`:
    whether anything was issued to the patient since it came ("yes", "no" or "unknown"); empty where none waits.
    `own_type`: as what the patient started it in our own channel, else empty. `asks_journal`: somebody is to say
    whether its newest answer is to be journaled (JRN-9).
    """

    id: UUID
    kind: str
    own_type: str
    title: str
    patient_id: UUID | None
    closed: bool
    important: bool
    answer_due: date | None
    days_left: int | None
    may_answer: bool
    may_close: bool
    asks_journal: bool
    outcomes: list[OutcomeOut]
    may_refuse: bool
    turns_into: list[str]
    clinical_word: str
    answered_finally: bool
    items: list[RenewalItemOut]
    issued: str
    in_inbox: bool
    responsible_id: UUID | None
    version: int
    participants: list[ParticipantOut]
    handling: HandlingIn
    may_complete: bool
    messages: list[MessageOut]


class ThreadIn(Schema):
    """A dialog to start: in HelseNorge, (`e_dialog`) in our own patient portal, or (`internal`) between colleagues.

    An internal one may be about a patient, who does not see it, and needs participants.
    """

    patient_id: UUID | None = None
    kind: Literal["e_contact", "e_consultation", "e_dialog", "internal"]
    subject: str
    text: str
    attachment_ids: list[UUID] = Field(default_factory=list)
    may_answer: bool = True
    participants: list[ReceiverIn] = Field(default_factory=list)
    handling: HandlingIn | None = None


class AnswerIn(Schema):
    """An answer. `close` closes the thread at the clinic; the patient can still write.

    `outcome`: one of the thread's `outcomes`, by name or by national code, where it has any; or `rejected`, where the
    thread says `may_refuse`. `appointment_id`: the
    patient's coming appointment that an outcome with `needs_appointment` gives. `prescriptions`: what has been renewed,
    with an outcome that `names_items` alone; each goes along as an M1. `results`: what is renewed and
    what is not; where it is given, `partly_renewed` demands one of each. `turn_into`: one of the thread's `turns_into`;
    the patient is answered in a new conversation of that kind, and `closing_text` (or the standard text) ends the old.
    """

    text: str
    attachment_ids: list[UUID] = Field(default_factory=list)
    close: bool = False
    outcome: str = ""
    appointment_id: UUID | None = None
    prescriptions: list[PrescriptionIn] = Field(default_factory=list)
    results: list[ItemResultIn] | None = None
    turn_into: str = ""
    closing_text: Text | None = None


class JournalEntryOut(Schema):
    """One journal entry (JRN-6). problem: the problem or diagnosis, where one was stated (JRN-9)."""

    id: UUID
    at: datetime
    kind: str
    title: str
    text: str
    problem: str
    author_name: str
    recipient_name: str
    on_behalf_of: str
    thread_id: UUID | None
    attachments: list[AttachmentOut]


class JournalList(Schema):
    """A page of the journal, newest first."""

    items: list[JournalEntryOut]
    next_cursor: str


class ScheduleOut(Schema):
    """One schedule (timebok)."""

    id: UUID
    public_name: str
    internal_name: str
    owner_kind: str
    owner_id: UUID | None
    group_id: UUID | None
    online: bool
    audience: str
    patient_list_id: UUID | None
    department_id: UUID | None
    owner_sms: bool
    reminders: bool
    archived: bool
    max_self_booked: int | None
    days_ahead: int | None
    booking_deadline_hours: int | None
    first_only: str
    cancellation_allowed: bool | None
    cancellation_deadline_hours: int | None
    version: int


Limit = Annotated[int, Field(ge=0, le=1_000_000)]


class OwnerIn(Schema):
    """Who owns a schedule: an employee or a group by its id, or the whole clinic without one."""

    kind: Literal["employee", "group", "clinic"]
    id: UUID | None = None


class ScheduleSettings(Schema):
    """What a schedule has beside names, owner and audience. Its limits: null leaves a question to the clinic.

    department_id: null for the whole clinic. first_only: `schedule`, `day`, `all`, or "" as the clinic. owner_sms and
    reminders count while the clinic sends notices of its own.
    """

    department_id: UUID | None = None
    owner_sms: bool = False
    reminders: bool = True
    max_self_booked: Limit | None = None
    days_ahead: Limit | None = None
    booking_deadline_hours: Limit | None = None
    first_only: Literal["schedule", "day", "all", ""] = ""
    cancellation_allowed: bool | None = None
    cancellation_deadline_hours: Limit | None = None


class ScheduleIn(ScheduleSettings):
    """A new schedule, and who may book it. patient_list_id: with the audience `list`, and only then."""

    owner: OwnerIn
    public_name: Text
    internal_name: Text = ""
    online: bool = True
    audience: Literal["all", "gp_list", "clinic", "list"] = "gp_list"
    patient_list_id: UUID | None = None


class SchedulePatch(ScheduleSettings):
    """What is to be otherwise; what is left out stays. patient_list_id: beside the audience `list`, and only then.

    archived: refused (409) while appointments are to come in it.
    """

    archived: bool = False

    owner: OwnerIn | None = None
    public_name: Text | None = None
    internal_name: Text | None = None
    online: bool | None = None
    audience: Literal["all", "gp_list", "clinic", "list"] | None = None
    patient_list_id: UUID | None = None


class ScheduleList(Schema):
    """The clinic's schedules by internal name."""

    items: list[ScheduleOut]


class SlotOut(Schema):
    """One slot that is offered. `available_from`: shown now, bookable from then.

    price (whole kroner), information, address: what is told before booking (BOK-14); the clinic's address when empty.
    capacity, taken: its places, of a group more than one, and how many of them are taken (TYP-6).
    """

    id: UUID
    uid: UUID
    schedule_id: UUID
    start: datetime
    end: datetime
    capacity: int
    taken: int
    type_id: UUID
    type_name: str
    contact: str
    must_call: bool
    price: int | None
    information: str
    address: str
    available_from: datetime | None


class SlotList(Schema):
    """The slots that are offered, by schedule and start; `findings` say why there are none."""

    items: list[SlotOut]
    findings: list[str]


class AppointmentIn(Schema):
    """A booking of a slot for a patient."""

    slot_id: UUID
    patient_id: UUID
    comment: Text = ""
    reason: Text = ""
    note: Text = ""


class AppointmentPatch(Schema):
    """A move, to a slot or to another time in the same schedule; or a change of what stands beside the time.

    Another type brings its own way to meet and place, where they are not named too. One of the two in each request.
    """

    slot_id: UUID | None = None
    start: datetime | None = None
    end: datetime | None = None
    type_id: UUID | None = None
    contact: Literal["physical", "video", "phone"] | None = None
    address: Text | None = None
    reason: Text | None = None
    note: Text | None = None


class CancelIn(Schema):
    """A cancellation on somebody's behalf."""

    by: Literal["clinic", "patient"] = "clinic"
    reason: Text = ""
    offer_again: bool = True


class AppointmentOut(Schema):
    """One appointment."""

    id: UUID
    schedule_id: UUID
    patient_id: UUID
    patient_name: str
    start: datetime
    end: datetime
    type_id: UUID
    type_name: str
    contact: str
    address: str
    state: str
    comment: str
    reason: str
    note: str
    hidden: bool
    version: int


class AppointmentTold(Schema):
    """What HelseNorge has been told of an appointment: see `told`. at: when that leaves, left or was received.

    told: hidden, unreachable, nothing (none of them leaves), waits, sent, received, refused (did not arrive: `reason`
    says why in plain words), knows. may_resend: whether `resend` will take it now.
    """

    told: str
    at: datetime | None
    reason: str
    may_resend: bool


class AppointmentList(Schema):
    """A page of appointments by start."""

    items: list[AppointmentOut]
    next_cursor: str
