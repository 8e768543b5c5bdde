"""What is set of the clinic's own notices of appointments."""

from django.db import models


class OwnNotices(models.Model):
    """A part of the clinic's row.

    own_notices: the operator has put them on (NOT-6). no_sms_minutes: no text message confirms an appointment that
    starts sooner than this (NOT-20).
    """

    own_notices = models.BooleanField(default=False)
    no_sms_minutes = models.PositiveIntegerField(default=45)

    class Meta:
        abstract = True
