"""50 clients race for 20 slots: every client tries every slot, and exactly 20 may win (goal G7)."""

from collections import Counter
from collections.abc import Callable
from uuid import UUID

import psycopg
from django.db import connection

from skranke.cli.bench import limits, world
from skranke.cli.bench.crowd import clocked, spans, together
from skranke.cli.bench.figures import Options, WrongAnswerError, limit, rates, tell
from skranke.cli.bench.place import Place
from skranke.cli.bench.visitor import Client
from skranke.cli.bench.world import World
from skranke.identity.services import issue_token
from skranke.scheduling.errors import BookingRefusedError
from skranke.scheduling.models import BookedThrough
from skranke.scheduling.services import book
from skranke.tenancy.work import acting

_CLIENTS, _SLOTS = 50, 20
_WEB_WORKERS = 2
_CREATED, _CONFLICT = 201, 409
_TAKEN = "SELECT slot_id, count(*) FROM scheduling_appointment WHERE slot_id = ANY(%s) GROUP BY slot_id"
_USED = """
    SELECT count(*) FROM scheduling_occupancy o JOIN scheduling_slot s USING (schedule_id)
     WHERE s.id = ANY(%s) AND o.starts = s.starts
"""
Attempt = Callable[[int, UUID], bool]


def run(place: Place, options: Options) -> None:
    """Race through the verb, then over HTTP."""
    made = world.build(gps=1, weeks=2 * options.runs + 1, slots_a_day=_SLOTS, patients=_CLIENTS)
    days = _days(made)
    actor, patients = made.actor, made.patients[0]

    def through_the_verb(number: int, slot_id: UUID) -> bool:
        try:
            with acting(actor):
                book(slot_id=slot_id, patient=patients[number], through=BookedThrough.PORTAL, comment="Øreverk")
        except BookingRefusedError:
            return False
        return True

    raw = [limits.raw_race(place.database_dsn, clients=_CLIENTS, slots=_SLOTS) for _ in range(options.runs)]
    if any(won != _SLOTS for _, won in raw):
        raise WrongAnswerError("the raw constraint let two have one time")
    floor = rates([rate for rate, _ in raw], "attempts/s")
    _races(place, options, "through the verb", through_the_verb, days, floor)
    with acting(actor):
        token = issue_token("bench", made.clinic.id, made.gps[0].id, ("read", "write"))
    port = place.start_web(workers=_WEB_WORKERS)
    with Client(port) as first:
        first.wait()

    def over_http(number: int, slot_id: UUID) -> bool:
        with Client(port, token) as client:
            status, answer = client.post_json(
                "/api/v1/appointments", {"slot_id": str(slot_id), "patient_id": str(patients[number].id)}
            )
        if status not in {_CREATED, _CONFLICT}:
            raise WrongAnswerError(f"an attempt was answered {status} {answer}")
        return status == _CREATED

    _races(place, options, "over HTTP (REST)", over_http, days, floor)


def _days(made: World) -> list[list[UUID]]:
    """The slots of each day, twenty together."""
    with acting(made.actor):
        ordered = list(made.schedules[0].slots.order_by("starts").values_list("id", "type_id"))
    online = [slot_id for slot_id, type_id in ordered if type_id == made.types[0].id]
    return [online[first : first + _SLOTS] for first in range(0, len(online) - _SLOTS, _SLOTS)]


def _races(
    place: Place, options: Options, how: str, attempt: Attempt, days: list[list[UUID]], floor: dict[str, object]
) -> None:
    found, confirmed = [], Counter[int]()
    for _ in range(options.runs):
        rate, won = _race(place, attempt, days.pop())
        found.append(rate)
        confirmed[won] += 1
    figures = rates(found, "attempts/s")
    tell(
        "race",
        f"{_CLIENTS} clients, {_SLOTS} slots, {_CLIENTS * _SLOTS} attempts, {how}",
        figures,
        confirmed=sorted(confirmed.elements()),
        **limit("raw exclusion constraint, 50 clients", floor, of=figures["median"]),
    )


def _race(place: Place, attempt: Attempt, slots: list[UUID]) -> tuple[float, int]:
    """Attempts a second and confirmations of one race; each client begins with another slot."""

    def work(number: int) -> tuple[float, float, int]:
        begin, end, _, won = clocked(
            lambda: sum(attempt(number, slots[(turn + number) % _SLOTS]) for turn in range(_SLOTS))
        )
        return begin, end, won

    def ready(_number: int) -> None:
        connection.ensure_connection()

    found = together(work, _CLIENTS, ready=ready)
    won = sum(one[2] for one in found)
    _check(place, slots, won)
    return _CLIENTS * _SLOTS / spans([(begin, end) for begin, end, _ in found]), won


def _check(place: Place, slots: list[UUID], won: int) -> None:
    with psycopg.connect(place.database_dsn) as raw:
        rows: dict[UUID, int] = dict(raw.execute(_TAKEN, (slots,)).fetchall())
        used = raw.execute(_USED, (slots,)).fetchone()
    if won != _SLOTS or rows != dict.fromkeys(slots, 1) or used != (_SLOTS,):
        raise WrongAnswerError(f"{won} were confirmed, {sum(rows.values())} appointments stand, {used} times are used")
