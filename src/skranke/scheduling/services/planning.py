"""Work plans become slots; slots, single slots and events come and go. Appointments with patients are never touched."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.kernel import clock
from skranke.kernel.errors import ForbiddenError, InvalidError
from skranke.kernel.ids import new_id
from skranke.scheduling.access import owners_of
from skranke.scheduling.errors import OverlappingSlotsError, SlotTakenError
from skranke.scheduling.facts import busy_times
from skranke.scheduling.models import (
    STANDING,
    Appointment,
    AppointmentType,
    CalendarEvent,
    Occupancy,
    OccupancyKind,
    PlannedWeek,
    Schedule,
    Slot,
    SlotOrigin,
    SlotState,
    Visibility,
    WeekTemplate,
)
from skranke.scheduling.places import is_free
from skranke.scheduling.plans import planned_slots
from skranke.scheduling.rules import may_edit_plan, overlaps
from skranke.scheduling.services.booking import clear_expired
from skranke.scheduling.services.locks import lock_schedule
from skranke.scheduling.smart.removing import remove_touching, restore_among
from skranke.scheduling.values import IsoWeek, PlannedSlot, PlanResult, Refusal, Seconds, TemplateEntry, Within
from skranke.tenancy.live import announce
from skranke.tenancy.work import current_actor

BATCH = 2000
LONGEST_TEXT = 200
LONGEST_EVENT = timedelta(days=366)


def plan_weeks(
    schedule: Schedule,
    template: WeekTemplate | None,
    weeks: Iterable[IsoWeek],
    *,
    days_off: Sequence[int] | None = None,
) -> list[PlannedWeek]:
    """Give ISO weeks a template, or none (PLN-2, PLN-4).

    days_off: ISO weekdays without slots (PLN-6); None: as it was in each week, so that closed days stay (PLN-7).
    Nothing is offered anew before `apply_plan`. Raises ForbiddenError for others than owner and administrator.
    """
    _check_right(schedule)
    wanted = list(weeks)
    present = {(row.iso_year, row.iso_week): row for row in schedule.planned_weeks.all()}
    if template is None:
        gone = [present[week].id for week in wanted if week in present]
        schedule.planned_weeks.filter(id__in=gone).delete()
        rows = []
    else:
        rows = [
            PlannedWeek(
                id=present[week].id if week in present else new_id(),
                clinic_id=schedule.clinic_id,
                schedule=schedule,
                iso_year=week.year,
                iso_week=week.week,
                template=template,
                days_off=_days_off(present.get(week), days_off),
            )
            for week in wanted
        ]
        PlannedWeek.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["schedule", "iso_year", "iso_week"],
            update_fields=["template", "days_off", "applied_at"],
        )
    record(Action.PLAN_CHANGED, subject_kind="schedule", subject_id=schedule.id, detail={"weeks": len(wanted)})
    return rows


def _days_off(before: PlannedWeek | None, given: Sequence[int] | None) -> list[int]:
    if given is not None:
        return list(given)
    return before.days_off if before is not None else []


def apply_plan(
    schedule: Schedule, weeks: Iterable[IsoWeek] | None = None, *, replace_singles: bool = False
) -> PlanResult:
    """Make the slots of the planned weeks, and take away what the plan no longer wants (PLN-3, PLN-5, PLN-7..9).

    weeks: default all weeks that are planned. A week without a template is emptied of its plan slots. Unchanged
    slots keep their uid; single slots, slots with a standing appointment and removed ones stay as they are.
    replace_singles: single slots that nobody has booked go too ("replace all"). Raises ForbiddenError for others
    than owner and administrator.
    """
    _check_right(schedule)
    lock_schedule(schedule.id)
    planned = {IsoWeek(row.iso_year, row.iso_week): row for row in schedule.planned_weeks.select_related("template")}
    chosen = sorted(set(planned if weeks is None else weeks))
    if not chosen:
        return PlanResult(created=0, kept=0, removed=0, skipped=0)
    change = _difference(schedule, chosen, _wanted(planned, chosen), replace_singles=replace_singles)
    Slot.objects.filter(id__in=change.gone).delete()
    _insert(schedule, change.new)
    result = change.result
    schedule.planned_weeks.filter(id__in=[planned[week].id for week in chosen if week in planned]).update(
        applied_at=clock.now()
    )
    record(
        Action.PLAN_APPLIED,
        subject_kind="schedule",
        subject_id=schedule.id,
        detail={"weeks": len(chosen), "created": result.created, "removed": result.removed},
    )
    announce(kind="schedule", id=schedule.id)
    return result


def plan_preview(schedule: Schedule, weeks: Iterable[IsoWeek], *, replace_singles: bool = False) -> PlanResult:
    """What `apply_plan` would do now. Nothing is changed."""
    planned = {IsoWeek(row.iso_year, row.iso_week): row for row in schedule.planned_weeks.select_related("template")}
    chosen = sorted(set(weeks))
    if not chosen:
        return PlanResult(created=0, kept=0, removed=0, skipped=0)
    return _difference(schedule, chosen, _wanted(planned, chosen), replace_singles=replace_singles).result


class _Change(NamedTuple):
    """new: slots to make. gone: ids of those to take away."""

    new: list[PlannedSlot]
    gone: list[UUID]
    result: PlanResult


def _wanted(planned: dict[IsoWeek, PlannedWeek], chosen: list[IsoWeek]) -> list[PlannedSlot]:
    entries: dict[UUID, list[TemplateEntry]] = {}
    for row in (planned[week] for week in chosen if week in planned):
        if row.template_id not in entries:
            entries[row.template_id] = [
                TemplateEntry(weekday=one.weekday, start=one.start, minutes=one.minutes, type_id=one.type_id)
                for one in row.template.slots.all()
            ]
    return [
        slot
        for week in chosen
        if week in planned
        for slot in planned_slots(entries[planned[week].template_id], week, planned[week].days_off)
    ]


def _difference(
    schedule: Schedule, chosen: list[IsoWeek], wanted: list[PlannedSlot], *, replace_singles: bool
) -> _Change:
    """What stands compared with what is wanted, in one pass over each."""
    weeks = set(chosen)
    span = DateTimeTZRange(_monday(chosen[0]) - timedelta(days=1), _monday(chosen[-1].next()) + timedelta(days=1))
    rows = schedule.slots.filter(during__overlap=span).values_list("id", "during", "type_id", "origin", "state")
    used = set(
        Appointment.objects.filter(
            schedule=schedule, state__in=STANDING, slot__isnull=False, during__overlap=span
        ).values_list("slot_id", flat=True)
    )
    want = set(wanted)
    kept: set[PlannedSlot] = set()
    fixed: list[tuple[Seconds, Seconds]] = []
    gone: list[UUID] = []
    for identity, during, type_id, origin, state in rows:
        slot = PlannedSlot(int(during.lower.timestamp()), int(during.upper.timestamp()), type_id)
        ours = (origin == SlotOrigin.PLAN or replace_singles) and IsoWeek.of(clock.oslo(during.lower).date()) in weeks
        if state == SlotState.OPEN and ours and slot in want:
            kept.add(slot)
            fixed.append(slot[:2])
        elif state == SlotState.REMOVED or not ours or identity in used:
            fixed.append(slot[:2])
        else:
            gone.append(identity)
    new, skipped = _fitting([slot for slot in wanted if slot not in kept], sorted(fixed))
    result = PlanResult(created=len(new), kept=len(kept), removed=len(gone), skipped=skipped)
    return _Change(new, gone, result)


def _fitting(slots: list[PlannedSlot], fixed: list[tuple[Seconds, Seconds]]) -> tuple[list[PlannedSlot], int]:
    """The slots that overlap nothing fixed nor each other, and how many do."""
    fitting: list[PlannedSlot] = []
    position = 0
    for slot in sorted(slots):
        while position < len(fixed) and fixed[position][1] <= slot.starts:
            position += 1
        free = all(not overlaps(slot[:2], other) for other in _from(fixed, position, slot.ends))
        if free and (not fitting or fitting[-1].ends <= slot.starts):
            fitting.append(slot)
    return fitting, len(slots) - len(fitting)


def _from(fixed: list[tuple[Seconds, Seconds]], position: int, ends: Seconds) -> Iterable[tuple[Seconds, Seconds]]:
    while position < len(fixed) and fixed[position][0] < ends:
        yield fixed[position]
        position += 1


def _insert(schedule: Schedule, slots: list[PlannedSlot]) -> None:
    groups = AppointmentType.objects.filter(visibility=Visibility.GROUP).values_list("id", "capacity")
    room = dict(groups) if slots else {}
    Slot.objects.bulk_create(
        (
            Slot(
                clinic_id=schedule.clinic_id,
                schedule=schedule,
                during=DateTimeTZRange(
                    datetime.fromtimestamp(slot.starts, UTC), datetime.fromtimestamp(slot.ends, UTC)
                ),
                type_id=slot.type_id,
                origin=SlotOrigin.PLAN,
                capacity=room.get(slot.type_id, 1),
            )
            for slot in slots
        ),
        batch_size=BATCH,
    )


def _monday(week: IsoWeek) -> datetime:
    return datetime.combine(week.monday, time(), clock.OSLO)


def _check_right(schedule: Schedule) -> None:
    if not may_edit_plan(current_actor(), owners_of(schedule)):
        raise ForbiddenError(_("Bare eieren av timeboken og administrator kan endre arbeidsplanen."))


def add_single_slot(
    schedule: Schedule,
    *,
    start: datetime,
    type: AppointmentType,  # noqa: A002 - the domain's word
    minutes: int | None = None,
    available_from: datetime | None = None,
) -> Slot:
    """Make one free slot directly in the calendar (enkelttime, PLN-9).

    available_from: shown at once, bookable by patients from then. Raises OverlappingSlotsError (CAL-8), InvalidError.
    """
    length = minutes or type.minutes
    if length < 1 or start.second or start.microsecond:
        raise InvalidError(_("En ledig time begynner på et helt minutt og varer minst ett."), field="start")
    lock_schedule(schedule.id)
    during = DateTimeTZRange(start, start + timedelta(minutes=length))
    if schedule.slots.filter(state=SlotState.OPEN, during__overlap=during).exists():
        raise OverlappingSlotsError(_("Det er allerede en ledig time på dette tidspunktet."), field="start")
    slot = Slot.objects.create(
        clinic_id=schedule.clinic_id,
        schedule=schedule,
        during=during,
        type=type,
        origin=SlotOrigin.SINGLE,
        capacity=type.capacity,
        available_from=available_from,
    )
    record(Action.SLOT_CREATED, subject_kind="slot", subject_id=slot.id)
    announce(kind="schedule", id=schedule.id)
    return slot


def remove_single_slot(slot: Slot) -> None:
    """Take away a free slot that was made by hand (PLN-9). Raises SlotTakenError when somebody has it by now.

    Raises InvalidError for one of a plan, which the work plan would bring back.
    """
    lock_schedule(slot.schedule_id)
    present = Slot.objects.filter(id=slot.id, state=SlotState.OPEN).first()
    if present is None:
        raise SlotTakenError(Refusal.GONE)
    if present.origin != SlotOrigin.SINGLE:
        raise InvalidError(_("Timen kommer fra arbeidsplanen. Fjern den der, eller med «Fjern ledige timer»."))
    if not is_free(present, clock.now()) or present.appointments.filter(state__in=STANDING).exists():
        raise SlotTakenError
    Slot.objects.filter(id=slot.id).update(state=SlotState.REMOVED)
    record(Action.SLOT_REMOVED, subject_kind="slot", subject_id=slot.id)
    announce(kind="schedule", id=slot.schedule_id)


def remove_slots(
    schedule: Schedule, start: datetime, end: datetime, within: Within | None = None
) -> tuple[list[UUID], list[Appointment]]:
    """Make all unbooked slots that touch [start, end) unbookable in every channel at once (PLN-10, PLN-11).

    within: only those that begin on such days, at such hours. Smart slots go with them (PLN-13). Gives the removed
    slots' ids, for `restore_slots`, and the standing appointments in the range, to follow up. Raises ForbiddenError
    for others than owner and administrator.
    """
    _check_right(schedule)
    lock_schedule(schedule.id)
    span, within = DateTimeTZRange(start, end), within or Within()
    standing = Appointment.objects.filter(schedule=schedule, state__in=STANDING, during__overlap=span)
    followed = standing.select_related("patient", "type").order_by("during")
    booked = [one for one in followed if within.holds(clock.oslo(one.during.lower))]
    rows = schedule.slots.filter(state=SlotState.OPEN, during__overlap=span)
    # A group's places that are left go; those who have one stay in it (TYP-6).
    rows = rows.exclude(id__in=standing.filter(slot__isnull=False, slot__capacity=1).values("slot_id"))
    removed = [slot_id for slot_id, at in rows.values_list("id", "starts") if within.holds(clock.oslo(at))]
    schedule.slots.filter(id__in=removed).update(state=SlotState.REMOVED)
    removed += remove_touching(schedule, start, end, within)
    record(Action.SLOT_REMOVED, subject_kind="schedule", subject_id=schedule.id, detail={"slots": len(removed)})
    announce(kind="schedule", id=schedule.id)
    return removed, booked


def restore_slots(schedule: Schedule, slot_ids: Sequence[UUID]) -> int:
    """Undo a removal; slots whose time has another open slot by now stay away. Gives how many came back.

    Raises ForbiddenError for others than owner and administrator.
    """
    _check_right(schedule)
    lock_schedule(schedule.id)
    back = 0
    for slot in schedule.slots.filter(id__in=slot_ids, state=SlotState.REMOVED):
        if not schedule.slots.filter(state=SlotState.OPEN, during__overlap=slot.during).exists():
            schedule.slots.filter(id=slot.id).update(state=SlotState.OPEN)
            back += 1
    back += restore_among(schedule, slot_ids)
    record(Action.SLOT_CREATED, subject_kind="schedule", subject_id=schedule.id, detail={"slots": back})
    announce(kind="schedule", id=schedule.id)
    return back


def add_event(
    schedule: Schedule, *, start: datetime, end: datetime, text: str, series: UUID | None = None
) -> CalendarEvent:
    """Block time without a patient (PLN-12). Over appointments that stand it is laid without pushing them away.

    series: of one that repeats. Raises InvalidError.
    """
    _check_event(start, end, text)
    lock_schedule(schedule.id)
    during = DateTimeTZRange(start, end)
    event = CalendarEvent.objects.create(
        clinic_id=schedule.clinic_id, schedule=schedule, during=during, text=text.strip(), series=series
    )
    _block(event, start, end)
    record(Action.SCHEDULE_CHANGED, subject_kind="event", subject_id=event.id)
    announce(kind="schedule", id=schedule.id)
    return event


def change_event(event: CalendarEvent, *, start: datetime, end: datetime, text: str) -> CalendarEvent:
    """Give an event another time or text; what it no longer covers can be booked again. Raises InvalidError."""
    _check_event(start, end, text)
    lock_schedule(event.schedule_id)
    Occupancy.objects.filter(source_id=event.id).delete()
    event.during, event.text = DateTimeTZRange(start, end), text.strip()
    event.save(update_fields=["during", "text"])
    _block(event, start, end)
    record(Action.SCHEDULE_CHANGED, subject_kind="event", subject_id=event.id)
    announce(kind="schedule", id=event.schedule_id)
    return event


def remove_event(event: CalendarEvent) -> None:
    """Take an event away; its time can be booked again."""
    lock_schedule(event.schedule_id)
    Occupancy.objects.filter(source_id=event.id).delete()
    schedule_id, identity = event.schedule_id, event.id
    event.delete()
    record(Action.SCHEDULE_CHANGED, subject_kind="event", subject_id=identity)
    announce(kind="schedule", id=schedule_id)


def _check_event(start: datetime, end: datetime, text: str) -> None:
    if end <= start:
        raise InvalidError(_("Hendelsen må slutte etter at den begynner."), field="end")
    if end - start > LONGEST_EVENT:
        raise InvalidError(_("En hendelse varer i høyst ett år."), field="until")
    if not text.strip() or len(text.strip()) > LONGEST_TEXT:
        raise InvalidError(_("Skriv hva hendelsen er, med høyst 200 tegn."), field="text")


def _block(event: CalendarEvent, start: datetime, end: datetime) -> None:
    """Take the event's time; where somebody has time there already, the event lies over it."""
    now, during = clock.now(), DateTimeTZRange(start, end)
    clear_expired(event.schedule_id, now, during)
    Occupancy.objects.create(
        clinic_id=event.clinic_id,
        schedule_id=event.schedule_id,
        during=during,
        kind=OccupancyKind.EVENT,
        exclusive=not busy_times([event.schedule_id], start, end, now),
        source_id=event.id,
    )
