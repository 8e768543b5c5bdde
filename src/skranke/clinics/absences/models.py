"""The rows of who is away, and when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from skranke.clinics.choices import ReceiverFormat
from skranke.clinics.whole_days import whole_days
from skranke.kernel import clock
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


def _span() -> Func:
    """The moments of a period for a constraint: the start among them, the end not; no end: without end."""
    return Func("starts_at", "ends_at", function="tstzrange", output_field=DateTimeRangeField())


class ReceiverPeriod(TenantModel):
    """That others receive a type of message from HelseNorge from one moment to another (ABS-15 to ABS-17).

    gp: whose patients' messages it is about; None: those to every GP. ends_at: None until somebody ends it. Nothing
    turns it on or off: whoever asks compares its moments with now, so it begins and ends by itself, to the minute.
    """

    gp = models.ForeignKey("clinics.Employee", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    format = models.CharField(max_length=30, choices=ReceiverFormat)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    set_by = models.ForeignKey("clinics.Employee", null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["e_contact", "e_consultation", "prescription_renewal"]),
                name="receiver_period_of_a_received_type",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="receiver_period_ends_after_start"
            ),
            ExclusionConstraint(
                name="receiver_period_of_gp_no_overlap",
                expressions=[
                    ("gp", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (_span(), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="receiver_period_of_clinic_no_overlap",
                expressions=[
                    ("clinic_id", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (_span(), RangeOperators.OVERLAPS),
                ],
                condition=Q(gp=None),
            ),
        ]


class ReceiverPeriodChoice(TenantModel):
    """A recipient in a period: a position, a group, a role, or with none of them the whole clinic (RCV-8)."""

    period = models.ForeignKey(ReceiverPeriod, on_delete=models.CASCADE, related_name="choices")
    employee = models.ForeignKey("clinics.Employee", null=True, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey("clinics.Group", null=True, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey("clinics.Role", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(group=None, role=None) | Q(employee=None, role=None) | Q(employee=None, group=None),
                name="receiver_period_choice_is_one",
            ),
            models.UniqueConstraint(
                fields=["period", "employee", "group", "role"],
                name="receiver_period_choice_once",
                nulls_distinct=False,
            ),
        ]
