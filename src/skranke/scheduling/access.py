"""One way to each thing of scheduling: absent and forbidden look the same (house rule 3)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from skranke.audit.actions import Action
from skranke.audit.services import event, record
from skranke.clinics.organisation.queries import groups, members_of
from skranke.clinics.queries import this_clinic
from skranke.dialog.access import employee_of, patient_of
from skranke.kernel import clock
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import NotFoundError
from skranke.scheduling import rules
from skranke.scheduling.facts import patient_facts, schedule_facts, type_facts
from skranke.scheduling.layouts import DisplayGroup
from skranke.scheduling.models import (
    Appointment,
    AppointmentState,
    AppointmentType,
    BookedThrough,
    CalendarEvent,
    Schedule,
    Slot,
    WeekTemplate,
)
from skranke.scheduling.smart.models import SmartSlot
from skranke.tenancy.rows import insert

Row = TypeVar("Row")


def get_schedule_for(actor: Actor, schedule_id: UUID) -> Schedule:
    """A schedule of the actor's clinic; patients have no way to one."""
    return _one(Schedule.objects.select_related("owner").filter(**_staff(actor), id=schedule_id).first())


def owners_of(schedule: Schedule) -> frozenset[UUID]:
    """The employees whose own schedule it is: one, the members of a group now (ORG-10), or nobody (CAL-3)."""
    if schedule.group_id is not None:
        group = next((one for one in groups() if one.id == schedule.group_id), None)
        return frozenset(one.id for one in members_of(group)) if group is not None else frozenset()
    return frozenset({schedule.owner_id} if schedule.owner_id else ())


def get_event_for(actor: Actor, event_id: UUID) -> CalendarEvent:
    """An event of the actor's clinic (PLN-12)."""
    rows = CalendarEvent.objects.select_related("schedule")
    return _one(rows.filter(**_staff(actor), id=event_id).first())


def get_group_for(actor: Actor, group_id: UUID) -> DisplayGroup:
    """A display group that the actor has made (CAL-11)."""
    return _one(DisplayGroup.objects.filter(**_staff(actor), employee=employee_of(actor), id=group_id).first())


def get_template_for(actor: Actor, template_id: UUID) -> WeekTemplate:
    """A week template of the actor's clinic."""
    return _one(WeekTemplate.objects.filter(**_staff(actor), id=template_id).first())


def owns_a_schedule(actor: Actor) -> bool:
    """Whether the actor is, alone or in a group, the owner of a schedule in use."""
    if actor.person_id is None:
        return False
    rows = Schedule.objects.filter(archived=False)
    return rows.filter(owner_id=actor.person_id).exists() or any(
        actor.person_id in owners_of(one) for one in rows.filter(group__isnull=False)
    )


def get_slot_for(actor: Actor, slot_id: UUID) -> Slot:
    """A slot of the actor's clinic."""
    rows = Slot.objects.select_related("schedule", "type")
    return _one(rows.filter(**_staff(actor), id=slot_id).first())


def get_smart_slot_for(actor: Actor, slot_id: UUID) -> SmartSlot:
    """A smart slot of the actor's clinic that stands (PLN-13)."""
    rows = SmartSlot.objects.select_related("schedule").filter(**_staff(actor), removed=False)
    return _one(rows.filter(id=slot_id).first())


def get_slot_to_book_for(actor: Actor, slot_id: UUID) -> Slot:
    """A slot of what the patient who acts may book in our own channels, be it free or not (CAL-4, BOK-2)."""
    rows = Slot.objects.select_related("schedule", "type").filter(clinic_id=actor.clinic_id, id=slot_id, state="open")
    slot = _one(rows.first())
    schedule, kind = schedule_facts(slot.schedule), type_facts(slot.type)
    asks = patient_facts(patient_of(actor), clock.now(), count=False, lists=rules.lists_asked([schedule]))
    shut = rules.out_of_use(schedule, kind) or rules.offline(schedule, kind)
    return _one(None if shut or not rules.is_entitled(asks, schedule) else slot)


def get_type_for(actor: Actor, type_id: UUID) -> AppointmentType:
    """An appointment type of the actor's clinic."""
    return _one(AppointmentType.objects.select_related("owner").filter(**_staff(actor), id=type_id).first())


def get_appointment_for(actor: Actor, appointment_id: UUID) -> Appointment:
    """An appointment of the actor's clinic; for a patient one of `own_appointments`.

    The reading is audited (NFR-1).
    """
    is_patient = actor.kind == ActorKind.PATIENT
    rows = own_appointments(actor) if is_patient else Appointment.objects.filter(**_staff(actor))
    found = _one(rows.select_related("schedule", "type", "patient", "slot").filter(id=appointment_id).first())
    record(Action.APPOINTMENT_READ, subject_kind="appointment", subject_id=found.id, patient_id=found.patient_id)
    return found


def get_appointments_for(actor: Actor, appointment_ids: Sequence[UUID]) -> list[Appointment]:
    """Several appointments of the actor's clinic by start, for staff; one that is not there is as none (APT-13).

    The reading of each is audited (NFR-1).
    """
    wanted = set(appointment_ids)
    rows = Appointment.objects.filter(**_staff(actor), id__in=wanted).select_related("schedule", "type", "patient")
    found = list(rows.order_by("starts", "id"))
    if len(found) != len(wanted):
        raise NotFoundError("There is no such thing here.")
    note_reading(found)
    return found


def note_reading(appointments: Sequence[Appointment]) -> None:
    """Write that the acting employee has seen these appointments (NFR-1)."""
    rows = [
        event(Action.APPOINTMENT_READ, subject_kind="appointment", subject_id=one.id, patient_id=one.patient_id)
        for one in appointments
    ]
    if rows:
        insert(*rows)


def own_appointments(actor: Actor) -> QuerySet[Appointment]:
    """What a patient who acts is shown: the own appointments that are neither hidden (TYP-4) nor deleted.

    One that staff has made is not told before the time to regret it has passed (APT-5, APT-6).
    """
    if actor.person_id is None:
        raise NotFoundError("There is no such thing here.")
    told_before = clock.now() - timedelta(seconds=this_clinic().grace_seconds)
    own = Appointment.objects.filter(clinic_id=actor.clinic_id, patient_id=actor.person_id, hidden=False)
    untold = Q(booked_through=BookedThrough.STAFF, created_at__gt=told_before)
    return own.exclude(untold).exclude(state=AppointmentState.DELETED)


def _staff(actor: Actor) -> dict[str, UUID]:
    if actor.kind == ActorKind.PATIENT:
        raise NotFoundError("There is no such thing here.")
    return {"clinic_id": actor.clinic_id}


def _one(row: Row | None) -> Row:
    if row is None:
        raise NotFoundError("There is no such thing here.")
    return row
