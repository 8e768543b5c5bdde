"""Our own keys, from PEM files or PKCS#12, with every fault told by file and cure.

A PKCS#12 file holds certificate, key and chain; it is then named twice, for both. A password lies in a file of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12

from skranke.wire.certificates import MINIMUM_RSA_BITS, Certificate, DecryptionIdentity, SigningIdentity
from skranke.wire.errors import ConfigurationError

_PEM = b"-----BEGIN "
_CONVERT = (
    "openssl pkcs12 -legacy -in OLD -nodes -out all.pem, then openssl pkcs12 -export -in all.pem -out NEW,"
    " and delete all.pem"
)


@dataclass(frozen=True, slots=True)
class _Content:
    """What a file holds of use to us."""

    certificates: tuple[Certificate, ...]
    key: object = field(repr=False)


def load_signing_identity(certificate: Path, key: Path, password: Path | None = None) -> SigningIdentity:
    """Certificate and key to sign with; further certificates are sent along as the chain, except roots.

    Raises ConfigurationError.
    """
    own, private, others = _load(certificate, key, password)
    return SigningIdentity(own, private, tuple(link for link in others if link.issuer != link.subject))


def load_decryption_identity(certificate: Path, key: Path, password: Path | None = None) -> DecryptionIdentity:
    """Certificate and key to decrypt with. Raises ConfigurationError."""
    own, private, _ = _load(certificate, key, password)
    return DecryptionIdentity(own, private)


def _load(
    certificate: Path, key: Path, password: Path | None
) -> tuple[Certificate, rsa.RSAPrivateKey, Sequence[Certificate]]:
    """The certificate that belongs to the key, the key, and the other certificates."""
    secret = _read(password).strip() if password else None
    private = _key(key, secret)
    found = _content(certificate, secret, wants_key=False).certificates
    if not found:
        raise ConfigurationError(f"The file {certificate} holds no certificate: it must be PEM or PKCS#12.")
    own = next((one for one in found if one.public_key() == private.public_key()), None)
    if own is None:
        raise ConfigurationError(
            f"The key in {key} belongs to no certificate in {certificate}: name the two files of one certificate."
        )
    return own, private, [one for one in found if one != own]


def _key(path: Path, secret: bytes | None) -> rsa.RSAPrivateKey:
    key = _content(path, secret, wants_key=True).key
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < MINIMUM_RSA_BITS:
        raise ConfigurationError(
            f"The file {path} holds no RSA key of at least {MINIMUM_RSA_BITS} bits: order a certificate with one."
        )
    return key


def _content(path: Path, secret: bytes | None, *, wants_key: bool) -> _Content:
    data = _read(path)
    try:
        if _PEM in data:
            key = load_pem_private_key(data, _secret_for(data, secret)) if wants_key else None
            return _Content((), key) if wants_key else _Content(tuple(x509.load_pem_x509_certificates(data)), None)
        found = pkcs12.load_pkcs12(data, secret)
    except UnsupportedAlgorithm as error:
        raise ConfigurationError(
            f"The file {path} is encrypted in a way that is no longer read: make it anew ({_CONVERT})."
        ) from error
    except (ValueError, TypeError) as error:
        what = "key" if wants_key else "certificate"
        cure = "check the password and the file that names it" if secret else "does it need a password?"
        raise ConfigurationError(f"No {what} can be read from {path} (PEM or PKCS#12): {cure}.") from error
    own = found.cert.certificate if found.cert else None
    return _Content(
        tuple(one for one in (own, *(more.certificate for more in found.additional_certs)) if one), found.key
    )


def _secret_for(pem: bytes, secret: bytes | None) -> bytes | None:
    """None for a key without a password: naming one that is not needed is no fault."""
    return secret if b"ENCRYPTED" in pem else None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"The file {path} cannot be read ({error.strerror}): check the path, and who may read it."
        ) from error
