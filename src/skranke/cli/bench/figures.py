"""What a measurement says: medians with minimum and maximum, beside a limit of the same run, one JSON object each."""

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

RUNS = 5
_TICKS = os.sysconf("SC_CLK_TCK")


class WrongAnswerError(Exception):
    """The thing measured gave a wrong answer: its speed says nothing."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asked for. runs: of each measurement; bus: a broker's address; empty: the embedded bus."""

    runs: int = RUNS
    messages: int = 10_000
    questions: int = 100
    threads: int = 10_000
    rows: int = 200_000
    clients: int = 8
    seconds: float = 4.0
    bus: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """Some runs of one thing: seconds each, by the wall clock and of this process's CPU."""

    wall: Sequence[float]
    cpu: Sequence[float] = ()

    @property
    def middle(self) -> float:
        """The median, in seconds."""
        return median(self.wall)


def sampled(work: Callable[[], object], runs: int) -> Sample:
    """Run `work` `runs` times."""
    wall, cpu = [], []
    for _ in range(runs):
        began, used = time.perf_counter(), time.process_time()
        work()
        cpu.append(time.process_time() - used)
        wall.append(time.perf_counter() - began)
    return Sample(wall, cpu)


def milliseconds(sample: Sample) -> dict[str, Any]:
    """A sample's figures in milliseconds."""
    figures: dict[str, Any] = {"unit": "ms", "runs": len(sample.wall), **_spread([1000 * one for one in sample.wall])}
    if sample.cpu:
        figures["cpu_median"] = _round(1000 * median(sample.cpu))
    return figures


def rates(values: Iterable[float], unit: str) -> dict[str, Any]:
    """Figures of a number per second."""
    found = list(values)
    return {"unit": unit, "runs": len(found), **_spread(found)}


def percentiles(sample: Sample) -> dict[str, Any]:
    """Median, 99th percentile, minimum and maximum of single waits, in milliseconds."""
    figures = milliseconds(sample)
    cuts = quantiles(sample.wall, n=100, method="inclusive")
    return {**figures, "p95": _round(1000 * cuts[94]), "p99": _round(1000 * cuts[98])}


def tell(bench: str, measure: str, figures: dict[str, Any], **more: Any) -> None:
    """Print one measurement. `load` is the machine's load average of the last minute: others may be at work on it."""
    row = {"bench": bench, "measure": measure, **figures, **more, "load": _round(os.getloadavg()[0])}
    print(json.dumps(row, ensure_ascii=False), flush=True)


def limit(what: str, figures: dict[str, Any], *, of: float) -> dict[str, Any]:
    """A limit of the same run, and what share of it `of` (a median in the same unit) reaches.

    Of rates the share is measure / limit; of times it is how many times the limit's time was needed.
    """
    name = "times_the_limit" if figures["unit"] in {"ms", "us"} else "share_of_limit"
    return {"limit": {"what": what, **figures}, name: _round(of / figures["median"])}


def cpu_seconds(*roots: int) -> float:
    """CPU time that processes and all their descendants have used so far, in seconds; 0 where nobody tells."""
    used: dict[int, float] = {}
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(entry.parent.name)
        parents[pid] = int(fields[1])
        used[pid] = sum(int(one) for one in fields[11:15]) / _TICKS
    return sum(seconds for pid, seconds in used.items() if _descends(pid, roots, parents))


def _descends(pid: int, roots: Sequence[int], parents: Mapping[int, int]) -> bool:
    while pid and pid not in roots:
        pid = parents.get(pid, 0)
    return pid != 0


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": _round(median(values)), "min": _round(min(values)), "max": _round(max(values))}


def _round(value: float) -> float:
    return float(f"{value:.4g}")
