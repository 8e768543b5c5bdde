"""A small synthetic certificate authority for demo, sandbox and tests. Nobody outside trusts it.

Names, policies and uses are as on Norwegian business certificates (virksomhetssertifikat), so that the same checks
run as in production; the organisation names are made up by the caller.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from skranke.wire.certificates import (
    MINIMUM_RSA_BITS,
    Certificate,
    DecryptionIdentity,
    Purpose,
    SigningIdentity,
    load_certificate,
    load_key,
)
from skranke.wire.keyfiles import load_decryption_identity, load_signing_identity

TEST_POLICY = "2.16.578.1.26.1.0.3.2"  # Buypass, business certificate, test (protocol.md 3)
POLICIES = f"2.16.578.1.26.1.3.2,{TEST_POLICY}"
"""What a demo or a test accepts, as the setting has it: that of production, and that of what is made here."""

_YEARS = timedelta(days=3650)  # the demo's clock may be moved far ahead
_BEFORE = timedelta(days=400)  # ... and a little back


@dataclass(frozen=True, slots=True)
class PartyFiles:
    """Where one party's four PEM files lie; the keys are readable by their owner only."""

    signing_certificate: Path
    signing_key: Path
    encryption_certificate: Path
    encryption_key: Path

    def signing(self) -> SigningIdentity:
        """The identity to sign with."""
        return load_signing_identity(self.signing_certificate, self.signing_key)

    def decryption(self) -> DecryptionIdentity:
        """The identity to decrypt with."""
        return load_decryption_identity(self.encryption_certificate, self.encryption_key)


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate with the right to issue others."""

    certificate: Certificate
    key: rsa.RSAPrivateKey

    def issue(
        self, name: x509.Name, key: rsa.RSAPublicKey, use: x509.KeyUsage, *, start: datetime, end: datetime
    ) -> Certificate:
        """A certificate for the key, under the test policy."""
        builder = _builder(name, self.certificate.subject, key, use, start=start, end=end)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        policy = x509.PolicyInformation(x509.ObjectIdentifier(TEST_POLICY), None)
        builder = builder.add_extension(x509.CertificatePolicies([policy]), critical=False)
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        return builder.add_extension(identifier, critical=False).sign(self.key, hashes.SHA256())


@dataclass(frozen=True, slots=True)
class DemoPki:
    """The folder with the authority and its parties."""

    folder: Path

    @property
    def ca_certificate(self) -> Path:
        """PEM file of the root: what everybody in the demo trusts."""
        return self.folder / "ca.pem"

    def party(self, name: str) -> PartyFiles:
        """The files of a party that `make_pki` has made."""
        return PartyFiles(*(self.folder / f"{name}-{purpose}.{kind}" for purpose in Purpose for kind in ("pem", "key")))


def make_pki(folder: Path, parties: dict[str, str], *, now: datetime) -> DemoPki:
    """Make what is missing and keep what is there: the authority, and for each party two certificates with keys.

    parties: file name of the party to the organisation name in its certificates.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pki = DemoPki(folder)
    authority_key = folder / "ca.key"
    if not (pki.ca_certificate.exists() and authority_key.exists()):
        made = make_authority("Skranke demo-CA", now=now)
        _write(authority_key, _private(made.key), mode=0o600)
        _write(pki.ca_certificate, made.certificate.public_bytes(Encoding.PEM))
    authority = Authority(load_certificate(pki.ca_certificate), load_key(authority_key))
    for name, organisation in parties.items():
        files = pki.party(name)
        pairs = (
            (Purpose.SIGNING, files.signing_certificate, files.signing_key),
            (Purpose.ENCRYPTION, files.encryption_certificate, files.encryption_key),
        )
        for purpose, certificate, key in pairs:
            if not (certificate.exists() and key.exists()):
                _make_pair(authority, organisation, purpose, certificate, key, now=now)
    return pki


def make_authority(name: str, *, now: datetime) -> Authority:
    """A self-signed root in memory."""
    key = new_key()
    use = key_usage(key_cert_sign=True, crl_sign=True)
    builder = _builder(
        subject(name), subject(name), key.public_key(), use, start=now - _BEFORE, end=now + _YEARS + _BEFORE
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
    return Authority(builder.sign(key, hashes.SHA256()), key)


def new_key(bits: int = MINIMUM_RSA_BITS) -> rsa.RSAPrivateKey:
    """A fresh RSA key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def subject(organisation: str, purpose: str = "") -> x509.Name:
    """The subject name of an organisation's certificate."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "NO"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{organisation} {purpose}".strip()),
        ]
    )


def key_usage(**allowed: bool) -> x509.KeyUsage:
    """A key usage extension with only the named bits set."""
    bits = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return x509.KeyUsage(**(bits | allowed))


_USES = {
    Purpose.SIGNING: key_usage(content_commitment=True),
    Purpose.ENCRYPTION: key_usage(key_encipherment=True, data_encipherment=True),
}


def _make_pair(
    authority: Authority, organisation: str, purpose: Purpose, certificate: Path, key: Path, *, now: datetime
) -> None:
    private = new_key()
    issued = authority.issue(
        subject(organisation, purpose), private.public_key(), _USES[purpose], start=now - _BEFORE, end=now + _YEARS
    )
    _write(key, _private(private), mode=0o600)
    _write(certificate, issued.public_bytes(Encoding.PEM))


def _builder(
    name: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey, use: x509.KeyUsage, *, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(use, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _private(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Whole or not at all, so that a stopped first start leaves no half file behind."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:  # noqa: PTH123 - a descriptor
        file.write(content)
    temporary.replace(path)
