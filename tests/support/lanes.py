"""The gateway's lanes as processes, on a test's clinic."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager


def environment(database, folder) -> dict[str, str]:
    return {
        **os.environ,
        "SKRANKE_DATABASE_URL": database.dsn("skranke_gateway"),
        "SKRANKE_HEALTH_DIRECTORY": str(folder),
        "SKRANKE_LOG_LEVEL": os.environ.get("LANE_LOG", "ERROR"),
    }


def lane(office, database, folder, name, number=1, **variables) -> "subprocess.Popen[bytes]":
    """One lane; variables: what its environment has besides."""
    command = [sys.executable, "-m", "skranke.gateway.lane", name, str(number), f"--clinic={office.cast.clinic.id}"]
    return subprocess.Popen(command, env=environment(database, folder) | variables)


@contextmanager
def gateway(office, database, folder):
    """The supervisor with all lanes, in a process of its own."""
    program = (
        "from uuid import UUID; from skranke.gateway import supervisor; "
        f"supervisor.run(clinics=[UUID('{office.cast.clinic.id}')])"
    )
    process = subprocess.Popen([sys.executable, "-c", program], env=environment(database, folder))
    try:
        yield process
    finally:
        process.kill() if process.poll() is None else None
        process.wait()


def until(found, *, seconds=60):
    """What `found` gives, once it gives something."""
    deadline = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
    return result
