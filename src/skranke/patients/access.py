"""Fetching a patient for an actor: absent and forbidden look the same."""

from collections.abc import Sequence
from uuid import UUID

from skranke.audit.actions import Action
from skranke.audit.models import AuditEvent
from skranke.audit.services import event
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import NotFoundError
from skranke.patients.models import Patient, Relation
from skranke.tenancy.rows import insert


def get_patient_for(actor: Actor, patient_id: UUID, *, purpose: str = "") -> Patient:
    """A patient of the actor's clinic; a patient gets only the own record, the operator none.

    For staff it comes with its GP. The reading is written in the audit log. Raises NotFoundError.
    """
    rows = Patient.objects.filter(id=patient_id, clinic_id=actor.clinic_id)
    patient = (rows if actor.kind == ActorKind.PATIENT else rows.select_related("gp")).first()
    if patient is not None and patient.merged_into_id is not None:
        return get_patient_for(actor, patient.merged_into_id, purpose=purpose)
    if patient is None or not _may_read(actor, patient):
        raise NotFoundError("The patient does not exist.")
    insert(_reading(patient, purpose))
    return patient


def get_patients_for(actor: Actor, patient_ids: Sequence[UUID]) -> list[Patient]:
    """Those of the patients that `get_patient_for` gives, in this order; two statements however many."""
    rows = Patient.objects.filter(clinic_id=actor.clinic_id, merged_into=None)
    found = rows.select_related("gp").in_bulk(patient_ids)
    patients = [found[one] for one in patient_ids if one in found and _may_read(actor, found[one])]
    if patients:
        insert(*(_reading(patient) for patient in patients))
    return patients


def get_relation_for(actor: Actor, relation_id: UUID) -> Relation:
    """A relation on the card of a patient whom the actor may read. Raises NotFoundError."""
    relation = Relation.objects.filter(id=relation_id, clinic_id=actor.clinic_id).select_related("patient").first()
    if relation is None or not _may_read(actor, relation.patient):
        raise NotFoundError("The relation does not exist.")
    return relation


def _reading(patient: Patient, purpose: str = "") -> AuditEvent:
    return event(
        Action.PATIENT_READ, subject_kind="patient", subject_id=patient.id, patient_id=patient.id, purpose=purpose
    )


def _may_read(actor: Actor, patient: Patient) -> bool:
    if actor.kind == ActorKind.PATIENT:
        return actor.person_id == patient.id
    return actor.kind != ActorKind.OPERATOR
