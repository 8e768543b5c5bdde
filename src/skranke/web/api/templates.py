"""Templates of dialogs over REST (TPL-1 to TPL-6): the shared ones, and those of the token's employee."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from skranke.clinics.access import get_receiver_for
from skranke.clinics.organisation.queries import choices
from skranke.clinics.organisation.values import Choice, Recipient, recipient_of
from skranke.dialog.access import get_template_for
from skranke.dialog.models import Attachment, DialogKind, MessageTemplate, TaskFor
from skranke.dialog.services.templates import facts_of, remove_template, save_template, templates, use_template
from skranke.dialog.values import TemplateFacts, TemplateTask
from skranke.patients.access import get_patient_for
from skranke.tenancy.work import current_actor
from skranke.web.api import schemas
from skranke.web.api.handling import HandlingIn, ReceiverIn, form_value, receivers_of
from skranke.web.api.text import Text
from skranke.web.api.work import answer, created, expected_version, reads, writes

router = Router(tags=["templates"])


class TemplateTaskIn(Schema):
    """The task of a template. `whose`: `user` is whoever uses it; `employee` needs `employee_id`. `days` from then."""

    whose: TaskFor
    employee_id: UUID | None = None
    days: int | None = None
    text: Text = ""


class TemplateIn(Schema):
    """A template. `shared`: by the clinic, which only an administrator may say; else the employee's alone.

    `kind`: the only type of dialog it is for; empty for all. `participants`: colleagues; `to_patient`, `to_user`: the
    patient and whoever uses it. `subject` and `text` may hold `{{pasient}}`, `{{fornavn}}`, `{{fastlege}}`,
    `{{klinikk}}`, `{{telefon}}`, `{{avsender}}`, `{{dato}}` and, in an automatic dialog, `{{timen}}`.
    `attachment_ids`: uploads, and files that the template has already. `reply_days`: an answer is demanded within them.
    """

    title: Text
    shared: bool = False
    description: Text = ""
    kind: DialogKind | None = None
    participants: Annotated[list[ReceiverIn], Field(max_length=schemas.MOST_ROWS)] = []
    to_patient: bool = True
    to_user: bool = True
    subject: Text = ""
    text: Text = ""
    attachment_ids: Annotated[list[UUID], Field(max_length=schemas.MOST_ROWS)] = []
    private: bool = False
    important: bool = False
    reply_days: int | None = None
    task: TemplateTaskIn | None = None


class TemplateOut(TemplateIn):
    """A template as it stands. version: for If-Match."""

    id: UUID
    attachments: list[schemas.AttachmentOut]
    version: int


class TemplateList(Schema):
    """Templates by title."""

    items: list[TemplateOut]


class UseIn(Schema):
    """In what a template is used: the type of dialog, and the patient, if any."""

    kind: DialogKind
    patient_id: UUID | None = None


class FilledOut(Schema):
    """The fields of a new message, filled in; nothing is sent. Send them, changed or not, to `threads`.

    `missing`: the words that have no value here and stand in the text as they were; a message with one is refused.
    `attachment_ids`: copies of the template's files, the employee's own uploads.
    """

    subject: str
    text: str
    missing: list[str]
    participants: list[ReceiverIn]
    to_patient: bool
    attachment_ids: list[UUID]
    handling: HandlingIn


@router.get("/templates", response=TemplateList)
@reads
def list_templates(request: HttpRequest, kind: DialogKind | None = None, q: str = "") -> Any:
    """The templates there are for the employee; for one type of dialog, or whose title holds some words."""
    possible = choices()
    return {"items": [_shown(one, possible) for one in templates(kind or "", q)[: schemas.MOST_ROWS]]}


@router.post("/templates", response={201: TemplateOut})
@writes
def add_template(request: HttpRequest, body: TemplateIn) -> Any:
    """A new template."""
    return _made(save_template(_facts(body)))


@router.get("/templates/{template_id}", response=TemplateOut)
@reads
def read_template(request: HttpRequest, template_id: UUID) -> Any:
    """A template. Another employee's private one does not exist."""
    row = get_template_for(current_actor(), template_id)
    return answer(_shown(row, choices()), row.version)


@router.put("/templates/{template_id}", response=TemplateOut)
@writes
def put_template(request: HttpRequest, template_id: UUID, body: TemplateIn) -> Any:
    """Change a template: what is left out gets its usual value. Needs If-Match with the version."""
    row = get_template_for(current_actor(), template_id)
    changed = save_template(_facts(body), row, expected_version=expected_version(request, needed=True))
    return answer(_shown(changed, choices()), changed.version)


@router.delete("/templates/{template_id}", response={204: None})
@writes
def delete_template(request: HttpRequest, template_id: UUID) -> Any:
    """Take a template away. Refused (409) while appointment types send it."""
    row = get_template_for(current_actor(), template_id)
    remove_template(row, expected_version=expected_version(request))
    return HttpResponse(status=204)


@router.post("/templates/{template_id}/use", response=FilledOut)
@writes
def fill_from_template(request: HttpRequest, template_id: UUID, body: UseIn) -> Any:
    """Fill in a message from a template; its files are copied, and nothing is sent."""
    actor = current_actor()
    patient = get_patient_for(actor, body.patient_id) if body.patient_id is not None else None
    row = get_template_for(actor, template_id)
    filled = use_template(row, kind=body.kind, patient=patient)
    return FilledOut(
        subject=filled.subject,
        text=filled.text,
        missing=[one.value for one in filled.missing],
        participants=receivers_of(filled.to, choices()),
        to_patient=filled.to_patient,
        attachment_ids=[one.id for one in filled.uploads],
        handling=HandlingIn.from_orm(filled.handling),
    )


def _facts(body: TemplateIn) -> TemplateFacts:
    actor = current_actor()
    asked = [Recipient(one.employee_id, one.group_id, one.role_id) for one in body.participants]
    meant = [recipient_of(get_receiver_for(actor, one)) for one in asked]
    plain = body.dict(exclude={"participants", "task", "kind", "attachment_ids"})
    return TemplateFacts(
        **plain,
        kind=body.kind.value if body.kind is not None else "",
        to=tuple(form_value(one) for one in meant),
        attachment_ids=tuple(body.attachment_ids),
        task=TemplateTask(**body.task.dict()) if body.task is not None else None,
    )


def _made(row: MessageTemplate) -> Any:
    return created(_shown(row, choices()), row.version)


def _shown(row: MessageTemplate, possible: list[Choice]) -> TemplateOut:
    facts, files = facts_of(row), list(row.attachments.order_by("number", "id"))
    names = ("title", "shared", "description", "to_patient", "to_user", "subject", "text", "private", "important",
             "reply_days")  # fmt: skip
    return TemplateOut(
        **{name: getattr(facts, name) for name in names},
        kind=DialogKind(facts.kind) if facts.kind else None,
        participants=receivers_of(facts.to, possible),
        attachment_ids=[one.id for one in files],
        task=TemplateTaskIn.from_orm(facts.task) if facts.task is not None else None,
        id=row.id,
        attachments=[_file(one) for one in files],
        version=row.version,
    )


def _file(row: Attachment) -> schemas.AttachmentOut:
    return schemas.AttachmentOut(id=row.id, name=row.name, media_type=row.media_type, size=row.size)
