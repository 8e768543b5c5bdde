"""Attachment content, stored once a clinic in rows of at most 1 MiB."""

from django.db import models
from django.db.models import Value
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from skranke.kernel import clock
from skranke.tenancy.models import TenantModel

PART_BYTES = 1024 * 1024


class Scan(models.TextChoices):
    """What a virus scanner has said of some content (CMP-11). WAITING: nothing yet, and it is not opened before."""

    NONE = ""
    CLEAN = "clean"
    WAITING = "waiting"
    INFECTED = "infected"


class Blob(TenantModel):
    """Some bytes of one clinic, known by their SHA-256 (hex). `size` is in bytes.

    stored_by_patient: the patient who stored it. Such content is never shared: who stores the same as somebody else
    must not be told that it was there. scan: what is known of viruses in it; found: the name of one.
    """

    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    stored_by_patient = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    scan = models.CharField(max_length=10, choices=Scan, blank=True, default=Scan.NONE)
    found = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic_id", "sha256", "media_type"],
                name="blob_content_once",
                condition=models.Q(stored_by_patient=None),
            ),
            models.CheckConstraint(condition=models.Q(size__gte=0), name="blob_size_not_negative"),
            models.CheckConstraint(condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="blob_sha256_is_one"),
        ]


class BlobPart(TenantModel):
    """The `number`-th piece (from 0) of a blob."""

    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blob", "number"], name="blob_part_once"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("content"), Value(PART_BYTES)), name="blob_part_is_small"
            ),
        ]
