"""The external HelseNorge finds the faults it is there to find."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("proton", reason="needs the extra skranke[amqp]")

GOOD = {
    "message_id": "5b0c7c9e-6f0a-4a55-9d0e-0c6f2f1d0001",
    "correlation_id": "5b0c7c9e-6f0a-4a55-9d0e-0c6f2f1d0001",
    "subject": "DIALOG_INNBYGGER_EKONTAKT",
    "to": "2_async",
    "reply_to": "1_async",
    "content_type": "application/pkcs7-mime; smime-type=signed-and-enveloped-data",
    "properties": {"fromHerId": "11", "toHerId": "22", "applicationTimeStamp": "2026-11-22T10:15:00Z"},
}


@pytest.fixture(scope="module")
def peer() -> Iterator[SimpleNamespace]:
    here = str(Path(__file__).parent)
    sys.path.insert(0, here)
    try:
        from peer import building, demo, reading, receipts, words

        yield SimpleNamespace(building=building, demo=demo, reading=reading, receipts=receipts, words=words)
    finally:
        sys.path.remove(here)


def _faults(peer: SimpleNamespace, **changes: Any) -> list[str]:
    header = peer.reading.Header(**GOOD | changes)
    return header.faults("2_async", synchronous=False, from_her_ids={"11"}, her_id="22", reply_to="1_async")


def test_a_good_header_is_good(peer) -> None:
    assert _faults(peer) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"message_id": "17", "correlation_id": "17"},
        {"correlation_id": "5b0c7c9e-6f0a-4a55-9d0e-0c6f2f1d0002"},
        {"to": "3_async"},
        {"reply_to": ""},
        {"content_type": "text/plain"},
        {"properties": {**GOOD["properties"], "fromHerId": "12"}},
        {"properties": {**GOOD["properties"], "toHerId": "11"}},
        {"properties": {**GOOD["properties"], "applicationTimeStamp": "2026-11-22T10:15:00"}},
        {"properties": {**GOOD["properties"], "cpaId": 17}},
    ],
)
def test_each_fault_of_a_header_is_found(peer, changes: dict[str, Any]) -> None:
    assert len(_faults(peer, **changes)) == 1


def _world(peer: SimpleNamespace) -> tuple[Any, Any]:
    """A demo, and a letter to its GP."""
    none = Path("/nowhere")
    queues = peer.demo.Queues("a", "s", "r", "e")
    gp = peer.demo.Gp("11", "9000011", "Kari Lunde", queues, none, none)
    own = peer.demo.Own("2", "HelseNorge", "22", "Innbyggertjenester", queues, none, none, none, none)
    told = peer.demo.Demo("", None, none, 5, "1", "Legekontoret", own, (gp,), (), ())
    letter = peer.building.Letter(function=peer.words.E_CONTACT, code="HE", gp=gp, citizen=None)
    return told, letter


def _receipt(peer: SimpleNamespace, told: Any, letter: Any) -> Any:
    """The receipt for the letter, as the clinic must write it."""
    original = peer.reading.Received("a", peer.reading.Header(**GOOD), peer.building.message(letter, told))
    document = peer.receipts.receipt(original)
    return peer.reading.Received("a", peer.reading.Header(**GOOD | {"subject": "APPREC"}), document)


def test_a_good_receipt_is_good(peer) -> None:
    told, letter = _world(peer)
    assert peer.receipts.faults(_receipt(peer, told, letter), letter, told) == []


@pytest.mark.parametrize(
    "path",
    ["a:Sender/a:HCP/a:Inst/a:Id", "a:Sender/a:HCP/a:Inst/a:HCPerson/a:Name", "a:Receiver/a:HCP/a:Inst/a:Dept/a:Id",
     "a:OriginalMsgId/a:IssueDate", "a:OriginalMsgId/a:Id", "a:Id", "a:MIGversion"],
)  # fmt: skip
def test_each_fault_of_a_receipt_is_found(peer, path: str) -> None:
    told, letter = _world(peer)
    receipt = _receipt(peer, told, letter)
    receipt.document.find(path, peer.words.NAMES).text = "something else"
    assert len(peer.receipts.faults(receipt, letter, told)) == 1


def test_a_refusal_without_error_is_a_fault(peer) -> None:
    told, letter = _world(peer)
    receipt = _receipt(peer, told, letter)
    receipt.document.find("a:Status", peer.words.NAMES).set("V", "2")
    assert peer.receipts.faults(receipt, letter, told) == ["receipt: Error must be there with status 2 and only then"]
