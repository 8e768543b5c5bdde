"""TIMERESERVASJON: free slots, booking, cancelling, pushes (HITS 1217 3.4).

AVTALEUTSENDING sends the same pushes, AVTALEAVBESTILLING takes the same cancellation (HITS 1217 3.6, 3.7).
"""

from dataclasses import replace
from datetime import date
from uuid import UUID

from skranke.standards import profile
from skranke.standards.build.dialogs import Text, require_code, require_text
from skranke.standards.build.envelope import (
    Envelope,
    message,
    require_new_thread,
    require_patient,
    require_thread,
    rich,
)
from skranke.standards.codes import Answer, MessageFunction, Question, SlotCategory, YesNo
from skranke.standards.dialog import Dialogmelding, Foresporsel, Notat, RelatedRole
from skranke.standards.errors import BuildError
from skranke.standards.msghead import Attachment, MsgHead
from skranke.standards.shared import Pasientrelasjon, Practitioner
from skranke.standards.xcal import VEvent

_FUNCTION = MessageFunction.BOOKING
_CATEGORIES = frozenset({SlotCategory.URGENT, SlotCategory.VIDEO})
_FREE_CATEGORIES = _CATEGORIES | {SlotCategory.MUST_CALL}


def free_slots_question(
    envelope: Envelope,
    *,
    from_date: date,
    to_date: date,
    wanted: RelatedRole | None = None,
    relation: Pasientrelasjon | None = None,
) -> MsgHead:
    """TR-1: HLT, synchronous, from HelseNorge; both days are included."""
    require_new_thread(envelope)
    require_patient(envelope)
    asked = Foresporsel(
        code=Question.FREE_SLOTS.cv, from_date=from_date, to_date=to_date, roles=(wanted,) if wanted else ()
    )
    return message(envelope, _FUNCTION, Dialogmelding(question=asked), synchronous=True, relation=relation)


def booked_question(envelope: Envelope, *, relation: Pasientrelasjon | None = None) -> MsgHead:
    """TR-9: HBT, synchronous, from HelseNorge; it has no dates (HITS 1217 3.4.4)."""
    require_new_thread(envelope)
    require_patient(envelope)
    asked = Foresporsel(code=Question.BOOKED_APPOINTMENTS.cv)
    return message(envelope, _FUNCTION, Dialogmelding(question=asked), synchronous=True, relation=relation)


def booked_answer(envelope: Envelope, appointments: tuple[VEvent, ...], *, case_type: str = "") -> MsgHead:
    """TR-10: 01 with one vevent for each coming appointment, 02 without a calendar when there is none."""
    for appointment in appointments:
        _check_appointment(appointment, envelope)
    code = Answer.BOOKED_APPOINTMENTS if appointments else Answer.NO_BOOKED_APPOINTMENTS
    return _lookup_answer(envelope, Notat(code=code.cv), appointments, case_type)


def free_slots_answer(envelope: Envelope, slots: tuple[VEvent, ...], *, case_type: str = "") -> MsgHead:
    """TR-2: 03 with one vevent for each free time, 04 without a calendar when there is none."""
    for slot in slots:
        _check_free(slot, envelope)
    code = Answer.FREE_SLOTS if slots else Answer.NO_FREE_SLOTS
    return _lookup_answer(envelope, Notat(code=code.cv), slots, case_type)


def lookup_refusal(envelope: Envelope, code: Answer, *, text: Text, case_type: str = "") -> MsgHead:
    """TR-2: 26 cannot answer, 30 the citizen is blocked."""
    require_code(code, frozenset({Answer.REJECTED, Answer.NO_ACCESS}))
    return _lookup_answer(envelope, Notat(code=code.cv, text=rich(text)), (), case_type)


def _lookup_answer(envelope: Envelope, note: Notat, slots: tuple[VEvent, ...], case_type: str) -> MsgHead:
    require_thread(envelope)
    dialog = Dialogmelding(note=note, case_type=case_type)
    return message(envelope, _FUNCTION, dialog, synchronous=True, appointments=slots)


def reserve(
    envelope: Envelope,
    slot: VEvent,
    *,
    accepts_other: bool,
    text: Text | None = None,
    subject: str = "",
    wanted: RelatedRole | None = None,
    relation: Pasientrelasjon | None = None,
    attachments: tuple[Attachment, ...] = (),
    case_type: str = "",
) -> MsgHead:
    """TR-3: RT, from HelseNorge. Only start, end, uid and contact of the slot are sent.

    accepts_other: whether another practitioner than wanted will do (KodetOpplysning, list 1101).
    """
    chosen = VEvent(start=slot.start, end=slot.end, uid=slot.uid, contact=slot.contact)
    return ask(
        envelope,
        Foresporsel(
            code=Question.RESERVE.cv,
            subject=subject,
            text=rich(text),
            coded_information=(YesNo.YES if accepts_other else YesNo.NO).cv,
            roles=(wanted,) if wanted else (),
        ),
        chosen,
        relation=relation,
        attachments=attachments,
        case_type=case_type,
    )


def cancel(
    envelope: Envelope,
    appointment: VEvent,
    *,
    text: Text | None = None,
    relation: Pasientrelasjon | None = None,
    case_type: str = "",
    function: MessageFunction = _FUNCTION,
) -> MsgHead:
    """TR-4: ART, from HelseNorge, with start, end, uid, contact and related-to of the appointment.

    function: AVTALEAVBESTILLING where the clinic takes it (AA-1), else TIMERESERVASJON.
    """
    chosen = named(appointment)
    # HITS 1217 makes KodetOpplysning mandatory here too, though it means nothing for a cancellation.
    asked = Foresporsel(code=Question.CANCEL.cv, text=rich(text), coded_information=YesNo.NO.cv)
    return ask(envelope, asked, chosen, relation=relation, attachments=(), case_type=case_type, function=function)


def change(
    envelope: Envelope,
    appointment: VEvent,
    slot: VEvent,
    *,
    text: Text | None = None,
    relation: Pasientrelasjon | None = None,
) -> MsgHead:
    """TR-5: ERT, with related-to of the appointment and start, end, uid and contact of the time wanted instead.

    HelseNorge itself cancels and books anew (D-41); this is for who plays it.
    """
    wanted = replace(named(appointment), start=slot.start, end=slot.end, uid=slot.uid, contact=slot.contact)
    asked = Foresporsel(code=Question.CHANGE.cv, text=rich(text), coded_information=YesNo.NO.cv)
    return ask(envelope, asked, wanted, relation=relation, attachments=(), case_type="")


def ask(
    envelope: Envelope,
    asked: Foresporsel,
    event: VEvent | None,
    *,
    relation: Pasientrelasjon | None,
    attachments: tuple[Attachment, ...],
    case_type: str,
    function: MessageFunction = _FUNCTION,
) -> MsgHead:
    """A question about at most one time, as the first message of a thread."""
    require_new_thread(envelope)
    require_patient(envelope)
    if event is not None:
        _check_times(event)
    return message(
        envelope,
        function,
        Dialogmelding(question=asked, case_type=case_type),
        appointments=(event,) if event else (),
        relation=relation,
        attachments=attachments,
    )


def named(appointment: VEvent) -> VEvent:
    """What a question says of an appointment: its time and its ids. Raises BuildError without related-to."""
    if not appointment.related_to:
        raise BuildError("The question names the appointment (related-to).")
    return VEvent(
        start=appointment.start,
        end=appointment.end,
        uid=appointment.uid,
        contact=appointment.contact,
        related_to=appointment.related_to,
    )


_TEXT_ALWAYS = frozenset(
    {Answer.SLOT_TAKEN, Answer.NOT_CANCELLED, Answer.NOT_CHANGED, Answer.REJECTED, Answer.NO_ACCESS}
)
_LOOKUP_CODES = frozenset(
    {Answer.FREE_SLOTS, Answer.NO_FREE_SLOTS, Answer.BOOKED_APPOINTMENTS, Answer.NO_BOOKED_APPOINTMENTS}
)
_WITHOUT_APPOINTMENT = frozenset({Answer.SLOT_TAKEN, Answer.REJECTED, Answer.NO_ACCESS})


def clinic_answer(
    envelope: Envelope,
    code: Answer,
    *,
    appointment: VEvent | None = None,
    text: Text | None = None,
    practitioner: RelatedRole | None = None,
    other_practitioner: Practitioner | None = None,
    attachments: tuple[Attachment, ...] = (),
    case_type: str = "",
    function: MessageFunction = _FUNCTION,
) -> MsgHead:
    """TR-6: 05/06 to RT, 08/09 to ART, 07/34 to ERT, 26/30 to all; AA-2: 08/09 to ART; TO-4: see `timeonske`.

    appointment: with related-to; must be given for 05, 07, 08, 10 and 34, may be for 09, not for 06, 26 and 30 (D-17).
    practitioner: whom the time is with, when it is not the GP; other_practitioner: as well, when it is another than
    the citizen wanted (D-13). function: that of the question; its name is echoed where it is not settled (D-29).
    """
    require_thread(envelope)
    require_patient(envelope)
    require_code(code, profile.CLINIC_ANSWERS[function] - _LOOKUP_CODES)
    if code in _TEXT_ALWAYS:
        require_text(text, "This answer")
    if (appointment is None and code in profile.ANSWERS_WITH_APPOINTMENT) or (
        appointment and code in _WITHOUT_APPOINTMENT
    ):
        raise BuildError(f"An answer {code} lacks its appointment, or has one where there is none.")
    if code is Answer.RESERVED_WITH_OTHER and other_practitioner is None:
        raise BuildError("An appointment with another practitioner lists that one (HITS 1217 3.5.2).")
    if appointment:
        _check_appointment(appointment, envelope)
    roles = (practitioner,) if practitioner else ()
    dialog = Dialogmelding(note=Notat(code=code.cv, text=rich(text), roles=roles), case_type=case_type)
    return message(
        envelope,
        function,
        dialog,
        appointments=(appointment,) if appointment else (),
        practitioners=(other_practitioner,) if other_practitioner else (),
        attachments=attachments,
    )


def push(
    envelope: Envelope,
    code: Answer,
    appointment: VEvent,
    *,
    practitioner: RelatedRole | None = None,
    case_type: str = "",
    function: MessageFunction = _FUNCTION,
) -> MsgHead:
    """TR-7: 05, 07, 08 or 11 of list 7602 in TypeForesp, without subject, text or reference (D-15, D-44).

    function: AVTALEUTSENDING where the pair has that process (AU-1, D-43), else TIMERESERVASJON.
    """
    require_new_thread(envelope)
    require_patient(envelope)
    require_code(code, profile.PUSHES)
    _check_appointment(appointment, envelope)
    told = Foresporsel(code=code.cv, roles=(practitioner,) if practitioner else ())
    dialog = Dialogmelding(question=told, case_type=case_type)
    return message(envelope, function, dialog, appointments=(appointment,))


def _check_times(event: VEvent) -> None:
    if event.end <= event.start:
        raise BuildError("An appointment ends after it starts.")
    if not event.uid or not event.contact:
        raise BuildError("A time has a uid and a contact.")


def _check_ids(event: VEvent) -> None:
    # DDFL-CAL-03: ours are UUIDs; those of others are taken as they come.
    try:
        UUID(event.uid)
        UUID(event.related_to or event.uid)
    except ValueError as error:
        raise BuildError("The ids of a time and of an appointment of ours are UUIDs.") from error
    if event.contact_her_id is None:
        raise BuildError("The contact of a time is the HER-id of who owns it.")


def _check_categories(event: VEvent, allowed: frozenset[SlotCategory], envelope: Envelope) -> None:
    # A service party's calendar has categories of its own (profile.RESOURCE_CALENDARS).
    if envelope.sender.service is not None:
        allowed |= profile.RESOURCE_CATEGORIES
    kinds = set(event.categories) - {SlotCategory.MUST_CALL}
    if not set(event.categories) <= allowed or len(kinds) > 1:
        raise BuildError("The categories of the time are not among the legal ones.")


def _check_free(slot: VEvent, envelope: Envelope) -> None:
    _check_times(slot)
    _check_ids(slot)
    _check_categories(slot, _FREE_CATEGORIES, envelope)
    if slot.must_call and slot.available_at:
        raise BuildError("A time that must be phoned for has no x-available-at (HITS 1217 2.8.3).")
    if slot.related_to:
        raise BuildError("A free time belongs to no appointment.")


def _check_appointment(event: VEvent, envelope: Envelope) -> None:
    _check_times(event)
    _check_ids(event)
    _check_categories(event, _CATEGORIES, envelope)
    if not event.related_to or event.available_at:
        raise BuildError("An appointment has related-to, and no x-available-at (HITS 1217 2.8).")
