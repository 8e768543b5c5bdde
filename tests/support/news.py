"""What open pages are told of while something is done."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from typing import Any

import psycopg


@contextmanager
def news(dsn: str) -> Iterator[list[dict[str, Any]]]:
    """The events of all clinics that are committed during the block, there when it has ended."""
    heard: list[dict[str, Any]] = []
    with psycopg.connect(dsn, autocommit=True) as listener:
        listener.execute("LISTEN skranke_live")
        yield heard
        # News come in the order of the commits: after our own word nothing more of the block is on its way.
        with psycopg.connect(dsn, autocommit=True) as last:
            last.execute("SELECT pg_notify('skranke_live', '{}')")
        heard += takewhile(bool, (json.loads(one.payload) for one in listener.notifies(timeout=60)))
