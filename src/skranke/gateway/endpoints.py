"""A clinic's side of the bus as one frozen value: queues, keys, its own parties and its counterparts.

Read from the clinic's rows and the files they refer to, and kept for some seconds: a message needs them all, and they
change a few times a year. `fresh` reads them anew, as after a certificate swap (HITS 1216 2.1.4).
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from uuid import UUID

from django.conf import settings

from skranke.clinics.activation.queries import offered_by
from skranke.clinics.directory import FROM_REGISTER
from skranke.clinics.models import Clinic, CommunicationParty, CommunicationProfile, Counterpart, PartyKind
from skranke.kernel.actor import system
from skranke.kernel.ids import HerId, HprNumber
from skranke.registers.models import AddressEntry
from skranke.registers.queries import entries_of
from skranke.standards.build import parties
from skranke.standards.people import Organisation, Party
from skranke.tenancy.work import acting
from skranke.wire.certificates import (
    Certificate,
    DecryptionIdentity,
    Revocation,
    SigningIdentity,
    TrustStore,
    load_certificates,
    load_trust,
    read_certificate,
)
from skranke.wire.errors import ConfigurationError
from skranke.wire.keyfiles import load_decryption_identity, load_signing_identity
from skranke.wire.queues import short_name
from skranke.wire.revocation import OnlineRevocation, RevocationMode

KEPT_SECONDS = 10.0
_FILE = "file:"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnParty:
    """One HER-id of the clinic. `services`: what its patients are offered now (ACT-8, ACT-14). row: to be read only."""

    id: UUID
    her_id: HerId
    name: str
    services: frozenset[str]
    employee_id: UUID | None
    party: Party
    row: CommunicationParty


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A counterpart: HelseNorge's HER-id at level 2 with its queues and certificates."""

    her_id: HerId
    queue_async: str
    queue_sync: str
    queue_error: str
    signing: tuple[Certificate, ...]
    encryption: Certificate
    takes_appointment_process: bool
    party: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Everything a message of one clinic needs on its way in or out."""

    clinic_id: UUID
    her_id: HerId
    organisation: Organisation
    require_comment: bool
    bus_url: str = field(repr=False)
    queue_async: str
    queue_sync: str
    queue_syncreply: str
    queue_error: str
    signing: SigningIdentity = field(repr=False)
    decryption: tuple[DecryptionIdentity, ...] = field(repr=False)
    trust: TrustStore = field(repr=False)
    parties: Mapping[str, OwnParty]
    peers: Mapping[str, Peer]

    def peer(self) -> Peer:
        """The counterpart to write to when nothing says which: the first one set up.

        Raises ConfigurationError when none is.
        """
        for peer in self.peers.values():
            return peer
        raise ConfigurationError("No counterpart is set up for the clinic.")


def secret_path(reference: str) -> Path:
    """The file a reference names. Raises ConfigurationError for another kind of reference."""
    if not reference.startswith(_FILE):
        # The reference is not repeated: somebody may have written the secret itself there.
        raise ConfigurationError("A reference to a key, certificate or password must read file:PATH.")
    return Path(reference.removeprefix(_FILE))


def bus_url(stored: str) -> str:
    """The bus address: as stored, or from the file it refers to, because it may hold a password."""
    if not stored.startswith(_FILE):
        return stored
    path = secret_path(stored)
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(f"The file {path} with the address of the bus cannot be read: check it.") from error


def load(clinic_id: UUID) -> Endpoint:
    """Read the clinic's side of the bus anew. Raises ConfigurationError for what is missing or unreadable."""
    with acting(system(clinic_id)):
        clinic = Clinic.objects.get()
        if clinic.her_id is None:
            raise ConfigurationError("The clinic has no HER-id.")
        profile = CommunicationProfile.objects.filter(active=True).first()
        if profile is None:
            raise ConfigurationError("The clinic has no active communication profile.")
        own = list(CommunicationParty.objects.filter(active=True).select_related("employee").order_by("her_id"))
        peers = list(Counterpart.objects.order_by("her_id"))
        registered = entries_of(peer.her_id for peer in peers)
    organisation = parties.organisation(clinic.name, HerId(clinic.her_id), clinic.organisation_number)
    return Endpoint(
        clinic_id=clinic_id,
        her_id=HerId(clinic.her_id),
        organisation=organisation,
        require_comment=clinic.require_comment,
        bus_url=bus_url(profile.bus_url),
        queue_async=short_name(profile.queue_async),
        queue_sync=short_name(profile.queue_sync),
        queue_syncreply=short_name(profile.queue_syncreply),
        queue_error=short_name(profile.queue_error),
        signing=_signing(
            *_files(profile.signing_certificate, profile.signing_key), _optional(profile.signing_password)
        ),
        decryption=_decryptions(profile),
        trust=_trust(*_files(profile.trust_anchor), settings.OURS.policies(), settings.OURS.revocation),
        parties={party.her_id: _own(organisation, party, clinic) for party in own},
        peers={peer.her_id: _peer(peer, registered.get(peer.her_id)) for peer in peers},
    )


class Endpoints:
    """The endpoints of a process, each read anew when it has become KEPT_SECONDS old. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[UUID, tuple[float, Endpoint]] = {}

    def of(self, clinic_id: UUID, *, fresh: bool = False) -> Endpoint:
        """As `load`; `fresh` reads anew at once."""
        with self._lock:
            read_at, kept = self._kept.get(clinic_id, (0.0, None))
            if kept is None or fresh or time.monotonic() - read_at > KEPT_SECONDS:
                kept = load(clinic_id)
                self._kept[clinic_id] = (time.monotonic(), kept)
            return kept


def _own(organisation: Organisation, row: CommunicationParty, clinic: Clinic) -> OwnParty:
    her_id = HerId(row.her_id)
    if row.kind == PartyKind.GP and row.employee is not None:
        party = parties.gp_party(
            organisation,
            her_id=her_id,
            given_name=row.employee.given_name,
            family_name=row.employee.family_name,
            hpr_number=HprNumber(row.employee.hpr_number) if row.employee.hpr_number else None,
        )
    else:
        party = parties.service_party(organisation, her_id=her_id, name=row.name)
    return OwnParty(
        id=row.id,
        her_id=her_id,
        name=row.name,
        services=offered_by(row, clinic),
        employee_id=row.employee_id,
        party=party,
        row=row,
    )


def _peer(row: Counterpart, entry: AddressEntry | None) -> Peer:
    level1 = parties.organisation(row.name_level1, HerId(row.her_id_level1))
    return Peer(
        her_id=HerId(row.her_id),
        queue_async=short_name(row.queue_async),
        queue_sync=short_name(row.queue_sync),
        queue_error=short_name(row.queue_error),
        signing=_signers(row, entry),
        encryption=_encryption(row, entry),
        takes_appointment_process=row.takes_appointment_process,
        party=parties.service_party(level1, her_id=HerId(row.her_id), name=row.name),
    )


def _signers(row: Counterpart, entry: AddressEntry | None) -> tuple[Certificate, ...]:
    """From the file, or as the register has it; what was signed before a swap may still be under way."""
    if not row.signing_certificate.startswith(FROM_REGISTER):
        return _certificates(*_files(row.signing_certificate))
    kept = [bytes(one) for one in (entry.signing, entry.previous_signing) if one] if entry is not None else []
    if not kept:
        raise ConfigurationError("The register's certificate of the counterpart is not known: read the register anew.")
    return tuple(_registered(one) for one in kept)


def _encryption(row: Counterpart, entry: AddressEntry | None) -> Certificate:
    if not row.encryption_certificate.startswith(FROM_REGISTER):
        return _certificates(*_files(row.encryption_certificate))[0]
    if entry is None or not entry.encryption:
        raise ConfigurationError("The register's certificate of the counterpart is not known: read the register anew.")
    return _registered(bytes(entry.encryption))


@lru_cache(maxsize=256)
def _registered(der: bytes) -> Certificate:
    return read_certificate(der)


def _decryptions(profile: CommunicationProfile) -> tuple[DecryptionIdentity, ...]:
    """The current identity and, while certificates are swapped, the previous one (HITS 1216 2.1.4)."""
    current = _files(profile.decryption_certificate, profile.decryption_key)
    identities = [_decryption(*current, _optional(profile.decryption_password))]
    if profile.previous_decryption_certificate:
        previous = _files(profile.previous_decryption_certificate, profile.previous_decryption_key)
        identities.append(_decryption(*previous, _optional(profile.previous_decryption_password)))
    return tuple(identities)


def _files(*references: str) -> "tuple[_File, ...]":
    """Paths with the time of their last change: a file that was replaced is read anew."""
    return tuple(_file(secret_path(reference)) for reference in references)


def _optional(reference: str) -> "_File | None":
    return _file(secret_path(reference)) if reference else None


def _file(path: Path) -> tuple[Path, int]:
    try:
        return path, path.stat().st_mtime_ns
    except OSError as error:
        raise ConfigurationError(
            f"The file {path} cannot be read ({error.strerror}): put it there, or change the clinic's reference to it."
        ) from error


_File = tuple[Path, int]


@lru_cache(maxsize=256)
def _signing(certificate: _File, key: _File, password: _File | None) -> SigningIdentity:
    return load_signing_identity(certificate[0], key[0], password[0] if password else None)


@lru_cache(maxsize=256)
def _decryption(certificate: _File, key: _File, password: _File | None) -> DecryptionIdentity:
    return load_decryption_identity(certificate[0], key[0], password[0] if password else None)


@lru_cache(maxsize=256)
def _certificates(certificate: _File) -> tuple[Certificate, ...]:
    return load_certificates(certificate[0])


@lru_cache(maxsize=256)
def _trust(anchor: _File, policies: frozenset[str], mode: str) -> TrustStore:
    return load_trust(anchor[0], policies=policies, revocation=_revocation(mode))


@cache
def _revocation(mode: str) -> Revocation | None:
    """One for the process, so that answers are remembered when the rest is read anew."""
    if mode == RevocationMode.OFF:
        return None
    return OnlineRevocation(required=mode == RevocationMode.REQUIRED)
