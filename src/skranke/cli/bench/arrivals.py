"""How soon a message is seen: at a steady pace (goal G9), and one with 12 MiB of attachments (goal G10).

A message is seen when an open inbox is told of its thread, which is at the commit that stores it.
"""

import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from skranke.cli.bench import limits
from skranke.cli.bench.figures import Options, Sample, WrongAnswerError, limit, milliseconds, percentiles, tell
from skranke.cli.bench.helsenorge import HelseNorge
from skranke.cli.bench.place import Place
from skranke.cli.bench.world import World
from skranke.standards.msghead import Attachment
from skranke.tenancy.live import CHANNEL
from skranke.wire.transport import OutgoingMessage, Transport

_PACE = 100
_PACED_SECONDS = 10
_PATIENCE = 120.0
_PARTS = 2
_TOTAL = 12 * 1024 * 1024
_MEGABYTE = 1_000_000
_RESET_PEAK = "5"
_CONVERSATIONS = "SELECT id, conversation FROM dialog_thread WHERE id = ANY(%s)"
_THREADS = "SELECT count(*) FROM dialog_thread WHERE conversation = ANY(%s)"


class _Inbox:
    """Listens to what an open inbox is told. seen: the instant of each thread's first announcement."""

    def __init__(self, dsn: str) -> None:
        self.seen: dict[UUID, float] = {}
        self.dsn = dsn
        self._stop = threading.Event()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        self._listening.wait()

    def _listen(self) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as raw:
            raw.execute(f"LISTEN {CHANNEL}".encode())
            self._listening.set()
            while not self._stop.is_set():
                for notice in raw.notifies(timeout=0.2):
                    told = json.loads(notice.payload)
                    if told["kind"] == "thread":
                        self.seen.setdefault(UUID(told["id"]), time.perf_counter())

    def wait(self, count: int) -> None:
        """Until so many threads were announced."""
        deadline = time.monotonic() + _PATIENCE
        while len(self.seen) < count:
            if time.monotonic() > deadline:
                raise WrongAnswerError(f"{len(self.seen)} of {count} messages were seen")
            time.sleep(0.002)

    def conversations(self) -> Mapping[str, float]:
        """The same by the MsgId that began the thread."""
        with psycopg.connect(self.dsn) as raw:
            rows = raw.execute(_CONVERSATIONS, (list(self.seen),)).fetchall()
        return {conversation: self.seen[thread_id] for thread_id, conversation in rows}

    def close(self) -> None:
        self._stop.set()
        self._thread.join()


@contextmanager
def _inbox(dsn: str) -> Iterator[_Inbox]:
    made = _Inbox(dsn)
    try:
        yield made
    finally:
        made.close()


def paced(place: Place, transport: Transport, other: HelseNorge, made: World, floor: dict[str, Any]) -> None:
    """G9: 100 messages a second for ten seconds, whatever the lanes make of it."""
    prepared = dict(_prepared(other, made, _PACE * _PACED_SECONDS))
    handed: dict[str, float] = {}
    with _inbox(place.database_dsn) as inbox:
        began = time.perf_counter()
        for number, (msg_id, message) in enumerate(prepared.items()):
            time.sleep(max(0.0, began + number / _PACE - time.perf_counter()))
            handed[msg_id] = time.perf_counter()
            transport.send(message)
        ended = time.perf_counter()
        inbox.wait(len(prepared))
        seen = inbox.conversations()
    _once_each(place, prepared)
    figures = percentiles(Sample([seen[msg_id] - handed[msg_id] for msg_id in prepared]))
    alone = {"unit": "ms", "median": round(1000 / floor["median"], 3)}
    tell(
        "pipeline",
        f"queue to inbox at {_PACE} messages a second, two async lanes",
        figures,
        goal="G9",
        sent_a_second=round(len(prepared) / (ended - began), 1),
        last_seen_after_ms=round(1000 * (max(seen.values()) - ended)),
        **limit("C crypto of message and receipt, one core", alone, of=figures["median"]),
    )


def large(place: Place, transport: Transport, other: HelseNorge, made: World, options: Options) -> None:
    """G10: one after the other into an idle lane; memory is the highest above what the lane held before the first."""
    alone = milliseconds(limits.large(runs=options.runs))
    lane = place.children.pid_of("lane-async")
    before, waits, peaks, msg_ids = _memory(lane, "VmRSS"), [], [], []
    for number in range(options.runs):
        document = other.e_consultation(made.patients[0][number], 0, attachments=_attachments())
        message = other.sealed(document)
        _forget_peak(lane)
        with _inbox(place.database_dsn) as inbox:
            began = time.perf_counter()
            transport.send(message)
            inbox.wait(1)
            waits.append(next(iter(inbox.seen.values())) - began)
        peaks.append(_memory(lane, "VmHWM") - before)
        msg_ids.append(document.info.msg_id)
    _once_each(place, msg_ids)
    figures = milliseconds(Sample(waits))
    tell(
        "pipeline",
        "12 MiB of attachments, from handing over to the inbox",
        figures,
        goal="G10",
        extra_memory_mb=round(max(peaks) / _MEGABYTE, 1),
        extra_memory_first_mb=round(peaks[0] / _MEGABYTE, 1),
        wire_mb=round(len(message.body) / _MEGABYTE, 1),
        **limit("C crypto of opening it, one core", alone, of=figures["median"]),
    )


def _prepared(other: HelseNorge, made: World, count: int) -> Iterator[tuple[str, OutgoingMessage]]:
    for turn in range(count):
        gp = turn % len(made.gps)
        document = other.e_consultation(made.patients[gp][turn % len(made.patients[gp])], gp)
        yield document.info.msg_id, other.sealed(document)


def _attachments() -> tuple[Attachment, ...]:
    return tuple(
        Attachment(
            content=b"%PDF-1.4\n" + os.urandom(_TOTAL // _PARTS - 9),
            mime_type="application/pdf",
            description=f"Vedlegg {number + 1}",
            issued="2026-11-23T08:00:00Z",
        )
        for number in range(_PARTS)
    )


def _once_each(place: Place, msg_ids: Mapping[str, object] | list[str]) -> None:
    with psycopg.connect(place.database_dsn) as raw:
        row = raw.execute(_THREADS, (list(msg_ids),)).fetchone()
    if row is None or row[0] != len(msg_ids):
        raise WrongAnswerError(f"{len(msg_ids)} messages, but {row and row[0]} threads")


def _forget_peak(pid: int) -> None:
    with suppress(OSError):  # where the kernel does not let us, the peak only grows
        Path(f"/proc/{pid}/clear_refs").write_text(_RESET_PEAK)


def _memory(pid: int, field: str) -> int:
    """A line of the process's status, in bytes: VmRSS now, VmHWM at the most."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    return 0
