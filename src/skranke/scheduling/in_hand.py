"""Who is about to give which free slot to somebody just now (CAL-16), as who has which thread open in Post (MSG-5).

The page tells when its panel shows a slot, while it does, and when it goes. It holds nothing: the first to save gets
the slot (APT-24). Nothing of it is audited: no patient is in it.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from skranke.clinics.organisation.queries import staff
from skranke.dialog.access import employee_of
from skranke.kernel import clock
from skranke.scheduling.layouts import SlotInHand
from skranke.scheduling.models import Slot
from skranke.tenancy import live
from skranke.tenancy.work import current_actor

LIFETIME = timedelta(seconds=60)
"""A page that has been silent for longer has crashed, lost its network or been put to sleep."""
KIND = "in_hand"


def take(slot: Slot) -> None:
    """The acting employee has the slot in hand. The others' calendars are told when it was not so before."""
    employee, now = employee_of(current_actor()), clock.now()
    own = SlotInHand.objects.filter(employee=employee, slot_id=slot.id)
    if own.filter(seen_at__gt=now - LIFETIME).update(seen_at=now):
        return
    row = SlotInHand(clinic_id=employee.clinic_id, slot_id=slot.id, employee=employee, seen_at=now)
    SlotInHand.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["slot_id", "employee"], update_fields=["seen_at"]
    )
    live.announce(KIND, slot.id)


def let_go(slot_id: UUID) -> None:
    """The acting employee has it in hand no more; so it is with whatever a page of theirs left without a word."""
    employee, ends = employee_of(current_actor()), clock.now() - LIFETIME
    SlotInHand.objects.filter(employee=employee, seen_at__lte=ends).exclude(slot_id=slot_id).delete()
    if SlotInHand.objects.filter(employee=employee, slot_id=slot_id).delete()[0]:
        live.announce(KIND, slot_id)


def of_others() -> Mapping[UUID, tuple[str, ...]]:
    """The names of the others who are about to book, for each slot."""
    employee, since = employee_of(current_actor()), clock.now() - LIFETIME
    rows = SlotInHand.objects.filter(seen_at__gt=since).exclude(employee=employee).order_by("seen_at", "id")
    names, found = {one.id: one.name for one in staff()}, dict[UUID, tuple[str, ...]]()
    for row in rows:
        if row.employee_id in names:
            found[row.slot_id] = (*found.get(row.slot_id, ()), names[row.employee_id])
    return found
