"""What the providers sign with."""

from joserfc.jwk import RSAKey

from skranke.sandbox.models import ProviderKey
from skranke.sandbox.oidc.values import PROVIDERS, Provider

_BITS = 2048


def make_keys() -> None:
    """Make the key of each provider that has none."""
    for provider in PROVIDERS.values():
        if not ProviderKey.objects.filter(provider=provider.name).exists():
            key = RSAKey.generate_key(_BITS, {"use": "sig"}, auto_kid=True)
            ProviderKey.objects.get_or_create(provider=provider.name, defaults={"key": key.as_dict(private=True)})


def key_of(provider: Provider) -> RSAKey:
    """The provider's private key."""
    return RSAKey.import_key(ProviderKey.objects.get(provider=provider.name).key)
