"""A client of the web server: one kept connection, JSON or pages."""

import http.client
import json
import time
from typing import Any, Self
from urllib.parse import urlencode

_PATIENCE = 60.0


class Client:
    """One connection to 127.0.0.1. token: for the REST API."""

    def __init__(self, port: int, token: str = "") -> None:
        self._port = port
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._connection.close()

    def wait(self) -> None:
        """Until the server answers. Raises RuntimeError when it does not within a minute."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                self.ask("GET", "/health")
            except OSError:
                self._connection.close()
                if time.monotonic() > deadline:
                    raise RuntimeError("The web server did not come up.") from None
                time.sleep(0.05)
            else:
                return

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """One request; status and content. A cookie that is set is kept."""
        self._connection.request(method, path, body, {**self._headers, **headers})
        response = self._connection.getresponse()
        for cookie in response.headers.get_all("Set-Cookie", []):
            kept = [self._headers["Cookie"]] if "Cookie" in self._headers else []
            self._headers["Cookie"] = "; ".join([*kept, cookie.partition(";")[0]])
        return response.status, response.read()

    def get_json(self, path: str, **query: str) -> Any:
        """The JSON of a page that must be there."""
        status, content = self.ask("GET", f"{path}?{urlencode(query)}")
        if status != http.client.OK:
            raise RuntimeError(f"{path} answered {status}: {content[:300]!r}")
        return json.loads(content)

    def post_json(self, path: str, body: object) -> tuple[int, Any]:
        """Status and JSON of a POST."""
        content = json.dumps(body).encode()
        status, answer = self.ask("POST", path, content, **{"Content-Type": "application/json"})
        return status, json.loads(answer) if answer else None
