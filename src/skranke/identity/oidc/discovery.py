"""What a provider tells of itself, and its keys: fetched when needed and kept for a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from skranke.identity.errors import LogInRefusedError
from skranke.identity.oidc import transport
from skranke.identity.oidc.values import Metadata, Provider, Refusal
from skranke.kernel import clock

_KEPT = timedelta(minutes=10)
_OK = 200
_lock = Lock()


@dataclass(frozen=True, slots=True)
class _Known:
    metadata: Metadata
    keys: KeySet
    read_at: datetime


_known: dict[str, _Known] = {}


def metadata(provider: Provider) -> Metadata:
    """The provider's addresses. Raises ProviderAwayError, LogInRefusedError."""
    return _look_up(provider).metadata


def keys(provider: Provider, key_id: str) -> KeySet:
    """The provider's public keys, read anew when the one that is asked for is not among them: keys are changed."""
    found = _look_up(provider)
    if key_id and key_id not in {key.kid for key in found.keys.keys}:
        found = _read(provider)
    return found.keys


def _look_up(provider: Provider) -> _Known:
    found = _known.get(provider.issuer)
    # A clock that was moved back must not keep it for ever.
    if found is not None and abs(clock.now() - found.read_at) < _KEPT:
        return found
    return _read(provider)


def _read(provider: Provider) -> _Known:
    told = transport.get(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if told.status != _OK:
        raise LogInRefusedError(Refusal.ANSWER_UNREADABLE)
    if told.body.get("issuer") != provider.issuer:
        raise LogInRefusedError(Refusal.ISSUER)
    names = {
        "authorization_endpoint": "authorization_endpoint",
        "token_endpoint": "token_endpoint",
        "par_endpoint": "pushed_authorization_request_endpoint",
        "jwks_uri": "jwks_uri",
    }
    addresses = {ours: told.body.get(theirs) for ours, theirs in names.items()}
    if not all(transport.is_safe(address) for address in addresses.values()):
        raise LogInRefusedError(Refusal.UNSAFE_ADDRESS)
    names_issuer = told.body.get("authorization_response_iss_parameter_supported") is True
    end = told.body.get("end_session_endpoint")
    addresses["end_session_endpoint"] = str(end) if transport.is_safe(end) else ""
    found = Metadata(issuer=provider.issuer, names_issuer=names_issuer, **addresses)  # type: ignore[arg-type]  # is_safe is true of texts only
    known = _Known(found, _keys(found.jwks_uri), clock.now())
    with _lock:
        _known[provider.issuer] = known
    return known


def _keys(address: str) -> KeySet:
    told = transport.get(address)
    try:
        return KeySet.import_key_set({"keys": [one for one in told.body["keys"] if one.get("kty") in {"RSA", "EC"}]})
    except (JoseError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise LogInRefusedError(Refusal.ANSWER_UNREADABLE) from error
