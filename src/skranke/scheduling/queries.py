"""Reads of scheduling: the offer for every audience, HelseNorge's question, and lists of appointments."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import CommunicationParty, Employee, PartyKind
from skranke.clinics.queries import this_clinic
from skranke.dialog.models import Thread
from skranke.kernel import clock
from skranke.kernel.ids import uuid_or_none
from skranke.patients.models import Patient
from skranke.scheduling import rules
from skranke.scheduling.errors import BookingRefusedError, text_for
from skranke.scheduling.facts import (
    all_types,
    busy_times,
    clinic_limits,
    open_slots,
    patient_facts,
    schedule_facts,
)
from skranke.scheduling.helsenorge import Calendar, only_schedule, resource_schedules, why_no_slots
from skranke.scheduling.models import STANDING, Appointment, AppointmentType, OwnerKind, Schedule, Slot, SlotState, Wish
from skranke.scheduling.resources import NO_GPS, united
from skranke.scheduling.values import OfferAudience, OfferedSlot, PatientFacts, Refusal, ScheduleFacts, SlotAnswer

QUESTION_DAYS = 28

__all__ = [
    "appointment_page",
    "appointments",
    "coming_appointments",
    "find_slot",
    "helsenorge_question",
    "offered_slots",
    "schedules",
    "told_appointments",
    "types",
    "why_no_slots",
    "wish_of",
]


def schedules(*, archived: bool = False) -> list[Schedule]:
    """The clinic's schedules by internal name, with their owners."""
    rows = Schedule.objects.select_related("owner", "group", "patient_list", "department")
    return list((rows if archived else rows.filter(archived=False)).order_by("internal_name", "id"))


def types() -> list[AppointmentType]:
    """The clinic's types, those in use first, by name."""
    return list(AppointmentType.objects.select_related("owner").order_by("-active", "name", "id"))


def offered_slots(
    *,
    audience: OfferAudience | str,
    start: datetime,
    end: datetime,
    patient: Patient | None = None,
    gp: Employee | None = None,
    schedule: Schedule | Sequence[Schedule] | None = None,
    now: datetime | None = None,
) -> list[OfferedSlot]:
    """The slots that start in [start, end) and are shown to the audience (BOK-1), by schedule and start.

    schedule: one, several, or left out: all of the clinic, or those the `gp` owns. For HelseNorge only the one
    schedule of the GP counts (HNB-3, HNB-4): the `gp` named, the schedule's owner, or the patient's own.
    """
    audience = OfferAudience(audience)
    now = now or clock.now()
    chosen = _schedules(schedule, gp)
    if audience is OfferAudience.HELSENORGE:
        chosen = _for_helsenorge(chosen, gp, patient, explicit=schedule is not None)
    return _offer(chosen, audience, patient, (start, end), now) if chosen else []


def _schedules(schedule: Schedule | Sequence[Schedule] | None, gp: Employee | None) -> list[ScheduleFacts]:
    if isinstance(schedule, Schedule):
        return [schedule_facts(schedule)]
    if schedule is not None:
        return [schedule_facts(one) for one in schedule]
    rows = Schedule.objects.filter(archived=False)
    if gp is not None:
        rows = rows.filter(owner_kind=OwnerKind.EMPLOYEE, owner=gp)
    return [schedule_facts(one) for one in rows.order_by("id")]


def _for_helsenorge(
    chosen: list[ScheduleFacts], gp: Employee | None, patient: Patient | None, *, explicit: bool
) -> list[ScheduleFacts]:
    gp_id = gp.id if gp is not None else patient.gp_id if patient is not None else None
    if gp is None and explicit and len(chosen) == 1:
        gp_id = chosen[0].owner_id
    if gp_id is None:
        return []
    try:
        allowed = only_schedule(gp_id)
    except BookingRefusedError:
        return []
    return [one for one in chosen if one.id == allowed.id]


def offered_to_the_list(gp: Employee, *, start: datetime, end: datetime, now: datetime) -> list[OfferedSlot]:
    """What somebody on the GP's list, who has booked nothing yet, is offered in HelseNorge in [start, end)."""
    chosen = _for_helsenorge(_schedules(None, gp), gp, None, explicit=False)
    anybody = PatientFacts(id=gp.id, gp_id=gp.id, on_gp_list=True)
    return _offer(chosen, OfferAudience.HELSENORGE, anybody, (start, end), now) if chosen else []


def offered_by_the_clinic(
    party: CommunicationParty, *, start: datetime, end: datetime, now: datetime
) -> list[OfferedSlot]:
    """The common services that somebody on all of the clinic's lists, who has booked nothing yet, is offered."""
    try:
        chosen = resource_schedules(party)
    except BookingRefusedError:
        return []
    lists = frozenset(one.list_id for one in chosen if one.list_id is not None)
    anybody = PatientFacts(id=party.id, gp_id=party.id, on_gp_list=True, list_ids=lists)
    return united(_offer(chosen, OfferAudience.HELSENORGE, anybody, (start, end), now), party.clinic_id)


def _offer(
    chosen: list[ScheduleFacts],
    audience: OfferAudience,
    patient: Patient | PatientFacts | None,
    span: tuple[datetime, datetime],
    now: datetime,
) -> list[OfferedSlot]:
    start, end = span
    ids = [one.id for one in chosen]
    # "Only the first" is the first there is, not the first in the range that happens to be asked for.
    types, clinic, staff = all_types(), clinic_limits(this_clinic()), audience is OfferAudience.STAFF
    levels = (clinic, *(one.limits for one in chosen), *(kind.limits for kind in types.values()))
    since = min(start, now) if not staff and any(level.first_only for level in levels) else start
    counted = patient if isinstance(patient, PatientFacts) else None
    if isinstance(patient, Patient) and not staff:
        count = rules.limits_number(chosen, types.values(), clinic)
        counted = patient_facts(patient, now, count=count, lists=rules.lists_asked(chosen))
    # The time that the patient holds in an own channel is still there to choose (BOK-11).
    holder = isinstance(patient, Patient) and audience in {OfferAudience.PORTAL, OfferAudience.PUBLIC}
    own_hold = [patient.id] if holder and patient is not None else []
    shown = rules.offer(
        open_slots(ids, since, end),
        busy_times(ids, since, end + timedelta(days=1), now, without=own_hold),
        schedules={one.id: one for one in chosen},
        types=types,
        clinic=clinic,
        patient=counted,
        audience=audience,
        now=now,
    )
    first = int(start.timestamp())
    return shown if since == start else [one for one in shown if one.slot.starts >= first]


def helsenorge_question(
    *, calendar: Calendar, patient: Patient | None, first: date, last: date, now: datetime | None = None
) -> SlotAnswer:
    """The answer to a question for free slots (TR-1, TR-2, HNB-3, HNB-4, DDFL-HT-01..14).

    calendar: whose is asked for. first, last: Oslo days, both included; a range over four weeks is answered for its
    first 28 days. 30: the patient is blocked; 26: service off or no schedule; 04: nothing to show, several schedules
    of a practitioner included.
    """
    if patient is not None and patient.blocked:
        return SlotAnswer(code="30", text=text_for(Refusal.BLOCKED))
    try:
        chosen = calendar.schedules()
    except BookingRefusedError as error:
        several = error.reason is Refusal.SEVERAL_SCHEDULES
        return SlotAnswer(code="04") if several else SlotAnswer(code="26", text=str(error))
    today = clock.oslo(now or clock.now()).date()
    if last < today or first > today + rules.FARTHEST:
        return SlotAnswer(code="04")
    last = min(last, first + timedelta(days=QUESTION_DAYS - 1))
    first = max(first, today)
    start, end = (_at(rules.midnight(day)) for day in (first, last + timedelta(days=1)))
    if patient is None:
        return SlotAnswer(code="04")
    shown = _offer(chosen, OfferAudience.HELSENORGE, patient, (start, end), now or clock.now())
    if calendar.is_common:
        shown = united(shown, patient.clinic_id)
    record(
        Action.SLOT_OFFERED,
        subject_kind="patient",
        subject_id=patient.id,
        patient_id=patient.id,
        detail={"slots": len(shown)},
    )
    return SlotAnswer(code="03" if shown else "04", slots=tuple(shown))


def told_appointments(patient: Patient) -> list[Appointment]:
    """The patient's coming appointments as HelseNorge may know them (TR-10): not hidden, nor within grace (APT-6).

    The reading is audited (NFR-1).
    """
    now = clock.now()
    rows = appointments(patient=patient, start=now, include_hidden=False).filter(starts__gt=now)
    grace = now - timedelta(seconds=this_clinic().grace_seconds)
    found = list(rows.filter(Q(told_helsenorge=True) | Q(created_at__lte=grace)))
    _note_list(found, patient=patient)
    return found


def appointment_page(
    first: int, limit: int, *, schedule: Schedule | None = None, patient: Patient | None = None, **facts: Any
) -> list[Appointment]:
    """`limit` of `appointments` from number `first` on. The reading is audited (NFR-1)."""
    page = list(appointments(schedule=schedule, patient=patient, **facts)[first : first + limit])
    _note_list(page, schedule=schedule, patient=patient)
    return page


def _note_list(
    found: Sequence[Appointment], *, schedule: Schedule | None = None, patient: Patient | None = None
) -> None:
    of = patient or schedule
    record(
        Action.APPOINTMENTS_LISTED,
        subject_kind="patient" if patient else "schedule" if schedule else "clinic",
        subject_id=of.id if of else None,
        patient_id=patient.id if patient else None,
        detail={"appointments": len(found)},
    )


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, clock.OSLO)


def find_slot(*, uid: UUID | str | None = None, contact_her_id: str = "", start: datetime | None = None) -> Slot | None:
    """The open slot a reservation speaks of: by uid, else by the calendar's HER-id and start (TR-3).

    With several schedules of that GP the start alone decides nothing: None.
    """
    rows = Slot.objects.select_related("schedule__owner", "type").filter(state=SlotState.OPEN)
    key = uuid_or_none(str(uid))
    found = rows.filter(uid=key).first() if key is not None else None
    if found is not None or not contact_her_id or start is None:
        return found
    party = CommunicationParty.objects.filter(her_id=contact_her_id.strip()).first()
    if party is None or (party.employee_id is None and party.kind != PartyKind.SERVICE):
        return None
    owned = Schedule.objects.filter(owner_id=party.employee_id, archived=False)
    if party.employee_id is None:
        owned = Schedule.objects.filter(NO_GPS, archived=False)
    matches = list(rows.filter(schedule__in=owned, starts=start)[:2])
    return matches[0] if len(matches) == 1 else None


def appointments(
    *,
    schedule: Schedule | None = None,
    patient: Patient | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    standing: bool = True,
    include_hidden: bool = True,
) -> QuerySet[Appointment]:
    """Appointments by start, with patient, type and schedule; filter and cut as needed.

    standing: leave out cancelled, deleted and missed ones. include_hidden=False: as the patient may see it (TYP-4).
    """
    rows = Appointment.objects.select_related("patient", "type", "schedule__owner").order_by("starts", "id")
    if schedule is not None:
        rows = rows.filter(schedule=schedule)
    if patient is not None:
        rows = rows.filter(patient=patient)
    if start is not None:
        rows = rows.filter(ends__gt=start)
    if end is not None:
        rows = rows.filter(starts__lt=end)
    if standing:
        rows = rows.filter(state__in=STANDING)
    return rows if include_hidden else rows.filter(hidden=False)


def coming_appointments(patient: Patient) -> list[Appointment]:
    """What may be given in answer to a wish: the patient's standing appointments ahead that are not hidden."""
    now = clock.now()
    return list(appointments(patient=patient, start=now, include_hidden=False).filter(starts__gt=now))


def wish_of(thread: Thread) -> Wish | None:
    """The wish that a thread of Post holds, with the appointment it names."""
    rows = Wish.objects.select_related("appointment__type", "appointment__schedule__owner", "wanted")
    return rows.filter(thread=thread).first()
