"""Wishes for an appointment: taken in as threads of Post, and answered with a time, a cancellation or words (REQ-3).

A wish takes no time by itself. Where its answer tells of an appointment, no push tells of the same (protocol-messages
4.5: one message for each event).
"""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from skranke.clinics.models import Employee
from skranke.dialog import rules as dialog_rules
from skranke.dialog import services as dialog
from skranke.dialog.models import Message, Thread
from skranke.dialog.outcomes import OutcomeRule
from skranke.dialog.services.changes import asked_code
from skranke.dialog.values import IncomingMessage
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.scheduling import rules
from skranke.scheduling.access import get_appointment_for
from skranke.scheduling.models import STANDING, Appointment, BookedThrough, Wish, WishKind
from skranke.scheduling.services.booking import locked
from skranke.scheduling.services.cancelling import cancel, find_for_cancellation
from skranke.scheduling.services.record import withdraw_pushes
from skranke.scheduling.values import NamedTime, Unfit
from skranke.tenancy.work import current_actor


def receive_wish(
    incoming: IncomingMessage, kind: WishKind, *, named: NamedTime | None = None, accepts_other: bool = False
) -> Message:
    """Put a citizen's wish into Post, with the appointment it names where that is found (DDFL-TO-01, DDFL-TO-05).

    Nothing is booked, moved or cancelled. Raises OtherPatientError.
    """
    message = dialog.receive_message(incoming)
    wanted = found = None
    if incoming.wanted_hpr:
        wanted = Employee.objects.filter(hpr_number=incoming.wanted_hpr, active=True).first()
    if named is not None:
        found = find_for_cancellation(
            patient=incoming.patient,
            related_to=named.related_to,
            uid=named.uid,
            contact_her_id=named.contact,
            start=named.start,
        )
    Wish.objects.get_or_create(
        thread=message.thread,
        defaults={
            "clinic_id": message.clinic_id,
            "kind": kind,
            "accepts_other": accepts_other,
            "wanted": wanted,
            "named_start": named.start if named else None,
            "named_end": named.end if named else None,
            "appointment": found,
        },
    )
    return message


def answer_wish(
    thread: Thread,
    *,
    text: str,
    outcome: str,
    appointment_id: UUID | None = None,
    expected_version: int | None = None,
) -> Message:
    """Answer a wish, once (TO-4, DDFL-TO-02..07).

    outcome: by name or national code. appointment_id: the appointment that is given, for an outcome that needs one: a
    coming one of the patient's, made or moved before. The other outcomes speak of the appointment that the wish
    names. Granting a cancellation cancels it. HelseNorge is told by the answer alone.
    Raises InvalidError, NotFoundError, VersionConflictError, AlreadyAnsweredError, WrongStateError when it cannot be
    cancelled.
    """
    wish = Wish.objects.select_related("thread__party", "appointment").filter(thread=thread).first()
    decided = dialog_rules.outcome(thread.kind, outcome, asked=asked_code(thread))
    told = _told_of(wish, decided, appointment_id) if wish is not None and decided is not None else None
    granted = decided is not None and rules.changes_appointment(decided.code)
    if told is not None and decided is not None and rules.grants_cancellation(decided.code):
        told = cancel(told, by="patient", through=BookedThrough.STAFF, reason=_("Pasientens ønske"), answers=True)
    message = dialog.answer(
        thread,
        text=text,
        outcome=outcome,
        appointment_id=told.id if told is not None else None,
        expected_version=expected_version,
    )
    if told is not None and granted:
        _tell_by_answer(told, message.generated_at)
    return message


def _told_of(wish: Wish, decided: OutcomeRule, appointment_id: UUID | None) -> Appointment | None:
    if decided.needs_appointment:
        return _given(wish, decided, appointment_id) if appointment_id is not None else None
    if not decided.names_appointment:
        return None
    if wish.appointment is None and rules.must_name_appointment(decided.code):
        raise InvalidError(_("Vi finner ikke timen pasienten viser til. Velg et annet svar."), field="outcome")
    return wish.appointment


def _given(wish: Wish, decided: OutcomeRule, appointment_id: UUID) -> Appointment:
    """The appointment the answer gives, fit for it."""
    found = get_appointment_for(current_actor(), appointment_id)
    coming = found.state in STANDING and found.during.lower > clock.now() and not found.hidden
    if found.patient_id != wish.thread.patient_id or not coming:
        raise InvalidError(_("Velg en av pasientens kommende timer."), field="appointment")
    same = wish.appointment is None or wish.appointment_id == found.id
    owner = found.schedule.owner
    with_other = owner is not None and bool(owner.hpr_number) and owner.id != _wanted_id(wish)
    refusal = rules.unfit_answer(decided.code, same=same, with_other=with_other)
    if refusal is not None:
        raise InvalidError(str(_TEXTS[refusal]), field="appointment")
    return found


def _wanted_id(wish: Wish) -> UUID | None:
    """The practitioner asked for: the one wished for, else the addressed GP."""
    party = wish.thread.party
    return wish.wanted_id or (party.employee_id if party is not None else None)


def _tell_by_answer(appointment: Appointment, at: datetime) -> None:
    """HelseNorge hears of it by the answer: what was to be pushed is taken back, and later facts are dated later."""
    held = locked(appointment)
    withdraw_pushes(held)
    newest = max(at, held.wire_generated_at or at)
    Appointment.objects.filter(id=held.id).update(told_helsenorge=True, wire_generated_at=newest)


_TEXTS = {
    Unfit.NOT_THE_ONE: gettext_lazy("Flytt timen pasienten viser til i Timebok, og velg den."),
    Unfit.WITH_OTHER: gettext_lazy("Timen er hos en annen behandler. Velg svaret som sier det."),
    Unfit.NOT_WITH_OTHER: gettext_lazy("Timen er ikke hos en annen behandler. Velg svaret som sier det."),
}
