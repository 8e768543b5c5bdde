"""The append-only audit log: who read or changed what, of which patient, in which role (NFR-1)."""

from django.db import models

from skranke.kernel import clock
from skranke.tenancy.models import TenantModel


class AuditEvent(TenantModel):
    """One thing somebody did. Rows are inserted in the verb's own transaction and never changed.

    subject_kind, subject_id: what it was done with, named as (kind, id) so that no room below points up.
    detail: facts that are no person's data (old and new state, counts).
    """

    at = models.DateTimeField(default=clock.now)
    action = models.CharField(max_length=60)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    actor_role = models.CharField(max_length=40)
    patient_id = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField(null=True)
    purpose = models.CharField(max_length=60)
    detail = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(action__regex=r"^[a-z_]+\.[a-z_]+$"), name="audit_noun_dot_verb")
        ]
        indexes = [
            models.Index(fields=["clinic_id", "patient_id", "at"], name="audit_patient"),
            models.Index(fields=["clinic_id", "subject_kind", "subject_id"], name="audit_subject"),
            models.Index(fields=["clinic_id", "-at", "-id"], name="audit_newest"),
        ]


class AuditUnsealed(models.Model):
    """A committed row that waits for its place in the chain. Written by the table's trigger, deleted by the sealer.

    A row of a transaction that commits late comes into sight here when it commits, so none is ever passed over.
    """

    clinic_id = models.UUIDField(editable=False)
    event_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["clinic_id", "id"], name="audit_unsealed_next")]


class AuditSeal(models.Model):
    """A row's place in its clinic's chain. Only the worker may read and insert; nobody may change or delete.

    hash: SHA-256 over the hash before, this position, sealed_at and the row in the canonical form `form`
    (`audit.chain`).
    """

    pk = models.CompositePrimaryKey("clinic_id", "position")
    clinic_id = models.UUIDField(editable=False)
    position = models.BigIntegerField()
    event = models.ForeignKey(AuditEvent, on_delete=models.PROTECT, db_index=False, related_name="+")
    form = models.PositiveSmallIntegerField()
    sealed_at = models.DateTimeField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event"], name="audit_seal_event_once"),
            models.CheckConstraint(condition=models.Q(position__gt=0), name="audit_seal_from_one"),
        ]
