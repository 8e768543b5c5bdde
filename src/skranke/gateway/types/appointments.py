"""What every message about an appointment is made of, whichever function carries it (protocol-messages 3.5)."""

import re
from datetime import datetime, timedelta
from uuid import UUID

from skranke.clinics.models import PartyKind, Service
from skranke.clinics.queries import this_clinic
from skranke.gateway.endpoints import Endpoint, OwnParty
from skranke.gateway.errors import LostOriginalError
from skranke.gateway.types.people import practitioner, role_of
from skranke.kernel import clock
from skranke.kernel.ids import HprNumber
from skranke.scheduling.models import Appointment, AppointmentState, ContactInterface, ResourceCategory
from skranke.scheduling.resources import is_common
from skranke.standards import profile
from skranke.standards.build import parties
from skranke.standards.codes import Answer, SlotCategory
from skranke.standards.dialog import RelatedRole
from skranke.standards.shared import Practitioner
from skranke.standards.times import whole_milliseconds
from skranke.standards.xcal import VEvent

NEEDS_STANDING = frozenset({Answer.RESERVED, Answer.RESERVED_WITH_OTHER, Answer.CHANGED})
CONFIRMED = "CONFIRMED"
CANCELLED = "CANCELLED"
VIDEO = "Video"
_CANCELLED_STATES = frozenset({AppointmentState.CANCELLED_BY_CLINIC, AppointmentState.CANCELLED_BY_PATIENT})
# The wire knows two categories (list 7617), the clinic four (RES-13).
_RESOURCES = {
    ResourceCategory.CORONA_TEST: SlotCategory.LAB,
    ResourceCategory.CORONA_VACCINE: SlotCategory.VACCINE,
    ResourceCategory.LAB: SlotCategory.LAB,
    ResourceCategory.VACCINE: SlotCategory.VACCINE,
}
_TICK = timedelta(milliseconds=1)
_LAST_WORD = re.compile(r"\s+\S*$")


def appointment_of(appointment_id: UUID) -> Appointment:
    """The appointment a message speaks of, its row held until commit. Raises LostOriginalError when it is gone."""
    rows = Appointment.objects.select_related("patient", "type", "schedule__owner").select_for_update(of=("self",))
    found = rows.filter(id=appointment_id).first()
    if found is None:
        raise LostOriginalError("The appointment is not there any more.")
    return found


def generated_at(appointment: Appointment) -> datetime:
    """GenDate of messages about one appointment strictly increases: the newest fact wins (protocol-messages 6.3)."""
    at = whole_milliseconds(clock.now())
    if appointment.wire_generated_at is not None:
        at = max(at, appointment.wire_generated_at + _TICK)
    Appointment.objects.filter(id=appointment.id).update(wire_generated_at=at, told_helsenorge=True)
    return at


def event_of(appointment: Appointment, party: OwnParty | None, endpoint: Endpoint, code: Answer) -> VEvent:
    """The appointment as a message with this code names it. Raises LostOriginalError when nobody owns its calendar."""
    owner = calendar_owner(appointment, endpoint) or party
    if owner is None:
        raise LostOriginalError("The calendar of the appointment belongs to no active party.")
    return booked_time(
        appointment,
        contact=str(owner.her_id),
        clinic_address=this_clinic().address,
        confirms=code in NEEDS_STANDING,
        resource=owner.row.kind == PartyKind.SERVICE,
    )


def booked_time(
    appointment: Appointment, *, contact: str, clinic_address: str, confirms: bool = False, resource: bool = False
) -> VEvent:
    """An appointment as it stands now: its id and uid stay the same for life (D-15).

    confirms: the message says that it was booked; that it has been cancelled meanwhile the next message tells.
    resource: it stands in a service party's calendar.
    """
    video, kind = appointment.contact == ContactInterface.VIDEO, appointment.type
    return VEvent(
        start=appointment.during.lower,
        end=appointment.during.upper,
        uid=str(appointment.slot_uid),
        contact=contact,
        related_to=str(appointment.id),
        categories=categories(
            contact=appointment.contact, urgent=kind.urgent, resource=kind.category if resource else ""
        ),
        summary=kind.name,
        description=resource_text(kind.information) if resource else kind.information,
        location=VIDEO if video else appointment.address or clinic_address,
        status=CANCELLED if appointment.state in _CANCELLED_STATES and not confirms else CONFIRMED,
    )


def calendar_owner(appointment: Appointment, endpoint: Endpoint) -> OwnParty | None:
    """The party whose calendar it stands in: the schedule owner's, a service's, else that of the patient's GP."""
    own = endpoint.parties.values()
    owner_id, gp_id = appointment.schedule.owner_id, appointment.patient.gp_id
    if owner_id is None or is_common(appointment):
        services = (one for one in own if one.employee_id is None and Service.BOOKING in one.services)
        if profile.RESOURCE_CALENDARS and (found := next(services, None)) is not None:
            return found
    by_employee = {one.employee_id: one for one in own if one.employee_id is not None}
    return next((by_employee[one] for one in (owner_id, gp_id) if one in by_employee), None)


def other_than(party: OwnParty | None, appointment: Appointment) -> RelatedRole | None:
    """Whom the appointment is with, when it is not the GP that the message comes from (DDFL-PU-11).

    Of a common service HelseNorge knows the service only (RES-6).
    """
    owner = appointment.schedule.owner
    if (
        is_common(appointment)
        or owner is None
        or not owner.hpr_number
        or (party is not None and owner.id == party.employee_id)
    ):
        return None
    return practitioner(owner)


def listed(appointment: Appointment) -> Practitioner | None:
    """Whom the appointment is with, as the object Helsepersonell names one (D-12, D-13); by HPR number only."""
    owner = appointment.schedule.owner
    if owner is None or not owner.hpr_number:
        return None
    person = parties.health_person(
        hpr_number=HprNumber(owner.hpr_number),
        given_name=owner.given_name,
        family_name=owner.family_name,
        role=role_of(owner),
    )
    return Practitioner(people=(person,))


def categories(*, contact: str, urgent: bool, resource: str = "") -> tuple[str, ...]:
    """Nothing, or one of Video and Hastetime (DDFL-HT-13); of a resource's time what it is for."""
    if resource:
        return (_RESOURCES[ResourceCategory(resource)].value,)
    if contact == ContactInterface.VIDEO:
        return (SlotCategory.VIDEO.value,)
    return (SlotCategory.URGENT.value,) if urgent else ()


def resource_text(information: str) -> str:
    """As much of a resource type's information as HelseNorge shows (`profile.RESOURCE_CALENDARS`), in whole words.

    One word that is longer than all of it is cut (RES-16).
    """
    text, most = information.strip(), profile.RESOURCE_TEXT_CHARACTERS
    if len(text) <= most:
        return text
    # Where the end falls in a word, that word is left out.
    return text[:most].rstrip() if text[most].isspace() else _LAST_WORD.sub("", text[:most])
