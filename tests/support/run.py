"""What one run of the tests owns, so that nothing of it stays: a mark in every name, and one folder for every file.

Databases, roles and virtual hosts get the run's mark in their names, and processes in their environment. The process
that was started by hand takes away what is left at the end, also after an interrupt or a crashed worker; what a run
that was killed left on this machine is taken away by the next one.
"""

import fcntl
import os
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO
from uuid import uuid4

import psycopg

RUN = "SKRANKE_TEST_RUN"
PREFIX = "skranke-tests-"
_PATIENCE = 5.0


def mark() -> str:
    """A part for names of databases, roles and virtual hosts that no other test uses, and that tells the run."""
    return f"{os.environ.get(RUN, 'lone')}{uuid4().hex[:6]}"


def spare_the_disk(admin_dsn: str, database: str) -> None:
    """Let a database of the run's own not wait for the disk at each commit.

    What is committed is seen by others all the same; only a crash of the server could lose it, and no test crashes it.
    """
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{database}" SET synchronous_commit = off')


class Run:
    """One run: its mark, and its folder, in which every temporary file of it lies."""

    def __init__(self) -> None:
        self.mark = uuid4().hex[:8]
        self._base = Path(tempfile.gettempdir())
        self._lock: IO[str] | None = None
        self._before: dict[str, str | None] = {}

    @property
    def folder(self) -> Path:
        return self._base / f"{PREFIX}{self.mark}"

    def begin(self) -> list[Path]:
        """Make the folder and tell the environment; gives folders of dead runs, to be cleared and deleted."""
        dead = _dead_runs(self._base)
        self._lock = _locked(_lock_of(self.folder))
        # An embedded server that runs as another user must get through.
        self.folder.mkdir()
        self.folder.chmod(0o755)
        files = self.folder / "tmp"
        files.mkdir()
        self._before = {name: os.environ.get(name) for name in (RUN, "TMPDIR")}
        os.environ |= {RUN: self.mark, "TMPDIR": str(files)}
        tempfile.tempdir = None
        return dead

    def end(self) -> None:
        """End processes that are left and delete the folder; does nothing for a run that did not begin."""
        if self._lock is None:
            return
        end_processes(self.mark)
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        tempfile.tempdir = None
        forget(self.folder)
        self._lock.close()
        self._lock = None


def mark_of(folder: Path) -> str:
    """The mark of the run whose folder this is."""
    return folder.name.removeprefix(PREFIX)


def forget(folder: Path) -> None:
    """Delete a run's folder and its lock."""
    shutil.rmtree(folder, ignore_errors=True)
    _lock_of(folder).unlink(missing_ok=True)


def end_processes(of: str) -> list[int]:
    """End every process that was started with this run's mark in its environment, but not this one; their ids."""
    found = _processes(of)
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for pid in _processes(of):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, sign)
        deadline = time.monotonic() + _PATIENCE
        while _processes(of) and time.monotonic() < deadline:
            time.sleep(0.05)
    return found


def drop_names(admin_dsn: str, of: str) -> None:
    """Drop every database and role with this run's mark in its name."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        pattern = f"%{of}%"
        for (name,) in connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern]
        ).fetchall():
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        for (name,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", [pattern]).fetchall():
            connection.execute(f'DROP ROLE IF EXISTS "{name}"')


def _processes(of: str) -> list[int]:
    needle, found = f"{RUN}={of}".encode(), []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int(place.name) != os.getpid() and needle in (place / "environ").read_bytes().split(b"\0"):
                found.append(int(place.name))
    return found


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def _locked(path: Path) -> IO[str] | None:
    """The file, held for as long as it is open; None when a living run holds it, or when it is another user's."""
    try:
        file = path.open("a")
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def _dead_runs(base: Path) -> list[Path]:
    found = []
    for lock in base.glob(f"{PREFIX}*.lock"):
        if (file := _locked(lock)) is not None:
            file.close()
            found.append(lock.with_suffix(""))
    return found
