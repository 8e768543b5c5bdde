"""One way to each thing of scheduling: absent and forbidden look the same (house rule 3)."""

from typing import TypeVar
from uuid import UUID

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import NotFoundError
from skranke.scheduling.models import Appointment, AppointmentType, Schedule, Slot

Row = TypeVar("Row")


def get_schedule_for(actor: Actor, schedule_id: UUID) -> Schedule:
    """A schedule of the actor's clinic; patients have no way to one."""
    return _one(Schedule.objects.select_related("owner").filter(**_staff(actor), id=schedule_id).first())


def get_slot_for(actor: Actor, slot_id: UUID) -> Slot:
    """A slot of the actor's clinic."""
    rows = Slot.objects.select_related("schedule", "type")
    return _one(rows.filter(**_staff(actor), id=slot_id).first())


def get_type_for(actor: Actor, type_id: UUID) -> AppointmentType:
    """An appointment type of the actor's clinic."""
    return _one(AppointmentType.objects.filter(**_staff(actor), id=type_id).first())


def get_appointment_for(actor: Actor, appointment_id: UUID) -> Appointment:
    """An appointment of the actor's clinic; for a patient one of the patient's own that is not hidden (TYP-4).

    The reading is audited (NFR-1).
    """
    rows = Appointment.objects.select_related("schedule", "type", "patient", "slot")
    if actor.kind == ActorKind.PATIENT and actor.person_id is not None:
        rows = rows.filter(clinic_id=actor.clinic_id, patient_id=actor.person_id, hidden=False)
    else:
        rows = rows.filter(**_staff(actor))
    found = _one(rows.filter(id=appointment_id).first())
    record(Action.APPOINTMENT_READ, subject_kind="appointment", subject_id=found.id, patient_id=found.patient_id)
    return found


def _staff(actor: Actor) -> dict[str, UUID]:
    if actor.kind == ActorKind.PATIENT:
        raise NotFoundError("There is no such thing here.")
    return {"clinic_id": actor.clinic_id}


def _one(row: Row | None) -> Row:
    if row is None:
        raise NotFoundError("There is no such thing here.")
    return row
