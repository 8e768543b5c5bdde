"""Which appointments were made together by one rule; a part of the models (PLN-15)."""

from django.db import models

from skranke.tenancy.models import TenantModel


class RepeatedAppointment(TenantModel):
    """That an appointment is one of those that were made together. recurrence: shared by them.

    Each is an appointment of its own in all else: HelseNorge is told of each, and each is moved or cancelled alone.
    """

    appointment = models.OneToOneField("scheduling.Appointment", on_delete=models.CASCADE, related_name="repeated")
    recurrence = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["clinic_id", "recurrence"], name="appointment_recurrence")]
