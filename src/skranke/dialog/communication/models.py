"""The rows of what patients may start in our own channel (RCV-20 to RCV-23)."""

from django.db import models
from django.db.models import Q

from skranke.clinics.models import Employee, Group, Role
from skranke.patients.models import PatientList
from skranke.tenancy.models import TenantModel


class OwnType(models.TextChoices):
    """What a patient may start in our own channel, where the clinic has set it up (RCV-20)."""

    E_DIALOG = "e_dialog"
    E_CONSULTATION = "e_consultation"
    PRESCRIPTION_REQUEST = "prescription_request"
    INVOICE_QUESTION = "invoice_question"


class Senders(models.TextChoices):
    """Who may start it (RCV-21): all, those on a GP's list here, all the clinic's patients, those of some lists."""

    ALL = "all"
    GP_LIST = "gp_list"
    CLINIC = "clinic"
    LISTS = "lists"


class RecipientFormat(models.TextChoices):
    """To whom it goes (RCV-22): units, any of whose members may handle it, or one person whom the patient picks."""

    UNITS = "units"
    PEOPLE = "people"


class CommunicationType(TenantModel):
    """What patients may start in our own channel, how the clinic has set it up (RCV-20 to RCV-23); no row: not at all.

    active: it is offered. senders: who may start it; for LISTS whoever stands on one of `lists`.
    """

    kind = models.CharField(max_length=30, choices=OwnType)
    active = models.BooleanField(default=False)
    senders = models.CharField(max_length=10, choices=Senders)
    format = models.CharField(max_length=10, choices=RecipientFormat)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic_id", "kind"], name="communication_type_once")]


class TypeRecipient(TenantModel):
    """Who gets a communication type: a group, a role, an employee, or with none of them the whole clinic (RCV-22)."""

    type = models.ForeignKey(CommunicationType, on_delete=models.CASCADE, related_name="recipients")
    employee = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Role, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(group=None, role=None) | Q(employee=None, role=None) | Q(employee=None, group=None),
                name="type_recipient_is_one",
            ),
            models.UniqueConstraint(
                fields=["type", "employee", "group", "role"], name="type_recipient_once", nulls_distinct=False
            ),
        ]


class TypeList(TenantModel):
    """A patient list whose patients may start a communication type (RCV-21)."""

    type = models.ForeignKey(CommunicationType, on_delete=models.CASCADE, related_name="lists")
    patient_list = models.ForeignKey(PatientList, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type", "patient_list"], name="type_list_once")]
