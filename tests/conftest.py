"""What every test shares: a real PostgreSQL with the real roles, and a clock that can be moved.

Tests isolate themselves by tenant: each makes a clinic of its own, and row-level security hides every other.
The process that was started by hand is the controller; with `-n` it starts workers, which run the tests.
"""

import os
import signal
import tempfile
from asyncio import events
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import FrameType

import django
import pytest

from skranke.kernel import clock
from skranke.wire.demo_pki import POLICIES

from support import required, sharing
from support.bus import delete_virtual_hosts
from support.conformance import ConformanceReport
from support.database import SERVER, Clone, Server
from support.run import Run

_run = Run()
_server = Server(_run)
_clone = Clone()


def _is_controller(config: pytest.Config) -> bool:
    return not hasattr(config, "workerinput")


def _runs_tests(config: pytest.Config) -> bool:
    return not _is_controller(config) or not getattr(config.option, "numprocesses", None)


def _only_looks(config: pytest.Config) -> bool:
    return bool(config.option.collectonly or config.option.help or config.option.showfixtures)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--req", default="", help="run only tests that name one of these requirements (MSG-9,HNB-4)")


def pytest_configure(config: pytest.Config) -> None:
    os.environ["SKRANKE_SECRET_KEY"] = "a synthetic key that signs nothing real"
    os.environ["SKRANKE_SECURE_COOKIES"] = "false"
    os.environ["SKRANKE_DEMO_LOGIN"] = "true"
    os.environ["SKRANKE_OPERATOR_PASSKEYS"] = "false"
    # Tests move the clock while somebody is logged in.
    os.environ["SKRANKE_IDLE_MINUTES"] = "480"
    os.environ["SKRANKE_CERTIFICATE_POLICIES"] = POLICIES
    os.environ["SKRANKE_LOG_LEVEL"] = "WARNING"
    # A run at night must see the messages that a run by day sees.
    os.environ["SKRANKE_STATUS_CHECK_HOUR"] = "-1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "skranke.config.settings"
    config.pluginmanager.register(required.Worker(config))
    if _only_looks(config):
        django.setup()
        # A query that is compiled once must not depend on anything that its shape does not tell.
        import_module("skranke.tenancy.compiled").always_checked = True
        return
    if _is_controller(config):
        _begin(config)
    if _runs_tests(config):
        _clone.make()
        os.environ["SKRANKE_DATABASE_URL"] = _clone.dsn("skranke_web")
        os.environ[clock.ENVIRONMENT_VARIABLE] = str(_clock())
        django.setup()
        # A query that is compiled once must not depend on anything that its shape does not tell.
        import_module("skranke.tenancy.compiled").always_checked = True


def _begin(config: pytest.Config) -> None:
    if obstacles := required.missing(required.required()):
        raise pytest.UsageError("\n".join(obstacles))
    # A run that is told to stop cleans up as one that is interrupted.
    signal.signal(signal.SIGTERM, _interrupt)
    dead = _run.begin()
    config.pluginmanager.register(ConformanceReport())
    config.pluginmanager.register(required.Controller())
    if not _runs_tests(config):
        config.pluginmanager.register(sharing.Sharing())
    _server.clear(dead)
    _server.start()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def pytest_unconfigure(config: pytest.Config) -> None:
    if _only_looks(config):
        return
    if _runs_tests(config):
        _clone.drop()
    if _is_controller(config):
        try:
            delete_virtual_hosts()
            _server.stop()
        finally:
            _run.end()


def _clock() -> Path:
    return Path(tempfile.gettempdir()) / f"clock-{os.getpid()}"


@pytest.fixture(autouse=True)
def _real_time_again() -> Iterator[None]:
    yield
    _clock().unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def _no_loop_of_a_browser(request: pytest.FixtureRequest) -> Iterator[None]:
    """A browser that waits for its next test keeps its event loop in this thread; Django would refuse to work there."""
    loop = None if "browser" in request.keywords else events._get_running_loop()
    if loop is None:
        yield
        return
    events._set_running_loop(None)
    yield
    events._set_running_loop(loop)


@pytest.fixture(scope="session")
def pg_admin_dsn() -> str:
    """A superuser's address of the run's server: for databases of a test's own."""
    return os.environ[SERVER]


@pytest.fixture(scope="session")
def database() -> Clone:
    """This worker's database: `dsn(role)` for a process that a test starts."""
    return _clone
