"""The rows of who is away, and when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from skranke.clinics.whole_days import whole_days
from skranke.tenancy.models import TenantModel


class Absence(TenantModel):
    """From which day to which somebody is away (fravær), Oslo days, both among them; for information (ABS-27).

    Why is not kept: it may be about somebody's health, and nobody here needs to know.
    """

    employee = models.ForeignKey("clinics.Employee", on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")), name="absence_ends_after_start"
            ),
            ExclusionConstraint(
                name="absence_no_overlap",
                expressions=[
                    ("employee", RangeOperators.EQUAL),
                    (whole_days("first_day", "last_day"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
