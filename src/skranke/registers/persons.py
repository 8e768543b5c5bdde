"""Folkeregisteret, through Persontjenesten: where a person lives, and whether that is secret (PAT-8).

What differs between interfaces stands in `person_profile`. Nothing of an answer is kept here, logged or repeated in an
error: it may be an address that nobody is to know.
"""

import json
from typing import Any

from skranke.kernel.ids import NationalId
from skranke.registers import person_profile as profile
from skranke.registers.errors import RegisterAwayError, RegisterFaultError, RegisterUnreadableError
from skranke.registers.soap import Patience, Rest, asked, http_client, sent
from skranke.registers.values import AddressProtection, RegisterPerson

_OK, _NOT_FOUND, _FAULT, _SERVERS = 200, 404, 400, 500


class PersonRegister:
    """The register at one address."""

    def __init__(self, url: str, *, user: str = "", password: str = "") -> None:
        base, _, query = url.partition("?")
        self._url = f"{base.rstrip('/')}{profile.PATH}{'?' if query else ''}{query}"
        self._http = http_client(user, password)
        self._rest = Rest()

    def person(self, national_id: NationalId, patience: Patience) -> RegisterPerson | None:
        """What the register tells of a person; None for one it does not know.

        Raises RegisterAwayError, RegisterDeniedError, RegisterFaultError, RegisterUnreadableError.
        """
        body = profile.question(national_id.value)
        return asked(lambda: self._once(body, patience.seconds), self._rest, "person", patience)

    def _once(self, body: bytes, seconds: float) -> RegisterPerson | None:
        headers = {"Content-Type": profile.MEDIA_TYPE, "Accept": "application/json"}
        status, content = sent(self._http, self._url, body, headers, seconds)
        if status == _NOT_FOUND:
            return None
        if status == _OK:
            return _read(content)
        if _FAULT <= status < _SERVERS:
            raise RegisterFaultError("The register refuses the question. Nothing was changed.", fault=str(status))
        raise RegisterAwayError(f"The register answers with status {status}.")


def _read(content: bytes) -> RegisterPerson:
    """Raises RegisterUnreadableError: without the cause, which would repeat the answer."""
    try:
        told: Any = json.loads(content)
        protection = profile.protection(told)
        address = profile.address(told) if protection is AddressProtection.NONE else None
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise RegisterUnreadableError("The register's answer cannot be read. Nothing was changed.") from None
    return RegisterPerson(protection=protection, address=address)
