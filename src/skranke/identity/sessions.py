"""Sessions: opened by a proof of who somebody is, kept as rows, ended at once and everywhere."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from skranke.identity.models import EndReason, LogInAttempt, LogInMethod, Session, SessionKind
from skranke.identity.rules import digest_of, is_good, is_locked, is_news
from skranke.kernel import clock, log

_TOKEN_BYTES = 32
_KEPT = timedelta(days=90)
_logger = log.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Who somebody has proved to be, and how. account_id: of staff and operators; national_id: of patients.

    id_token: what the provider told it with.
    """

    kind: SessionKind
    method: LogInMethod
    level: int
    account_id: UUID | None = None
    national_id: str = ""
    id_token: str = field(default="", repr=False)


def longest() -> timedelta:
    """How long a session may be, whatever is done in it (ORG-14)."""
    return timedelta(hours=settings.OURS.session_hours)


def idle() -> timedelta:
    """How long a session may lie unused before it is locked."""
    return timedelta(minutes=settings.OURS.idle_minutes)


def session_of_token(kind: SessionKind, token: str) -> Session | None:
    """The session a browser's cookie names, with its account; None when it opens nothing (any more)."""
    found = Session.objects.filter(digest=digest_of(token), kind=kind).select_related("account").first()
    return found if found is not None and is_good(found, now=clock.now(), longest=longest()) else None


def is_unlocked(session: Session) -> bool:
    """Whether a session's pages are open, and not waiting for a new log-in."""
    return not is_locked(session, now=clock.now(), idle=idle())


def note_use(session: Session) -> None:
    """Note that the person has just done something."""
    now = clock.now()
    if is_news(session, now=now):
        Session.objects.filter(id=session.id).update(seen_at=now)


def open_sessions(session: Session) -> list[Session]:
    """The sessions of the same person and kind that are not over, newest first, this one among them."""
    return list(
        _of_same_person(session).filter(ended_at=None, opened_at__gt=clock.now() - longest()).order_by("-opened_at")
    )


def is_of_same_person(session: Session, proof: Proof) -> bool:
    """Whether a new log-in is of the person whose session it is."""
    return (session.account_id, session.national_id) == (proof.account_id, proof.national_id)


def open_session(proof: Proof, memory: Mapping[str, Any] | None = None) -> tuple[Session, str]:
    """Begin a session, and give the token for the browser: it is told once and stored nowhere.

    memory: what the pages of the person's earlier session in this browser kept.
    """
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
        memory=dict(memory or {}),
        id_token=proof.id_token,
    )
    _logger.info("session_opened", session_id=str(session.id), kind=session.kind, method=session.method)
    return session, token


def end_session(session: Session, reason: EndReason = EndReason.LOGGED_OUT) -> None:
    """End one session; whoever holds its token has nothing any more."""
    _end(Session.objects.filter(id=session.id), reason)


def end_sessions_of(session: Session) -> None:
    """End every session of the same person and kind, in all browsers."""
    _end(_of_same_person(session), EndReason.LOGGED_OUT_EVERYWHERE)


def remember(session: Session, memory: Mapping[str, Any]) -> None:
    """Keep what the pages want to know at the next request."""
    Session.objects.filter(id=session.id).update(memory=dict(memory))


def forget_old() -> None:
    """Forget sessions that began long ago, and log-ins that were never finished; the audit log has what they did."""
    now = clock.now()
    Session.objects.filter(opened_at__lt=now - _KEPT).delete()
    LogInAttempt.objects.filter(opened_at__lt=now - longest()).delete()


def _of_same_person(session: Session) -> QuerySet[Session]:
    return Session.objects.filter(kind=session.kind, account=session.account, national_id=session.national_id)


def _end(sessions: QuerySet[Session], reason: EndReason) -> None:
    count = sessions.filter(ended_at=None).update(ended_at=clock.now(), end_reason=reason, id_token="")
    if count:
        _logger.info("sessions_ended", count=count, reason=reason)
