"""One question to a certificate authority's responder, and what its answer is worth (RFC 6960, RFC 8954)."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, SignatureAlgorithmOID

from skranke.wire.certificates import MALFORMED, STRONG_HASHES, Certificate
from skranke.wire.errors import RevocationOfflineError

REQUEST_TYPE = "application/ocsp-request"
SKEW = timedelta(minutes=5)
"""How far the authority's clock may be ahead of ours (HITS 1216 2.1.6 demands NTP of both)."""

UNDATED = timedelta(minutes=5)
"""How long an answer without a next update is used, and how old it may be when it repeats no nonce."""


@dataclass(frozen=True, slots=True)
class Question:
    """About one certificate. nonce: our own random number, which a fresh answer repeats."""

    certificate: Certificate
    issuer: Certificate
    nonce: bytes
    request: ocsp.OCSPRequest

    @property
    def der(self) -> bytes:
        """As it goes to the responder."""
        return self.request.public_bytes(Encoding.DER)


@dataclass(frozen=True, slots=True)
class Answer:
    """revoked: what the responder says. until: how long that may be believed. signer: None is the issuer itself."""

    revoked: bool
    until: datetime
    signer: Certificate | None


def ask(certificate: Certificate, issuer: Certificate) -> Question:
    """A question. SHA-1 only names the issuer in it, as every responder understands (RFC 5019 2.1.1)."""
    nonce = os.urandom(32)
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303 - a name
    request = builder.add_extension(x509.OCSPNonce(nonce), critical=False).build()
    return Question(certificate, issuer, nonce, request)


def read(data: bytes, question: Question, now: datetime) -> Answer:
    """What an answer says. Raises RevocationOfflineError for one that says nothing, or is not to be believed."""
    try:
        response = ocsp.load_der_ocsp_response(data)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise RevocationOfflineError(f"The responder answers {response.response_status.name}.")
        signer = _signer(response, question.issuer, now)
        _check_signature(response, signer or question.issuer)
        fresh = _repeats_nonce(response, question.nonce)
        single = _about(response, question.request)
        until = _until(single, now, fresh=fresh)
    except (*MALFORMED, InvalidSignature) as error:
        raise RevocationOfflineError("The responder's answer cannot be believed.") from error
    if single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise RevocationOfflineError("The responder does not know the certificate.")
    return Answer(single.certificate_status is ocsp.OCSPCertStatus.REVOKED, until, signer)


def _signer(response: ocsp.OCSPResponse, issuer: Certificate, now: datetime) -> Certificate | None:
    """None: the issuer answered; else who answers in its name, by a certificate of the issuer for just that."""
    if _names(response, issuer):
        return None
    for other in response.certificates:
        if _names(response, other):
            other.verify_directly_issued_by(issuer)
            uses = other.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
            valid = other.not_valid_before_utc <= now <= other.not_valid_after_utc
            strong = isinstance(other.signature_hash_algorithm, STRONG_HASHES)
            if ExtendedKeyUsageOID.OCSP_SIGNING in uses and valid and strong:
                return other
    raise InvalidSignature("signed by nobody whom the issuer has named")


def _names(response: ocsp.OCSPResponse, certificate: Certificate) -> bool:
    """Whether the answer says that this certificate's owner gave it."""
    if response.responder_name is not None:
        return response.responder_name == certificate.subject
    return response.responder_key_hash == x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest


def _check_signature(response: ocsp.OCSPResponse, signer: Certificate) -> None:
    key, digest = signer.public_key(), response.signature_hash_algorithm
    if digest is None or not isinstance(digest, STRONG_HASHES):
        raise InvalidSignature("a weak digest")
    if isinstance(key, rsa.RSAPublicKey) and response.signature_algorithm_oid != SignatureAlgorithmOID.RSASSA_PSS:
        key.verify(response.signature, response.tbs_response_bytes, PKCS1v15(), digest)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(digest))
    else:
        raise UnsupportedAlgorithm("neither RSA PKCS#1 v1.5 nor ECDSA")


def _repeats_nonce(response: ocsp.OCSPResponse, nonce: bytes) -> bool:
    """Whether our nonce is in it; responders may leave it out, and then the times decide (RFC 5019 4)."""
    try:
        found = response.extensions.get_extension_for_class(x509.OCSPNonce).value
    except x509.ExtensionNotFound:
        return False
    if found.nonce != nonce:
        raise InvalidSignature("the answer to another question")
    return True


def _about(response: ocsp.OCSPResponse, request: ocsp.OCSPRequest) -> ocsp.OCSPSingleResponse:
    for single in response.responses:
        same_issuer = (single.issuer_name_hash, single.issuer_key_hash) == (
            request.issuer_name_hash,
            request.issuer_key_hash,
        )
        if single.serial_number == request.serial_number and same_issuer:
            return single
    raise ValueError("about another certificate")


def _until(single: ocsp.OCSPSingleResponse, now: datetime, *, fresh: bool) -> datetime:
    """How long the answer holds. Raises ValueError when it does not hold at all."""
    begins, ends = single.this_update_utc, single.next_update_utc
    if begins > now + SKEW or (ends is not None and ends < now):
        raise ValueError("not of this time")
    if ends is not None:
        return ends
    if not fresh and begins < now - UNDATED:
        raise ValueError("neither fresh nor dated")
    return now + UNDATED
