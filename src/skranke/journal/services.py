"""Writing the journal. An entry is made in the transaction of what it records, and never changed (JRN-7)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from skranke.audit.actions import Action
from skranke.audit.services import event
from skranke.blobs.services import get_blob
from skranke.journal.models import JournalAttachment, JournalEntry
from skranke.journal.values import AttachmentFacts
from skranke.patients.models import Patient
from skranke.tenancy.rows import insert, insert_once
from skranke.tenancy.work import current_actor


def record_entry(
    *,
    patient: Patient,
    at: datetime,
    kind: str,
    title: str,
    text: str,
    author_id: UUID | None,
    author_name: str,
    recipient_name: str,
    source_kind: str,
    source_id: UUID,
    on_behalf_of: str = "",
    thread_id: UUID | None = None,
    attachments: Sequence[AttachmentFacts] = (),
    begins: bool = False,
    problem: str = "",
) -> JournalEntry:
    """Write one entry with all that JRN-6 asks for, in the caller's transaction.

    A source is recorded once: recording it again gives the entry that stands. An attachment whose content does not
    exist stops the whole (BlobNotFoundError): a message that cannot be journaled is neither received nor sent.
    problem: the problem or diagnosis, where one was stated (JRN-9).
    begins: the unit of work has just made the source, so nobody can have recorded it.
    """
    entry = JournalEntry(
        clinic_id=current_actor().clinic_id,
        patient=patient,
        at=at,
        kind=kind,
        title=title,
        text=text,
        problem=problem,
        author_id=author_id,
        author_name=author_name,
        recipient_name=recipient_name,
        on_behalf_of=on_behalf_of,
        thread_id=thread_id,
        source_kind=source_kind,
        source_id=source_id,
    )
    if not begins and not insert_once(entry):
        return JournalEntry.objects.get(source_kind=source_kind, source_id=source_id)
    done = event(
        Action.JOURNAL_RECORDED,
        subject_kind="journal_entry",
        subject_id=entry.id,
        patient_id=patient.id,
        detail={"kind": kind, "source_kind": source_kind, "source_id": str(source_id)},
    )
    own = [entry] if begins else []
    insert(*own, *(_attachment(entry, number, one) for number, one in enumerate(attachments)), done)
    return entry


def _attachment(entry: JournalEntry, number: int, facts: AttachmentFacts) -> JournalAttachment:
    return JournalAttachment(
        clinic_id=entry.clinic_id,
        entry=entry,
        blob=get_blob(facts.blob_id),
        name=facts.name,
        media_type=facts.media_type,
        size=facts.size,
        number=number,
    )
