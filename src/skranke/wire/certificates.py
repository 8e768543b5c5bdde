"""Certificates and keys: loading PEM, and the checks of HITS 1216 2.1.4 and 3 (protocol.md 3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Protocol, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import verification

from skranke.wire.errors import (
    ConfigurationError,
    ExpiredCertificateError,
    InvalidCertificateError,
    MissingCertificateError,
    UnverifiedCertificateError,
)

Certificate = x509.Certificate
MINIMUM_RSA_BITS = 2048
STRONG_HASHES = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
"""What may sign anything we believe: MD5 and SHA-1 are broken."""

MALFORMED = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What the readers of ASN.1 raise about bytes of others, often only when a field is first looked at."""


class Purpose(StrEnum):
    """What a certificate is checked for. One certificate may serve both (protocol.md 3)."""

    SIGNING = "signing"
    ENCRYPTION = "encryption"


@dataclass(frozen=True, slots=True)
class SigningIdentity:
    """Our certificate and key for signing; `chain` holds intermediate certificates to send along, never the root."""

    certificate: Certificate
    key: rsa.RSAPrivateKey = field(repr=False)
    chain: tuple[Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class DecryptionIdentity:
    """One of our decryption certificates with its key; during a certificate swap there are two."""

    certificate: Certificate
    key: rsa.RSAPrivateKey = field(repr=False)


_CHAINS_KEPT = 100


class Revocation(Protocol):
    """Says whether certificates are revoked; `wire.revocation` asks their issuers."""

    def check(self, certificate: Certificate, issuer: Certificate, now: datetime) -> None:
        """Raises RevokedCertificateError, or RevocationOfflineError (temporary) when nobody can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustStore:
    """The certificate authorities we trust.

    `policies`: when not empty, a party's certificate must carry one of these policy OIDs (protocol.md 3 names
    Buypass' ones for business certificates). `revocation` None asks nobody: for test environments without lists.
    """

    roots: tuple[Certificate, ...]
    intermediates: tuple[Certificate, ...] = ()
    policies: frozenset[str] = frozenset()
    revocation: Revocation | None = None
    _chains: dict[tuple[Certificate, tuple[Certificate, ...]], list[Certificate]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def check(
        self, certificate: Certificate | None, purpose: Purpose, *, now: datetime, sent: Iterable[Certificate] = ()
    ) -> None:
        """Raise the fitting TransportFaultError unless the certificate may be used for the purpose at `now`.

        `sent`: certificates that came with the message; they may fill the chain but are trusted for nothing.
        """
        if certificate is None:
            raise MissingCertificateError("No certificate is registered for the party.")
        _check_validity(certificate, now)
        _check_strength(certificate)
        _check_use(certificate, purpose)
        self._check_policy(certificate)
        chain = self._chain(certificate, sent, now)
        if self.revocation is not None:
            for link, issuer in pairwise(chain):
                self.revocation.check(link, issuer, now)

    def _check_policy(self, certificate: Certificate) -> None:
        found = extension(certificate, x509.CertificatePolicies) or ()
        if self.policies and self.policies.isdisjoint(policy.policy_identifier.dotted_string for policy in found):
            raise InvalidCertificateError(
                "The certificate is not issued under an accepted policy.", fields=(thumbprint(certificate),)
            )

    def _chain(self, certificate: Certificate, sent: Iterable[Certificate], now: datetime) -> list[Certificate]:
        """The verified chain, the party's own certificate first and the trusted root last.

        The same certificates make the same chain for as long as each of its links is valid: it is verified once.
        """
        between = (*self.intermediates, *(other for other in sent if other != certificate))
        known = self._chains.get((certificate, between))
        if known and all(link.not_valid_before_utc <= now <= link.not_valid_after_utc for link in known):
            return known
        found = self._verified_chain(certificate, between, now)
        if len(self._chains) >= _CHAINS_KEPT:
            self._chains.clear()  # anybody can send certificates: they must not fill the memory
        self._chains[certificate, between] = found
        return found

    def _verified_chain(
        self, certificate: Certificate, between: Sequence[Certificate], now: datetime
    ) -> list[Certificate]:
        policy = (
            verification.PolicyBuilder()
            .store(verification.Store(list(self.roots)))
            .time(now.astimezone(UTC))
            .extension_policies(ca_policy=_AUTHORITIES, ee_policy=verification.ExtensionPolicy.permit_all())
        )
        try:
            return policy.build_client_verifier().verify(certificate, list(between)).chain
        except (verification.VerificationError, *MALFORMED) as error:
            raise UnverifiedCertificateError(
                "No chain leads from the certificate to a trusted authority.", fields=(thumbprint(certificate),)
            ) from error


def _must_be_authority(
    _policy: verification.Policy, _certificate: Certificate, constraints: x509.BasicConstraints
) -> None:
    if not constraints.ca:
        raise ValueError("not a certificate authority")


def _must_sign_certificates(_policy: verification.Policy, _certificate: Certificate, use: x509.KeyUsage | None) -> None:
    if use is not None and not use.key_cert_sign:
        raise ValueError("may not sign certificates")


_AUTHORITIES = (
    # The web's rules (names, extended key usage) do not fit business certificates; what makes an authority does.
    verification.ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, verification.Criticality.AGNOSTIC, _must_be_authority)
    .may_be_present(x509.KeyUsage, verification.Criticality.AGNOSTIC, _must_sign_certificates)
)


def _check_validity(certificate: Certificate, now: datetime) -> None:
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise ExpiredCertificateError("The certificate is not valid at this time.", fields=(thumbprint(certificate),))


def _check_strength(certificate: Certificate) -> None:
    """The key and the issuer's signature. The rest of the chain is held to the same by the chain's verifier."""
    try:
        key, digest = certificate.public_key(), certificate.signature_hash_algorithm
    except MALFORMED:
        key, digest = None, None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < MINIMUM_RSA_BITS:
        raise InvalidCertificateError(
            f"The certificate's key is not RSA of at least {MINIMUM_RSA_BITS} bits.", fields=(thumbprint(certificate),)
        )
    if not isinstance(digest, STRONG_HASHES):
        raise InvalidCertificateError(
            "The certificate is signed with a digest that is too weak.", fields=(thumbprint(certificate),)
        )


def _check_use(certificate: Certificate, purpose: Purpose) -> None:
    """Signing needs non-repudiation; encryption key encipherment or, as the specification has it, data encipherment."""
    use = extension(certificate, x509.KeyUsage)
    if purpose is Purpose.SIGNING:
        allowed = use is not None and use.content_commitment
    else:
        allowed = use is not None and (use.key_encipherment or use.data_encipherment)
    if not allowed:
        raise InvalidCertificateError(f"The certificate is not for {purpose}.", fields=(thumbprint(certificate),))


Extension = TypeVar("Extension", bound=x509.ExtensionType)


def extension(certificate: Certificate, kind: type[Extension]) -> Extension | None:
    """A certificate's extension of a kind, None without one. Raises InvalidCertificateError when it cannot be read."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
    except MALFORMED as error:
        raise InvalidCertificateError(
            "The certificate's extensions cannot be read.", fields=(thumbprint(certificate),)
        ) from error


def thumbprint(certificate: Certificate) -> str:
    """SHA-1 fingerprint in capitals: a name for people and logs as other systems print it, not a protection."""
    return certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - a name, see above


def load_certificates(pem: bytes | Path) -> tuple[Certificate, ...]:
    """All certificates of a PEM text or file. Raises ConfigurationError."""
    try:
        return tuple(x509.load_pem_x509_certificates(_read(pem)))
    except ValueError as error:
        raise ConfigurationError(f"No PEM certificate in {_name(pem)}.") from error


def load_certificate(pem: bytes | Path) -> Certificate:
    """The first certificate of a PEM text or file. Raises ConfigurationError."""
    return load_certificates(pem)[0]


def read_certificate(der: bytes) -> Certificate:
    """A certificate as a register gives it. Raises ConfigurationError."""
    try:
        return x509.load_der_x509_certificate(der)
    except ValueError as error:
        raise ConfigurationError("The register's certificate cannot be read. Ask its owner for another.") from error


def load_key(pem: bytes | Path, password: bytes | None = None) -> rsa.RSAPrivateKey:
    """An RSA private key from a PEM text or file. Raises ConfigurationError."""
    try:
        key = load_pem_private_key(_read(pem), password)
    except (ValueError, TypeError) as error:
        raise ConfigurationError(f"No readable PEM private key in {_name(pem)}.") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ConfigurationError(f"The private key in {_name(pem)} is not an RSA key.")
    return key


def load_trust(
    ca_certificates: Path, *, policies: frozenset[str] = frozenset(), revocation: Revocation | None = None
) -> TrustStore:
    """A trust store of one PEM file: self-signed certificates are the roots, the others intermediates."""
    found = load_certificates(ca_certificates)
    return TrustStore(
        roots=tuple(one for one in found if one.issuer == one.subject),
        intermediates=tuple(one for one in found if one.issuer != one.subject),
        policies=policies,
        revocation=revocation,
    )


def _read(pem: bytes | Path) -> bytes:
    if isinstance(pem, bytes):
        return pem
    try:
        return pem.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"The file {pem} cannot be read ({error.strerror}): check the path, and who may read it."
        ) from error


def _name(pem: bytes | Path) -> str:
    return "the given text" if isinstance(pem, bytes) else f"the file {pem}"
