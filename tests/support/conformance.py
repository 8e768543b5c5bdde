"""A pytest plugin: prints how many documents of each function were validated, and fails the run below a floor.

SKRANKE_CONFORMANCE_FLOOR=N demands N validated documents of every function in `FUNCTIONS`; unset, nothing is
demanded, so that a part of the tests can be run alone.
"""

import os
import shutil
import tempfile

import pytest

from support.schemas import COUNTS_FOLDER, counted, standards_folder

FUNCTIONS = (
    "APPREC",
    "DIALOG_INNBYGGER_AVTALEAVBESTILLING",
    "DIALOG_INNBYGGER_AVTALEUTSENDING",
    "DIALOG_INNBYGGER_BEHANDLEROVERSIKT",
    "DIALOG_INNBYGGER_DIGITALBRUKER",
    "DIALOG_INNBYGGER_EKONSULTASJON",
    "DIALOG_INNBYGGER_EKONTAKT",
    "DIALOG_INNBYGGER_RESEPTFORNYELSE",
    "DIALOG_INNBYGGER_TEST",
    "DIALOG_INNBYGGER_TIMEONSKE",
    "DIALOG_INNBYGGER_TIMERESERVASJON",
)
"""The functions whose messages leave us; a new one is one line here."""

FLOOR = "SKRANKE_CONFORMANCE_FLOOR"


class ConformanceReport:
    """Lives in the process that was started by hand; workers only write counts."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="skranke-conformance-")
        os.environ[COUNTS_FOLDER] = self._folder

    def shortfalls(self) -> list[str]:
        floor = int(os.environ.get(FLOOR, "0"))
        counts = counted(self._folder)
        return [f"{name}: {counts[name]} of {floor}" for name in FUNCTIONS if counts[name] < floor]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self.shortfalls() and exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter) -> None:
        counts = counted(self._folder)
        if standards_folder() is None:
            terminalreporter.write_line("national schemas: not on this machine, no document was validated")
        if counts:
            terminalreporter.section("documents valid by the national schemas")
            for function, number in sorted(counts.items()):
                terminalreporter.write_line(f"{number:6}  {function}")
        for shortfall in self.shortfalls():
            terminalreporter.write_line(f"below the floor ({FLOOR}): {shortfall}", red=True)

    def pytest_unconfigure(self) -> None:
        os.environ.pop(COUNTS_FOLDER, None)
        shutil.rmtree(self._folder, ignore_errors=True)
