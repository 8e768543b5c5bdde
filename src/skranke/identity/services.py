"""Accounts and tokens."""

import secrets
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.utils import IntegrityError

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.identity.errors import PersonHasAccountError, UsernameTakenError
from skranke.identity.models import Account, ApiToken
from skranke.identity.rules import digest_of
from skranke.kernel import clock, log
from skranke.kernel.errors import NotFoundError
from skranke.tenancy.work import current_actor

TOKEN_BYTES = 32
_logger = log.get_logger(__name__)


def create_account(
    username: str, display_name: str, *, language: str = "", national_id: str = "", is_operator: bool = False
) -> Account:
    """Make an account. It belongs to no clinic: what it may do stands on its positions.

    national_id: of the person, as the log-in provider will tell it. is_operator: the account runs the installation.
    Raises UsernameTakenError, PersonHasAccountError.
    """
    account = Account(
        username=username,
        display_name=display_name,
        language=language,
        national_id=national_id,
        is_operator=is_operator,
    )
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as broken:
        if "account_of_person" in str(broken):
            raise PersonHasAccountError("The person has an account already. Use that one.") from None
        raise UsernameTakenError("Another account has this username. Choose another.") from None
    # The audit log belongs to a clinic, an account to none: hiring it is what a clinic's log tells of.
    _logger.info("account_created", account_id=str(account.id))
    return account


def speak(account_id: UUID, language: str) -> None:
    """Keep the language that the person has chosen for the pages."""
    Account.objects.filter(id=account_id).update(language=language)


def issue_token(
    name: str,
    clinic_id: UUID,
    employee_id: UUID | None,
    scopes: Collection[str] = (),
    *,
    expires_at: datetime | None = None,
) -> str:
    """Make a token with which a program acts, and return it: it is shown once and stored nowhere.

    employee_id: in whose name; None: in the program's own. scopes: what it may do; empty means all.
    Inside a unit of work of the clinic.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = ApiToken.objects.create(
        digest=digest_of(token),
        name=name,
        clinic_id=clinic_id,
        employee_id=employee_id,
        scopes=sorted(scopes),
        made_by=current_actor().person_id,
        expires_at=expires_at,
    )
    detail = {"employee_id": str(employee_id or ""), "scopes": row.scopes, "expires_at": str(expires_at or "")}
    record(Action.TOKEN_ISSUED, subject_kind="token", subject_id=row.id, detail=detail)
    return token


def revoke_token(token_id: UUID) -> None:
    """Make a token of the current clinic worthless. Raises NotFoundError."""
    mine = ApiToken.objects.filter(id=token_id, clinic_id=current_actor().clinic_id)
    if not mine.filter(revoked_at=None).update(revoked_at=clock.now()):
        raise NotFoundError("The token does not exist.")
    record(Action.TOKEN_REVOKED, subject_kind="token", subject_id=token_id)


def note_token_use(token_id: UUID) -> None:
    """Note in the current clinic that a token was used."""
    ApiToken.objects.filter(id=token_id).update(used_at=clock.now())


def note_log_in(account_id: UUID | None = None) -> None:
    """Write in the current clinic's log that its employee or patient has logged in. account_id: of an employee."""
    _note(Action.SESSION_OPENED, account_id)


def note_log_out(account_id: UUID | None = None) -> None:
    """Write in the current clinic's log that its employee or patient has logged out."""
    _note(Action.SESSION_CLOSED, account_id)


def _note(action: Action, account_id: UUID | None) -> None:
    if account_id is not None:
        record(action, subject_kind="account", subject_id=account_id)
    else:
        person = current_actor().person_id
        record(action, subject_kind="patient", subject_id=person, patient_id=person)
