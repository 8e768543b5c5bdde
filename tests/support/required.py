"""A pytest plugin: what a run may not leave out, and what it leaves out on purpose.

`SKRANKE_TEST_REQUIRE` lists parts (amqp, browser, openssl, postgres, standards) that must run: what is missing for one
of them stops the run, a test of it that would be skipped fails, and a run that in the end ran no test of it fails.
`SKRANKE_TEST_LONG=1` (or `-m` with `slow` in it) runs the tests marked slow, which are left out otherwise.
"""

import importlib.util
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from support.openssl import PROGRAM
from support.properties import LONG, is_long
from support.schemas import standards_folder

REQUIRE = "SKRANKE_TEST_REQUIRE"
MARKED = ("amqp", "browser")
PARTS = (*MARKED, "openssl", "postgres", "standards")
_LEFT_OUT = "skranke_slow_left_out"
_PART = "skranke_part"


def required() -> list[str]:
    """The parts that must run, as the environment says."""
    return [part.strip() for part in os.environ.get(REQUIRE, "").split(",") if part.strip()]


def missing(parts: list[str]) -> list[str]:
    """What stands in the way of these parts on this machine, a sentence each."""
    found = [f"{REQUIRE} names {part!r}; it knows {', '.join(PARTS)}." for part in parts if part not in PARTS]
    if "standards" in parts and standards_folder() is None:
        found.append("The national schemas are not on this machine: set SKRANKE_STANDARDS.")
    if "openssl" in parts and PROGRAM is None:
        found.append("There is no openssl command on the path.")
    if "postgres" in parts and not os.environ.get("SKRANKE_TEST_PG"):
        found.append("No PostgreSQL is named: set SKRANKE_TEST_PG to a superuser's address.")
    if "amqp" in parts and not (_installed("proton") and _installed("pika")):
        found.append("The extra skranke[amqp] is not installed.")
    if "browser" in parts and not _installed("playwright"):
        found.append("The extra skranke[browser] is not installed.")
    if "browser" in parts and not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        found.append("There is no Chromium on the path.")
    return found


def _installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


class Worker:
    """Lives in every process that runs tests: chooses the tests, and turns a forbidden skip into a failure."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._required = required()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        wanted = set(filter(None, config.getoption("--req").split(",")))
        left_out = [item for item in items if wanted and not wanted & _requirements(item)]
        if not is_long() and "slow" not in config.option.markexpr:
            slow = [item for item in items if item.get_closest_marker("slow") and item not in left_out]
            _notes(config)[_LEFT_OUT] = len(slow)
            left_out += slow
        if left_out:
            gone = set(left_out)
            items[:] = [item for item in items if item not in gone]
            config.hook.pytest_deselected(items=left_out)

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        item.user_properties += [(_PART, part) for part in MARKED if item.get_closest_marker(part)]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[None]:
        report: Any = yield
        parts = [part for part in MARKED if part in self._required and item.get_closest_marker(part)]
        if report.skipped and parts and not hasattr(report, "wasxfail"):
            report.outcome = "failed"
            report.longrepr = f"{REQUIRE} demands {parts[0]}, but: {report.longrepr[2]}"
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self) -> Iterator[None]:
        report: Any = yield
        if report.skipped and set(MARKED) & set(self._required):
            report.outcome = "failed"
            report.longrepr = f"{REQUIRE} is set, but a whole file would be skipped: {report.longrepr[2]}"
        return report


class Controller:
    """Lives in the process that was started by hand: says what was left out, and counts what had to run."""

    def __init__(self) -> None:
        self._ran: Counter[str] = Counter()
        self._notes: dict[str, int] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and not report.skipped:
            self._ran.update(part for name, part in report.user_properties if name == _PART)

    def absent(self) -> list[str]:
        """The demanded parts of which no test ran."""
        return [part for part in required() if part in MARKED and not self._ran[part]]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self._notes |= getattr(node, "workeroutput", {})

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self.absent() and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:
        left_out = (self._notes | _notes(config)).get(_LEFT_OUT, 0)
        if left_out:
            terminalreporter.write_line(f"left out: {left_out} tests marked slow, which run with {LONG}=1")
        for part in self.absent():
            terminalreporter.write_line(f"{REQUIRE} demands {part}, and no test of it ran", red=True)


def _requirements(item: pytest.Item) -> set[str]:
    return {str(identity) for mark in item.iter_markers("req") for identity in mark.args}


_own_notes: dict[str, int] = {}


def _notes(config: pytest.Config) -> dict[str, int]:
    """Facts for the end of the run; a worker's travel to the controller."""
    return getattr(config, "workeroutput", _own_notes)
