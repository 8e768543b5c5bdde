"""Which substitutes count on a day: the one place that compares their days with the clinic's date (ABS-3, ABS-7)."""

from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from skranke.clinics.substitutes.models import Substitute
from skranke.kernel import clock


def on_day(day: date) -> QuerySet[Substitute]:
    """Those whose days hold this one, both ends among them. Who does not work here any more does not count."""
    lasts = Q(ends_on=None) | Q(ends_on__gte=day)
    return Substitute.objects.filter(lasts, starts_on__lte=day, gp__active=True, employee__active=True)


def stands_in_today() -> ArraySubquery:
    """For a query about employees: for whom each of them stands in today, and until when.

    Asked with the staff, whom every page asks for, so that it costs no page a question of its own.
    """
    own = on_day(clock.today()).filter(employee=OuterRef("pk")).order_by("starts_on", "id")
    return ArraySubquery(own.values(told=JSONObject(gp="gp_id", ends_on="ends_on")))
