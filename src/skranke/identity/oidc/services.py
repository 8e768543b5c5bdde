"""A log-in with a provider: begun here, done there, finished here - once, in the same browser, within ten minutes."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from skranke.identity.errors import LogInRefusedError, ProviderAwayError
from skranke.identity.models import LogInAttempt, LogInMethod, Session, SessionKind
from skranke.identity.oidc import asking, discovery, rules
from skranke.identity.oidc.providers import provider
from skranke.identity.oidc.reading import identity_of
from skranke.identity.oidc.values import Answer, Identity, ProviderName, Refusal
from skranke.identity.rules import digest_of
from skranke.kernel import clock

_BYTES = 32
_LONGEST_RETURN = 2000
_PROVIDERS = {LogInMethod.HELSEID: ProviderName.HELSEID, LogInMethod.ID_PORTEN: ProviderName.ID_PORTEN}


@dataclass(frozen=True, slots=True)
class Begun:
    """A log-in that was begun: where the browser goes, and the secret that its cookie keeps."""

    address: str
    secret: str


def begin(kind: SessionKind, name: ProviderName, *, redirect_uri: str, return_to: str, secret: str = "") -> Begun:
    """Begin a log-in. secret: of an earlier one in this browser that may still be open.

    Raises LogInRefusedError, ProviderAwayError.
    """
    chosen = provider(name)
    metadata = discovery.metadata(chosen)
    secret, state = secret or secrets.token_urlsafe(_BYTES), secrets.token_urlsafe(_BYTES)
    request_uri = asking.push(
        chosen,
        metadata,
        redirect_uri=redirect_uri,
        state=state,
        nonce=_derived(secret, state, "nonce"),
        verifier=_derived(secret, state, "verifier"),
    )
    now = clock.now()
    LogInAttempt.objects.create(
        state=digest_of(state),
        browser=digest_of(secret),
        kind=kind,
        provider=name,
        return_to=return_to if len(return_to) <= _LONGEST_RETURN else "",
        opened_at=now,
    )
    words = urlencode({"client_id": chosen.client_id, "request_uri": request_uri})
    separator = "&" if "?" in metadata.authorization_endpoint else "?"
    return Begun(f"{metadata.authorization_endpoint}{separator}{words}", secret)


def finish(kind: SessionKind, name: ProviderName, answer: Answer, *, redirect_uri: str) -> tuple[Identity, str]:
    """Who has logged in, and where the person wanted to go. Raises LogInRefusedError, ProviderAwayError."""
    attempt = _attempt(kind, name, answer)
    chosen = provider(name)
    metadata = discovery.metadata(chosen)
    if (metadata.names_issuer or answer.issuer) and answer.issuer != chosen.issuer:
        raise LogInRefusedError(Refusal.ISSUER)
    if answer.error:
        cancelled = answer.error == "access_denied"
        raise LogInRefusedError(Refusal.CANCELLED if cancelled else Refusal.PROVIDER_REFUSED)
    if not answer.code:
        raise LogInRefusedError(Refusal.CODE_MISSING)
    verifier = _derived(answer.secret, answer.state, "verifier")
    tokens = asking.redeem(chosen, metadata, redirect_uri=redirect_uri, code=answer.code, verifier=verifier)
    return identity_of(chosen, tokens, _derived(answer.secret, answer.state, "nonce")), attempt.return_to


def way_out(session: Session, *, return_to: str) -> str:
    """Where the browser logs out with the provider that it logged in with; empty where there is no such way.

    return_to: where the provider sends it back to, as it is registered there (RP-Initiated Logout 1.0, section 2).
    To be asked while the session lasts. A provider that is away keeps nobody logged in here.
    """
    name = _PROVIDERS.get(LogInMethod(session.method))
    if name is None or not session.id_token:
        return ""
    try:
        chosen = provider(name)
        address = discovery.metadata(chosen).end_session_endpoint
    except (LogInRefusedError, ProviderAwayError):
        return ""
    facts = {
        "id_token_hint": session.id_token,
        "client_id": chosen.client_id,
        "post_logout_redirect_uri": return_to,
    }
    return f"{address}{'&' if '?' in address else '?'}{urlencode(facts)}" if address else ""


def _attempt(kind: SessionKind, name: ProviderName, answer: Answer) -> LogInAttempt:
    """The attempt an answer belongs to, used up by it whatever comes of it."""
    attempt = LogInAttempt.objects.filter(state=digest_of(answer.state)).first()
    if attempt is None:
        raise LogInRefusedError(Refusal.STATE_UNKNOWN)
    if (attempt.kind, attempt.provider) != (kind, name):
        raise LogInRefusedError(Refusal.OTHER_PROVIDER)
    if not answer.secret or not rules.same(digest_of(answer.secret), attempt.browser):
        raise LogInRefusedError(Refusal.OTHER_BROWSER)
    now = clock.now()
    if not LogInAttempt.objects.filter(id=attempt.id, used_at=None).update(used_at=now):
        raise LogInRefusedError(Refusal.USED_BEFORE)
    if not rules.is_in_time(attempt.opened_at, now):
        raise LogInRefusedError(Refusal.TOO_LATE)
    return attempt


def _derived(secret: str, state: str, what: str) -> str:
    """A value that only this browser's cookie can make again, so that none of it lies in the database."""
    digest = hmac.new(secret.encode(), f"{what}:{state}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
