"""What waits to leave: a row says what is meant; the gateway renders it once and sends those bytes."""

from django.db import models
from django.db.models import Func, Q, Value

from skranke.kernel import clock
from skranke.tenancy.models import TenantModel


class NextInSequence(Func):
    """The next number of a database sequence: the order in which rows were written."""

    function = "nextval"
    output_field = models.BigIntegerField()

    def __init__(self, sequence: str) -> None:
        super().__init__(Value(sequence))


class OutboxState(models.TextChoices):
    """Where a row stands. Order: pending, sent, then acknowledged or rejected; failed needs a person."""

    PENDING = "pending"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    FAILED = "failed"


class OutboxItem(TenantModel):
    """One message to be handed to the bus.

    stream: rows of one stream leave in the order of `sequence`; another stream never waits for it.
    intent: what is meant, by name (`gateway/types` knows how to render it); subject_id: of which row.
    not_before: the end of the grace period; the row may be deleted until then.
    msg_id, message_id, body, headers: fixed at the first rendering and sent unchanged ever after.
    error: why it is not where it should be, as "code: words"; both alone where there is only one.
    earlier_message_ids: of the times the same document left before (HITS 1216 2.2.5): it was sent again.
    lease_owner, lease_until: the worker that has claimed the row, and until when.
    """

    sequence = models.BigIntegerField(db_default=NextInSequence("outbox_sequence"), editable=False)
    stream = models.CharField(max_length=100)
    intent = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    detail = models.JSONField(default=dict)
    not_before = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=20, choices=OutboxState, default=OutboxState.PENDING)
    created_at = models.DateTimeField(default=clock.now)

    msg_id = models.CharField(max_length=64, blank=True)
    message_id = models.CharField(max_length=64, blank=True)
    earlier_message_ids = models.JSONField(default=list)
    queue = models.CharField(max_length=200, blank=True)
    headers = models.JSONField(null=True)
    document = models.BinaryField(null=True)
    body = models.BinaryField(null=True)
    rendered_at = models.DateTimeField(null=True)

    lease_owner = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["clinic_id", "stream", "sequence"], name="outbox_pending", condition=Q(state="pending")
            ),
            models.Index(
                fields=["clinic_id", "sequence"], name="outbox_next", condition=Q(state="pending", sequence__gt=0)
            ),
            models.Index(
                fields=["clinic_id", "stream"],
                name="outbox_unacknowledged",
                condition=Q(state="sent", stream__startswith="appointment:"),
            ),
            models.Index(
                fields=["clinic_id", "stream", "sequence"],
                name="outbox_of_appointment",
                condition=Q(stream__startswith="appointment:"),
            ),
            models.Index(fields=["clinic_id", "subject_id"], name="outbox_subject"),
            models.Index(fields=["clinic_id", "-created_at", "-id"], name="outbox_newest"),
            models.Index(
                fields=["clinic_id", "sent_at"],
                name="outbox_awaiting_receipt",
                condition=Q(state="sent") & ~Q(intent__in=["apprec", "error_report"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["msg_id"], name="outbox_msg_id_once", condition=~Q(msg_id="")),
            models.UniqueConstraint(fields=["message_id"], name="outbox_message_id_once", condition=~Q(message_id="")),
            models.CheckConstraint(
                name="outbox_rendered_whole",
                condition=Q(msg_id="", message_id="", rendered_at=None, body=None)
                | Q(rendered_at__isnull=False) & ~Q(msg_id="") & ~Q(message_id=""),
            ),
            models.CheckConstraint(
                name="outbox_sent_only_rendered",
                condition=Q(state__in=["pending", "failed"]) | Q(sent_at__isnull=False, rendered_at__isnull=False),
            ),
        ]

    @property
    def error_code(self) -> str:
        """The code of the error: of a receipt, of the error queue, or our own."""
        return self.error.partition(": ")[0]

    @property
    def error_words(self) -> str:
        """What was said about it, by the other side if it was theirs."""
        return self.error.partition(": ")[2]
