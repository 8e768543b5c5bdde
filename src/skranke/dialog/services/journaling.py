"""Writing an e-consultation into the patient's journal, in the transaction of its receipt or sending (JRN-1, JRN-7)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError
from django.db.models import Q
from django.utils.translation import gettext as _

from skranke.blobs.errors import BlobNotFoundError
from skranke.clinics.queries import this_clinic
from skranke.dialog import rules
from skranke.dialog.errors import NotJournaledError
from skranke.dialog.models import Attachment, Channel, DialogKind, Direction, Message, Thread
from skranke.dialog.services.changes import add_event, lock_for_change, save_change
from skranke.dialog.values import EventKind
from skranke.journal.queries import entry_ids_of
from skranke.journal.services import record_entry
from skranke.journal.values import AttachmentFacts
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.tenancy.work import current_actor

SOURCE = "message"
CALLED_BACK_SOURCE = "message_called_back"
# The journal is written in the language of the record, whatever language somebody works in.
_CALLED_BACK = "Meldingen som ble ført rett før denne, ble angret før den ble sendt. Pasienten har ikke fått den."
# Two names of the longest kind and the space between them are one sign more.
_NAME_LENGTH = 200


def journal_thread(thread: Thread) -> None:
    """Journal every message of an e-consultation that is not in the journal yet; of any other kind none (JRN-2).

    Usually that is the newest one. More when the message that says what the thread is came late. Of an e-kontakt that
    an e-consultation was answered as, what belongs to the e-consultation (JRN-1).
    """
    if rules.is_journaled(thread.kind):
        write_missing(thread)
    elif thread.kind == DialogKind.E_CONTACT:
        write_missing(thread, Q(earlier__kind=DialogKind.E_CONSULTATION))


def write_missing(thread: Thread, which: Q | None = None) -> Message | None:
    """Journal what is not in the journal yet, whatever its kind. The newest message that was not; None for none."""
    wanted = thread.messages.filter(which or Q()).select_related("earlier")
    messages = list(wanted.order_by("generated_at", "msg_id"))
    if not messages:
        return None
    known = entry_ids_of(SOURCE, [message.id for message in messages])
    missing = [message for message in messages if message.id not in known]
    for message in missing:
        _write(thread, message, message.attachments.order_by("number"))
    return missing[-1] if missing else None


def journal_sent(thread: Thread) -> None:
    """As `journal_thread`, for what an employee does: what cannot be journaled is told, and nothing is done (JRN-7).

    Raises NotJournaledError.
    """
    with or_nothing_is_done():
        journal_thread(thread)


def journal_by_hand(thread: Thread, *, expected_version: int | None = None) -> Thread:
    """Journal all of a thread about a patient that is not in the journal yet (JRN-13), a whole dialog in one action.

    What comes later is not journaled by itself. Raises InvalidError where no patient is in it, and for an
    e-consultation of our own channel, which needs a note and a problem (JRN-9); NotJournaledError,
    VersionConflictError.
    """
    thread, _employee = lock_for_change(thread, expected_version=expected_version)
    if thread.patient is None:
        raise InvalidError(_("Samtalen gjelder ingen pasient og kan ikke føres i noen journal."))
    if rules.is_own_consultation(thread.own_type):
        raise InvalidError(_("Bekreft pasienten, og skriv tekst og problem til journalen."), field="note")
    with or_nothing_is_done():
        write_missing(thread)
    save_change(thread)
    return thread


def journal_called_back(thread: Thread, messages: Iterable[Message]) -> None:
    """Write after each message that is in the journal that it was never sent: an entry is never changed or removed."""
    known = entry_ids_of(SOURCE, [message.id for message in messages])
    for message in messages:
        if message.id in known:
            _write_called_back(thread, message)


@contextmanager
def or_nothing_is_done() -> Iterator[None]:
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
        kind=_kind(thread, message),
        title=rules.title(message.subject, channel=thread.channel) if message.subject else thread.title,
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


def _write_called_back(thread: Thread, message: Message) -> None:
    assert thread.patient is not None
    record_entry(
        patient=thread.patient,
        at=clock.now(),
        kind=_kind(thread, message),
        title=thread.title,
        text=_CALLED_BACK,
        author_id=current_actor().person_id,
        author_name=current_actor().name[:200],
        recipient_name="",
        thread_id=thread.id,
        source_kind=CALLED_BACK_SOURCE,
        source_id=message.id,
    )


def _kind(thread: Thread, message: Message) -> str:
    if rules.is_own_consultation(thread.own_type):
        return DialogKind.E_CONSULTATION
    return thread.kind if rules.is_journaled(thread.kind) else message.kind


def _recipient(thread: Thread, message: Message) -> str:
    if message.direction == Direction.OUT:
        return thread.patient.name if thread.patient is not None else ""
    if thread.party is not None:
        return thread.party.name
    # In our own channel the patient picks one who is there by name, or writes to the clinic (RCV-22).
    picked = thread.participants.filter(personal=True, employee__isnull=False).select_related("employee").first()
    if picked is not None and picked.employee is not None:
        return picked.employee.name
    return this_clinic().name if thread.channel == Channel.OWN else ""


def _facts(row: Attachment) -> AttachmentFacts:
    return AttachmentFacts(blob_id=row.blob_id, name=row.name, media_type=row.media_type, size=row.size)
