"""Fetching from the journal for an actor: absent and forbidden look the same."""

from uuid import UUID

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.journal.models import JournalAttachment, JournalEntry
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import NotFoundError


def get_entry_for(actor: Actor, entry_id: UUID, *, purpose: str = "") -> JournalEntry:
    """An entry for an employee of the clinic; the reading is written in the audit log. Raises NotFoundError."""
    found = JournalEntry.objects.filter(id=entry_id, clinic_id=actor.clinic_id).select_related("patient")
    entry = found.first() if _may_read(actor) else None
    if entry is None:
        raise NotFoundError("The journal entry does not exist.")
    _record_reading(entry, purpose)
    return entry


def get_attachment_for(actor: Actor, attachment_id: UUID, *, purpose: str = "") -> JournalAttachment:
    """A file of an entry, on the same terms. Raises NotFoundError."""
    found = JournalAttachment.objects.filter(id=attachment_id, clinic_id=actor.clinic_id).select_related("entry")
    attachment = found.first() if _may_read(actor) else None
    if attachment is None:
        raise NotFoundError("The attachment does not exist.")
    _record_reading(attachment.entry, purpose)
    return attachment


def _may_read(actor: Actor) -> bool:
    return actor.kind in {ActorKind.EMPLOYEE, ActorKind.SYSTEM}


def _record_reading(entry: JournalEntry, purpose: str) -> None:
    record(
        Action.JOURNAL_READ,
        subject_kind="journal_entry",
        subject_id=entry.id,
        patient_id=entry.patient_id,
        purpose=purpose,
    )
