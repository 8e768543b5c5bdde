"""What Adresseregisteret last told of a party, kept with the instant it was read."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from skranke.tenancy.models import TenantModel


class AddressEntry(TenantModel):
    """One party as the registers told of it to one clinic: its own parties, HelseNorge's, and the clinic itself.

    A copy, never edited: each reading replaces all of it, and `read_at` says how old it is. The queues are those that
    hold, inherited ones too. processes: of the party's profile (CPP); has_profile is False where the party has none.
    signing, encryption: certificates in DER, empty where the register has none; previous_signing is the one before, by
    which what was under way during a swap is still verified. service_code: of a service (8666).
    """

    her_id = models.CharField(max_length=10)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=300)
    active = models.BooleanField()
    valid = models.BooleanField()
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)
    parent_her_id = models.CharField(max_length=10, blank=True)
    parent_name = models.CharField(max_length=300, blank=True)
    organisation_number = models.CharField(max_length=9, blank=True)
    hpr_number = models.CharField(max_length=9, blank=True)
    service_code = models.CharField(max_length=20, blank=True)
    service_name = models.CharField(max_length=200, blank=True)
    queue_async = models.CharField(max_length=200, blank=True)
    queue_sync = models.CharField(max_length=200, blank=True)
    queue_syncreply = models.CharField(max_length=200, blank=True)
    queue_error = models.CharField(max_length=200, blank=True)
    queues_inherited = models.BooleanField(default=False)
    has_profile = models.BooleanField(default=False)
    processes = ArrayField(models.CharField(max_length=100), default=list)
    signing = models.BinaryField(default=bytes)
    previous_signing = models.BinaryField(default=bytes)
    encryption = models.BinaryField(default=bytes)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic_id", "her_id"], name="address_entry_once"),
            models.CheckConstraint(condition=Q(her_id__regex=r"^[1-9][0-9]{0,9}$"), name="address_entry_her_id_is_one"),
        ]
        indexes = [models.Index(fields=["clinic_id", "parent_her_id"], name="address_entry_parent")]
