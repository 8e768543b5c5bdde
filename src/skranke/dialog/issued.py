"""What the record system tells that it has issued (RX-11)."""

from enum import StrEnum

from django.db import models

from skranke.kernel import clock
from skranke.patients.models import Patient
from skranke.tenancy.models import TenantModel


class Issued(StrEnum):
    """Whether a prescription was issued to the patient since the request (RX-11); unknown: nobody ever tells of it."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class IssuedPrescription(TenantModel):
    """That a patient got a prescription, as the record system has told (RX-11). name: with form and strength."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    name = models.TextField()
    issued_at = models.DateTimeField()
    told_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["clinic_id", "patient", "issued_at"], name="issued_prescription_of")]
