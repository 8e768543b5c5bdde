"""The one verb of the audit log: write down what the current actor does, in the verb's own transaction."""

from collections.abc import Mapping
from uuid import UUID

import structlog

from skranke.audit.actions import Action
from skranke.audit.models import AuditEvent
from skranke.audit.rules import default_purpose
from skranke.tenancy.rows import insert
from skranke.tenancy.work import current_actor

REQUEST_ID_LENGTH = 64


def record(
    action: Action | str,
    *,
    subject_kind: str,
    subject_id: UUID | None,
    patient_id: UUID | None = None,
    purpose: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Add one row to the audit log (NFR-1), in the current unit of work and in the name of its actor.

    patient_id: whose data it was, when it was somebody's. purpose: left empty, the ordinary one of the actor's kind.
    detail: JSON facts that are no person's data (old and new state, counts).
    Raises ValueError when the action is not in the registry, NoActorError outside a unit of work.
    """
    insert(
        event(
            action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            patient_id=patient_id,
            purpose=purpose,
            detail=detail,
        )
    )


def event(
    action: Action | str,
    *,
    subject_kind: str,
    subject_id: UUID | None,
    patient_id: UUID | None = None,
    purpose: str = "",
    detail: Mapping[str, object] | None = None,
) -> AuditEvent:
    """The row that `record` writes, for a verb that inserts it together with its other rows (`tenancy.rows.insert`)."""
    actor = current_actor()
    return AuditEvent(
        clinic_id=actor.clinic_id,
        action=Action(action),
        actor_kind=actor.kind,
        # Whoever acts for a patient is somebody else than the patient.
        actor_id=actor.relation_id or actor.person_id,
        actor_name=actor.name,
        actor_role=actor.role,
        patient_id=patient_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        purpose=purpose or default_purpose(actor.kind),
        detail=dict(detail or {}),
        request_id=_request_id(),
    )


def _request_id() -> str:
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))[:REQUEST_ID_LENGTH]
