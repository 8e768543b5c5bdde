"""Everything the registers know of a party, asked for in one go; never inside a unit of work."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from skranke.kernel import clock
from skranke.kernel.ids import HerId
from skranke.registers.clients import address_register, profile_register
from skranke.registers.errors import NoCertificateError, RegisterNotSetUpError
from skranke.registers.soap import Patience
from skranke.registers.values import Profile, RegisterCertificate, RegisterParty


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A party with its certificates and profile. knows_profiles: False where no register of profiles is set up."""

    party: RegisterParty
    profile: Profile | None
    knows_profiles: bool
    signing: bytes = field(default=b"", repr=False)
    encryption: bytes = field(default=b"", repr=False)
    read_at: datetime


def outside_a_unit_of_work() -> None:
    """Raises RuntimeError where a transaction is open: it would hold its locks while a stranger thinks."""
    if transaction.get_connection().in_atomic_block:
        raise RuntimeError("A register is never asked inside a unit of work: ask first, write afterwards.")


def ask_about(her_id: HerId, patience: Patience) -> Answer:
    """What the registers say of a party.

    Raises UnknownHerIdError, RegisterNotSetUpError, and what else `SoapService.ask` raises.
    """
    outside_a_unit_of_work()
    register = address_register()
    party = register.party(her_id, patience)
    profile, knows_profiles = _profile(her_id, patience)
    return Answer(
        party=party,
        profile=profile,
        knows_profiles=knows_profiles,
        signing=_certificate(register.signing_certificate, her_id, patience),
        encryption=_certificate(register.encryption_certificate, her_id, patience),
        read_at=clock.now(),
    )


def ask_about_office(her_id: HerId, patience: Patience) -> RegisterParty:
    """An organisation with the people and services below it (ACT-12). Raises as `ask_about`."""
    outside_a_unit_of_work()
    return address_register().organisation(her_id, patience)


def _profile(her_id: HerId, patience: Patience) -> tuple[Profile | None, bool]:
    try:
        return profile_register().profile(her_id, patience), True
    except RegisterNotSetUpError:
        return None, False


def _certificate(ask: Callable[[HerId, Patience], RegisterCertificate], her_id: HerId, patience: Patience) -> bytes:
    try:
        return ask(her_id, patience).der
    except NoCertificateError:
        return b""
