"""Questions to a provider over HTTP: short, bounded, without redirects."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import httpx

from skranke.identity.errors import LogInRefusedError, ProviderAwayError
from skranke.identity.oidc.values import Refusal

_SECONDS = 10.0
_MOST_BYTES = 1024 * 1024
_SERVER_FAULT = 500
_HERE = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider answered: status, the JSON object of the body, and its nonce for the next DPoP proof."""

    status: int
    body: Mapping[str, Any]
    dpop_nonce: str


def get(address: str) -> Reply:
    """Ask for a document. Raises ProviderAwayError, LogInRefusedError."""
    return _ask("GET", address, None, {})


def post(address: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
    """Send a form. Raises ProviderAwayError, LogInRefusedError."""
    return _ask("POST", address, form, headers)


def is_safe(address: object) -> bool:
    """Whether secrets may be sent to an address: TLS, or this very machine (demo and tests)."""
    if not isinstance(address, str):
        return False
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)


def _ask(method: str, address: str, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> Reply:
    if not is_safe(address):
        raise LogInRefusedError(Refusal.UNSAFE_ADDRESS)
    try:
        with _client().stream(method, address, data=form, headers={"Accept": "application/json", **headers}) as reply:
            content = b""
            for part in reply.iter_bytes():
                content += part
                if len(content) > _MOST_BYTES:
                    raise LogInRefusedError(Refusal.ANSWER_UNREADABLE)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ProviderAwayError(Refusal.PROVIDER_AWAY) from error
    if reply.status_code >= _SERVER_FAULT:
        raise ProviderAwayError(Refusal.PROVIDER_AWAY)
    return Reply(reply.status_code, _object(content), reply.headers.get("DPoP-Nonce", ""))


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        read = json.loads(content)
    except ValueError as error:
        raise LogInRefusedError(Refusal.ANSWER_UNREADABLE) from error
    if not isinstance(read, dict):
        raise LogInRefusedError(Refusal.ANSWER_UNREADABLE)
    return read


@lru_cache(maxsize=1)
def _client() -> httpx.Client:
    return httpx.Client(timeout=_SECONDS, follow_redirects=False, trust_env=False)
