"""The programs a demo runs: started with their logs in files, started again when they die, stopped together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from skranke.kernel.log import get_logger

_STOP_SECONDS = 20
_PR_SET_PDEATHSIG = 1
_log = get_logger(__name__)


class Children:
    """A set of programs. `start` adds one, `mend` starts again what has died, `stop` ends all."""

    def __init__(self, logs: Path) -> None:
        """`logs`: the folder of their log files."""
        self._logs = logs
        self._plans: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a program under a name; it ends with its parent, however that ends."""
        self._plans[name] = (command, environment)
        with (self._logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(  # noqa: S603 - our own programs
                command,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - one system call, before any thread exists
            )

    def mend(self) -> None:
        """Start again every program that has died; the log says so."""
        for name, process in list(self._running.items()):
            if process.poll() is not None:
                _log.warning("demo.program_died", program=name, status=process.returncode)
                self.start(name, *self._plans[name])

    def pid_of(self, name: str) -> int:
        """The process id of a program that was started."""
        return self._running[name].pid

    def died(self) -> list[str]:
        """The names of those that are not running."""
        return [name for name, process in self._running.items() if process.poll() is not None]

    def end(self, name: str) -> None:
        """Stop one of them, as `stop` does all."""
        _end({name: self._running.pop(name)})

    def stop(self) -> None:
        """Ask each to stop, the last started first, and kill what has not stopped in 20 seconds."""
        _end(self._running)
        self._running.clear()


def _end(running: dict[str, "subprocess.Popen[bytes]"]) -> None:
    for process in reversed(running.values()):
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + _STOP_SECONDS
    for process in running.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
