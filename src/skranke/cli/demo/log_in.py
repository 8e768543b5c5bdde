"""How a demo logs in: its registration with the sandbox's HelseID and ID-porten, with keys of its own."""

import json
from pathlib import Path

from joserfc.jwk import RSAKey

from skranke.cli.demo import cast
from skranke.cli.demo.layout import Layout, keep_private
from skranke.cli.demo.offices import OFFICES
from skranke.sandbox.oidc.values import HELSEID, ID_PORTEN, Provider
from skranke.sandbox.oidc.world import Client, LogIn, Person

_BITS = 2048
_CLIENT_IDS = {HELSEID: "6f2a8f5c-3c0e-4d07-9d4e-5b1c7c1d0e42", ID_PORTEN: "skranke_demo"}
_AFTER = {HELSEID: ("logg-inn", "drift/logg-inn"), ID_PORTEN: ("min/logg-inn",)}
_BACK = {HELSEID: ("logg-inn/helseid/svar", "drift/logg-inn/helseid/svar"), ID_PORTEN: ("min/logg-inn/id-porten/svar",)}


def registration(layout: Layout) -> LogIn:
    """What the sandbox is told: the programs that log people in, and who may be chosen."""
    workers = tuple(
        Person(national_id=worker.national_id, name=worker.name, hpr_number=worker.hpr_number)
        for worker in (*cast.WORKERS, *(one for office in OFFICES for one in office.workers))
    )
    newcomers = tuple(Person(national_id=national_id, name=name) for name, national_id in cast.NEWCOMERS)
    return LogIn(
        clients=tuple(
            Client(
                provider=provider.name,
                client_id=client_id,
                redirect_uris=tuple(f"{layout.public_url}/{path}" for path in _BACK[provider]),
                public_key=_files(layout, provider)[1],
                log_out_uris=tuple(f"{layout.public_url}/{path}" for path in _AFTER[provider]),
            )
            for provider, client_id in _CLIENT_IDS.items()
        ),
        people=(*workers, *newcomers, Person(national_id=cast.OPERATOR_NATIONAL_ID, name=cast.OPERATOR_NAME)),
    )


def settings(layout: Layout) -> dict[str, str]:
    """The settings of the pages' program."""
    found = {}
    for provider, client_id in _CLIENT_IDS.items():
        name = f"SKRANKE_{provider.name.upper()}"
        found[f"{name}_ISSUER"] = f"{layout.sandbox_url}/{provider.path}"
        found[f"{name}_CLIENT_ID"] = client_id
        found[f"{name}_KEY_FILE"] = str(_files(layout, provider)[0])
    return found


def _files(layout: Layout, provider: Provider) -> tuple[Path, Path]:
    """Private key (PEM) and public key (JWK), made once."""
    private, public = (layout.folder / f"log-in-{provider.name}{end}" for end in (".pem", ".json"))
    if not private.exists() or not public.exists():
        key = RSAKey.generate_key(_BITS, auto_kid=True)
        keep_private(private, key.as_pem(private=True).decode("ascii"))
        keep_private(public, json.dumps(key.as_dict(private=False)))
    return private, public
