"""The rows of who stands in for whom, and when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q

from skranke.clinics.whole_days import whole_days
from skranke.kernel import clock
from skranke.tenancy.models import TenantModel


class Substitute(TenantModel):
    """That an employee stands in for a GP (vikar) from one Oslo day to another, both among them (ABS-3).

    ends_on: None until somebody ends it. functions: the GP's that the substitute has meanwhile (vikarfunksjoner).
    set_by: who set it; None for Skranke itself. Nothing turns it on or off: whoever asks compares its days with today.
    """

    gp = models.ForeignKey("clinics.Employee", on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey("clinics.Employee", on_delete=models.PROTECT, related_name="+")
    functions = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    set_by = models.ForeignKey("clinics.Employee", null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(gp=F("employee")), name="substitute_is_somebody_else"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="substitute_ends_after_start"
            ),
            ExclusionConstraint(
                name="substitute_no_overlap",
                expressions=[
                    ("gp", RangeOperators.EQUAL),
                    ("employee", RangeOperators.EQUAL),
                    (whole_days("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
