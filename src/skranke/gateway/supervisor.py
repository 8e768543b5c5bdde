"""Keeps the lanes running: one process each, started again when it dies, stopped together.

Imports nothing of Django, so that a command can run it without a database.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from skranke.kernel.log import get_logger

log = get_logger(__name__)

LANES: Mapping[str, int] = {"sync": 1, "async": 1, "error": 1, "outbound": 1}
_TICK = 0.2
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_STEADY_SECONDS = 30.0
_PATIENCE_SECONDS = 6.0


@dataclass(slots=True)
class _Child:
    name: str
    number: int
    clinics: Collection[UUID]
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    pause: float = 0.0
    due: float = field(default_factory=time.monotonic)

    def tend(self) -> None:
        """Start it when it is due, and plan the next start when it has died."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self._start(now)
        elif self.process.poll() is not None:
            steady = now - self.started > _STEADY_SECONDS
            self.pause = _FIRST_PAUSE if steady else min(max(self.pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
            log.error("lane_died", lane=self.name, number=self.number, status=self.process.returncode)
            self.process, self.due = None, now + self.pause

    def _start(self, now: float) -> None:
        command = [sys.executable, "-m", "skranke.gateway.lane", self.name, str(self.number)]
        command += [f"--clinic={clinic_id}" for clinic_id in self.clinics]
        self.process = subprocess.Popen(command, env={**os.environ, **self.environment})  # noqa: S603 - our own program
        self.started = now


def run(
    lanes: Mapping[str, int] = LANES,
    stop: threading.Event | None = None,
    *,
    clinics: Collection[UUID] = (),
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run the lanes (name to number of processes) until `stop` is set, then end them all within seconds.

    Without a `stop` SIGTERM and SIGINT end it. clinics: serve only these; empty: all on the bus. environment: added
    to what each lane inherits.
    """
    if stop is None:
        stop = _stop_on_signals()
    children = [
        _Child(name, number, clinics, environment or {})
        for name, count in lanes.items()
        for number in range(1, count + 1)
    ]
    try:
        while not stop.is_set():
            for child in children:
                child.tend()
            stop.wait(_TICK)
    finally:
        _end(children)


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _end(children: list[_Child]) -> None:
    running = [child.process for child in children if child.process is not None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + _PATIENCE_SECONDS
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
