"""What of an appointment is followed up after it is over: its cancellation (APT-15)."""

from django.db import models
from django.db.models import Q

from skranke.kernel import clock
from skranke.tenancy.models import TenantModel


class CancelledBy(models.TextChoices):
    """Whose wish a cancellation was."""

    CLINIC = "clinic"
    PATIENT = "patient"


class Cancellation(TenantModel):
    """A cancelled appointment on the list of those to follow up (Avbestillinger, APT-15).

    by, through, reason: whose wish, where it was done, and why; by_name: who did it. handled_at, handled_by: since
    when somebody has followed it up, and who; empty while nobody has. by_card: an invoice card did.
    """

    appointment = models.OneToOneField("scheduling.Appointment", on_delete=models.CASCADE, related_name="cancellation")
    at = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=10, choices=CancelledBy)
    through = models.CharField(max_length=20)
    by_name = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    handled_at = models.DateTimeField(null=True)
    handled_by = models.CharField(max_length=200, blank=True)
    by_card = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(handled_at__isnull=False) | Q(handled_by="", by_card=False),
                name="cancellation_handled_or_not",
            )
        ]
        indexes = [
            models.Index(fields=["clinic_id", "-at", "-id"], name="cancellation_newest"),
            models.Index(
                fields=["clinic_id", "-at", "-id"], name="cancellation_unhandled", condition=Q(handled_at__isnull=True)
            ),
        ]
