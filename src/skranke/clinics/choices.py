"""Choices of the clinic that several rooms speak of."""

from django.db import models


class AlertKind(models.TextChoices):
    """What an administrator is told of without asking."""

    HANDED_OVER = "handed_over"
    NOBODY_READS = "nobody_reads"


class ReceiverFormat(models.TextChoices):
    """To whom a type of message from HelseNorge goes (RCV-5, RCV-6, RCV-7)."""

    PRACTITIONER = "practitioner"
    FIXED = "fixed"
    FIXED_AND_PRACTITIONER = "fixed_and_practitioner"


class FirstOnly(models.TextChoices):
    """Whether patients see only the first free slot (BOK-10): of the schedule, or of each day; or all of them."""

    SCHEDULE = "schedule"
    DAY = "day"
    ALL = "all"
