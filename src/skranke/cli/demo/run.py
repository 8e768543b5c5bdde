"""Start everything of a demo in order, keep it running, and stop it all."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from skranke.cli import database
from skranke.cli.demo import bus as buses
from skranke.cli.demo import cast, contract, log_in, seed, world
from skranke.cli.demo.bus import Bus
from skranke.cli.demo.children import Children
from skranke.cli.demo.layout import Layout, keep_private
from skranke.cli.demo.offices import OFFICES, SECOND
from skranke.cli.postgres import EmbeddedPostgres, PostgresError
from skranke.kernel import clock
from skranke.wire.demo_pki import POLICIES, make_pki
from skranke.wire.errors import WireError

GRACE_SECONDS = 5
_READY_SECONDS = 300  # a slow or busy machine; a quiet one needs ten
_MEND_SECONDS = 1.0
_LOOK_SECONDS = 0.3
_MOST_SAID = 1000
_DATABASE = "skranke"
_SANDBOX_DATABASE = "sandbox"


class DemoError(Exception):
    """The demo cannot start; the message says why and what to do, in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line asked for. `bus`: an address, or empty for the embedded bus."""

    data: Path
    port: int = 8000
    bus: str = ""
    external_helsenorge: bool = False


def run(options: Options) -> int:
    """Run the demo until it is told to stop; returns the exit status.

    Raises DemoError before anything was started when a port is taken or the options do not fit together.
    """
    if options.external_helsenorge and not options.bus:
        raise DemoError(
            "--helsenorge external needs a broker that the other program can reach too: add --bus amqp://..."
        )
    _check_ports(options.port)
    options.data.mkdir(parents=True, exist_ok=True)
    layout = Layout(options.data.resolve(), options.port)
    layout.contract_file.unlink(missing_ok=True)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    postgres = EmbeddedPostgres(layout.folder)
    children = Children(layout.logs)
    try:
        _say("Starting the database ...")
        postgres.start()
        _Start(options, layout, postgres, children, stopping).everything()
        while not stopping.wait(_MEND_SECONDS):
            children.mend()
    except _StoppedError:
        pass
    except (PostgresError, WireError, subprocess.CalledProcessError) as error:
        raise DemoError(f"{error} More is in the folder {layout.logs}.") from error
    finally:
        _say("Stopping ...")
        layout.contract_file.unlink(missing_ok=True)
        children.stop()
        postgres.stop()
    return 0


class _StoppedError(Exception):
    """Somebody asked for the end before the start was done."""


@dataclass(frozen=True, slots=True)
class _Start:
    """The steps of a start, in order."""

    options: Options
    layout: Layout
    postgres: EmbeddedPostgres
    children: Children
    stopping: threading.Event

    def everything(self) -> None:
        os.environ[clock.ENVIRONMENT_VARIABLE] = str(self.layout.clock_file)
        day = self._first_day()
        bus = self._bus()
        pki = make_pki(
            self.layout.pki,
            {"clinic": cast.CLINIC_NAME, "helsenorge": cast.HELSENORGE_NAME_LEVEL1}
            | {office.key: office.name for office in OFFICES},
            now=clock.now(),
        )
        _say("Bringing the databases up to date ...")
        world.write(self.layout.world_file, bus=bus, pki=pki, day=day, log_in=log_in.registration(self.layout))
        self._databases()
        _say("Filling the clinic ...")
        users = self._fill(bus, day)
        self._programs()
        self._wait_until_ready()
        _say("Reading the registers ...")
        for slug in (cast.CLINIC_SLUG, SECOND.slug):
            self._run(["-m", "skranke.cli.main", "registers", slug, "refresh"], self._environment("skranke_worker"))
        if not self.options.external_helsenorge:
            _say("The citizens write their first messages ...")
            self._sandbox_command("seed", "--messages")
        contract.write(
            self.layout.contract_file,
            layout=self.layout,
            bus=bus,
            pki=pki,
            users=users,
            links=seed.read_links(self.layout),
            grace=GRACE_SECONDS,
            day=day,
        )
        self._tell(users)

    def _first_day(self) -> date:
        """The day of the first start: the citizens were born relative to it."""
        path = self.layout.folder / "first-day"
        if not path.exists():
            path.write_text(clock.today().isoformat(), encoding="ascii")
        return date.fromisoformat(path.read_text(encoding="ascii").strip())

    def _bus(self) -> Bus:
        if not self.options.bus:
            return buses.embedded(self.postgres.dsn(), self.layout)
        bus, message = buses.prepare_broker(self.options.bus, self.layout)
        _say(message)
        return bus

    def _databases(self) -> None:
        secrets = self.layout.secrets
        admin = self.postgres.dsn()
        database.initialise(admin, _DATABASE, {role: secrets[role] for role in database.LOGINS})
        database.initialise_sandbox(admin, _SANDBOX_DATABASE, secrets["sandbox"])
        database.migrate(self.postgres.dsn(_DATABASE))
        self._run(["-m", "django", "migrate", "--verbosity", "0"], self._sandbox_environment())
        self._sandbox_command("seed")

    def _fill(self, bus: Bus, day: date) -> list[contract.User]:
        # Not on the command line: whoever lists the machine's programs could read the password.
        keep_private(self.layout.clinic_bus_file, bus.clinic_url)
        for key, url in bus.office_urls.items():
            keep_private(self.layout.bus_file(key), url)
        words = ["-m", "skranke.cli.demo.seed", str(self.layout.folder), str(self.layout.port), day.isoformat()]
        self._run(words, self._environment("skranke_web"))
        return seed.read_users(self.layout)

    def _programs(self) -> None:
        web, gateway = self._environment("skranke_web"), self._environment("skranke_gateway")
        sandbox = self._sandbox_environment()
        port = self.layout.port
        plans = (
            ("web", ["web", "--port", str(port)], web),
            ("live", ["live", "--port", str(port + 1)], web),
            ("gateway", ["gateway"], gateway),
            ("worker", ["worker"], self._environment("skranke_worker")),
            ("sandbox", ["sandbox", "web", "--port", str(port + 2)], sandbox),
            ("sandbox-bus", ["sandbox", "bus"], sandbox),
        )
        for name, words, environment in plans:
            self.children.start(name, [sys.executable, "-m", "skranke.cli.main", *words], environment)

    def _wait_until_ready(self) -> None:
        """Until every program answers; one that has died is started again, as it is later on."""
        deadline = time.monotonic() + _READY_SECONDS
        addresses = (f"{self.layout.public_url}/health", f"{self.layout.live_url}/health", self.layout.sandbox_url)
        waits = dict.fromkeys(addresses, "")
        while waits and time.monotonic() < deadline:
            if self.stopping.wait(_LOOK_SECONDS):
                raise _StoppedError
            self.children.mend()
            waits = {address: wrong for address in waits if (wrong := _what_is_wrong(address))}
        if waits:
            address, wrong = next(iter(waits.items()))
            raise DemoError(f"{address} was not ready within {_READY_SECONDS} s: {wrong}; see {self.layout.logs}.")

    def _environment(self, role: str) -> dict[str, str]:
        return {
            **_clean_environment(),
            "DJANGO_SETTINGS_MODULE": "skranke.config.settings",
            "SKRANKE_DATABASE_URL": self.postgres.dsn(_DATABASE, role, self.layout.secrets[role]),
            "SKRANKE_SECRET_KEY": self.layout.secrets["secret_key"],
            "SKRANKE_PUBLIC_URL": self.layout.public_url,
            "SKRANKE_LIVE_URL": self.layout.live_url,
            "SKRANKE_SECURE_COOKIES": "false",
            "SKRANKE_DEMO_LOGIN": "true",
            "SKRANKE_OPERATOR_PASSKEYS": "false",
            "SKRANKE_CERTIFICATE_POLICIES": POLICIES,
            "SKRANKE_ADDRESS_REGISTER_URL": f"{self.layout.sandbox_url}/registre/ar",
            "SKRANKE_PROFILE_REGISTER_URL": f"{self.layout.sandbox_url}/registre/cppa",
            "SKRANKE_GP_REGISTER_URL": f"{self.layout.sandbox_url}/registre/flr",
            "SKRANKE_PERSON_REGISTER_URL": f"{self.layout.sandbox_url}/registre/freg",
            "SKRANKE_REGISTERS_USER": cast.CLINIC_SLUG,
            "SKRANKE_REGISTERS_PASSWORD_FILE": str(self.layout.registers_password_file),
            "SKRANKE_CLOCK_FILE": str(self.layout.clock_file),
            "SKRANKE_HEALTH_DIRECTORY": str(self.layout.health),
            **log_in.settings(self.layout),
            clock.ENVIRONMENT_VARIABLE: str(self.layout.clock_file),
        }

    def _sandbox_environment(self) -> dict[str, str]:
        # The sandbox is a stranger: its own database and a file that tells it of the world, and nothing else of ours.
        return {
            **_clean_environment(),
            "DJANGO_SETTINGS_MODULE": "skranke.sandbox.settings",
            "SKRANKE_SANDBOX_DATABASE_URL": self.postgres.dsn(
                _SANDBOX_DATABASE, "sandbox", self.layout.secrets["sandbox"]
            ),
            "SKRANKE_SANDBOX_SECRET_KEY": self.layout.secrets["sandbox_secret_key"],
            "SKRANKE_SANDBOX_WORLD_FILE": str(self.layout.world_file),
            "SKRANKE_SANDBOX_REGISTERS_USER": cast.CLINIC_SLUG,
            "SKRANKE_SANDBOX_REGISTERS_PASSWORD_FILE": str(self.layout.registers_password_file),
            "SKRANKE_SANDBOX_URL": self.layout.sandbox_url,
            "SKRANKE_SANDBOX_EXTERNAL": "true" if self.options.external_helsenorge else "false",
            clock.ENVIRONMENT_VARIABLE: str(self.layout.clock_file),
        }

    def _sandbox_command(self, *words: str) -> None:
        self._run(["-m", "skranke.cli.main", "sandbox", *words], self._sandbox_environment())

    def _run(self, words: list[str], environment: Mapping[str, str]) -> None:
        if self.stopping.is_set():
            raise _StoppedError
        with (self.layout.logs / "start.log").open("ab") as log:
            subprocess.run(  # noqa: S603 - our own programs
                [sys.executable, *words], env=environment, check=True, stdout=log, stderr=log
            )

    def _tell(self, users: list[contract.User]) -> None:
        names = {worker.username: f"{worker.name}, {worker.role}" for worker in cast.WORKERS}
        lines = [
            "",
            f"Skranke is running. The clinic portal: {self.layout.public_url}/",
            f"The patient portal:                  {self.layout.public_url}/min/",
            f"The operator's pages:                {self.layout.public_url}/drift/",
            f"The HelseNorge sandbox:              {self.layout.sandbox_url}/",
            "",
            "Log in to the clinic portal as one of",
            *(f"  {names[user.username]}" for user in users),
            "",
            f"Everything for programs: {self.layout.contract_file}",
            "All persons are synthetic. Stop with Ctrl+C.",
        ]
        _say("\n".join(lines))


def _check_ports(port: int) -> None:
    for number in (port, port + 1, port + 2):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OSError as error:
                raise DemoError(
                    f"Port {number} is taken by another program: choose another with --port "
                    f"(the demo uses that one and the two after it)."
                ) from error


_NIGHTLY = "SKRANKE_STATUS_CHECK_HOUR"


def _clean_environment() -> dict[str, str]:
    """This process's environment without settings of another installation; the hour of the nightly check is the demo's.

    Who starts a demo at night, and wants it as it is by day, turns the check off.
    """
    ours = ("SKRANKE_", "DATABASE_URL")
    return {name: value for name, value in os.environ.items() if name == _NIGHTLY or not name.startswith(ours)}


def _what_is_wrong(address: str) -> str:
    """What stands in the way of an answer; empty when it is 200."""
    try:
        with urllib.request.urlopen(address, timeout=10):  # noqa: S310 - our own http address
            return ""
    except urllib.error.HTTPError as error:
        return error.read(_MOST_SAID).decode(errors="replace").strip() or str(error)
    except OSError as error:
        return str(error)


def _say(text: str) -> None:
    print(text, flush=True)
