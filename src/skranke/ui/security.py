"""Security headers, the request id and the access log.

Settings read (all optional): UI_LIVE_ORIGIN - where live events come from, an origin or ":8001" for another port of
the host in the address; UI_FORM_ACTIONS - further origins (same notation) a form's answer may lead to, for log-in at
another origin.
"""

import re
import time
import uuid
from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from skranke.kernel import log

_logger = log.get_logger(__name__)
_PORT = re.compile(r":[0-9]{1,5}")
_FIXED = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
}
_Next = Callable[[HttpRequest], HttpResponse]


def origin(request: HttpRequest, notation: str) -> str:
    """An origin written in full, or as ":8001" for that port on the host the browser asked.

    Empty when the browser named a host that is not ours: such a request only gets its refusal.
    """
    if not _PORT.fullmatch(notation):
        return notation
    try:
        host = re.sub(r":[0-9]+$", "", request.get_host())
    except DisallowedHost:
        return ""
    return f"{request.scheme}://{host}{notation}"


def live_origin(request: HttpRequest) -> str:
    """The origin of the live events as this browser reaches it; empty when it is this origin itself."""
    return origin(request, getattr(settings, "UI_LIVE_ORIGIN", ""))


def content_security_policy(
    request: HttpRequest, frame_ancestors: Iterable[str] = (), form_actions: Iterable[str] = ()
) -> str:
    """The policy of a page; only the embeddable booking page names `frame_ancestors`.

    form_actions: further origins that the answer of this page's forms may lead to.
    """
    form_actions = [origin(request, one) for one in (*getattr(settings, "UI_FORM_ACTIONS", ()), *form_actions)]
    return "; ".join(
        (
            "default-src 'self'",
            "img-src 'self' data:",
            f"connect-src 'self' {live_origin(request)}".strip(),
            " ".join(("form-action 'self'", *form_actions)),
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors " + (" ".join(frame_ancestors) or "'none'"),
        )
    )


class SecurityHeadersMiddleware:
    """Sets the headers on every response; a view may have set stricter or its own, which stand.

    A page is not kept in caches unless its view says so: it may show a patient.
    """

    def __init__(self, get_response: _Next) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response with headers."""
        response = self._get_response(request)
        for name, value in _FIXED.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", content_security_policy(request))
        if "text/html" in response.headers.get("Content-Type", ""):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class RequestIdMiddleware:
    """Gives each request an id (X-Request-ID, taken over when it is a UUID), binds it in logs and logs one line.

    The line has method, route name, status and duration; never the path or the query, which may hold a person.
    """

    def __init__(self, get_response: _Next) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response with X-Request-ID; `request.request_id` is set for views and error pages."""
        request_id = _request_id(request.headers.get("X-Request-ID", ""))
        request.request_id = request_id  # type: ignore[attr-defined]  # Django's requests are open to additions
        started = time.perf_counter()
        with log.bind(request_id=request_id):
            response = self._get_response(request)
            _logger.info(
                "request",
                method=request.method,
                route=_route(request),
                status=response.status_code,
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
            )
        response.headers["X-Request-ID"] = request_id
        return response


def _request_id(given: str) -> str:
    try:
        return str(uuid.UUID(given))
    except ValueError:
        return str(uuid.uuid4())


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.view_name if match else "unknown"
