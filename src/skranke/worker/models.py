"""When each job was done last: what lets a worker that starts anew go on where the last one stopped."""

from django.db import models


class JobRun(models.Model):
    """How one job stands, for one clinic or for the installation as a whole (on_behalf_of is then empty).

    succeeded_at: when it last began a run that went well. failed_at, failures: of the tries since then.
    """

    job = models.CharField(max_length=60)
    on_behalf_of = models.UUIDField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "on_behalf_of"], nulls_distinct=False, name="job_run_once")
        ]
