"""A real demo: `skranke demo` started as a person starts it, on ports of its own, and stopped at the end."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from support.ports import free_ports

SRC = Path(__file__).parents[3] / "src"
READY_SECONDS = 240
_STOP_SECONDS = 60
DEMO = "SKRANKE_TEST_DEMO"


@dataclass(frozen=True)
class Demo:
    """A running demo. facts: demo.json as it stands."""

    facts: dict[str, Any]

    @property
    def clinic(self) -> str:
        return self.facts["clinic_url"]

    @property
    def root(self) -> str:
        return self.facts["clinic_url"].partition("k/")[0]

    @property
    def portal(self) -> str:
        return self.facts["portal_url"]

    @property
    def sandbox(self) -> str:
        return self.facts["sandbox_url"]

    def user(self, username: str) -> dict[str, Any]:
        return next(one for one in self.facts["users"] if one["username"] == username)

    def citizen(self, name: str) -> dict[str, Any]:
        return next(one for one in self.facts["citizens"] if one["name"] == name)

    def gp(self, name: str) -> str:
        """The name of a citizen's GP."""
        her_id = self.citizen(name)["gp_her_id"]
        return next(one["name"] for one in self.facts["parties"] if one["her_id"] == her_id)

    def ask(self, username: str, path: str, put: object = None, make: object = None) -> Any:
        """What the REST API answers a member of staff; put: what is to stand there from now on; make: what to add."""
        request = urllib.request.Request(
            self.facts["api_url"] + path, headers={"Authorization": f"Bearer {self.user(username)['api_token']}"}
        )
        if put is not None:
            request.method, request.data = "PUT", json.dumps(put).encode()
            request.headers |= {"Content-Type": "application/json", "If-Match": "*"}
        if make is not None:
            request.method, request.data = "POST", json.dumps(make).encode()
            request.headers |= {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)


@contextmanager
def running_demo() -> Iterator[Demo]:
    """Start a demo and stop it at the end. `SKRANKE_TEST_DEMO` names the demo.json of one that runs already."""
    if named := os.environ.get(DEMO):
        yield Demo(json.loads(Path(named).read_text(encoding="utf-8")))
        return
    folder = Path(tempfile.mkdtemp(prefix="journeys-"))
    # As root the demo's server runs as another user, who must get through.
    folder.chmod(0o755)
    log = folder / "demo.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "skranke.cli.main",
                "demo",
                "--data",
                str(folder / "data"),
                "--port",
                str(free_ports(3)),
            ],
            stdout=out,
            stderr=out,
            env=_environment(),
        )
    try:
        yield Demo(_ready(process, folder / "data" / "demo.json", log))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        shutil.rmtree(folder, ignore_errors=True)


def _ready(process: "subprocess.Popen[bytes]", contract: Path, log: Path) -> dict[str, Any]:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if contract.exists():
            return json.loads(contract.read_text(encoding="utf-8"))
        if process.poll() is not None:
            raise AssertionError(f"The demo ended before it was ready:\n{log.read_text()}")
        time.sleep(0.2)
    raise AssertionError(f"The demo was not ready within {READY_SECONDS} s:\n{log.read_text()}")


def _environment() -> dict[str, str]:
    # The demo gets none of the settings that the tests give themselves.
    mine = {name: value for name, value in os.environ.items() if not name.startswith("SKRANKE_")}
    mine.pop("DJANGO_SETTINGS_MODULE", None)
    # A run at night must see what a run by day sees.
    return mine | {"PYTHONPATH": str(SRC), "SKRANKE_STATUS_CHECK_HOUR": "-1", "SKRANKE_SEND_UNDO_SECONDS": "2"}
