"""The two providers as the settings name them, and which claims they speak of a person with."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from skranke.identity.errors import LogInRefusedError
from skranke.identity.oidc.values import Provider, ProviderName, Refusal

_HELSEID_SCOPES = (
    "openid profile helseid://scopes/identity/pid helseid://scopes/identity/security_level "
    "helseid://scopes/hpr/hpr_number"
)
_HELSEID_LEVELS = {"4": 4, "3": 3}
_ID_PORTEN_LEVELS = {"idporten-loa-high": 4, "idporten-loa-substantial": 3, "idporten-loa-low": 0}


def is_set_up(name: ProviderName) -> bool:
    """Whether the installation is registered with the provider."""
    return bool(getattr(settings.OURS, f"{name}_issuer"))


def provider(name: ProviderName) -> Provider:
    """The provider as the installation's settings tell of it. Raises LogInRefusedError when they do not."""
    if not is_set_up(name):
        raise LogInRefusedError(Refusal.NOT_SET_UP)
    ours = settings.OURS
    if name == ProviderName.HELSEID:
        return Provider(
            name=name,
            issuer=ours.helseid_issuer,
            client_id=ours.helseid_client_id,
            key=ours.helseid_key,
            scope=_HELSEID_SCOPES,
            assertion_type="client-authentication+jwt",
            rsa_algorithm="PS256",
            dpop=True,
        )
    return Provider(
        name=name,
        issuer=ours.id_porten_issuer,
        client_id=ours.id_porten_client_id,
        key=ours.id_porten_key,
        scope="openid",
        assertion_type="JWT",
        rsa_algorithm="RS256",
        acr_values="idporten-loa-high",
    )


def person_of(name: ProviderName, claims: Mapping[str, Any]) -> tuple[str, int, str]:
    """National id, security level and HPR number as a provider's claims tell them; empty or 0 where they do not."""
    if name == ProviderName.HELSEID:
        return (
            _text(claims, "helseid://claims/identity/pid"),
            _HELSEID_LEVELS.get(_text(claims, "helseid://claims/identity/security_level"), 0),
            _text(claims, "helseid://claims/hpr/hpr_number"),
        )
    return _text(claims, "pid"), _ID_PORTEN_LEVELS.get(_text(claims, "acr"), 0), ""


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""
