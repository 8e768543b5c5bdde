"""How long a search takes among twenty clinics, and what the database reads for it: as the web's role, behind RLS."""

import gc
import json
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import connection

from skranke.cli.bench import crowded
from skranke.cli.bench.figures import Options, WrongAnswerError, limit, percentiles, sampled, tell
from skranke.cli.bench.place import Place
from skranke.dialog.mailboxes import mailbox
from skranke.dialog.values import Mailbox
from skranke.kernel.actor import Actor
from skranke.patients import queries
from skranke.patients.models import Patient
from skranke.tenancy.work import acting

GOAL_MS = 50
_EXPLAIN = """
    LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_analyze = on;
    SET auto_explain.log_nested_statements = on; SET auto_explain.log_format = 'json';
    SET auto_explain.log_level = 'log';
    SET client_min_messages = 'log'; SET ROLE skranke_web
"""


def run(place: Place, options: Options, actor: Actor) -> None:
    """Search in the actor's clinic, the largest of all. It must have a patient and a thread already."""
    crowded.fill(place.database_dsn, actor.clinic_id)
    # As every program of ours does once it has started: else each large answer has all that is loaded looked through.
    gc.collect()
    gc.freeze()
    with acting(actor):
        somebody = Patient.objects.filter(sort_key__startswith="nordmann").first()
    assert somebody is not None
    day, phone = f"{somebody.birth_date:%d.%m.%Y}", somebody.phone
    for what, search, found in (
        ("patient by a national id", lambda: queries.search(somebody.national_id).patients, 1),
        ("patients by a date of birth", lambda: queries.search(day).patients, 1),
        ("patients by a phone number", lambda: queries.search(phone).patients, 1),
        ("patients by given and family name", lambda: queries.search("kari hansen").patients, 1),
        ("patients by a name that many have", lambda: queries.search("anne").patients, queries.SEARCH_LIMIT),
        ("patients by three letters", lambda: queries.search("han").patients, queries.SEARCH_LIMIT),
        ("patients by one letter", lambda: queries.search("a").patients, queries.SEARCH_LIMIT),
        ("patients by a letter of each name", lambda: queries.search("k h").patients, queries.SEARCH_LIMIT),
        ("patients by a name spelt wrongly", lambda: queries.search("Kari Nrodmann").patients, 1),
        ("patients by a name that nobody has", lambda: queries.search("Kari Xylofon").patients, 0),
        ("archive by a number that few have", lambda: _threads("4711"), 1),
        ("archive by a word that some have", lambda: _threads("graviditet"), 50),
        ("archive by a common word", lambda: _threads("hodepine"), 50),
        ("archive by a word that all have", lambda: _threads("jeg"), 50),
        ("archive by two common words", lambda: _threads("hodepine feber"), 50),
        ("archive by two words seldom said", lambda: _threads("kneskade hudkrem"), 0),
        ("archive by a patient's full name", lambda: _threads("kari hansen"), 1),
        ("archive by a common name and a word", lambda: _threads("anne hodepine"), 50),
        ("archive by a full name and a word", lambda: _threads("kari hansen hodepine"), 0),
        ("open threads by a common word", lambda: _threads("hodepine", Mailbox.CLINIC_OPEN), 50),
        ("open threads by a name and a word", lambda: _threads("anne feber", Mailbox.CLINIC_OPEN), 1),
        ("one's own archive by a common word", lambda: _threads("hodepine", Mailbox.ARCHIVE), 50),
        ("one's own archive by a name and a word", lambda: _threads("anne hodepine", Mailbox.ARCHIVE), 1),
    ):
        _measure(place, options, actor, what, search, found)


def _threads(q: str, box: Mailbox = Mailbox.CLINIC_ARCHIVE) -> tuple[object, ...]:
    return mailbox(box, q=q).rows


def _measure(place: Place, options: Options, actor: Actor, what: str, search: Callable[[], Any], least: int) -> None:
    def once() -> int:
        with acting(actor):
            return len(search())

    if (found := once()) < least:
        raise WrongAnswerError(f"{what}: {found} found, at least {least} are there")
    turns, used = 20 * options.runs, place.server_cpu()
    figures = percentiles(sampled(once, turns))
    figures["database_cpu_ms"] = round(1000 * (place.server_cpu() - used) / turns, 1)
    floor = percentiles(sampled(lambda: _one(actor), 20 * options.runs))
    tell(
        "pages",
        what,
        figures,
        found=found,
        goal_ms=GOAL_MS,
        **_read(place, actor, once),
        **limit("a patient fetched by id", floor, of=figures["median"]),
    )


def _one(actor: Actor) -> None:
    with acting(actor):
        patient = Patient.objects.first()
        assert patient is not None


def _read(place: Place, actor: Actor, once: Callable[[], object]) -> dict[str, Any]:
    """How the database answered: each scan of each statement with the rows it looked at, those in functions too."""
    statements: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's own order
        if sql.lstrip().startswith("SELECT") and "set_config" not in sql:
            statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        once()
    scans = _scans(place.database_dsn, actor, statements)
    return {"rows_read": sum(rows for _, rows in scans), "plan": [f"{name}: {rows}" for name, rows in scans]}


def _scans(dsn: str, actor: Actor, statements: list[tuple[str, Any]]) -> list[tuple[str, int]]:
    plans: list[dict[str, Any]] = []
    with psycopg.connect(dsn) as raw:
        for command in _EXPLAIN.split(";"):
            raw.execute(command)
        raw.execute("SELECT set_config('skranke.clinic', %s, true)", [str(actor.clinic_id)])
        raw.add_notice_handler(lambda told: plans.extend(_plans(told.message_primary or "")))
        cursor = psycopg.ClientCursor(raw)
        for sql, params in statements:
            cursor.execute(sql, params)
    return [scan for plan in plans for scan in _scans_of(plan)]


def _plans(told: str) -> list[dict[str, Any]]:
    text = told.partition("plan:\n")[2]
    return [json.loads(text)["Plan"]] if text else []


def _scans_of(node: dict[str, Any]) -> list[tuple[str, int]]:
    """What is read from tables, by index or not, in a plan: kept or thrown away."""
    below = [scan for one in node.get("Plans", ()) for scan in _scans_of(one)]
    name = node.get("Index Name") or node.get("Relation Name")
    if name is None or node["Node Type"] == "Bitmap Heap Scan":
        return below
    each = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return [*below, (f"{node['Node Type']} {name}", round(each * node["Actual Loops"]))]
