"""Reading the audit log of the current clinic, newest first."""

from collections.abc import Collection
from uuid import UUID

from skranke.audit.models import AuditEvent


def events_of_patient(patient_id: UUID, *, limit: int = 200) -> list[AuditEvent]:
    """What was done with one patient's data."""
    return list(AuditEvent.objects.filter(patient_id=patient_id).order_by("-at", "-id")[:limit])


def events_about(subject_kind: str, subject_id: UUID, *, limit: int = 200) -> list[AuditEvent]:
    """What was done with one thing."""
    events = AuditEvent.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    return list(events.order_by("-at", "-id")[:limit])


def deeds_about(subject_kind: str, subject_id: UUID, actions: Collection[str], *, limit: int = 200) -> list[AuditEvent]:
    """What was done with one thing, of these deeds alone: it may have been read often since."""
    events = AuditEvent.objects.filter(subject_kind=subject_kind, subject_id=subject_id, action__in=actions)
    return list(events.order_by("-at", "-id")[:limit])


def changes_of_set_up(subject_kinds: Collection[str], *, limit: int = 200) -> list[AuditEvent]:
    """What was changed in how the clinic is set up: events of these kinds that concern no patient."""
    events = AuditEvent.objects.filter(subject_kind__in=subject_kinds, patient_id=None)
    return list(events.order_by("-at", "-id")[:limit])
