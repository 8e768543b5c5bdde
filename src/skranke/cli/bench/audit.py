"""Sealing the audit log, and verifying it from the first row to the last: seconds for a million rows, and memory."""

import hashlib
import resource
from typing import Any

import psycopg
from django.db import connection

from skranke.audit.chain import COLUMNS
from skranke.audit.sealing import seal
from skranke.audit.verifying import Reader
from skranke.cli.bench.figures import Options, Sample, WrongAnswerError, limit, milliseconds, sampled, tell
from skranke.cli.bench.place import Place
from skranke.clinics.services import establish
from skranke.kernel.actor import Actor, system
from skranke.tenancy.work import acting

_FILL = """
    INSERT INTO audit_auditevent (id, clinic_id, at, action, actor_kind, actor_id, actor_name, actor_role, patient_id,
                                  subject_kind, subject_id, purpose, detail, request_id)
    SELECT gen_random_uuid(), %(clinic)s, timestamptz '2027-01-04' + make_interval(secs => n), 'patient.read',
           'employee', gen_random_uuid(), 'Lege Nummer' || n %% 20, 'gp', gen_random_uuid(), 'patient',
           gen_random_uuid(), 'care', jsonb_build_object('entries', n %% 30), md5(n::text)
      FROM generate_series(1, %(rows)s) AS n
"""
_MILLION = 1_000_000


def run(place: Place, options: Options) -> None:
    """Fill one clinic's log, seal it as the worker does, verify it, find one row that was changed."""
    clinic = establish(slug="maaling", name="Målevik legesenter", her_id="91000001", organisation_number="999999999")
    with psycopg.connect(place.database_dsn) as raw:
        raw.execute(_FILL, {"clinic": clinic.id, "rows": options.rows})
        raw.commit()
        raw.autocommit = True
        raw.execute("ANALYZE")
    connection.close()
    connection.settings_dict["USER"] = "skranke_worker"
    actor = system(clinic.id)
    floor = sampled(lambda: _only_hash(place), 1)
    _tell("sealing", sampled(lambda: _seal(actor), 1), floor, options.rows)
    before, seen = _most_memory(), []
    took = sampled(lambda: seen.append(_verify(actor)), 1)
    (wrong, read) = seen[0]
    if wrong or read < options.rows:
        raise WrongAnswerError(f"an intact chain: {wrong} findings, {read} rows")
    _tell("verifying", took, floor, read, more_memory_mib=round((_most_memory() - before) / 1024, 1))
    with psycopg.connect(place.database_dsn) as raw:
        raw.execute("UPDATE audit_auditevent SET actor_name = 'Ingen' WHERE request_id = md5(%s::text)", [options.rows])
    if (found := _verify(actor)[0]) != 1:
        raise WrongAnswerError(f"one row was changed, and {found} were found")


def _tell(what: str, took: Sample, floor: Sample, rows: int, **more: Any) -> None:
    """Of one run: it is long enough to be told by itself."""
    figures, at_best = (milliseconds(_for_a_million(one, rows)) for one in (took, floor))
    tell(
        "audit",
        f"{what} a million rows, of {rows} that were there",
        figures,
        **more,
        **limit("reading the same rows and hashing them in C", at_best, of=figures["median"]),
    )


def _seal(actor: Actor) -> None:
    more = True
    while more:
        with acting(actor):
            more = seal()


def _verify(actor: Actor) -> tuple[int, int]:
    """How many findings, and how many rows were sealed."""
    with acting(actor):
        reader = Reader()
        return sum(1 for _ in reader.findings()), reader.head.position


def _only_hash(place: Place) -> None:
    digest = hashlib.sha256()
    copy = f"COPY (SELECT {', '.join(COLUMNS)} FROM audit_auditevent) TO STDOUT"  # noqa: S608 - names of our own columns
    with psycopg.connect(place.database_dsn) as raw, raw.cursor() as cursor, cursor.copy(copy) as rows:
        for row in rows:
            digest.update(row)


def _for_a_million(sample: Sample, rows: int) -> Sample:
    return Sample(*([one * _MILLION / rows for one in times] for times in (sample.wall, sample.cpu)))


def _most_memory() -> int:
    """The most this process ever held, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
