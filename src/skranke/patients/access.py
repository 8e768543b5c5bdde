"""Fetching a patient for an actor: absent and forbidden look the same."""

from uuid import UUID

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import NotFoundError
from skranke.patients.models import Patient


def get_patient_for(actor: Actor, patient_id: UUID, *, purpose: str = "") -> Patient:
    """A patient of the actor's clinic; a patient gets only the own record, the operator none.

    The reading is written in the audit log. Raises NotFoundError.
    """
    patient = Patient.objects.filter(id=patient_id, clinic_id=actor.clinic_id).select_related("gp").first()
    if patient is None or not _may_read(actor, patient):
        raise NotFoundError("The patient does not exist.")
    record(Action.PATIENT_READ, subject_kind="patient", subject_id=patient.id, patient_id=patient.id, purpose=purpose)
    return patient


def _may_read(actor: Actor, patient: Patient) -> bool:
    if actor.kind == ActorKind.PATIENT:
        return actor.person_id == patient.id
    return actor.kind != ActorKind.OPERATOR
