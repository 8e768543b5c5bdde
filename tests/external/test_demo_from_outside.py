"""What other programs rely on when they start a demo: its options, demo.json, /health, and that it stops."""

import json
import signal
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from support.bus import broker_url, why_no_broker
from support.demo_process import SOURCE, DemoProcess, alive, ask, command, demo, environment, is_free

SCHEMA = SOURCE / "skranke" / "cli" / "demo" / "demo.schema.json"
SURE = 60  # seconds within which a refused start has ended


def _refused(*words: str) -> list[str]:
    """The lines of a start that is refused."""
    done = subprocess.run(command(*words), env=environment(), capture_output=True, text=True, timeout=SURE, check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()


def test_external_helsenorge_needs_a_broker(tmp_path: Path) -> None:
    (line,) = _refused("--data", str(tmp_path / "data"), "--helsenorge", "external")
    assert "--bus amqp://" in line
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["embedded", pytest.param("amqp", marks=pytest.mark.amqp)])
def test_a_demo_is_started_ended_and_started_again(kind: str) -> None:
    words = []
    if kind == "amqp":
        if reason := why_no_broker():
            pytest.skip(reason)
        words = ["--bus", broker_url(), "--helsenorge", "external"]
    with demo(*words) as started:
        facts = started.start()
        _tells_where_everything_is(facts, kind)
        _is_healthy(facts, started.port)
        _a_taken_port_is_said_in_one_sentence(started)
        booked = _book(facts)
        left = _is_killed(started) if kind == "embedded" else _stops(started, signal.SIGINT)

        again = started.start()
        assert alive(left) == [], "what a killed demo left running is gone with the next start"
        assert _lasting(again) == _lasting(facts), "a second start keeps people, keys, tokens and the bus"
        assert ask(again, f"appointments/{booked}")["id"] == booked
        _is_healthy(again, started.port)
        _stops(started, signal.SIGTERM)


def _tells_where_everything_is(facts: dict[str, Any], kind: str) -> None:
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(facts)
    assert facts["bus"]["kind"] == kind
    ours = facts["helsenorge"]
    files = [facts["trust"]["ca_certificate"]]
    files += [ours[f"{use}_{part}"] for use in ("signing", "encryption") for part in ("certificate", "key")]
    files += [party[f"{use}_certificate"] for party in facts["parties"] for use in ("signing", "encryption")]
    assert [one for one in files if b"-----BEGIN" not in Path(one).read_bytes()] == []
    lists = {party["her_id"]: 0 for party in facts["parties"]}
    for citizen in facts["citizens"]:
        lists[citizen["gp_her_id"]] += 1
    assert min(lists.values()) >= 60
    assert len({citizen["national_id"] for citizen in facts["citizens"]}) == len(facts["citizens"])
    with urllib.request.urlopen(facts["openapi_url"], timeout=60) as answer:
        assert json.load(answer)["openapi"].startswith("3.")


def _is_healthy(facts: dict[str, Any], port: int) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=60) as answer:
        parts = json.load(answer)["parts"]
    lanes = {"gateway.sync", "gateway.async", "gateway.error", "gateway.outbound"}
    assert {"database", "bus", "worker"} | lanes <= parts.keys()
    assert set(parts.values()) == {"ok"}
    assert str(port) in facts["clinic_url"]


def _a_taken_port_is_said_in_one_sentence(running: DemoProcess) -> None:
    for taken in (running.port, running.port - 2):  # its own first port, and as the last of three
        other = running.home / f"other-{taken}"
        (line,) = _refused("--data", str(other), "--port", str(taken))
        assert str(running.port) in line
        assert not other.exists()


def _book(facts: dict[str, Any]) -> str:
    """An appointment, so that there is something to keep."""
    patient = ask(facts, f"patients?national_id={facts['citizens'][0]['national_id']}")["items"][0]["id"]
    slot = ask(facts, "slots?from=2020-01-01T00:00:00Z&to=2099-01-01T00:00:00Z")["items"][-1]["id"]
    made = ask(facts, "appointments", {"slot_id": slot, "patient_id": patient})
    return str(made["id"])


def _lasting(facts: dict[str, Any]) -> dict[str, Any]:
    users = [{name: value for name, value in user.items() if name != "login_url"} for user in facts["users"]]
    kept = ("bus", "trust", "settings", "helsenorge", "clinic", "parties", "citizens")
    lasting = {name: facts[name] for name in kept} | {"users": users}
    if facts["bus"]["kind"] == "embedded":
        del lasting["bus"]  # the embedded server takes a free port at each start
    return lasting


def _stops(started: DemoProcess, number: signal.Signals) -> dict[int, str]:
    """End it as a person does: everything ends, the database too."""
    below = started.processes()
    assert len(below) > 8, "the demo, its programs and its database"
    assert started.stop(number) == 0
    assert alive(below) == []
    assert all(is_free(started.port + offset) for offset in range(3))
    assert not started.contract.exists(), "who waits for demo.json waits for the next start"
    return below


def _is_killed(started: DemoProcess) -> dict[int, str]:
    """Nobody can stop its programs then: they see that it is gone and end by themselves."""
    below = started.processes()
    started.stop(signal.SIGKILL)
    deadline = time.monotonic() + SURE
    while not all(is_free(started.port + offset) for offset in range(3)):
        assert time.monotonic() < deadline, "a program of a killed demo holds its port"
        time.sleep(0.2)
    return below
