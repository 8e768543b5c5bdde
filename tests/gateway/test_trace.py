"""What an operator can see of messages, what the documents promise, and that no log holds a person."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from skranke.dialog.models import DialogKind
from skranke.gateway import errors, trace
from skranke.gateway.types.conversations import WRITERS
from skranke.gateway.types.registry import RENDERERS, TYPES
from skranke.kernel import clock
from skranke.kernel.errors import NotFoundError
from skranke.kernel.ids import new_id
from skranke.outbox.intents import Intent
from skranke.standards.render import render
from skranke.wire import faults
from skranke.wire.errors import FAULTS, DecryptionFailedError
from skranke.wire.transport import RawMessage

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "gateway.md"


@pytest.mark.req("NFR-3")
def test_a_message_is_traced_with_its_receipt(office) -> None:
    question = office.helsenorge.e_consultation(office.cast.ola)
    office.helsenorge.send(question)
    office.helsenorge.send(b"no XML", like=office.helsenorge.e_contact(office.cast.ola))
    office.work()
    with office.acting():
        lines = trace.messages()
        asked = next(line for line in lines if line.msg_id == question.info.msg_id)
        found = trace.message(asked.id)
        assert [hop.what for hop in found.hops] == [
            "received:acted",
            "apprec:queued",
            "apprec:rendered",
            "apprec:sent",
        ]
        assert b"Hva gj" in found.xml
        assert [line.code for line in trace.messages(problems=True)] == ["transport:not-well-formed-xml"]
        with pytest.raises(NotFoundError):
            trace.message(new_id())


def test_every_code_of_the_error_table_is_documented() -> None:
    said = DOCUMENT.read_text(encoding="utf-8")
    for rule in errors.TABLE:
        row = next((line for line in said.splitlines() if f"`{rule.error.__name__}`" in line), "")
        assert f"| {rule.reaction} |" in row, rule.error.__name__
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.GatewayError)]
    assert {kind.code for kind in kinds} <= set(re.findall(r"`(gateway[a-z_]*)`", said))
    assert set(FAULTS) <= set(re.findall(r"`((?:transport|abuse):[a-z-]+)`", said))


def test_every_intent_has_a_renderer_and_every_type_its_page() -> None:
    assert set(RENDERERS) == set(Intent) - {Intent.ERROR_REPORT}
    # What stays with us never leaves through HelseNorge (CMP-4, MSG-21).
    assert set(WRITERS) == set(DialogKind) - {DialogKind.UNKNOWN, DialogKind.E_DIALOG, DialogKind.INTERNAL}
    folder = Path(errors.__file__).parent / "types"
    pages = {path.parent.name for path in folder.glob("*/README.md")}
    assert len(pages) == len(TYPES)


def test_no_log_line_holds_a_person(office, capfd, monkeypatch) -> None:
    from skranke.gateway import inbound
    from skranke.kernel import log

    def broken(*_, **__):
        raise RuntimeError("Key (national_id)=(Nordmann) already exists")

    log.configure(level="DEBUG")
    try:
        office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola, subject="Merkeord", text="Merkeord"))
        with monkeypatch.context() as during:
            during.setattr(inbound, "check_content", broken)
            office.take_in()
        office.work()
        office.helsenorge.send(office.helsenorge.e_contact(office.cast.jonas, text="Merkeord"))
        office.work()
        status = office.helsenorge.digital_status(office.cast.ola, active=True)
        sent = office.helsenorge.send(render(status).replace(b'V="SDAB"', b'V="Merkeord"'), like=status)
        office.work()
        told = faults.report(
            RawMessage(queue=sent.queue, message_id=sent.message_id, headers=sent.headers),
            DecryptionFailedError("Merkeord"), error_queue=office.helsenorge.queues.clinic_error, now=clock.now(),
        )  # fmt: skip
        office.helsenorge.again(replace(told, headers=replace(told.headers, error_condition="Merkeord")))
        assert office.take_reports() == ["accept"]
    finally:
        log.configure(level="WARNING")
    said = capfd.readouterr().err
    assert "gateway_alarm" in said
    assert "digital_status_unknown_question" in said
    assert "error_queue_report" in said
    for person in (office.cast.ola, office.cast.jonas):
        for mark in ("Merkeord", person.national_id, person.family_name, person.given_name):
            assert mark not in said
