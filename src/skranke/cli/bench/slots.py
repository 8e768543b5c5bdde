"""The question for free slots: 10 calendars, 8 weeks, 20 slots a day, 30 % booked, every rule on (goals G1 to G3)."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import psycopg
from django.db import connection

from skranke.cli.bench import limits, world
from skranke.cli.bench.crowd import spans, together
from skranke.cli.bench.figures import Options, WrongAnswerError, limit, milliseconds, rates, sampled, tell
from skranke.cli.bench.place import Place
from skranke.cli.bench.visitor import Client
from skranke.cli.bench.world import World
from skranke.identity.services import issue_token
from skranke.kernel import clock
from skranke.scheduling.models import Schedule
from skranke.scheduling.queries import offered_slots
from skranke.scheduling.values import OfferAudience
from skranke.tenancy.work import acting

_CALENDARS, _WEEKS, _A_DAY, _BOOKED = 10, 8, 20, 0.3
_CLIENTS = 4
_ROWS = """
    SELECT s.id, s.schedule_id, extract(epoch FROM s.starts)::bigint, extract(epoch FROM s.ends)::bigint,
           t.bookable_online
      FROM scheduling_slot s JOIN scheduling_appointmenttype t ON t.id = s.type_id
     WHERE s.state = 'open' AND s.starts >= %s AND s.starts < %s
"""
_TAKEN = """
    SELECT schedule_id, extract(epoch FROM starts)::bigint, extract(epoch FROM ends)::bigint
      FROM scheduling_occupancy
"""


def run(place: Place, options: Options) -> None:
    """Ask in process and over HTTP, and compare every answer with the oracle's."""
    made = world.build(gps=_CALENDARS, weeks=_WEEKS, slots_a_day=_A_DAY, patients=2, booked=_BOOKED)
    whole = clock.now(), clock.now() + timedelta(weeks=_WEEKS + 1)
    monday = _first_morning(made)
    day = monday, monday + timedelta(days=1)
    expected = oracle(place.database_dsn, *whole)
    plain, integer_slots = _plain(place.database_dsn, whole)
    floor = milliseconds(sampled(plain, max(options.runs, 15)))
    _in_process(made, whole, options, expected, floor)
    _one_day(made, day, options, place)
    _over_http(place, made, whole, day, options, expected, floor)
    tell("slots", "size", {"unit": "slots", "slots": made.slots, "online": integer_slots, "offered": len(expected)})


def oracle(dsn: str, start: datetime, end: datetime) -> set[UUID]:
    """The offer by brute force, with none of the product's code: every slot against every time in use."""
    with psycopg.connect(dsn) as raw:
        rows = raw.execute(_ROWS, (start, end)).fetchall()
        taken: dict[UUID, list[tuple[int, int]]] = {}
        for schedule_id, begins, ends in raw.execute(_TAKEN).fetchall():
            taken.setdefault(schedule_id, []).append((begins, ends))
    earliest = clock.now().timestamp() + 2 * 3600  # the clinic's deadline of two hours
    return {
        slot_id
        for slot_id, schedule_id, begins, ends, online in rows
        if online
        and begins >= earliest
        and all(ends <= used[0] or used[1] <= begins for used in taken.get(schedule_id, ()))
    }


def _plain(dsn: str, whole: tuple[datetime, datetime]) -> tuple[Callable[[], int], int]:
    with psycopg.connect(dsn) as raw:
        rows = [row for row in raw.execute(_ROWS, whole).fetchall() if row[4]]
        busy = raw.execute(_TAKEN).fetchall()
    place = {schedule_id: number for number, schedule_id in enumerate(sorted({row[1] for row in rows}))}
    slots = sorted((place[schedule_id], begins, ends) for _, schedule_id, begins, ends, _ in rows)
    used = sorted((place[schedule_id], begins, ends) for schedule_id, begins, ends in busy if schedule_id in place)
    now = int(clock.now().timestamp())
    return (lambda: limits.integers(slots, used, now)), len(slots)


def _ask(made: World, span: tuple[datetime, datetime], schedule: Schedule | None = None) -> set[UUID]:
    with acting(made.actor):
        found = offered_slots(
            audience=OfferAudience.PORTAL,
            patient=made.patients[0][0],
            start=span[0],
            end=span[1],
            schedule=schedule or made.schedules,
        )
    return {one.id for one in found}


def _in_process(
    made: World, whole: tuple[datetime, datetime], options: Options, expected: set[UUID], floor: dict[str, Any]
) -> None:
    connection.close()
    cold = sampled(lambda: _ask(made, whole), 1)
    if _ask(made, whole) != expected:
        raise WrongAnswerError("the offer is not the oracle's")
    warm = sampled(lambda: _ask(made, whole), max(options.runs, 15))
    figures = milliseconds(warm)
    tell(
        "slots",
        "whole question in process",
        figures,
        cold=milliseconds(cold)["median"],
        **limit("plain Python on integers", floor, of=figures["median"]),
    )


def _one_day(made: World, day: tuple[datetime, datetime], options: Options, place: Place) -> None:
    expected = oracle(place.database_dsn, *day)
    own = {one for one in expected if one in _of_schedule(place.database_dsn, made.schedules[0].id)}
    if _ask(made, day, made.schedules[0]) != own:
        raise WrongAnswerError("the day's offer is not the oracle's")
    figures = milliseconds(sampled(lambda: _ask(made, day, made.schedules[0]), 20 * options.runs))
    trip = milliseconds(sampled(_round_trip, 20 * options.runs))
    tell("slots", "one calendar-day in process", figures, **limit("SELECT 1", trip, of=figures["median"]))


def _over_http(
    place: Place,
    made: World,
    whole: tuple[datetime, datetime],
    day: tuple[datetime, datetime],
    options: Options,
    expected: set[UUID],
    floor: dict[str, Any],
) -> None:
    with acting(made.actor):
        token = issue_token("bench", made.clinic.id, made.gps[0].id, ("read", "write"))
    port = place.start_web(workers=2)
    with Client(port) as first:
        first.wait()
    asked = {"audience": "portal", "patient": str(made.patients[0][0].id)}
    wide = {**asked, "from": whole[0].isoformat(), "to": whole[1].isoformat()}
    narrow = {**asked, "from": day[0].isoformat(), "to": day[1].isoformat(), "schedule": str(made.schedules[0].id)}
    with Client(port, token) as client:
        cold = sampled(lambda: client.get_json("/api/v1/slots", **wide), 1)
        if {UUID(one["id"]) for one in client.get_json("/api/v1/slots", **wide)["items"]} != expected:
            raise WrongAnswerError("the offer over HTTP is not the oracle's")
        figures = milliseconds(sampled(lambda: client.ask("GET", _address(wide)), max(options.runs, 15)))
        tell(
            "slots",
            "whole question over HTTP",
            figures,
            cold=milliseconds(cold)["median"],
            **limit("plain Python on integers", floor, of=figures["median"]),
        )
        day_figures = milliseconds(sampled(lambda: client.ask("GET", _address(narrow)), 20 * options.runs))
        bare = milliseconds(sampled(lambda: client.ask("GET", "/api/v1/nothing"), 20 * options.runs))
        tell(
            "slots",
            "one calendar-day over HTTP",
            day_figures,
            **limit("an address that does not exist", bare, of=day_figures["median"]),
        )
    found = [_many(port, token, _address(wide), options.seconds) for _ in range(max(5, options.runs))]
    tell("slots", f"whole question over HTTP, {_CLIENTS} clients", rates(found, "questions/s"))


def _address(query: dict[str, str]) -> str:
    return f"/api/v1/slots?{urlencode(query)}"


def _many(port: int, token: str, address: str, seconds: float) -> float:
    def ask(_number: int) -> tuple[float, float, int]:
        with Client(port, token) as client:
            count, start = 0, time.monotonic()
            while (now := time.monotonic()) - start < seconds:
                status, _ = client.ask("GET", address)
                if status != 200:  # noqa: PLR2004 - OK
                    raise WrongAnswerError(f"the server answered {status}")
                count += 1
            return start, now, count

    found = together(ask, _CLIENTS)
    return float(sum(count for *_, count in found) / spans([(begin, end) for begin, end, _ in found]))


def _round_trip() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _first_morning(made: World) -> datetime:
    with acting(made.actor):
        first = made.schedules[0].slots.order_by("starts").first()
        assert first is not None
        return clock.oslo(first.starts).replace(hour=0)


def _of_schedule(dsn: str, schedule_id: UUID) -> set[UUID]:
    with psycopg.connect(dsn) as raw:
        return {row[0] for row in raw.execute("SELECT id FROM scheduling_slot WHERE schedule_id = %s", (schedule_id,))}
