"""`skranke demo` as a person starts it: a program with options, on ports and a folder of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from skranke.wire import connect as bus

from support.bus import broker_url
from support.ports import free_ports

SOURCE = Path(__file__).parents[2] / "src"
READY_SECONDS = 480
STOP_SECONDS = 60


class DemoProcess:
    """One demo on one data folder; started, stopped and started again."""

    def __init__(self, home: Path, *words: str) -> None:
        self.home = home
        self.data = home / "data"
        self.contract = self.data / "demo.json"
        self.port = free_ports(3)
        self._words = words
        self._process: subprocess.Popen[bytes] | None = None
        self._seen: dict[int, str] = {}

    def start(self) -> dict[str, Any]:
        """Start, wait until it is ready; demo.json."""
        words = ["--data", str(self.data), "--port", str(self.port), *self._words]
        log = self.home / "demo.log"
        self.contract.unlink(missing_ok=True)  # one that was killed could not take it away
        with log.open("ab") as out:
            self._process = subprocess.Popen(command(*words), stdout=out, stderr=out, env=environment())
        deadline = time.monotonic() + READY_SECONDS
        while not self.contract.exists():
            assert self._process.poll() is None, f"The demo ended before it was ready:\n{log.read_text()}"
            assert time.monotonic() < deadline, f"The demo was not ready in {READY_SECONDS} s:\n{log.read_text()}"
            time.sleep(0.1)
        return self.facts()

    def facts(self) -> dict[str, Any]:
        """demo.json as it stands."""
        found: dict[str, Any] = json.loads(self.contract.read_text(encoding="utf-8"))
        return found

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it with a signal; its exit status."""
        assert self._process is not None
        self._seen |= self.processes()
        self._process.send_signal(number)
        return self._process.wait(STOP_SECONDS)

    def processes(self) -> dict[int, str]:
        """The demo and every process below it: id, and a mark that no later process with that id has."""
        assert self._process is not None
        parents: dict[int, list[int]] = {}
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                parents.setdefault(int(_stat(place)[1]), []).append(int(place.name))
        found, left = {}, [self._process.pid]
        while left:
            pid = left.pop()
            with suppress(OSError):
                found[pid] = _stat(Path(f"/proc/{pid}"))[19]
            left += parents.get(pid, [])
        return found

    def clean(self) -> None:
        """Leave nothing: neither processes, nor the virtual host that the demo made on the broker, nor files."""
        if self._process is not None and self._process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                self.stop()
        for pid in alive(self._seen):
            os.kill(pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
        remembered = self.data / "bus-url"
        if remembered.exists() and "vhost=skranke-demo-" in (url := remembered.read_text(encoding="utf-8")):
            assert bus.declare_module().delete_vhost(broker_url(), url.rpartition("vhost=")[2].strip())
        shutil.rmtree(self.home, ignore_errors=True)


@contextmanager
def demo(*words: str) -> Iterator[DemoProcess]:
    """A demo that is not started yet; afterwards nothing is left of it."""
    home = Path(tempfile.mkdtemp(prefix="demo-"))
    home.chmod(0o755)  # as root, the demo's server runs as another user, who must get through
    made = DemoProcess(home, *words)
    try:
        yield made
    finally:
        made.clean()


def command(*words: str) -> list[str]:
    """The command line of a demo."""
    return [sys.executable, "-m", "skranke.cli.main", "demo", *words]


def environment() -> dict[str, str]:
    """A person's environment: without the settings that the tests give themselves."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("SKRANKE_")}
    mine.pop("DJANGO_SETTINGS_MODULE", None)
    # A run at night must see the messages that a run by day sees.
    return mine | {"PYTHONPATH": str(SOURCE), "SKRANKE_STATUS_CHECK_HOUR": "-1"}


def alive(processes: dict[int, str]) -> list[int]:
    """Those that still run (one that has ended and waits for its parent to notice does not)."""
    found = []
    for pid, mark in processes.items():
        with suppress(OSError):
            stat = _stat(Path(f"/proc/{pid}"))
            if stat[19] == mark and stat[0] != "Z":
                found.append(pid)
    return found


def is_free(port: int) -> bool:
    """Whether nobody listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def ask(facts: dict[str, Any], path: str, body: dict[str, Any] | None = None) -> Any:
    """The REST API's answer to the first user of demo.json."""
    headers = {"Authorization": f"Bearer {facts['users'][0]['api_token']}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{facts['api_url']}/{path}", data, headers), timeout=60) as got:
        return json.load(got)


def _stat(place: Path) -> list[str]:
    """The fields of /proc/PID/stat after the name: 0 state, 1 parent, 19 when it began."""
    return (place / "stat").read_text().rpartition(")")[2].split()
