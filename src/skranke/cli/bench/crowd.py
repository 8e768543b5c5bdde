"""Many clients at once: forked processes that begin together and tell what they found."""

import multiprocessing
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from django.db import connections

_PATIENCE = 600
_fork = multiprocessing.get_context("fork")


def together(work: Callable[[int], Any], clients: int, *, ready: Callable[[int], Any] | None = None) -> list[Any]:
    """Run work(number) in `clients` processes that begin at the same moment; what each gave, in order.

    ready: called first, outside the measured time, such as to open a connection. Raises RuntimeError when a client
    fails.
    """
    connections.close_all()
    start = _fork.Barrier(clients)
    pipes, processes = [], []
    for number in range(clients):
        ours, theirs = _fork.Pipe(duplex=False)
        process = _fork.Process(target=_client, args=(work, number, ready, start, theirs))
        process.start()
        theirs.close()
        pipes.append(ours)
        processes.append(process)
    found = [_result(pipe) for pipe in pipes]
    for process in processes:
        process.join()
    return found


def spans(found: Sequence[tuple[float, float]]) -> float:
    """From the first client's begin to the last one's end, in seconds."""
    return max(end for _, end in found) - min(begin for begin, _ in found)


def _client(
    work: Callable[[int], Any],
    number: int,
    ready: Callable[[int], Any] | None,
    start: Barrier,
    pipe: Connection,
) -> None:
    try:
        if ready is not None:
            ready(number)
        start.wait(_PATIENCE)
        pipe.send((True, work(number)))
    except BaseException as error:  # the parent must not wait for ever
        start.abort()
        pipe.send((False, repr(error)))
        raise
    finally:
        pipe.close()
        connections.close_all()


def _result(pipe: Connection) -> Any:
    try:
        good, value = pipe.recv()
    except EOFError:
        good, value = False, "it ended without a word"
    if not good:
        raise RuntimeError(f"A client failed: {value}")
    return value


def clocked(work: Callable[[], Any]) -> tuple[float, float, float, Any]:
    """Begin, end (of a clock all processes share), CPU seconds, and the value of `work`."""
    began, used = time.monotonic(), time.process_time()
    value = work()
    return began, time.monotonic(), time.process_time() - used, value
