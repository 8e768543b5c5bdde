"""The clinic, who works there, and how it is reached on the bus."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from skranke.clinics.absences.models import Absence, ReceiverPeriod, ReceiverPeriodChoice  # noqa: F401  # rows
from skranke.clinics.choices import AlertKind, FirstOnly, ReceiverFormat
from skranke.clinics.own_notices import OwnNotices
from skranke.clinics.substitutes.models import Substitute  # noqa: F401  # Django looks for rows here
from skranke.kernel import clock
from skranke.kernel.ids import new_id
from skranke.tenancy.models import OwnClinic, TenantModel

_HER_ID = r"^[1-9][0-9]{0,9}$"
_HPR_NUMBER = r"^[0-9]{0,9}$"


class EmployeeRole(models.TextChoices):
    """What an employee is; the wire says it to the patient (code list 9034)."""

    GP = "gp"
    SUBSTITUTE = "substitute"
    INTERN = "intern"
    NURSE = "nurse"
    SECRETARY = "secretary"
    LAB = "lab"


class StaffFunction(models.TextChoices):
    """What somebody does at work (funksjon); groups are put together by it (ORG-2, ORG-8)."""

    RECEPTION = "reception"
    TELEPHONE = "telephone"
    MESSAGES = "messages"
    PRESCRIPTIONS = "prescriptions"
    LABORATORY = "laboratory"
    INVOICING = "invoicing"


class Access(models.TextChoices):
    """What a role gives to a new position, and an administrator on the employee card (ORG-2, ORG-5, ORG-11)."""

    ADMINISTRATOR = "administrator"
    CLINIC_OPEN = "clinic_open"
    CLINIC_ARCHIVE = "clinic_archive"
    REPORTS = "reports"
    PRESCRIBE = "prescribe"


class GroupKind(models.TextChoices):
    """Whether the members follow from criteria or are picked one by one (ORG-8)."""

    DYNAMIC = "dynamic"
    STATIC = "static"


class Service(models.TextChoices):
    """The four services of Digital dialog (ACT-1), and what a party may offer beside booking (HNB-13, HNB-14)."""

    E_CONTACT = "e_contact"
    E_CONSULTATION = "e_consultation"
    PRESCRIPTION_RENEWAL = "prescription_renewal"
    BOOKING = "booking"
    APPOINTMENT_WISH = "appointment_wish"
    APPOINTMENT_CANCELLATION = "appointment_cancellation"


class PartyKind(models.TextChoices):
    """A GP is a personal party; a vacant list or a resource is a service party (ACT-12)."""

    GP = "gp"
    SERVICE = "service"


CHOOSABLE = (
    Service.BOOKING,
    Service.APPOINTMENT_WISH,
    Service.E_CONSULTATION,
    Service.E_CONTACT,
    Service.PRESCRIPTION_RENEWAL,
)
"""What a clinic chooses to offer, one by one (ACT-14), as pages list it. Cancelling what it has told of goes along."""


def everything() -> list[str]:
    """What a clinic offers until it chooses otherwise."""
    return [service.value for service in CHOOSABLE]


class ThisClinic(OwnClinic["Clinic"]):
    """The clinic at work is its own row."""

    column = "id"


class Clinic(OwnNotices):
    """One clinic: the tenant. Limits left empty mean no limit (BOK-8).

    her_id: None until Norsk Helsenett has given one; without it the clinic cannot go live (ACT-8).
    gp_agreement: False for a private clinic, which can never go live (ACT-5).
    nhn_member, ordered_on (ACT-7, ACT-8): a member of Norsk Helsenett, as the operator has seen; when it ordered there.
    live_since: since when the integration is on; None while it is off.
    offers: the services the clinic has chosen to offer (ACT-14), whatever Adresseregisteret says of a party.
    activation_version, limits_version (CAL-7): grow with each change of these: who changes an older state is told.
    tells_booked_times: HelseNorge's question for booked times (HBT) is answered; else with 26 (DDFL-HT-16).
    moves_on_request: an appointment is moved when HelseNorge asks for a change (ERT); else that is answered 34 (D-41).
    prescription_window: address of the record system's window for prescriptions, `{patient_id}` in it (RX-9); or none.
    clinical_words: what makes an e-kontakt look like a clinical question (IMP-6); none, and it is never said.
    takes_requests: patients may ask for a time in the portal, to be answered by staff (REQ-1).
    has_video: the clinic has a video module, so that its types may be met by video (TYP-8, VID-1).
    shows_practitioners: HelseNorge is told of substitutes beside the GP; without it only GPs are set up there (ABS-11).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    her_id = models.CharField(max_length=10, unique=True, null=True)  # noqa: DJ001 - unique: "" would be one too
    organisation_number = models.CharField(max_length=9)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    is_test = models.BooleanField(default=False)
    grace_seconds = models.PositiveIntegerField(default=300)
    waiting_offer_hours = models.PositiveIntegerField(default=24)
    takes_requests = models.BooleanField(default=False)
    require_comment = models.BooleanField(default=True)
    tells_booked_times = models.BooleanField(default=False)
    moves_on_request = models.BooleanField(default=False)
    max_self_booked = models.PositiveIntegerField(null=True)
    days_ahead = models.PositiveIntegerField(null=True)
    booking_deadline_hours = models.PositiveIntegerField(null=True)
    cancellation_allowed = models.BooleanField(default=True)
    cancellation_deadline_hours = models.PositiveIntegerField(null=True)
    first_only = models.CharField(max_length=10, choices=FirstOnly, blank=True)
    limits_version = models.PositiveIntegerField(default=1)
    has_video = models.BooleanField(default=False)
    shows_practitioners = models.BooleanField(default=False)
    gp_agreement = models.BooleanField(default=True)
    nhn_member = models.BooleanField(default=False)
    ordered_on = models.DateField(null=True)
    live_since = models.DateTimeField(null=True)
    offers = ArrayField(models.CharField(max_length=30, choices=Service), default=everything)
    activation_version = models.PositiveIntegerField(default=1)
    clinical_words = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    prescription_window = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)

    objects = ThisClinic()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(her_id__regex=_HER_ID), name="clinic_her_id_is_one"),
            models.CheckConstraint(
                condition=Q(live_since=None)
                | Q(gp_agreement=True, nhn_member=True, ordered_on__isnull=False, her_id__isnull=False),
                name="clinic_live_is_ready",
            ),
        ]


class OpeningHours(TenantModel):
    """When the clinic is open on one weekday, 1 (Monday) to 7, Oslo wall time; a day without a row is closed."""

    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic_id", "weekday"], name="opening_hours_once"),
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=7), name="opening_hours_weekday"),
            models.CheckConstraint(condition=Q(closes__gt=models.F("opens")), name="opening_hours_end_later"),
        ]


class Department(TenantModel):
    """A part of the clinic (avdeling); every clinic has one or more (ORG-1)."""

    name = models.CharField(max_length=100)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint("clinic_id", Lower("name"), name="department_name_once")]


class Role(TenantModel):
    """A template of accesses that positions are made from (ORG-2). An empty name: that of its position type."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="roles")
    position_type = models.CharField(max_length=20, choices=EmployeeRole)
    name = models.CharField(max_length=100, blank=True)
    specialisation = models.CharField(max_length=100, blank=True)
    functions = ArrayField(models.CharField(max_length=20, choices=StaffFunction), default=list, blank=True)
    accesses = ArrayField(models.CharField(max_length=20, choices=Access), default=list, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "clinic_id", "department", "position_type", Lower("name"), name="role_name_once_a_department"
            ),
        ]


class Employee(TenantModel):
    """One person's position at the clinic (ORG-3, ORG-6). `role` is the position type of the role that is held.

    may_prescribe: has been given the right to issue prescriptions, which also needs an active licence (RX-9).
    functions_off: functions the employee has logged out of for now (ORG-15). ended_at: since when the person does not
    work here any more.
    """

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="employees")
    held_role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="positions")
    functions = ArrayField(models.CharField(max_length=20, choices=StaffFunction), default=list, blank=True)
    functions_off = ArrayField(models.CharField(max_length=20, choices=StaffFunction), default=list, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    licence_active = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    account_id = models.UUIDField(null=True)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    role = models.CharField(max_length=20, choices=EmployeeRole)
    hpr_number = models.CharField(max_length=9, blank=True)
    is_admin = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    sees_clinic_open = models.BooleanField(default=False)
    sees_clinic_archive = models.BooleanField(default=False)
    sees_reports = models.BooleanField(default=False)
    may_prescribe = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic_id", "hpr_number"],
                name="employee_hpr_once",
                condition=~Q(hpr_number="") & Q(active=True),
            ),
            models.CheckConstraint(condition=Q(hpr_number__regex=_HPR_NUMBER), name="employee_hpr_is_one"),
            models.UniqueConstraint(
                fields=["clinic_id", "account_id"],
                name="employee_one_position",
                condition=Q(account_id__isnull=False, active=True),
            ),
            models.CheckConstraint(
                condition=Q(active=True, ended_at=None) | Q(active=False), name="employee_ended_is_not_active"
            ),
        ]

    @property
    def name(self) -> str:
        """Given name, then family name."""
        return f"{self.given_name} {self.family_name}"

    @property
    def is_gp(self) -> bool:
        """A GP with a patient list."""
        return self.role == EmployeeRole.GP


class CommunicationParty(TenantModel):
    """A HER-id of the clinic that HelseNorge may address.

    services: as read from Adresseregisteret at services_read_at (None: never), not to be edited (ACT-9).
    live_since: since when the operator has it on; what is offered is in `activation.rules.offered`.
    """

    her_id = models.CharField(max_length=10, unique=True)
    kind = models.CharField(max_length=10, choices=PartyKind)
    name = models.CharField(max_length=200)
    employee = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="parties")
    services = ArrayField(models.CharField(max_length=30, choices=Service), default=list)
    services_read_at = models.DateTimeField(null=True)
    live_since = models.DateTimeField(null=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(her_id__regex=_HER_ID), name="party_her_id_is_one"),
            models.CheckConstraint(
                condition=Q(kind="service") | Q(employee__isnull=False), name="party_gp_has_an_employee"
            ),
            models.UniqueConstraint(
                fields=["employee"], name="party_one_per_employee", condition=Q(employee__isnull=False)
            ),
        ]


class OnboardingQuestion(models.TextChoices):
    """What a clinic decides before its patients write and book (ACT-17)."""

    WHO_HANDLES = "who_handles"
    HOW_OFTEN = "how_often"
    PLANNED_ABSENCE = "planned_absence"
    SUDDEN_ABSENCE = "sudden_absence"
    OPEN_SLOTS = "open_slots"
    RENEWALS = "renewals"


class OnboardingAnswer(TenantModel):
    """What the clinic has decided about one question, by whom (the name as it was then) and when (ACT-17)."""

    question = models.CharField(max_length=20, choices=OnboardingQuestion)
    text = models.CharField(max_length=1000)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=200)
    answered_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic_id", "question"], name="onboarding_one_answer"),
            models.CheckConstraint(condition=~Q(text=""), name="onboarding_answer_says_something"),
        ]


class Group(TenantModel):
    """Employees who get mail together (ORG-7). department: who owns it, and whose employees may be in it; None: all.

    A dynamic group has whoever is of one of its position types, has one of its functions and one of its roles, as far
    as each is stated; a static one the members picked. shown_to_patients: patients may read the name.
    """

    name = models.CharField(max_length=100)
    description = models.CharField(max_length=300, blank=True)
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="groups")
    kind = models.CharField(max_length=10, choices=GroupKind)
    position_types = ArrayField(models.CharField(max_length=20, choices=EmployeeRole), default=list, blank=True)
    functions = ArrayField(models.CharField(max_length=20, choices=StaffFunction), default=list, blank=True)
    shown_to_patients = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint("clinic_id", Lower("name"), name="group_name_once", condition=Q(active=True)),
            models.CheckConstraint(
                condition=Q(kind=GroupKind.DYNAMIC) | Q(position_types=[], functions=[]), name="group_static_has_none"
            ),
        ]


class GroupRole(TenantModel):
    """A role whose holders a dynamic group has (ORG-8)."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="roles")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "role"], name="group_role_once")]


class GroupMember(TenantModel):
    """An employee picked for a static group (ORG-8)."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "employee"], name="group_member_once")]


class SignedOut(TenantModel):
    """That an employee has logged out of a group for now, and gets none of its mail (ORG-15)."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="signed_out")
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "employee"], name="signed_out_once")]


class ServiceRecipient(TenantModel):
    """Who gets what comes to a HER-id (ORG-13): a role, a position or a group. No party: the clinic's own row."""

    party = models.ForeignKey(CommunicationParty, null=True, on_delete=models.CASCADE, related_name="recipients")
    employee = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Role, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(employee__isnull=False, group=None, role=None)
                | Q(employee=None, group__isnull=False, role=None)
                | Q(employee=None, group=None, role__isnull=False),
                name="service_recipient_is_one",
            ),
            models.UniqueConstraint(
                fields=["clinic_id", "party", "employee", "group", "role"],
                name="service_recipient_once",
                nulls_distinct=False,
            ),
        ]


class ReceiverSetUp(TenantModel):
    """How the clinic has set up who receives a type of message; without a row the standard holds (RCV-4, RCV-9)."""

    kind = models.CharField(max_length=30, choices=Service)
    format = models.CharField(max_length=30, choices=ReceiverFormat)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic_id", "kind"], name="receiver_set_up_once")]


class ReceiverChoice(TenantModel):
    """A recipient of a type: a position, a group, a role, or with none of them the whole clinic (RCV-8)."""

    set_up = models.ForeignKey(ReceiverSetUp, on_delete=models.CASCADE, related_name="choices")
    employee = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Role, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(group=None, role=None) | Q(employee=None, role=None) | Q(employee=None, group=None),
                name="receiver_choice_is_one",
            ),
            models.UniqueConstraint(
                fields=["set_up", "employee", "group", "role"], name="receiver_choice_once", nulls_distinct=False
            ),
        ]


class Alert(TenantModel):
    """Something that has happened and an administrator must know of, until one has seen it.

    subject_id, about: of whom or what; the same thing again is counted.
    """

    kind = models.CharField(max_length=20, choices=AlertKind)
    subject_id = models.UUIDField()
    about = models.CharField(max_length=200)
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic_id", "kind", "subject_id"], name="alert_open_once", condition=Q(seen_at=None)
            )
        ]


class CommunicationProfile(TenantModel):
    """How the clinic reaches the bus: address, queues, and references to keys (`file:...`), never the secrets.

    A key may be in PKCS#12 and have a password, in a file too. The previous decryption identity, empty outside a
    certificate swap, opens what was encrypted before the sender saw the new certificate.
    """

    bus_url = models.CharField(max_length=300)
    bus_namespace = models.CharField(max_length=100, blank=True)
    address_style = models.CharField(max_length=4, default="v1")
    queue_async = models.CharField(max_length=200)
    queue_sync = models.CharField(max_length=200)
    queue_syncreply = models.CharField(max_length=200)
    queue_error = models.CharField(max_length=200)
    signing_certificate = models.CharField(max_length=500)
    signing_key = models.CharField(max_length=500)
    decryption_certificate = models.CharField(max_length=500)
    decryption_key = models.CharField(max_length=500)
    signing_password = models.CharField(max_length=500, blank=True, default="")
    decryption_password = models.CharField(max_length=500, blank=True, default="")
    previous_decryption_certificate = models.CharField(max_length=500, blank=True, default="")
    previous_decryption_key = models.CharField(max_length=500, blank=True, default="")
    previous_decryption_password = models.CharField(max_length=500, blank=True, default="")
    trust_anchor = models.CharField(max_length=500)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic_id"], name="profile_one_per_clinic")]


class Counterpart(TenantModel):
    """HelseNorge as Adresseregisteret tells of it: ids, names, queues and certificates (references)."""

    her_id = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    her_id_level1 = models.CharField(max_length=10)
    name_level1 = models.CharField(max_length=200)
    queue_async = models.CharField(max_length=200)
    queue_sync = models.CharField(max_length=200)
    queue_error = models.CharField(max_length=200)
    signing_certificate = models.CharField(max_length=500)
    encryption_certificate = models.CharField(max_length=500)
    takes_appointment_process = models.BooleanField(default=False)
    read_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic_id", "her_id"], name="counterpart_once")]
