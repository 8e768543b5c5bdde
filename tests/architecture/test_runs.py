"""A run of the tests leaves nothing behind, runs what it was told to, and says what it left out."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from support import conformance
from support.database import SERVER, TEMPLATE
from support.run import RUN

ROOT = Path(__file__).parents[2]
# What the outer run must fulfil; the run inside has three tests.
DEMANDS = (conformance.FLOOR, "SKRANKE_TEST_REQUIRE", "SKRANKE_TEST_LONG")
INNER = """
import os, subprocess, sys, time, pytest
from pathlib import Path
from support.run import RUN, mark

PLACE = Path(os.environ["INNER_PLACE"])


def test_fine(pg_admin_dsn):
    import psycopg
    with psycopg.connect(pg_admin_dsn, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "inner_{mark()}"')
        connection.execute(f'CREATE ROLE "inner_{mark()}"')
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (PLACE / "facts").write_text(f"{os.environ[RUN]} {os.getpid()} {child.pid}")
    child.returncode = 0  # left behind on purpose


@pytest.mark.amqp
def test_skipped():
    pytest.skip("there is no broker")


@pytest.mark.slow
@pytest.mark.req("MSG-9")
def test_slow():
    pass


def test_waits():
    if "INNER_WAITS" in os.environ:
        (PLACE / "waiting").touch()
        time.sleep(600)


def test_dies():
    if "INNER_DIES" in os.environ:
        os._exit(7)
"""


@pytest.fixture
def inner(tmp_path, pg_admin_dsn):
    """Starts a run of its own on the same server, of the tests above, with this environment."""
    (tmp_path / "conftest.py").write_text(SAME)
    (tmp_path / "test_inner.py").write_text(INNER)
    runs: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **environment: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
        command += ["-c", str(ROOT / "pyproject.toml"), *arguments, str(tmp_path / "test_inner.py")]
        # What a shell starts in the background ignores Ctrl-C, and whatever that starts inherits it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        run = subprocess.Popen(
            command,
            cwd=tmp_path,
            env={
                **{name: value for name, value in os.environ.items() if name not in DEMANDS},
                "PYTHONPATH": f"{ROOT / 'tests'}:{ROOT / 'src'}",
                "INNER_PLACE": str(tmp_path),
                SERVER: pg_admin_dsn,
                TEMPLATE: os.environ[TEMPLATE],
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        runs.append(run)
        return run

    yield start
    for run in runs:
        run.kill()
        run.communicate()


SAME = f"""
from importlib.util import module_from_spec, spec_from_file_location
spec = spec_from_file_location("outer_conftest", {str(ROOT / "tests" / "conftest.py")!r})
outer = module_from_spec(spec)
spec.loader.exec_module(outer)
kept = ("pytest_", "_real", "_no_")
globals().update({{name: value for name, value in vars(outer).items() if name.startswith(kept)}})
pg_admin_dsn, database = outer.pg_admin_dsn, outer.database
"""


def judge_nothing_left(tmp_path, admin: str) -> None:
    run, *pids = (tmp_path / "facts").read_text().split()
    with psycopg.connect(admin) as connection:
        assert (
            connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"%{run}%"]).fetchall() == []
        )
        assert connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", [f"%{run}%"]).fetchall() == []
    assert not [pid for pid in pids if _lives(pid)]
    assert list(Path(os.environ["TMPDIR"]).glob(f"*{run}*")) == []
    assert run != os.environ[RUN]


def _lives(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_good_run_leaves_nothing_and_says_what_it_left_out(inner, tmp_path, pg_admin_dsn) -> None:
    run = inner("-n", "0")
    said, _ = run.communicate(timeout=120)
    assert run.returncode == 0, said
    assert "3 passed, 1 skipped, 1 deselected" in said
    assert "there is no broker" in said
    assert "left out: 1 tests marked slow" in said
    judge_nothing_left(tmp_path, pg_admin_dsn)


def test_a_worker_that_crashes_leaves_nothing(inner, tmp_path, pg_admin_dsn) -> None:
    run = inner("-n", "1", "--max-worker-restart=0", INNER_DIES="1")
    said, _ = run.communicate(timeout=120)
    assert run.returncode == 1, said
    assert "crashed" in said
    judge_nothing_left(tmp_path, pg_admin_dsn)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing(inner, tmp_path, pg_admin_dsn, sign) -> None:
    run = inner("-n", "0", INNER_WAITS="1")
    deadline = time.monotonic() + 180
    while not (tmp_path / "waiting").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    run.send_signal(sign)
    said, _ = run.communicate(timeout=180)
    assert run.returncode == pytest.ExitCode.INTERRUPTED, said
    judge_nothing_left(tmp_path, pg_admin_dsn)


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        ([], {"SKRANKE_TEST_REQUIRE": "standards", "SKRANKE_STANDARDS": "/nowhere"}, "national schemas are not on"),
        ([], {"SKRANKE_TEST_REQUIRE": "brokers"}, "'brokers'"),
        (["--req", "MSG-9"], {"SKRANKE_TEST_LONG": "1"}, "1 passed, 4 deselected"),
        (["-m", "slow"], {}, "1 passed, 4 deselected"),
    ],
    ids=["schemas", "typo", "requirement", "slow"],
)
def test_a_run_does_what_it_is_told(inner, arguments, environment, said) -> None:
    answer, _ = inner("-n", "0", *arguments, **environment).communicate(timeout=120)
    assert said in answer


def test_what_is_required_may_not_be_skipped(inner) -> None:
    pytest.importorskip("proton", reason="needs the extra skranke[amqp]")
    run = inner("-n", "0", "-k", "skipped", SKRANKE_TEST_REQUIRE="amqp")
    said, _ = run.communicate(timeout=120)
    assert run.returncode == 1, said
    assert "demands amqp, but: Skipped: there is no broker" in said
    run = inner("-n", "0", "-k", "waits", SKRANKE_TEST_REQUIRE="amqp")
    said, _ = run.communicate(timeout=120)
    assert run.returncode == 1, said
    assert "demands amqp, and no test of it ran" in said
