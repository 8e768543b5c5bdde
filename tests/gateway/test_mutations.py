"""Damaged messages through the gateway: each is done with at once, kept, and answered by the book."""

import random

import pytest

from skranke.gateway.models import ReceivedMessage
from skranke.wire.protection import encrypt, sign

from support.incoming import KINDS, outcome
from support.matrix import Scene
from support.mutations import mutated_bytes, mutated_tree

ENDS = {"accepted", "AppRec T01", "AppRec T02", "AppRec T10", "AppRec T99", "AppRec E10", "AppRec E21", "AppRec E36",
        "answer 09", "answer 26", "answer 30", "abuse:spoofing-attack", "transport:invalid-encoding",
        "transport:invalid-field-value", "transport:not-well-formed-xml", "transport:unsupported-message",
        "transport:xml-not-interpretable", "fault gateway_not_for_us",
        "fault gateway_unknown_original"}  # fmt: skip


@pytest.mark.req("NFR-3")
@pytest.mark.parametrize("number", [10, pytest.param(150, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_document_that_is_rightly_signed_is_done_with_at_once(office, kind, number) -> None:
    right = KINDS[kind].right(office)
    office.helsenorge.openssl = False
    dice = random.Random(f"20261127 {kind}")
    found = []
    for turn in range(number):
        damage = mutated_tree if turn % 2 else mutated_bytes
        found.append(outcome(office, right, damage(right.xml(), dice)))
    print(f"{kind}: { {end: found.count(end) for end in sorted(set(found))} }")
    assert set(found) <= ENDS


@pytest.mark.req("NFR-3")
@pytest.mark.parametrize("number", [30, pytest.param(300, marks=pytest.mark.slow)])
def test_a_damaged_body_is_reported_and_nothing_but_what_was_signed_is_acted_on(office, tmp_path, number) -> None:
    office.helsenorge.openssl = False
    scene = Scene(office, None, tmp_path)
    dice = random.Random(20261127)
    for turn in range(number):
        question = office.helsenorge.e_contact(office.cast.ola)
        like = office.helsenorge.sealed(question)
        if turn % 2:
            signed = sign(scene.xml, signer=scene.sender)
            body = encrypt(mutated_bytes(signed, dice), recipient=scene.ours)
        else:
            body = mutated_bytes(like.body, dice)
        office.helsenorge.send(question, body=body)
        assert office.take_in() == ["accept"]
    office.send_out()
    reports, letters = office.helsenorge.reports(), office.helsenorge.letters()
    with office.acting():
        rows = list(ReceivedMessage.objects.all())
    faults = [row for row in rows if row.state == "fault"]
    assert len(faults) == len(reports)
    assert {row.code for row in faults} <= {f"transport:{name}" for name in (
        "invalid-cms-pkcs", "decryption-failed", "invalid-signature", "invalid-certificate")}  # fmt: skip
    acted = [row for row in rows if row.state == "acted"]
    assert len(letters) == len(acted)
    assert len(acted) < number / 4
