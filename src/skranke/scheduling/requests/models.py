"""What patients ask for, how each request ended, and how the list of them is shown; a part of the models (REQ-1)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from skranke.clinics.models import Employee
from skranke.kernel import clock
from skranke.patients.models import Patient
from skranke.tenancy.models import TenantModel


class TimeOfDay(models.TextChoices):
    """When on a day it suits the patient."""

    ANY = "any"
    MORNING = "morning"
    MIDDAY = "midday"
    AFTERNOON = "afternoon"


class AppointmentRequest(TenantModel):
    """A patient's request for a time. It is open until it has an outcome.

    type, wished (the practitioner): None: whichever. wished_date: an Oslo day, None: any. representative: who asked in
    the patient's stead (PAT-22); "" for the patient. form_id: of the form it came by.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="appointment_requests")
    type = models.ForeignKey("scheduling.AppointmentType", null=True, on_delete=models.PROTECT, related_name="+")
    remark = models.TextField()
    wished_date = models.DateField(null=True)
    wished_time = models.CharField(max_length=10, choices=TimeOfDay, default=TimeOfDay.ANY)
    wished = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    representative = models.CharField(max_length=200, blank=True)
    form_id = models.UUIDField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "form_id"], name="appointment_request_once"),
            models.CheckConstraint(condition=~Q(remark=""), name="appointment_request_says_why"),
        ]
        indexes = [models.Index(fields=["clinic_id", "created_at"], name="appointment_request_order")]


class OutcomeKind(models.TextChoices):
    """How a request ended. withdrawn: the patient took it back."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class RequestOutcome(TenantModel):
    """How a request ended: there is one at most, and the database never changes it (REQ-2).

    text: the clinic's, to the patient. told: a message went to the portal; without it somebody must call.
    """

    request = models.OneToOneField(AppointmentRequest, on_delete=models.CASCADE, related_name="outcome")
    kind = models.CharField(max_length=10, choices=OutcomeKind)
    at = models.DateTimeField(default=clock.now)
    by_name = models.CharField(max_length=200)
    appointment = models.ForeignKey("scheduling.Appointment", null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    told = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="accepted", appointment__isnull=False) | ~Q(kind="accepted") & Q(appointment=None),
                name="request_outcome_accepted_is_booked",
            ),
            models.CheckConstraint(
                condition=~Q(kind="declined") | ~Q(text=""), name="request_outcome_declined_says_why"
            ),
        ]


class RequestColumn(models.TextChoices):
    """What a line of the list can show beside when the request came (REQ-1)."""

    PATIENT = "patient"
    BIRTH_DATE = "birth_date"
    REMARK = "remark"
    WISHED_DATE = "wished_date"
    WISHED_TIME = "wished_time"
    GP = "gp"
    WISHED = "wished"


class RequestListLayout(TenantModel):
    """Which columns an employee has chosen; who has chosen nothing has no row."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+")
    columns = ArrayField(models.CharField(max_length=20, choices=RequestColumn), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee"], name="request_list_layout_once")]
