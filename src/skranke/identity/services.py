"""Accounts and tokens."""

import secrets
from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.utils import IntegrityError

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.identity.errors import UsernameTakenError
from skranke.identity.models import Account, ApiToken
from skranke.identity.rules import digest_of
from skranke.kernel import clock, log
from skranke.kernel.errors import NotFoundError

TOKEN_BYTES = 32
_logger = log.get_logger(__name__)


def create_account(username: str, display_name: str, *, language: str = "nb") -> Account:
    """Make an account. It belongs to no clinic: what it may do stands on its positions. Raises UsernameTakenError."""
    try:
        with transaction.atomic():
            account = Account.objects.create(username=username, display_name=display_name, language=language)
    except IntegrityError:
        raise UsernameTakenError("Another account has this username. Choose another.") from None
    # The audit log belongs to a clinic, an account to none: hiring it is what a clinic's log tells of.
    _logger.info("account_created", account_id=str(account.id))
    return account


def issue_token(name: str, clinic_id: UUID, employee_id: UUID, scopes: Collection[str] = ()) -> str:
    """Make a token with which a program acts as the employee, and return it: it is shown once and stored nowhere.

    scopes: what the program may do; empty means all that the employee may. Inside a unit of work of the clinic.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = ApiToken.objects.create(
        digest=digest_of(token), name=name, clinic_id=clinic_id, employee_id=employee_id, scopes=sorted(scopes)
    )
    detail = {"employee_id": str(employee_id), "scopes": row.scopes}
    record(Action.TOKEN_ISSUED, subject_kind="token", subject_id=row.id, detail=detail)
    return token


def revoke_token(token_id: UUID) -> None:
    """Make a token of the current clinic worthless. Raises NotFoundError."""
    if not ApiToken.objects.filter(id=token_id, revoked_at=None).update(revoked_at=clock.now()):
        raise NotFoundError("The token does not exist.")
    record(Action.TOKEN_REVOKED, subject_kind="token", subject_id=token_id)


def open_session(account_id: UUID) -> None:
    """Note that the current actor has logged in with the account."""
    record(Action.SESSION_OPENED, subject_kind="account", subject_id=account_id)


def close_session(account_id: UUID) -> None:
    """Note that the current actor has logged out."""
    record(Action.SESSION_CLOSED, subject_kind="account", subject_id=account_id)
