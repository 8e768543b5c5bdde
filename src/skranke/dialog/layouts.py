"""How an employee wants the lists of Post (MSG-6)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from skranke.clinics.models import Employee
from skranke.tenancy.models import TenantModel


class ListColumn(models.TextChoices):
    """What a line of a mailbox can show beside who, what, when and the deadline (MSG-6)."""

    PARTICIPANTS = "participants", _("Deltakere, og hvem som har lest")
    RESPONSIBLE = "responsible", _("Ansvarlig")
    AUTHOR = "author", _("Hvem som skrev sist")
    IMPORTANT = "important", _("Viktig")
    TASK = "task", _("Oppgave")
    REPLY_DUE = "reply_due", _("Svar krevd innen")
    READ = "read", _("Om klinikken har lest den")
    ATTACHMENTS = "attachments", _("Vedlegg")


class ListLayout(TenantModel):
    """What an employee has chosen for the lists of Post; who has chosen nothing has no row.

    by_patient: each patient's threads stand together.
    """

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+")
    columns = ArrayField(models.CharField(max_length=20, choices=ListColumn), default=list)
    by_patient = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee"], name="list_layout_once")]
