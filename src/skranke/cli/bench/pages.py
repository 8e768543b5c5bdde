"""Server time of the inbox and of a week of ten schedules (goal G12), in a small clinic and a large; of searching."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.sql import SQL

from skranke.cli.bench import crowded, searching, world
from skranke.cli.bench.figures import Options, Sample, WrongAnswerError, limit, milliseconds, percentiles, sampled, tell
from skranke.cli.bench.place import Place
from skranke.cli.bench.visitor import Client
from skranke.cli.bench.world import World
from skranke.clinics.queries import actor_of
from skranke.dialog.models import DialogKind
from skranke.dialog.services import receive_message
from skranke.dialog.values import IncomingMessage
from skranke.identity.models import SessionKind
from skranke.kernel import clock
from skranke.scheduling.values import IsoWeek
from skranke.standards.codes import Answer, Question
from skranke.tenancy.work import acting
from skranke.web.links import link_for

_SEEDS = 100
_FIRST_PAGE = 50
_SLOTS_A_WEEK = 100
_LONG = 200
_COPY = """
    WITH fresh AS MATERIALIZED (
        SELECT t.id AS old, gen_random_uuid() AS new, t.last_message_at - make_interval(mins => n) AS at
          FROM dialog_thread t, generate_series(1, %s) AS n),
    threads AS (
        INSERT INTO dialog_thread SELECT (jsonb_populate_record(t, jsonb_build_object(
            'id', f.new, 'conversation', f.new, 'last_message_at', f.at))).*
          FROM fresh f JOIN dialog_thread t ON t.id = f.old),
    messages AS (
        INSERT INTO dialog_message ({columns}) SELECT {columns} FROM (
            SELECT (jsonb_populate_record(m, jsonb_build_object(
                'id', gen_random_uuid(), 'thread_id', f.new, 'msg_id', f.new, 'generated_at', f.at))).*
              FROM fresh f JOIN dialog_message m ON m.thread_id = f.old) AS message)
    INSERT INTO dialog_participant SELECT (jsonb_populate_record(p, jsonb_build_object(
        'id', gen_random_uuid(), 'thread_id', f.new, 'last_message_at', f.at))).*
      FROM fresh f JOIN dialog_participant p ON p.thread_id = f.old
"""


def run(place: Place, options: Options) -> None:
    """Log in as the first GP and ask for the two pages again and again; then search among many more."""
    made = world.build(gps=10, weeks=3, slots_a_day=20, patients=10, booked=0.6)
    total = _fill(place, made, options.threads)
    long_thread = _long_thread(made)
    inbox = f"/k/{made.clinic.slug}/post"
    rows, shown = (b'id="it-', _FIRST_PAGE), (b'class="bub', _LONG)
    with _logged_in(place, made) as client:
        floor = percentiles(_asked(client, "/api/v1/nothing", 20 * options.runs)[0])
        _page(client, inbox, rows, f"inbox, first page of {total} threads", floor, options)
        # The copies go back an hour and a half: just past midnight most of them are yesterday's.
        since = clock.today() - timedelta(days=1)
        narrowed = f"{inbox}?slag={DialogKind.E_CONSULTATION}&deltaker={made.gps[0].id}&fra={since}"
        _page(client, narrowed, rows, "narrowed by kind, participant and period", floor, options)
        _page(client, f"{inbox}/{long_thread}", shown, f"a conversation of {_LONG} messages", floor, options)
        monday = IsoWeek.of(clock.today()).next()
        week = f"/k/{made.clinic.slug}/timebok?uke={monday.year}-W{monday.week:02d}"
        own = b'class="slot ', _SLOTS_A_WEEK
        _page(client, week, own, "one week of one schedule of ten", floor, options)
    searching.run(place, options, actor_of(made.gps[0]))
    crowd = f"of a clinic with {crowded.THREADS} threads, the largest of {crowded.OTHER_CLINICS + 1}"
    long_thread = _long_thread(made)
    with _logged_in(place, made) as client:
        floor = percentiles(_asked(client, "/api/v1/nothing", 20 * options.runs)[0])
        _page(client, inbox, rows, f"inbox, first page, {crowd}", floor, options)
        _page(client, f"{inbox}/{long_thread}", shown, f"a conversation of {_LONG} messages, {crowd}", floor, options)


@contextmanager
def _logged_in(place: Place, made: World) -> Iterator[Client]:
    """The web's process, and the first GP in it."""
    account_id = made.gps[0].account_id
    assert account_id is not None
    with Client(place.start_web(workers=1)) as client:
        client.wait()
        client.ask("GET", link_for(SessionKind.STAFF, str(account_id)))
        yield client
    place.stop("web")


def _page(
    client: Client, address: str, holds: tuple[bytes, int], what: str, floor: dict[str, Any], options: Options
) -> None:
    """Ask often; `holds`: a marker, and how often the right page has it."""
    cold = sampled(lambda: client.ask("GET", address), 1)
    waits, content = _asked(client, address, 20 * options.runs)
    if content.count(holds[0]) != holds[1]:
        raise WrongAnswerError(f"{what}: {content.count(holds[0])} rows instead of {holds[1]}")
    figures = percentiles(waits)
    tell(
        "pages",
        what,
        figures,
        cold=milliseconds(cold)["median"],
        bytes=len(content),
        **limit("an address of the same server that does not exist", floor, of=figures["median"]),
    )


def _asked(client: Client, address: str, count: int) -> tuple[Sample, bytes]:
    content = b""

    def ask() -> None:
        nonlocal content
        content = client.ask("GET", address)[1]

    return sampled(ask, count), content


def _fill(place: Place, made: World, count: int) -> int:
    """Some threads through the verb, and copies of them until there are `count`."""
    with acting(made.actor):
        for number in range(_SEEDS):
            receive_message(_message(made, number))
    with psycopg.connect(place.database_dsn) as raw:
        raw.execute(SQL(_COPY).format(columns=crowded.message_columns(raw)), (max(0, count // _SEEDS - 1),))
        raw.commit()
        raw.autocommit = True
        raw.execute("ANALYZE")
        row = raw.execute("SELECT count(*) FROM dialog_participant WHERE in_inbox").fetchone()
    assert row is not None
    return int(row[0])


def _long_thread(made: World) -> UUID:
    """A conversation in which the patient has written again and again."""
    first = _message(made, 0)
    with acting(made.actor):
        thread = receive_message(first).thread
        for number in range(1, _LONG):
            again = _message(made, 0)
            receive_message(
                replace(
                    again,
                    code=Answer.CITIZEN_ANSWER.value,
                    conversation=first.conversation,
                    parent=first.msg_id,
                    generated_at=first.generated_at + timedelta(seconds=number),
                    starts_thread=False,
                )
            )
    return thread.id


def _message(made: World, number: int) -> IncomingMessage:
    msg_id = str(uuid4())
    return IncomingMessage(
        kind=DialogKind.E_CONSULTATION,
        code=Question.QUESTION_TO_PRACTITIONER.value,
        subject=f"Vondt i skulderen {number}",
        text="Jeg har hatt vondt i skulderen i tre uker. " * 20,
        msg_id=msg_id,
        conversation=msg_id,
        parent="",
        generated_at=clock.now() - timedelta(hours=number),
        starts_thread=True,
        party_her_id=made.parties[0].her_id,
        patient=made.patients[0][number % len(made.patients[0])],
        author_name="",
        on_behalf_of="",
        relation="",
        wanted_hpr="",
        attachments=(),
    )
