"""Threads, their messages and attachments over REST."""

from typing import Any, BinaryIO, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Query, Router
from ninja.files import UploadedFile

from skranke.blobs.services import open_blob
from skranke.clinics.access import get_receiver_for
from skranke.clinics.organisation.values import Recipient
from skranke.dialog import queries
from skranke.dialog.access import get_attachment_for, get_thread_for
from skranke.dialog.mailboxes import mailbox as read_mailbox
from skranke.dialog.mailboxes import note_shown
from skranke.dialog.models import Attachment, DialogKind, Message, Thread
from skranke.dialog.services import (
    arrange_items,
    convert,
    decline_journal,
    handle,
    issued,
    journal_by_hand,
    journal_consultation,
    set_handling,
    start_internal,
    write,
)
from skranke.dialog.services.participants import Colleagues, add_participant, remove_participant
from skranke.dialog.services.resend import resend
from skranke.dialog.services.uploads import look_into, store_upload
from skranke.dialog.values import (
    AttachmentView,
    MessageView,
    Narrowing,
    ThreadView,
)
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError
from skranke.patients.access import get_patient_for
from skranke.scheduling.services import answer_wish
from skranke.tenancy.work import current_actor
from skranke.web.api import asked, schemas
from skranke.web.api.handling import ForwardIn, HandlingIn, JournalIn, ReceiverIn, handling_of
from skranke.web.api.prescriptions import ItemResultOut, ItemsIn, item_out, renewed, result
from skranke.web.api.work import answer, created, expected_version, reads, writes
from skranke.web.files import file_headers

router = Router(tags=["threads"])


@router.get("/threads", response=schemas.ThreadList)
@reads
def list_threads(request: HttpRequest, wanted: Query[asked.ThreadQuery]) -> Any:
    """A page of a mailbox, in the order the screen shows it."""
    page = read_mailbox(
        wanted.mailbox,
        kind=wanted.kind or None,
        cursor=wanted.cursor or None,
        limit=wanted.limit,
        q=wanted.q,
        patient_id=wanted.patient,
        narrow=Narrowing(participant=wanted.participant, first=wanted.first, last=wanted.last, due=wanted.due_today),
    )
    note_shown(wanted.mailbox, page)
    return {"items": list(page.rows), "next_cursor": page.next_cursor}


@router.post("/threads", response={201: schemas.ThreadOut})
@writes
def start_thread(request: HttpRequest, body: schemas.ThreadIn) -> Any:
    """Write first: to a patient, in HelseNorge or in our own patient portal, or to colleagues."""
    thread = begin(body)
    return created(shown_thread(thread.id), thread.version)


def begin(body: schemas.ThreadIn, **more: Any) -> Thread:
    """Start what the body says. more: `draft` and `known_only`, as `write.start_dialog` takes them."""
    actor = current_actor()
    patient = get_patient_for(actor, body.patient_id) if body.patient_id is not None else None
    facts: dict[str, Any] = {
        "subject": body.subject,
        "text": body.text,
        "attachment_ids": body.attachment_ids,
        "may_answer": body.may_answer,
        "to": [_receiver(actor, one) for one in body.participants],
        "handling": handling_of(body.handling) if body.handling else None,
    }
    if body.kind == "internal":
        return start_internal(patient=patient, **facts, draft=more.get("draft"))
    if patient is None:
        raise InvalidError("A dialog with a patient needs `patient_id`.", field="patient_id")
    return write.start_dialog(patient=patient, kind=body.kind, **facts, **more)


@router.get("/threads/{thread_id}", response=schemas.ThreadOut)
@reads
def read_thread(request: HttpRequest, thread_id: UUID) -> Any:
    """A thread with its messages."""
    thread = shown_thread(thread_id)
    return answer(thread, thread.version)


@router.post("/threads/{thread_id}/messages", response={201: schemas.MessageOut})
@writes
def answer_thread(request: HttpRequest, thread_id: UUID, body: schemas.AnswerIn) -> Any:
    """Answer the patient. With If-Match: only when nobody else has changed the thread meanwhile."""
    message = deliver(get_thread_for(current_actor(), thread_id), body, expected_version(request))
    view = _view(thread_id)
    made = next(one for one in view.messages if one.id == message.id)
    return created(_message(made), view.version)


@router.post("/threads/{thread_id}/messages/{message_id}/resend", response=schemas.MessageOut)
@writes
def resend_message(request: HttpRequest, thread_id: UUID, message_id: UUID) -> Any:
    """Send a message again that did not reach the patient. Refused (409) unless `may_resend`."""
    thread = get_thread_for(current_actor(), thread_id)
    resend(thread, message_id, expected_version=expected_version(request))
    view = _view(thread_id)
    return answer(_message(next(one for one in view.messages if one.id == message_id)), view.version)


def deliver(thread: Thread, body: schemas.AnswerIn, version: int | None) -> Message:
    """Answer in a thread what the body says. version: of the thread, as `write.answer` takes it."""
    if thread.kind == DialogKind.APPOINTMENT_WISH:
        return _answer_wish(thread, body, version)
    return write.answer(
        thread,
        text=body.text,
        attachment_ids=body.attachment_ids,
        close=body.close,
        outcome=body.outcome,
        prescriptions=[renewed(one) for one in body.prescriptions],
        results=None if body.results is None else [result(one) for one in body.results],
        turn_into=body.turn_into,
        closing_text=body.closing_text,
        expected_version=version,
    )


def _answer_wish(thread: Thread, body: schemas.AnswerIn, version: int | None) -> Message:
    if body.attachment_ids:
        raise InvalidError("The answer to a wish has no attachments.", field="attachment_ids")
    if body.turn_into:
        raise InvalidError("A wish is answered as what it is.", field="turn_into")
    if body.prescriptions or body.results:
        field = "prescriptions" if body.prescriptions else "results"
        raise InvalidError("The answer to a wish has no prescriptions.", field=field)
    return answer_wish(
        thread,
        text=body.text,
        outcome=body.outcome,
        appointment_id=body.appointment_id,
        expected_version=version,
    )


@router.post("/threads/{thread_id}/take", response=schemas.ThreadOut)
@writes
def take_thread(request: HttpRequest, thread_id: UUID) -> Any:
    """Take responsibility (MSG-18)."""
    handle.take(get_thread_for(current_actor(), thread_id), expected_version=expected_version(request))
    return _changed(thread_id)


@router.post("/threads/{thread_id}/forward", response=schemas.ThreadOut)
@writes
def forward_thread(request: HttpRequest, thread_id: UUID, body: ForwardIn) -> Any:
    """Hand the thread to a colleague, a group, a role or the whole clinic (MSG-17)."""
    actor = current_actor()
    thread = get_thread_for(actor, thread_id)
    handle.forward(thread, to=_receiver(actor, body), expected_version=expected_version(request))
    return _changed(thread_id)


@router.post("/threads/{thread_id}/close", response=schemas.ThreadOut)
@writes
def close_thread(request: HttpRequest, thread_id: UUID) -> Any:
    """Close without an answer: nothing is sent (MSG-8). Refused for an e-consultation that waits (MSG-9)."""
    handle.close_thread(get_thread_for(current_actor(), thread_id), expected_version=expected_version(request))
    return _changed(thread_id)


@router.post("/threads/{thread_id}/convert", response=schemas.ThreadOut)
@writes
def convert_thread(request: HttpRequest, thread_id: UUID) -> Any:
    """Make a received e-kontakt an e-konsultasjon for good (JRN-3, JRN-4); the next answer leaves as one."""
    convert(get_thread_for(current_actor(), thread_id), expected_version=expected_version(request))
    return _changed(thread_id)


@router.post("/threads/{thread_id}/journal", response=schemas.ThreadOut)
@writes
def journal_thread(request: HttpRequest, thread_id: UUID, body: JournalIn | None = None) -> Any:
    """Write all of the thread that is not there yet into the patient's journal (JRN-13).

    An e-consultation of our own channel needs a body: the patient confirmed, text and problem, or `decline` (JRN-9).
    """
    thread, version = get_thread_for(current_actor(), thread_id), expected_version(request)
    if body is None or not body.model_fields_set:
        journal_by_hand(thread, expected_version=version)
    elif body.decline:
        decline_journal(thread, expected_version=version)
    else:
        journal_consultation(
            thread, patient_id=body.patient_id, note=body.text, problem=body.problem, expected_version=version
        )
    return _changed(thread_id)


@router.post("/threads/{thread_id}/complete", response=schemas.ThreadOut)
@writes
def complete_thread(request: HttpRequest, thread_id: UUID) -> Any:
    """The task is done, and the thread goes to the archive (MSG-8)."""
    handle.complete(get_thread_for(current_actor(), thread_id), expected_version=expected_version(request))
    return _changed(thread_id)


@router.put("/threads/{thread_id}/items", response=schemas.ThreadOut)
@writes
def arrange_thread_items(request: HttpRequest, thread_id: UUID, body: ItemsIn) -> Any:
    """Correct, merge, split or add what a request asks to renew (RX-2). What the patient wrote is never changed."""
    thread = get_thread_for(current_actor(), thread_id)
    arrange_items(thread, body.items, expected_version=expected_version(request))
    return _changed(thread_id)


@router.put("/threads/{thread_id}/handling", response=schemas.ThreadOut)
@writes
def handle_thread(request: HttpRequest, thread_id: UUID, body: HandlingIn) -> Any:
    """Make it private, important, a task, or demand an answer (MSG-13 to MSG-16); what is left out is taken away."""
    thread = get_thread_for(current_actor(), thread_id)
    set_handling(thread, handling_of(body), expected_version=expected_version(request))
    return _changed(thread_id)


@router.post("/threads/{thread_id}/participants", response=schemas.ThreadOut)
@writes
def add_to_thread(request: HttpRequest, thread_id: UUID, body: ReceiverIn) -> Any:
    """Let an employee, a group, a role or the whole clinic take part (MSG-11)."""
    actor = current_actor()
    thread = get_thread_for(actor, thread_id)
    add_participant(thread, _receiver(actor, body), expected_version=expected_version(request))
    return _changed(thread_id)


@router.post("/threads/{thread_id}/participants/remove", response={204: None})
@writes
def remove_from_thread(request: HttpRequest, thread_id: UUID, body: ReceiverIn) -> Any:
    """Take somebody out (MSG-11). Refused (409) for who got it by name and is oneself, and for the last."""
    actor = current_actor()
    thread = get_thread_for(actor, thread_id)
    remove_participant(thread, _receiver(actor, body), expected_version=expected_version(request))
    return HttpResponse(status=204)


@router.post("/attachments", response={201: schemas.AttachmentOut})
@writes
def upload_attachment(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """Upload a file to send with a message: PDF, JPG, PNG, TXT or DOCX, judged by its content.

    HelseNorge takes the first three alone.
    """
    return created(_uploaded(store_upload(name=file.name or "", content=cast("BinaryIO", file))))


@router.get("/attachments/{attachment_id}")
def read_attachment(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """The file's content."""
    # Two units of work: what the virus scanner says of it is kept, also where it is then not opened.
    return _content(request, _looked_into(request, attachment_id))


@reads
def _looked_into(request: HttpRequest, attachment_id: UUID) -> Attachment:
    attachment = get_attachment_for(current_actor(), attachment_id)
    look_into(attachment.blob_id)
    return attachment


@reads
def _content(request: HttpRequest, attachment: Attachment) -> HttpResponse:
    content = b"".join(open_blob(attachment.blob_id))
    return HttpResponse(content, headers=file_headers(attachment.name, attachment.media_type, download=True))


def _receiver(actor: Actor, body: ReceiverIn) -> Colleagues:
    if sum(one is not None for one in (body.employee_id, body.group_id, body.role_id)) > 1:
        raise InvalidError("A receiver is one: an employee, a group or a role.", field="employee_id")
    return get_receiver_for(actor, Recipient(body.employee_id, body.group_id, body.role_id))


def _view(thread_id: UUID) -> ThreadView:
    return queries.thread_view(get_thread_for(current_actor(), thread_id))


def shown_thread(thread_id: UUID) -> schemas.ThreadOut:
    """The thread as it stands now."""
    view = _view(thread_id)
    return schemas.ThreadOut(
        id=view.id,
        kind=view.kind,
        own_type=view.own_type,
        title=view.title,
        patient_id=view.patient.id if view.patient else None,
        closed=view.closed,
        important=view.important,
        answer_due=view.answer_due,
        days_left=view.days_left,
        may_answer=view.may_answer,
        may_close=view.may_close,
        asks_journal=view.asks_journal,
        outcomes=[schemas.OutcomeOut.from_orm(one) for one in view.outcomes],
        may_refuse=view.may_refuse,
        turns_into=list(view.turns_into),
        clinical_word=view.clinical_word,
        answered_finally=view.answered_finally,
        items=[item_out(one) for one in view.items],
        issued=_issued(view),
        in_inbox=view.in_inbox,
        responsible_id=view.responsible_id,
        version=view.version,
        participants=[schemas.ParticipantOut.from_orm(one) for one in view.participants],
        handling=HandlingIn.from_orm(view.handling),
        may_complete=view.may_complete,
        messages=[_message(one) for one in view.messages],
    )


def _issued(view: ThreadView) -> str:
    waits = view.may_answer and view.kind == DialogKind.PRESCRIPTION_RENEWAL
    return issued(get_thread_for(current_actor(), view.id)) if waits else ""


def _changed(thread_id: UUID) -> HttpResponse:
    thread = shown_thread(thread_id)
    return answer(thread, thread.version)


def _message(view: MessageView) -> schemas.MessageOut:
    return schemas.MessageOut(
        id=view.id,
        direction="out" if view.outgoing else "in",
        code=view.code,
        kind=view.kind,
        points_on=view.points_on,
        outcome=view.outcome or "",
        delivery_way=view.delivery_way,
        subject=view.subject,
        text=view.text,
        author_name=view.author_name,
        on_behalf_of=view.on_behalf_of,
        relation=view.relation,
        at=view.at,
        delivery=view.delivery,
        delivery_at=view.delivery_at,
        delivery_code=view.delivery_code,
        delivery_reason=view.delivery_reason,
        delivery_error=view.delivery_error,
        may_resend=view.may_resend,
        journal_entry_id=view.journal_entry_id,
        attachments=[_file(one) for one in view.attachments],
        prescriptions=[schemas.PrescriptionOut.from_orm(one) for one in view.prescriptions],
        results=[ItemResultOut.from_orm(one) for one in view.results],
    )


def _file(view: AttachmentView) -> schemas.AttachmentOut:
    return schemas.AttachmentOut.from_orm(view)


def _uploaded(row: Attachment) -> schemas.AttachmentOut:
    return schemas.AttachmentOut(id=row.id, name=row.name, media_type=row.media_type, size=row.size)
