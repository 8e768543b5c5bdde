"""Heartbeats: each lane, and the worker, writes a small file every second, and whoever asks for health reads them.

The machine's own clock counts here: whether a process lives is no business time.
"""

import json
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

EVERY_SECONDS = 1.0
WORKER = "worker"
"""The heartbeat of `skranke worker`; those of the lanes have the lanes' names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """What a lane wrote. age: seconds since then.

    dead_letters: how many its clinics have in their dead letter queues; None when it does not watch, or cannot tell.
    """

    lane: str
    pid: int
    age: float
    dead_letters: int | None = None


class Heart:
    """Writes one lane's heartbeat, at most once a second, from whichever thread is at work. No directory: nowhere."""

    def __init__(self, lane: str, directory: str | None = None) -> None:
        folder = settings.OURS.health_directory if directory is None else directory
        self._path = Path(folder) / f"{lane}.json" if folder else None
        self._lane = lane
        self._next = 0.0
        self._dead_letters: dict[UUID, int] = {}
        self._lock = threading.Lock()

    def beat(self) -> None:
        """The lane is alive."""
        with self._lock:
            if self._path is None or time.monotonic() < self._next:
                return
            self._next = time.monotonic() + EVERY_SECONDS
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary = self._path.with_suffix(f".{os.getpid()}")
            said = {"lane": self._lane, "pid": os.getpid(), "time": time.time()}
            if self._dead_letters:
                said["dead_letters"] = sum(self._dead_letters.values())
            temporary.write_text(json.dumps(said))
            temporary.replace(self._path)

    def tell_dead_letters(self, clinic_id: UUID, count: int | None) -> None:
        """What a clinic has in its dead letter queue goes along with the next beat; None: it cannot be told."""
        with self._lock:
            self._dead_letters.pop(clinic_id, None)
            if count is not None:
                self._dead_letters[clinic_id] = count

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
            age = time.time() - said["time"]
            beat = Heartbeat(lane=said["lane"], pid=said["pid"], age=age, dead_letters=said.get("dead_letters"))
        except (OSError, ValueError, KeyError, TypeError):
            continue
        found.append(beat)
    return found
