"""Sign, then encrypt; decrypt, then verify: by the `openssl` command and nothing else (HITS 1216 2.1.5)."""

import subprocess
import tempfile
from pathlib import Path


class ProtectionError(Exception):
    """openssl refused; the text is what it said."""


def _openssl(*arguments: str | Path, data: bytes = b"") -> bytes:
    done = subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True, check=False)
    if done.returncode:
        raise ProtectionError(done.stderr.decode(errors="replace").strip())
    return done.stdout


def sign(payload: bytes, certificate: Path, key: Path, *, attributes: bool = True) -> bytes:
    """DER of SignedData that holds the payload. attributes: with signed attributes, or signed directly as .NET does."""
    form = ["-binary", "-nodetach", "-outform", "DER", *([] if attributes else ["-noattr"])]
    return _openssl("cms", "-sign", *form, "-md", "sha256", "-signer", certificate, "-inkey", key, data=payload)


def encrypt(content: bytes, recipient: Path) -> bytes:
    """DER of EnvelopedData for one recipient."""
    return _openssl("cms", "-encrypt", "-aes-256-cbc", "-binary", "-outform", "DER", "-recip", recipient, data=content)


def decrypt(data: bytes, certificate: Path, key: Path) -> bytes:
    """The content of EnvelopedData that is meant for us."""
    return _openssl("cms", "-decrypt", "-binary", "-inform", "DER", "-recip", certificate, "-inkey", key, data=data)


def verify(data: bytes, ca: Path) -> tuple[bytes, bytes]:
    """The signed content, and the signer's certificate (DER); the chain must end at the authority."""
    with tempfile.TemporaryDirectory() as folder:
        signer = Path(folder) / "signer.pem"
        chain = ["-CAfile", ca, "-purpose", "any", "-signer", signer]
        content = _openssl("cms", "-verify", "-binary", "-inform", "DER", *chain, data=data)
        return content, der(signer)


def der(certificate: Path) -> bytes:
    """A PEM certificate as DER, to compare two."""
    return _openssl("x509", "-in", certificate, "-outform", "DER")


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate that nobody trusts."""
    certificate, key = folder / "stranger.pem", folder / "stranger.key"
    made = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=A stranger"]
    _openssl("req", "-x509", *made, "-keyout", key, "-out", certificate)
    return certificate, key
