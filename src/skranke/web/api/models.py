"""What the API remembers of writes, so that a repeated one is answered as the first was."""

from django.db import models

from skranke.kernel import clock
from skranke.tenancy.models import TenantModel


class IdempotentWrite(TenantModel):
    """One write with an Idempotency-Key, and its answer.

    fingerprint: SHA-256 (hex) of method, path and body: the same key with another request is refused.
    status, body: the answer, empty until the verb has committed in the same transaction.
    """

    employee_id = models.UUIDField()
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveIntegerField(default=0)
    body = models.BinaryField(default=bytes)
    etag = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic_id", "employee_id", "key"], name="idempotent_write_once")
        ]
