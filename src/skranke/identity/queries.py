"""Finding accounts, and what a token grants; none of it needs a unit of work."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from skranke.identity.models import Account
from skranke.identity.rules import digest_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a good token says: act as this employee of this clinic, within these scopes (None: all)."""

    token_id: UUID
    clinic_id: UUID
    employee_id: UUID
    scopes: frozenset[str] | None


def grant_of_token(token: str) -> Grant | None:
    """What a token grants; None when it is unknown or revoked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, clinic_id, employee_id, scopes FROM grant_of_digest(%s)", [digest_of(token)])
        row = cursor.fetchone()
    if row is None:
        return None
    return Grant(token_id=row[0], clinic_id=row[1], employee_id=row[2], scopes=frozenset(row[3]) or None)


def account_of_username(username: str) -> Account | None:
    """The active account with this username."""
    return Account.objects.filter(username=username, active=True).first()


def account_of_id(account_id: UUID) -> Account | None:
    """The active account with this id."""
    return Account.objects.filter(id=account_id, active=True).first()


def account_of_person(national_id: str) -> Account | None:
    """The active account of the person whom a log-in provider named."""
    return Account.objects.filter(national_id=national_id, active=True).first() if national_id else None
