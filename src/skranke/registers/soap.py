"""Asks a SOAP service of the registers: SOAP 1.1 over HTTP with basic authentication, within a time and up to a size.

No redirects, no proxies, no cookies. Faults of WCF are read in SOAP 1.1 and 1.2 alike.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import httpx
from lxml import etree

from skranke.kernel import clock
from skranke.kernel.log import get_logger
from skranke.registers.errors import (
    RegisterAwayError,
    RegisterDeniedError,
    RegisterFaultError,
    RegisterUnreadableError,
)
from skranke.registers.reading import child, text
from skranke.standards.codec import Element, clean, local_name
from skranke.standards.errors import StandardsError
from skranke.standards.parse import read_xml

log = get_logger(__name__)

Told = TypeVar("Told")
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
MOST_BYTES = 64 * 1024 * 1024
"""A list of 2,500 persons with addresses is some 10 MB."""
MOST_MARKUP = 4_000_000
_CONNECT_SECONDS = 3.0
_DENIED = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN})
_SENDERS_FAULT = frozenset({"Client", "Sender"})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one answer may take, how often it is asked for, and the first pause between, which then doubles."""

    seconds: float
    tries: int = 1
    pause: float = 0.5


IN_A_LANE = Patience(seconds=4.0)
"""A citizen's message waits, and others behind it."""
IN_A_JOB = Patience(seconds=60.0, tries=3)
ON_A_PAGE = Patience(seconds=8.0, tries=2, pause=0.2)


@dataclass(slots=True)
class Rest:
    """A register that did not answer is left alone for a while, longer each time: who is in a hurry is told at once."""

    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(seconds=60)
    _failed_at: datetime | None = None
    _pause: timedelta = timedelta()
    _failures: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def holds(self) -> bool:
        """Whether it is still left alone; a clock that was set back holds nothing up."""
        return self._failed_at is not None and self._failed_at <= clock.now() < self._failed_at + self._pause

    def failed(self) -> None:
        """It did not answer."""
        with self._lock:
            self._pause = min(self.first * 2**self._failures, self.longest)
            self._failures = min(self._failures + 1, 10)
            self._failed_at = clock.now()

    def answered(self) -> None:
        """It is there."""
        with self._lock:
            self._failures, self._failed_at = 0, None


class SoapService:
    """One service at one address. namespace: of its operations; actions: what their SOAPAction begins with."""

    def __init__(self, url: str, *, namespace: str, actions: str, user: str = "", password: str = "") -> None:
        self._url, self._namespace, self._actions = url, namespace, actions
        self._http = http_client(user, password)
        self._rest = Rest()

    def ask(self, operation: str, parameters: Mapping[str, str], patience: Patience) -> Element:
        """The element `<operation>Result` of the answer; without one an empty element of that name.

        Raises RegisterAwayError, RegisterDeniedError, RegisterFaultError, RegisterUnreadableError. Every operation
        asked here only reads, so that asking again does no harm.
        """
        body = self._envelope(operation, parameters)
        return asked(
            lambda: _result(self._post(operation, body, patience.seconds), operation), self._rest, operation, patience
        )

    def _envelope(self, operation: str, parameters: Mapping[str, str]) -> bytes:
        envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"s": ENVELOPE})
        wanted = etree.SubElement(
            etree.SubElement(envelope, f"{{{ENVELOPE}}}Body"), f"{{{self._namespace}}}{operation}"
        )
        for name, value in parameters.items():
            etree.SubElement(wanted, f"{{{self._namespace}}}{name}").text = clean(value)
        return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")

    def _post(self, operation: str, body: bytes, seconds: float) -> Element:
        """The root of the answer's XML."""
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{self._actions}{operation}"'}
        status, content = sent(self._http, self._url, body, headers, seconds)
        if status not in {httpx.codes.OK, httpx.codes.INTERNAL_SERVER_ERROR}:
            raise RegisterAwayError(f"The register answers with status {status}.")
        try:
            return read_xml(content, max_bytes=MOST_BYTES, max_markup=MOST_MARKUP)
        except StandardsError as error:
            if status != httpx.codes.OK:
                raise RegisterAwayError(f"The register answers with status {status}.") from error
            raise RegisterUnreadableError("The register's answer cannot be read. Nothing was changed.") from error


def http_client(user: str, password: str) -> httpx.Client:
    """A client that sends the password to one address: no redirects, no proxies, no cookies."""
    return httpx.Client(
        auth=httpx.BasicAuth(user, password) if user else None,
        follow_redirects=False,
        trust_env=False,
        # Questions are few, and a connection that was kept may be dead when it is needed.
        limits=httpx.Limits(max_keepalive_connections=0),
    )


def asked(once: Callable[[], Told], rest: Rest, operation: str, patience: Patience) -> Told:
    """Ask as often as patience says; a register that did not answer is left alone for a while."""
    if patience.tries == 1 and rest.holds():
        raise RegisterAwayError("The register did not answer a moment ago. It is asked again soon.")
    for number in range(patience.tries):
        if number:
            time.sleep(patience.pause * 2 ** (number - 1))
        try:
            found = once()
        except RegisterAwayError as error:
            rest.failed()
            last = error
            log.warning("register_away", operation=operation, tried=number + 1, detail=str(error))
        else:
            rest.answered()
            return found
    raise last


def sent(http: httpx.Client, url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> tuple[int, bytes]:
    """The status and all of the answer to a POST. Raises RegisterAwayError, RegisterDeniedError."""
    until = time.monotonic() + seconds
    timeout = httpx.Timeout(seconds, connect=min(_CONNECT_SECONDS, seconds))
    try:
        with http.stream("POST", url, content=body, headers=dict(headers), timeout=timeout) as response:
            status, content = response.status_code, _content(response, until)
    except httpx.HTTPError as error:
        raise RegisterAwayError(f"The register does not answer ({type(error).__name__}).") from error
    if status in _DENIED:
        raise RegisterDeniedError("The register does not accept our user name and password. Put them right.")
    return status, content


def _content(response: httpx.Response, until: float) -> bytes:
    """All of the answer; a time-out of each packet does not bound the whole."""
    found = bytearray()
    for chunk in response.iter_bytes():
        found += chunk
        if time.monotonic() > until:
            raise RegisterAwayError("The register takes too long over its answer.")
        if len(found) > MOST_BYTES:
            raise RegisterUnreadableError(f"The register's answer has more than {MOST_BYTES} bytes.")
    return bytes(found)


def _result(root: Element, operation: str) -> Element:
    body = child(root, "Body")
    if local_name(root) != "Envelope" or body is None:
        raise RegisterUnreadableError("The register's answer is no SOAP envelope. Nothing was changed.")
    if (fault := child(body, "Fault")) is not None:
        raise _error_of(fault)
    answer = child(body, f"{operation}Response")
    if answer is None:
        raise RegisterUnreadableError(f"The register's answer is none to {operation}. Nothing was changed.")
    found = child(answer, f"{operation}Result")
    return etree.Element(f"{operation}Result") if found is None else found


def _error_of(fault: Element) -> RegisterAwayError | RegisterFaultError:
    """A fault that the register explains is permanent; one that only says that something broke is temporary.

    The explanation may name a person: it is not repeated, only understood by `fault`.
    """
    detail = child(fault, "detail") if child(fault, "detail") is not None else child(fault, "Detail")
    explained = child(detail, "GenericFault")
    written = text(fault, "faultcode") or text(child(fault, "Code"), "Value")
    if explained is not None:
        return RegisterFaultError(
            "The register refuses the question. Nothing was changed.",
            fault=f"{text(explained, 'ErrorCode')}: {text(explained, 'Message')}",
        )
    if written.rpartition(":")[2] in _SENDERS_FAULT:
        return RegisterFaultError("The register does not understand the question. Nothing was changed.", fault=written)
    return RegisterAwayError("The register reports a fault of its own.")
