"""Who waits for a time, what each has been offered, and what happened; a part of the models (REQ-6)."""

from django.db import models
from django.db.models import F, Q

from skranke.dialog.models import Thread
from skranke.kernel import clock
from skranke.patients.models import Patient
from skranke.tenancy.models import TenantModel


class EntryState(models.TextChoices):
    """Whether an entry still waits, or how it ended."""

    WAITING = "waiting"
    BOOKED = "booked"
    REMOVED = "removed"


class WaitingEntry(TenantModel):
    """A patient who waits for a time of a type. Its place in the order is when it was made.

    schedule: None: any. earliest, latest: Oslo days, both included; None: no bound. short_notice: times that start
    soon will do. note: the clinic's own; nothing is ever read out of it.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="waiting_entries")
    type = models.ForeignKey("scheduling.AppointmentType", on_delete=models.PROTECT, related_name="+")
    schedule = models.ForeignKey("scheduling.Schedule", null=True, on_delete=models.PROTECT, related_name="+")
    earliest = models.DateField(null=True)
    latest = models.DateField(null=True)
    short_notice = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=EntryState, default=EntryState.WAITING)
    created_at = models.DateTimeField(default=clock.now)
    created_by_name = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "type"], condition=Q(state="waiting"), name="waiting_entry_once"
            ),
            models.CheckConstraint(
                condition=Q(earliest=None) | Q(latest=None) | Q(latest__gte=F("earliest")), name="waiting_entry_days"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at=None) | ~Q(state="waiting") & Q(ended_at__isnull=False),
                name="waiting_entry_ended_or_not",
            ),
        ]
        indexes = [
            models.Index(fields=["clinic_id", "created_at"], name="waiting_entry_order", condition=Q(state="waiting"))
        ]


class OfferState(models.TextChoices):
    """Whether an offer still stands, or how it ended. withdrawn: the clinic took it back."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class OfferedBy(models.TextChoices):
    """How the patient is told: in the own portal, or by somebody of the clinic who calls."""

    PORTAL = "portal"
    CALL = "call"


class SlotOffer(TenantModel):
    """A free time that is held for one who waits, until `expires_at`. Its id is the hold's source.

    patient: the entry's, which the wall around patients asks for. why_call: the code of why somebody must call.
    """

    entry = models.ForeignKey(WaitingEntry, on_delete=models.CASCADE, related_name="offers")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    slot = models.ForeignKey("scheduling.Slot", on_delete=models.CASCADE, related_name="offers")
    state = models.CharField(max_length=10, choices=OfferState, default=OfferState.OPEN)
    by = models.CharField(max_length=10, choices=OfferedBy)
    why_call = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    thread = models.ForeignKey(Thread, null=True, on_delete=models.SET_NULL, related_name="+")
    appointment = models.ForeignKey("scheduling.Appointment", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slot"], condition=Q(state="open"), name="slot_offer_to_one"),
            models.UniqueConstraint(fields=["entry"], condition=Q(state="open"), name="slot_offer_one_at_a_time"),
            models.UniqueConstraint(
                fields=["entry", "slot"], condition=~Q(state="withdrawn"), name="slot_offer_not_again"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None) | ~Q(state="open") & Q(ended_at__isnull=False),
                name="slot_offer_ended_or_not",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", appointment__isnull=False) | ~Q(state="accepted") & Q(appointment=None),
                name="slot_offer_accepted_is_booked",
            ),
        ]


class WaitingEvent(TenantModel):
    """The log of one entry, for people to read."""

    entry = models.ForeignKey(WaitingEntry, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=20)
    actor_name = models.CharField(max_length=200)
    slot_starts = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["entry", "at"], name="waiting_log_order")]
