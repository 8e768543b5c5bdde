"""How each employee has chosen to see Timebok; a part of the models (CAL-10..12)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from skranke.clinics.models import Employee
from skranke.tenancy.models import TenantModel


class ViewKind(models.TextChoices):
    """The views of the calendar that each have their own settings (CAL-10)."""

    DAY = "day"
    WEEK = "week"
    GROUP = "group"


class CalendarLayout(TenantModel):
    """An employee's settings of one view (CAL-12); who has chosen nothing has no row.

    colours: off, every type is grey. times: start and end in words. online: which free times patients see. invoices:
    which appointments have an invoice card. channels: where an appointment was booked (IMP-1), off unless chosen.
    """

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=ViewKind)
    hide_weekends = models.BooleanField(default=False)
    colours = models.BooleanField(default=True)
    times = models.BooleanField(default=False)
    online = models.BooleanField(default=False)
    invoices = models.BooleanField(default=False)
    channels = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee", "kind"], name="calendar_layout_once")]


class DisplayGroup(TenantModel):
    """Schedules that an employee sees side by side (visningsgruppe, CAL-11), in the order they are shown."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    schedule_ids = ArrayField(models.UUIDField())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee", "name"], name="display_group_once"),
            models.CheckConstraint(
                condition=Q(schedule_ids__len__gte=1, schedule_ids__len__lte=20), name="display_group_fits_the_screen"
            ),
        ]
