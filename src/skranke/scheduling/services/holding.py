"""A time that a patient has picked and not confirmed is held for a while, in our own channels (BOK-11)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from skranke.audit.actions import Action
from skranke.audit.services import event
from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.patients.models import Patient
from skranke.scheduling.errors import SlotTakenError
from skranke.scheduling.models import BookedThrough, Occupancy, OccupancyKind, Slot
from skranke.scheduling.services.booking import Request, Words, check_slot, clear_expired
from skranke.scheduling.services.locks import Stretch, lock_for_booking
from skranke.scheduling.values import Refusal
from skranke.tenancy.live import announcement
from skranke.tenancy.rows import insert, insert_once


def hold(slot: Slot, patient: Patient, through: BookedThrough = BookedThrough.PORTAL) -> datetime:
    """Hold a free time for the patient, who gives up any other; until when it is held.

    The rules of booking decide. A time that the patient holds already is held no longer than it was.
    Raises SlotTakenError when it is not free, BookingRefusedError when a rule refuses it.
    """
    lock_for_booking(patient.id, Stretch(slot.schedule_id, slot.during.lower, slot.during.upper))
    now = clock.now()
    found = Slot.objects.select_related("schedule", "type").filter(id=slot.id, during=slot.during).first()
    if found is None:
        raise SlotTakenError(Refusal.GONE)
    check_slot(Request(patient, through, this_clinic(), Words()), found, None, now)
    kept = held_until(found, patient, now)
    if kept is not None:
        return kept
    _holds(patient).delete()
    clear_expired(found.schedule_id, now, found.during)
    until = now + timedelta(seconds=settings.OURS.hold_seconds)
    group = found.capacity > 1
    row = Occupancy(
        clinic_id=patient.clinic_id,
        schedule=found.schedule,
        during=found.during,
        kind=OccupancyKind.HOLD,
        exclusive=not group,
        expires_at=until,
        source_id=patient.id,
        slot=found if group else None,
        patient_id=patient.id if group else None,
    )
    if not insert_once(row):
        raise SlotTakenError
    _tell(found, patient, Action.SLOT_HELD)
    return until


def let_go(slot: Slot, patient: Patient) -> None:
    """Give back the time, if the patient holds it."""
    if _holds(patient).filter(schedule_id=slot.schedule_id, starts=slot.during.lower).delete()[0]:
        _tell(slot, patient, Action.SLOT_LET_GO)


def held_until(slot: Slot, patient: Patient, now: datetime | None = None) -> datetime | None:
    """Until when the patient holds the time; None when it is not held any more."""
    own = _holds(patient).filter(schedule_id=slot.schedule_id, during=slot.during, expires_at__gt=now or clock.now())
    return own.values_list("expires_at", flat=True).first()


def _holds(patient: Patient) -> QuerySet[Occupancy]:
    return Occupancy.objects.filter(kind=OccupancyKind.HOLD, source_id=patient.id)


def _tell(slot: Slot, patient: Patient, action: Action) -> None:
    """The log, and the open screens on which the time is free no more, or again."""
    row = event(action, subject_kind="slot", subject_id=slot.id, patient_id=patient.id)
    insert(row, calls=[announcement("schedule", slot.schedule_id)])
