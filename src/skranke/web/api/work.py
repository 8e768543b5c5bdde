"""What every endpoint shares: the token, the unit of work, idempotent writes and versions."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any, TypeVar, cast

from django.db import transaction
from django.db.utils import IntegrityError
from django.http import HttpRequest, HttpResponse
from ninja.responses import Response
from ninja.security import HttpBearer
from pydantic import BaseModel

from skranke.clinics.queries import actor_for_token
from skranke.kernel.actor import Actor
from skranke.kernel.errors import ForbiddenError, InvalidError, SkrankeError
from skranke.tenancy.work import acting
from skranke.web.api.models import IdempotentWrite

KEY_HEADER = "Idempotency-Key"
LONGEST_KEY = 200
READ, WRITE = "read", "write"
_LONGEST_VERSION = 18


class BearerToken(HttpBearer):
    """`Authorization: Bearer <token>`: the token names clinic, employee and scopes."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:  # noqa: ARG002 - ninja's signature
        """The actor, or None for a token that is unknown or revoked."""
        return actor_for_token(token)


class IdempotencyKeyError(InvalidError):
    """The key was used for another request. Nothing was done: use a new key for a new request."""

    code = "idempotency_key_reused"


class VersionNeededError(SkrankeError):
    """An edit must say which version it was made on: send If-Match with the ETag of your last reading."""

    code = "version_needed"
    http_status = HTTPStatus.PRECONDITION_REQUIRED


Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def reads(endpoint: Endpoint) -> Endpoint:
    """Run an endpoint in a unit of work of the token's clinic."""

    @wraps(endpoint)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with acting(_actor(request, READ)):
            return endpoint(request, *args, **kwargs)

    return cast("Endpoint", wrapped)


def writes(endpoint: Endpoint) -> Endpoint:
    """As `reads`; with an Idempotency-Key the endpoint's answer is kept in the same transaction and given again."""

    @wraps(endpoint)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with acting(_actor(request, WRITE)) as actor:
            key = request.headers.get(KEY_HEADER, "")
            if not key:
                return endpoint(request, *args, **kwargs)
            row, is_new = _reserve(request, actor, key)
            if not is_new:
                return _again(row)
            answer = endpoint(request, *args, **kwargs)
            return _keep(row, answer)

    return cast("Endpoint", wrapped)


def created(body: BaseModel, version: int | None = None) -> Response:
    """201 with the thing that was made."""
    return answer(body, version, status=HTTPStatus.CREATED)


def answer(body: BaseModel, version: int | None = None, *, status: int = HTTPStatus.OK) -> Response:
    """A body with its version as ETag."""
    response = Response(body.model_dump(mode="json", by_alias=True), status=status)
    response["Cache-Control"] = "no-store"
    if version is not None:
        response["ETag"] = f'"{version}"'
    return response


def expected_version(request: HttpRequest, *, needed: bool = False) -> int | None:
    """The version in If-Match; None without one, and for `*`, which is any. Raises VersionNeededError, InvalidError.

    The verb refuses another version with a ChangedError, which `problems` answers with 412 (RFC 9110 13.1.1).
    """
    text = request.headers.get("If-Match", "").strip()
    if not text:
        if needed:
            raise VersionNeededError("Send If-Match with the ETag of your last reading. Nothing was changed.")
        return None
    if text == "*":
        return None
    number = text.removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdigit() and len(number) <= _LONGEST_VERSION):
        raise InvalidError("If-Match must be an ETag that this API gave.", field="If-Match")
    return int(number)


def _actor(request: HttpRequest, scope: str) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]  # ninja sets it from BearerToken
    if actor.scopes and scope not in actor.scopes:
        raise ForbiddenError(f"The token does not have the scope {scope}.")
    return actor


def _reserve(request: HttpRequest, actor: Actor, key: str) -> tuple[IdempotentWrite, bool]:
    """The row of this key: a second request with it waits here until the first has committed."""
    if len(key) > LONGEST_KEY:
        raise InvalidError(f"An {KEY_HEADER} has at most {LONGEST_KEY} characters.", field=KEY_HEADER)
    mark, who = _fingerprint(request), actor.person_id or actor.clinic_id
    row = IdempotentWrite(clinic_id=actor.clinic_id, employee_id=who, key=key, fingerprint=mark)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        row = IdempotentWrite.objects.get(employee_id=who, key=key)
        if row.fingerprint != mark:
            raise IdempotencyKeyError(
                f"The {KEY_HEADER} was used for another request. Nothing was done.", field=KEY_HEADER
            ) from None
        return row, False
    return row, True


def _fingerprint(request: HttpRequest) -> str:
    digest = sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.FILES:
        for name in sorted(request.FILES):
            for file in request.FILES.getlist(name):
                digest.update(f"{name}\0{file.name}\0".encode())
                for chunk in file.chunks():
                    digest.update(chunk)
                file.seek(0)
    else:
        digest.update(request.body)
    return digest.hexdigest()


def _keep(row: IdempotentWrite, response: HttpResponse) -> HttpResponse:
    row.status, row.body, row.etag = response.status_code, response.content, response.headers.get("ETag", "")
    row.save(update_fields=["status", "body", "etag"])
    return response


def _again(row: IdempotentWrite) -> HttpResponse:
    response = HttpResponse(bytes(row.body), status=row.status, content_type="application/json; charset=utf-8")
    response["Idempotency-Replayed"] = "true"
    if row.etag:
        response["ETag"] = row.etag
    return response
