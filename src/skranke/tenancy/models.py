"""The base of every row that belongs to one clinic."""

from django.db import models

from skranke.kernel.ids import new_id


class TenantModel(models.Model):
    """A row of one clinic. Row-level security hides it from every other clinic (migration operation `protect`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic_id = models.UUIDField(editable=False)

    class Meta:
        abstract = True
