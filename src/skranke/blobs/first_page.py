"""The first page of a PDF as a picture, made by a process of its own (CMP-10)."""

import subprocess
import sys
import threading
from pathlib import Path

_PROGRAM = Path(__file__).with_name("page_renderer.py")
_PNG = b"\x89PNG"
_PATIENCE_SECONDS = 8.0
_MOST_AT_ONCE = threading.BoundedSemaphore(2)
"""Pages that one process of ours lets be made at once: the machine is for those who work at it."""
_LONGEST_WAIT_SECONDS = 4.0


def first_page(content: bytes) -> bytes | None:
    """A PNG of the first page of a PDF; None for what cannot be shown, or not in time.

    content: what somebody sent, whatever it is. It is opened by `page_renderer` alone, which has bounds of its own and
    is ended after some seconds. Call it outside a unit of work: no transaction waits for it.
    """
    if not _MOST_AT_ONCE.acquire(timeout=_LONGEST_WAIT_SECONDS):
        return None
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-I", str(_PROGRAM)],
            input=content,
            capture_output=True,
            env={},
            cwd="/",
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    finally:
        _MOST_AT_ONCE.release()
    return done.stdout if done.returncode == 0 and done.stdout.startswith(_PNG) else None
