"""Our own keys from the files an authority hands out, judged against `openssl`; every fault names file and cure."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from skranke.wire.certificates import SigningIdentity
from skranke.wire.errors import ConfigurationError
from skranke.wire.keyfiles import load_decryption_identity, load_signing_identity

from support.authority import Issuer, key_pem, pem_of, root, write_identity
from support.openssl import openssl

PASSWORD = "hemmelig æøå"


@dataclass
class Desk:
    """A folder with the files of one certificate, in every form."""

    folder: Path
    party: SigningIdentity
    middle: Issuer

    def __truediv__(self, name: str) -> Path:
        return self.folder / name


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Desk:
    top = root()
    middle = top.middle()
    party = middle.issue()
    desk = Desk(tmp_path_factory.mktemp("keys"), party, middle)
    write_identity(party, desk / "own.pem", desk / "own.key")
    (desk / "chain.pem").write_bytes(pem_of(party.certificate, middle.certificate, top.certificate))
    (desk / "backward.pem").write_bytes(pem_of(top.certificate, middle.certificate, party.certificate))
    (desk / "password").write_text(f"{PASSWORD}\n", encoding="utf-8")
    (desk / "wrong").write_text("feil\n", encoding="utf-8")
    (desk / "both.pem").write_bytes(key_pem(party.key) + (desk / "chain.pem").read_bytes())
    (desk / "text").write_text("no key at all", encoding="utf-8")
    _by_openssl(desk)
    return desk


def _by_openssl(desk: Desk) -> None:
    secret = f"pass:{PASSWORD}"
    openssl("rsa", "-aes256", "-in", desk / "own.key", "-passout", secret, "-out", desk / "locked.key")
    export = ("pkcs12", "-export", "-inkey", desk / "own.key", "-in", desk / "chain.pem")
    openssl(*export, "-passout", secret, "-out", desk / "own.p12")
    openssl(*export, "-passout", "pass:", "-out", desk / "open.p12")
    bare = ("pkcs12", "-export", "-nokeys", "-in", desk / "own.pem")
    openssl(*bare, "-passout", secret, "-out", desk / "keyless.p12")
    openssl("genrsa", "-out", desk / "other.key", "2048")
    openssl("genrsa", "-out", desk / "weak.key", "1024")
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", desk / "curve.key")


@pytest.fixture
def desk(made, tmp_path) -> Desk:
    shutil.copytree(made.folder, tmp_path, dirs_exist_ok=True)
    return Desk(tmp_path, made.party, made.middle)


FORMS = {
    "PEM": ("own.pem", "own.key", None, 0),
    "PEM with chain": ("chain.pem", "own.key", None, 1),
    "PEM with the chain in front": ("backward.pem", "own.key", None, 1),
    "one PEM file": ("both.pem", "both.pem", None, 1),
    "PEM, key with a password": ("own.pem", "locked.key", "password", 0),
    "PEM, a password that is not needed": ("own.pem", "own.key", "password", 0),
    "PKCS#12": ("own.p12", "own.p12", "password", 1),
    "PKCS#12 without a password": ("open.p12", "open.p12", None, 1),
    "PKCS#12 with the key beside it": ("own.p12", "locked.key", "password", 1),
}


@pytest.mark.parametrize("form", FORMS)
def test_keys_are_read_in_every_form(desk, form):
    certificate, key, password, links = FORMS[form]
    files = (desk / certificate, desk / key, desk / password if password else None)
    signing = load_signing_identity(*files)
    assert signing.certificate == desk.party.certificate
    assert signing.key.private_numbers() == desk.party.key.private_numbers()
    assert signing.chain == (desk.middle.certificate,)[:links], "the root is never sent along"
    assert load_decryption_identity(*files).certificate == desk.party.certificate


FAULTS: dict[str, tuple[Callable[[Desk], tuple[Path, ...]], str, str]] = {
    "no certificate file": (lambda d: (d / "gone.pem", d / "own.key"), "gone.pem", "check the path"),
    "no key file": (lambda d: (d / "own.pem", d / "gone.key"), "gone.key", "check the path"),
    "no password file": (lambda d: (d / "own.p12", d / "own.p12", d / "gone"), "gone", "check the path"),
    "a folder": (lambda d: (d.folder, d / "own.key"), "", "check the path"),
    "neither PEM nor PKCS#12": (lambda d: (d / "text", d / "own.key"), "text", "PEM or PKCS#12"),
    "no key in the file": (lambda d: (d / "own.pem", d / "own.pem"), "own.pem", "password"),
    "no certificate in the file": (lambda d: (d / "own.key", d / "own.key"), "own.key", "PEM or PKCS#12"),
    "a key file without key": (lambda d: (d / "keyless.p12", d / "keyless.p12", d / "password"), "keyless.p12", "RSA"),
    "password missing": (lambda d: (d / "own.p12", d / "own.p12"), "own.p12", "does it need a password?"),
    "password wrong": (lambda d: (d / "own.p12", d / "own.p12", d / "wrong"), "own.p12", "check the password"),
    "PEM password missing": (lambda d: (d / "own.pem", d / "locked.key"), "locked.key", "does it need a password?"),
    "PEM password wrong": (
        lambda d: (d / "own.pem", d / "locked.key", d / "wrong"),
        "locked.key",
        "check the password",
    ),
    "another certificate's key": (lambda d: (d / "own.pem", d / "other.key"), "other.key", "one certificate"),
    "weak key": (lambda d: (d / "own.pem", d / "weak.key"), "weak.key", "2048"),
    "elliptic key": (lambda d: (d / "own.pem", d / "curve.key"), "curve.key", "RSA"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_names_the_file_and_the_cure(desk, fault):
    files, named, cure = FAULTS[fault]
    with pytest.raises(ConfigurationError) as caught:
        load_signing_identity(*files(desk))
    assert str(desk / named) in str(caught.value)
    assert cure in str(caught.value)
    assert PASSWORD not in str(caught.value)


def test_a_password_is_in_no_text_about_the_keys(desk):
    signing = load_signing_identity(desk / "own.p12", desk / "own.p12", desk / "password")
    assert PASSWORD not in repr(signing)
    assert "key=" not in repr(signing)
