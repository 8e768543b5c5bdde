"""The national schemas do judge, and the count of what they saw reaches the one who started the run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from skranke.standards.render import render

from support.catalogue import E_CONTACT, RECEIPTS
from support.conformance import FLOOR, FUNCTIONS, ConformanceReport
from support.schemas import COUNTS_FOLDER, counted, standards_folder, validate

pytestmark = pytest.mark.skipif(standards_folder() is None, reason="the national schemas are not on this machine")


@pytest.fixture
def report(monkeypatch):
    monkeypatch.setenv(COUNTS_FOLDER, "restored afterwards")
    report = ConformanceReport()
    yield report
    folder = os.environ[COUNTS_FOLDER]
    report.pytest_unconfigure()
    assert not Path(folder).exists()


@pytest.mark.req("DDFL-ENV-01")
@pytest.mark.parametrize(
    ("valid", "broken"),
    [
        (b"<Ack ", b"<Unknown "),
        (b"v1.2 2006-05-24", b"v1.1 2006-02-15"),
        (b"</Dialogmelding>", b"<Notat/></Dialogmelding>"),
        (b"iVBORw0KGgp", b"????"),
        (b'xmlns="http://www.kith.no/xmlstds/base64container"', b'xmlns="urn:unknown"'),
    ],
)
def test_a_broken_message_is_not_valid(valid, broken):
    data = render(E_CONTACT["HE"])
    validate(data, "DIALOG_INNBYGGER_EKONTAKT")
    assert valid in data
    with pytest.raises(AssertionError):
        validate(data.replace(valid, broken), "DIALOG_INNBYGGER_EKONTAKT")


@pytest.mark.req("DDFL-AR-07")
def test_a_list_in_a_receipts_type_of_id_is_not_valid():
    data = render(RECEIPTS["positive"])
    with pytest.raises(AssertionError):
        validate(data.replace(b'V="HER"', b'V="HER" S="2.16.578.1.12.4.1.1.9051"'), "APPREC")


def test_only_valid_documents_count_and_other_processes_count_too(report):
    validate(render(RECEIPTS["positive"]), "APPREC")
    with pytest.raises(AssertionError):
        validate(b"<a/>", "APPREC")
    program = (
        "from support.catalogue import RECEIPTS; from support.schemas import validate;"
        "from skranke.standards.render import render; validate(render(RECEIPTS['negative']), 'APPREC')"
    )
    tests = Path(__file__).resolve().parents[1]
    path = os.pathsep.join([str(tests), str(tests.parent / "src")])
    subprocess.run([sys.executable, "-c", program], check=True, env={**os.environ, "PYTHONPATH": path})
    assert counted(os.environ[COUNTS_FOLDER]) == {"APPREC": 2}


def test_the_floor_names_the_functions_below_it(report, monkeypatch):
    validate(render(RECEIPTS["positive"]), "APPREC")
    monkeypatch.setenv(FLOOR, "0")
    assert report.shortfalls() == []
    monkeypatch.setenv(FLOOR, "1")
    assert [line.partition(":")[0] for line in report.shortfalls()] == [name for name in FUNCTIONS if name != "APPREC"]
