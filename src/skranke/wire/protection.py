"""Protection of a message: sign, then encrypt; decrypt, then verify (HITS 1216 2.1.5, protocol.md 3).

The DER of a CMS SignedData with its content inside is the content, of type id-data, of a CMS EnvelopedData.
`cryptography` signs, envelopes and does every primitive; `asn1crypto` reads the structures, because the other side
may send BER, more than one recipient, or a signature without signed attributes (.NET's CmsSigner does).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import load_der_x509_certificate

from skranke.wire.certificates import (
    MALFORMED,
    Certificate,
    DecryptionIdentity,
    Purpose,
    SigningIdentity,
    TrustStore,
    thumbprint,
)
from skranke.wire.errors import (
    DecryptionFailedError,
    InvalidCertificateError,
    InvalidCmsError,
    InvalidSignatureError,
    MissingCertificateError,
)

_AES_CBC_KEY_BYTES = {"aes128_cbc": 16, "aes192_cbc": 24, "aes256_cbc": 32}
_AES_BLOCK = 16
_DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_PLAIN_RSA = frozenset({"rsassa_pkcs1v15", "sha256_rsa", "sha384_rsa", "sha512_rsa"})
_MAXIMUM_CERTIFICATES = 10


@dataclass(frozen=True, slots=True)
class Unprotected:
    """What a verified message held: its payload, and the registered certificate whose key signed it."""

    payload: bytes
    signer_certificate: Certificate


def protect(
    payload: bytes, *, signer: SigningIdentity, recipient: Certificate, signed_attributes: bool = True
) -> bytes:
    """The payload signed by `signer` and encrypted to `recipient`, as DER.

    SHA-256 with RSA, AES-256-CBC, RSA PKCS#1 v1.5 key transport, recipient by issuer and serial number. The bytes
    differ from call to call: what is to be sent again must be kept.
    """
    return encrypt(sign(payload, signer=signer, signed_attributes=signed_attributes), recipient=recipient)


def sign(payload: bytes, *, signer: SigningIdentity, signed_attributes: bool = True) -> bytes:
    """SignedData with the payload inside, as DER."""
    builder = pkcs7.PKCS7SignatureBuilder().set_data(payload)
    builder = builder.add_signer(signer.certificate, signer.key, hashes.SHA256())
    for certificate in signer.chain:
        builder = builder.add_certificate(certificate)
    # Binary: without it line ends are rewritten as text. NoCapabilities: an S/MIME mail attribute nobody asks for.
    options = [pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoCapabilities]
    if not signed_attributes:
        options = [pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoAttributes]
    return builder.sign(Encoding.DER, options)


def encrypt(content: bytes, *, recipient: Certificate) -> bytes:
    """EnvelopedData around the content, as DER."""
    return (
        pkcs7.PKCS7EnvelopeBuilder()
        .set_data(content)
        .set_content_encryption_algorithm(algorithms.AES256)
        .add_recipient(recipient)
        .encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    )


def unprotect(
    data: bytes,
    *,
    decryption: Sequence[DecryptionIdentity],
    sender_certificate: Certificate | Sequence[Certificate],
    trust: TrustStore,
    now: datetime,
) -> Unprotected:
    """The payload of a protected message, signed by the certificate (or one of those) registered for its sender.

    Raises a TransportFaultError whose `condition` says what is wrong.
    """
    return verify(decrypt(data, decryption=decryption), sender_certificate=sender_certificate, trust=trust, now=now)


def decrypt(data: bytes, *, decryption: Sequence[DecryptionIdentity]) -> bytes:
    """The content of EnvelopedData. Raises InvalidCmsError or DecryptionFailedError."""
    try:
        envelope = _content(data, "enveloped_data")
        recipients = list(envelope["recipient_infos"])
        information = envelope["encrypted_content_info"]
        del envelope  # each level holds all the megabytes below it once more
        algorithm = information["content_encryption_algorithm"]
        name = str(algorithm["algorithm"].native)
        if name not in _AES_CBC_KEY_BYTES:
            raise InvalidCmsError(f"The content is encrypted with {name}; only AES in CBC mode is accepted.")
        vector: bytes = algorithm["parameters"].native
        ciphertext: bytes = information["encrypted_content"].native
        del information
        wrapped = [(identity, _wrapped_key(recipients, identity)) for identity in decryption]
    except MALFORMED as error:
        raise InvalidCmsError("The body is not CMS enveloped data.") from error
    for identity, key in wrapped:
        if key is not None:
            return _open(identity, key, vector, ciphertext, key_bytes=_AES_CBC_KEY_BYTES[name])
    raise DecryptionFailedError("The message is not encrypted to any of our certificates.")


def verify(
    data: bytes, *, sender_certificate: Certificate | Sequence[Certificate], trust: TrustStore, now: datetime
) -> Unprotected:
    """The content of SignedData, when one of the sender's registered certificates signed it and holds at `now`.

    The registered certificate, not the one in the message, gives the key. Raises a TransportFaultError.
    """
    expected = (sender_certificate,) if isinstance(sender_certificate, Certificate) else tuple(sender_certificate)
    if not expected:
        raise MissingCertificateError("No signing certificate is registered for the sender.")
    held = [data]
    del data  # each level holds all the megabytes below it once more
    try:
        signed = _content(held.pop(), "signed_data")
        sent = _sent_certificates(signed)
        signer, certificate = _registered_signer(signed, expected)
        content = signed["encap_content_info"]
        del signed
        payload: bytes = content["content"].native
        content_type = str(content["content_type"].dotted)
        del content
        if not isinstance(payload, bytes):
            raise InvalidCmsError("The signed data holds no content.")
    except MALFORMED as error:
        raise InvalidCmsError("The decrypted content is not CMS signed data.") from error
    trust.check(certificate, Purpose.SIGNING, now=now, sent=sent)
    _check_signature(signer, certificate, payload, content_type)
    return Unprotected(payload, certificate)


def _content(data: bytes, kind: str) -> Any:
    """The structure inside a ContentInfo of the given kind."""
    information = cms.ContentInfo.load(data, strict=True)
    del data
    if information["content_type"].native != kind:
        raise InvalidCmsError(f"The CMS content is not of the kind {kind}.")
    return information["content"]


def _wrapped_key(recipients: list[Any], identity: DecryptionIdentity) -> bytes | None:
    """The content key wrapped for this certificate, None when the message is not for it."""
    for choice in recipients:
        if choice.name != "ktri":
            continue
        info = choice.chosen
        if not _names(info["rid"], identity.certificate):
            continue
        if info["key_encryption_algorithm"]["algorithm"].native not in {"rsaes_pkcs1v15", "rsa"}:
            raise InvalidCmsError("The content key is not transported with RSA PKCS#1 v1.5.")
        key: bytes = info["encrypted_key"].native
        return key
    return None


def _names(identifier: Any, certificate: Certificate) -> bool:
    """Whether a recipient or signer identifier (issuer and serial number) means the certificate."""
    if identifier.name != "issuer_and_serial_number":
        return False
    pair = identifier.chosen
    if pair["serial_number"].native != certificate.serial_number:
        return False
    issuer: bytes = pair["issuer"].dump()
    # .NET and others may encode the same name in other string types: then asn1crypto compares as RFC 5280 7.1 says.
    own = certificate.issuer.public_bytes()
    return issuer == own or bool(pair["issuer"] == type(pair["issuer"]).load(own))


def _open(identity: DecryptionIdentity, wrapped: bytes, vector: bytes, ciphertext: bytes, *, key_bytes: int) -> bytes:
    """Unwrap the key and decrypt. One error for every cause: a difference would be an oracle (RFC 3218)."""
    plain = b""
    try:
        key = identity.key.decrypt(wrapped, PKCS1v15())
        if len(key) == key_bytes and ciphertext and len(ciphertext) % _AES_BLOCK == 0:
            plain = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor().update(ciphertext)
        # Only the last block holds padding: the other megabytes are not copied through the unpadder.
        unpadder = padding.PKCS7(_AES_BLOCK * 8).unpadder()
        last = unpadder.update(plain[-_AES_BLOCK:]) + unpadder.finalize()
    except (ValueError, TypeError) as error:
        raise DecryptionFailedError("The message cannot be decrypted.") from error
    return plain[: len(plain) - _AES_BLOCK + len(last)]


def _sent_certificates(signed: Any) -> list[Certificate]:
    """The certificates that came with the message, for building the chain."""
    choices = list(signed["certificates"] or ())
    if len(choices) > _MAXIMUM_CERTIFICATES:
        raise InvalidCmsError("The signed data carries too many certificates.")
    certificates = [choice.chosen for choice in choices if choice.name == "certificate"]
    if any(one.serial_number <= 0 for one in certificates):
        # RFC 5280 4.1.2.2. `cryptography` only warns of it, and says that it will refuse it one day.
        raise InvalidCmsError("A certificate in the signed data has a serial number that is not positive.")
    return [load_der_x509_certificate(one.dump()) for one in certificates]


def _registered_signer(signed: Any, expected: tuple[Certificate, ...]) -> tuple[Any, Certificate]:
    signers = list(signed["signer_infos"])
    if not signers:
        raise InvalidSignatureError("The message is not signed.")
    for signer in signers:
        for certificate in expected:
            if _names(signer["sid"], certificate):
                return signer, certificate
    raise InvalidCertificateError(
        "The message is signed with another certificate than the one registered for the sender.",
        fields=tuple(thumbprint(certificate) for certificate in expected),
    )


def _check_signature(signer: Any, certificate: Certificate, payload: bytes, content_type: str) -> None:
    """RFC 5652 5.4: over the signed attributes when there are some, else over the content itself."""
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)  # TrustStore.check has refused every other kind
    try:
        digest = _DIGESTS.get(str(signer["digest_algorithm"]["algorithm"].native))
        algorithm = str(signer["signature_algorithm"]["algorithm"].native)
        if digest is None or algorithm not in _PLAIN_RSA:
            raise InvalidCmsError("The signature is not RSA PKCS#1 v1.5 with SHA-256, SHA-384 or SHA-512.")
        if algorithm.endswith("_rsa") and algorithm != f"{digest.name}_rsa":
            raise InvalidSignatureError("The signature names two digest algorithms.")
        signed = iter([payload])
        if len(signer["signed_attrs"] or ()):
            _check_attributes(signer["signed_attrs"], payload, digest, content_type)
            signed = _as_signed(signer["signed_attrs"])
        elif _are_attributes(payload):
            raise InvalidSignatureError("The content is another message's signed attributes.")
        signature: bytes = signer["signature"].native
        holds = any(_holds(key, signature, one, digest) for one in signed)
    except MALFORMED as error:
        raise InvalidCmsError("The signer's part of the signed data cannot be read.") from error
    if not holds:
        raise InvalidSignatureError("The signature does not hold for the content.", fields=(thumbprint(certificate),))


def _as_signed(attributes: Any) -> Iterator[bytes]:
    """What a signature over attributes covers: a SET OF in DER, not with the context tag they travel under.

    They travel in DER already (RFC 5652 5.3). Those of a sender who sends BER are encoded anew.
    """
    sent: bytes = attributes.dump()
    yield _SET_OF + sent[1:]
    yield attributes.untag().dump(force=True)


def _holds(key: rsa.RSAPublicKey, signature: bytes, content: bytes, digest: hashes.HashAlgorithm) -> bool:
    try:
        key.verify(signature, content, PKCS1v15(), digest)
    except InvalidSignature:
        return False
    return True


def _are_attributes(payload: bytes) -> bool:
    """Whether the content is a DER set of signed attributes.

    A signature says nothing of whether it covers attributes or content. So who has one message with attributes could
    send those attributes as the content of a second message without any, and its signature would hold.
    """
    if payload[:1] != _SET_OF:
        return False
    try:
        return any(str(one["type"].dotted) == _MESSAGE_DIGEST for one in cms.CMSAttributes.load(payload, strict=True))
    except MALFORMED:
        return False


def _check_attributes(attributes: Any, payload: bytes, digest: hashes.HashAlgorithm, content_type: str) -> None:
    """Content type and message digest must stand there exactly once and fit (RFC 5652 11.1, 11.2)."""
    values: dict[str, list[Any]] = {}
    for attribute in attributes:
        values.setdefault(str(attribute["type"].dotted), []).extend(attribute["values"])
    kinds, digests = values.get(_CONTENT_TYPE, []), values.get(_MESSAGE_DIGEST, [])
    if len(kinds) != 1 or len(digests) != 1:
        raise InvalidSignatureError("The signed attributes lack the content type or the digest.")
    hasher = hashes.Hash(digest)
    hasher.update(payload)
    if kinds[0].dotted != content_type or digests[0].native != hasher.finalize():
        raise InvalidSignatureError("The content is not the one that was signed.")


_CONTENT_TYPE = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_SET_OF = b"\x31"
