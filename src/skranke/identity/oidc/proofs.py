"""What we prove to a provider: that we are the registered client, and that a token's key is ours."""

import json
import secrets
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey, import_key

from skranke.identity.oidc.values import Provider
from skranke.kernel import clock
from skranke.kernel.settings import SettingError

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS = 30
_JTI_BYTES = 16


def client_assertion(provider: Provider) -> str:
    """A fresh private_key_jwt (RFC 7523), good for half a minute and for this provider alone."""
    now = _seconds()
    key = signing_key(provider.key)
    header = {"typ": provider.assertion_type, "alg": _algorithm(key, provider.rsa_algorithm), "kid": _key_id(key)}
    claims = {
        "iss": provider.client_id,
        "sub": provider.client_id,
        "aud": provider.issuer,
        "jti": secrets.token_urlsafe(_JTI_BYTES),
        "iat": now,
        "nbf": now,
        "exp": now + _ASSERTION_SECONDS,
    }
    return jwt.encode(header, claims, key, algorithms=[header["alg"]])


def proof_key() -> ECKey:
    """A new key for the proofs of one log-in."""
    return ECKey.generate_key("P-256")


def dpop_proof(key: ECKey, address: str, nonce: str = "") -> str:
    """A DPoP proof (RFC 9449, section 4.2) for one POST to an address."""
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.as_dict(private=False)}
    claims: dict[str, Any] = {
        "jti": secrets.token_urlsafe(_JTI_BYTES),
        "htm": "POST",
        "htu": address.partition("?")[0],
        "iat": _seconds(),
    }
    if nonce:
        claims["nonce"] = nonce
    return jwt.encode(header, claims, key, algorithms=["ES256"])


def signing_key(text: str) -> RSAKey | ECKey:
    """Our private key, from a PEM or a JWK. Raises SettingError for anything else."""
    try:
        found = import_key(json.loads(text)) if text.lstrip().startswith("{") else _from_pem(text)
    except ValueError as error:
        raise SettingError("The log-in provider's key must be a private key as PEM or JWK.") from error
    if not isinstance(found, RSAKey | ECKey) or not found.is_private:
        raise SettingError("The log-in provider's key must be a private RSA or EC key.")
    return found


def _from_pem(text: str) -> RSAKey | ECKey:
    try:
        return RSAKey.import_key(text)
    except ValueError:
        return ECKey.import_key(text)


def _key_id(key: RSAKey | ECKey) -> str:
    return key.kid or key.thumbprint()


def _algorithm(key: RSAKey | ECKey, rsa: str) -> str:
    if isinstance(key, RSAKey):
        return rsa
    return {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}[key.curve_name]


def _seconds() -> int:
    return int(clock.now().timestamp())
