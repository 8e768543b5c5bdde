"""How a stored file is handed to a browser: streamed, never run, never guessed at, never cached."""

from collections.abc import Iterator
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from skranke.blobs.services import open_blob
from skranke.dialog.models import Attachment
from skranke.journal.models import JournalAttachment
from skranke.kernel.actor import Actor
from skranke.tenancy.work import acting

SHOWN = frozenset({"image/jpeg", "image/png", "application/pdf"})

_NO_PAGE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 258 150" width="258" height="150">'
    b'<path fill="none" stroke="#6b7280" stroke-width="3" d="M103 38h36l16 16v58h-52zM139 38v16h16"/></svg>'
)
"""What stands for the first page of a PDF that cannot be drawn: the sign of a file."""


def file_headers(name: str, media_type: str, *, download: bool) -> dict[str, str]:
    """The headers of a file's response. `download`: save it rather than show it; unknown types are always saved."""
    way = "attachment" if download or media_type not in SHOWN else "inline"
    return {
        "Content-Type": media_type if media_type in SHOWN else "application/octet-stream",
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def file_response(request: HttpRequest, actor: Actor, row: Attachment | JournalAttachment) -> StreamingHttpResponse:
    """A file that the actor may read; `?last=1` saves it. Raises as `open_blob` does, at once."""
    headers = file_headers(row.name, row.media_type, download=request.GET.get("last") == "1")
    headers["Content-Length"] = str(row.size)
    return StreamingHttpResponse(_pieces(actor, open_blob(row.blob_id)), headers=headers)


def content_of(actor: Actor, row: Attachment) -> bytes:
    """All of a file that the actor may read; none of it is read in a unit of work that the caller has open."""
    with acting(actor):
        pieces = open_blob(row.blob_id)
    return b"".join(_pieces(actor, pieces))


def page_response(page: bytes | None) -> HttpResponse:
    """A picture of a page of a file; without one, the sign of a file."""
    headers = file_headers("", "image/png", download=False)
    if page is None:
        headers["Content-Type"] = "image/svg+xml"
    return HttpResponse(_NO_PAGE if page is None else page, headers=headers)


def _pieces(actor: Actor, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The content, each piece in a unit of work of its own: a slow browser holds no transaction open."""
    while True:
        with acting(actor):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece
