"""Smart slots come and go, and appointments are placed in them (PLN-13, PLN-14)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.dialog.access import employee_of
from skranke.kernel import clock
from skranke.kernel.actor import ActorKind
from skranke.kernel.errors import InvalidError
from skranke.kernel.ids import new_id
from skranke.patients.models import Patient
from skranke.scheduling import rules
from skranke.scheduling.errors import OverlappingSlotsError, SlotTakenError
from skranke.scheduling.models import Appointment, AppointmentType, ContactInterface, Schedule, Visibility
from skranke.scheduling.services.booking import book_extra
from skranke.scheduling.services.locks import Stretch, lock_for_booking, lock_schedule
from skranke.scheduling.smart.models import MOST_TYPES, SmartSlot, SmartTypeUsed
from skranke.scheduling.smart.queries import possible_starts, types_of
from skranke.scheduling.smart.removing import others_at
from skranke.scheduling.values import Refusal
from skranke.tenancy.live import announce
from skranke.tenancy.work import current_actor


def add_smart_slot(
    schedule: Schedule, *, start: datetime, end: datetime, types: Sequence[AppointmentType]
) -> SmartSlot:
    """Make a smart slot. Raises InvalidError, OverlappingSlotsError where another one is."""
    ids = _checked(start, end, types)
    lock_schedule(schedule.id)
    _check_free(schedule, start, end)
    slot = SmartSlot.objects.create(
        clinic_id=schedule.clinic_id, schedule=schedule, during=DateTimeTZRange(start, end), type_ids=ids
    )
    record(Action.SLOT_CREATED, subject_kind="smart_slot", subject_id=slot.id)
    announce(kind="schedule", id=schedule.id)
    return slot


def change_smart_slot(
    slot: SmartSlot, *, start: datetime, end: datetime, types: Sequence[AppointmentType]
) -> SmartSlot:
    """Give it another time or other types; appointments in it stay. Raises InvalidError, OverlappingSlotsError."""
    ids = _checked(start, end, types)
    lock_schedule(slot.schedule_id)
    _check_free(slot.schedule, start, end, but=slot.id)
    slot.during, slot.type_ids = DateTimeTZRange(start, end), ids
    slot.save(update_fields=["during", "type_ids"])
    record(Action.SCHEDULE_CHANGED, subject_kind="smart_slot", subject_id=slot.id)
    announce(kind="schedule", id=slot.schedule_id)
    return slot


def remove_smart_slot(slot: SmartSlot) -> None:
    """Take it away; appointments in it stay."""
    lock_schedule(slot.schedule_id)
    SmartSlot.objects.filter(id=slot.id).update(removed=True)
    record(Action.SLOT_REMOVED, subject_kind="smart_slot", subject_id=slot.id)
    announce(kind="schedule", id=slot.schedule_id)


def book_in_smart_slot(
    slot: SmartSlot,
    *,
    type: AppointmentType,  # noqa: A002 - the domain's word
    patient: Patient,
    start: datetime,
    reason: str = "",
    note: str = "",
    contact: ContactInterface | str = "",
) -> Appointment:
    """Place an appointment in a smart slot, for staff, at one of its possible starts.

    Raises SlotTakenError when the smart slot is gone, takes the type no more, or has no room there by now; what
    `book_extra` raises besides.
    """
    lock_for_booking(patient.id, Stretch(slot.schedule_id, slot.during.lower, slot.during.upper))
    present = SmartSlot.objects.select_related("schedule").filter(id=slot.id, removed=False).first()
    if present is None or type.id not in {one.id for one in types_of([present])[present.id]}:
        raise SlotTakenError(Refusal.GONE)
    if start not in possible_starts(present, type.minutes, clock.now()):
        raise SlotTakenError
    made = book_extra(
        schedule=present.schedule, type=type, patient=patient, start=start, reason=reason, note=note, contact=contact
    )
    _note_type(type)
    return made


def _note_type(kind: AppointmentType) -> None:
    actor = current_actor()
    if actor.kind != ActorKind.EMPLOYEE:
        return
    employee = employee_of(actor)
    row = SmartTypeUsed(id=new_id(), clinic_id=employee.clinic_id, employee=employee, type=kind)
    SmartTypeUsed.objects.bulk_create([row], update_conflicts=True, unique_fields=["employee"], update_fields=["type"])


def _checked(start: datetime, end: datetime, types: Sequence[AppointmentType]) -> list[UUID]:
    if any(one.second or one.microsecond for one in (start, end)):
        raise InvalidError(_("En smartluke begynner og slutter på et helt minutt."), field="start")
    if end <= start or clock.oslo(start).date() != clock.oslo(end).date():
        raise InvalidError(_("Smartluken må slutte etter at den begynner, samme dag."), field="end")
    if not rules.is_within_reach(start, clock.now()):
        raise InvalidError(_("Tidspunktet er mer enn ti år unna. Se over datoen."), field="day")
    if not 0 < len(types) <= MOST_TYPES or any(one.visibility == Visibility.GROUP for one in types):
        raise InvalidError(_("Velg minst én timetype, høyst 20, og ingen gruppetimer."), field="types")
    longest = max(one.minutes for one in types)
    if (end - start).total_seconds() < longest * 60:
        told = _("Smartluken er kortere enn den lengste timetypen, som varer %(minutter)d minutter.")
        raise InvalidError(told % {"minutter": longest}, field="end")
    return [one.id for one in types]


def _check_free(schedule: Schedule, start: datetime, end: datetime, but: UUID | None = None) -> None:
    others = others_at(schedule, start, end)
    if (others.exclude(id=but) if but else others).exists():
        raise OverlappingSlotsError(_("Det er allerede en smartluke på dette tidspunktet."), field="start")
