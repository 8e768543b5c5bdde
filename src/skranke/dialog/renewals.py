"""What staff make of a request for renewal, and what an answer says of each of its items (RX-2, RX-10)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from skranke.clinics.models import Employee
from skranke.kernel import clock
from skranke.tenancy.models import TenantModel


class RenewalList(TenantModel):
    """What staff have made of a request's items (RX-2); rows are never changed, and the newest of a request counts."""

    request = models.ForeignKey("dialog.Message", on_delete=models.CASCADE, related_name="renewal_lists")
    number = models.PositiveIntegerField()
    items = ArrayField(models.TextField())
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="renewal_list_number_once")]


class RenewalResult(TenantModel):
    """What an answer says of one item of the request: renewed or not (RX-10). text: the item as it stood then."""

    answer = models.ForeignKey("dialog.Message", on_delete=models.CASCADE, related_name="renewal_results")
    number = models.PositiveIntegerField()
    text = models.TextField()
    renewed = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "number"], name="renewal_result_number_once")]
