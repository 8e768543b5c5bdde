"""The clinic's side through the REST API, as any other program would use it."""

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

from peer.building import File
from peer.demo import Citizen, Demo, User

_TIMEOUT = 60


class RestError(Exception):
    """The API refused; the text is its problem document."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"{status} {body}")
        self.status = status


class Rest:
    """One member of staff at work."""

    def __init__(self, demo: Demo, user: User) -> None:
        self._base = demo.api_url
        self._token = user.api_token

    def call(
        self, method: str, path: str, body: bytes | None = None, *, kind: str = "application/json", version: int = 0
    ) -> bytes:
        """One request with the token; a write carries a fresh Idempotency-Key, an edit the version it was made on."""
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if body is not None:
            headers |= {"Content-Type": kind, "Idempotency-Key": str(uuid4())}
        if version:
            headers["If-Match"] = f'"{version}"'
        request = Request(f"{self._base}/{path}", data=body, headers=headers, method=method)
        try:
            with urlopen(request, timeout=_TIMEOUT) as response:
                return bytes(response.read())
        except HTTPError as error:
            raise RestError(error.code, error.read().decode(errors="replace")) from error

    def get(self, path: str, **query: str) -> Any:
        return json.loads(self.call("GET", f"{path}?{urlencode(query)}" if query else path))

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return json.loads(self.call("POST", path, json.dumps(body).encode()))

    def edit(self, path: str, version: int, body: Mapping[str, Any]) -> Any:
        """Change what was read in a version."""
        return json.loads(self.call("PATCH", path, json.dumps(body).encode(), version=version))

    def upload(self, file: File) -> str:
        """Upload a file to send later; its id."""
        edge = uuid4().hex
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
            f"Content-Type: {file.media_type}\r\n\r\n"
        )
        body = head.encode() + file.content + f"\r\n--{edge}--\r\n".encode()
        made = json.loads(self.call("POST", "attachments", body, kind=f"multipart/form-data; boundary={edge}"))
        return str(made["id"])

    def patient(self, citizen: Citizen) -> str:
        """The id of a citizen as the clinic's patient."""
        (found,) = self.get("patients", national_id=citizen.national_id)["items"]
        return str(found["id"])

    def threads(self, citizen: Citizen, mailbox: str = "innboks") -> list[dict[str, Any]]:
        """The citizen's threads in a mailbox."""
        found: list[dict[str, Any]] = self.get("threads", mailbox=mailbox, patient=self.patient(citizen))["items"]
        return found

    def journal(self, citizen: Citizen) -> list[dict[str, Any]]:
        """The citizen's journal, newest first."""
        found: list[dict[str, Any]] = self.get("journal", patient=self.patient(citizen))["items"]
        return found

    def appointments(self, citizen: Citizen) -> list[dict[str, Any]]:
        """The citizen's appointments that stand."""
        found: list[dict[str, Any]] = self.get("appointments", patient=self.patient(citizen))["items"]
        return found

    def slots(self, first: datetime, days: int, **query: str) -> list[dict[str, Any]]:
        """The slots offered in some days."""
        asked = {"from": first.isoformat(), "to": (first + timedelta(days=days)).isoformat(), **query}
        found: list[dict[str, Any]] = self.get("slots", **asked)["items"]
        return found


def until(found: Callable[[], Any], what: str, seconds: float = 30) -> Any:
    """What `found` gives, asked again until it is something."""
    deadline = time.monotonic() + seconds
    while True:
        if answer := found():
            return answer
        assert time.monotonic() < deadline, f"not seen in {seconds} s: {what}"
        time.sleep(0.1)
