"""Reads rows into the facts that `rules.py` judges: few statements, tuples on the long lists."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count

from skranke.clinics.models import Clinic
from skranke.kernel.actor import ActorKind
from skranke.patients.models import Patient, PatientListMember
from skranke.scheduling.models import STANDING, Appointment, AppointmentType, BookedThrough, Limits, Schedule
from skranke.scheduling.values import Busy, LimitFacts, PatientFacts, ScheduleFacts, SlotFacts, TypeFacts
from skranke.tenancy.work import current_actor

_SLOTS = """
    SELECT schedule_id, extract(epoch FROM starts)::bigint, extract(epoch FROM ends)::bigint,
           type_id, id, uid, extract(epoch FROM available_from)::bigint, capacity
      FROM scheduling_slot
     WHERE schedule_id = ANY(%s) AND state = 'open' AND starts >= %s AND starts < %s
     ORDER BY schedule_id, starts
"""
# The row of a group as a whole is for the exclusion constraint: its places say whose they are.
_BUSY = """
    SELECT schedule_id, extract(epoch FROM starts)::bigint, ceil(extract(epoch FROM ends))::bigint, slot_id, patient_id
      FROM scheduling_occupancy
     WHERE schedule_id = ANY(%s) AND ends > %s AND starts < %s AND kind <> 'group'
       AND (expires_at IS NULL OR expires_at > %s) AND source_id <> ALL(%s::uuid[])
     ORDER BY schedule_id, starts
"""
# Row-level security shows a patient no other's time; this function tells when it is in use, and not whose it is.
_BUSY_TO_PATIENT = """
    SELECT schedule_id, extract(epoch FROM starts)::bigint, ceil(extract(epoch FROM ends))::bigint, slot_id, patient_id
      FROM times_in_use(%s, %s, %s)
     WHERE (expires_at IS NULL OR expires_at > %s) AND (source_id = ANY(%s::uuid[])) IS NOT TRUE
     ORDER BY schedule_id, starts
"""
_USED = """
    SELECT coalesce(bool_or(expires_at IS NULL OR expires_at > %s), false), coalesce(bool_or(expires_at <= %s), false)
      FROM scheduling_occupancy WHERE schedule_id = %s AND ends > %s AND starts < %s AND kind <> 'group'
"""


def clinic_limits(clinic: Clinic) -> LimitFacts:
    """The clinic's own limits (BOK-8)."""
    return LimitFacts(
        max_self_booked=clinic.max_self_booked,
        days_ahead=clinic.days_ahead,
        booking_deadline_hours=clinic.booking_deadline_hours,
        cancellation_allowed=clinic.cancellation_allowed,
        cancellation_deadline_hours=clinic.cancellation_deadline_hours,
        first_only=clinic.first_only or None,
    )


def _limits(row: Limits) -> LimitFacts:
    return LimitFacts(
        max_self_booked=row.max_self_booked,
        days_ahead=row.days_ahead,
        booking_deadline_hours=row.booking_deadline_hours,
        cancellation_allowed=row.cancellation_allowed,
        cancellation_deadline_hours=row.cancellation_deadline_hours,
        first_only=row.first_only or None,
    )


def schedule_facts(row: Schedule) -> ScheduleFacts:
    """A schedule's row as facts."""
    return ScheduleFacts(
        id=row.id,
        internal_name=row.internal_name,
        public_name=row.public_name,
        owner_id=row.owner_id,
        online=row.online,
        archived=row.archived,
        audience=row.audience,
        list_id=row.patient_list_id,
        limits=_limits(row),
    )


def type_facts(row: AppointmentType) -> TypeFacts:
    """A type's row as facts."""
    return TypeFacts(
        id=row.id,
        name=row.name,
        active=row.active,
        bookable_online=row.bookable_online,
        visibility=row.visibility,
        contact=row.contact,
        colour=row.colour,
        must_call=row.must_call,
        urgent=row.urgent,
        category=row.category,
        information=row.information,
        address=row.address,
        price=row.price,
        custom_limits=row.custom_limits,
        custom_cancellation=row.custom_cancellation,
        limits=_limits(row),
    )


def all_types() -> dict[UUID, TypeFacts]:
    """Every type of the clinic, by id."""
    return {row.id: type_facts(row) for row in AppointmentType.objects.all()}


def _self_booked(patient: Patient, now: datetime, without: UUID | None) -> list[tuple[UUID, UUID, int]]:
    rows = Appointment.objects.filter(patient=patient, state__in=STANDING).exclude(booked_through=BookedThrough.STAFF)
    return list(
        (rows if without is None else rows.exclude(id=without))
        .filter(starts__gt=now)
        .values_list("schedule_id", "type_id")
        .annotate(number=Count("id"))
        .order_by()
    )


def patient_facts(
    patient: Patient,
    now: datetime,
    *,
    count: bool = True,
    lists: frozenset[UUID] = frozenset(),
    without: UUID | None = None,
) -> PatientFacts:
    """A patient with the counts that the limits need (BOK-4): standing, self-booked, not yet begun.

    count: False where no limit asks for the counts (`rules.limits_number`); they are left at zero then.
    lists: the patient lists that decide (`rules.lists_asked`). without: an appointment that does not count, such as
    one about to move.
    """
    counts = _self_booked(patient, now, without) if count else []
    by_schedule: dict[UUID, int] = {}
    by_type: dict[UUID, int] = {}
    for schedule_id, type_id, number in counts:
        by_schedule[schedule_id] = by_schedule.get(schedule_id, 0) + number
        by_type[type_id] = by_type.get(type_id, 0) + number
    return PatientFacts(
        id=patient.id,
        gp_id=patient.gp_id,
        on_gp_list=patient.on_gp_list,
        list_ids=_on_lists(patient, lists),
        blocked=patient.blocked,
        booked=sum(by_schedule.values()),
        booked_by_schedule=by_schedule,
        booked_by_type=by_type,
    )


def _on_lists(patient: Patient, lists: frozenset[UUID]) -> frozenset[UUID]:
    if not lists:
        return frozenset()
    if current_actor().kind == ActorKind.PATIENT:
        # Who stands on which list is no patient's to read.
        with connection.cursor() as cursor:
            cursor.execute("SELECT booking_lists_of_me()")
            return lists & frozenset(row[0] for row in cursor.fetchall())
    found = PatientListMember.objects.filter(patient=patient, list_id__in=lists)
    return frozenset(found.values_list("list_id", flat=True))


def open_slots(schedule_ids: Sequence[UUID], start: datetime, end: datetime) -> list[SlotFacts]:
    """The open slots that start in [start, end), by schedule and start."""
    with connection.cursor() as cursor:
        cursor.execute(_SLOTS, [list(schedule_ids), start, end])
        return list(map(SlotFacts._make, cursor.fetchall()))


def busy_times(
    schedule_ids: Sequence[UUID], start: datetime, end: datetime, now: datetime, *, without: Iterable[UUID] = ()
) -> list[Busy]:
    """Time in use in [start, end), by schedule and start; expired holds do not count.

    without: sources that do not count, such as the appointment that is about to move.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _BUSY_TO_PATIENT if _is_patient() else _BUSY, [list(schedule_ids), start, end, now, list(without)]
        )
        return list(map(Busy._make, cursor.fetchall()))


def _is_patient() -> bool:
    return current_actor().kind == ActorKind.PATIENT


def time_in_use(schedule_id: UUID, start: datetime, end: datetime, now: datetime) -> tuple[bool, bool]:
    """Whether anything uses time in [start, end) of one schedule, and whether an expired hold lies there."""
    with connection.cursor() as cursor:
        cursor.execute(_USED, [now, now, schedule_id, start, end])
        used, expired = cursor.fetchone()
    return used, expired
