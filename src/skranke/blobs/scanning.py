r"""Asking clamd whether content holds a virus (CMP-11), by its own protocol: INSTREAM, as its manual describes it.

https://docs.clamav.net/manual/Usage/Scanning.html and clamd(8): `zINSTREAM\0`, then pieces of <length, 4 bytes, network
order><bytes>, ended by a length of zero; the answer is `stream: OK`, `stream: <name> FOUND` or `... ERROR`.
"""

import logging
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from skranke.blobs.models import Scan

_log = logging.getLogger(__name__)
_SECONDS = 20.0
_LONGEST_ANSWER = 1000
_LONGEST_NAME = 200
# Who holds the line and says nothing is left alone for a while: messages that come must not each wait for it.
_SILENT_SECONDS = 60.0
_silent_until: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of some content. found: the name of what is in it."""

    state: Scan
    found: str = ""


class Scanning:
    """One content on its way through the scanner: `feed` each piece, then ask for the `verdict`.

    A scanner that is away never stops what is stored: the verdict then says what the setting wants of it.
    """

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._address = settings.OURS.virus_scanner
        self._wanted = bool(self._address)
        if self._wanted and time.monotonic() >= _silent_until.get(self._address, 0.0):
            self._try(self._connect)

    def feed(self, part: bytes) -> None:
        """Hand on a piece."""
        if self._socket is not None and part:
            self._try(lambda: self._send(len(part).to_bytes(4, "big") + part))

    def verdict(self) -> Verdict:
        """What the scanner says: nothing where none is set, and WAITING where it does not answer and must."""
        answer = ""
        if self._socket is not None:
            answer = self._try(self._finish)
        if answer.endswith(" FOUND"):
            name = answer.partition(": ")[2].removesuffix(" FOUND")
            return Verdict(Scan.INFECTED, name[:_LONGEST_NAME])
        if answer.endswith(": OK"):
            return Verdict(Scan.CLEAN)
        if self._wanted:
            _log.warning("virus_scanner_away", extra={"answered": bool(answer)})
        return Verdict(Scan.WAITING if self._wanted and settings.OURS.virus_scan_required else Scan.NONE)

    def _connect(self) -> str:
        if self._address.startswith("/"):
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._socket.settimeout(_SECONDS)
            self._socket.connect(self._address)
        else:
            host, _colon, port = self._address.rpartition(":")
            self._socket = socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS)
        self._send(b"zINSTREAM\0")
        return ""

    def _send(self, part: bytes) -> str:
        assert self._socket is not None
        self._socket.sendall(part)
        return ""

    def _finish(self) -> str:
        assert self._socket is not None
        self._socket.sendall(bytes(4))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
            more = self._socket.recv(_LONGEST_ANSWER)
            if not more:
                break
            answer += more
        self._close()
        return answer.rstrip(b"\0\n").decode("utf-8", "replace")

    def _try(self, step: Callable[[], str]) -> str:
        try:
            return step()
        except OSError as error:
            if isinstance(error, TimeoutError):
                _silent_until[self._address] = time.monotonic() + _SILENT_SECONDS
            self._close()
            return ""

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
