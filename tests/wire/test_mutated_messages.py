"""Protected messages damaged by dice: each ends in a typed fault, or opens to exactly what was signed."""

import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from skranke.kernel import clock
from skranke.wire import demo_pki, protection
from skranke.wire.certificates import DecryptionIdentity, SigningIdentity, TrustStore
from skranke.wire.errors import TransportFaultError
from skranke.wire.faults import is_reportable

from support.authority import ENCRYPTION, Issuer, pem_of, root, write_identity
from support.mutations import mutated_bytes
from support.openssl import PROGRAM, openssl

PAYLOAD = b"<hei>" + b"Er dere aapne? " * 20 + b"</hei>"


@dataclass
class World:
    authority: Issuer
    sender: SigningIdentity
    receiver: DecryptionIdentity
    folder: Path

    def open(self, data: bytes) -> bytes:
        return protection.unprotect(
            data,
            decryption=[self.receiver],
            sender_certificate=self.sender.certificate,
            trust=TrustStore(roots=(self.authority.certificate,), policies=frozenset({demo_pki.TEST_POLICY})),
            now=clock.now(),
        ).payload

    def end_of(self, data: bytes) -> str | None:
        """None when it opens to what was signed; else the condition that its sender is told of."""
        try:
            payload = self.open(data)
        except TransportFaultError as error:
            return error.condition if is_reportable(error) else "not reportable"
        assert payload == PAYLOAD
        return None

    def by_openssl(self, *options: str) -> bytes:
        files = ("-signer", self.folder / "sender.pem", "-inkey", self.folder / "sender.key")
        return openssl("cms", "-sign", "-binary", "-nodetach", "-outform", "DER", *files, *options, data=PAYLOAD)


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    folder = tmp_path_factory.mktemp("mutants")
    authority = root()
    sender, receiver = authority.issue("Avsender"), authority.issue("Mottaker", use=ENCRYPTION)
    write_identity(sender, folder / "sender.pem", folder / "sender.key")
    (folder / "receiver.pem").write_bytes(pem_of(receiver.certificate))
    return World(authority, sender, DecryptionIdentity(receiver.certificate, receiver.key), folder)


def signed_forms(world: World) -> list[bytes]:
    """As we sign, without attributes, and as openssl, where it is, does: DER, BER of indefinite length, SHA-512."""
    ours = [protection.sign(PAYLOAD, signer=world.sender, signed_attributes=with_them) for with_them in (True, False)]
    forms = [(), ("-stream",), ("-noattr", "-md", "sha512")] if PROGRAM else []
    return ours + [world.by_openssl(*options) for options in forms]


@pytest.mark.req("NFR-3")
@pytest.mark.parametrize("number", [400, pytest.param(10_000, marks=pytest.mark.slow)])
def test_a_damaged_message_is_refused_with_a_typed_fault_or_unchanged(world, number) -> None:
    """Half are damaged outside, half inside the encryption. What opens must be the very payload that was signed."""
    dice = random.Random(20261127)
    forms = signed_forms(world)
    receiver = world.receiver.certificate
    opened, kinds = 0, set()
    for turn in range(number):
        signed = forms[turn % len(forms)]
        if turn % 2:
            data = protection.encrypt(mutated_bytes(signed, dice), recipient=receiver)
        else:
            data = mutated_bytes(protection.encrypt(signed, recipient=receiver), dice)
        end = world.end_of(data)
        if end is None:
            opened += 1
        else:
            kinds.add(end)
    print(f"{number} damaged messages: {opened} opened unchanged, the others {sorted(kinds)}")
    assert len(kinds) >= 4
    assert "not reportable" not in kinds
    assert opened < number / 2
