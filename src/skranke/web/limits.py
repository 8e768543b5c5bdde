"""Refuses what is far too large before anything of it is read."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from skranke.ui.views import too_large

# Above the attachments' limit there is room for the text, and for the form to say itself that the files are too large.
ROOM = 4 * 1024 * 1024
_API = "/api/"


class UploadLimitMiddleware:
    """413 for a form whose stated length is far above what one message may hold (CMP-9).

    It stands before the cross-site check, which reads the form. The API answers for itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response, unchanged."""
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """A page that says so, or None for everything that may be read."""
        stated = request.META.get("CONTENT_LENGTH") or "0"
        limit = settings.OURS.attachment_total_bytes + ROOM
        if request.path.startswith(_API) or not stated.isdigit() or int(stated) <= limit:
            return None
        return too_large(request)
