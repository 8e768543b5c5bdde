"""Moving an appointment: the new time is taken and the old one given back in one commit, or nothing happens."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.scheduling.errors import BookingRefusedError, SlotTakenError, WrongStateError
from skranke.scheduling.facts import busy_times
from skranke.scheduling.models import STANDING, Appointment, BookedThrough, Schedule, Slot, SlotState
from skranke.scheduling.places import is_free, no_place_in
from skranke.scheduling.queries import find_slot
from skranke.scheduling.resources import by_load, slots_of_offer
from skranke.scheduling.services.booking import (
    Request,
    Words,
    check_helsenorge,
    check_length,
    check_slot,
    check_start,
    free_time,
    locked,
    occupy,
)
from skranke.scheduling.services.cancelling import check_may_give_up
from skranke.scheduling.services.changing import give_type
from skranke.scheduling.services.locks import Stretch, lock_for_booking
from skranke.scheduling.services.noticing import BY_PATIENT, plan_change
from skranke.scheduling.services.record import CHANGED, has_unsent_push, log, push, withdraw_pushes
from skranke.scheduling.values import Refusal
from skranke.tenancy.live import announce

_FIELDS = ("schedule", "during", "slot", "version", "type", "contact", "address", "hidden")


def move(
    appointment: Appointment,
    *,
    slot: Slot | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    concurrent: bool = False,
    expected_version: int | None = None,
) -> Appointment:
    """Give an appointment another time: same id, same uid, told as one change (APT-8, APT-9, APT-21, DDFL-PU-03).

    To a slot, or to any time of the same schedule. The time it leaves is free again under a new uid.
    Raises SlotTakenError, BookingRefusedError for a second place in one group, WrongStateError when it no longer
    stands, AppointmentChangedError on another version, InvalidError for a time that is none.
    """
    target, during = _target(appointment, slot, start, end)
    _lock(appointment, target, during)
    now = clock.now()
    held = locked(appointment, expected_version)
    if held.state not in STANDING:
        raise WrongStateError(_("Timen kan ikke flyttes slik den står nå."))
    if slot is not None and not Slot.objects.filter(id=slot.id, state=SlotState.OPEN).exists():
        raise SlotTakenError(Refusal.GONE)
    if slot is not None and slot.capacity > 1:
        _check_place(slot, held, now)
    elif not concurrent and busy_times([target.id], during.lower, during.upper, now, without=[held.id]):
        raise SlotTakenError
    _put(held, target, during, slot, now, exclusive=not concurrent)
    plan_change(held, now)
    if not has_unsent_push(held):
        push(held, CHANGED, now, grace_seconds=this_clinic().grace_seconds)
    return held


def move_for_patient(
    appointment: Appointment,
    *,
    through: BookedThrough,
    slot_uid: UUID | str,
    contact_her_id: str = "",
    expect: tuple[datetime, datetime] | None = None,
) -> Appointment:
    """Give a patient's appointment a free slot that the patient has chosen (D-41, BOK-7, BOK-12).

    Every rule of booking is asked of the new time, with the appointment itself not counted, and the deadline for
    cancelling of the old one. It takes the slot's type. HelseNorge is told by its answer, never by a push. Asked again
    for the time it has, it stays, with `already` set.
    Raises SlotTakenError or BookingRefusedError for the new time, CancellationRefusedError for the old one; nothing
    has been written then.
    """
    request = Request(appointment.patient, through, this_clinic(), Words(), expect, appointment)
    slot = _wanted(appointment, slot_uid, contact_her_id, expect)
    if slot is not None:
        _lock(appointment, slot.schedule, slot.during)
        appointment = locked(appointment)
        if appointment.slot_id == slot.id and appointment.during == slot.during and appointment.state in STANDING:
            appointment.already = True
            return appointment
    shown = check_helsenorge(request, slot, contact_her_id) if through == BookedThrough.HELSENORGE else None
    now = clock.now()
    check_may_give_up(appointment, through, now)
    wanted = Slot.objects.select_related("schedule", "type").filter(id=slot.id).first() if slot is not None else None
    if slot is None or wanted is None or (wanted.uid, wanted.during) != (slot.uid, slot.during):
        raise SlotTakenError(Refusal.GONE)
    check_slot(request, wanted, shown, now)
    if wanted.type_id != appointment.type_id:
        give_type(appointment, wanted.type)
    _put(appointment, wanted.schedule, wanted.during, wanted, now, exclusive=True)
    withdraw_pushes(appointment)
    plan_change(appointment, now, by=BY_PATIENT)
    return appointment


def _wanted(
    appointment: Appointment,
    slot_uid: UUID | str,
    contact_her_id: str,
    expect: tuple[datetime, datetime] | None,
) -> Slot | None:
    """The slot a patient has chosen; of a common service's offer the one it has, else the first that is free."""
    start = expect[0] if expect else None
    offered = slots_of_offer(appointment.clinic_id, slot_uid, start)
    if not offered:
        return find_slot(uid=slot_uid, contact_her_id=contact_her_id, start=start)
    own = next((one for one in offered if one.id == appointment.slot_id), None)
    now = clock.now()
    return own or next((one for one in by_load(offered) if is_free(one, now)), None)


def _check_place(slot: Slot, held: Appointment, now: datetime) -> None:
    """A group has a place left for the patient; nobody is put beside it (TYP-6)."""
    refusal, _expired = no_place_in(slot, now, held.patient_id, without=[held.id])
    if refusal is Refusal.IN_GROUP:
        raise BookingRefusedError(refusal, _("Pasienten har allerede plass i denne gruppetimen."))
    if refusal is not None:
        raise SlotTakenError(refusal)


def _lock(appointment: Appointment, target: Schedule, during: DateTimeTZRange) -> None:
    """The days of both times; that the appointment may have moved meanwhile the exclusion constraint covers."""
    old = appointment.during
    lock_for_booking(
        appointment.patient_id,
        Stretch(appointment.schedule_id, old.lower, old.upper),
        Stretch(target.id, during.lower, during.upper),
    )


def _put(
    held: Appointment, target: Schedule, during: DateTimeTZRange, slot: Slot | None, now: datetime, *, exclusive: bool
) -> None:
    """Out of the old time and into the new, both or neither. Raises SlotTakenError, and nothing has changed then."""
    before, old = held.schedule_id, held.during
    with transaction.atomic():
        free_time(held, offer_again=True)
        held.schedule, held.during, held.slot = target, during, slot
        occupy(held, now, exclusive=exclusive)
        held.version += 1
        held.save(update_fields=_FIELDS)
    log(held, "moved", Action.APPOINTMENT_MOVED, now, {"from": old.lower.isoformat(), "to": during.lower.isoformat()})
    if target.id != before:
        announce(kind="schedule", id=before)


def _target(
    appointment: Appointment, slot: Slot | None, start: datetime | None, end: datetime | None
) -> tuple[Schedule, DateTimeTZRange]:
    if slot is not None:
        return slot.schedule, slot.during
    old = appointment.during
    begins = start or old.lower
    check_start(begins)
    during = DateTimeTZRange(begins, end or begins + (old.upper - old.lower))
    check_length(during.lower, during.upper)
    return appointment.schedule, during
