"""Sessions: opened by a proof of who somebody is, kept as rows, ended at once and everywhere."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from skranke.identity.models import EndReason, LogInMethod, Session, SessionKind
from skranke.identity.rules import digest_of, is_good
from skranke.kernel import clock, log

_TOKEN_BYTES = 32
_logger = log.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Who somebody has proved to be, and how. account_id: of staff and operators; national_id: of patients."""

    kind: SessionKind
    method: LogInMethod
    level: int
    account_id: UUID | None = None
    national_id: str = ""


def longest() -> timedelta:
    """How long a session may be, whatever is done in it (ORG-14)."""
    return timedelta(hours=settings.OURS.session_hours)


def session_of_token(kind: SessionKind, token: str) -> Session | None:
    """The session a browser's cookie names, with its account; None when it opens nothing (any more)."""
    found = Session.objects.filter(digest=digest_of(token), kind=kind).select_related("account").first()
    return found if found is not None and is_good(found, now=clock.now(), longest=longest()) else None


def open_session(proof: Proof) -> tuple[Session, str]:
    """Begin a session, and give the token for the browser: it is told once and stored nowhere."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    now = clock.now()
    session = Session.objects.create(
        digest=digest_of(token),
        kind=proof.kind,
        account_id=proof.account_id,
        national_id=proof.national_id,
        method=proof.method,
        level=proof.level,
        opened_at=now,
        seen_at=now,
    )
    _logger.info("session_opened", session_id=str(session.id), kind=session.kind, method=session.method)
    return session, token


def end_session(session: Session, reason: EndReason = EndReason.LOGGED_OUT) -> None:
    """End one session; whoever holds its token has nothing any more."""
    _end(Session.objects.filter(id=session.id), reason)


def end_sessions_of_account(account_id: UUID, reason: EndReason = EndReason.ACCESS_TAKEN_AWAY) -> int:
    """End every session of an account, in all browsers; how many there were."""
    return _end(Session.objects.filter(account_id=account_id), reason)


def end_sessions_of_patient(national_id: str, reason: EndReason = EndReason.LOGGED_OUT_EVERYWHERE) -> int:
    """End every session of a patient, in all browsers; how many there were."""
    return _end(Session.objects.filter(national_id=national_id, kind=SessionKind.PATIENT), reason)


def remember(session: Session, memory: Mapping[str, Any]) -> None:
    """Keep what the pages want to know at the next request."""
    Session.objects.filter(id=session.id).update(memory=dict(memory))


def _end(sessions: QuerySet[Session], reason: EndReason) -> int:
    count = sessions.filter(ended_at=None).update(ended_at=clock.now(), end_reason=reason)
    if count:
        _logger.info("sessions_ended", count=count, reason=reason)
    return count
