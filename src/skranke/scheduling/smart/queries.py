"""What is left of smart slots, and where in it an appointment of each type may begin."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from skranke.dialog.access import employee_of
from skranke.kernel import clock
from skranke.kernel.actor import ActorKind
from skranke.scheduling.facts import busy_times
from skranke.scheduling.models import AppointmentType, Slot, SlotState, Visibility
from skranke.scheduling.smart.models import SmartSlot, SmartTypeUsed
from skranke.scheduling.smart.starts import Span, left_of, starts_in
from skranke.tenancy.work import current_actor


@dataclass(frozen=True, slots=True, kw_only=True)
class SmartCell:
    """One free stretch of a smart slot on the screen, in Oslo wall time.

    id: of the smart slot; several stretches share it. type_name, starts: of the type that is chosen first, and where
    it may begin. types: the names of all that the smart slot takes.
    """

    id: UUID
    start: datetime
    end: datetime
    type_id: UUID
    type_name: str
    minutes: int
    colour: str
    types: tuple[str, ...]
    starts: tuple[datetime, ...]


def cells_of(
    found: Sequence[SmartSlot], used: Mapping[UUID, Iterable[Span]], now: datetime
) -> dict[UUID, list[SmartCell]]:
    """The stretches that are left of smart slots, by schedule; two statements where there are any, else none.

    used: times in use, by schedule. What can take no type that is in use any more is not shown.
    """
    if not found:
        return {}
    types, last = types_of(found), last_used()
    cells: dict[UUID, list[SmartCell]] = {}
    for one in found:
        kinds = types[one.id]
        if not kinds:
            continue
        first = next((kind for kind in kinds if kind.id == last), kinds[0])
        for start, end in left_of((one.during.lower, one.during.upper), used.get(one.schedule_id, ())):
            cell = SmartCell(
                id=one.id,
                start=clock.oslo(start),
                end=clock.oslo(end),
                type_id=first.id,
                type_name=first.name,
                minutes=first.minutes,
                colour=first.colour,
                types=tuple(kind.name for kind in kinds),
                starts=tuple(clock.oslo(at) for at in starts_in([(start, end)], first.minutes) if at >= now),
            )
            cells.setdefault(one.schedule_id, []).append(cell)
    return cells


def types_of(found: Sequence[SmartSlot]) -> dict[UUID, list[AppointmentType]]:
    """The types in use that each smart slot takes, the shortest first; a group needs a slot of its own (TYP-6)."""
    wanted = {type_id for one in found for type_id in one.type_ids}
    rows = AppointmentType.objects.filter(id__in=wanted, active=True).exclude(visibility=Visibility.GROUP)
    known = {one.id: one for one in rows}
    return {
        one.id: sorted(
            (known[type_id] for type_id in one.type_ids if type_id in known),
            key=lambda kind: (kind.minutes, kind.name, kind.id),
        )
        for one in found
    }


def last_used() -> UUID | None:
    """The type that the employee at work last gave in a smart slot."""
    actor = current_actor()
    if actor.kind != ActorKind.EMPLOYEE:
        return None
    return SmartTypeUsed.objects.filter(employee=employee_of(actor)).values_list("type_id", flat=True).first()


def possible_starts(slot: SmartSlot, minutes: int, now: datetime) -> list[datetime]:
    """Where an appointment of that length may begin, as things stand; those that are past with them."""
    span = slot.during.lower, slot.during.upper
    busy = busy_times([slot.schedule_id], *span, now)
    used = [(datetime.fromtimestamp(one.starts, UTC), datetime.fromtimestamp(one.ends, UTC)) for one in busy]
    planned = Slot.objects.filter(schedule_id=slot.schedule_id, state=SlotState.OPEN)
    used += planned.filter(starts__lt=span[1], ends__gt=span[0]).values_list("starts", "ends")
    return starts_in(left_of(span, used), minutes)
