"""The clinic's patients and what is known of reaching them."""

from django.db import models
from django.db.models import Q

from skranke.clinics.models import Employee
from skranke.kernel import clock
from skranke.tenancy.models import TenantModel


class HelseNorgeState(models.TextChoices):
    """Whether the citizen can be reached in HelseNorge (PAT-4)."""

    UNKNOWN = "unknown"
    ACTIVE = "active"
    INACTIVE = "inactive"


class Patient(TenantModel):
    """One patient of one clinic.

    national_id: eleven digits, fewer when the clinic knows no complete one (PAT-9).
    sort_key: the name as it sorts in Norwegian, family name first (`rules.name_key`).
    phone_key: the phone as a search compares it (`rules.phone_key`).
    gp, on_gp_list: the GP whose list the patient stands on; HelseNorge's services need `on_gp_list` (ACT-6).
    blocked: the clinic has closed its digital services to the patient: questions are answered 30.
    helsenorge_state_at: when the state was told; an older telling never overwrites a newer.
    """

    national_id = models.CharField(max_length=11, blank=True)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    sort_key = models.CharField(max_length=210, db_collation="C")
    birth_date = models.DateField()
    gp = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="listed_patients")
    on_gp_list = models.BooleanField(default=False)
    blocked = models.BooleanField(default=False)
    phone = models.CharField(max_length=30, blank=True)
    phone_key = models.CharField(max_length=15, blank=True, default="", db_collation="C")
    email = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=5, default="nb")
    helsenorge_state = models.CharField(max_length=10, choices=HelseNorgeState, default=HelseNorgeState.UNKNOWN)
    helsenorge_state_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic_id", "national_id"], name="patient_once", condition=~Q(national_id="")
            ),
            models.CheckConstraint(
                condition=Q(national_id__regex=r"^[0-9]{0,11}$"), name="patient_national_id_is_digits"
            ),
            models.CheckConstraint(
                condition=Q(on_gp_list=False) | Q(gp__isnull=False), name="patient_on_a_list_has_a_gp"
            ),
        ]
        indexes = [
            models.Index(fields=["clinic_id", "sort_key"], name="patient_name"),
            models.Index(fields=["clinic_id", "birth_date"], name="patient_birth_date"),
            models.Index(fields=["clinic_id", "phone_key"], name="patient_phone", condition=~Q(phone_key="")),
        ]

    @property
    def name(self) -> str:
        """Given name, then family name."""
        return f"{self.given_name} {self.family_name}"


class NamePart(TenantModel):
    """One word of a patient's name, as `rules.name_key` writes it: the index that a search by name goes by.

    Rows of their own, because only a plain comparison of a column may use an index under row-level security.
    loose: the same word as people spell it by ear (`rules.loose_key`).
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="name_parts")
    key = models.CharField(max_length=100, db_collation="C")
    loose = models.CharField(max_length=100, db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patient", "key"], name="name_part_once")]
        indexes = [
            models.Index(fields=["clinic_id", "key", "patient"], name="name_part_key"),
            models.Index(fields=["clinic_id", "loose", "patient"], name="name_part_loose"),
        ]
