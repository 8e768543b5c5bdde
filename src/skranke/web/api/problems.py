"""Errors as RFC 9457 problem details."""

import json
from collections.abc import Callable
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError

from skranke.kernel.errors import ChangedError, InvalidError, SkrankeError

MEDIA_TYPE = "application/problem+json"


def problem(
    request: HttpRequest,
    *,
    status: int,
    code: str,
    detail: str,
    permanent: bool = True,
    errors: list[dict[str, str]] | None = None,
) -> HttpResponse:
    """A problem document. `code` is stable; `detail` is for people; `errors` name fields."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "permanent": permanent,
        "detail": detail,
        "request_id": getattr(request, "request_id", ""),
    }
    if errors:
        body["errors"] = errors
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    return response


def of_error(request: HttpRequest, error: SkrankeError) -> HttpResponse:
    """The problem of one of our own errors."""
    named = isinstance(error, InvalidError) and error.field
    errors = [{"field": error.field, "detail": str(error)}] if named and isinstance(error, InvalidError) else None
    return problem(
        request,
        status=HTTPStatus.PRECONDITION_FAILED if isinstance(error, ChangedError) else error.http_status,
        code=error.code,
        detail=str(error),
        permanent=error.permanent,
        errors=errors,
    )


def of_validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The problem of a request whose shape is wrong: each fault with the field it lies in."""
    errors = [{"field": ".".join(str(part) for part in one["loc"]), "detail": one["msg"]} for one in error.errors]
    return problem(
        request,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        code="invalid",
        detail="The request does not have the described shape. Nothing was changed.",
        errors=errors,
    )


def of_authentication(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """401, with what to send."""
    response = problem(
        request,
        status=HTTPStatus.UNAUTHORIZED,
        code="unauthenticated",
        detail="Send a valid token: Authorization: Bearer <token>.",
    )
    response["WWW-Authenticate"] = "Bearer"
    return response


def of_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Errors that ninja itself raises, such as a body that is no JSON."""
    return problem(request, status=error.status_code, code="bad_request", detail=str(error))


def of_absence(request: HttpRequest, error: Http404) -> HttpResponse:
    """404 for an address that is not described."""
    return problem(request, status=HTTPStatus.NOT_FOUND, code="not_found", detail="There is no such thing here.")


PREFIX = "/api/"
_SENTENCES = {
    HTTPStatus.BAD_REQUEST: ("bad_request", "The request cannot be read. Nothing was changed."),
    HTTPStatus.NOT_FOUND: ("not_found", "There is no such thing here."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("method_not_allowed", "This address does not take this method; see Allow."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("too_large", "More was sent than is taken. Nothing was changed."),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("internal", "A fault of ours; it is logged. Nothing was changed. Try again."),
}


class ProblemMiddleware:
    """Every answer of the API is kept out of caches, and every refusal is a problem document.

    Also those made before or after the API's own code: unknown addresses, other methods, too large bodies, faults.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response, or the problem document in its place."""
        response = self._get_response(request)
        if not request.path.startswith(PREFIX):
            return response
        response.headers.setdefault("Cache-Control", "no-store")
        is_json = "json" in response.headers.get("Content-Type", "")
        return response if response.status_code < HTTPStatus.BAD_REQUEST or is_json else _in_place_of(request, response)


def _in_place_of(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    status = HTTPStatus(response.status_code)
    code, detail = _SENTENCES.get(status, ("refused", status.description or status.phrase))
    told = problem(
        request, status=status, code=code, detail=detail, permanent=status < HTTPStatus.INTERNAL_SERVER_ERROR
    )
    if "Allow" in response.headers:
        told["Allow"] = response.headers["Allow"]
    return told
