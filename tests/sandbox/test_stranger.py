"""The sandbox is a stranger to the clinic's program, and can step aside for another one."""

import ast
import subprocess
import sys
from pathlib import Path

from skranke.standards.build import ekontakt

from support.lanes import until
from support.ports import free_ports
from support.sandbox import PATIENCE, Browser, environment_of, program, serve

SOURCE = Path(__file__).resolve().parents[2] / "src" / "skranke"
ALLOWED = {"kernel", "standards", "wire", "ui", "sandbox"}


def test_it_imports_only_what_a_stranger_may():
    for file in (SOURCE / "sandbox").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            rooms = {name.split(".")[1] for name in names if name.startswith("skranke.")}
            assert rooms <= ALLOWED, f"{file.name} imports {rooms - ALLOWED}"


def test_its_settings_are_read_without_the_clinics(tmp_path):
    environment = environment_of("postgresql://a@127.0.0.1/b", 1, tmp_path / "world.json", tmp_path / "clock")
    code = (
        "import django; django.setup(); import sys; print([m for m in sys.modules if m.startswith('skranke.config')])"
    )
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_with_another_program_as_helsenorge_it_touches_no_queue(play, tmp_path):
    """A second sandbox in external mode, alone on the same queues: the first one is what answers."""
    port = free_ports(1)
    environment = environment_of(
        play.dsn, port, play.clock_file.parent / "world.json", play.clock_file, SKRANKE_SANDBOX_EXTERNAL="true"
    )
    log = tmp_path / "log"
    citizen = play.citizen()
    with (
        program(serve(port), environment, log),
        program([sys.executable, "-m", "django", "sandbox_bus"], environment, log) as bus,
    ):
        browser = Browser(f"http://127.0.0.1:{port}")
        page = until(lambda: _when_up(browser, citizen.page), seconds=2 * PATIENCE)
        assert page.says("Et annet program spiller HelseNorge")
        refused = browser.post(f"{citizen.page}/skriv/kontakt", {"subject": "Hei", "text": "Hei"})
        assert refused.status == 422
        document = ekontakt.clinic_question(play.clinic.envelope(citizen), subject="Hei", text="Hei", may_answer=False)
        play.clinic.send(document)
        assert play.clinic.hear_receipt(document.info.msg_id).positive
        until(lambda: "bus_left_to_another_program" in log.read_text())
        assert bus.poll() is None
    assert "bus_connected" not in log.read_text()


def _when_up(browser, path):
    try:
        return browser.get(path)
    except OSError:
        return None
