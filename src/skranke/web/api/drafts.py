"""Drafts over REST (MSG-20): what the token's employee has written and not sent, the same as in Kladd."""

from datetime import datetime
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from skranke.clinics.access import get_receiver_for
from skranke.clinics.organisation.queries import choices
from skranke.clinics.organisation.values import Choice, Recipient, recipient_of
from skranke.dialog.access import get_draft_for, get_thread_for
from skranke.dialog.models import Attachment, DialogKind, KeptDraft, Thread
from skranke.dialog.services import discard_draft
from skranke.dialog.services.keeping import begin_draft, change_draft, draft_in, drafts, lock_draft
from skranke.dialog.services.uploads import uploads_of
from skranke.dialog.values import DraftContent
from skranke.kernel.errors import InvalidError
from skranke.patients.access import get_patient_for
from skranke.patients.models import Patient
from skranke.tenancy.work import current_actor
from skranke.web.api import schemas, threads
from skranke.web.api.handling import HandlingIn, ReceiverIn, form_value, handling_of, receivers_of
from skranke.web.api.prescriptions import ItemResultIn, PrescriptionIn
from skranke.web.api.text import Text
from skranke.web.api.work import answer, created, expected_version, reads, writes
from skranke.web.drafts import own_upload
from skranke.web.handling import fields_of, handling_in

router = Router(tags=["drafts"])
Startable = Literal["e_contact", "e_consultation", "e_dialog"]


class DraftFields(Schema):
    """What is written. `attachment_ids`: the employee's uploads. `participants`: colleagues.

    Of a message: `subject`, `handling`, and `to_patient`: an `e_dialog` without it, or without a patient, goes to
    colleagues alone. Of an answer: `outcome`, `turn_into` and `closing_text`, as `threads/{id}/messages` takes them.
    """

    subject: Text = ""
    text: Text = ""
    attachment_ids: Annotated[list[UUID], Field(max_length=schemas.MOST_ROWS)] = []
    participants: Annotated[list[ReceiverIn], Field(max_length=schemas.MOST_ROWS)] = []
    to_patient: bool = True
    handling: HandlingIn | None = None
    outcome: Annotated[Text, Field(max_length=30)] = ""
    turn_into: Annotated[Text, Field(max_length=30)] = ""
    closing_text: Text | None = None


class DraftIn(DraftFields):
    """A draft: an answer in the thread of `thread_id`, or a message of a `kind`, perhaps to or about a patient."""

    thread_id: UUID | None = None
    kind: Startable | None = None
    patient_id: UUID | None = None


class DraftChangeIn(DraftFields):
    """A draft as it shall stand: what is left out gets its usual value. `kind`, `patient_id`: of a message alone."""

    kind: Startable | None = None
    patient_id: UUID | None = None


class DraftOut(DraftFields):
    """A draft as it stands. version: for If-Match.

    `asked`: it waits until HelseNorge tells whether the patient can be reached; `answered_at`, `reachable`: when it
    told, and what; null while it has not.
    """

    id: UUID
    thread_id: UUID | None
    kind: DialogKind
    patient_id: UUID | None
    attachments: list[schemas.AttachmentOut]
    created_at: datetime
    changed_at: datetime
    asked: bool
    answered_at: datetime | None
    reachable: bool | None
    version: int


class DraftList(Schema):
    """The employee's drafts: those that HelseNorge has answered first, then the last changed."""

    items: list[DraftOut]


class SendIn(Schema):
    """How a draft is sent. `may_answer`: of a message, whether the recipient may write back. The rest is of an answer:
    as `threads/{id}/messages` takes it.
    """

    may_answer: bool = True
    close: bool = False
    appointment_id: UUID | None = None
    prescriptions: Annotated[list[PrescriptionIn], Field(max_length=schemas.MOST_ROWS)] = []
    results: list[ItemResultIn] | None = None


@router.get("/drafts", response=DraftList)
@reads
def list_drafts(request: HttpRequest) -> Any:
    """What the employee has written and not sent; nobody else sees it."""
    possible = choices()
    return {"items": [_shown(one, possible) for one in drafts()[: schemas.MOST_ROWS]]}


@router.post("/drafts", response={201: DraftOut})
@writes
def add_draft(request: HttpRequest, body: DraftIn) -> Any:
    """Keep something that is begun. Refused (409) where there is an answer begun in the thread."""
    content, patient = _content(body), _patient(body.patient_id)
    if body.thread_id is not None:
        thread = get_thread_for(current_actor(), body.thread_id)
        made = begin_draft(content, kind=DialogKind(thread.kind), thread=thread)
    else:
        made = begin_draft(content, kind=_kind(body.kind), patient=patient)
    return created(_shown(made, choices()), made.version)


@router.get("/drafts/{draft_id}", response=DraftOut)
@reads
def read_draft(request: HttpRequest, draft_id: UUID) -> Any:
    """One of the employee's own drafts. Another's does not exist."""
    row = get_draft_for(current_actor(), draft_id)
    return answer(_shown(row, choices()), row.version)


@router.put("/drafts/{draft_id}", response=DraftOut)
@writes
def put_draft(request: HttpRequest, draft_id: UUID, body: DraftChangeIn) -> Any:
    """Write a draft anew. Needs If-Match with the version."""
    row = get_draft_for(current_actor(), draft_id)
    kind = DialogKind(row.kind) if row.thread_id is not None else _kind(body.kind)
    patient = row.patient if row.thread_id is not None else _patient(body.patient_id)
    version = expected_version(request, needed=True)
    changed = change_draft(row, _content(body), kind=kind, patient=patient, expected_version=version)
    return answer(_shown(changed, choices()), changed.version)


@router.delete("/drafts/{draft_id}", response={204: None})
@writes
def delete_draft(request: HttpRequest, draft_id: UUID) -> Any:
    """Throw a draft away."""
    row = get_draft_for(current_actor(), draft_id)
    discard_draft(lock_draft(row, expected_version(request)))
    return HttpResponse(status=204)


@router.post("/drafts/{draft_id}/send", response={201: schemas.ThreadOut})
@writes
def send_draft(request: HttpRequest, draft_id: UUID, body: SendIn) -> Any:
    """Send a draft, by the rules of what it is; sent, it is a draft no more. Refused, it stays as it was."""
    row = lock_draft(get_draft_for(current_actor(), draft_id), expected_version(request))
    thread = _answered(row, body) if row.thread is not None else _begun(row, body)
    shown = threads.shown_thread(thread.id)
    return created(shown, shown.version)


def _answered(row: KeptDraft, body: SendIn) -> Thread:
    assert row.thread_id is not None
    thread = get_thread_for(current_actor(), row.thread_id)
    said = schemas.AnswerIn(
        text=row.text,
        attachment_ids=row.attachment_ids,
        outcome="" if row.turn_into else row.outcome,
        turn_into=row.turn_into,
        closing_text=row.closing,
        **body.dict(exclude={"may_answer"}),
    )
    threads.deliver(thread, said, None)
    left = draft_in(thread)
    if left is not None:
        discard_draft(left)
    return thread


def _begun(row: KeptDraft, body: SendIn) -> Thread:
    possible = choices()
    to = receivers_of(tuple(row.to), possible)
    if len(to) < len(row.to):
        raise InvalidError("One of `participants` is not here any more. Change the draft.", field="participants")
    alone = row.kind == DialogKind.E_DIALOG and not (row.patient_id and row.to_patient)
    said = schemas.ThreadIn(
        patient_id=row.patient_id,
        kind="internal" if alone else cast("Startable", str(row.kind)),
        subject=row.subject,
        text=row.text,
        attachment_ids=row.attachment_ids,
        may_answer=body.may_answer,
        participants=to,
        handling=_handling(row),
    )
    return threads.begin(said, draft=row, **({} if alone else {"known_only": True}))


def _content(body: DraftFields) -> DraftContent:
    actor = current_actor()
    asked = [Recipient(one.employee_id, one.group_id, one.role_id) for one in body.participants]
    files = tuple(own_upload(actor, str(one)).id for one in body.attachment_ids)
    return DraftContent(
        **body.dict(include={"subject", "text", "to_patient", "outcome", "turn_into"}),
        closing=body.closing_text,
        attachment_ids=files,
        to=tuple(form_value(recipient_of(get_receiver_for(actor, one))) for one in asked),
        handling=fields_of(handling_of(body.handling)) if body.handling is not None else {},
    )


def _kind(kind: str | None) -> DialogKind:
    if kind is None:
        raise InvalidError("A message needs `kind`, an answer `thread_id`.", field="kind")
    return DialogKind(kind)


def _patient(patient_id: UUID | None) -> Patient | None:
    return get_patient_for(current_actor(), patient_id) if patient_id is not None else None


def _handling(row: KeptDraft) -> HandlingIn | None:
    """How it is to be treated; null where nothing is said, or what is kept of a form that is not right yet."""
    if not row.handling:
        return None
    try:
        return HandlingIn.from_orm(handling_in(row.handling, current_actor()))
    except InvalidError:
        return None


def _shown(row: KeptDraft, possible: list[Choice]) -> DraftOut:
    files: dict[UUID, Attachment] = uploads_of(row.employee).in_bulk(row.attachment_ids)
    there = [files[one] for one in row.attachment_ids if one in files]
    names = ("id", "thread_id", "patient_id", "subject", "text", "to_patient", "outcome", "turn_into", "created_at",
             "changed_at", "asked", "answered_at", "reachable", "version")  # fmt: skip
    return DraftOut(
        **{name: getattr(row, name) for name in names},
        kind=DialogKind(row.kind),
        attachment_ids=[one.id for one in there],
        attachments=[
            schemas.AttachmentOut(id=one.id, name=one.name, media_type=one.media_type, size=one.size) for one in there
        ],
        participants=receivers_of(tuple(row.to), possible),
        handling=_handling(row),
        closing_text=row.closing,
    )
