"""What can still be undone of what was last done to a thread: a message that was sent, and its closing."""

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from skranke.clinics.models import Employee
from skranke.kernel import clock
from skranke.tenancy.models import TenantModel


class Undone(models.TextChoices):
    """What is undone: something that was sent, or the thread's place among the mailboxes."""

    SENT = "sent"
    PUT_AWAY = "put_away"


class Undoable(TenantModel):
    """The last step of a thread that whoever did it may undo until an instant, while nobody has done anything since.

    version: of the thread after it. thread_before: what it changed of the thread's own row, as it was; participants:
    of their rows, by id, as they were; joined: the rows it added. message_ids: what it sent. draft: what was written,
    as a draft has it. begun: the step began the thread.
    """

    thread = models.OneToOneField("dialog.Thread", on_delete=models.CASCADE, related_name="undoable")
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=10, choices=Undone)
    done_at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()
    version = models.PositiveIntegerField()
    thread_before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    participants = models.JSONField(default=dict)
    readings = models.JSONField(default=dict)
    joined = ArrayField(models.UUIDField(), default=list)
    message_ids = ArrayField(models.UUIDField(), default=list)
    draft = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    begun = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["clinic_id", "employee", "until"], name="undoable_of")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(what=Undone.PUT_AWAY, message_ids=[], begun=False)
                | models.Q(what=Undone.SENT, draft__isnull=False) & ~models.Q(message_ids=[]),
                name="undoable_sent_or_put_away",
            )
        ]
