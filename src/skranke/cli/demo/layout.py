"""Where a demo keeps its things, and the secrets it made for itself at its first start."""

import json
import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROLES = (
    "skranke_web",
    "skranke_gateway",
    "skranke_worker",
    "sandbox",
    "bus_clinic",
    "bus_helsenorge",
    "bus_second",
    "bus_nyvik",
    "bus_sorvik",
)


@dataclass(frozen=True)
class Layout:
    """The folder of one demo and the ports it uses: pages on `port`, live events, sandbox."""

    folder: Path
    port: int

    @property
    def public_url(self) -> str:
        """The clinic portal's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def live_url(self) -> str:
        """The live events' address."""
        return f"http://127.0.0.1:{self.port + 1}"

    @property
    def sandbox_url(self) -> str:
        """The sandbox's address."""
        return f"http://127.0.0.1:{self.port + 2}"

    @property
    def contract_file(self) -> Path:
        """Tells other programs where everything is (architecture.md section 9)."""
        return self.folder / "demo.json"

    @property
    def world_file(self) -> Path:
        """What the sandbox knows of the world outside it."""
        return self.folder / "world.json"

    @property
    def clinic_bus_file(self) -> Path:
        """The clinic's address of the bus, with its password."""
        return self.folder / "clinic-bus-url"

    @cached_property
    def registers_password_file(self) -> Path:
        """The clinic's password at the registers."""
        path = self.folder / "registers-password"
        keep_private(path, self.secrets["registers"])
        return path

    def bus_file(self, key: str) -> Path:
        """As `clinic_bus_file`, of one of the other clinics."""
        return self.folder / f"{key}-bus-url"

    @property
    def clock_file(self) -> Path:
        """The seconds by which the demo's time is ahead."""
        return self.folder / "clock"

    @property
    def health(self) -> Path:
        """The lanes' heartbeats."""
        return self._made("health")

    @property
    def logs(self) -> Path:
        """One log file for each program."""
        return self._made("logs")

    @property
    def pki(self) -> Path:
        """Keys and certificates."""
        return self.folder / "pki"

    @cached_property
    def secrets(self) -> dict[str, str]:
        """A password for each role, and the key that signs sessions; made once, readable by the owner only."""
        path = self.folder / "secrets.json"
        loaded: dict[str, str] = json.loads(path.read_text(encoding="ascii")) if path.exists() else {}
        made = {name: secrets.token_urlsafe(18) for name in (*ROLES, "registers")}
        made |= {name: secrets.token_urlsafe(48) for name in ("secret_key", "sandbox_secret_key")}
        if made.keys() - loaded.keys():
            loaded = made | loaded
            keep_private(path, json.dumps(loaded, indent=2))
        return loaded

    def _made(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir(exist_ok=True)
        return path


def keep_private(path: Path, text: str) -> None:
    """Write a file that holds a password or a token: whole or not at all, and for its owner's eyes only."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)
