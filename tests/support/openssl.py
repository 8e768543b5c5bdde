"""The `openssl` command: a stranger that judges what our own code has made. A bare machine may not have it."""

import shutil
import subprocess
from pathlib import Path

import pytest

PROGRAM = shutil.which("openssl")
NEEDED = "needs the openssl command"


def needed() -> None:
    """Skip the test where there is no such command; for what is asked of it in another thread, where nothing skips."""
    if PROGRAM is None:
        pytest.skip(NEEDED)


def openssl(*arguments: str | Path, data: bytes = b"") -> bytes:
    """What the command prints; the test is skipped where there is none, and fails when the command refuses."""
    needed()
    done = subprocess.run([str(PROGRAM), *map(str, arguments)], input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
