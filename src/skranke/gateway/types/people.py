"""Who a message is about and who acts, as our rows know them."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import Employee, EmployeeRole
from skranke.clinics.substitutes.queries import stood_in
from skranke.dialog.models import Message
from skranke.gateway.errors import NoAccessError, NotOnListError, RefusalError, ServiceOffError
from skranke.gateway.facts import ListCheck
from skranke.gateway.values import Incoming
from skranke.kernel import clock
from skranke.kernel.ids import HprNumber, NationalId
from skranke.patients.models import Patient
from skranke.patients.queries import by_national_id
from skranke.patients.rules import may_address
from skranke.patients.services import register
from skranke.standards import people
from skranke.standards.build import parties
from skranke.standards.codes import Answer, PatientRole, Relation
from skranke.standards.dialog import RelatedRole
from skranke.standards.msghead import MsgHead

_ROLES = {
    EmployeeRole.GP: PatientRole.GP,
    EmployeeRole.SUBSTITUTE: PatientRole.GP_SUBSTITUTE,
    EmployeeRole.INTERN: PatientRole.INTERN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote for whom. on_behalf_of, relation: empty when the patient wrote."""

    name: str
    on_behalf_of: str = ""
    relation: str = ""


def require_service(incoming: Incoming, service: str) -> None:
    """Raises ServiceOffError (26) when the addressed party does not offer the service (HITS 1217 2.4.3)."""
    if service not in incoming.party.services:
        raise ServiceOffError(_("Legekontoret tilbyr ikke denne tjenesten. Ring legekontoret."))


def known_patient(message: MsgHead) -> Patient | None:
    """The patient's row, whatever list it stands on."""
    wire = message.info.patient
    national_id = wire.national_id if wire else None
    return by_national_id(national_id) if national_id else None


def addressed_patient(incoming: Incoming, *, unconfirmed: bool = False) -> Patient:
    """The patient, who may write to or book with the addressed party (ACT-6).

    unconfirmed: one whose list nobody can tell, because the register is away, is taken too.
    Raises NoAccessError (30) for one who is unknown, on another list, or blocked: a NotOnListError where the register
    has not been asked. Raises RefusalError (26) when nobody can tell.
    """
    patient = known_patient(incoming.message)
    if patient is None or not may_address(patient, incoming.party.row):
        patient = _unlisted(incoming, patient, unconfirmed=unconfirmed)
    if patient.blocked:
        raise NoAccessError(_("Du kan ikke bruke denne tjenesten her. Ring legekontoret."))
    return patient


def _unlisted(incoming: Incoming, patient: Patient | None, *, unconfirmed: bool) -> Patient:
    text = _("Du står ikke på listen til legen du skrev til. Ingenting er levert. Ring legekontoret.")
    if incoming.list_check is ListCheck.LOCAL:
        raise NotOnListError(text)
    if incoming.list_check is ListCheck.ASKED:
        raise NoAccessError(text)
    if not unconfirmed:
        raise RefusalError(_("Vi får ikke sjekket fastlegelisten nå. Ingenting er bestilt. Ring legekontoret."))
    return patient or _from_message(incoming.message)


def _from_message(message: MsgHead) -> Patient:
    """A patient of somebody who wrote. Raises NoAccessError (30) without a complete number."""
    wire = message.info.patient
    if wire is None or wire.national_id is None:
        raise NoAccessError(_("Vi kan ikke se hvem meldingen gjelder. Ingenting er levert. Ring legekontoret."))
    return register(national_id=wire.national_id, given_name=wire.given_name, family_name=wire.family_name)


def record_refusal(received_id: UUID, message: MsgHead, code: Answer, action: Action = Action.PATIENT_REFUSED) -> None:
    """Write in the audit log that a message was refused because of who it was about (ACT-6), or for another reason."""
    patient = known_patient(message)
    record(
        action,
        subject_kind="received_message",
        subject_id=received_id,
        patient_id=patient.id if patient else None,
        detail={"code": code.value},
    )


def author_of(message: MsgHead) -> Author:
    """Who wrote: the patient, or who acts for the patient (HITS 1217 2.5)."""
    patient = message.info.patient
    name = patient.full_name if patient else ""
    acting = message.relation
    person = acting.person if acting else None
    if acting is None or person is None or (patient and person.national_id == patient.national_id):
        return Author(name=name)
    known = Relation.known(acting.relation)
    stated = acting.relation.dn if acting.relation else ""
    return Author(
        name=person.full_name, on_behalf_of=name, relation=known.term if known else stated or _("representant")
    )


def wire_patient(patient: Patient) -> people.Patient:
    """The patient as the envelope names one. Raises ValueError without a complete national id."""
    return parties.patient(
        NationalId(patient.national_id), given_name=patient.given_name, family_name=patient.family_name
    )


def writer_of(message: Message) -> RelatedRole | None:
    """Who wrote a message of ours, in the own name; who stood in for the addressed GP that day does so as a substitute,
    whatever the own position is (ABS-6).
    """
    writer, party = message.author, message.thread.party
    if writer is None:
        return None
    gp_id, day = party.employee_id if party is not None else None, clock.oslo(message.generated_at).date()
    stands_in = gp_id is not None and writer.id != gp_id and stood_in(writer.id, gp_id, day)
    return practitioner(writer, PatientRole.GP_SUBSTITUTE if stands_in else None)


def practitioner(employee: Employee, role: PatientRole | None = None) -> RelatedRole:
    """Who wrote or whom the time is with: by HPR number and role, else by name alone (CMP-13).

    role: where it is not that of the position.
    """
    if not employee.hpr_number:
        return parties.author(given_name=employee.given_name, family_name=employee.family_name)
    return parties.practitioner_role(
        role or role_of(employee),
        hpr_number=HprNumber(employee.hpr_number),
        given_name=employee.given_name,
        family_name=employee.family_name,
    )


def role_of(employee: Employee) -> PatientRole:
    """An employee's role toward the patient (list 9034)."""
    return _ROLES.get(EmployeeRole(employee.role), PatientRole.TEAM_CONTACT)
