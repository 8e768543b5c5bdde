"""Reading the audit log of the current clinic, newest first."""

from uuid import UUID

from skranke.audit.models import AuditEvent


def events_of_patient(patient_id: UUID, *, limit: int = 200) -> list[AuditEvent]:
    """What was done with one patient's data."""
    return list(AuditEvent.objects.filter(patient_id=patient_id).order_by("-at", "-id")[:limit])


def events_about(subject_kind: str, subject_id: UUID, *, limit: int = 200) -> list[AuditEvent]:
    """What was done with one thing."""
    events = AuditEvent.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    return list(events.order_by("-at", "-id")[:limit])
