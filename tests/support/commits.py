"""A door before PostgreSQL that strikes at a chosen commit: before it reaches the server, or before its answer comes.

So a program dies at a commit boundary without knowing of it, and without a line of production code for the purpose.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_COMMIT = b"COMMIT"


@dataclass
class CommitGate:
    """Strikes once, at the first commit of a transaction whose statements hold `words`.

    late: the server has committed, and nobody is told; else it never hears of the commit.
    """

    dsn: str
    words: bytes
    late: bool
    strike: Callable[[], None]
    struck: threading.Event = field(default_factory=threading.Event)
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def url(self) -> str:
        parts = urlsplit(self.dsn)
        login = parts.netloc.rpartition("@")[0]
        return parts._replace(netloc=f"{login}@127.0.0.1:{self._listener.getsockname()[1]}").geturl()

    def serve(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass, args=(near,), daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _pass(self, near: socket.socket) -> None:
        parts, last = urlsplit(self.dsn), threading.Event()
        with near, socket.create_connection((parts.hostname or "", parts.port or 5432)) as far:
            back = threading.Thread(target=self._back, args=(far, near, last), daemon=True)
            back.start()
            self._forth(near, far, last)
            back.join()

    def _forth(self, near: socket.socket, far: socket.socket, last: threading.Event) -> None:
        said = b""
        with suppress(OSError):
            while data := near.recv(1 << 16):
                said += data
                if _COMMIT in data:
                    if self.words in said and not self.struck.is_set():
                        last.set()
                        if not self.late:
                            self._strike()
                            break
                    said = b""
                far.sendall(data)
        _hang_up(near, far)

    def _back(self, far: socket.socket, near: socket.socket, last: threading.Event) -> None:
        with suppress(OSError):
            while data := far.recv(1 << 16):
                if last.is_set():
                    self._strike()
                    break
                near.sendall(data)
        _hang_up(near, far)

    def _strike(self) -> None:
        self.strike()
        self.struck.set()


def _hang_up(*ends: socket.socket) -> None:
    """Also wakes whoever waits for one of them."""
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def commit_gate(dsn: str, words: bytes, *, late: bool, strike: Callable[[], None]) -> Iterator[CommitGate]:
    made = CommitGate(dsn, words, late, strike)
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.close()
        thread.join()
