"""The synchronous questions: free times (HLT), booked ones (HBT) where the clinic tells (HITS 1217 3.4.2, 3.4.4)."""

from collections.abc import Callable
from uuid import UUID

from django.utils.translation import gettext as _

from skranke.clinics.models import Employee, Service
from skranke.clinics.queries import this_clinic
from skranke.gateway.codes import member
from skranke.gateway.errors import RefusalError, UnknownQuestionError
from skranke.gateway.types.appointments import event_of
from skranke.gateway.types.people import addressed_patient, require_service
from skranke.gateway.types.timereservasjon.times import free_time, resource_party
from skranke.gateway.values import Incoming
from skranke.kernel import clock
from skranke.scheduling.helsenorge import Calendar
from skranke.scheduling.queries import helsenorge_question, told_appointments
from skranke.standards.build import timereservasjon
from skranke.standards.build.envelope import Envelope, reply_to
from skranke.standards.codes import Answer, Question
from skranke.standards.msghead import MsgHead


def answer(incoming: Incoming, msg_id: UUID) -> MsgHead:
    """03 or 04, 01 or 02, 26 or 30 (TR-2, TR-10).

    Raises RefusalError (26) for a question without dates (D-39), one that the clinic does not answer and every other
    code, NoAccessError (30) for a patient who is not on the list.
    """
    question = incoming.message.dialog.question
    asked = _ASKED.get(question.code.v) if question is not None else None
    if asked is None:
        raise UnknownQuestionError(_("Forespørselen kan ikke besvares her. Ring legekontoret."))
    return asked(incoming, reply_to(incoming.message.info, msg_id=msg_id, gen_date=clock.now()))


def free_times(incoming: Incoming, envelope: Envelope) -> MsgHead:
    """HLT: the calendar that the receiver names, or that of the practitioner asked for (role 23)."""
    question = incoming.message.dialog.question
    assert question is not None
    if question.from_date is None or question.to_date is None or question.to_date < question.from_date:
        raise RefusalError(_("Forespørselen mangler datoer."))
    resource = resource_party(incoming.party)
    found = helsenorge_question(
        calendar=_calendar(incoming),
        patient=addressed_patient(incoming),
        first=question.from_date,
        last=question.to_date,
        now=envelope.gen_date,
    )
    case_type = incoming.message.dialog.case_type
    if found.code in {Answer.REJECTED, Answer.NO_ACCESS}:
        return timereservasjon.lookup_refusal(
            envelope, member(Answer, found.code), text=found.text, case_type=case_type
        )
    contact = str(incoming.party.her_id)
    times = tuple(free_time(slot, contact=contact, resource=resource is not None) for slot in found.slots)
    return timereservasjon.free_slots_answer(envelope, times, case_type=case_type)


def refuse(envelope: Envelope, code: Answer, text: str, case_type: str) -> MsgHead:
    """TR-2: 26 or 30 for what the type itself did not get to see."""
    return timereservasjon.lookup_refusal(envelope, code, text=text, case_type=case_type)


def booked_times(incoming: Incoming, envelope: Envelope) -> MsgHead:
    """HBT: made for home care and absent from the guide's table for GPs, so answered only where the clinic has said so.

    Raises UnknownQuestionError (26) where it has not.
    """
    if not this_clinic().tells_booked_times:
        raise UnknownQuestionError(_("Forespørselen kan ikke besvares her. Ring legekontoret."))
    patient = addressed_patient(incoming)
    require_service(incoming, Service.BOOKING)
    booked = told_appointments(patient)
    times = tuple(event_of(one, incoming.party, incoming.endpoint, Answer.BOOKED_APPOINTMENTS) for one in booked)
    return timereservasjon.booked_answer(envelope, times, case_type=incoming.message.dialog.case_type)


def _calendar(incoming: Incoming) -> Calendar:
    """Whose is asked for: the addressed party's, or that of a wanted practitioner who works here (HITS 1217 3.4.2.1).

    A wish that names nobody here counts as none (protocol-messages 2.4).
    """
    resource = resource_party(incoming.party)
    if resource is not None:
        return Calendar(resource=resource)
    question = incoming.message.dialog.question
    hpr_number = question.wanted_practitioner if question else None
    wanted = Employee.objects.filter(hpr_number=str(hpr_number), active=True).first() if hpr_number else None
    gp_id = incoming.party.employee_id
    return Calendar(gp_id=gp_id, wanted=None if wanted is None or wanted.id == gp_id else wanted)


_ASKED: dict[str, Callable[[Incoming, Envelope], MsgHead]] = {
    Question.FREE_SLOTS.value: free_times,
    Question.BOOKED_APPOINTMENTS.value: booked_times,
}
