"""Passkeys: the operators' second factor (WebAuthn level 2), verified by py_webauthn."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.utils import IntegrityError
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from skranke.identity.errors import PasskeyRefusedError
from skranke.identity.models import Account, Passkey, Session
from skranke.identity.rules import needs_second_factor
from skranke.kernel import clock, log

CHALLENGE = "passkey_challenge"
_NAME = "Skranke"
_REQUIRED = UserVerificationRequirement.REQUIRED
_logger = log.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Site:
    """The site as the browser sees it: the relying party's id is the host, without a port."""

    host: str
    origin: str


def is_missing(session: Session) -> bool:
    """Whether the session waits for a passkey."""
    return needs_second_factor(session, required=settings.OURS.operator_passkeys)


def has_one(session: Session) -> bool:
    """Whether the account of a session has a passkey: without one the first is made."""
    return Passkey.objects.filter(account=session.account).exists()


def begin(session: Session, site: Site) -> str:
    """What the browser is asked, as JSON: to use a passkey, or to make the first. The challenge is kept, for once."""
    known = [
        PublicKeyCredentialDescriptor(id=bytes(one.credential_id))
        for one in Passkey.objects.filter(account=session.account)
    ]
    if known:
        question = generate_authentication_options(
            rp_id=site.host, allow_credentials=known, user_verification=_REQUIRED
        )
        _remember(session, bytes_to_base64url(question.challenge))
        return options_to_json(question)
    return _first(session, site)


def _first(session: Session, site: Site) -> str:
    account = _account(session)
    question = generate_registration_options(
        rp_id=site.host,
        rp_name=_NAME,
        user_id=account.id.bytes,
        user_name=account.username,
        user_display_name=account.display_name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=_REQUIRED
        ),
    )
    _remember(session, bytes_to_base64url(question.challenge))
    return options_to_json(question)


def finish(session: Session, site: Site, answer: str) -> None:
    """Take the browser's answer: a used passkey, or the first one made. Raises PasskeyRefusedError."""
    challenge = _taken(session)
    if not challenge:
        raise PasskeyRefusedError("The question was answered before. Nothing was changed. Ask again.")
    try:
        with transaction.atomic():
            if has_one(session):
                _use(session, site, answer, base64url_to_bytes(challenge))
            else:
                _make(session, site, answer, base64url_to_bytes(challenge))
            Session.objects.filter(id=session.id).update(second_factor_at=clock.now())
    except (WebAuthnException, IntegrityError, ValueError, KeyError, TypeError) as error:
        _logger.warning("passkey_refused", account_id=str(session.account_id), error=type(error).__name__)
        raise PasskeyRefusedError("The passkey was not accepted. Nothing was changed. Try again.") from error


def _use(session: Session, site: Site, answer: str, challenge: bytes) -> None:
    credential = parse_authentication_credential_json(answer)
    passkey = (
        Passkey.objects.select_for_update().filter(account=session.account, credential_id=credential.raw_id).first()
    )
    if passkey is None:
        raise ValueError("The passkey is unknown.")
    verified = verify_authentication_response(
        credential=credential,
        expected_challenge=challenge,
        expected_rp_id=site.host,
        expected_origin=site.origin,
        credential_public_key=bytes(passkey.public_key),
        credential_current_sign_count=passkey.sign_count,
        require_user_verification=True,
    )
    passkey.sign_count, passkey.used_at = verified.new_sign_count, clock.now()
    passkey.save(update_fields=["sign_count", "used_at"])
    _logger.info("passkey_used", account_id=str(session.account_id), passkey_id=str(passkey.id))


def _make(session: Session, site: Site, answer: str, challenge: bytes) -> None:
    # Two browsers at once: the account's row decides which passkey is the first.
    account = Account.objects.select_for_update().get(id=_account(session).id)
    if has_one(session):
        raise ValueError("The first passkey was made meanwhile.")
    verified = verify_registration_response(
        credential=answer,
        expected_challenge=challenge,
        expected_rp_id=site.host,
        expected_origin=site.origin,
        require_user_verification=True,
    )
    passkey = Passkey.objects.create(
        account=account,
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
    )
    _logger.info("passkey_made", account_id=str(session.account_id), passkey_id=str(passkey.id))


def forget_all(account: Account) -> int:
    """Take away every passkey of an account, whose owner has lost them; the next log-in makes a new one."""
    count, _ = Passkey.objects.filter(account=account).delete()
    _logger.warning("passkeys_forgotten", account_id=str(account.id), count=count)
    return count


def _account(session: Session) -> Account:
    if session.account is None:
        raise ValueError("Passkeys belong to accounts.")
    return session.account


def _taken(session: Session) -> str:
    """The challenge that was asked with; whoever takes it has used it up, whatever comes of it."""
    with transaction.atomic():
        row = Session.objects.select_for_update().get(id=session.id)
        challenge = str(row.memory.get(CHALLENGE, ""))
        _remember(row, "")
    return challenge


def _remember(session: Session, challenge: str) -> None:
    session.memory[CHALLENGE] = challenge
    Session.objects.filter(id=session.id).update(memory=session.memory)
