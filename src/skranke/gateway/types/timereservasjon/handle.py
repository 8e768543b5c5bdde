"""Reservation (RT), cancellation (ART) and change (ERT) from HelseNorge (protocol-messages 4.4, HITS 1217 3.4.3)."""

from collections.abc import Callable
from uuid import UUID

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.clinics.models import Employee, PartyKind, Service
from skranke.clinics.queries import this_clinic
from skranke.gateway.codes import member
from skranke.gateway.errors import NoAccessError, ServiceOffError, UnknownQuestionError
from skranke.gateway.types.people import (
    addressed_patient,
    author_of,
    known_patient,
    record_refusal,
    require_service,
)
from skranke.gateway.values import Handled, Incoming
from skranke.outbox.intents import Intent, appointment_stream, receipt_stream
from skranke.outbox.services import enqueue
from skranke.patients.models import Patient
from skranke.scheduling.errors import UNAVAILABLE, BookingRefusedError, CancellationRefusedError
from skranke.scheduling.models import STANDING, Appointment, BookedThrough
from skranke.scheduling.resources import is_common
from skranke.scheduling.services import book, cancel, find_for_cancellation, move_for_patient
from skranke.standards import profile
from skranke.standards.codes import Answer, Question, YesNo
from skranke.standards.dialog import Foresporsel
from skranke.standards.msghead import MsgHead


def handle(incoming: Incoming) -> Handled:
    """Do what the citizen asks and queue the answer in the same commit.

    Raises NoAccessError (30), or UnknownQuestionError (26) for a code that is not asked on this queue (D-41, D-39).
    """
    asked = _ASKED.get(incoming.message.code.v)
    if asked is None or incoming.message.dialog.question is None:
        raise UnknownQuestionError(_("Denne forespørselen kan ikke tas imot her. Ring legekontoret."))
    return asked(incoming)


def reserve(incoming: Incoming) -> Handled:
    """RT: 05, or 06, 26, 30 with a reason; booking re-checks every rule under its locks (HNB-9, HNB-10).

    Without KodetOpplysning no other practitioner will do (HITS 1217 3.4.3.1).
    """
    patient = addressed_patient(incoming)
    require_service(incoming, Service.BOOKING)
    if incoming.party.row.kind == PartyKind.SERVICE and not profile.RESOURCE_CALENDARS:
        raise ServiceOffError(_("Legekontoret tilbyr ikke denne tjenesten. Ring legekontoret."))
    wish, who = incoming.message.appointments[0], author_of(incoming.message)
    try:
        appointment = book(
            patient=patient,
            through=BookedThrough.HELSENORGE,
            slot_uid=wish.uid,
            contact_her_id=wish.contact,
            comment=_words(incoming.message),
            representative=who.name if who.on_behalf_of else "",
            expect=(wish.start, wish.end),
            accepts_other=YesNo.known(_question(incoming).coded_information) is YesNo.YES,
        )
    except BookingRefusedError as error:
        code = member(Answer, error.wire_code)
        action = Action.PATIENT_REFUSED if code is Answer.NO_ACCESS else Action.APPOINTMENT_REFUSED
        record_refusal(incoming.received_id, incoming.message, code, action)
        return _refuse(incoming, patient, Intent.BOOKING_ANSWER, code, str(error))
    other = appointment.schedule.owner_id != _asked_for(incoming) and not is_common(appointment)
    return _answer(incoming, appointment, Intent.BOOKING_ANSWER, Answer.RESERVED, other=other)


def cancel_reserved(incoming: Incoming) -> Handled:
    """ART: 08, or 09 with a reason. A patient who has left the list may still cancel what was booked."""
    patient = _whoever(incoming)
    appointment = _found(incoming, patient)
    if appointment is None:
        return _refuse(
            incoming,
            patient,
            Intent.CANCELLATION_ANSWER,
            Answer.NOT_CANCELLED,
            _("Vi finner ikke timen. Ring legekontoret."),
        )
    try:
        cancelled = cancel(appointment, by="patient", through=BookedThrough.HELSENORGE, reason=_words(incoming.message))
    except CancellationRefusedError as error:
        return _answer(incoming, appointment, Intent.CANCELLATION_ANSWER, Answer.NOT_CANCELLED, str(error))
    return _answer(incoming, cancelled, Intent.CANCELLATION_ANSWER, Answer.CANCELLED)


def change_reserved(incoming: Incoming) -> Handled:
    """ERT: related-to names the appointment, the rest the time wanted instead (D-41).

    34 with the time that stands, where the clinic does not move on request: a change is then a cancellation and a new
    booking, as HelseNorge does it. Where it does: 07 with the new time, else 34, 26 or 30 with the reason.
    """
    patient = _whoever(incoming)
    appointment = _found(incoming, patient) if incoming.message.appointments else None
    if appointment is None or appointment.state not in STANDING:
        # Answered, not raised: what was written of another patient's appointment must stay.
        text = _("Vi finner ikke timen. Ring legekontoret.")
        return _refuse(incoming, patient, Intent.BOOKING_ANSWER, Answer.REJECTED, text)
    if not this_clinic().moves_on_request:
        text = _("Timen kan ikke endres her. Avbestill den og bestill en ny.")
        return _answer(incoming, appointment, Intent.BOOKING_ANSWER, Answer.NOT_CHANGED, text)
    return _move(incoming, patient, appointment)


def _move(incoming: Incoming, patient: Patient, appointment: Appointment) -> Handled:
    require_service(incoming, Service.BOOKING)
    wanted = incoming.message.appointments[0]
    try:
        moved = move_for_patient(
            appointment,
            through=BookedThrough.HELSENORGE,
            slot_uid=wanted.uid,
            contact_her_id=wanted.contact,
            expect=(wanted.start, wanted.end),
        )
    except CancellationRefusedError as error:
        return _answer(incoming, appointment, Intent.BOOKING_ANSWER, Answer.NOT_CHANGED, str(error))
    except BookingRefusedError as error:
        if error.wire_code == UNAVAILABLE:
            return _answer(incoming, appointment, Intent.BOOKING_ANSWER, Answer.NOT_CHANGED, str(error))
        return _refuse(incoming, patient, Intent.BOOKING_ANSWER, member(Answer, error.wire_code), str(error))
    return _answer(incoming, moved, Intent.BOOKING_ANSWER, Answer.CHANGED)


def _whoever(incoming: Incoming) -> Patient:
    patient = known_patient(incoming.message)
    if patient is None:
        raise NoAccessError(_("Vi finner ikke timen. Ring legekontoret."))
    return patient


def _found(incoming: Incoming, patient: Patient) -> Appointment | None:
    named = incoming.message.appointments[0]
    return find_for_cancellation(
        patient=patient,
        related_to=named.related_to,
        uid=named.uid,
        contact_her_id=named.contact,
        start=named.start,
    )


def _question(incoming: Incoming) -> Foresporsel:
    question = incoming.message.dialog.question
    assert question is not None
    return question


def _asked_for(incoming: Incoming) -> UUID | None:
    """The practitioner the citizen asked for: role 23 when it is somebody here, else the addressed party's."""
    wanted = _question(incoming).wanted_practitioner
    found = Employee.objects.filter(hpr_number=str(wanted), active=True).first() if wanted else None
    return found.id if found else incoming.party.employee_id


def _words(message: MsgHead) -> str:
    """What the patient wrote; a heading alone says nothing (HNB-9)."""
    body = message.dialog.body
    text = body.text.plain.strip() if body.text else ""
    return f"{body.subject}\n{text}" if text and body.subject.strip() else text


def _answer(
    incoming: Incoming, appointment: Appointment, intent: Intent, code: Answer, text: str = "", *, other: bool = False
) -> Handled:
    """An answer about an appointment leaves before anything else that is told of it.

    other: it is with another practitioner than asked for, who must be listed (D-13).
    """
    enqueue(
        stream=appointment_stream(appointment.id),
        intent=intent,
        subject_id=incoming.received_id,
        detail={"code": code.value, "text": text, "appointment": str(appointment.id), "other": other},
    )
    return Handled(
        subject_kind="appointment", subject_id=appointment.id, patient_id=appointment.patient_id, code=code.value
    )


def _refuse(incoming: Incoming, patient: Patient, intent: Intent, code: Answer, text: str) -> Handled:
    enqueue(
        stream=receipt_stream(incoming.received_id),
        intent=intent,
        subject_id=incoming.received_id,
        detail={"code": code.value, "text": text},
    )
    return Handled(patient_id=patient.id, code=code.value)


_ASKED: dict[str, Callable[[Incoming], Handled]] = {
    Question.RESERVE.value: reserve,
    Question.CANCEL.value: cancel_reserved,
    Question.CHANGE.value: change_reserved,
}
