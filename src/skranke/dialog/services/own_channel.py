"""What the patient does in our own portal with a thread of the own channel (POR-3): reads it, and answers."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.dialog import access, rules
from skranke.dialog.errors import NotAnswerableError
from skranke.dialog.models import DeliveryState, Direction, Message, Thread
from skranke.dialog.services.changes import add_event, enter_inboxes, refresh, save_change
from skranke.dialog.services.receive import reopen, require_reader
from skranke.dialog.services.sending import check_length
from skranke.dialog.services.uploads import attach, uploads_of
from skranke.dialog.values import EventKind
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.patients.models import Patient, RelationKind
from skranke.tenancy import live
from skranke.tenancy.work import current_actor

_REFRESHED = ("state", "answer_due", "reply_due", "last_message_at", "last_msg_id")


def answer_by_patient(thread: Thread, *, text: str, form_id: UUID, attachment_ids: Sequence[UUID] = ()) -> Message:
    """Write in a thread as the patient who acts; it goes to those who take part in it, and opens it again (RCV-15).

    form_id: of the form that was filled in: sent twice, it is one message. A message has a text or files, or both.
    Raises NotAnswerableError where the clinic has ended the dialog (MSG-8), InvalidError, AttachmentsTooLargeError,
    NobodyReadsError, NotFoundError.
    """
    thread, patient = _lock(thread)
    msg_id = str(uuid5(thread.id, form_id.hex))
    known = thread.messages.filter(msg_id=msg_id).first()
    if known is not None:
        return known
    if not rules.patient_may_write(may_be_answered=thread.may_be_answered, blocked=patient.blocked):
        raise NotAnswerableError(
            _("Legekontoret har avsluttet samtalen, og du kan ikke svare her. Ingenting er sendt. Ring legekontoret.")
        )
    text = rules.clean_text(text)
    if not text and not attachment_ids:
        raise InvalidError(_("Skriv en melding, eller legg ved en fil."), field="text")
    check_length(thread.kind, text)
    message = received_from(patient, thread, msg_id=msg_id, text=text)
    message.save(force_insert=True)
    attach(message, attachment_ids, uploads_of(patient))
    reopen(thread)
    refresh(thread)
    enter_inboxes(thread)
    require_reader(thread)
    add_event(thread, EventKind.RECEIVED, detail={"message": str(message.id)})
    record(
        Action.MESSAGE_RECEIVED,
        subject_kind="message",
        subject_id=message.id,
        patient_id=patient.id,
        detail={"thread": str(thread.id), "kind": thread.kind, "code": message.code},
    )
    save_change(thread, *_REFRESHED)
    return message


def mark_read_by_patient(thread: Thread) -> None:
    """Note that the patient has the clinic's messages before the eyes (MSG-22). The first time it is an event."""
    thread, _patient = _lock(thread)
    out = thread.messages.filter(rules.is_out(clock.now()))
    unread = out.filter(direction=Direction.OUT, delivery=DeliveryState.READY)
    if unread.update(delivery=DeliveryState.READ, delivery_at=clock.now()):
        add_event(thread, EventKind.READ_BY_PATIENT)
        live.announce("thread", thread.id)


def _lock(thread: Thread) -> tuple[Thread, Patient]:
    actor = current_actor()
    own = access.own_threads(actor).select_for_update(of=("self",)).filter(id=thread.id).first()
    if own is None:
        raise access.nothing()
    return own, access.patient_of(actor)


def _author(patient: Patient) -> dict[str, str]:
    """The patient; or who acts for the patient, with the name of the one it concerns (PAT-22)."""
    actor = current_actor()
    if actor.relation_id is None:
        return {"author_name": patient.name[:200]}
    relation = RelationKind(actor.role).label
    return {"author_name": actor.name[:200], "on_behalf_of": patient.name[:200], "relation": str(relation)[:60]}


def received_from(patient: Patient, thread: Thread, *, msg_id: str, text: str) -> Message:
    """The row of what the patient who acts writes in a thread, not stored yet."""
    now = clock.now()
    return Message(
        clinic_id=thread.clinic_id,
        thread=thread,
        direction=Direction.IN,
        code=rules.OWN_CODE,
        text=text,
        **_author(patient),
        msg_id=msg_id,
        parent_msg_id=thread.last_msg_id,
        generated_at=now,
        recorded_at=now,
    )
