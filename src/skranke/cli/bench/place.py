"""A scratch database server of a measurement's own, durable as in production, and the programs that work on it.

Imports nothing of Django: `opened` sets it up.
"""

import os
import secrets
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django

from skranke.cli.bench.figures import cpu_seconds
from skranke.cli.database import LOGINS, initialise, migrate, replace_database, replace_user
from skranke.cli.demo.children import Children
from skranke.cli.postgres import EmbeddedPostgres
from skranke.wire.demo_pki import POLICIES

_DATABASE = "skranke"
_START_SECONDS = 120
_WEB, _GATEWAY = "skranke_web", "skranke_gateway"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a measurement works. admin_dsn: a superuser's address of the server; server_pid: its first process."""

    folder: Path
    admin_dsn: str
    server_pid: int
    password: str
    children: Children

    @property
    def database_dsn(self) -> str:
        """The superuser's address of Skranke's database: for tables of the measurement's own."""
        return replace_database(self.admin_dsn, _DATABASE)

    def dsn(self, role: str) -> str:
        """The address of Skranke's database as one of the programs' roles."""
        return replace_user(self.database_dsn, role, self.password)

    def environment(self, role: str) -> Mapping[str, str]:
        """What a program that works here inherits."""
        return {**os.environ, "SKRANKE_DATABASE_URL": self.dsn(role)}

    def server_cpu(self) -> float:
        """CPU seconds of the database server so far."""
        return cpu_seconds(self.server_pid)

    def cpu_of(self, name: str) -> float:
        """CPU seconds of a program started here, so far."""
        return cpu_seconds(self.children.pid_of(name))

    def stop(self, name: str) -> None:
        """Ask a program started here to end, and wait for it; it gives back what it holds."""
        self.children.end(name)

    def start_web(self, workers: int = 1) -> int:
        """Start `skranke web`; its port. It is up when it accepts connections."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        command = [sys.executable, "-m", "skranke.cli.main", "web", f"--port={port}", f"--workers={workers}"]
        self.children.start("web", command, self.environment(_WEB))
        return port

    def start_lane(self, name: str, number: int = 1) -> None:
        """Start one lane of the gateway; it is up when its heart beats."""
        called = name if number == 1 else f"{name}-{number}"
        command = [sys.executable, "-m", "skranke.gateway.lane", name, str(number)]
        self.children.start(f"lane-{called}", command, self.environment(_GATEWAY))
        beat = self.folder / "logs" / f"{called}.json"
        deadline = time.monotonic() + _START_SECONDS
        while not beat.exists():
            if time.monotonic() > deadline:
                raise RuntimeError(f"The lane {name} did not come up.")
            time.sleep(0.05)


@contextmanager
def opened() -> Iterator[Place]:
    """Make the server and its database, set Django up in this process as the web's role, and clean up after all."""
    with tempfile.TemporaryDirectory(prefix="skranke-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # a root's server runs as another user, who must pass
        logs = folder / "logs"
        logs.mkdir()
        server = EmbeddedPostgres(folder / "server")
        children = Children(logs)
        try:
            server.start()
            place = Place(folder, server.dsn(), server.pid, secrets.token_urlsafe(18), children)
            _prepare(place)
            yield place
        finally:
            children.stop()
            server.remove()


def _prepare(place: Place) -> None:
    os.environ.update(
        SKRANKE_SECRET_KEY=secrets.token_urlsafe(48),
        SKRANKE_SECURE_COOKIES="false",
        SKRANKE_DEMO_LOGIN="true",
        SKRANKE_CERTIFICATE_POLICIES=POLICIES,
        SKRANKE_LOG_LEVEL="ERROR",
        SKRANKE_HEALTH_DIRECTORY=str(place.folder / "logs"),
        SKRANKE_DATABASE_URL=place.dsn(_WEB),
        DJANGO_SETTINGS_MODULE="skranke.config.settings",
    )
    initialise(place.admin_dsn, _DATABASE, dict.fromkeys(LOGINS, place.password))
    migrate(place.database_dsn)
    django.setup()
