"""The clinic's patients and what is known of reaching them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from skranke.clinics.models import Employee
from skranke.kernel import clock
from skranke.tenancy.models import TenantModel


class HelseNorgeState(models.TextChoices):
    """Whether the citizen can be reached in HelseNorge (PAT-4)."""

    UNKNOWN = "unknown"
    ACTIVE = "active"
    INACTIVE = "inactive"


class Confidentiality(models.TextChoices):
    """Whether Folkeregisteret keeps the address secret: code 6 or 7."""

    NONE = "", _("Ikke sperret")
    STRICT = "6", _("Strengt fortrolig (kode 6)")
    CONFIDENTIAL = "7", _("Fortrolig (kode 7)")


class AddressSource(models.TextChoices):
    """Who told the clinic where the patient lives (PAT-8)."""

    PATIENT = "patient", _("Pasienten")
    RELATIVE = "relative", _("Pårørende")
    DOCUMENT = "document", _("Et dokument")
    REGISTER = "register", _("Folkeregisteret")


class NotifyBy(models.TextChoices):
    """How the patient wants the clinic's own notices (NOT-7); where it is not possible the other way is taken."""

    EMAIL = "email", _("E-post")
    SMS = "sms", _("SMS")
    BOTH = "both", _("E-post og SMS")


class Exemption(models.TextChoices):
    """Whether the patient has an exemption card (frikort) for user fees (PAT-7)."""

    UNKNOWN = "", _("Ikke kjent")
    YES = "yes", _("Har frikort")
    NO = "no", _("Har ikke frikort")


class ExemptionSource(models.TextChoices):
    """Who told of the exemption card."""

    STAFF = "staff", _("klinikken")
    RECORD_SYSTEM = "record_system", _("journalsystemet")


class Patient(TenantModel):
    """One patient of one clinic.

    national_id: eleven digits, fewer when the clinic knows no complete one (PAT-9).
    sort_key: the name as it sorts in Norwegian, family name first (`rules.name_key`).
    phone_key: the phone as a search compares it (`rules.phone_key`).
    gp, on_gp_list: the GP whose list the patient stands on; HelseNorge's services need `on_gp_list` (ACT-6).
    gp_list: the register's list, once it has been read; of a list without a doctor it is all there is (`is_listed`).
    list_read_at: when the register last told which list it is; an older telling never overwrites a newer.
    blocked: the clinic has closed its digital services to the patient: questions are answered 30.
    helsenorge_state_at: when the state was told; an older telling never overwrites a newer.
    helsenorge_asked_at: since when somebody waits for HelseNorge to tell; empty when nobody does.
    notify_by: how the patient wants the clinic's own notices; empty: no wish (NOT-7, NOT-8).
    note: what the whole clinic must see (PAT-23), with who wrote it last and when.
    address_*: where the patient lives, as told by whom and when. There is none while the address is confidential.
    exemption_*: the exemption card, until which day it holds, and who told of it when (`exemption`).
    version: raised whenever contact data, card or note change; an edit made against an older one is told so.
    merged_into: the row of the same person that took over all of this one's; this one then has no number and no list.
    """

    national_id = models.CharField(max_length=11, blank=True)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    sort_key = models.CharField(max_length=210, db_collation="C")
    birth_date = models.DateField()
    gp = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="listed_patients")
    on_gp_list = models.BooleanField(default=False)
    gp_list = models.ForeignKey("GPList", null=True, on_delete=models.PROTECT, related_name="patients")
    list_read_at = models.DateTimeField(null=True)
    blocked = models.BooleanField(default=False)
    phone = models.CharField(max_length=30, blank=True)
    phone_key = models.CharField(max_length=15, blank=True, default="", db_collation="C")
    email = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=5, default="nb")
    notify_by = models.CharField(max_length=10, choices=NotifyBy, blank=True)
    helsenorge_state = models.CharField(max_length=10, choices=HelseNorgeState, default=HelseNorgeState.UNKNOWN)
    helsenorge_state_at = models.DateTimeField(null=True)
    helsenorge_asked_at = models.DateTimeField(null=True)
    address_line = models.CharField(max_length=200, blank=True, default="")
    postal_code = models.CharField(max_length=10, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    address_source = models.CharField(max_length=10, choices=AddressSource, blank=True, default="")
    address_at = models.DateTimeField(null=True)
    confidentiality = models.CharField(max_length=1, choices=Confidentiality, blank=True, default=Confidentiality.NONE)
    exemption = models.CharField(max_length=3, choices=Exemption, blank=True, default=Exemption.UNKNOWN)
    exemption_until = models.DateField(null=True)
    exemption_source = models.CharField(max_length=20, choices=ExemptionSource, blank=True, default="")
    exemption_by = models.CharField(max_length=200, blank=True, default="")
    exemption_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, default="")
    note_by = models.CharField(max_length=200, blank=True, default="")
    note_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(notify_by__in=["", *NotifyBy]), name="patient_notify_by"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(national_id="", on_gp_list=False),
                name="patient_merged_has_no_number",
            ),
            models.CheckConstraint(
                condition=Q(confidentiality="") | Q(address_line="", postal_code="", city="", address_source=""),
                name="patient_confidential_has_no_address",
            ),
            models.CheckConstraint(
                condition=Q(exemption="yes", exemption_until__isnull=False)
                | (~Q(exemption="yes") & Q(exemption_until__isnull=True)),
                name="patient_exempt_until_a_day",
            ),
            models.CheckConstraint(
                condition=Q(exemption="") | (Q(exemption_at__isnull=False) & ~Q(exemption_source="")),
                name="patient_exemption_told_by_somebody",
            ),
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
            models.Index(
                fields=["helsenorge_asked_at"],
                name="patient_asked_about",
                condition=Q(helsenorge_asked_at__isnull=False),
            ),
        ]

    @property
    def name(self) -> str:
        """Given name, then family name."""
        return f"{self.given_name} {self.family_name}"


class ResidenceTold(models.TextChoices):
    """What Folkeregisteret told of where a patient lives (PAT-8)."""

    NOTHING = ""
    ADDRESS = "address"
    NO_ADDRESS = "no_address"
    SECRET = "secret"  # noqa: S105 - of an address, no password
    NOT_FOUND = "not_found"


class ResidenceReading(TenantModel):
    """The asking of Folkeregisteret about one patient: what it told last, and whether it is being asked (PAT-8).

    asked_at: when somebody last made the patient active. due_at: when to ask, None when nothing is due; whoever asks
    puts it off first, so that no two ask at once and one who dies is followed by another. tries: since asked_at.
    read_at: when it last told, and told what. reason: why the last try failed, empty when it did not.
    The address itself is the patient's; of a secret one nothing is kept anywhere.
    """

    patient = models.OneToOneField(Patient, on_delete=models.CASCADE, related_name="residence_reading")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    told = models.CharField(max_length=10, choices=ResidenceTold, blank=True, default=ResidenceTold.NOTHING)
    reason = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(told="", read_at__isnull=True) | (~Q(told="") & Q(read_at__isnull=False)),
                name="residence_told_when",
            )
        ]
        indexes = [models.Index(fields=["due_at"], name="residence_due", condition=Q(due_at__isnull=False))]


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


class CardArea(models.TextChoices):
    """The areas of a patient card, in the order in which they stand until somebody moves them (PAT-6)."""

    BASIS = "basis", _("Basis")
    POST = "post", _("Post")
    APPOINTMENTS = "appointments", _("Timebok")
    JOURNAL = "journal", _("Journal")
    RELATIONS = "relations", _("Relasjon")
    NOTICES = "notices", _("Varslinger")
    CONSENTS = "consents", _("Samtykkeliste")
    RESERVATION = "reservation", _("Reservasjon")
    ECONOMY = "economy", _("Økonomi")


class CardLayout(TenantModel):
    """How an employee has arranged the patient card, the same for all patients (PAT-5).

    areas: in their order; one that was not there when it was arranged comes last. hidden: those that are left out.
    """

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+")
    areas = ArrayField(models.CharField(max_length=20, choices=CardArea), default=list)
    hidden = ArrayField(models.CharField(max_length=20, choices=CardArea), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee"], name="card_layout_once")]


class RelationKind(models.TextChoices):
    """What somebody is to the patient (PAT-20)."""

    MOTHER = "mother", _("Mor")
    FATHER = "father", _("Far")
    FOSTER_PARENT = "foster_parent", _("Fosterforelder")
    GUARDIAN = "guardian", _("Verge")
    SPOUSE = "spouse", _("Ektefelle eller samboer")
    CHILD = "child", _("Barn")
    SIBLING = "sibling", _("Søsken")
    OTHER = "other", _("Annen")


class Relation(TenantModel):
    """Somebody who stands near a patient, and may act for the patient when given access (PAT-20).

    patient: who is represented. national_id: the relative's, complete. access: yes or no to the patient's profile.
    ended_at: since when it no longer holds; revoked: because the patient took the access back.
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="relations")
    national_id = models.CharField(max_length=11)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=RelationKind)
    access = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    created_by_name = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    ended_by_name = models.CharField(max_length=200, blank=True, default="")
    revoked = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "national_id"], name="relation_once", condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(national_id__regex=r"^[0-9]{11}$"), name="relation_national_id_is_complete"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(access=False), name="relation_ended_gives_no_access"
            ),
            models.CheckConstraint(
                condition=Q(revoked=False) | Q(ended_at__isnull=False), name="relation_revoked_is_ended"
            ),
        ]
        indexes = [models.Index(fields=["clinic_id", "national_id"], name="relation_relative")]


class ListState(models.TextChoices):
    """Whether the register still has the list (PAT-19)."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class GPList(TenantModel):
    """A list of Fastlegeregisteret at the clinic's office.

    gp: whose list it is, None for one without a doctor and for a doctor who does not work here. doctor: the name as the
    register has it. her_id: whom to address for it. state: INACTIVE since the register no longer has it; a list whose
    GP has left is inactive too (`listing.rules.is_active`). read_at: when the register last told of it.
    """

    contract_id = models.BigIntegerField()
    gp = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="gp_lists")
    doctor = models.CharField(max_length=200, blank=True)
    her_id = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=10, choices=ListState, default=ListState.ACTIVE)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic_id", "contract_id"], name="gp_list_once")]


class ListSyncState(models.TextChoices):
    """How far a reading of the lists has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class GPListSync(TenantModel):
    """One reading of the GPs' lists from Fastlegeregisteret, asked for by the clock or by somebody (PAT-16, PAT-17).

    asked_by: the employee, None for the clock. stepped_at: when it last moved. added, removed: persons on lists.
    skipped: persons whose number or name cannot be used. reason: the code of the error that ended it.
    """

    state = models.CharField(max_length=10, choices=ListSyncState, default=ListSyncState.WAITING)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.UUIDField(null=True)
    asked_by_name = models.CharField(max_length=200, blank=True)
    stepped_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lists_total = models.PositiveIntegerField(default=0)
    lists_read = models.PositiveIntegerField(default=0)
    patients_total = models.PositiveIntegerField(default=0)
    patients_done = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic_id"], condition=Q(state__in=["waiting", "running"]), name="gp_list_sync_one_open"
            )
        ]
        indexes = [models.Index(fields=["clinic_id", "asked_at"], name="gp_list_sync_newest")]


class ListChangeKind(models.TextChoices):
    """What a reading did with a patient on a list."""

    ADDED = "added"
    REMOVED = "removed"


class GPListChange(TenantModel):
    """A patient whom a reading put on a list or took off it; who changed GP is both (PAT-16)."""

    sync = models.ForeignKey(GPListSync, on_delete=models.CASCADE, related_name="changes")
    gp_list = models.ForeignKey(GPList, on_delete=models.PROTECT, related_name="changes")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="list_changes")
    kind = models.CharField(max_length=10, choices=ListChangeKind)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sync", "gp_list", "patient", "kind"], name="gp_list_change_once")
        ]


class PatientListKind(models.TextChoices):
    """The lists that the clinic makes itself; the clinic's and the GPs' follow from the patients (PAT-14)."""

    CUSTOM = "custom", _("Egendefinert")
    COMPANY = "company", _("Bedriftsliste")


class PatientList(TenantModel):
    """A list of patients that somebody at the clinic keeps (PAT-14, PAT-15).

    owner: decides who may use it. shared: everybody at the clinic may; else the owner alone.
    organisation_number: of the company, empty for a custom list.
    """

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=PatientListKind)
    owner = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    shared = models.BooleanField(default=False)
    organisation_number = models.CharField(max_length=9, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic_id", "owner", "name"], name="patient_list_name_once"),
            models.CheckConstraint(
                condition=Q(organisation_number="") | Q(kind="company", organisation_number__regex=r"^[0-9]{9}$"),
                name="patient_list_of_a_company",
            ),
        ]


class PatientListMember(TenantModel):
    """A patient on a list that the clinic keeps."""

    list = models.ForeignKey(PatientList, on_delete=models.CASCADE, related_name="members")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="list_memberships")
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "patient"], name="patient_list_member_once")]


class PatientNumber(TenantModel):
    """A national id that a patient had before, such as a D-number: messages that name it still find the patient."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="numbers")
    national_id = models.CharField(max_length=11)
    until = models.DateTimeField(default=clock.now)
    changed_by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic_id", "national_id"], name="patient_number_once"),
            models.CheckConstraint(condition=Q(national_id__regex=r"^[0-9]{11}$"), name="patient_number_is_complete"),
        ]
