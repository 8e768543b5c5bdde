"""Changing what an appointment is, where it is and what is written about it, while its time stands (APT-3, APT-7)."""

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.scheduling import rules
from skranke.scheduling.errors import BookingRefusedError, WrongStateError
from skranke.scheduling.facts import schedule_facts, type_facts
from skranke.scheduling.models import STANDING, Appointment, AppointmentType, ContactInterface
from skranke.scheduling.services.booking import REASON_LENGTH, locked
from skranke.scheduling.services.noticing import plan_change, withdraw_notices
from skranke.scheduling.services.record import (
    CHANGED,
    MADE,
    has_unsent_push,
    helsenorge_knows,
    log,
    push,
    withdraw_pushes,
)
from skranke.scheduling.values import ShownFacts

_ADDRESS_LENGTH = 300
_FIELDS = ("type", "contact", "address", "reason", "note", "hidden", "version")


def change(
    appointment: Appointment,
    *,
    kind: AppointmentType | None = None,
    contact: ContactInterface | str | None = None,
    address: str | None = None,
    reason: str | None = None,
    note: str | None = None,
    expected_version: int | None = None,
) -> Appointment:
    """Give an appointment another type, way to meet, place or words; what is left out stays (DDFL-PU-04, DDFL-PU-18).

    Another type brings its way to meet and its place, where they are not named too. What the patient is shown of it
    is told as one change; a hidden type makes the appointment hidden, and nothing more leaves (TYP-4, TYP-5).
    Raises WrongStateError when it no longer stands, AppointmentChangedError on another version, BookingRefusedError
    for a type out of use, InvalidError.
    """
    held = locked(appointment, expected_version)
    if held.state not in STANDING:
        raise WrongStateError(_("Timen kan ikke endres slik den står nå."))
    before, was_hidden = _shown(held), held.hidden
    if kind is not None and kind.id != held.type_id:
        give_type(held, kind)
    held.contact = ContactInterface(contact) if contact else held.contact
    held.address = held.address if address is None else _line(address, _ADDRESS_LENGTH, "address")
    held.reason = held.reason if reason is None else _line(reason, REASON_LENGTH, "reason")
    held.note = held.note if note is None else note.strip()
    held.version += 1
    held.save(update_fields=_FIELDS)
    now = clock.now()
    log(held, "edited", Action.APPOINTMENT_CHANGED, now, {"type": str(held.type_id), "contact": held.contact})
    if held.hidden:
        withdraw_pushes(held)
        withdraw_notices(held)
    elif rules.concerns_patient(before, _shown(held), was_hidden=was_hidden):
        plan_change(held, now, is_new=was_hidden)
        if not has_unsent_push(held):
            code = CHANGED if helsenorge_knows(held) else MADE
            push(held, code, now, grace_seconds=this_clinic().grace_seconds)
    return held


def give_type(appointment: Appointment, kind: AppointmentType) -> None:
    """Another type, with its way to meet and its place; to be saved. Raises BookingRefusedError for one out of use."""
    refusal = rules.out_of_use(schedule_facts(appointment.schedule), type_facts(kind))
    if refusal is not None:
        raise BookingRefusedError(refusal)
    appointment.type, appointment.contact, appointment.address = kind, kind.contact, kind.address
    appointment.hidden = rules.is_hidden(type_facts(kind))


def _shown(appointment: Appointment) -> ShownFacts:
    return ShownFacts(appointment.contact, appointment.address, appointment.type.urgent, appointment.type.category)


def _line(text: str, limit: int, field: str) -> str:
    text = " ".join(text.split())
    if len(text) > limit:
        raise InvalidError(_("Teksten kan ha høyst %(limit)d tegn.") % {"limit": limit}, field=field)
    return text
