"""The `openssl` command: a stranger that judges what our own code has made. A bare machine may not have it."""

import shutil
import subprocess
from pathlib import Path

import pytest

PROGRAM = shutil.which("openssl")
NEEDED = "needs the openssl command"


def openssl(*arguments: str | Path, data: bytes = b"") -> bytes:
    """What the command prints; the test is skipped where there is none, and fails when the command refuses."""
    if PROGRAM is None:
        pytest.skip(NEEDED)
    done = subprocess.run([PROGRAM, *map(str, arguments)], input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
