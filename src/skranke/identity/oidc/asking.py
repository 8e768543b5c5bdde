"""The two questions to a provider that carry our proofs: the pushed request, and the code against tokens."""

import base64
import hashlib
import re
from collections.abc import Mapping

from joserfc.jwk import ECKey

from skranke.identity.errors import LogInRefusedError
from skranke.identity.oidc import transport
from skranke.identity.oidc.proofs import ASSERTION_TYPE, client_assertion, dpop_proof, proof_key
from skranke.identity.oidc.transport import Reply
from skranke.identity.oidc.values import Metadata, Provider, Refusal, Tokens
from skranke.kernel import log

_FINE = {200, 201}
_WORD = re.compile(r"[a-z_]{1,60}")
_logger = log.get_logger(__name__)


def push(provider: Provider, metadata: Metadata, *, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
    """Tell the provider what we will ask (RFC 9126), and get the name it gives the request."""
    form = {
        "response_type": "code",
        "scope": provider.scope,
        "redirect_uri": redirect_uri,
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    if provider.acr_values:
        form["acr_values"] = provider.acr_values
    reply = _proven(provider, metadata.par_endpoint, form)
    name = reply.body.get("request_uri")
    if not isinstance(name, str) or not name:
        raise LogInRefusedError(Refusal.ANSWER_UNREADABLE)
    return name


def redeem(provider: Provider, metadata: Metadata, *, redirect_uri: str, code: str, verifier: str) -> Tokens:
    """Give the code and get tokens, which are bound to a key of ours where the provider does that."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    reply = _proven(provider, metadata.token_endpoint, form)
    id_token, access_token = reply.body.get("id_token"), reply.body.get("access_token")
    if not isinstance(id_token, str) or not isinstance(access_token, str):
        raise LogInRefusedError(Refusal.TOKEN_MISSING)
    kind = str(reply.body.get("token_type", "")).lower()
    if kind != ("dpop" if provider.dpop else "bearer"):
        raise LogInRefusedError(Refusal.TOKEN_KIND)
    return Tokens(id_token=id_token, access_token=access_token)


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636, section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _proven(provider: Provider, address: str, form: Mapping[str, str]) -> Reply:
    """Send a form with our proofs; once more with the provider's nonce when it asks for one (RFC 9449, section 8)."""
    key = proof_key() if provider.dpop else None
    reply = _send(provider, address, form, key, "")
    if key is not None and reply.body.get("error") == "use_dpop_nonce" and reply.dpop_nonce:
        reply = _send(provider, address, form, key, reply.dpop_nonce)
    if reply.status not in _FINE:
        error = str(reply.body.get("error", ""))
        known = error if _WORD.fullmatch(error) else "unknown"
        _logger.warning("provider_refused", provider=provider.name, status=reply.status, error=known)
        raise LogInRefusedError(Refusal.PROVIDER_REFUSED)
    return reply


def _send(provider: Provider, address: str, form: Mapping[str, str], key: ECKey | None, nonce: str) -> Reply:
    proven = {
        **form,
        "client_id": provider.client_id,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": client_assertion(provider),
    }
    headers = {"DPoP": dpop_proof(key, address, nonce)} if key is not None else {}
    return transport.post(address, proven, headers)
