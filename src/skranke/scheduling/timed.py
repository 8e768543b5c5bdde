"""What takes time, as a row; a part of the models."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models


class Timed(models.Model):
    """A row that takes time. `during` is half open; `starts` and `ends` are its bounds, kept by the database.

    The operators of ranges are not leakproof, so under row-level security no index serves them (they decide the
    exclusion constraints only). Questions about time are asked of `starts` and `ends`.
    """

    during = DateTimeRangeField()
    starts = models.GeneratedField(
        expression=models.Func("during", function="lower"), output_field=models.DateTimeField(), db_persist=True
    )
    ends = models.GeneratedField(
        expression=models.Func("during", function="upper"), output_field=models.DateTimeField(), db_persist=True
    )

    class Meta:
        abstract = True
