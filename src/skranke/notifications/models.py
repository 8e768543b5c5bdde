"""The clinic's own notices: one row for each event that somebody may be told of, and one for each way it is sent."""

from django.db import models
from django.db.models import Q

from skranke.clinics.models import Employee
from skranke.kernel import clock
from skranke.patients.models import NotifyBy, Patient
from skranke.tenancy.models import TenantModel


class NoticeState(models.TextChoices):
    """Whether it has been decided by which route the notice goes."""

    WAITING = "waiting"
    DECIDED = "decided"


class SendingState(models.TextChoices):
    """Where a sending stands. FAILED: a person must look. DROPPED: overtaken by later news, or too late to be of use.

    UNCERTAIN: it may have left, nobody knows, and it is not sent again.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    UNCERTAIN = "uncertain"


class Notice(TenantModel):
    """That somebody may be told of an event, and what was decided about it when it was due (NOT-16).

    subject_kind, subject_id: what it is about, such as an appointment. patient: whose it is. employee: who is told
    instead of the patient (BOK-13). event: a `rules.NoticeEvent`. facts: what it may tell, as it was when planned.
    due_at: when to decide, or to look again at what HelseNorge answers. expires_at: telling is of no use from then on.
    tried_at: since when HelseNorge's answer is waited for. route, told, told_id, must_call: the decision.
    """

    subject_kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="notices")
    employee = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    event = models.CharField(max_length=20)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.WAITING)
    tried_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    route = models.CharField(max_length=10, blank=True, default="")
    told = models.CharField(max_length=15, blank=True, default="")
    told_id = models.UUIDField(null=True)
    must_call = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "event", "employee"],
                name="notice_waits_once",
                condition=Q(state="waiting"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(event__in=["booked", "changed", "cancelled", "reminder"]), name="notice_event"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", route="", decided_at__isnull=True)
                | Q(state="decided", route__in=["helsenorge", "own", "none"], decided_at__isnull=False),
                name="notice_decided_or_not",
            ),
        ]
        indexes = [
            models.Index(fields=["clinic_id", "due_at"], name="notice_due", condition=Q(state="waiting")),
            models.Index(fields=["clinic_id", "subject_id", "created_at"], name="notice_subject"),
        ]


class NoticeSending(TenantModel):
    """One way by which a notice is sent; it is the log of it too (NOT-17).

    address: masked. tries: how often it was handed over. next_at: not before then; of one in SENDING, when whoever
    began the try must have died over it. tried_at: when the last try began. error: code and words of the last try.
    """

    # The patient who gives an appointment up takes back what is not decided, and sees no sending.
    notice = models.ForeignKey(Notice, on_delete=models.DO_NOTHING, related_name="sendings")
    way = models.CharField(max_length=10, choices=NotifyBy)
    address = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=SendingState, default=SendingState.WAITING)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "way"], name="notice_sent_once_a_way"),
            models.CheckConstraint(condition=Q(way__in=["email", "sms"]), name="notice_way"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at__isnull=True),
                name="notice_sent_or_not",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic_id", "next_at"], name="notice_to_send", condition=Q(state__in=["waiting", "sending"])
            )
        ]

    @property
    def error_code(self) -> str:
        """The code of what went wrong at the last try; "" when nothing did."""
        return self.error.partition(": ")[0]
