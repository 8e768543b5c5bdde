"""Heartbeats: each lane writes a small file every second, and whoever asks for health reads them.

The machine's own clock counts here: whether a process lives is no business time.
"""

import json
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """What a lane wrote. age: seconds since then."""

    lane: str
    pid: int
    age: float


class Heart:
    """Writes one lane's heartbeat, at most once a second, from whichever thread is at work. No directory: nowhere."""

    def __init__(self, lane: str, directory: str | None = None) -> None:
        folder = settings.OURS.health_directory if directory is None else directory
        self._path = Path(folder) / f"{lane}.json" if folder else None
        self._lane = lane
        self._next = 0.0
        self._lock = threading.Lock()

    def beat(self) -> None:
        """The lane is alive."""
        with self._lock:
            if self._path is None or time.monotonic() < self._next:
                return
            self._next = time.monotonic() + EVERY_SECONDS
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary = self._path.with_suffix(f".{os.getpid()}")
            temporary.write_text(json.dumps({"lane": self._lane, "pid": os.getpid(), "time": time.time()}))
            temporary.replace(self._path)

    def stop(self) -> None:
        """The lane has ended in an orderly way."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)


def heartbeats(directory: str) -> list[Heartbeat]:
    """What the lanes that share the directory wrote last, by name; unreadable files are left out."""
    found = []
    for path in sorted(Path(directory).glob("*.json")):
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            beat = Heartbeat(lane=said["lane"], pid=said["pid"], age=time.time() - said["time"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        found.append(beat)
    return found
