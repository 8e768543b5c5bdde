"""Files as they are shown and fetched: streamed, of the kind they are, and able to do nothing in the browser."""

from collections.abc import Iterator
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from skranke.blobs.services import open_blob
from skranke.dialog.access import get_attachment_for
from skranke.dialog.models import Attachment
from skranke.journal import access as journal
from skranke.journal.models import JournalAttachment
from skranke.kernel.actor import Actor
from skranke.tenancy.work import acting
from skranke.web.clinic.session import clinic_view
from skranke.web.files import file_headers


@require_GET
@clinic_view
def attachment(request: HttpRequest, actor: Actor, attachment_id: UUID) -> HttpResponseBase:
    """A file of a message, or one uploaded and not yet sent."""
    row = get_attachment_for(actor, attachment_id)
    return _response(request, actor, row)


@require_GET
@clinic_view
def journal_attachment(request: HttpRequest, actor: Actor, attachment_id: UUID) -> HttpResponseBase:
    """A file of a journal entry."""
    row = journal.get_attachment_for(actor, attachment_id)
    return _response(request, actor, row)


def _response(request: HttpRequest, actor: Actor, row: Attachment | JournalAttachment) -> StreamingHttpResponse:
    headers = file_headers(row.name, row.media_type, download=request.GET.get("last") == "1")
    headers["Content-Length"] = str(row.size)
    return StreamingHttpResponse(_pieces(actor, row.blob_id), headers=headers)


def _pieces(actor: Actor, blob_id: UUID) -> Iterator[bytes]:
    """The content, each piece in a unit of work of its own: a slow browser holds no transaction open."""
    with acting(actor):
        pieces = open_blob(blob_id)
    while True:
        with acting(actor):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece
