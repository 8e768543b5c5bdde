"""Finding accounts, and what a token grants; none of it needs a unit of work."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from skranke.identity.models import Account, ApiToken
from skranke.identity.rules import digest_of
from skranke.kernel import clock
from skranke.tenancy.work import current_actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a good token says: act in this clinic as this employee (None: as the program), within these scopes.

    scopes: None means all. used_at: when it was noted last that somebody used it.
    """

    token_id: UUID
    clinic_id: UUID
    employee_id: UUID | None
    name: str
    scopes: frozenset[str] | None
    used_at: datetime | None


def grant_of_token(token: str) -> Grant | None:
    """What a token grants; None when it is unknown, revoked or has run out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, clinic_id, employee_id, name, scopes, used_at FROM grant_of_token(%s, %s)",
            [digest_of(token), clock.now()],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    return Grant(
        token_id=row[0],
        clinic_id=row[1],
        employee_id=row[2],
        name=row[3],
        scopes=frozenset(row[4]) or None,
        used_at=row[5],
    )


def tokens() -> list[ApiToken]:
    """The tokens of the current clinic that are not revoked, newest first; those that have run out among them."""
    mine = ApiToken.objects.filter(clinic_id=current_actor().clinic_id, revoked_at=None)
    return list(mine.order_by("-created_at", "-id"))


def account_of_username(username: str) -> Account | None:
    """The active account with this username."""
    return Account.objects.filter(username=username, active=True).first()


def account_of_id(account_id: UUID) -> Account | None:
    """The active account with this id."""
    return Account.objects.filter(id=account_id, active=True).first()


def account_of_person(national_id: str) -> Account | None:
    """The active account of the person whom a log-in provider named."""
    return Account.objects.filter(national_id=national_id, active=True).first() if national_id else None
