"""Writing to a patient: one commit holds message, journal entry, audit and outbox row (architecture 4)."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import CommunicationParty, Employee
from skranke.clinics.queries import party_of_employee
from skranke.dialog import access, rules
from skranke.dialog.errors import AlreadyAnsweredError, ReachabilityUnknownError, UnreachableError
from skranke.dialog.models import (
    Channel,
    DeliveryState,
    DialogKind,
    Direction,
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
from skranke.dialog.services.journaling import journal_thread
from skranke.dialog.services.keeping import discard_draft
from skranke.dialog.services.prescriptions import renewed, rows
from skranke.dialog.services.uploads import attach, uploads_of
from skranke.dialog.values import EventKind, PrescriptionFacts
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError, NotFoundError
from skranke.outbox.intents import Intent, thread_stream
from skranke.outbox.services import enqueue
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
    expected_version: int | None = None,
) -> Message:
    """Answer the patient, and close the thread when `close` is set.

    Through HelseNorge the patient may write again after that (MSG-25), in our own portal not (MSG-8).

    outcome: what the answer decides, by name or national code, where its kind demands or allows it (`outcomes`); a
    final one closes the thread. appointment_id: given by the room of appointments alone, for an outcome that needs one.
    prescriptions: what is renewed, for an outcome that names items (RX-16).
    Leaves from the party the patient addressed (CMP-13). The thread leaves every inbox (MSG-3) and the writer becomes
    responsible (MSG-18).
    Raises VersionConflictError, AlreadyAnsweredError, InvalidError (CMP-16, RX-3), PrescriptionsNeededError (D-05),
    AttachmentsTooLargeError, NotFoundError.
    """
    thread, employee = lock_for_change(thread, expected_version=expected_version)
    thread.party = _sending_party(thread)
    if is_answered_finally(thread):
        raise AlreadyAnsweredError(
            _("Forespørselen er besvart. Start en ny e-Kontakt eller eKonsultasjon for å skrive mer til pasienten.")
        )
    asked = asked_code(thread)
    text = _checked_text(thread.kind, text, needed=not _names_no_text(thread.kind, outcome))
    decided = _checked_outcome(thread.kind, outcome, asked, appointment_id)
    items = renewed(thread, prescriptions, decided)
    if attachment_ids and not rules.takes_attachments(thread.kind):
        raise InvalidError(_("Svaret kan ikke ha vedlegg. Ta dem bort."), field="attachments")
    if decided is not None and rules.is_refusable(thread.kind) and waiting_since(thread) is None:
        raise InvalidError(_("Pasienten venter ikke på svar: det er ingenting å avvise."), field="outcome")
    close = close or (decided is not None and decided.final)
    code = decided.code.value if decided else rules.answer_code(thread.kind, close=close)
    message = _send(
        thread, employee, code=code, text=text, attachment_ids=attachment_ids, appointment_id=appointment_id
    )
    if items:
        insert(*rows(message, items))
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
    journal_thread(thread)
    _record(Action.THREAD_ANSWERED, thread, message)
    save_change(thread)
    return message


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
) -> Thread:
    """Write first to a patient; through HelseNorge the message leaves from the patient's GP at this clinic (CMP-13).

    An e-dialog lies in the patient portal as soon as this is committed, and leaves for nowhere (CMP-4).
    may_answer: DI, and the thread is open; otherwise EKI, and it is closed at once (CMP-7, MSG-25).
    known_only: only when HelseNorge has lately told that the patient can be reached (PAT-10); else it answers the
    message itself. draft: the writer's own that this was; it is then forgotten.
    Raises UnreachableError (PAT-9), ReachabilityUnknownError, InvalidError (CMP-16), AttachmentsTooLargeError,
    NotFoundError.
    """
    employee = access.employee_of(current_actor())
    found = Patient.objects.filter(id=patient.id).select_related("gp").first()
    if found is None:
        raise NotFoundError(_("Vi finner ikke pasienten. Søk på nytt."))
    kind = DialogKind(kind)
    subject, text = _checked_subject(kind, subject), _checked_text(kind, text)
    party = _reachable_through(found, kind, known_only=known_only)
    thread = _new_thread(found, party, kind, subject, may_answer=may_answer)
    code = rules.start_code(kind, may_answer=may_answer)
    message = _send(thread, employee, code=code, text=text, subject=subject, attachment_ids=attachment_ids)
    refresh(thread)
    join(thread, of(employee), in_inbox=False)
    add_event(thread, EventKind.STARTED, detail={"message": str(message.id)})
    journal_thread(thread)
    _record(Action.THREAD_STARTED, thread, message)
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


def _send(
    thread: Thread,
    employee: Employee,
    *,
    code: str,
    text: str,
    subject: str = "",
    attachment_ids: Sequence[UUID],
    appointment_id: UUID | None = None,
) -> Message:
    """Store the message with its MsgId and order its departure, after what left the thread before it.

    In our own channel nothing departs: the patient finds it where it is stored.
    """
    now, own = clock.now(), thread.channel == Channel.OWN
    message = Message.objects.create(
        clinic_id=thread.clinic_id,
        thread=thread,
        direction=Direction.OUT,
        code=code,
        subject=subject,
        text=text,
        author=employee,
        author_name=employee.name[:200],
        # HITS 1217 2.3.3: the first message's own MsgId is the conversation; every later one names its parent.
        msg_id=str(uuid4()) if thread.last_msg_id else thread.conversation,
        parent_msg_id=thread.last_msg_id,
        generated_at=now,
        recorded_at=now,
        delivery=DeliveryState.READY if own else DeliveryState.QUEUED,
        delivery_at=now,
        appointment_id=appointment_id,
    )
    attach(message, attachment_ids, uploads_of(employee))
    if not own:
        enqueue(stream=thread_stream(thread.id), intent=Intent.DIALOG_MESSAGE, subject_id=message.id)
    return message


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


def _checked_subject(kind: DialogKind, subject: str) -> str:
    if kind not in _WRITABLE:
        raise InvalidError(_("Velg e-Kontakt, eKonsultasjon eller E-dialog."), field="kind")
    subject = rules.clean_line(subject)
    if not subject:
        raise InvalidError(_("Skriv et emne."), field="subject")
    limit = rules.MAX_SUBJECT[kind]
    if len(subject) > limit:
        own = _("Emnet kan ha høyst %(limit)d tegn: gjør det kortere.")
        shown = _("HelseNorge viser bare %(limit)d tegn av emnet: gjør det kortere.")
        raise InvalidError((own if rules.channel(kind) == Channel.OWN else shown) % {"limit": limit}, field="subject")
    return subject


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


def _checked_text(kind: str, text: str, *, needed: bool = True) -> str:
    text = rules.clean_text(text)
    if not text and needed:
        raise InvalidError(_("Skriv en melding til pasienten."), field="text")
    check_length(kind, text)
    return text


def check_length(kind: str, text: str) -> None:
    """Refuse a text that is longer than its channel takes (CMP-16)."""
    limit = rules.MAX_TEXT[DialogKind(kind)]
    if len(text) <= limit:
        return
    own = _("Meldingen kan ha høyst %(limit)d tegn: legg resten i et vedlegg eller en ny melding")
    shown = _("HelseNorge viser bare %(limit)d tegn: legg resten i et vedlegg eller en ny melding")
    raise InvalidError((own if rules.channel(kind) == Channel.OWN else shown) % {"limit": limit}, field="text")


def _record(action: Action, thread: Thread, message: Message) -> None:
    record(
        action,
        subject_kind="thread",
        subject_id=thread.id,
        patient_id=thread.patient_id,
        detail={"message": str(message.id), "code": message.code, "kind": thread.kind},
    )
