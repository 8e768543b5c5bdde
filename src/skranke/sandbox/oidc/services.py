"""What the providers do: take a pushed request, let somebody be chosen, give tokens for the code."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from joserfc import jwt
from joserfc.errors import JoseError

from skranke.kernel import clock
from skranke.sandbox.models import Citizen, LogInClient, LogInPerson, PushedRequest
from skranke.sandbox.oidc import checks
from skranke.sandbox.oidc.keys import key_of
from skranke.sandbox.oidc.values import HELSEID, OAuthError, Provider

REQUEST_SECONDS = 600
_CODE_SECONDS = 60
_TOKEN_SECONDS = 300
_CHALLENGE_LENGTH = 43
_PREFIX = "urn:ietf:params:oauth:request_uri:"


def push(client: LogInClient, form: Mapping[str, str]) -> str:
    """Keep a request, and give it a name (RFC 9126, section 2). Raises OAuthError."""
    if form.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "response_type must be code.")
    if form.get("redirect_uri") not in client.redirect_uris:
        raise OAuthError("invalid_request", "redirect_uri is not registered.")
    if "openid" not in form.get("scope", "").split():
        raise OAuthError("invalid_scope", "scope must hold openid.")
    challenge = form.get("code_challenge", "")
    if form.get("code_challenge_method") != "S256" or len(challenge) != _CHALLENGE_LENGTH:
        raise OAuthError("invalid_request", "PKCE with S256 is needed.")
    names = ("redirect_uri", "scope", "state", "nonce", "code_challenge", "acr_values")
    request = PushedRequest.objects.create(
        request_uri=f"{_PREFIX}{secrets.token_urlsafe(24)}",
        client=client,
        parameters={name: form[name] for name in names if name in form},
        expires_at=_later(REQUEST_SECONDS),
    )
    return request.request_uri


def pushed(provider: Provider, client_id: str, request_uri: str) -> PushedRequest | None:
    """A request that still waits for somebody to be chosen."""
    return (
        PushedRequest.objects.select_related("client")
        .filter(
            request_uri=request_uri,
            client__provider=provider.name,
            client__client_id=client_id,
            chosen_at=None,
            expires_at__gt=clock.now(),
        )
        .first()
    )


def choose(request: PushedRequest, national_id: str, level: int) -> str:
    """Let a person be the one who has logged in; the code for the program."""
    code = secrets.token_urlsafe(32)
    request.code, request.code_expires_at = code, _later(_CODE_SECONDS)
    request.national_id, request.level, request.chosen_at = national_id, level, clock.now()
    request.save()
    return code


def cancel(request: PushedRequest) -> None:
    """The person does not want to."""
    request.chosen_at = clock.now()
    request.save()


def redeem(
    provider: Provider, issuer: str, client: LogInClient, form: Mapping[str, str], thumbprint: str
) -> dict[str, Any]:
    """Tokens for a code, once (RFC 6749, section 4.1.3). Raises OAuthError."""
    if form.get("grant_type") != "authorization_code":
        raise OAuthError("unsupported_grant_type", "grant_type must be authorization_code.")
    with transaction.atomic():
        request = PushedRequest.objects.select_for_update().filter(client=client, code=form.get("code") or "-").first()
        if request is None or request.code_used_at is not None or request.code_expires_at is None:
            raise OAuthError("invalid_grant", "The code is unknown, or was used before.")
        request.code_used_at = clock.now()
        request.save()
    told = request.parameters
    if clock.now() >= request.code_expires_at:
        raise OAuthError("invalid_grant", "The code has run out.")
    if form.get("redirect_uri") != told["redirect_uri"]:
        raise OAuthError("invalid_grant", "redirect_uri is another than the one of the request.")
    if not checks.is_answer_to(told["code_challenge"], form.get("code_verifier", "")):
        raise OAuthError("invalid_grant", "The verifier is not of the challenge.")
    return _tokens(provider, issuer, request, thumbprint)


def after_log_out(provider: Provider, issuer: str, told: Mapping[str, str]) -> str:
    """Where one goes after logging out: an address that the program of the hint has registered, else nowhere.

    The hint is an ID token of ours; it may have run out (RP-Initiated Logout 1.0, section 4).
    """
    try:
        claims = jwt.decode(told.get("id_token_hint", ""), key_of(provider), algorithms=["RS256"]).claims
    except (JoseError, ValueError):
        return ""
    client = LogInClient.objects.filter(provider=provider.name, client_id=str(claims.get("aud"))).first()
    wanted = told.get("post_logout_redirect_uri", "")
    if client is None or claims.get("iss") != issuer or told.get("client_id", client.client_id) != client.client_id:
        return ""
    return wanted if wanted in client.log_out_uris else ""


def name_of(provider: Provider, national_id: str) -> str | None:
    """The name of somebody who may be chosen."""
    if provider is HELSEID:
        person = LogInPerson.objects.filter(national_id=national_id).first()
        return person.name if person else None
    citizen = Citizen.objects.filter(national_id=national_id).first()
    return citizen.name if citizen else None


def _tokens(provider: Provider, issuer: str, request: PushedRequest, thumbprint: str) -> dict[str, Any]:
    key, now = key_of(provider), int(clock.now().timestamp())
    subject = hashlib.sha256(f"{request.client.client_id}:{request.national_id}".encode()).hexdigest()
    common = {"iss": issuer, "sub": subject, "iat": now, "nbf": now, "exp": now + _TOKEN_SECONDS}
    header = {"alg": "RS256", "kid": key.kid}
    bound = {"cnf": {"jkt": thumbprint}} if thumbprint else {}
    access = jwt.encode(
        {**header, "typ": "at+jwt"}, {**common, **bound, "aud": issuer, "jti": secrets.token_urlsafe(16)}, key
    )
    half = hashlib.sha256(access.encode()).digest()[:16]
    identity = {
        **common,
        "aud": request.client.client_id,
        "auth_time": now,
        "sid": secrets.token_urlsafe(16),
        "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
        **({"nonce": request.parameters["nonce"]} if "nonce" in request.parameters else {}),
        **_person(provider, request),
    }
    return {
        "id_token": jwt.encode(header, identity, key),
        "access_token": access,
        "token_type": "DPoP" if thumbprint else "Bearer",
        "expires_in": _TOKEN_SECONDS,
        "scope": request.parameters["scope"],
    }


def _person(provider: Provider, request: PushedRequest) -> dict[str, Any]:
    """What the provider tells of the person; HelseID only what was asked for."""
    if provider is not HELSEID:
        level = "high" if request.level == 4 else "substantial"  # noqa: PLR2004 - the two levels of the page
        return {"pid": request.national_id, "acr": f"idporten-loa-{level}", "amr": ["TestID"], "locale": "nb"}
    person = LogInPerson.objects.get(national_id=request.national_id)
    told = {
        "identity/pid": person.national_id,
        "identity/security_level": str(request.level),
        "hpr/hpr_number": person.hpr_number,
    }
    scopes = request.parameters["scope"].split()
    asked = {name: value for name, value in told.items() if value and f"helseid://scopes/{name}" in scopes}
    claims = {f"helseid://claims/{name}": value for name, value in asked.items()}
    return {"name": person.name, "idp": "testidp-oidc", "amr": ["pwd"], **claims}


def _later(seconds: int) -> datetime:
    return clock.now() + timedelta(seconds=seconds)
