"""Whether what a provider says may be believed: OpenID Connect Core 3.1.3.7 and 3.1.3.8, and level 4 (ORG-14)."""

import base64
import hashlib
import hmac
import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeGuard

from skranke.identity.oidc.values import Refusal
from skranke.kernel.ids import NationalId

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""What an ID token may be signed with: nothing unsigned, and nothing that a shared secret could make."""
LEVEL = 4
ATTEMPT = timedelta(minutes=10)
_LEEWAY = 30  # seconds between two machines' clocks
_OLDEST = 600  # seconds since the token was made


def wrong_claim(claims: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str, now: datetime) -> Refusal | None:
    """What is wrong with the claims of an ID token; None when it is for us, now, and for this very log-in."""
    seconds = now.timestamp()
    if claims.get("iss") != issuer:
        return Refusal.ISSUER
    return (
        _wrong_audience(claims, client_id)
        or _wrong_time(claims, seconds)
        or (None if same(claims.get("nonce"), nonce) else Refusal.NONCE)
        or (None if isinstance(claims.get("sub"), str) and claims["sub"] else Refusal.SUBJECT)
    )


def _wrong_audience(claims: Mapping[str, Any], client_id: str) -> Refusal | None:
    told = claims.get("aud")
    audiences = told if isinstance(told, list) else [told]
    if client_id not in audiences:
        return Refusal.AUDIENCE
    party = claims.get("azp")
    if (len(audiences) > 1 or party is not None) and party != client_id:
        return Refusal.AUTHORISED_PARTY
    return None


def _wrong_time(claims: Mapping[str, Any], now: float) -> Refusal | None:
    expires, issued, begins = claims.get("exp"), claims.get("iat"), claims.get("nbf", 0)
    if not _is_time(expires) or now >= expires + _LEEWAY:
        return Refusal.EXPIRED
    if not _is_time(begins) or now < begins - _LEEWAY:
        return Refusal.NOT_YET_VALID
    if not _is_time(issued) or not now - _OLDEST <= issued <= now + _LEEWAY:
        return Refusal.ISSUED_AT
    return None


def _is_time(value: object) -> TypeGuard[float]:
    """A finite number: JSON as Python reads it knows NaN, which is neither before nor after anything."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def is_hash_of(told: object, access_token: str, algorithm: str) -> bool:
    """Whether `at_hash` is of the access token that came along (Core 3.1.3.6); one that is not told is none."""
    if told is None:
        return True
    digest = hashlib.new(f"sha{algorithm[2:]}", access_token.encode()).digest()
    return same(told, base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode())


def is_high_enough(level: int) -> bool:
    """Whether a log-in was at security level 4 (ORG-14)."""
    return level >= LEVEL


def wrong_person(national_id: str) -> Refusal | None:
    """What is wrong with the national id that a provider told."""
    if not national_id:
        return Refusal.NATIONAL_ID_MISSING
    try:
        NationalId(national_id)
    except ValueError:
        return Refusal.NATIONAL_ID_UNUSABLE
    return None


def is_in_time(opened_at: datetime, now: datetime) -> bool:
    """Whether an attempt to log in is still waited for."""
    return now < opened_at + ATTEMPT


def same(one: object, other: str) -> bool:
    """Whether two secrets are the same, in a time that tells nothing of them."""
    return isinstance(one, str) and hmac.compare_digest(one.encode(), other.encode())
