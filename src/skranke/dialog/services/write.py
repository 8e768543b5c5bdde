"""Writing to a patient: one commit holds message, journal entry, audit and outbox row (architecture 4)."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.clinics.models import CommunicationParty, Employee
from skranke.clinics.queries import party_of_employee
from skranke.dialog import access, rules
from skranke.dialog.errors import AlreadyAnsweredError, ReachabilityUnknownError, UnreachableError
from skranke.dialog.models import (
    Channel,
    DialogKind,
    KeptDraft,
    Message,
    Thread,
    ThreadState,
)
from skranke.dialog.outcomes import OutcomeRule
from skranke.dialog.services.changes import (
    add_event,
    asked_code,
    is_answered_finally,
    join,
    leave_all_inboxes,
    lock_for_change,
    of,
    refresh,
    save_change,
    waiting_since,
)
from skranke.dialog.services.colleagues import answer_colleagues
from skranke.dialog.services.handling import apply
from skranke.dialog.services.issued import note_unissued
from skranke.dialog.services.journaling import journal_sent
from skranke.dialog.services.keeping import discard_answer, discard_draft
from skranke.dialog.services.participants import Invited, invite
from skranke.dialog.services.prescriptions import renewed, rows
from skranke.dialog.services.renewing import require_renewed, result_rows, told_of_items
from skranke.dialog.services.sending import checked_subject, checked_text, record_sent, send
from skranke.dialog.services.turning import begins, close_earlier, first_text, subject_of, turn
from skranke.dialog.values import EventKind, Handling, ItemResult, PrescriptionFacts
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError, NotFoundError
from skranke.patients.models import Patient
from skranke.patients.queries import reachability
from skranke.patients.rules import Reason
from skranke.tenancy.rows import insert
from skranke.tenancy.work import current_actor

_WRITABLE = (DialogKind.E_CONTACT, DialogKind.E_CONSULTATION, DialogKind.E_DIALOG)


def answer(
    thread: Thread,
    *,
    text: str,
    attachment_ids: Sequence[UUID] = (),
    close: bool = False,
    outcome: str = "",
    appointment_id: UUID | None = None,
    prescriptions: Sequence[PrescriptionFacts] = (),
    results: Sequence[ItemResult] | None = None,
    turn_into: str = "",
    closing_text: str | None = None,
    expected_version: int | None = None,
) -> Message:
    """Answer the patient, and close the thread when `close` is set.

    Through HelseNorge the patient may write again after that (MSG-25), in our own portal not (MSG-8).

    outcome: what the answer decides, by name or national code, where its kind demands or allows it (`outcomes`); a
    final one closes the thread. appointment_id: given by the room of appointments alone, for an outcome that needs one.
    prescriptions: what is renewed, for an outcome that names items (RX-16). results: each item (RX-10), or None.
    turn_into: the kind of dialog that the patient is answered in instead (JRN-3, RX-7); closing_text: what ends the
    one the patient wrote in, None for the standard text. Both messages are of one commit (JRN-15, RX-17).
    Leaves from the party the patient addressed (CMP-13). The thread leaves every inbox (MSG-3) and the writer becomes
    responsible (MSG-18).
    Raises VersionConflictError, AlreadyAnsweredError, InvalidError (CMP-16, RX-3), ItemsContradictError (RX-10),
    PrescriptionsNeededError (D-05), AttachmentsTooLargeError, NotFoundError.
    """
    thread, employee = lock_for_change(thread, expected_version=expected_version)
    if thread.channel == Channel.INTERNAL:
        return answer_colleagues(thread, employee, text=text, attachment_ids=attachment_ids, close=close)
    thread.party = _sending_party(thread)
    if is_answered_finally(thread):
        raise AlreadyAnsweredError(
            _("Forespørselen er besvart. Start en ny e-Kontakt eller eKonsultasjon for å skrive mer til pasienten.")
        )
    if turn_into:
        turn(thread, turn_into)
    asked, first, needed = asked_code(thread), begins(thread), not _names_no_text(thread.kind, outcome)
    text = first_text(thread, text) if first else checked_text(thread.kind, text, needed=needed)
    decided = _checked_outcome(thread.kind, outcome, asked, appointment_id)
    items, told = _of_items(thread, prescriptions, results, decided)
    _require_decidable(thread, decided, attachment_ids, first=first)
    close = close or (decided is not None and decided.final)
    code = decided.code.value if decided else rules.answer_code(thread.kind, close=close)
    message = send(
        thread,
        employee,
        code=rules.start_code(thread.kind, may_answer=True) if first else code,
        text=text,
        subject=subject_of(thread) if first else "",
        attachment_ids=attachment_ids,
        appointment_id=appointment_id,
    )
    if first:
        close_earlier(thread, employee, message, closing_text)
    if items or told:
        insert(*rows(message, items), *result_rows(message, told))
    _conclude(thread, employee, message, close=close)
    return message


def _of_items(
    thread: Thread,
    prescriptions: Sequence[PrescriptionFacts],
    results: Sequence[ItemResult] | None,
    decided: OutcomeRule | None,
) -> tuple[tuple[PrescriptionFacts, ...], tuple[ItemResult, ...]]:
    """What goes along, and what is said of each item; they must fit the outcome and each other."""
    items, told = renewed(thread, prescriptions, decided), told_of_items(thread, results, decided)
    require_renewed(thread, told, items)
    return items, told


def _conclude(thread: Thread, employee: Employee, message: Message, *, close: bool) -> None:
    """What follows from an answer for the thread, the inboxes, the journal and the log."""
    thread.state = ThreadState.CLOSED if close else ThreadState.OPEN
    if thread.channel == Channel.OWN:
        thread.may_be_answered = not close
    thread.responsible = employee
    refresh(thread)
    leave_all_inboxes(thread)
    join(thread, of(employee), in_inbox=False)
    add_event(thread, EventKind.ANSWERED, detail={"message": str(message.id)})
    if close:
        add_event(thread, EventKind.CLOSED)
    journal_sent(thread)
    record_sent(Action.THREAD_ANSWERED, thread, message)
    note_unissued(thread, message)
    discard_answer(thread, employee)
    save_change(thread)


def start_dialog(
    *,
    patient: Patient,
    kind: DialogKind | str,
    subject: str,
    text: str,
    attachment_ids: Sequence[UUID] = (),
    may_answer: bool = True,
    known_only: bool = False,
    draft: KeptDraft | None = None,
    to: Invited = (),
    handling: Handling | None = None,
) -> Thread:
    """Write first to a patient; through HelseNorge the message leaves from the patient's GP at this clinic (CMP-13).

    An e-dialog lies in the patient portal as soon as this is committed, and leaves for nowhere (CMP-4).
    may_answer: DI, and the thread is open; otherwise EKI, and it is closed at once (CMP-7, MSG-25).
    known_only: only when HelseNorge has lately told that the patient can be reached (PAT-10); else it answers the
    message itself. draft: the writer's own that this was; it is then forgotten. to: colleagues who take part, too.
    handling: how it is treated, where that is not as usual.
    Raises UnreachableError (PAT-9), ReachabilityUnknownError, InvalidError (CMP-16), AttachmentsTooLargeError,
    NotFoundError.
    """
    employee = access.employee_of(current_actor())
    found = Patient.objects.filter(id=patient.id).select_related("gp").first()
    if found is None:
        raise NotFoundError(_("Vi finner ikke pasienten. Søk på nytt."))
    kind = DialogKind(kind)
    if kind not in _WRITABLE:
        raise InvalidError(_("Velg e-Kontakt, eKonsultasjon eller E-dialog."), field="kind")
    subject, text = checked_subject(kind, subject), checked_text(kind, text)
    party = _reachable_through(found, kind, known_only=known_only)
    thread = _new_thread(found, party, kind, subject, may_answer=may_answer)
    code = rules.start_code(kind, may_answer=may_answer)
    message = send(thread, employee, code=code, text=text, subject=subject, attachment_ids=attachment_ids)
    refresh(thread)
    invite(thread, to, by=employee)
    join(thread, of(employee), in_inbox=False)
    if handling is not None:
        apply(thread, handling, by=employee)
    add_event(thread, EventKind.STARTED, detail={"message": str(message.id)})
    journal_sent(thread)
    record_sent(Action.THREAD_STARTED, thread, message)
    save_change(thread)
    if draft is not None:
        discard_draft(draft)
    return thread


def _new_thread(
    patient: Patient, party: CommunicationParty | None, kind: DialogKind, subject: str, *, may_answer: bool
) -> Thread:
    now, channel = clock.now(), rules.channel(kind)
    return Thread.objects.create(
        clinic_id=current_actor().clinic_id,
        kind=kind,
        channel=channel,
        patient=patient,
        party=party,
        conversation=str(uuid4()),
        title=rules.title(subject, channel=channel),
        state=ThreadState.OPEN if may_answer else ThreadState.CLOSED,
        may_be_answered=may_answer,
        important=rules.is_important(kind),
        created_at=now,
        last_message_at=now,
    )


def _sending_party(thread: Thread) -> CommunicationParty | None:
    """The party an answer leaves from through HelseNorge (CMP-13); None in our own channel."""
    if thread.channel == Channel.OWN and thread.patient is not None:
        return None
    if thread.channel != Channel.HELSENORGE or thread.patient is None or not rules.is_answerable(thread.kind):
        raise InvalidError(_("Denne samtalen kan ikke besvares."))
    party = thread.party or _party_of_gp(thread.patient)
    if party is None:
        raise UnreachableError(_("Pasienten har ingen fastlege her som HelseNorge kjenner."), reason="no_gp")
    return party


def _reachable_through(patient: Patient, kind: DialogKind, *, known_only: bool) -> CommunicationParty | None:
    """The party a new dialog leaves from; None in our own channel.

    Raises UnreachableError, ReachabilityUnknownError.
    """
    own = rules.channel(kind) == Channel.OWN
    found = rules.reachability_in_portal(patient) if own else reachability(patient)
    if not found.known and found.reason == Reason.NOT_ON_LIST:
        raise ReachabilityUnknownError(
            _("Fastlegeregisteret har ikke svart ennå. Ingenting er sendt. Vent litt eller lagre som kladd.")
        )
    if known_only and not found.known:
        raise ReachabilityUnknownError(
            _("HelseNorge har ikke svart på om pasienten kan nås. Ingenting er sendt. Vent litt eller lagre som kladd.")
        )
    if not found.ok:
        raise UnreachableError(found.sentence, reason=found.reason)
    if own:
        return None
    party = _party_of_gp(patient)
    assert party is not None, "a reachable patient's GP has a party"
    return party


def _party_of_gp(patient: Patient) -> CommunicationParty | None:
    return party_of_employee(patient.gp) if patient.gp is not None else None


def _require_decidable(
    thread: Thread, decided: OutcomeRule | None, attachment_ids: Sequence[UUID], *, first: bool
) -> None:
    """What decides has no files. What was turned is answered where it is now, and a refusal needs one who waits."""
    if attachment_ids and not rules.takes_attachments(thread.kind):
        raise InvalidError(_("Svaret kan ikke ha vedlegg. Ta dem bort."), field="attachments")
    if decided is None:
        return
    if first:
        raise InvalidError(_("En samtale som er gjort om, kan ikke avvises. Skriv et svar."), field="outcome")
    if rules.is_refusable(thread.kind) and waiting_since(thread) is None:
        raise InvalidError(_("Pasienten venter ikke på svar: det er ingenting å avvise."), field="outcome")


def _names_no_text(kind: str, outcome: str) -> bool:
    decided = rules.outcome(kind, outcome)
    return decided is not None and not decided.needs_text


def _checked_outcome(kind: str, wanted: str, asked: str, appointment_id: UUID | None) -> OutcomeRule | None:
    """The outcome that was chosen; None in a kind whose answers decide nothing."""
    if not rules.outcomes(kind) and not wanted:
        return None
    decided = rules.outcome(kind, wanted, asked)
    if decided is None:
        raise InvalidError(
            _("Velg hva svaret er.") if not wanted else _("Svaret kan ikke ha dette utfallet."), field="outcome"
        )
    named = appointment_id is not None and decided.names_appointment
    if not named and decided.needs_appointment != (appointment_id is not None):
        raise InvalidError(_("Velg timen svaret gjelder."), field="appointment")
    return decided
