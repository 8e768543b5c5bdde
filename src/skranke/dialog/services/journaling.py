"""Writing an e-consultation into the patient's journal, in the transaction of its receipt or sending (JRN-1, JRN-7)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError
from django.db.models import Q
from django.utils.translation import gettext as _

from skranke.blobs.errors import BlobNotFoundError
from skranke.dialog import rules
from skranke.dialog.errors import NotJournaledError
from skranke.dialog.models import Attachment, DialogKind, Direction, Message, Thread
from skranke.dialog.services.changes import add_event, lock_for_change, save_change
from skranke.dialog.values import EventKind
from skranke.journal.queries import entry_ids_of
from skranke.journal.services import record_entry
from skranke.journal.values import AttachmentFacts
from skranke.kernel.errors import InvalidError

SOURCE = "message"
# Two names of the longest kind and the space between them are one sign more.
_NAME_LENGTH = 200


def journal_thread(thread: Thread) -> None:
    """Journal every message of an e-consultation that is not in the journal yet; of any other kind none (JRN-2).

    Usually that is the newest one. More when the message that says what the thread is came late. Of an e-kontakt that
    an e-consultation was answered as, what belongs to the e-consultation (JRN-1).
    """
    if rules.is_journaled(thread.kind):
        _write_missing(thread, Q())
    elif thread.kind == DialogKind.E_CONTACT:
        _write_missing(thread, Q(earlier__kind=DialogKind.E_CONSULTATION))


def _write_missing(thread: Thread, which: Q) -> None:
    messages = list(thread.messages.filter(which).select_related("earlier").order_by("generated_at", "msg_id"))
    if not messages:
        return
    known = entry_ids_of(SOURCE, [message.id for message in messages])
    for message in messages:
        if message.id not in known:
            _write(thread, message, message.attachments.order_by("number"))


def journal_sent(thread: Thread) -> None:
    """As `journal_thread`, for what an employee does: what cannot be journaled is told, and nothing is done (JRN-7).

    Raises NotJournaledError.
    """
    with _or_nothing_is_done():
        journal_thread(thread)


def journal_by_hand(thread: Thread, *, expected_version: int | None = None) -> Thread:
    """Journal all of a thread about a patient that is not in the journal yet (JRN-13), a whole dialog in one action.

    What comes later is not journaled by itself. Raises InvalidError where no patient is in it, NotJournaledError,
    VersionConflictError.
    """
    thread, _employee = lock_for_change(thread, expected_version=expected_version)
    if thread.patient is None:
        raise InvalidError(_("Samtalen gjelder ingen pasient og kan ikke føres i noen journal."))
    with _or_nothing_is_done():
        _write_missing(thread, Q())
    save_change(thread)
    return thread


@contextmanager
def _or_nothing_is_done() -> Iterator[None]:
    """What the journal does not take is told as one thing, whatever stood in the way; the caller's work is undone."""
    try:
        yield
    except (BlobNotFoundError, DatabaseError) as error:
        raise NotJournaledError(
            _("Vi fikk ikke ført samtalen i journalen, og da blir ingenting sendt. Prøv igjen om litt.")
        ) from error


def journal_message(thread: Thread, message: Message, files: Iterable[Attachment]) -> None:
    """Journal a message that has just been made, with its files, when it is of a kind that is journaled."""
    if rules.is_journaled(thread.kind):
        _write(thread, message, files, begins=True)


def _write(thread: Thread, message: Message, files: Iterable[Attachment], *, begins: bool = False) -> None:
    assert thread.patient is not None
    record_entry(
        patient=thread.patient,
        at=message.generated_at,
        kind=thread.kind if rules.is_journaled(thread.kind) else message.kind,
        title=rules.title(message.subject) if message.subject else thread.title,
        text=message.text,
        author_id=message.author_id,
        author_name=message.author_name,
        recipient_name=_recipient(thread, message)[:_NAME_LENGTH],
        on_behalf_of=message.on_behalf_of,
        thread_id=thread.id,
        source_kind=SOURCE,
        source_id=message.id,
        attachments=[_facts(row) for row in files],
        begins=begins,
    )
    add_event(thread, EventKind.JOURNALED, detail={"message": str(message.id)})


def _recipient(thread: Thread, message: Message) -> str:
    whom = thread.party if message.direction == Direction.IN else thread.patient
    return whom.name if whom is not None else ""


def _facts(row: Attachment) -> AttachmentFacts:
    return AttachmentFacts(blob_id=row.blob_id, name=row.name, media_type=row.media_type, size=row.size)
