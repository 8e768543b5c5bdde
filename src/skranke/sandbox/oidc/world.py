"""What the sandbox is told of log-ins: which programs are registered, and which health personnel may be chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skranke.kernel.ids import NationalId


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A program that is registered with a provider. public_key: a JWK in a file.

    log_out_uris: where one may be sent after logging out.
    """

    provider: str
    client_id: str
    redirect_uris: tuple[str, ...]
    public_key: Path
    log_out_uris: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Person:
    """Somebody who logs in with HelseID. hpr_number: empty for those who are no health personnel."""

    national_id: NationalId
    name: str
    hpr_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIn:
    """All of it."""

    clients: tuple[Client, ...] = ()
    people: tuple[Person, ...] = ()


def read(told: Mapping[str, Any]) -> LogIn:
    """The part `log_in` of the world file."""
    return LogIn(
        clients=tuple(
            Client(
                provider=one["provider"],
                client_id=one["client_id"],
                redirect_uris=tuple(one["redirect_uris"]),
                public_key=Path(one["public_key"]),
                log_out_uris=tuple(one.get("log_out_uris") or ()),
            )
            for one in told.get("clients", ())
        ),
        people=tuple(
            Person(national_id=NationalId(one["national_id"]), name=one["name"], hpr_number=one.get("hpr_number") or "")
            for one in told.get("people", ())
        ),
    )


def plain(log_in: LogIn) -> dict[str, Any]:
    """The same as JSON takes it."""
    return {
        "clients": [
            {
                "provider": one.provider,
                "client_id": one.client_id,
                "redirect_uris": list(one.redirect_uris),
                "public_key": str(one.public_key),
                "log_out_uris": list(one.log_out_uris),
            }
            for one in log_in.clients
        ],
        "people": [
            {"national_id": str(one.national_id), "name": one.name, "hpr_number": one.hpr_number}
            for one in log_in.people
        ],
    }
