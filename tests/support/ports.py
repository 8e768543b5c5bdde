"""Ports for servers that tests start: below those the machine gives to outgoing connections, which come and go."""

import random
import socket
from contextlib import suppress

_FROM, _TO = 10_000, 32_000
_random = random.SystemRandom()


def free_ports(count: int) -> int:
    """The first of `count` ports in a row that nobody uses."""
    while True:
        port = _random.randrange(_FROM, _TO - count)
        if all(_is_free(number) for number in range(port, port + count)):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False
