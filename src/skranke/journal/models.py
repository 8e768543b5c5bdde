"""The patient's journal, as far as messages are written into it."""

from django.db import models

from skranke.blobs.models import Blob
from skranke.kernel import clock
from skranke.patients.models import Patient
from skranke.tenancy.models import TenantModel


class JournalEntry(TenantModel):
    """One entry (JRN-6). Entries are inserted and never changed: that of a merged patient keeps its patient.

    problem: the problem or diagnosis, a code or words, where somebody had to state one (JRN-9).

    source_kind, source_id: the message it records; a message is recorded at most once.
    """

    stays_with_merged_patient = True

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="journal_entries")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    text = models.TextField()
    problem = models.CharField(max_length=200, blank=True, default="")
    author_id = models.UUIDField(null=True)
    author_name = models.CharField(max_length=200)
    recipient_name = models.CharField(max_length=200, blank=True)
    on_behalf_of = models.CharField(max_length=200, blank=True)
    thread_id = models.UUIDField(null=True)
    source_kind = models.CharField(max_length=40)
    source_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic_id", "source_kind", "source_id"], name="journal_source_once")
        ]
        indexes = [models.Index(fields=["clinic_id", "patient", "-at"], name="journal_patient")]


class JournalAttachment(TenantModel):
    """A file that belongs to an entry; its content cannot be deleted while the entry stands.

    number: its place among the entry's files, as in the message they came with; ids of one instant have no order.
    """

    entry = models.ForeignKey(JournalEntry, on_delete=models.CASCADE, related_name="attachments")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    number = models.PositiveIntegerField(default=0)
