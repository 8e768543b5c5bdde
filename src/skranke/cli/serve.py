"""Serve one of the web programs with granian."""

import argparse

from granian import Granian
from granian.constants import Interfaces

_THREADS = 8  # a request waits mostly for the database


def serve(options: argparse.Namespace, interface: str, target: str) -> int:
    """Serve until told to stop. `options`: host, port, workers."""
    server = Granian(
        target,
        address=options.host,
        port=options.port,
        interface=Interfaces(interface),
        workers=options.workers,
        blocking_threads=_THREADS if interface == "wsgi" else None,
        websockets=False,
        log_access=False,
    )
    server.serve()
    return 0
