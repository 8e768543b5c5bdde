"""Reading the journal."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.journal.models import JournalAttachment, JournalEntry
from skranke.patients.models import Patient


def entries_for(patient: Patient, *, limit: int = 100, before: JournalEntry | None = None) -> list[JournalEntry]:
    """The patient's entries with their attachments, newest first; the reading is written in the audit log.

    Those of a row that was merged into the patient's are among them.

    before: the last entry of the page shown already.
    """
    entries = JournalEntry.objects.filter(Q(patient=patient) | Q(patient__merged_into=patient))
    if before is not None:
        entries = entries.filter(at__lt=before.at) | entries.filter(at=before.at, id__lt=before.id)
    files = Prefetch("attachments", JournalAttachment.objects.order_by("number", "id"))
    page = list(entries.order_by("-at", "-id").prefetch_related(files)[:limit])
    record(
        Action.JOURNAL_READ,
        subject_kind="patient",
        subject_id=patient.id,
        patient_id=patient.id,
        detail={"entries": len(page)},
    )
    return page


def entry_ids_of(source_kind: str, source_ids: Collection[UUID] | QuerySet[Any, Any]) -> dict[UUID, UUID]:
    """Source id to entry id, for the sources that are in the journal (JRN-8). source_ids: or a question for them."""
    entries = JournalEntry.objects.filter(source_kind=source_kind, source_id__in=source_ids)
    return dict(entries.values_list("source_id", "id"))
