"""BEHANDLEROVERSIKT: HB is answered 21, or 20 with the GP and the substitutes (protocol-messages 4.9)."""

from uuid import UUID

from django.utils.translation import gettext as _

from skranke.clinics.models import Employee, EmployeeRole
from skranke.clinics.queries import this_clinic
from skranke.gateway.errors import ServiceOffError, UnknownQuestionError
from skranke.gateway.types.people import addressed_patient
from skranke.gateway.values import Handled, Incoming
from skranke.kernel import clock
from skranke.kernel.ids import HprNumber
from skranke.standards.build import behandleroversikt, parties
from skranke.standards.build.envelope import Envelope, reply_to
from skranke.standards.codes import Answer, PatientRole, Profession, Question
from skranke.standards.msghead import MsgHead
from skranke.standards.shared import Practitioner
from skranke.wire.errors import UnsupportedMessageError

_STAND_IN = {EmployeeRole.SUBSTITUTE: PatientRole.GP_SUBSTITUTE, EmployeeRole.INTERN: PatientRole.INTERN}


def handle(_incoming: Incoming) -> Handled:
    """Nothing of this function is asynchronous. Raises UnsupportedMessageError."""
    raise UnsupportedMessageError("The function has no asynchronous form.", fields=("subject",))


def answer(incoming: Incoming, msg_id: UUID) -> MsgHead:
    """BO-2.

    Raises NoAccessError (30) for a patient without access; for another code UnknownQuestionError, and ServiceOffError
    where nothing is offered: both become 31.
    """
    if incoming.message.code.v != Question.PRACTITIONERS:
        raise UnknownQuestionError(_("Forespørselen kan ikke besvares her. Ring legekontoret."))
    if not incoming.party.services:
        raise ServiceOffError(_("Legekontoret tilbyr ikke denne tjenesten. Ring legekontoret."))
    addressed_patient(incoming)
    envelope = reply_to(incoming.message.info, msg_id=msg_id, gen_date=clock.now())
    return behandleroversikt.answer(envelope, _practitioners(incoming))


def refuse(envelope: Envelope, code: Answer, text: str, _case_type: str) -> MsgHead:
    """30, or 31 in the place of 26, which this service does not have (D-06), nor a Sakstype."""
    wire_code = Answer.NO_ACCESS if code is Answer.NO_ACCESS else Answer.GENERAL_FAULT
    return behandleroversikt.refusal(envelope, wire_code, text=text)


def _practitioners(incoming: Incoming) -> tuple[Practitioner, ...]:
    """The GP first, then who stands in, by family name; nobody unless the clinic shows them and there is somebody.

    HelseNorge knows the GP by itself; a list that is sent must hold the GP (HITS 1217 3.11).
    """
    if not this_clinic().shows_practitioners:
        return ()
    known = Employee.objects.filter(active=True).exclude(hpr_number="")
    gp_id = incoming.party.employee_id
    gp = known.filter(id=gp_id).first() if gp_id else None
    if gp is None:
        return ()
    # Of a list without a doctor the party is the stand-in's own: who is listed as the GP is not listed twice.
    others = known.filter(role__in=list(_STAND_IN)).exclude(id=gp.id).order_by("family_name", "given_name", "id")
    found = [_entry(one, _STAND_IN[EmployeeRole(one.role)]) for one in others]
    return (_entry(gp, PatientRole.GP), *found) if found else ()


def _entry(employee: Employee, role: PatientRole) -> Practitioner:
    person = parties.health_person(
        hpr_number=HprNumber(employee.hpr_number),
        given_name=employee.given_name,
        family_name=employee.family_name,
        role=role,
        profession=Profession.PHYSICIAN,
    )
    return Practitioner(people=(person,), remark=role.term)
