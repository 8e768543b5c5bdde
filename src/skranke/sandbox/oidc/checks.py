"""Verifies what a program proves: who it is, and that it holds the key its tokens will be bound to."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.utils import IntegrityError
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, RSAKey, import_key

from skranke.kernel import clock
from skranke.sandbox.models import LogInClient, SeenProof
from skranke.sandbox.oidc.values import OAuthError, Provider

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
_LONGEST_ASSERTION = 120
_OLDEST_PROOF = 60
_LEEWAY = 10
_NONCE_SECONDS = 300
_SALT = "skranke.sandbox.dpop-nonce"


def client_of(provider: Provider, issuer: str, form: Mapping[str, str]) -> LogInClient:
    """The program that a request's private_key_jwt is of (RFC 7523, section 3). Raises OAuthError."""
    client = LogInClient.objects.filter(provider=provider.name, client_id=form.get("client_id", "")).first()
    if client is None or form.get("client_assertion_type") != ASSERTION_TYPE:
        raise _invalid_client("The client is unknown, or does not authenticate with private_key_jwt.")
    header, claims = _read(form.get("client_assertion", ""), import_key(client.public_key), "invalid_client")
    if header.get("typ", "") not in provider.assertion_types:
        raise _invalid_client(f"The assertion's typ must be {provider.assertion_types[0]}.")
    if claims.get("iss") != client.client_id or claims.get("sub") != client.client_id:
        raise _invalid_client("iss and sub must be the client's id.")
    if claims.get("aud") not in (issuer, [issuer]):
        raise _invalid_client("aud must be the issuer.")
    now = _now()
    expires, issued = claims.get("exp"), claims.get("iat")
    if not isinstance(expires, int) or not now - _LEEWAY < expires <= now + _LONGEST_ASSERTION:
        raise _invalid_client("The assertion is expired, or good for too long.")
    if not isinstance(issued, int) or issued > now + _LEEWAY:
        raise _invalid_client("The assertion is from the future.")
    _once(client.client_id, claims, "invalid_client")
    return client


def proof_of(provider: Provider, address: str, proof: str) -> str:
    """The thumbprint of the key of a DPoP proof (RFC 9449, section 4.3); empty where none is asked for.

    Raises OAuthError; `use_dpop_nonce` when the proof does not hold a nonce of ours that is still good.
    """
    if not provider.dpop:
        return ""
    key = _key_of(proof)
    header, claims = _read(proof, key, "invalid_dpop_proof")
    if header.get("typ") != "dpop+jwt":
        raise _invalid_proof("typ must be dpop+jwt.")
    if claims.get("htm") != "POST" or claims.get("htu") != address:
        raise _invalid_proof("The proof is of another request.")
    issued = claims.get("iat")
    if not isinstance(issued, int) or abs(_now() - issued) > _OLDEST_PROOF:
        raise _invalid_proof("The proof is too old, or from the future.")
    if not _is_our_nonce(claims.get("nonce")):
        raise OAuthError("use_dpop_nonce", "Make the proof with the nonce of this answer.")
    _once(key.thumbprint(), claims, "invalid_dpop_proof")
    return key.thumbprint()


def new_nonce() -> str:
    """A nonce for the next proof."""
    return signing.dumps(int(_now()), salt=_SALT)


def is_answer_to(challenge: str, verifier: str) -> bool:
    """Whether a PKCE verifier is the one of an S256 challenge (RFC 7636, section 4.6)."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(digest, challenge)


def _key_of(proof: str) -> Key:
    try:
        told = jws.extract_compact(proof.encode()).headers().get("jwk")
        key = import_key(told) if isinstance(told, dict) else None
    except (JoseError, ValueError) as error:
        raise _invalid_proof("The proof cannot be read.") from error
    if not isinstance(key, RSAKey | ECKey) or key.is_private:
        raise _invalid_proof("The proof must hold a public key.")
    return key


def _read(token: str, key: Key, error: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        read = jwt.decode(token, key, algorithms=ALGORITHMS)
    except (JoseError, ValueError, TypeError) as broken:
        status = 401 if error == "invalid_client" else 400
        raise OAuthError(error, "The signature is not of the right key.", status=status) from broken
    return read.header, dict(read.claims)


def _once(issuer: str, claims: Mapping[str, Any], error: str) -> None:
    jti = claims.get("jti")
    if not isinstance(jti, str) or not jti:
        raise OAuthError(error, "jti is missing.", status=401 if error == "invalid_client" else 400)
    try:
        with transaction.atomic():
            SeenProof.objects.create(issuer=issuer, jti=jti[:200], seen_at=clock.now())
    except IntegrityError:
        status = 401 if error == "invalid_client" else 400
        raise OAuthError(error, "It was used before.", status=status) from None


def _is_our_nonce(nonce: object) -> bool:
    try:
        made_at = signing.loads(nonce, salt=_SALT) if isinstance(nonce, str) else 0
    except signing.BadSignature:
        return False
    return 0 <= _now() - made_at <= _NONCE_SECONDS


def _now() -> int:
    return int(clock.now().timestamp())


def _invalid_client(what: str) -> OAuthError:
    return OAuthError("invalid_client", what, status=401)


def _invalid_proof(what: str) -> OAuthError:
    return OAuthError("invalid_dpop_proof", what)
