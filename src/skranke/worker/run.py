"""The worker: a thread for each job, so that one that is slow or broken holds up no other.

Any number of workers may run. A job is done by whoever takes its lock in the database, which the server gives back when
the worker's connection ends, however it ends; what was done stands in a row (`JobRun`), not in anybody's memory.
"""

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import connection

from skranke.gateway.alarms import places
from skranke.gateway.errors import code_of
from skranke.gateway.health import WORKER, Heart
from skranke.kernel import clock
from skranke.kernel.actor import system
from skranke.kernel.log import get_logger
from skranke.tenancy.work import acting
from skranke.worker.jobs import JOBS, Job
from skranke.worker.models import JobRun
from skranke.worker.rules import is_due

log = get_logger(__name__)

LOOK_SECONDS = 1.0
_JOIN_SECONDS = 15.0


def run(jobs: Sequence[Job] = JOBS, stop: threading.Event | None = None) -> None:
    """Until `stop` is set, or without one until SIGTERM or SIGINT; what is being done then is finished first."""
    stop = stop or _stop_on_signals()
    heart = Heart(WORKER)
    threads = [threading.Thread(target=_tend, args=(job, stop), name=job.name, daemon=True) for job in jobs]
    log.info("worker_started", jobs=[job.name for job in jobs])
    for thread in threads:
        thread.start()
    while not stop.wait(LOOK_SECONDS):
        heart.beat()
    for thread in threads:
        thread.join(_JOIN_SECONDS)
    heart.stop()
    log.info("worker_stopped")


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _tend(job: Job, stop: threading.Event) -> None:
    """Look again and again whether one job is due; whatever goes wrong, look again."""
    try:
        while not stop.wait(LOOK_SECONDS):
            try:
                look(job, stop)
            except Exception as error:  # noqa: BLE001 - the database may be away: this job waits, the process lives
                _alarm(job, error)
                connection.close()
    finally:
        connection.close()


def look(job: Job, stop: threading.Event | None = None) -> None:
    """Do one job for everybody for whom it is due now and nobody else is doing it."""
    rows = {row.on_behalf_of: row for row in JobRun.objects.filter(job=job.name)}
    for one in [None] if job.whole else job.clinics():
        if stop is not None and stop.is_set():
            return
        if _due(job, rows.get(one)):
            with _alone(job, one) as alone:
                if alone and _due(job, JobRun.objects.filter(job=job.name, on_behalf_of=one).first()):
                    _do(job, one, stop)


def _due(job: Job, row: JobRun | None) -> bool:
    row = row or JobRun()
    return is_due(job.when, clock.now(), row.succeeded_at, row.failed_at, row.failures)


@contextmanager
def _alone(job: Job, one: UUID | None) -> Iterator[bool]:
    """Whether no other worker is at this job. The lock belongs to the connection: it ends with this process."""
    name = [f"skranke.worker:{job.name}:{one or ''}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", name)
        (got,) = cursor.fetchone()
        try:
            yield got
        finally:
            if got and connection.connection is not None and not connection.connection.closed:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", name)


def _do(job: Job, one: UUID | None, stop: threading.Event | None) -> None:
    began = clock.now()
    try:
        if one is None:
            job.verb()
            _succeeded(job, None, began)
        else:
            while _in_a_unit_of(one, job, began) and not (stop is not None and stop.is_set()):
                pass
    except Exception as error:  # noqa: BLE001 - whatever it was, the other clinics and the other jobs go on
        _alarm(job, error, one)
        _failed(job, one)


def _in_a_unit_of(clinic_id: UUID, job: Job, began: datetime) -> bool:
    """Do it once; that it was done is stored in the same commit. Whether there is more."""
    with acting(system(clinic_id)):
        more = job.verb() is True
        if not more:
            _succeeded(job, clinic_id, began)
    return more


def _succeeded(job: Job, one: UUID | None, began: datetime) -> None:
    facts = {"succeeded_at": began, "failed_at": None, "failures": 0}
    JobRun.objects.update_or_create(job=job.name, on_behalf_of=one, defaults=facts)


def _failed(job: Job, one: UUID | None) -> None:
    row, _ = JobRun.objects.get_or_create(job=job.name, on_behalf_of=one)
    row.failures, row.failed_at = row.failures + 1, clock.now()
    row.save(update_fields=["failures", "failed_at"])


def _alarm(job: Job, error: Exception, one: UUID | None = None) -> None:
    ids = {"clinic_id": str(one)} if one is not None else {}
    log.error("worker_alarm", job=job.name, reason=code_of(error), places=places(error), **ids)
