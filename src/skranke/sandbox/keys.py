"""The sandbox's own keys, and the certificates of the clinics, read from the files the world names."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from skranke.sandbox import world
from skranke.sandbox.models import Party
from skranke.sandbox.world import World
from skranke.wire.certificates import (
    Certificate,
    DecryptionIdentity,
    SigningIdentity,
    TrustStore,
    load_certificate,
    load_trust,
)
from skranke.wire.keyfiles import load_decryption_identity, load_signing_identity


@dataclass(frozen=True, slots=True)
class Keys:
    """What it takes to sign, to open and to trust."""

    signing: SigningIdentity = field(repr=False)
    decryption: DecryptionIdentity = field(repr=False)
    trust: TrustStore

    @classmethod
    def of(cls, one: World) -> "Keys":
        """From the files that the world names. Raises ConfigurationError."""
        return cls(
            signing=load_signing_identity(one.own.signing_certificate, one.own.signing_key),
            decryption=load_decryption_identity(one.own.encryption_certificate, one.own.encryption_key),
            trust=load_trust(one.ca_certificate),
        )


def encryption_certificate(party: Party) -> Certificate:
    """The certificate to encrypt to. Raises ConfigurationError."""
    return _certificate(party.encryption_certificate, _stamp(party.encryption_certificate))


def signing_certificate(party: Party) -> Certificate:
    """The certificate the party's signature is checked with. Raises ConfigurationError."""
    return _certificate(party.signing_certificate, _stamp(party.signing_certificate))


def the_world() -> World:
    """The world of this process's settings; read again when the file has changed."""
    return _world(settings.OURS.world, _stamp(settings.OURS.world))


@lru_cache(maxsize=2)
def _world(path: str, _stamp: int) -> World:
    return world.load(Path(path))


@lru_cache(maxsize=1000)
def _certificate(path: str, _stamp: int) -> Certificate:
    return load_certificate(Path(path))


def _stamp(path: str) -> int:
    """When the file was last written: a certificate that is exchanged is read anew."""
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0
