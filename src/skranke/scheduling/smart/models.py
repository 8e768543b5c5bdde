"""Smart slots and the type each employee last gave in one; a part of the models of scheduling (PLN-13)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Q

from skranke.clinics.models import Employee
from skranke.scheduling.timed import Timed
from skranke.tenancy.models import TenantModel

MOST_TYPES = 20


class SmartSlot(Timed, TenantModel):
    """A free time in which staff places appointments of any of some types, edge to edge.

    It is no `Slot`: no channel of a patient's offers it, and an appointment in it has a time of its own, as one that
    is placed where nothing is planned. What is left of it is what appointments, events and free slots do not use.
    removed: as of a slot, so that an undo brings it back.
    """

    schedule = models.ForeignKey("scheduling.Schedule", on_delete=models.CASCADE, related_name="smart_slots")
    type_ids = ArrayField(models.UUIDField())
    removed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="smart_slot_no_overlap",
                expressions=[("schedule", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(removed=False),
            ),
            models.CheckConstraint(condition=Q(during__isempty=False), name="smart_slot_takes_time"),
            models.CheckConstraint(
                condition=Q(type_ids__len__gte=1, type_ids__len__lte=MOST_TYPES), name="smart_slot_has_types"
            ),
        ]
        indexes = [models.Index(fields=["schedule", "ends"], name="smart_slot_end", condition=Q(removed=False))]


class SmartTypeUsed(TenantModel):
    """The type an employee last gave in a smart slot, which is chosen the next time (PLN-13)."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+")
    type = models.ForeignKey("scheduling.AppointmentType", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee"], name="smart_type_used_once")]
