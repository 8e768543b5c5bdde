"""Threads, their messages, who takes part, and what happened to them."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, OrderBy, Q, Value
from django.db.models.functions import Coalesce, Lower

from skranke.clinics.models import CommunicationParty, Employee, Group, Role
from skranke.dialog.communication.models import OwnType
from skranke.dialog.issued import IssuedPrescription  # noqa: F401 - Django finds a model through here
from skranke.dialog.layouts import ListLayout  # noqa: F401 - as above
from skranke.dialog.renewals import RenewalList, RenewalResult  # noqa: F401 - as above
from skranke.dialog.undoing import Undoable  # noqa: F401 - as above
from skranke.kernel import clock
from skranke.patients.models import Patient
from skranke.tenancy.models import TenantModel


class DialogKind(models.TextChoices):
    """What a thread is; unknown until the message that starts it has come (any order may come).

    An e-dialog lives in our own patient portal and never leaves for HelseNorge (CMP-4). An internal one is between
    colleagues, and no patient sees it (MSG-21).
    """

    E_CONTACT = "e_contact"
    E_CONSULTATION = "e_consultation"
    PRESCRIPTION_RENEWAL = "prescription_renewal"
    APPOINTMENT_WISH = "appointment_wish"
    E_DIALOG = "e_dialog"
    INTERNAL = "internal"
    UNKNOWN = "unknown"


class Channel(models.TextChoices):
    """Where the thread lives."""

    HELSENORGE = "helsenorge"
    OWN = "own"
    INTERNAL = "internal"


class ThreadState(models.TextChoices):
    """Open until closed by the clinic; a later message opens it again (MSG-25)."""

    OPEN = "open"
    CLOSED = "closed"


class Direction(models.TextChoices):
    """Seen from the clinic."""

    IN = "in"
    OUT = "out"


class DeliveryState(models.TextChoices):
    """What is known of an outbound message (MSG-22). In the patient portal it lies ready at once, until it is read."""

    QUEUED = "queued"
    SENT = "sent"
    RECEIVED = "received"
    REJECTED = "rejected"
    FAILED = "failed"
    EXPIRED = "expired"
    READY = "ready"
    READ = "read"


class Thread(TenantModel):
    """One conversation with at most one patient (MSG-12).

    conversation: the wire's key: RefToConversation, or the MsgId of the first message.
    party: the HER-id the citizen addressed; answers leave from it (CMP-13).
    start_missing: a later message came before the one that starts the thread.
    version: raised by every change; an answer made against an older one is told so (MSG-18).
    last_msg_id: MsgId of the last message processed: RefToParent of the next.
    list_unconfirmed: taken while nobody could tell whether the patient stands on the list (ACT-6).
    private: read by those who take part, and nobody else (MSG-13). reply_due: the last day for the others to answer,
    where an answer is demanded of them (MSG-16); empty again when it has come.
    is_task: somebody is to do something (MSG-15): task_employee, or with nobody there the patient; until task_due, as
    task_text says; done since task_done_at.
    own_type: as what the patient started it in our own channel (RCV-20); it stays when the clinic deletes the type.
    """

    kind = models.CharField(max_length=30, choices=DialogKind)
    channel = models.CharField(max_length=20, choices=Channel)
    patient = models.ForeignKey(Patient, null=True, on_delete=models.PROTECT, related_name="threads")
    party = models.ForeignKey(CommunicationParty, null=True, on_delete=models.PROTECT, related_name="threads")
    conversation = models.CharField(max_length=255)
    last_msg_id = models.CharField(max_length=255, blank=True)
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=ThreadState, default=ThreadState.OPEN)
    start_missing = models.BooleanField(default=False)
    may_be_answered = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)
    last_message_at = models.DateTimeField(default=clock.now)
    answer_due = models.DateField(null=True)
    important = models.BooleanField(default=False)
    responsible = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    list_unconfirmed = models.BooleanField(default=False)
    private = models.BooleanField(default=False)
    reply_due = models.DateField(null=True)
    is_task = models.BooleanField(default=False)
    task_text = models.TextField(blank=True)
    task_due = models.DateField(null=True)
    task_employee = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    task_done_at = models.DateTimeField(null=True)
    own_type = models.CharField(max_length=30, choices=OwnType, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(own_type="") | Q(channel=Channel.OWN), name="thread_own_type_is_own"),
            models.UniqueConstraint(fields=["clinic_id", "conversation"], name="thread_conversation_once"),
            models.CheckConstraint(
                condition=Q(is_task=True) | Q(task_text="", task_due=None, task_employee=None, task_done_at=None),
                name="thread_task_or_none",
            ),
            models.CheckConstraint(
                condition=Q(is_task=False) | Q(task_employee__isnull=False) | Q(patient__isnull=False),
                name="thread_task_is_somebodys",
            ),
        ]
        indexes = [
            models.Index(fields=["clinic_id", "patient", "-last_message_at"], name="thread_patient"),
            models.Index(fields=["clinic_id", "state", "-last_message_at", "-id"], name="thread_recent"),
            # The order of the inbox; what has no deadline stands last.
            models.Index(
                "clinic_id",
                OrderBy(F("important"), descending=True),
                Coalesce("answer_due", Value(date.max)),
                OrderBy(F("last_message_at"), descending=True),
                OrderBy(F("id"), descending=True),
                name="thread_inbox_order",
                condition=Q(state="open"),
            ),
            models.Index(
                fields=["clinic_id", "task_employee"],
                name="thread_tasks",
                condition=Q(is_task=True, task_done_at=None),
            ),
        ]


class Participant(TenantModel):
    """Who takes part: one employee, a group, a role, or with none of them the whole clinic (RCV-8, ORG-10).

    in_inbox: waits for somebody to treat it (MSG-3). personal: it was given to this employee by name, who may close it
    but not leave it (MSG-11). thread_open: whether the thread is open; the database sees to it.
    """

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="participants")
    employee = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="participations")
    group = models.ForeignKey(Group, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Role, null=True, on_delete=models.PROTECT, related_name="+")
    in_inbox = models.BooleanField(default=True)
    personal = models.BooleanField(default=False)
    last_message_at = models.DateTimeField(default=clock.now)
    thread_open = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "employee", "group", "role"], name="participant_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(group=None, role=None) | Q(employee=None, role=None) | Q(employee=None, group=None),
                name="participant_is_one",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic_id", "employee", "-last_message_at"],
                name="participant_inbox",
                condition=Q(in_inbox=True),
            ),
            models.Index(
                fields=["clinic_id", "employee", "thread"], name="participant_open", condition=Q(thread_open=True)
            ),
        ]


class Reading(TenantModel):
    """That an employee has read a thread up to an instant."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="readings")
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "employee"], name="reading_once")]


class Presence(TenantModel):
    """That an employee has a thread open on the screen (MSG-5). seen_at: when the page last said so.

    The row goes when the page leaves the thread, and counts no more when the page has long been silent.
    """

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "employee"], name="presence_once")]


class EarlierConversation(TenantModel):
    """What a thread was on the wire before it was turned into a dialog of another kind (JRN-4, RX-17).

    The thread itself carries the conversation that answers leave in now; what the patient writes in this one still
    lands in the thread. conversation: as `Thread.conversation`. ended_at: when it was turned.
    """

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="earlier")
    kind = models.CharField(max_length=30, choices=DialogKind)
    conversation = models.CharField(max_length=255)
    ended_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic_id", "conversation"], name="earlier_conversation_once")]


class Message(TenantModel):
    """One message of a thread. Shown by `generated_at` (GenDate), then `msg_id`.

    code: the national code of what it is (list 7601 for questions, 7602 for answers).
    text: plain text, safe to show.
    delivery_code: why it was not delivered: an AppRec code, a condition of the error queue or a code of ours.
    delivery_error: what the other side wrote of it. resends: how often it has been sent again.
    earlier: the conversation it belongs to, where that is not the thread's own any more.
    points_on: says only that the answer comes in another conversation; it answers nothing itself.
    appointment_id: what an outcome that needs one was about. delivery_way: how a patient wants a renewed prescription
    (list 8324), empty when not stated. held_until: in our own channel, the patient does not see it before then: it
    may still be called back.
    """

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction)
    code = models.CharField(max_length=10)
    subject = models.TextField(blank=True)
    text = models.TextField(blank=True)
    author = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=200)
    on_behalf_of = models.CharField(max_length=200, blank=True)
    relation = models.CharField(max_length=60, blank=True)
    msg_id = models.CharField(max_length=255, blank=True)
    parent_msg_id = models.CharField(max_length=255, blank=True)
    generated_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=clock.now)
    delivery = models.CharField(max_length=10, choices=DeliveryState, blank=True)
    delivery_at = models.DateTimeField(null=True)
    delivery_code = models.CharField(max_length=60, blank=True)
    delivery_error = models.TextField(blank=True)
    resends = models.PositiveIntegerField(default=0)
    appointment_id = models.UUIDField(null=True)
    delivery_way = models.CharField(max_length=10, blank=True)
    earlier = models.ForeignKey(EarlierConversation, null=True, on_delete=models.PROTECT, related_name="messages")
    points_on = models.BooleanField(default=False)
    held_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["thread", "generated_at", "msg_id"], name="message_order"),
            # Few are, and each list of threads asks which.
            models.Index(
                fields=["clinic_id", "thread"],
                condition=Q(delivery__in=["expired", "failed", "rejected"]),
                name="message_not_delivered",
            ),
            # Rapporter asks for a period; they lie nearly in this order, so a coarse index does, and costs little.
            BrinIndex(fields=["generated_at"], name="message_period", autosummarize=True),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic_id", "msg_id"], name="message_msg_id_once", condition=~Q(msg_id="")
            ),
            models.UniqueConstraint(fields=["earlier"], name="message_points_on_once", condition=Q(points_on=True)),
            models.CheckConstraint(
                condition=Q(points_on=False) | Q(earlier__isnull=False, direction=Direction.OUT),
                name="message_points_on_from_earlier",
            ),
        ]

    @property
    def kind(self) -> DialogKind:
        """What its conversation was, which is not what the thread is once that was turned into something else."""
        return DialogKind(self.earlier.kind if self.earlier is not None else self.thread.kind)

    @property
    def conversation(self) -> str:
        """The wire's key of the conversation it belongs to."""
        return self.earlier.conversation if self.earlier is not None else self.thread.conversation


class TaskFor(models.TextChoices):
    """Whose the task of a template is: of whoever uses it, of the patient, or of one employee (TPL-3)."""

    USER = "user"
    PATIENT = "patient"
    EMPLOYEE = "employee"


class MessageTemplate(TenantModel):
    """What is often written (TPL-1 to TPL-6). owner: whose alone it is; empty: shared by the clinic (TPL-2).

    title: what it is found by. kind: the only type of dialog it is for; empty: all. to: the colleagues who take part,
    as a form has them; to_patient, to_user: the patient and whoever uses it (TPL-3).
    reply_days, task_days: so many days from when it is used; reply_days empty: no answer is demanded.
    task_for: empty for no task.
    """

    owner = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=100)
    description = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=30, choices=DialogKind, blank=True)
    to = ArrayField(models.CharField(max_length=60), default=list)
    to_patient = models.BooleanField(default=True)
    to_user = models.BooleanField(default=True)
    subject = models.TextField(blank=True)
    text = models.TextField(blank=True)
    private = models.BooleanField(default=False)
    important = models.BooleanField(default=False)
    reply_days = models.PositiveIntegerField(null=True)
    task_for = models.CharField(max_length=10, choices=TaskFor, blank=True)
    task_employee = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    task_days = models.PositiveIntegerField(null=True)
    task_text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "clinic_id", "owner", Lower("title"), name="message_template_name_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(task_for=TaskFor.EMPLOYEE, task_employee__isnull=False)
                | ~Q(task_for=TaskFor.EMPLOYEE) & Q(task_employee=None),
                name="message_template_task_of_one",
            ),
        ]


class Attachment(TenantModel):
    """A file of a message, of a template, or one uploaded and not yet sent (owned by the uploader).

    uploaded_by, uploaded_by_patient: the employee or the patient; neither for a file that came from HelseNorge.
    quarantine: why one that came is not opened, as the virus scanner told when it came (CMP-11).
    copy_of: of which file that was here it was made (CMP-10); who sends it must be allowed to read that one still.
    """

    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="attachments")
    template = models.ForeignKey(MessageTemplate, null=True, on_delete=models.CASCADE, related_name="attachments")
    uploaded_by = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_by_patient = models.ForeignKey(Patient, null=True, on_delete=models.PROTECT, related_name="+")
    blob_id = models.UUIDField()
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    number = models.PositiveIntegerField(default=0)
    quarantine = models.CharField(max_length=10, blank=True, default="")
    copy_of = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(uploaded_by=None) | Q(uploaded_by_patient=None), name="attachment_uploaded_by_one"
            ),
            models.CheckConstraint(
                condition=Q(template=None) | Q(message=None, uploaded_by_patient=None), name="attachment_of_one"
            ),
        ]


class KeptDraft(TenantModel):
    """What an employee has written and not sent (MSG-20): an answer in a thread, or a message that starts one.

    attachment_ids: the writer's uploads that go with it. to: the colleagues who are ticked, handling: how it is to be
    treated, both as a form has them. turn_into: the kind of dialog that the answer is to be instead; closing: what ends
    the one that the patient wrote in.
    asked: it waits until HelseNorge tells whether the patient can be reached (PAT-10). answered_at, reachable: when
    HelseNorge told, and what; empty while it has not. version: raised each time it is kept anew.
    """

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+")
    patient = models.ForeignKey(Patient, null=True, on_delete=models.CASCADE, related_name="+")
    thread = models.ForeignKey(Thread, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30, choices=DialogKind)
    subject = models.TextField(blank=True)
    text = models.TextField(blank=True)
    outcome = models.CharField(max_length=30, blank=True)
    attachment_ids = ArrayField(models.UUIDField(), default=list)
    to = ArrayField(models.CharField(max_length=60), default=list)
    to_patient = models.BooleanField(default=True)
    turn_into = models.CharField(max_length=30, blank=True)
    closing = models.TextField(null=True)  # noqa: DJ001 - empty is something else than not written yet
    handling = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    asked = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True)
    reachable = models.BooleanField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["clinic_id", "employee", "-changed_at"], name="kept_draft_of"),
            models.Index(
                fields=["clinic_id", "patient"], name="kept_draft_waits", condition=Q(asked=True, answered_at=None)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, reachable__isnull=True)
                | Q(answered_at__isnull=False, reachable__isnull=False),
                name="kept_draft_answered_or_not",
            ),
            models.UniqueConstraint(
                fields=["employee", "thread"], name="kept_draft_one_a_thread", condition=Q(thread__isnull=False)
            ),
            models.CheckConstraint(condition=Q(asked=False) | Q(patient__isnull=False), name="kept_draft_asks_of_one"),
        ]


class PrescriptionForm(models.TextChoices):
    """How what is prescribed is named, in an M1: a medicine by its name alone, brand or pack; or goods."""

    MEDICINE = "medicine"
    BRAND = "brand"
    PACK = "pack"
    FOOD = "food"
    SUPPLY = "supply"
    PROSTHESIS = "prosthesis"
    GOODS = "goods"


class Prescription(TenantModel):
    """A prescription of a message: one that a request asks to renew, or one that an answer has renewed (RX-2, RX-16).

    kind: list 7402. name: name, form and strength. amount: of packs. repeats: how often it may be dispensed again.
    group: list 7421. use: how it is taken, purpose: for what. article_number: of a pack or goods. Dates without a
    value are None.
    """

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="prescriptions")
    number = models.PositiveIntegerField()
    form = models.CharField(max_length=20, choices=PrescriptionForm, default=PrescriptionForm.MEDICINE)
    kind = models.CharField(max_length=10)
    name = models.TextField()
    amount = models.DecimalField(null=True, max_digits=12, decimal_places=3)
    repeats = models.IntegerField(null=True)
    group = models.CharField(max_length=10, blank=True)
    use = models.TextField(blank=True)
    purpose = models.TextField(blank=True)
    prescribed = models.DateField(null=True)
    expires = models.DateField(null=True)
    atc = models.TextField(blank=True)
    atc_name = models.TextField(blank=True)
    brand = models.TextField(blank=True)
    article_number = models.TextField(blank=True)
    pack_size = models.TextField(blank=True)
    pack_unit = models.TextField(blank=True)
    pack_unit_name = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "number"], name="prescription_number_once")]


class ThreadEvent(TenantModel):
    """What happened to a thread (MSG-24), for people to read."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=30)
    actor_name = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["thread", "at"], name="thread_event_order")]
