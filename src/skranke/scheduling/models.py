"""Schedules, appointment types, plans, slots, occupancy and appointments."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from skranke.clinics.choices import FirstOnly
from skranke.clinics.models import Department, Employee, Group
from skranke.dialog.models import MessageTemplate, Thread
from skranke.kernel import clock
from skranke.kernel.ids import new_id
from skranke.patients.models import Patient, PatientList
from skranke.scheduling.followed import Cancellation, CancelledBy  # noqa: F401 - Django finds these
from skranke.scheduling.layouts import CalendarLayout, DisplayGroup, SlotInHand  # noqa: F401 - Django finds these
from skranke.scheduling.repeated import RepeatedAppointment  # noqa: F401 - Django finds it
from skranke.scheduling.requests.models import (  # noqa: F401 - Django finds them
    AppointmentRequest,
    RequestListLayout,
    RequestOutcome,
)
from skranke.scheduling.smart.models import SmartSlot, SmartTypeUsed  # noqa: F401 - Django finds these
from skranke.scheduling.timed import Timed
from skranke.scheduling.waiting.models import SlotOffer, WaitingEntry, WaitingEvent  # noqa: F401 - Django finds them
from skranke.tenancy.models import TenantModel


class OwnerKind(models.TextChoices):
    """Who owns a schedule (CAL-3)."""

    EMPLOYEE = "employee"
    GROUP = "group"
    CLINIC = "clinic"


class Audience(models.TextChoices):
    """Who may book a schedule (CAL-4): anybody, patients on a GP's list, all the clinic knows, those of one list."""

    ALL = "all"
    GP_LIST = "gp_list"
    CLINIC = "clinic"
    LIST = "list"


class Visibility(models.TextChoices):
    """Normal, hidden (never shown to the patient, TYP-4) or group."""

    NORMAL = "normal"
    HIDDEN = "hidden"
    GROUP = "group"


class ContactInterface(models.TextChoices):
    """How patient and practitioner meet."""

    PHYSICAL = "physical"
    VIDEO = "video"
    PHONE = "phone"


class Colour(models.TextChoices):
    """The colours of types in Timebok (TYP-7), named by what they are suggested for; the page kit has them."""

    GREY = "grey"
    ONLINE = "online"
    DESK = "desk"
    ACUTE = "acute"
    VIDEO = "video"
    LAB = "lab"


class TypeIcon(models.TextChoices):
    """The icons of types in Timebok (TYP-2), by their names in the page kit; none of them means a state there."""

    BELL = "bell"
    BOLT = "bolt"
    FLASK = "flask"
    HOME = "home"
    JOURNAL = "journal"
    PEOPLE = "people"
    PILL = "pill"
    STAR = "star"
    STETHOSCOPE = "stetho"


class ResourceCategory(models.TextChoices):
    """What a resource calendar's times are for (Ressurstimebok, RES-13); empty for an ordinary appointment."""

    CORONA_TEST = "corona_test"
    CORONA_VACCINE = "corona_vaccine"
    VACCINE = "vaccine"
    LAB = "lab"


class SlotOrigin(models.TextChoices):
    """Made by a plan, or alone in the calendar (PLN-9)."""

    PLAN = "plan"
    SINGLE = "single"


class SlotState(models.TextChoices):
    """Removed slots keep their row: an undo brings them back."""

    OPEN = "open"
    REMOVED = "removed"


class OccupancyKind(models.TextChoices):
    """Everything that uses time. Group: the whole of a group's slot, while any of its places is taken (TYP-6)."""

    HOLD = "hold"
    APPOINTMENT = "appointment"
    EVENT = "event"
    GROUP = "group"


class AppointmentState(models.TextChoices):
    """APT-10."""

    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    IN_CONSULTATION = "in_consultation"
    DONE = "done"
    CANCELLED_BY_CLINIC = "cancelled_by_clinic"
    CANCELLED_BY_PATIENT = "cancelled_by_patient"
    NO_SHOW = "no_show"
    DELETED = "deleted"


STANDING = (
    AppointmentState.BOOKED,
    AppointmentState.CHECKED_IN,
    AppointmentState.IN_CONSULTATION,
    AppointmentState.DONE,
)


class BookedThrough(models.TextChoices):
    """The channel a booking came by."""

    STAFF = "staff"
    HELSENORGE = "helsenorge"
    PORTAL = "portal"
    PUBLIC = "public"


class Limits(models.Model):
    """Booking limits as schedule and type carry them (CAL-6); an empty value leaves it to the level above."""

    max_self_booked = models.PositiveIntegerField(null=True, blank=True)
    days_ahead = models.PositiveIntegerField(null=True, blank=True)
    booking_deadline_hours = models.PositiveIntegerField(null=True, blank=True)
    cancellation_allowed = models.BooleanField(null=True, blank=True)
    cancellation_deadline_hours = models.PositiveIntegerField(null=True, blank=True)
    first_only = models.CharField(max_length=10, choices=FirstOnly, blank=True)

    class Meta:
        abstract = True


class Schedule(Limits, TenantModel):
    """One appointment book (timebok). Patients see `public_name`, colleagues `internal_name`.

    owner, group: who owns it, the clinic where neither is named. patient_list: whose patients may book (PAT-15).
    department: the part of the clinic it belongs to, None for all of it. owner_sms, reminders: whether the owner is
    texted when patients book and cancel, and patients get the clinic's own notices (CAL-2, BOK-13, NOT-4).
    """

    owner_kind = models.CharField(max_length=10, choices=OwnerKind, default=OwnerKind.EMPLOYEE)
    owner = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="schedules")
    group = models.ForeignKey(Group, null=True, on_delete=models.PROTECT, related_name="+")
    public_name = models.CharField(max_length=200)
    internal_name = models.CharField(max_length=200)
    online = models.BooleanField(default=True)
    audience = models.CharField(max_length=20, choices=Audience, default=Audience.GP_LIST)
    patient_list = models.ForeignKey(PatientList, null=True, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    owner_sms = models.BooleanField(default=False)
    reminders = models.BooleanField(default=True)
    archived = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(owner_kind="employee", owner__isnull=False, group__isnull=True)
                | Q(owner_kind="group", owner__isnull=True, group__isnull=False)
                | Q(owner_kind="clinic", owner__isnull=True, group__isnull=True),
                name="schedule_owner_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(audience="list", patient_list__isnull=False)
                | (~Q(audience="list") & Q(patient_list__isnull=True)),
                name="schedule_list_fits_audience",
            ),
        ]


class AppointmentType(Limits, TenantModel):
    """What an appointment is (timetype, TYP-2).

    owner: who alone may change it beside administrators (TYP-1), None for everybody. custom_limits,
    custom_cancellation: its own limits for booking, or for cancelling, replace the schedule's. capacity: the patients
    of one slot, for a group (TYP-6). is_default: chosen where nothing else is. price: in whole kroner, shown before
    booking. notifies: patients get the clinic's own notices (NOT-4). icon: "" for none.
    automatic_dialog: the shared template that a patient who books is sent (BOK-15).
    """

    name = models.CharField(max_length=200)
    owner = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    colour = models.CharField(max_length=20, choices=Colour, default=Colour.GREY)
    icon = models.CharField(max_length=20, choices=TypeIcon, blank=True)
    minutes = models.PositiveIntegerField()
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.NORMAL)
    contact = models.CharField(max_length=10, choices=ContactInterface, default=ContactInterface.PHYSICAL)
    bookable_online = models.BooleanField(default=True)
    custom_limits = models.BooleanField(default=False)
    custom_cancellation = models.BooleanField(default=False)
    capacity = models.PositiveIntegerField(default=1)
    is_default = models.BooleanField(default=False)
    notifies = models.BooleanField(default=False)
    price = models.PositiveIntegerField(null=True)
    must_call = models.BooleanField(default=False)
    urgent = models.BooleanField(default=False)
    category = models.CharField(max_length=20, choices=ResourceCategory, blank=True)
    information = models.TextField(blank=True)
    address = models.CharField(max_length=300, blank=True)
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    automatic_dialog = models.ForeignKey(
        MessageTemplate, null=True, on_delete=models.PROTECT, related_name="appointment_types"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gt=0), name="type_takes_time"),
            models.CheckConstraint(condition=Q(icon__in=["", *TypeIcon.values]), name="type_icon_is_known"),
            models.CheckConstraint(condition=Q(visibility="group") | Q(capacity=1), name="type_capacity_of_group"),
            models.UniqueConstraint(fields=["clinic_id"], condition=Q(is_default=True), name="type_default_once"),
        ]


class WeekTemplate(TenantModel):
    """A named week of free slots (ukemal, PLN-1). Plans applied before `changed_at` are stale (PLN-8)."""

    name = models.CharField(max_length=200)
    changed_at = models.DateTimeField(default=clock.now)


class TemplateSlot(TenantModel):
    """One free slot of a week template: weekday 1 (Monday) to 7, Oslo wall time, minutes."""

    template = models.ForeignKey(WeekTemplate, on_delete=models.CASCADE, related_name="slots")
    weekday = models.PositiveSmallIntegerField()
    start = models.TimeField()
    minutes = models.PositiveIntegerField()
    type = models.ForeignKey(AppointmentType, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "weekday", "start"], name="template_slot_once"),
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=7), name="template_slot_weekday"),
        ]


class PlannedWeek(TenantModel):
    """One ISO week of a schedule's work plan (arbeidsplan, PLN-2). `days_off` are ISO weekdays without slots."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="planned_weeks")
    iso_year = models.PositiveIntegerField()
    iso_week = models.PositiveSmallIntegerField()
    template = models.ForeignKey(WeekTemplate, on_delete=models.PROTECT, related_name="+")
    days_off = models.JSONField(default=list)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["schedule", "iso_year", "iso_week"], name="planned_week_once"),
            models.CheckConstraint(condition=Q(iso_week__gte=1, iso_week__lte=53), name="planned_week_is_a_week"),
        ]


class Slot(Timed, TenantModel):
    """A free time that can be offered. `during` is half open; `uid` is what the wire calls it (protocol-messages 3.7).

    available_from: shown earlier, bookable from this instant (x-available-at).
    """

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="slots")
    type = models.ForeignKey(AppointmentType, on_delete=models.PROTECT, related_name="+")
    uid = models.UUIDField(default=new_id)
    origin = models.CharField(max_length=10, choices=SlotOrigin, default=SlotOrigin.SINGLE)
    state = models.CharField(max_length=10, choices=SlotState, default=SlotState.OPEN)
    available_from = models.DateTimeField(null=True)
    capacity = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["uid"], name="slot_uid_once"),
            ExclusionConstraint(
                name="slot_no_overlap",
                expressions=[("schedule", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(state="open"),
            ),
            models.CheckConstraint(condition=Q(during__isempty=False), name="slot_takes_time"),
        ]
        indexes = [models.Index(fields=["schedule", "starts"], name="slot_start", condition=Q(state="open"))]


class Appointment(Timed, TenantModel):
    """A patient's appointment. Its id is the wire's related-to; `slot_uid` the uid it keeps for life (D-15).

    comment: what the patient wrote; note: the clinic's own.
    hidden: of a hidden type when booked or since; nothing about it ever leaves (TYP-4).
    told_helsenorge: HelseNorge knows of it, so that changes must be told there.
    already: set on the instance, never stored, when a repeated request found the deed done.
    """

    already: bool = False

    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="appointments")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="appointments")
    type = models.ForeignKey(AppointmentType, on_delete=models.PROTECT, related_name="+")
    slot = models.ForeignKey(Slot, null=True, on_delete=models.SET_NULL, related_name="appointments")
    slot_uid = models.UUIDField(default=new_id)
    contact = models.CharField(max_length=10, choices=ContactInterface, default=ContactInterface.PHYSICAL)
    address = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    comment = models.TextField(blank=True)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=25, choices=AppointmentState, default=AppointmentState.BOOKED)
    booked_through = models.CharField(max_length=20, choices=BookedThrough)
    representative = models.CharField(max_length=200, blank=True)
    hidden = models.BooleanField(default=False)
    told_helsenorge = models.BooleanField(default=False)
    wire_generated_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by_name = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["clinic_id", "patient", "state"], name="appointment_patient"),
            models.Index(fields=["clinic_id", "slot_uid"], name="appointment_uid"),
            models.Index(fields=["schedule", "starts"], name="appointment_start"),
        ]


class Occupancy(Timed, TenantModel):
    """Time that is used: by a hold, an appointment or an event. `exclusive` rows never overlap in one schedule.

    expires_at: only for holds. source_id: the appointment or event; of a hold, the patient it is for, so that each
    holds one time at most; of a group, its slot. slot, seat, patient_id: only of a place in a group (TYP-6), numbered
    from 1. The database gives the number, and keeps one exclusive row for the group while a place is taken.
    """

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="occupancies")
    kind = models.CharField(max_length=15, choices=OccupancyKind)
    exclusive = models.BooleanField(default=True)
    expires_at = models.DateTimeField(null=True)
    source_id = models.UUIDField()
    slot = models.ForeignKey(Slot, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    seat = models.PositiveSmallIntegerField(null=True)
    patient_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="occupancy_no_overlap",
                expressions=[("schedule", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(exclusive=True),
            ),
            models.UniqueConstraint(fields=["source_id"], name="occupancy_source_once"),
            models.UniqueConstraint(fields=["slot", "seat"], condition=Q(slot__isnull=False), name="group_seat_once"),
            models.UniqueConstraint(
                fields=["slot", "patient_id"], condition=Q(slot__isnull=False), name="group_patient_once"
            ),
            models.CheckConstraint(
                condition=Q(slot__isnull=True, seat__isnull=True, patient_id__isnull=True)
                | Q(slot__isnull=False, seat__gte=1, seat__isnull=False, patient_id__isnull=False, exclusive=False),
                name="group_seat_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(kind="hold", expires_at__isnull=False) | ~Q(kind="hold"), name="occupancy_hold_expires"
            ),
        ]
        indexes = [
            models.Index(fields=["schedule", "ends"], name="occupancy_end"),
            models.Index(fields=["schedule"], name="occupancy_holds", condition=Q(kind="hold")),
        ]


class CalendarEvent(Timed, TenantModel):
    """Time that is taken without a patient: lunch, a meeting (hendelse, PLN-12).

    series: shared by those made by one rule (PLN-15). apart: given a time of its own since.
    """

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="events")
    text = models.CharField(max_length=200)
    series = models.UUIDField(null=True)
    apart = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["schedule", "ends"], name="calendar_event_end"),
            models.Index(fields=["series"], name="calendar_event_series", condition=Q(series__isnull=False)),
        ]


class AppointmentEvent(TenantModel):
    """The log of one appointment (APT-19), for people to read."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=30)
    actor_name = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["appointment", "at"], name="appointment_log_order")]


class AutomaticState(models.TextChoices):
    """Where an automatic dialog stands: dropped when the appointment was gone before it was sent."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"
    FAILED = "failed"


class AutomaticDialog(TenantModel):
    """That a patient who has booked is to be sent the dialog of the type, once (BOK-15).

    Written in the commit of the booking; the worker sends it. why: of one that could not be sent, for people.
    """

    appointment = models.OneToOneField(Appointment, on_delete=models.CASCADE, related_name="automatic_dialog")
    template = models.ForeignKey(MessageTemplate, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=AutomaticState, default=AutomaticState.WAITING)
    thread = models.ForeignKey(Thread, null=True, on_delete=models.SET_NULL, related_name="+")
    why = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["clinic_id", "created_at"], name="automatic_dialog_waits", condition=Q(state="waiting")
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=AutomaticState.SENT, why="") | ~Q(state=AutomaticState.SENT) & Q(thread__isnull=True),
                name="automatic_dialog_sent_or_not",
            )
        ]


class WishKind(models.TextChoices):
    """What a citizen wishes (TIMEONSKE): an appointment, another time for one, or to be rid of one."""

    TIME = "time"
    CHANGE = "change"
    CANCELLATION = "cancellation"


class Wish(TenantModel):
    """A wish in words, beside the thread in Post that holds them (REQ-3, REQ-5).

    accepts_other: another practitioner than `wanted` (the GP when empty) will do. named_start, named_end: the time
    the citizen names. appointment: the one that is, when it was found (protocol-messages 3.7).
    """

    thread = models.OneToOneField(Thread, on_delete=models.CASCADE, related_name="wish")
    kind = models.CharField(max_length=15, choices=WishKind)
    accepts_other = models.BooleanField(default=False)
    wanted = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    named_start = models.DateTimeField(null=True)
    named_end = models.DateTimeField(null=True)
    appointment = models.ForeignKey(Appointment, null=True, on_delete=models.PROTECT, related_name="wishes")
