"""An e-consultation of our own channel and the journal: whoever answers is asked, and says yes or no (JRN-9)."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from skranke.clinics.models import Employee
from skranke.dialog import rules
from skranke.dialog.models import DialogKind, Direction, Message, Thread
from skranke.dialog.services.changes import add_event, lock_for_change, save_change
from skranke.dialog.services.journaling import or_nothing_is_done, write_missing
from skranke.dialog.values import EventKind
from skranke.journal.services import record_entry
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError

NOTE_SOURCE = "journal_note"


def journal_consultation(
    thread: Thread, *, patient_id: UUID | None, note: str, problem: str, expected_version: int | None = None
) -> Thread:
    """Yes: write what is not in the journal yet into it, as it was written, and the note with its problem after it.

    patient_id: whom the employee has confirmed it is about. note: what the employee adds. problem: the problem or
    diagnosis, as a code or in words.
    Raises InvalidError where one of them is missing or wrong, NotJournaledError, VersionConflictError, NotFoundError.
    """
    thread, employee = lock_for_change(thread, expected_version=expected_version)
    _require_own_consultation(thread)
    note, problem = rules.clean_text(note), rules.clean_line(problem)
    _check(thread, patient_id, note, problem)
    with or_nothing_is_done():
        newest = write_missing(thread)
        if newest is None:
            raise InvalidError(_("Samtalen er allerede ført i journalen. Ingenting er lagret."), field="note")
        _write_note(thread, employee, newest, note=note, problem=problem)
    save_change(thread)
    return thread


def decline_journal(thread: Thread, *, expected_version: int | None = None) -> Thread:
    """No: the newest answer and what it answers stay out of the journal, and the event log says who decided so.

    The next answer is asked about anew. Raises InvalidError where nothing is asked, VersionConflictError,
    NotFoundError.
    """
    thread, _employee = lock_for_change(thread, expected_version=expected_version)
    _require_own_consultation(thread)
    answer = thread.messages.filter(direction=Direction.OUT).order_by("-generated_at", "-msg_id").first()
    if answer is None:
        raise InvalidError(_("Samtalen er ikke besvart ennå."))
    add_event(thread, EventKind.JOURNAL_DECLINED, detail={"message": str(answer.id)})
    save_change(thread)
    return thread


def asks(
    thread: Thread, messages: Iterable[Message], journaled: Collection[UUID], declined: Iterable[Mapping[str, Any]]
) -> bool:
    """Whether somebody is still to say if the newest answer is to be journaled.

    messages: in their order. declined: the details of the events by which somebody has said no.
    """
    if not rules.is_own_consultation(thread.own_type):
        return False
    answers = [one.id for one in messages if one.direction == Direction.OUT]
    if not answers or answers[-1] in journaled:
        return False
    return str(answers[-1]) not in {one.get("message") for one in declined}


def _require_own_consultation(thread: Thread) -> None:
    if not rules.is_own_consultation(thread.own_type):
        raise InvalidError(_("Bare en e-konsultasjon fra pasientportalen føres slik."))


def _check(thread: Thread, patient_id: UUID | None, note: str, problem: str) -> None:
    if patient_id is None or patient_id != thread.patient_id:
        raise InvalidError(_("Bekreft at det er riktig pasient. Ingenting er lagret."), field="patient")
    if not note:
        raise InvalidError(_("Skriv en tekst til journalen. Ingenting er lagret."), field="note")
    if len(note) > rules.NOTE_LENGTH:
        too_long = _("Teksten kan ha høyst %(limit)d tegn. Ingenting er lagret.")
        raise InvalidError(too_long % {"limit": rules.NOTE_LENGTH}, field="note")
    if not problem:
        raise InvalidError(_("Skriv problem eller diagnose, som kode eller ord. Ingenting er lagret."), field="problem")
    if len(problem) > rules.PROBLEM_LENGTH:
        too_long = _("Problemet kan ha høyst %(limit)d tegn. Ingenting er lagret.")
        raise InvalidError(too_long % {"limit": rules.PROBLEM_LENGTH}, field="problem")


def _write_note(thread: Thread, employee: Employee, newest: Message, *, note: str, problem: str) -> None:
    assert thread.patient is not None
    entry = record_entry(
        patient=thread.patient,
        at=clock.now(),
        kind=DialogKind.E_CONSULTATION,
        title=thread.title,
        text=note,
        problem=problem,
        author_id=employee.id,
        author_name=employee.name[:200],
        recipient_name="",
        thread_id=thread.id,
        source_kind=NOTE_SOURCE,
        source_id=newest.id,
    )
    add_event(thread, EventKind.JOURNALED, detail={"entry": str(entry.id)})
