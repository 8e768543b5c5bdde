"""What somebody has written and not sent yet: it survives every refusal, files included."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import BinaryIO, Generic, TypeVar, cast
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from skranke.dialog.access import get_attachment_for
from skranke.dialog.errors import AttachmentsTooLargeError
from skranke.dialog.models import Attachment
from skranke.dialog.services import store_upload
from skranke.kernel.actor import Actor
from skranke.kernel.errors import ConflictError, InvalidError, NotFoundError, SkrankeError
from skranke.web.clinic.post.renewed import Row, entered

FILES = "vedlegg"
KEPT = "vedlagt"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Text, subject, what the answer decides and of which appointment, and the files that are uploaded already.

    renewed: the prescriptions that are ticked.
    """

    text: str = ""
    subject: str = ""
    outcome: str = ""
    appointment: str = ""
    renewed: tuple[Row, ...] = ()
    uploads: tuple[Attachment, ...] = ()

    @property
    def attachment_ids(self) -> tuple[UUID, ...]:
        """The files' ids in their order."""
        return tuple(upload.id for upload in self.uploads)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[T]):
    """What became of a form: its value, or the error to show with the draft."""

    draft: Draft
    value: T | None = None
    error: SkrankeError | None = None


def attempt(request: HttpRequest, actor: Actor, verb: Callable[[Draft], T]) -> Outcome[T]:
    """Take in the files, then do the verb; a refusal undoes the verb and keeps the files and what was written.

    Files that are refused themselves are not kept.
    """
    draft = Draft(
        text=_line_ends(request.POST.get("text", "")),
        subject=request.POST.get("emne", ""),
        outcome=request.POST.get("utfall", ""),
        appointment=request.POST.get("time", ""),
        renewed=entered(request),
    )
    try:
        draft = replace(draft, uploads=_kept(request, actor))
        with transaction.atomic():
            whole = replace(draft, uploads=(*draft.uploads, *_stored(request)))
            return _do(verb, whole)
    except InvalidError as error:
        return Outcome(draft=draft, error=error)


def _do(verb: Callable[[Draft], T], draft: Draft) -> Outcome[T]:
    try:
        with transaction.atomic():
            return Outcome(draft=draft, value=verb(draft))
    except AttachmentsTooLargeError:
        raise
    except (InvalidError, ConflictError) as error:
        return Outcome(draft=draft, error=error)


def _stored(request: HttpRequest) -> list[Attachment]:
    return [store_upload(name=file.name or "", content=cast("BinaryIO", file)) for file in request.FILES.getlist(FILES)]


def _kept(request: HttpRequest, actor: Actor) -> tuple[Attachment, ...]:
    wanted = [text for text in request.POST.getlist(KEPT) if text not in request.POST.getlist("fjern_vedlegg")]
    return tuple(_own_upload(actor, text) for text in wanted)


def _own_upload(actor: Actor, text: str) -> Attachment:
    try:
        upload = get_attachment_for(actor, UUID(text))
    except (ValueError, NotFoundError):
        upload = None
    if upload is None or upload.message_id is not None:
        raise InvalidError(_("Vedlegget finnes ikke lenger. Last det opp på nytt."), field="attachments")
    return upload


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n")
