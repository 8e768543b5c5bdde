"""A REST client for one employee, through Django's own request handling."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from skranke.clinics.models import Employee

from cast import Cast


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]
    content: bytes


class Api:
    """`Api(cast, cast.kari).get("threads")`."""

    def __init__(self, cast: Cast, person: Employee, *scopes: str, token: str | None = None) -> None:
        self._client = Client()
        self._token = cast.token(person, *scopes) if token is None else token

    def get(self, path: str, **query: object) -> Answer:
        return self._ask("get", path, data={name: str(value) for name, value in query.items()})

    def post(self, path: str, body: object = None, **headers: str) -> Answer:
        return self._ask("post", path, data=json.dumps(body or {}), content_type="application/json", headers=headers)

    def patch(self, path: str, body: object, **headers: str) -> Answer:
        return self._ask("patch", path, data=json.dumps(body), content_type="application/json", headers=headers)

    def put(self, path: str, body: object, **headers: str) -> Answer:
        return self._ask("put", path, data=json.dumps(body), content_type="application/json", headers=headers)

    def delete(self, path: str, **headers: str) -> Answer:
        return self._ask("delete", path, headers=headers)

    def upload(self, content: bytes, name: str, **headers: str) -> Answer:
        from io import BytesIO

        file = BytesIO(content)
        file.name = name
        return self._ask("post", "attachments", data={"file": file}, headers=headers)

    def _ask(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        sent["Authorization"] = f"Bearer {self._token}"
        response = getattr(self._client, method)(f"/api/v1/{path}", headers=sent, **more)
        content = response.content
        kind = response.headers.get("Content-Type", "")
        body = json.loads(content) if "json" in kind else None
        return Answer(response.status_code, body, dict(response.headers), content)
