"""What came on the bus, how often it was tried, and what became of it: the trace's rows."""

from django.db import models

from skranke.kernel import clock
from skranke.tenancy.models import TenantModel


class ReceptionState(models.TextChoices):
    """What became of a delivery.

    acted: its effect is stored. refused: a negative receipt. fault: reported on the sender's error queue, or to the
    operator alone. conflict: an id seen before with other bytes. set_aside: every try failed, can be replayed.
    answered: a synchronous question, which knows no duplicates.
    """

    ACTED = "acted"
    REFUSED = "refused"
    FAULT = "fault"
    CONFLICT = "conflict"
    SET_ASIDE = "set_aside"
    ANSWERED = "answered"


class ReceivedMessage(TenantModel):
    """One delivery that was looked at, kept whether it was acted on or not (NFR-3).

    from_her_id, message_id: the transport's key; msg_id: the document's. Each is unique with the sender's HER-id
    among the rows that were acted on or refused.
    sha256: of the bytes as they came (hex); ciphertext: those bytes; payload_sha256: of the verified payload, which
    tells a message protected anew from another message. document: the verified XML without attachments.
    code: the stable code of the fault, the AppRec code of a refusal, or the code of a refusing answer.
    reply: the XML of a synchronous answer. headers: all properties as they came, so that the delivery can be replayed.
    """

    received_at = models.DateTimeField(default=clock.now)
    queue = models.CharField(max_length=200)
    function = models.CharField(max_length=60)
    from_her_id = models.CharField(max_length=10)
    to_her_id = models.CharField(max_length=10)
    message_id = models.CharField(max_length=255)
    correlation_id = models.CharField(max_length=255, blank=True)
    msg_id = models.CharField(max_length=255, blank=True)
    sha256 = models.CharField(max_length=64)
    payload_sha256 = models.CharField(max_length=64, blank=True)
    headers = models.JSONField(default=dict)
    ciphertext = models.BinaryField()
    document = models.BinaryField(null=True)
    state = models.CharField(max_length=15, choices=ReceptionState)
    code = models.CharField(max_length=60, blank=True)
    detail = models.TextField(blank=True)
    patient_id = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True)
    reply = models.BinaryField(null=True)
    milliseconds = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic_id", "from_her_id", "message_id"],
                name="received_message_id_once",
                condition=models.Q(state__in=["acted", "refused"]),
            ),
            models.UniqueConstraint(
                fields=["clinic_id", "from_her_id", "msg_id"],
                name="received_msg_id_once",
                condition=models.Q(state__in=["acted", "refused"]) & ~models.Q(msg_id=""),
            ),
        ]
        indexes = [
            models.Index(fields=["clinic_id", "-received_at"], name="received_newest"),
            models.Index(fields=["clinic_id", "msg_id"], name="received_msg_id"),
            models.Index(fields=["clinic_id", "message_id"], name="received_message_id"),
        ]


class SyncQuestion(TenantModel):
    """A synchronous question of ours, and the row at which its answer is waited for.

    code: of the answer; fault: why an answer that came could not be read. Both empty: none has come.
    """

    correlation_id = models.CharField(max_length=64)
    function = models.CharField(max_length=60)
    asked_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=10, blank=True)
    fault = models.CharField(max_length=60, blank=True)
    document = models.BinaryField()
    reply = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic_id", "correlation_id"], name="sync_question_once"),
        ]


class DeliveryTry(TenantModel):
    """How often a delivery has been tried, committed before the work begins ("try 3 of 5")."""

    from_her_id = models.CharField(max_length=10)
    message_id = models.CharField(max_length=255)
    tries = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(default=clock.now)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic_id", "from_her_id", "message_id"], name="delivery_try_once")
        ]
