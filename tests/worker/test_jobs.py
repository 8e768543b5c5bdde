"""The worker: each job once however many workers run, after a restart too, and one that fails stops no other."""

import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from skranke.gateway.health import WORKER
from skranke.kernel import clock
from skranke.kernel.errors import TemporaryError
from skranke.outbox.models import OutboxItem
from skranke.tenancy.work import acting, current_actor
from skranke.worker.jobs import JOBS, Job, every_clinic
from skranke.worker.models import JobRun
from skranke.worker.rules import Daily, Every, is_due, latest, pause_after
from skranke.worker.run import look, run

from cast import make_clinic
from support.database import as_role
from support.lanes import until
from support.run import mark

DOCS = Path(__file__).parents[2] / "docs" / "worker.md"
HOUR = timedelta(hours=1)


@pytest.fixture
def clinic():
    return make_clinic().clinic.id


@pytest.fixture
def as_worker():
    with as_role("skranke_worker"):
        yield


def job(verb, when=None, **facts) -> Job:
    return Job(f"test.{mark()}", when or Every(HOUR), verb, **facts)


def _runs(of: Job, clinic) -> JobRun:
    return JobRun.objects.get(job=of.name, on_behalf_of=clinic)


@pytest.mark.req("NFR-4")
def test_any_number_of_workers_do_a_job_once_and_again_when_it_is_due(clinic, as_worker) -> None:
    calls: list[object] = []
    hourly = job(lambda: calls.append(current_actor().clinic_id))

    def one_worker() -> None:
        look(hourly)
        connection.close()

    for expected in (1, 2):
        workers = [threading.Thread(target=one_worker) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        look(hourly)
        assert calls.count(clinic) == expected
        clock.move(HOUR)


@pytest.mark.req("NFR-4")
def test_a_job_that_fails_for_one_clinic_is_told_of_and_tried_again_and_the_others_go_on(
    clinic, as_worker, capfd
) -> None:
    other = make_clinic().clinic.id
    failing: set[object] = {clinic}
    done: list[object] = []

    def verb() -> None:
        if current_actor().clinic_id in failing:
            raise ZeroDivisionError("Ola Nordmann")
        done.append(current_actor().clinic_id)

    hourly = job(verb)
    look(hourly)
    look(hourly)
    assert (other in done, clinic in done) == (True, False)
    assert (_runs(hourly, clinic).failures, _runs(hourly, clinic).succeeded_at) == (1, None)
    (line,) = [line for line in capfd.readouterr().err.splitlines() if hourly.name in line]
    assert "worker_alarm" in line
    assert "ZeroDivisionError" in line
    assert str(clinic) in line
    assert "Ola" not in line
    clock.move(pause_after(1))
    look(hourly)
    assert _runs(hourly, clinic).failures == 2
    failing.clear()
    clock.move(pause_after(2))
    look(hourly)
    assert (done.count(clinic), _runs(hourly, clinic).failures) == (1, 0)


@pytest.mark.req("NFR-4")
def test_what_a_failed_job_wrote_is_not_kept(clinic, as_worker) -> None:
    def verb() -> None:
        if current_actor().clinic_id == clinic:
            JobRun.objects.create(job="half", on_behalf_of=clinic)
            raise TemporaryError("the other half failed")

    look(job(verb))
    assert not JobRun.objects.filter(job="half", on_behalf_of=clinic).exists()


@pytest.mark.req("NFR-4")
def test_a_verb_that_has_more_to_do_is_called_again_each_time_in_a_commit_of_its_own(clinic, as_worker) -> None:
    left, units = [3], []

    def verb() -> bool:
        if current_actor().clinic_id != clinic:
            return False
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text")
            units.append(cursor.fetchone()[0])
        left[0] -= 1
        return left[0] > 0

    look(job(verb))
    assert (len(units), len(set(units))) == (3, 3)


@pytest.mark.req("NFR-4")
def test_a_job_of_the_whole_installation_is_done_once_and_outside_any_clinic(as_worker) -> None:
    calls: list[bool] = []
    hourly = job(lambda: calls.append(connection.in_atomic_block), whole=True)
    look(hourly)
    look(hourly)
    assert calls == [False]


@pytest.mark.req("NFR-4")
def test_a_job_that_hangs_holds_up_no_other_and_a_stop_lets_what_is_being_done_end(
    clinic, as_worker, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("skranke.worker.run.LOOK_SECONDS", 0.02)
    stop, hangs, may_end, other = (threading.Event() for _ in range(4))
    ended: list[bool] = []

    def slow() -> None:
        hangs.set()
        assert may_end.wait(30)
        ended.append(True)

    worker = threading.Thread(target=run, args=([job(slow, whole=True), job(other.set, whole=True)], stop), daemon=True)
    worker.start()
    assert hangs.wait(30)
    assert other.wait(30)
    stop.set()
    may_end.set()
    worker.join(30)
    assert ended == [True]


@pytest.mark.req("NFR-4", "PAT-4")
def test_the_program_does_its_jobs_is_named_in_health_and_ends_when_told(database, tmp_path) -> None:
    cast = make_clinic()
    environment = os.environ | {
        "SKRANKE_DATABASE_URL": database.dsn("skranke_worker"),
        "SKRANKE_HEALTH_DIRECTORY": str(tmp_path),
        "SKRANKE_STATUS_CHECK_HOUR": "4",
    }
    clock.move_to(clock.from_oslo(datetime.combine(clock.today() + timedelta(days=1), time(4, 30))))
    _done_for_all_but(cast)
    command = [sys.executable, "-m", "skranke.cli.main", "worker"]
    workers = [subprocess.Popen(command, env=environment) for _ in range(2)]
    try:
        until(lambda: _asked(cast))
        with override_settings(OURS=replace(settings.OURS, health_directory=str(tmp_path))):
            until(lambda: _health() == "ok")
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        assert [worker.wait(60) for worker in workers] == [0, 0]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert _asked(cast) == 2, "one message for each GP, from one of the two workers"
    assert _health() == "no sign of life"


def _done_for_all_but(cast) -> None:
    """Of the clinics that other tests have left in the database there may be thousands, each with its turn."""
    others, jobs = [one for one in every_clinic() if one != cast.clinic.id], [job for job in JOBS if not job.whole]
    done = [JobRun(job=job.name, on_behalf_of=one, succeeded_at=clock.now()) for job in jobs for one in others]
    unique, changes = ["job", "on_behalf_of"], ["succeeded_at"]
    with as_role("skranke_worker"):
        JobRun.objects.bulk_create(
            done, batch_size=2000, update_conflicts=True, unique_fields=unique, update_fields=changes
        )


def _health() -> str:
    return Client().get(reverse("health")).json()["parts"][WORKER]


def _asked(cast) -> int:
    with acting(cast.system):
        return OutboxItem.objects.filter(intent="status_check").count()


DAY = datetime(2027, 1, 20, tzinfo=UTC)


@pytest.mark.req("NFR-4")
@pytest.mark.parametrize(
    ("now", "last", "due"),
    [
        ("01:59", None, False),
        ("02:00", None, True),
        ("05:59", None, True),
        ("06:00", None, False),
        ("03:00", "02:00", False),
        ("03:00", "01:00", True),
    ],
)
def test_a_daily_job_begins_within_its_window_once(now, last, due) -> None:
    def at(text: str) -> datetime:
        return clock.from_oslo(datetime.fromisoformat(f"2027-01-20T{text}"))

    nightly = Daily(lambda: 2, timedelta(hours=4))
    assert is_due(nightly, at(now), at(last) if last else None, None, 0) is due
    assert not is_due(Daily(lambda: -1), at(now), None, None, 0)


@pytest.mark.req("NFR-4")
def test_an_hour_that_a_spring_night_leaves_out_is_the_next_and_one_that_comes_twice_the_first() -> None:
    for noon, expected in (("2027-03-28", "2027-03-28T01:00"), ("2027-10-31", "2027-10-31T00:00")):
        began = latest(Daily(lambda: 2), datetime.fromisoformat(f"{noon}T12:00").replace(tzinfo=UTC))
        assert began == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.req("NFR-4")
def test_a_clock_that_was_set_back_holds_nothing_up() -> None:
    assert is_due(Every(HOUR), DAY, DAY + 5 * HOUR, None, 0)
    assert is_due(Every(HOUR), DAY, None, DAY + 5 * HOUR, 9)
    assert not is_due(Every(HOUR), DAY, DAY - HOUR / 2, None, 0)
    assert is_due(Every(HOUR), DAY, DAY - HOUR, None, 0)


@pytest.mark.req("NFR-4")
def test_the_pause_after_failures_doubles_up_to_an_hour() -> None:
    assert [pause_after(n).total_seconds() for n in (0, 1, 2, 3, 9, 500)] == [0, 15, 30, 60, 3600, 3600]
    assert not is_due(Every(HOUR), DAY, None, DAY - timedelta(seconds=14), 1)
    assert is_due(Every(HOUR), DAY, None, DAY - timedelta(seconds=15), 1)


def test_every_job_has_a_name_of_its_own_and_a_line_in_the_docs() -> None:
    documented = re.findall(r"^\| `([a-z_.]+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(documented) == sorted(job.name for job in JOBS)
