"""Drafts of invoice cards, their lines, and the codes that come by themselves."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from skranke.dialog.models import Thread
from skranke.kernel import clock
from skranke.patients.models import Patient
from skranke.scheduling.models import Appointment, AppointmentType, Schedule
from skranke.tenancy.models import TenantModel


class CardSource(models.TextChoices):
    """What a card was made from (BIL-1, BIL-6, BIL-8)."""

    PATIENT = "patient", _("Pasienten")
    APPOINTMENT = "appointment", _("Time")
    E_CONSULTATION = "e_consultation", _("eKonsultasjon")
    NO_SHOW = "no_show", _("Ikke møtt")
    LATE_CANCEL = "late_cancel", _("Avbestilt for sent")


class CardState(models.TextChoices):
    """DRAFT is being filled in; READY waits for the program that does the accounts; DISCARDED is not to be used."""

    DRAFT = "draft", _("Utkast")
    READY = "ready", _("Klart")
    DISCARDED = "discarded", _("Forkastet")


class NoUserFee(models.TextChoices):
    """Why the patient pays no user fee (BIL-9)."""

    PAYS = "", _("Betaler egenandel")
    UNDER_AGE = "under_age", _("Under 16 år")
    EXEMPTION_CARD = "exemption_card", _("Frikort")


class InvoiceCard(TenantModel):
    """A card (regningskort) as the clinic fills it in; another program does the accounts.

    starts, ends: when the work was done. free: why no user fee is paid, as it was on that day when last written.
    tariff: the first day of the edition that its lines were priced by.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="invoice_cards")
    source = models.CharField(max_length=20, choices=CardSource)
    appointment = models.ForeignKey(Appointment, null=True, on_delete=models.PROTECT, related_name="invoice_cards")
    thread = models.ForeignKey(Thread, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=CardState, default=CardState.DRAFT)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    free = models.CharField(max_length=20, choices=NoUserFee, blank=True, default=NoUserFee.PAYS)
    tariff = models.DateField()
    created_at = models.DateTimeField(default=clock.now)
    created_by_name = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=models.F("starts")), name="invoice_card_takes_time"),
            models.UniqueConstraint(
                fields=["appointment"], condition=~Q(state="discarded"), name="invoice_card_once_an_appointment"
            ),
        ]
        indexes = [models.Index(fields=["clinic_id", "patient", "starts"], name="invoice_card_patient")]


class InvoiceLine(TenantModel):
    """A code on a card, with the text and the amounts it had in the edition it was priced by."""

    card = models.ForeignKey(InvoiceCard, on_delete=models.CASCADE, related_name="lines")
    code = models.CharField(max_length=10)
    text = models.CharField(max_length=200)
    fee = models.DecimalField(max_digits=8, decimal_places=2)
    user_fee = models.DecimalField(max_digits=8, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["card", "code"], name="invoice_line_once"),
            models.CheckConstraint(
                condition=Q(user_fee__gte=0, fee__gte=models.F("user_fee")), name="invoice_line_fee_covers_the_users"
            ),
        ]


class PriceCode(TenantModel):
    """A code that comes by itself on the card of an appointment of a type in a timebok (TYP-9, BIL-4)."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="+")
    type = models.ForeignKey(AppointmentType, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schedule", "type", "code"], name="price_code_once")]
