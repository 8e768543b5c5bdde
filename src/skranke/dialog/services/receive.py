"""A message from a patient becomes part of its thread, whatever order the messages come in (architecture 4)."""

from collections import Counter
from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.models import AuditEvent
from skranke.audit.services import event, record
from skranke.blobs import services as blobs
from skranke.clinics.models import Employee, PartyKind
from skranke.clinics.organisation.addressing import catch_all, recipients_of
from skranke.clinics.organisation.receivers import is_received
from skranke.clinics.organisation.values import WHOLE_CLINIC, Recipient
from skranke.clinics.queries import party_of_her_id
from skranke.dialog import routing, rules
from skranke.dialog.errors import NobodyReadsError, OtherPatientError
from skranke.dialog.models import (
    Attachment,
    Channel,
    DialogKind,
    Direction,
    Message,
    Thread,
    ThreadEvent,
    ThreadState,
)
from skranke.dialog.services.changes import (
    add_event,
    begin,
    enter_inboxes,
    event_of,
    join,
    of,
    participation,
    refresh,
    save_change,
)
from skranke.dialog.services.delivery import mark_undelivered
from skranke.dialog.services.journaling import journal_message, journal_thread
from skranke.dialog.services.prescriptions import rows
from skranke.dialog.values import EventKind, IncomingMessage
from skranke.kernel import clock
from skranke.tenancy import live
from skranke.tenancy.rows import insert
from skranke.tenancy.work import current_actor, remember, remembered

_CODE_LENGTH = 10
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(%s::text[]) AS key"
_LOOK_UP = """
    -- The index of MsgIds leaves the empty one out.
    SELECT (SELECT id FROM dialog_message WHERE msg_id = wanted.msg_id AND msg_id <> ''),
           coalesce((SELECT id FROM dialog_thread WHERE conversation = wanted.conversation),
                    (SELECT thread_id FROM dialog_earlierconversation WHERE conversation = wanted.conversation))
    FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS wanted (msg_id, conversation, number) ORDER BY number
"""
_LookedUp = tuple[UUID | None, UUID | None]
_HANDLED = (EventKind.ANSWERED, EventKind.TAKEN, EventKind.FORWARDED)


def receive_message(incoming: IncomingMessage) -> Message:
    """Add a message to its thread, making the thread when it is the first to come.

    The message that starts the thread sets its kind, title, party and routing whenever it comes (RCV-9, RCV-13);
    every other goes to the participants (RCV-15) and opens a closed thread again (MSG-25), also when it was written in
    what the thread was before it was turned into something else (RX-17). An e-consultation is
    journaled in the same transaction (JRN-1). A MsgId that is known already changes nothing.
    Raises OtherPatientError when the conversation is another patient's, NobodyReadsError when nobody works
    here who could read it.
    """
    known, thread_id = _found(incoming.msg_id, incoming.conversation)
    if known is not None:
        return Message.objects.get(id=known)
    if thread_id is None:
        return _begin(incoming)
    thread = Thread.objects.select_for_update(of=("self",)).get(id=thread_id)
    if thread.patient_id != incoming.patient.id:
        raise OtherPatientError(_("Meldingen viser til en samtale med en annen pasient."))
    message = _store(thread, incoming)
    _note_list(thread, unconfirmed=incoming.list_unconfirmed)
    if incoming.starts_thread and thread.start_missing:
        _apply_rules(thread, incoming)
    reopen(thread)
    refresh(thread)
    enter_inboxes(thread)
    require_reader(thread)
    journal_thread(thread)
    insert(_audit(message))
    save_change(thread)
    return message


def _begin(incoming: IncomingMessage) -> Message:
    """Make the thread with the first of its messages to come.

    Nothing lies there yet that could have a say in deadline, inboxes or journal, so nothing is asked for.
    """
    thread = _new_thread(incoming)
    message = _message(thread, incoming)
    received = _received(message)
    recipients = _set_rules(thread, incoming)
    if not any(one.employee_id for one in recipients):
        _require_anybody()
    begin(thread, message)
    files = _files(message, incoming)
    wanted = rows(message, incoming.prescriptions)
    takes_part = [participation(thread, one) for one in recipients]
    noted = [received]
    if incoming.list_unconfirmed:
        noted.append(event_of(thread, EventKind.LIST_UNCONFIRMED))
    insert(thread, message, *files, *wanted, *noted, *takes_part)
    journal_message(thread, message, files)
    insert(_audit(message), calls=[live.announcement("thread", thread.id)])
    return message


def require_reader(thread: Thread) -> None:
    """That one who takes part works here still, or the whole clinic takes part and somebody works there.

    Raises NobodyReadsError.
    """
    if not thread.participants.filter(employee__active=True).exists():
        _require_anybody()


def _require_anybody() -> None:
    """A message to the whole clinic is read by whoever works there. Raises NobodyReadsError when that is nobody."""
    if not Employee.objects.filter(active=True).exists():
        raise NobodyReadsError("Nobody works at the clinic who could read the message. It waits until somebody does.")


def _audit(message: Message) -> AuditEvent:
    thread = message.thread
    return event(
        Action.MESSAGE_RECEIVED,
        subject_kind="message",
        subject_id=message.id,
        patient_id=thread.patient_id,
        detail={"thread": str(thread.id), "kind": thread.kind, "code": message.code},
    )


def lock_conversation(*conversations: str) -> None:
    """Let two messages of one conversation wait for each other also before there is a row to lock."""
    clinic_id = current_actor().clinic_id
    # In one order: two who lock several do not wait for each other in a circle.
    keys = sorted({f"conversation {clinic_id} {conversation}" for conversation in conversations})
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [keys])


def look_ahead(messages: Collection[tuple[str, str]]) -> None:
    """Ask at once what `receive_message` will ask of several (MsgId, conversation), in the present unit of work.

    Not for those that share a conversation: the first of them changes what is to be found for the next.
    """
    shared = Counter(conversation for _, conversation in messages)
    alone = [(msg_id, conversation) for msg_id, conversation in messages if shared[conversation] == 1]
    for (msg_id, conversation), found in zip(alone, _look_up(alone), strict=True):
        remember(_ahead(msg_id, conversation), found)


def _found(msg_id: str, conversation: str) -> _LookedUp:
    ahead: _LookedUp | None = remembered(_ahead(msg_id, conversation))
    return ahead or _look_up([(msg_id, conversation)])[0]


def _ahead(msg_id: str, conversation: str) -> str:
    return f"conversation {conversation} {msg_id}"


def _look_up(messages: Sequence[tuple[str, str]]) -> list[_LookedUp]:
    """The ids of each message, when it is known already, and of its thread, when there is one. Holds the conversations.

    The question comes after the locks: what was committed while they were waited for must be seen.
    """
    lock_conversation(*(conversation for _, conversation in messages))
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_UP, [[msg_id for msg_id, _ in messages], [last for _, last in messages]])
        return [(known, thread_id) for known, thread_id in cursor.fetchall()]


def _new_thread(incoming: IncomingMessage) -> Thread:
    return Thread(
        clinic_id=current_actor().clinic_id,
        kind=incoming.kind,
        channel=Channel.HELSENORGE,
        patient=incoming.patient,
        conversation=incoming.conversation,
        title=_title(incoming.kind, incoming),
        start_missing=not incoming.starts_thread,
        list_unconfirmed=incoming.list_unconfirmed,
        last_message_at=incoming.generated_at,
        created_at=clock.now(),
    )


def _title(kind: str, incoming: IncomingMessage) -> str:
    named = "\n".join(one.name for one in incoming.prescriptions)
    return rules.title(rules.subject(kind, incoming.subject, incoming.text.strip() or named))


def _store(thread: Thread, incoming: IncomingMessage) -> Message:
    message = _message(thread, incoming)
    if incoming.conversation != thread.conversation:
        message.earlier = thread.earlier.filter(conversation=incoming.conversation).first()
    insert(message, *_files(message, incoming), *rows(message, incoming.prescriptions), _received(message))
    if incoming.code in rules.NOT_DELIVERED_CODES:
        mark_undelivered(thread, parent=incoming.parent, code=incoming.code, why=incoming.text)
    return message


def _message(thread: Thread, incoming: IncomingMessage) -> Message:
    return Message(
        clinic_id=thread.clinic_id,
        thread=thread,
        direction=Direction.IN,
        code=incoming.code[:_CODE_LENGTH],
        subject=incoming.subject,
        text=incoming.text,
        author_name=(incoming.author_name or incoming.patient.name)[:200],
        on_behalf_of=incoming.on_behalf_of[:200],
        relation=incoming.relation[:60],
        delivery_way=incoming.delivery_way[:_CODE_LENGTH],
        msg_id=incoming.msg_id,
        parent_msg_id=incoming.parent,
        generated_at=incoming.generated_at,
        recorded_at=clock.now(),
    )


def _files(message: Message, incoming: IncomingMessage) -> list[Attachment]:
    """The rows of a message's attachments; their content is stored already."""
    rows = []
    for number, file in enumerate(incoming.attachments):
        media_type = rules.received_media_type(file.media_type, file.content)
        blob = blobs.store(file.content, media_type)
        rows.append(
            Attachment(
                clinic_id=message.clinic_id,
                message=message,
                blob_id=blob.id,
                quarantine=blob.scan if blob.scan in rules.QUARANTINED else "",
                name=rules.safe_name(file.name, media_type),
                media_type=media_type,
                size=len(file.content),
                number=number,
            )
        )
    return rows


def _received(message: Message) -> ThreadEvent:
    return event_of(
        message.thread, EventKind.RECEIVED, actor_name=message.author_name, detail={"message": str(message.id)}
    )


def _note_list(thread: Thread, *, unconfirmed: bool) -> None:
    """Whether the patient is known to stand on the list, by the newest message (ACT-6)."""
    if thread.list_unconfirmed != unconfirmed:
        thread.list_unconfirmed = unconfirmed
        add_event(thread, EventKind.LIST_UNCONFIRMED if unconfirmed else EventKind.LIST_CONFIRMED)


def _apply_rules(thread: Thread, incoming: IncomingMessage) -> None:
    """What the message that starts the thread says, when it came late; what people have done since stands."""
    recipients = _set_rules(thread, incoming)
    if not thread.events.filter(kind__in=_HANDLED).exists():
        thread.participants.all().delete()
    for one in recipients:
        join(thread, one, in_inbox=True, given=True)


def _set_rules(thread: Thread, incoming: IncomingMessage) -> tuple[Recipient, ...]:
    """Set kind, title and party as the message says; who is to have it.

    The clinic's catch-all gets what nobody could tell whose list it belongs to (ACT-6).
    """
    if incoming.kind != DialogKind.UNKNOWN:
        thread.kind = incoming.kind
    thread.title = _title(thread.kind, incoming)
    thread.start_missing = not incoming.starts_thread
    thread.important = rules.is_important(thread.kind)
    thread.party = party_of_her_id(incoming.party_her_id)
    if incoming.list_unconfirmed:
        return catch_all()
    addressed = _active(thread.party.employee if thread.party else None)
    practitioner = rules.practitioner(thread.kind, wanted=_wanted(thread, incoming), addressed=addressed)
    is_gps = thread.party is not None and thread.party.kind == PartyKind.GP
    if is_gps and is_received(thread.kind):
        return routing.receivers(thread.kind, practitioner)
    if practitioner is not None and rules.is_practitioners_own(thread.kind):
        return (of(practitioner),)
    if rules.goes_to_whole_clinic(thread.kind, is_gps=is_gps):
        return (WHOLE_CLINIC,)
    return routing.readable(recipients_of(thread.party))


def _active(employee: Employee | None) -> Employee | None:
    return employee if employee is not None and employee.active else None


def _wanted(thread: Thread, incoming: IncomingMessage) -> Employee | None:
    """The practitioner the patient wishes to reach; a wish that cannot be met is kept as a remark (2.4)."""
    if not incoming.wanted_hpr:
        return None
    found = Employee.objects.filter(hpr_number=incoming.wanted_hpr, active=True).first()
    if found is None:
        add_event(thread, EventKind.WISH_NOT_MET, detail={"hpr_number": incoming.wanted_hpr})
    return found


def reopen(thread: Thread) -> None:
    """A message that comes in a closed thread opens it again (MSG-25)."""
    if thread.state == ThreadState.CLOSED:
        thread.state = ThreadState.OPEN
        add_event(thread, EventKind.REOPENED)
        record(
            Action.THREAD_REOPENED, subject_kind="thread", subject_id=thread.id, patient_id=thread.patient_id, detail={}
        )
