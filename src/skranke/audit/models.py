"""The append-only audit log: who read or changed what, of which patient, in which role (NFR-1)."""

from django.contrib.postgres.indexes import BrinIndex
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
            BrinIndex(fields=["at"], name="audit_at"),
        ]
