"""The base of every row that belongs to one clinic."""

from typing import Any, TypeVar
from uuid import UUID

from django.db import models

from skranke.kernel.ids import new_id
from skranke.tenancy.work import clinic_of_work

Row = TypeVar("Row", bound=models.Model)


class OwnClinic(models.Manager[Row]):
    """The first wall between clinics, and the one policy of it: whatever is asked for is the unit of work's clinic's.

    It holds without row-level security, which is the second wall, as that holds without this one (NFR-2). Outside a
    unit of work there is nothing. `column` says whose a row is.
    """

    column = "clinic_id"

    def get_queryset(self) -> "models.QuerySet[Row, Any]":
        """The rows of the clinic that is at work."""
        rows = super().get_queryset()
        clinic_id: UUID | None = clinic_of_work()
        return rows.none() if clinic_id is None else rows.filter(**{self.column: clinic_id})


class TenantModel(models.Model):
    """A row of one clinic. Row-level security hides it from every other clinic (migration operation `protect`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic_id = models.UUIDField(editable=False)

    objects = OwnClinic()

    class Meta:
        abstract = True
