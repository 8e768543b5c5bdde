"""What a schedule holds, now and in its plan, and what follows for who may own it and what it is called."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q

from skranke.clinics.models import EmployeeRole
from skranke.kernel import clock
from skranke.scheduling.models import AppointmentType, PlannedWeek, Schedule, Slot, SlotState
from skranke.scheduling.values import IsoWeek


def is_common_only(categories: Collection[str]) -> bool:
    """RES-3: there are types, and each is flagged: nobody with a list of patients of his own may own it."""
    return bool(categories) and all(categories)


def types_in(schedules: Iterable[Schedule]) -> dict[UUID, frozenset[UUID]]:
    """The types of the free times to come and of the planned weeks to come, by schedule."""
    ids, now, week = [one.id for one in schedules], clock.now(), IsoWeek.of(clock.today())
    found: dict[UUID, set[UUID]] = defaultdict(set)
    slots = Slot.objects.filter(schedule_id__in=ids, state=SlotState.OPEN, starts__gt=now)
    planned = PlannedWeek.objects.filter(
        Q(iso_year__gt=week.year) | Q(iso_year=week.year, iso_week__gte=week.week),
        schedule_id__in=ids,
        template__slots__isnull=False,
    )
    pairs = slots.values_list("schedule_id", "type_id").distinct()
    for schedule_id, type_id in (*pairs, *planned.values_list("schedule_id", "template__slots__type_id").distinct()):
        found[schedule_id].add(type_id)
    return {one: frozenset(types) for one, types in found.items()}


def holds_common_only(schedules: Iterable[Schedule]) -> list[Schedule]:
    """Those of them that hold nothing but types that are offered as common services (RES-3)."""
    rows = list(schedules)
    held = types_in(rows)
    category = dict(AppointmentType.objects.values_list("id", "category"))
    return [row for row in rows if is_common_only([category[one] for one in held.get(row.id, ())])]


def wrongly_owned() -> list[Schedule]:
    """Schedules of common services whose owner is a GP, because the owner became one or the types changed (RES-3)."""
    rows = Schedule.objects.filter(owner__role=EmployeeRole.GP, archived=False).select_related("owner")
    return holds_common_only(rows.order_by("internal_name", "id"))


def holding(kind: AppointmentType) -> list[Schedule]:
    """The schedules in use that hold a type, by name."""
    rows = list(Schedule.objects.filter(archived=False).select_related("owner").order_by("internal_name", "id"))
    held = types_in(rows)
    return [row for row in rows if kind.id in held.get(row.id, ())]


def namesakes(schedules: Iterable[Schedule]) -> dict[UUID, list[Schedule]]:
    """Of those on the net, the others with the same public name: patients cannot tell them apart (RES-23)."""
    alike: dict[str, list[Schedule]] = defaultdict(list)
    for row in schedules:
        if row.online and not row.archived:
            alike[row.public_name.strip().casefold()].append(row)
    return {row.id: [one for one in rows if one.id != row.id] for rows in alike.values() for row in rows if rows[1:]}
