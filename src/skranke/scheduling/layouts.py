"""How employees see Timebok, and what each is about to book; a part of the models (CAL-10..12, CAL-16)."""

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


class SlotInHand(TenantModel):
    """That an employee is about to give a free slot to somebody (CAL-16). seen_at: when the page last said so.

    slot_id: not a foreign key, so that a plan that is applied anew need not wait for whoever looks. The row goes when
    the panel closes, and counts no more when the page has long been silent.
    """

    slot_id = models.UUIDField()
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slot_id", "employee"], name="slot_in_hand_once")]
