"""What an employee has written in Post and not sent yet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from skranke.dialog.access import get_thread_for, nothing
from skranke.dialog.models import Attachment, KeptDraft
from skranke.dialog.services.uploads import reuse, uploads_of
from skranke.dialog.values import DraftContent
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError, NotFoundError
from skranke.kernel.ids import uuid_or_none
from skranke.patients.models import Patient
from skranke.web import drafts
from skranke.web.clinic.post.handling import entered_fields
from skranke.web.clinic.post.reach import patient_of
from skranke.web.clinic.post.renewed import Row, entered

T = TypeVar("T")
TO, PICKED = "deltaker", "eksisterende"
_LONGEST_WORD, _LONGEST_VALUE, _MOST_TICKED = 30, 60, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft(drafts.Written):
    """Beside text and files: the subject, what the answer decides and of which appointment.

    renewed: the prescriptions that are ticked. filled: the sentences that were put into the text last (RX-10). listed:
    what the request asks for as it stands in its field, a line each (RX-2). to: the colleagues who are ticked, as in
    the form. to_patient: whether the patient shall have the message. turn_into: the kind of dialog that the answer
    shall be instead; closing: what ends the one that the patient wrote in, None before it is shown. handling: what
    stands in the fields of how it is to be treated.
    """

    subject: str = ""
    outcome: str = ""
    appointment: str = ""
    renewed: tuple[Row, ...] = ()
    filled: str = ""
    listed: str = ""
    to: tuple[str, ...] = ()
    to_patient: bool = True
    turn_into: str = ""
    closing: str | None = None
    handling: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_begun(self) -> bool:
        """Whether anything is written that would be lost."""
        return bool(self.text or self.subject or self.uploads or self.renewed or self.outcome or self.appointment)


def attempt(request: HttpRequest, actor: Actor, verb: Callable[[Draft], T]) -> drafts.Attempt[Draft, T]:
    """As `drafts.attempt`, with all that the forms of Post have."""
    return drafts.attempt(request, actor, entered_draft(request), verb, lambda: _picked(request, actor))


def _picked(request: HttpRequest, actor: Actor) -> tuple[Attachment, ...]:
    """The files ticked among those that are here already (CMP-10), now the writer's own. Raises InvalidError."""
    ticked = list(dict.fromkeys(request.POST.getlist(PICKED)))
    ids = [found for found in map(uuid_or_none, ticked) if found is not None]
    if not ticked:
        return ()
    try:
        if len(ids) < len(ticked):
            raise nothing()
        about = about_whom(request, actor)
        return reuse(ids, about.id if about else None)
    except NotFoundError as error:
        raise InvalidError(_("Vi finner ikke filen lenger. Velg en annen."), field="attachments") from error


def about_whom(request: HttpRequest, actor: Actor) -> Patient | None:
    """The patient that the form's message is to or about: that of the thread it answers, else of the address."""
    match = request.resolver_match
    if match is not None and "thread_id" in match.kwargs:
        return get_thread_for(actor, match.kwargs["thread_id"]).patient
    return patient_of(request, actor)


def entered_draft(request: HttpRequest) -> Draft:
    """What stands in a form of Post, but for its files."""
    return Draft(
        text=drafts.text_of(request),
        subject=request.POST.get("emne", ""),
        outcome=request.POST.get("utfall", ""),
        appointment=request.POST.get("time", ""),
        renewed=entered(request),
        filled=request.POST.get("satt_inn", "").replace("\r\n", "\n"),
        listed=request.POST.get("reseptliste", "").replace("\r\n", "\n"),
        to=tuple(request.POST.getlist(TO)),
        to_patient=request.POST.get("mottar") == "ja",
        turn_into="" if request.POST.get("tilbake") else request.POST.get("som", ""),
        closing=_closing(request),
        handling=entered_fields(request),
    )


def content_of(draft: Draft) -> DraftContent:
    """What of a form is kept while it is not sent (MSG-20)."""
    return DraftContent(
        subject=draft.subject,
        text=draft.text,
        outcome=draft.outcome[:_LONGEST_WORD],
        attachment_ids=draft.attachment_ids,
        to=tuple(one[:_LONGEST_VALUE] for one in draft.to[:_MOST_TICKED]),
        to_patient=draft.to_patient,
        turn_into=draft.turn_into[:_LONGEST_WORD],
        closing=draft.closing,
        handling=draft.handling,
    )


def opened(kept: KeptDraft | None) -> Draft:
    """A draft as it stands in the form again, with the files that are still there; nothing where there is none."""
    if kept is None:
        return Draft()
    files: dict[UUID, Attachment] = uploads_of(kept.employee).in_bulk(kept.attachment_ids)
    return Draft(
        text=kept.text,
        subject=kept.subject,
        outcome=kept.outcome,
        uploads=tuple(files[one] for one in kept.attachment_ids if one in files),
        to=tuple(kept.to),
        to_patient=kept.to_patient,
        turn_into=kept.turn_into,
        closing=kept.closing,
        handling=kept.handling,
    )


def _closing(request: HttpRequest) -> str | None:
    """What was written to end the old conversation, while it is of the kind that it was written for."""
    meant = {*request.POST.getlist("som")}
    return request.POST.get("avslutning") if len(meant) <= 1 else None
