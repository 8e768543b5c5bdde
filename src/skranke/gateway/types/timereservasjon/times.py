"""Free times as vevents (protocol-messages 3.5), and whose calendar they stand in."""

from skranke.clinics.models import CommunicationParty, PartyKind
from skranke.gateway.endpoints import OwnParty
from skranke.gateway.types.appointments import categories, resource_text
from skranke.scheduling.values import OfferedSlot
from skranke.standards import profile
from skranke.standards.codes import SlotCategory
from skranke.standards.xcal import VEvent


def free_time(slot: OfferedSlot, *, contact: str, resource: bool = False) -> VEvent:
    """A time of a 03 answer. contact: HER-id text of the party that owns the calendar. resource: a service party's."""
    kind = slot.type
    names = categories(contact=kind.contact, urgent=kind.urgent, resource=kind.category if resource else "")
    if slot.must_call:
        names = (*names, SlotCategory.MUST_CALL.value)
    return VEvent(
        start=slot.start,
        end=slot.end,
        uid=str(slot.uid),
        contact=contact,
        categories=names,
        available_at=slot.available_from,
        summary=kind.name if resource else "",
        description=resource_text(kind.information) if resource else "",
    )


def resource_party(party: OwnParty) -> CommunicationParty | None:
    """The service party whose own calendars are asked for; None for a GP, and where the stand-in is off."""
    if party.row.kind != PartyKind.SERVICE or not profile.RESOURCE_CALENDARS:
        return None
    return party.row
