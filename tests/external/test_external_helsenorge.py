"""A program that imports nothing of Skranke plays HelseNorge against a demo on RabbitMQ."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.bus import broker_url, why_no_broker
from support.demo_process import demo, environment
from support.schemas import COUNTS_FOLDER, standards_folder

HERE = Path(__file__).parent
PROGRAM = HERE / "helsenorge.py"
OWN = {"peer", "scenes"}
PATIENCE = 900
FUNCTIONS = {
    "APPREC",
    "DIALOG_INNBYGGER_EKONSULTASJON",
    "DIALOG_INNBYGGER_EKONTAKT",
    "DIALOG_INNBYGGER_TEST",
    "DIALOG_INNBYGGER_TIMERESERVASJON",
}


def _files() -> list[Path]:
    return [path for path in HERE.rglob("*.py") if not path.name.startswith("test_")]


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield node.module or ""


def test_the_program_imports_nothing_of_skranke() -> None:
    allowed = {*sys.stdlib_module_names, "lxml", "proton", *OWN}
    foreign = {(path.name, name) for path in _files() for name in _imports(path) if name.split(".")[0] not in allowed}
    assert len(_files()) > 10
    assert foreign == set()
    assert not any("import_module" in path.read_text() or "__import__" in path.read_text() for path in _files())


@pytest.mark.amqp
@pytest.mark.slow
@pytest.mark.req(
    "MSG-19", "MSG-22", "MSG-25", "RCV-9", "JRN-1", "HNB-3", "HNB-4", "HNB-10", "APT-6", "APT-21",
    "DDFL-ENV-01", "DDFL-ENV-03", "DDFL-ENV-04", "DDFL-ENV-05", "DDFL-ENV-06", "DDFL-ENV-08", "DDFL-ENV-09",
    "DDFL-ENV-14", "DDFL-ENV-18", "DDFL-ENV-19", "DDFL-ENV-20", "DDFL-ENV-21", "DDFL-ENV-22", "DDFL-ENV-28",
    "DDFL-CON-01", "DDFL-CON-02", "DDFL-CON-03", "DDFL-CON-04", "DDFL-CON-07",
    "DDFL-EK-01", "DDFL-EK-02", "DDFL-EK-11", "DDFL-EK-14", "DDFL-KO-01", "DDFL-KO-03", "DDFL-KO-04", "DDFL-KO-05",
    "DDFL-HT-01", "DDFL-HT-08", "DDFL-HT-15", "DDFL-RT-01", "DDFL-RT-02", "DDFL-RT-03", "DDFL-RT-05", "DDFL-RT-06",
    "DDFL-RT-12", "DDFL-RT-13", "DDFL-RT-15", "DDFL-PU-01", "DDFL-PU-02", "DDFL-PU-03", "DDFL-PU-05", "DDFL-PU-09",
    "DDFL-PU-10", "DDFL-KT-01", "DDFL-AR-01", "DDFL-AR-02", "DDFL-AR-03", "DDFL-AR-04", "DDFL-AR-05", "DDFL-AR-08",
    "DDFL-AR-09", "DDFL-AR-10", "DDFL-AR-11", "DDFL-AR-12", "DDFL-AR-14", "DDFL-AR-15", "DDFL-AR-19", "DDFL-AR-20",
    "DDFL-ID-01", "DDFL-ID-02", "DDFL-ATT-01", "DDFL-ATT-02", "DDFL-ATT-05", "DDFL-MET-01", "DDFL-ROL-03",
    "DDFL-CAL-01", "DDFL-CAL-03", "DDFL-CAL-08", "DDFL-CAL-10",
)  # fmt: skip
def test_a_stranger_plays_helsenorge() -> None:
    if reason := why_no_broker():
        pytest.skip(reason)
    with demo("--bus", broker_url(), "--helsenorge", "external") as started:
        started.start()
        report = _play(started.contract)
    assert [one for one in report["scenes"] if not one["ok"]] == []
    assert report["complaints"] == []
    assert len(report["scenes"]) >= 45
    assert report["opened"] > 150
    assert "skranke" not in report["modules"]
    _count(report["validated"])


def _play(contract: Path) -> dict[str, Any]:
    mine = environment()
    del mine["PYTHONPATH"]  # the program finds nothing of ours there
    if (standards := standards_folder()) is not None:
        mine["SKRANKE_STANDARDS"] = str(standards)
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(contract)],
        env=mine, cwd=contract.parent, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    print(done.stderr)
    assert done.stdout, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _count(validated: dict[str, int]) -> None:
    """Add what the program saw valid to the run's count; each function of ours must be among it."""
    if standards_folder() is None:
        assert validated == {}
        return
    assert validated.keys() >= FUNCTIONS
    if folder := os.environ.get(COUNTS_FOLDER):
        with (Path(folder) / f"{os.getpid()}.txt").open("a", encoding="ascii") as counts:
            for function in FUNCTIONS:
                counts.write(f"{function}\n" * validated[function])
