"""Whether certificates are revoked, asked of their issuers: by responder (OCSP), else by list (CRL) (protocol.md 3).

An address is asked only when a certificate with a chain to a trusted authority names it. Answers are kept until their
next update; lists are looked for anew once a day, so that a list for a year does not hide a revocation for a year.
Nobody reachable is a fault that passes: the message waits, and its sender is told nothing (HITS 1216 2.1.4).
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import AuthorityInformationAccessOID

from skranke.kernel.log import get_logger
from skranke.wire import ocsp
from skranke.wire.certificates import MALFORMED, STRONG_HASHES, Certificate, extension, thumbprint
from skranke.wire.errors import InvalidCertificateError, RevocationOfflineError, RevokedCertificateError
from skranke.wire.fetch import Fetcher

log = get_logger(__name__)

Found = TypeVar("Found")
_MOST_ADDRESSES = 4
_REFRESH = timedelta(hours=24)
_REST_SECONDS = 15.0  # a server that did not answer is left alone: the messages behind must not wait for it again


class RevocationMode(StrEnum):
    """Who is asked whether certificates are revoked.

    off: nobody. on: whom the certificate names. required: as on, and a certificate that names nobody is refused.
    """

    OFF = "off"
    ON = "on"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class _Kept:
    """An issuer's list. fetched_at: when it was read."""

    content: x509.CertificateRevocationList
    fetched_at: datetime


class OnlineRevocation:
    """Asks and remembers. One for a process; safe between threads."""

    def __init__(self, *, required: bool = False, fetcher: Fetcher | None = None) -> None:
        self._required = required
        self._fetcher = fetcher or Fetcher()
        self._lock = threading.Lock()
        self._answers: dict[bytes, ocsp.Answer] = {}
        self._lists: dict[tuple[str, bytes], _Kept] = {}
        self._resting: dict[str, float] = {}

    def check(self, certificate: Certificate, issuer: Certificate, now: datetime) -> None:
        """As certificates.Revocation.check."""
        responders, lists = list(_responders(certificate)), list(_lists(certificate))
        if not responders and not lists:
            if self._required:
                raise InvalidCertificateError(
                    "The certificate names nobody who could say whether it is revoked.",
                    fields=(thumbprint(certificate),),
                )
            return
        if self._is_revoked(certificate, issuer, now, responders, lists):
            raise RevokedCertificateError("The certificate is revoked.", fields=(thumbprint(certificate),))

    def _is_revoked(
        self, certificate: Certificate, issuer: Certificate, now: datetime, responders: list[str], lists: list[str]
    ) -> bool:
        """What the first says who can be reached and believed."""
        for url in responders:
            answer = self._tried(url, partial(self._answer, url, certificate, issuer, now))
            if answer is not None:
                return answer.revoked
        for url in lists:
            known = self._list(url, certificate, issuer, now)
            if known is not None:
                return known.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None
        raise RevocationOfflineError("Nobody can tell now whether the certificate is revoked; try later.")

    def _answer(self, url: str, certificate: Certificate, issuer: Certificate, now: datetime) -> ocsp.Answer:
        key = _key(certificate) + _key(issuer)
        with self._lock:
            kept = self._answers.get(key)
        if kept is not None and kept.until >= now:
            return kept
        self._check_rest(url)
        question = ocsp.ask(certificate, issuer)
        answer = ocsp.read(self._fetcher.post(url, question.der, ocsp.REQUEST_TYPE), question, now)
        if answer.signer is not None:
            self._check_delegate(answer.signer, issuer, now)
        with self._lock:
            self._answers[key] = answer
        return answer

    def _check_delegate(self, signer: Certificate, issuer: Certificate, now: datetime) -> None:
        """Who answers in the issuer's name may be revoked too, unless the issuer said not to ask (RFC 6960 4.2.2.2.1).

        By list only: a responder cannot vouch for itself.
        """
        if extension(signer, x509.OCSPNoCheck) is not None:
            return
        urls = list(_lists(signer))
        if urls and self._is_revoked(signer, issuer, now, [], urls):
            raise RevocationOfflineError("The responder's own certificate is revoked.")

    def _list(
        self, url: str, certificate: Certificate, issuer: Certificate, now: datetime
    ) -> x509.CertificateRevocationList | None:
        key = (url, _key(issuer))
        with self._lock:
            kept = self._lists.get(key)
        if kept is None or _ended(kept.content, now) or now - kept.fetched_at > _REFRESH:
            found = self._tried(url, partial(self._fetched, url, certificate, issuer, now))
            if found is not None:
                kept = _Kept(found, now)
                with self._lock:
                    self._lists[key] = kept
        return kept.content if kept is not None and not _ended(kept.content, now) else None

    def _fetched(
        self, url: str, certificate: Certificate, issuer: Certificate, now: datetime
    ) -> x509.CertificateRevocationList:
        self._check_rest(url)
        return _read_list(self._fetcher.get(url), certificate, issuer, now)

    def _check_rest(self, url: str) -> None:
        with self._lock:
            if time.monotonic() < self._resting.get(url, 0.0):
                raise RevocationOfflineError("The server did not answer just now.")

    def _tried(self, url: str, ask: Callable[[], Found]) -> Found | None:
        """None when the address gives nothing of use; it is then left alone for a while."""
        try:
            return ask()
        except RevocationOfflineError as error:
            with self._lock:
                rested = time.monotonic() >= self._resting.get(url, 0.0)
                if rested:
                    self._resting[url] = time.monotonic() + _REST_SECONDS
            if rested:
                log.warning("revocation_unreachable", host=urlsplit(url).hostname, reason=str(error))
            return None


def _key(certificate: Certificate) -> bytes:
    return certificate.fingerprint(hashes.SHA256())


def _responders(certificate: Certificate) -> Iterator[str]:
    """The web addresses of the issuer's responders that the certificate names."""
    access = extension(certificate, x509.AuthorityInformationAccess)
    found = [one for one in access or () if one.access_method == AuthorityInformationAccessOID.OCSP]
    yield from _on_the_web([one.access_location for one in found])


def _lists(certificate: Certificate) -> Iterator[str]:
    """The web addresses of complete lists of the issuer's own; parts of lists, and other people's, are not used."""
    points = extension(certificate, x509.CRLDistributionPoints)
    whole = [point for point in points or () if not point.reasons and not point.crl_issuer]
    yield from _on_the_web([name for point in whole for name in point.full_name or ()])


def _on_the_web(names: list[x509.GeneralName]) -> list[str]:
    urls = [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    return [url for url in urls if url.lower().startswith(("http://", "https://"))][:_MOST_ADDRESSES]


def _read_list(
    data: bytes, certificate: Certificate, issuer: Certificate, now: datetime
) -> x509.CertificateRevocationList:
    """The issuer's list. Raises RevocationOfflineError for one that is not the issuer's, or not of this time."""
    try:
        found = x509.load_der_x509_crl(data)
        _check_list(found, certificate, issuer, now)
    except MALFORMED as error:
        raise RevocationOfflineError("The revocation list cannot be believed.") from error
    return found


def _check_list(
    found: x509.CertificateRevocationList, certificate: Certificate, issuer: Certificate, now: datetime
) -> None:
    use = extension(issuer, x509.KeyUsage)
    strong = isinstance(found.signature_hash_algorithm, STRONG_HASHES)
    if found.issuer != issuer.subject or (use is not None and not use.crl_sign) or not strong:
        raise ValueError("not the issuer's, or weakly signed")
    if not found.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]  # another kind raises TypeError
        raise ValueError("not signed by the issuer")
    if found.last_update_utc > now + ocsp.SKEW or _ended(found, now):
        raise ValueError("not of this time")
    constraints = extension(certificate, x509.BasicConstraints)
    is_authority = constraints is not None and constraints.ca
    for one in found.extensions:
        if isinstance(one.value, x509.IssuingDistributionPoint):
            _check_scope(one.value, is_authority=is_authority)
        elif one.critical:
            raise ValueError("part of a list, or something unknown")


def _check_scope(scope: x509.IssuingDistributionPoint, *, is_authority: bool) -> None:
    other = scope.only_contains_user_certs if is_authority else scope.only_contains_ca_certs
    if other or scope.only_contains_attribute_certs or scope.only_some_reasons or scope.indirect_crl:
        raise ValueError("about other certificates")


def _ended(found: x509.CertificateRevocationList, now: datetime) -> bool:
    return found.next_update_utc is None or found.next_update_utc < now
