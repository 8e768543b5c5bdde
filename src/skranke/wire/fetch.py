"""Asks the servers of a certificate authority: within a time, up to a size, and nowhere but where it is told.

No redirects, no proxies, no cookies: the answer is signed, so the way it came needs no trust, but a server that holds
the line or sends without end must not hold us.
"""

import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from skranke.wire.errors import RevocationOfflineError

_CHUNK = 64 * 1024
_OK = 200


@dataclass(frozen=True, slots=True)
class Fetcher:
    """seconds: how long one answer may take, from the first packet to the last. most: bytes of an answer."""

    seconds: float = 5.0
    most: int = 16 * 1024 * 1024

    def get(self, url: str) -> bytes:
        """What lies there. Raises RevocationOfflineError whatever goes wrong."""
        return self._ask("GET", url, None, {})

    def post(self, url: str, body: bytes, content_type: str) -> bytes:
        """The answer to a question. Raises as `get`."""
        return self._ask("POST", url, body, {"Content-Type": content_type})

    def _ask(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        try:
            parts = urlsplit(url)
            line = self._line(parts)
        except ValueError as error:
            raise RevocationOfflineError("The certificate names an address that cannot be read.") from error
        began = time.monotonic()
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            line.connect()
            # A time-out of each packet does not bound the whole: at the end of the time the line is cut.
            scissors = Timer(max(self.seconds - (time.monotonic() - began), 0.0), _cut, [line.sock])
            scissors.daemon = True
            scissors.start()
            try:
                line.request(method, target, body, {"Connection": "close", **headers})
                return self._read(line.getresponse(), began)
            finally:
                scissors.cancel()
        except (OSError, HTTPException, ValueError) as error:
            raise RevocationOfflineError(f"{parts.hostname} does not answer as it should.") from error
        finally:
            line.close()

    def _line(self, parts: SplitResult) -> HTTPConnection:
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("not an address of the web")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        return kind(parts.hostname, parts.port, timeout=self.seconds)

    def _read(self, response: HTTPResponse, began: float) -> bytes:
        if response.status != _OK:
            raise ValueError(f"status {response.status}")
        if (response.length or 0) > self.most:
            raise ValueError("too large")
        found = bytearray()
        while chunk := response.read(_CHUNK):
            found += chunk
            if len(found) > self.most:
                raise ValueError("too large")
        if response.length or time.monotonic() - began > self.seconds:
            raise ValueError("cut short")
        return bytes(found)


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
