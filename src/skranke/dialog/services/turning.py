"""A patient's message is answered as another kind of dialog than it was written as (JRN-3, JRN-15, RX-7, RX-17)."""

from uuid import uuid4

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import Employee
from skranke.dialog import rules
from skranke.dialog.models import (
    Channel,
    DialogKind,
    Direction,
    EarlierConversation,
    Message,
    Thread,
    ThreadState,
)
from skranke.dialog.services.changes import (
    add_event,
    is_answered_finally,
    join,
    lock_for_change,
    of,
    refresh,
    save_change,
)
from skranke.dialog.services.journaling import journal_sent
from skranke.dialog.services.sending import checked_text, record_sent, send
from skranke.dialog.values import EventKind
from skranke.kernel.errors import InvalidError
from skranke.standards import profile

# The patient reads these, whatever language the one who answers works in: they are not translated.
_SUBJECT = "Svar fra legekontoret"
_FEE = "Du får svar i en e-konsultasjon. Du kan måtte betale egenandel."
_CLOSING = {
    DialogKind.E_CONTACT: "Svaret kommer som e-kontakt.",
    DialogKind.E_CONSULTATION: "Svaret kommer som e-konsultasjon.",
}


def convert(thread: Thread, *, expected_version: int | None = None) -> Thread:
    """Make a received e-kontakt an e-konsultasjon, before it is answered; it stays one (JRN-3, JRN-4).

    The whole thread so far is journaled, and an answer is due as in any other. Nothing leaves yet: the answer takes
    the closing of the e-kontakt along (`close_earlier`).
    Raises InvalidError where the thread cannot be turned, VersionConflictError.
    """
    thread, employee = lock_for_change(thread, expected_version=expected_version)
    if thread.kind != DialogKind.E_CONTACT:
        raise _cannot()
    turn(thread, DialogKind.E_CONSULTATION)
    if thread.state == ThreadState.CLOSED:
        # What waits for an answer is in somebody's inbox.
        thread.state = ThreadState.OPEN
        join(thread, of(employee), in_inbox=True)
    refresh(thread)
    journal_sent(thread)
    save_change(thread)
    return thread


def turns_into(thread: Thread, *, answered: bool, written_in: bool, turned: bool) -> tuple[DialogKind, ...]:
    """What the thread may be turned into now: one that a patient began or wrote in, through HelseNorge.

    answered: whether its request has had its one answer (`is_answered_finally`); written_in: whether a patient wrote.
    turned: whether it was of another kind before.
    """
    ours = thread.channel != Channel.HELSENORGE or thread.start_missing
    return () if ours or answered or not written_in else rules.turns_into(thread.kind, turned=turned)


def turn(thread: Thread, kind: DialogKind | str) -> None:
    """Let the locked thread be of another kind from now on; what it was becomes one of its earlier conversations.

    Raises InvalidError where it cannot be.
    """
    written_in, turned = thread.messages.filter(direction=Direction.IN).exists(), thread.earlier.exists()
    possible = turns_into(thread, answered=is_answered_finally(thread), written_in=written_in, turned=turned)
    if kind not in possible:
        raise _cannot()
    earlier = EarlierConversation.objects.create(
        clinic_id=thread.clinic_id, thread=thread, kind=thread.kind, conversation=thread.conversation
    )
    thread.messages.filter(earlier=None).update(earlier=earlier)
    thread.kind, thread.conversation, thread.last_msg_id = DialogKind(kind), str(uuid4()), ""
    thread.important = thread.important or rules.is_important(kind)
    add_event(thread, EventKind.TURNED, detail={"kind": str(thread.kind), "was": earlier.kind})
    record(
        Action.THREAD_TURNED,
        subject_kind="thread",
        subject_id=thread.id,
        patient_id=thread.patient_id,
        detail={"kind": str(thread.kind), "was": earlier.kind},
    )


def begins(thread: Thread) -> bool:
    """Whether the next answer begins a conversation on the wire, because the thread was turned and not yet answered."""
    return thread.channel == Channel.HELSENORGE and not thread.last_msg_id


def subject_of(thread: Thread) -> str:
    """What the patient called it, as the subject of the conversation that an answer begins."""
    asked = thread.messages.filter(direction=Direction.IN).order_by("generated_at", "msg_id").first()
    subject = (
        rules.clean_line(rules.subject(thread.earlier.order_by("ended_at")[0].kind, asked.subject, asked.text))
        if asked
        else ""
    )
    return subject[: rules.MAX_SUBJECT[DialogKind(thread.kind)]] or _SUBJECT


def first_text(thread: Thread, text: str) -> str:
    """The text of the message that begins a conversation: with word of what it may cost (JRN-5)."""
    text = checked_text(thread.kind, text)
    return checked_text(thread.kind, f"{text}\n\n{fee_text()}") if rules.may_cost(thread.kind) else text


def room(kind: str, *, begins: bool) -> int:
    """How many characters an answer may have: less where it begins a conversation that may cost something."""
    most = rules.MAX_TEXT[DialogKind(kind)]
    return most - len(fee_text()) - 2 if begins and rules.may_cost(kind) else most


def close_earlier(thread: Thread, employee: Employee, answer: Message, text: str | None) -> None:
    """Send the answers that end what the thread was, and point on to `answer`, in its commit.

    text: what they say, None for the standard text. Raises InvalidError where it is empty or too long.
    """
    for earlier in thread.earlier.exclude(messages__points_on=True):
        if earlier.kind == DialogKind.PRESCRIPTION_RENEWAL and not profile.TURNED_RENEWAL_IS_CLOSED:
            continue
        said = _checked_closing(closing_text(thread.kind) if text is None else text)
        code = rules.closing_code(earlier.kind)
        message = send(thread, employee, code=code, text=said, attachment_ids=(), closing=earlier, before=answer)
        record_sent(Action.THREAD_ANSWERED, thread, message)


def closing_text(kind: str) -> str:
    """The standard text of a closing answer (RX-17), before somebody edits it."""
    return _CLOSING[DialogKind(kind)]


def fee_text() -> str:
    """What a patient is told who gets an e-konsultasjon without having asked for one (JRN-5)."""
    return _FEE


def _checked_closing(text: str) -> str:
    try:
        return checked_text(DialogKind.E_CONTACT, text)
    except InvalidError as error:
        raise InvalidError(str(error), field="closing_text") from error


def _cannot() -> InvalidError:
    return InvalidError(_("Samtalen kan ikke gjøres om. Ingenting er endret."), field="turn_into")
