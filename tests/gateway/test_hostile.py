"""Documents made to cost much are refused for little: time, memory, and no file or address is touched.

Measured in a process of its own. The time is printed and bounded only by the end of our patience; the memory is
asserted.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import override_settings

from skranke.gateway import inbound
from skranke.gateway.models import ReceivedMessage
from skranke.wire.connect import connect
from skranke.wire.transport import RawMessage

from support.authority import site
from support.hostile_child import DOCUMENTS
from support.measure import peak_of

CHILD = Path(__file__).resolve().parents[1] / "support" / "hostile_child.py"
PATIENCE = 60  # seconds; the figure asked for is one
GRAIN = 1024 * 1024  # of the measure: pages that the interpreter itself takes meanwhile


def run(name: str, *arguments: str, before: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*before, sys.executable, str(CHILD), name, *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
        env=os.environ | environment,
    )


@pytest.mark.req("NFR-3")
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_hostile_document_costs_little(name) -> None:
    with site() as web:
        found = json.loads(run(name, SKRANKE_TEST_BAIT=web.url("/bait")).stdout)
        assert web.asked == []
    print(f"{name}: {found['seconds']} s, {found['extra'] // 1024} KiB extra for {found['length'] // 1024} KiB")
    assert found["error"] in {"EncodingError", "NotXmlError", "SchemaError", "TooLargeError"}
    assert found["extra"] < 3 * found["length"] + GRAIN
    assert found["touched"] == []


def test_the_watch_sees_a_file_that_is_opened() -> None:
    assert json.loads(run("100,000 levels", "control").stdout)["touched"] == [f"open {os.devnull}"]


@pytest.mark.parametrize("name", ["an entity that is a file", "an entity on the web", "a document type on the web"])
def test_no_system_call_opens_or_connects(name) -> None:
    """As the kernel sees it: the XML library is written in C, and Python's own watch does not look there."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not on this machine")
    calls = run(name, before=(strace, "-f", "-e", "trace=%file,%network,write")).stderr
    _, begun, rest = calls.partition("BEGIN")
    during, ended, _ = rest.partition('write(2, "END')
    assert begun
    assert ended
    assert [line for line in during.splitlines() if line.startswith(("open", "socket", "connect", "stat"))] == []


@pytest.mark.req("CMP-9")
def test_a_body_that_is_too_large_is_refused_and_not_kept(office) -> None:
    message = office.helsenorge.sealed(office.helsenorge.e_contact(office.cast.ola))
    with override_settings(OURS=replace(settings.OURS, message_bytes=len(message.body) - 1)):
        office.helsenorge.again(message)
        assert office.answers() == []
    (report,) = office.helsenorge.reports()
    assert report.headers.error_condition == "transport:invalid-cms-pkcs"
    assert str(len(message.body)) in report.headers.error_description
    with office.acting():
        row = ReceivedMessage.objects.get()
        assert (row.state, bytes(row.ciphertext), row.document) == ("fault", b"", None)
    office.helsenorge.again(replace(message, message_id=str(uuid4())))
    (receipt,) = office.answers()
    assert receipt.code == "1"


@pytest.mark.req("CMP-9")
def test_a_body_that_is_too_large_never_leaves_the_bus(office) -> None:
    message = office.helsenorge.sealed(office.helsenorge.e_contact(office.cast.ola))
    office.helsenorge.again(message)
    with connect(office.endpoint.bus_url, largest=len(message.body) - 1) as reader:
        delivery = reader.receive(office.helsenorge.queues.clinic_async, timeout=5)
        assert delivery is not None
        assert (delivery.message.body, delivery.message.unread) == (b"", len(message.body))
        inbound.receive([delivery.message], office.cast.clinic.id, office.endpoints)
        reader.accept(delivery)
    office.send_out()
    (report,) = office.helsenorge.reports()
    assert report.headers.original_message_id == message.message_id


def test_an_oversized_body_is_neither_copied_nor_read(office) -> None:
    office.endpoint  # noqa: B018 - read now, not while we measure
    message = office.helsenorge.sealed(office.helsenorge.e_contact(office.cast.ola))
    facts = {name: getattr(message, name) for name in ("message_id", "correlation_id", "subject", "content_type")}
    raw = RawMessage(queue="x", body=bytes(64 * 1024 * 1024), headers=message.headers, **facts)
    inbound.receive([replace(raw, body=b"", message_id=str(uuid4()))], office.cast.clinic.id, office.endpoints)
    peak = peak_of(lambda: inbound.receive([raw], office.cast.clinic.id, office.endpoints))
    assert peak < len(raw.body) / 16
