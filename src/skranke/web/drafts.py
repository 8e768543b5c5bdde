"""What somebody has written and not sent yet: it survives every refusal, files included."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import BinaryIO, Generic, TypeVar, cast
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from skranke.dialog import kinds
from skranke.dialog.access import get_attachment_for
from skranke.dialog.errors import AttachmentsTooLargeError
from skranke.dialog.models import Attachment
from skranke.dialog.services import store_upload
from skranke.dialog.services.uploads import allowed_kinds
from skranke.kernel.actor import Actor
from skranke.kernel.errors import ConflictError, InvalidError, NotFoundError, SkrankeError

FILES = "vedlegg"
KEPT = "vedlagt"
DROPPED = "fjern_vedlegg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The text, and the files that are uploaded already."""

    text: str = ""
    uploads: tuple[Attachment, ...] = ()

    @property
    def attachment_ids(self) -> tuple[UUID, ...]:
        """The files' ids in their order."""
        return tuple(upload.id for upload in self.uploads)


D = TypeVar("D", bound=Written)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt(Generic[D, T]):
    """What became of a form: its value, or the error to show with the draft."""

    draft: D
    value: T | None = None
    error: SkrankeError | None = None


def attempt(
    request: HttpRequest,
    actor: Actor,
    draft: D,
    verb: Callable[[D], T],
    picked: Callable[[], tuple[Attachment, ...]] = tuple,
) -> Attempt[D, T]:
    """Take in the files, then do the verb; a refusal undoes the verb and keeps the files and what was written.

    Files that are refused themselves are not kept. picked: takes in those that are here already (CMP-10).
    """
    try:
        draft = replace(draft, uploads=_kept(request, actor))
        with transaction.atomic():
            return _do(verb, replace(draft, uploads=(*draft.uploads, *_stored(request), *picked())))
    except InvalidError as error:
        return Attempt(draft=draft, error=error)


def accepted(channel: str = "") -> dict[str, str]:
    """What the field for files takes in a channel, for the browser and for the one who reads (CMP-11)."""
    allowed = allowed_kinds(channel)
    return {"accepts": kinds.accept(allowed), "file_kinds": kinds.words(allowed)}


def text_of(request: HttpRequest) -> str:
    """What was written in the form's field of words."""
    return request.POST.get("text", "").replace("\r\n", "\n")


def _do(verb: Callable[[D], T], draft: D) -> Attempt[D, T]:
    try:
        with transaction.atomic():
            return Attempt(draft=draft, value=verb(draft))
    except AttachmentsTooLargeError:
        raise
    except (InvalidError, ConflictError) as error:
        return Attempt(draft=draft, error=error)


def _stored(request: HttpRequest) -> list[Attachment]:
    return [store_upload(name=file.name or "", content=cast("BinaryIO", file)) for file in request.FILES.getlist(FILES)]


def _kept(request: HttpRequest, actor: Actor) -> tuple[Attachment, ...]:
    wanted = [text for text in request.POST.getlist(KEPT) if text not in request.POST.getlist(DROPPED)]
    return tuple(own_upload(actor, text) for text in wanted)


def own_upload(actor: Actor, text: str) -> Attachment:
    """An upload of the acting employee's that is not sent. Raises InvalidError."""
    try:
        upload = get_attachment_for(actor, UUID(text))
    except (ValueError, NotFoundError):
        upload = None
    if upload is None or upload.message_id is not None:
        raise InvalidError(_("Vedlegget finnes ikke lenger. Last det opp på nytt."), field="attachments")
    return upload
