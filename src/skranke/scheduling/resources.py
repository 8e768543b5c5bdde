"""Common services in HelseNorge (ressurstimebok): times of flagged types, whoever of the clinic gives them (RES).

A type with a category is one. HelseNorge is told of the type alone: a start that several schedules have free is one
offer, and a reservation takes the schedule with the least to do that day (RES-21).
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db.models import Q

from skranke.clinics.models import CommunicationParty, EmployeeRole, PartyKind
from skranke.kernel import clock
from skranke.kernel.ids import uuid_or_none
from skranke.scheduling import rules
from skranke.scheduling.models import STANDING, Appointment, AppointmentType, Schedule, Slot, SlotState
from skranke.scheduling.values import OfferedSlot, Seconds

_OF_OFFERS = 5
# RES-2, RES-3: in a GP's own schedule a flagged type is an ordinary time.
NO_GPS = ~Q(owner__role=EmployeeRole.GP) | Q(owner__isnull=True)


def offer_uid(clinic_id: UUID, type_id: UUID, starts: Seconds) -> UUID:
    """RES-21: what the wire calls the offer of one type at one start, whichever schedules have it free."""
    return uuid5(clinic_id, f"{type_id} {starts}")


def united(shown: Iterable[OfferedSlot], clinic_id: UUID) -> list[OfferedSlot]:
    """RES-11, RES-21: one offer for each type and start, by start and name.

    Where the schedules differ, one that can be booked now goes before one that opens later, a shorter before a longer.
    """
    first: dict[UUID, OfferedSlot] = {}
    for one in sorted(shown, key=lambda one: (not one.bookable, one.slot.ends)):
        first.setdefault(offer_uid(clinic_id, one.type.id, one.slot.starts), one)
    offers = [one._replace(slot=one.slot._replace(uid=uid)) for uid, one in first.items()]
    return sorted(offers, key=lambda one: (one.slot.starts, one.type.name, one.uid))


def common_schedules() -> list[Schedule]:
    """Those that no GP owns (RES-2), by internal name."""
    return list(Schedule.objects.filter(NO_GPS, archived=False).order_by("internal_name", "id"))


def calendar_party(contact_her_id: str) -> CommunicationParty | None:
    """The clinic's service party that a message names as its contact; with none named, the only one there is."""
    rows = CommunicationParty.objects.filter(kind=PartyKind.SERVICE, employee__isnull=True, active=True)
    contact = contact_her_id.strip()
    found = list((rows.filter(her_id=contact) if contact else rows)[:2])
    return found[0] if len(found) == 1 else None


def slots_of_offer(clinic_id: UUID, uid: UUID | str | None, start: datetime | None) -> list[Slot]:
    """The open slots of flagged types that an offer stands for, free or not; none for what is no such offer."""
    key = uuid_or_none(str(uid))
    if key is None or key.version != _OF_OFFERS or start is None:
        return []
    flagged = AppointmentType.objects.exclude(category="").values_list("id", flat=True)
    starts = int(start.timestamp())
    type_id = next((one for one in flagged if offer_uid(clinic_id, one, starts) == key), None)
    if type_id is None:
        return []
    rows = Slot.objects.select_related("schedule__owner", "type").filter(state=SlotState.OPEN, starts=start)
    return list(rows.filter(type_id=type_id, schedule__in=common_schedules()))


def by_load(slots: Iterable[Slot]) -> list[Slot]:
    """RES-21: those of the schedules with the fewest appointments that day first; then by name."""
    several = list(slots)
    if len(several) <= 1:
        return several
    first = rules.midnight(clock.oslo(several[0].during.lower).date())
    begins = datetime.fromtimestamp(first, clock.OSLO)
    day = Appointment.objects.filter(schedule__in=[one.schedule_id for one in several], state__in=STANDING)
    ids = day.filter(starts__gte=begins, starts__lt=begins + timedelta(days=1)).values_list("schedule_id", flat=True)
    number = Counter(ids)
    return sorted(several, key=lambda one: (number[one.schedule_id], one.schedule.internal_name, one.id))


def is_common(appointment: Appointment) -> bool:
    """HelseNorge knows it as a common service's, not as a practitioner's (RES-2, RES-6)."""
    owner = appointment.schedule.owner
    return bool(appointment.type.category) and (owner is None or not owner.is_gp)
