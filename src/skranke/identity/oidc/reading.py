"""Reads an ID token: signature first, then the claims."""

from typing import Any

from joserfc import jws, jwt
from joserfc.errors import (
    BadSignatureError,
    ConflictAlgorithmError,
    InvalidKeyIdError,
    InvalidKeyTypeError,
    JoseError,
    UnsupportedAlgorithmError,
)

from skranke.identity.errors import LogInRefusedError
from skranke.identity.oidc import discovery, rules
from skranke.identity.oidc.providers import person_of
from skranke.identity.oidc.values import Identity, Provider, Refusal, Tokens
from skranke.kernel import clock


def identity_of(provider: Provider, tokens: Tokens, nonce: str) -> Identity:
    """Who the tokens speak of. Raises LogInRefusedError with what is wrong with them."""
    header, claims = _verified(provider, tokens.id_token)
    refusal = rules.wrong_claim(
        claims, issuer=provider.issuer, client_id=provider.client_id, nonce=nonce, now=clock.now()
    )
    if refusal is not None:
        raise LogInRefusedError(refusal)
    if not rules.is_hash_of(claims.get("at_hash"), tokens.access_token, header["alg"]):
        raise LogInRefusedError(Refusal.ACCESS_TOKEN_HASH)
    national_id, level, hpr_number = person_of(provider.name, claims)
    if not rules.is_high_enough(level):
        raise LogInRefusedError(Refusal.LEVEL_TOO_LOW)
    if (wrong := rules.wrong_person(national_id)) is not None:
        raise LogInRefusedError(wrong)
    return Identity(
        provider=provider.name, national_id=national_id, level=level, hpr_number=hpr_number, id_token=tokens.id_token
    )


def _verified(provider: Provider, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError) as error:
        raise LogInRefusedError(Refusal.TOKEN_UNREADABLE) from error
    if header.get("alg") not in rules.ALGORITHMS:
        raise LogInRefusedError(Refusal.ALGORITHM)
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise LogInRefusedError(Refusal.KEY_UNKNOWN)
    try:
        keys = discovery.keys(provider, key_id)
        return header, dict(jwt.decode(token, keys, algorithms=list(rules.ALGORITHMS)).claims)
    except InvalidKeyIdError as error:
        raise LogInRefusedError(Refusal.KEY_UNKNOWN) from error
    except BadSignatureError as error:
        raise LogInRefusedError(Refusal.SIGNATURE) from error
    except (UnsupportedAlgorithmError, ConflictAlgorithmError, InvalidKeyTypeError) as error:
        raise LogInRefusedError(Refusal.ALGORITHM) from error
    except (JoseError, ValueError, TypeError) as error:
        raise LogInRefusedError(Refusal.TOKEN_UNREADABLE) from error
