"""What the Timebok screens show: weeks and days of one or several schedules, and the capacity of a month."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Q, UUIDField, Value

from skranke.audit.actions import Action
from skranke.audit.services import event
from skranke.kernel import clock
from skranke.scheduling import rules
from skranke.scheduling.facts import busy_times, open_slots
from skranke.scheduling.models import (
    STANDING,
    Appointment,
    BookedThrough,
    CalendarEvent,
    PlannedWeek,
    Schedule,
    Slot,
    SlotState,
    Visibility,
)
from skranke.scheduling.occupied import apart, stretches
from skranke.scheduling.smart.models import SmartSlot
from skranke.scheduling.smart.queries import SmartCell, cells_of
from skranke.scheduling.values import IsoWeek
from skranke.tenancy.rows import insert

Span = tuple[datetime, datetime]
SHOWN = (*STANDING, "no_show")
MANY = 0.5
EARLIEST, LATEST = 8 * 60, 16 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeCell:
    """A free slot on the screen; start and end are Oslo wall time.

    capacity: its places, of a group more than one (TYP-6), of which `taken` are. A group with patients stands there
    when it is full, too, and when something else lies over it or it is offered no more: `closed`.
    """

    id: UUID
    start: datetime
    end: datetime
    type_id: UUID
    type_name: str
    colour: str
    icon: str
    online: bool
    hidden: bool
    must_call: bool
    urgent: bool
    contact: str
    available_from: datetime | None
    capacity: int = 1
    taken: int = 0
    closed: bool = False

    @property
    def can_be_given(self) -> bool:
        """It has a place for one more patient."""
        return not self.closed and self.taken < self.capacity


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentCell:
    """An appointment on the screen. self_booked: by the patient, whichever channel (APT-17, APT-18); through: which.

    lane, lanes: where it stands beside others at the same time, 0-based, and how many stand there.
    group_id: the slot of the group in which it has a place (TYP-6).
    """

    id: UUID
    start: datetime
    end: datetime
    patient_id: UUID
    patient_name: str
    patient_birth_date: date
    state: str
    type_id: UUID
    type_name: str
    colour: str
    icon: str
    contact: str
    comment: str
    reason: str
    note: str
    representative: str
    self_booked: bool
    through: str
    hidden: bool
    version: int
    group_id: UUID | None = None
    lane: int = 0
    lanes: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCell:
    """Blocked time on the screen."""

    id: UUID
    start: datetime
    end: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """One day of one schedule. free: slots that can still be given, and stretches of smart slots that have room."""

    date: date
    is_today: bool
    free: int
    slots: tuple[FreeCell, ...]
    appointments: tuple[AppointmentCell, ...]
    events: tuple[EventCell, ...]
    smart: tuple[SmartCell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekView:
    """Seven days (or one, in a day view) of one schedule.

    opens, closes: minutes after midnight that the grid must show. stale: the plan of the week awaits an update (PLN-8).
    """

    schedule_id: UUID
    schedule_name: str
    online: bool
    monday: date
    iso_year: int
    iso_week: int
    now: datetime
    opens: int
    closes: int
    stale: bool
    days: tuple[DayView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How much of a day is left (CAL-14). level: many, some or none."""

    free: int
    total: int
    level: str


class _Cells(NamedTuple):
    slots: list[FreeCell]
    booked: list[AppointmentCell]
    events: list[EventCell]
    smart: list[SmartCell]


def week_view(schedule: Schedule, monday: date, *, days: int = 7, now: datetime | None = None) -> WeekView:
    """One schedule from a date on; five statements. The reading is audited (NFR-1)."""
    return week_views([schedule], monday, days=days, now=now)[0]


def week_views(
    schedules: Sequence[Schedule], monday: date, *, days: int = 7, now: datetime | None = None
) -> list[WeekView]:
    """Several schedules side by side (CAL-10), in the given order; five statements however many there are.

    The reading is audited (NFR-1).
    """
    now = now or clock.now()
    ids = [one.id for one in schedules]
    detail = {"from": monday.isoformat(), "days": days}
    insert(*(event(Action.SCHEDULE_READ, subject_kind="schedule", subject_id=one, detail=detail) for one in ids))
    span = (_midnight(monday), _midnight(monday + timedelta(days=days)))
    booked = _appointments(ids, span)
    events, smart = _blocks(ids, span)
    slots = _free(ids, span, booked, events)
    left = cells_of(smart, _used(ids, booked, events, slots), now)
    stale = _stale(ids, IsoWeek.of(monday))
    return [
        _view(
            one,
            [monday + timedelta(days=number) for number in range(days)],
            now,
            _Cells(slots.get(one.id, []), booked.get(one.id, []), events.get(one.id, []), left.get(one.id, [])),
            stale=one.id in stale,
        )
        for one in schedules
    ]


def _midnight(day: date) -> datetime:
    return datetime.fromtimestamp(rules.midnight(day), clock.OSLO)


def _appointments(ids: list[UUID], span: Span) -> dict[UUID, list[AppointmentCell]]:
    rows = (
        Appointment.objects.filter(schedule_id__in=ids, starts__gte=span[0], starts__lt=span[1], state__in=SHOWN)
        .select_related("patient", "type", "slot")
        .order_by("starts", "id")
    )
    cells: dict[UUID, list[AppointmentCell]] = {}
    for row in rows:
        cells.setdefault(row.schedule_id, []).append(_appointment(row))
    return {identity: _in_lanes(own) for identity, own in cells.items()}


def _appointment(row: Appointment) -> AppointmentCell:
    return AppointmentCell(
        id=row.id,
        start=clock.oslo(row.during.lower),
        end=clock.oslo(row.during.upper),
        patient_id=row.patient_id,
        patient_name=row.patient.name,
        patient_birth_date=row.patient.birth_date,
        state=row.state,
        type_id=row.type_id,
        type_name=row.type.name,
        colour=row.type.colour,
        icon=row.type.icon,
        contact=row.contact,
        comment=row.comment,
        reason=row.reason,
        note=row.note,
        representative=row.representative,
        self_booked=row.booked_through != BookedThrough.STAFF,
        through=row.booked_through,
        hidden=row.hidden,
        version=row.version,
        group_id=row.slot_id if row.slot is not None and row.slot.capacity > 1 else None,
    )


def _in_lanes(cells: list[AppointmentCell]) -> list[AppointmentCell]:
    """Place overlapping appointments side by side: each in the first lane that is free when it begins."""
    placed = [cell for cell in cells if cell.group_id is not None]
    cells = [cell for cell in cells if cell.group_id is None]
    group: list[tuple[AppointmentCell, int]] = []
    ends: list[datetime] = []
    for cell in cells:
        if ends and cell.start >= max(ends):
            placed += _closed(group, len(ends))
            group, ends = [], []
        lane = next((number for number, end in enumerate(ends) if end <= cell.start), len(ends))
        ends[lane : lane + 1] = [cell.end]
        group.append((cell, lane))
    return placed + _closed(group, len(ends))


def _closed(group: list[tuple[AppointmentCell, int]], lanes: int) -> list[AppointmentCell]:
    if lanes <= 1:
        return [cell for cell, _ in group]
    return [replace(cell, lane=lane, lanes=lanes) for cell, lane in group]


def _blocks(ids: list[UUID], span: Span) -> tuple[dict[UUID, list[EventCell]], list[SmartSlot]]:
    """Events and smart slots, which one statement asks for."""
    asked = ("schedule_id", "id", "during", "text", "types")
    there = Q(schedule_id__in=ids, ends__gt=span[0], starts__lt=span[1])
    nothing = Value(None, output_field=ArrayField(UUIDField()))
    events = CalendarEvent.objects.filter(there).annotate(types=nothing).values_list(*asked)
    kept = SmartSlot.objects.filter(there, removed=False).annotate(text=Value(""), types=F("type_ids"))
    cells: dict[UUID, list[EventCell]] = {}
    smart: list[SmartSlot] = []
    for schedule_id, identity, during, text, types in events.union(kept.values_list(*asked), all=True):
        if types is not None:
            smart.append(SmartSlot(id=identity, schedule_id=schedule_id, during=during, type_ids=types))
            continue
        start, end = clock.oslo(during.lower), clock.oslo(during.upper)
        cells.setdefault(schedule_id, []).append(EventCell(id=identity, start=start, end=end, text=text))
    return {identity: sorted(own, key=lambda one: (one.start, one.id)) for identity, own in cells.items()}, smart


def _used(
    ids: list[UUID],
    booked: dict[UUID, list[AppointmentCell]],
    events: dict[UUID, list[EventCell]],
    slots: dict[UUID, list[FreeCell]],
) -> dict[UUID, list[Span]]:
    """What smart slots leave room for: appointments that stand, events, and free slots of their own."""
    return {
        identity: [(one.start, one.end) for one in booked.get(identity, ()) if one.state in STANDING]
        + [(one.start, one.end) for one in (*events.get(identity, ()), *slots.get(identity, ()))]
        for identity in ids
    }


def _free(
    ids: list[UUID],
    span: Span,
    booked: dict[UUID, list[AppointmentCell]],
    events: dict[UUID, list[EventCell]],
) -> dict[UUID, list[FreeCell]]:
    """The open slots that nothing on the screen covers, and every group with patients."""
    taken = Counter(cell.group_id for own in booked.values() for cell in own if cell.group_id is not None)
    rows = (
        Slot.objects.filter(Q(state=SlotState.OPEN) | Q(id__in=list(taken)))
        .filter(schedule_id__in=ids, starts__gte=span[0], starts__lt=span[1])
        .select_related("type", "schedule")
        .order_by("starts", "id")
    )
    cells: dict[UUID, list[FreeCell]] = {}
    used = {
        identity: [(c.start, c.end, c.group_id) for c in booked.get(identity, []) if c.state in STANDING]
        + [(c.start, c.end, None) for c in events.get(identity, [])]
        for identity in ids
    }
    for row in rows:
        start, end = row.during.lower, row.during.upper
        others = (one for one in used[row.schedule_id] if one[2] is None or one[2] != row.id)
        covered = any(begins < end and start < ends for begins, ends, _group in others)
        if row.id in taken or not covered:
            cell = replace(_slot(row), taken=taken[row.id], closed=covered or row.state != SlotState.OPEN)
            cells.setdefault(row.schedule_id, []).append(cell)
    return cells


def _slot(row: Slot) -> FreeCell:
    return FreeCell(
        id=row.id,
        start=clock.oslo(row.during.lower),
        end=clock.oslo(row.during.upper),
        type_id=row.type_id,
        type_name=row.type.name,
        colour=row.type.colour,
        icon=row.type.icon,
        online=row.schedule.online and row.type.bookable_online and row.type.visibility != Visibility.HIDDEN,
        hidden=row.type.visibility == Visibility.HIDDEN,
        must_call=row.type.must_call,
        urgent=row.type.urgent,
        contact=row.type.contact,
        available_from=row.available_from,
        capacity=row.capacity,
    )


def _stale(ids: list[UUID], week: IsoWeek) -> set[UUID]:
    """PLN-8: schedules whose plan of the week was changed after it was applied."""
    rows = PlannedWeek.objects.filter(schedule_id__in=ids, iso_year=week.year, iso_week=week.week)
    return {
        schedule_id
        for schedule_id, applied, changed in rows.values_list("schedule_id", "applied_at", "template__changed_at")
        if applied is None or applied < changed
    }


def _view(schedule: Schedule, days: Sequence[date], now: datetime, cells: _Cells, *, stale: bool) -> WeekView:
    week = IsoWeek.of(days[0])
    opens, closes = _hours([*cells.slots, *cells.booked, *cells.smart])
    return WeekView(
        schedule_id=schedule.id,
        schedule_name=schedule.internal_name,
        online=schedule.online,
        monday=days[0],
        iso_year=week.year,
        iso_week=week.week,
        now=clock.oslo(now),
        opens=opens,
        closes=closes,
        stale=stale,
        days=tuple(_day(day, now, cells) for day in days),
    )


def _hours(cells: Sequence[FreeCell | AppointmentCell | SmartCell]) -> tuple[int, int]:
    """Whole hours that hold every cell, and at least an ordinary working day."""
    first = min((cell.start.hour * 60 for cell in cells), default=EARLIEST)
    ends = (
        24 * 60 if cell.end.date() > cell.start.date() else -(-(cell.end.hour * 60 + cell.end.minute) // 60) * 60
        for cell in cells
    )
    return min(first, EARLIEST), max(LATEST, *ends, LATEST)


def _day(day: date, now: datetime, cells: _Cells) -> DayView:
    begins, ends = _midnight(day), _midnight(day + timedelta(days=1))
    free = tuple(cell for cell in cells.slots if cell.start.date() == day)
    smart = tuple(cell for cell in cells.smart if cell.start.date() == day)
    return DayView(
        date=day,
        is_today=clock.oslo(now).date() == day,
        free=sum(cell.start > now and cell.can_be_given for cell in free) + sum(bool(one.starts) for one in smart),
        slots=free,
        appointments=tuple(cell for cell in cells.booked if cell.start.date() == day),
        events=tuple(cell for cell in cells.events if cell.start < ends and cell.end > begins),
        smart=smart,
    )


def capacity(
    schedules: Sequence[Schedule], first: date, last: date, *, now: datetime | None = None
) -> dict[date, Capacity]:
    """The colours of the mini-calendar (CAL-14): for each day with open slots, how many are left; two statements."""
    now = now or clock.now()
    ids = [one.id for one in schedules]
    start, end = _midnight(first), _midnight(last + timedelta(days=1))
    slots = open_slots(ids, start, end)
    groups, others = apart(slots, busy_times(ids, start, end + timedelta(days=1), now))
    taken = stretches(others)
    totals: dict[date, list[int]] = {}
    for slot in slots:
        count = totals.setdefault(datetime.fromtimestamp(slot.starts, clock.OSLO).date(), [0, 0])
        count[1] += 1
        used = any(rules.overlaps((slot.starts, slot.ends), one) for one in taken.get(slot.schedule_id, ()))
        used = used or rules.no_place(slot.capacity, groups.get(slot.id, ()), None) is not None
        count[0] += not used and slot.starts > now.timestamp()
    return {day: Capacity(free=free, total=total, level=level(free, total)) for day, (free, total) in totals.items()}


def level(free: int, total: int) -> str:
    """CAL-14: green (many) from half the slots free, orange (some), red (none)."""
    if free == 0:
        return "none"
    return "many" if free >= MANY * total else "some"
