"""Bookings a second, with every rule, log, audit and outbox row in the commit (goals G5 and G6)."""

import itertools
import os
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from skranke.cli.bench import limits, world
from skranke.cli.bench.crowd import spans, together
from skranke.cli.bench.figures import Options, WrongAnswerError, limit, rates, tell
from skranke.cli.bench.place import Place
from skranke.cli.bench.visitor import Client
from skranke.cli.bench.world import World
from skranke.identity.services import issue_token
from skranke.kernel.actor import Actor
from skranke.patients.models import Patient
from skranke.scheduling.models import BookedThrough
from skranke.scheduling.services import book
from skranke.tenancy.work import acting

_CALENDARS, _WEEKS, _A_DAY = 10, 24, 32
_HTTP_CLIENTS = 16
_WEB_WORKERS = 2
_SECONDS = 2.0
_CREATED = 201
_ROWS = """
    SELECT (SELECT count(*) FROM scheduling_appointment), (SELECT count(*) FROM scheduling_occupancy),
           (SELECT count(DISTINCT slot_id) FROM scheduling_appointment),
           (SELECT count(*) FROM scheduling_appointmentevent WHERE kind = 'booked'),
           (SELECT count(*) FROM audit_auditevent WHERE action = 'appointment.booked'),
           (SELECT count(*) FROM outbox_outboxitem WHERE intent = 'appointment_push')
"""


def run(place: Place, options: Options) -> None:
    """Book with one worker, with eight, and over HTTP; every confirmation must have its rows."""
    made = world.build(gps=_CALENDARS, weeks=_WEEKS, slots_a_day=_A_DAY, patients=20)
    stock = _Stock(made)
    told = 0
    for clients in (1, 8):
        rows = [limits.raw_bookings(place.database_dsn, clients=clients, seconds=1.0) for _ in range(options.runs)]
        raw = rates(rows, "bookings/s")
        found = [_booked(place, made, stock, clients) for _ in range(options.runs)]
        told += sum(one.count for one in found)
        figures = rates([one.rate for one in found], "bookings/s")
        tell(
            "booking",
            f"in process, {clients} worker{'s' if clients > 1 else ''}",
            figures,
            **_costs(found),
            **limit("raw constraint insert, one commit each", raw, of=figures["median"]),
        )
        if clients == 1:
            one_raw = raw
    told += _over_http(place, made, stock, options, one_raw)
    _check(place, told)


class _Run:
    """One run: how many were confirmed, how fast, and the CPU each took in client and database."""

    def __init__(self, count: int, seconds: float, client_cpu: float, database_cpu: float) -> None:
        self.count, self.rate = count, count / seconds
        self.client_ms, self.database_ms = 1000 * client_cpu / count, 1000 * database_cpu / count


class _Stock:
    """Free slots, each handed out once."""

    def __init__(self, made: World) -> None:
        with acting(made.actor):
            rows = [list(one.slots.filter(type=made.types[0]).values_list("id", flat=True)) for one in made.schedules]
        mixed = itertools.chain.from_iterable(itertools.zip_longest(*rows))
        self._free = [one for one in mixed if one is not None]

    def take(self, count: int) -> Sequence[UUID]:
        """So many slots nobody has had. Raises RuntimeError when they are used up."""
        if len(self._free) < count:
            raise RuntimeError("The schedules are full: ask for fewer runs.")
        taken, self._free = self._free[:count], self._free[count:]
        return taken

    def left(self) -> int:
        """How many are free."""
        return len(self._free)


def _each(stock: _Stock, clients: int, most: int) -> list[Sequence[UUID]]:
    return [stock.take(most // clients) for _ in range(clients)]


def _booked(place: Place, made: World, stock: _Stock, clients: int) -> _Run:
    """The same number of bookings in every run, shared by the workers."""
    mine = _each(stock, clients, 160)
    actor, patients = made.actor, [one for group in made.patients for one in group]

    def work(number: int) -> tuple[float, float, float, int]:
        return _book_all(actor, mine[number], patients, number)

    def ready(_number: int) -> None:
        connection.ensure_connection()

    before = place.server_cpu()
    found = together(work, clients, ready=ready)
    database = place.server_cpu() - before
    return _run_of(found, database)


def _run_of(found: list[tuple[float, float, float, int]], database_cpu: float) -> _Run:
    taken = spans([(begin, end) for begin, end, *_ in found])
    return _Run(sum(one[3] for one in found), taken, sum(one[2] for one in found), database_cpu)


def _book_all(
    actor: Actor, slots: Sequence[UUID], patients: Sequence[Patient], number: int
) -> tuple[float, float, float, int]:
    start, used = time.monotonic(), time.process_time()
    for turn, slot_id in enumerate(slots):
        with acting(actor):
            book(
                slot_id=slot_id,
                patient=patients[(number * 31 + turn) % len(patients)],
                through=BookedThrough.PORTAL,
                comment="Øreverk",
            )
    return start, time.monotonic(), time.process_time() - used, len(slots)


def _costs(found: Sequence[_Run]) -> dict[str, Any]:
    return {
        "client_cpu_ms": rates([one.client_ms for one in found], "ms")["median"],
        "database_cpu_ms": rates([one.database_ms for one in found], "ms")["median"],
    }


def _over_http(place: Place, made: World, stock: _Stock, options: Options, raw: dict[str, Any]) -> int:
    with acting(made.actor):
        token = issue_token("bench", made.clinic.id, made.gps[0].id, ("read", "write"))
    port = place.start_web(workers=_WEB_WORKERS)
    with Client(port) as first:
        first.wait()
    patients = [str(one.id) for group in made.patients for one in group]
    _post(port, token, stock.take(2 * _WEB_WORKERS), patients, 0)
    found = []
    for _ in range(options.runs):
        mine = _each(stock, _HTTP_CLIENTS, 320)
        found.append(_http_run(place, _poster(port, token, mine, patients)))
    figures = rates([one.rate for one in found], "bookings/s")
    tell(
        "booking",
        f"over HTTP (REST), {_HTTP_CLIENTS} clients, {_WEB_WORKERS} web processes of {os.cpu_count()} cores",
        figures,
        web_cpu_ms=rates([one.web_ms for one in found], "ms")["median"],
        **_costs(found),
        **limit("raw constraint insert, 1 client", raw, of=figures["median"]),
    )
    return sum(one.count for one in found) + 2 * _WEB_WORKERS


class _HttpRun(_Run):
    web_ms = 0.0


def _http_run(place: Place, work: Callable[[int], tuple[float, float, float, int]]) -> _HttpRun:
    before, web = place.server_cpu(), place.cpu_of("web")
    found = together(work, _HTTP_CLIENTS)
    database, served = place.server_cpu() - before, place.cpu_of("web") - web
    taken = spans([(begin, end) for begin, end, *_ in found])
    made = _HttpRun(sum(one[3] for one in found), taken, sum(one[2] for one in found), database)
    made.web_ms = 1000 * served / made.count
    return made


def _poster(
    port: int, token: str, mine: list[Sequence[UUID]], patients: Sequence[str]
) -> Callable[[int], tuple[float, float, float, int]]:
    return lambda number: _post(port, token, mine[number], patients, number)


def _post(
    port: int, token: str, slots: Sequence[UUID], patients: Sequence[str], number: int
) -> tuple[float, float, float, int]:
    with Client(port, token) as client:
        start, used = time.monotonic(), time.process_time()
        for turn, slot_id in enumerate(slots):
            patient = patients[(number * 31 + turn) % len(patients)]
            status, answer = client.post_json(
                "/api/v1/appointments", {"slot_id": str(slot_id), "patient_id": patient, "comment": "Øreverk"}
            )
            if status != _CREATED:
                raise WrongAnswerError(f"a free slot was refused: {status} {answer}")
        return start, time.monotonic(), time.process_time() - used, len(slots)


def _check(place: Place, told: int) -> None:
    """Every confirmation has one appointment, time, slot, log entry, audit row and outbox row, and nothing is over."""
    with psycopg.connect(place.database_dsn) as raw:
        rows = raw.execute(_ROWS).fetchone()
    if rows != (told,) * 6:
        raise WrongAnswerError(f"{told} confirmations, but rows {rows}")
    tell("booking", "confirmations with all their rows", {"unit": "bookings", "median": told})
