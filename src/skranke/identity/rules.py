"""What a token is kept as, and how long a session is good for."""

import hashlib
from datetime import datetime, timedelta

from skranke.identity.models import Session, SessionKind

_NOTED_EVERY = timedelta(minutes=1)
_TOKEN_NOTED_EVERY = timedelta(hours=1)


def digest_of(token: str) -> str:
    """The SHA-256 (hex) a token is known by: who reads the database cannot use what stands there.

    A token has 256 random bits, so a slow hash would add nothing.
    """
    return hashlib.sha256(token.encode()).hexdigest()


def is_good(session: Session, *, now: datetime, longest: timedelta) -> bool:
    """Whether a session still opens anything (ORG-14): not ended, not too old, of somebody who may still log in."""
    if session.ended_at is not None or now >= session.opened_at + longest:
        return False
    if session.account is None:
        return True
    return session.account.active and (session.account.is_operator or session.kind != SessionKind.OPERATOR)


def needs_second_factor(session: Session, *, required: bool) -> bool:
    """Whether an operator who has logged in must show a passkey before any page opens."""
    return required and session.kind == SessionKind.OPERATOR and session.second_factor_at is None


def is_locked(session: Session, *, now: datetime, idle: timedelta) -> bool:
    """Whether nobody has used a session for so long that its screen is locked until a new log-in (ORG-14)."""
    return now >= session.seen_at + idle


def is_news(session: Session, *, now: datetime) -> bool:
    """Whether it is worth a write that a session is used: once a minute."""
    return now >= session.seen_at + _NOTED_EVERY


def is_use_news(used_at: datetime | None, *, now: datetime) -> bool:
    """Whether it is worth a write that a token is used: once an hour."""
    return used_at is None or now >= used_at + _TOKEN_NOTED_EVERY
