"""Reads for screens and for the program that does the accounts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from skranke.billing.models import CardState, InvoiceCard, PriceCode
from skranke.patients.models import Patient
from skranke.scheduling.models import AppointmentType, Schedule


@dataclass(frozen=True, slots=True)
class Sum:
    """What a card comes to. user_fee: what the patient pays."""

    fee: Decimal
    user_fee: Decimal


def cards_of(patient: Patient) -> list[InvoiceCard]:
    """The patient's cards that were not discarded, the newest first, with their lines."""
    rows = InvoiceCard.objects.filter(patient=patient).exclude(state=CardState.DISCARDED)
    return list(rows.prefetch_related("lines").order_by("-starts", "-id"))


def drafts_of(patient: Patient) -> list[InvoiceCard]:
    """The drafts that somebody at the clinic has begun (BIL-3), the newest first."""
    return [one for one in cards_of(patient) if one.state == CardState.DRAFT]


def sum_of(card: InvoiceCard) -> Sum:
    """What a card comes to."""
    lines = list(card.lines.all())
    zero = Decimal(0)
    return Sum(sum((one.fee for one in lines), zero), sum((one.user_fee for one in lines), zero))


def appointments_with_card(appointment_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of some appointments that have a card, for the mark in the calendar (CAL-12)."""
    rows = InvoiceCard.objects.filter(appointment_id__in=appointment_ids).exclude(state=CardState.DISCARDED)
    return frozenset(identity for identity in rows.values_list("appointment_id", flat=True) if identity is not None)


def overlapping(card: InvoiceCard) -> list[InvoiceCard]:
    """The patient's other cards of the same time (BIL-2)."""
    others = InvoiceCard.objects.filter(patient_id=card.patient_id, starts__lt=card.ends, ends__gt=card.starts)
    return list(others.exclude(id=card.id).exclude(state=CardState.DISCARDED).order_by("starts"))


def price_codes(schedule: Schedule, kind: AppointmentType) -> Sequence[str]:
    """The codes that come by themselves for a type in a timebok (TYP-9)."""
    rows = PriceCode.objects.filter(schedule=schedule, type=kind).order_by("code")
    return list(rows.values_list("code", flat=True))
