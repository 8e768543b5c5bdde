"""Days from a first to a last, both among them, as the database compares them."""

from django.contrib.postgres.fields import DateRangeField, RangeBoundary
from django.db.models import Func


def whole_days(first: str, last: str) -> Func:
    """The days of two columns, for a constraint that lets no two of a thing share one; no last day: without end."""
    both = RangeBoundary(inclusive_lower=True, inclusive_upper=True)
    return Func(first, last, both, function="daterange", output_field=DateRangeField())
