"""Live events: a small ASGI program that tells open pages that something changed (architecture.md section 5).

A page fetches a ticket from the web process and opens an EventSource here. An event carries a kind and an id, never
content: the page then asks the web process, which decides what this person may see. One database connection listens
for all pages of the process.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import psycopg

from skranke.kernel.log import get_logger
from skranke.web import tickets

CHANNEL = "skranke_live"
_KEEP_ALIVE_SECONDS = 15
_RETRY_SECONDS = 2
_QUEUE_LENGTH = 100
_LONGEST_SECONDS = 300.0

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
_log = get_logger(__name__)


class LiveEvents:
    """The ASGI application. `dsn`: the web role's database; `origin`: the only site whose pages may listen."""

    def __init__(self, dsn: str, origin: str, longest: float = _LONGEST_SECONDS) -> None:
        """Nothing is opened until the first page listens.

        longest: seconds after which a page must show a new ticket: who has logged out by then gets none.
        """
        self._longest = longest
        self._dsn = dsn
        self._origin = origin
        self._listeners: dict[UUID, set[asyncio.Queue[str]]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; only GET /live with a good ticket gets a stream."""
        if scope["type"] != "http":
            return
        if scope["path"] == "/health":
            await _answer(send, 200, b"ok")
            return
        query = parse_qs(scope["query_string"].decode("ascii", "replace"))
        ticket = tickets.read(query.get("ticket", [""])[0])
        if scope["path"] != "/live" or ticket is None:
            await _answer(send, 403, b"The ticket has run out. Reload the page.")
            return
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen())
        await self._stream(ticket.clinic_id, receive, send)

    async def _stream(self, clinic_id: UUID, receive: Receive, send: Send) -> None:
        queue: asyncio.Queue[str] = asyncio.Queue(_QUEUE_LENGTH)
        self._listeners[clinic_id].add(queue)
        gone = asyncio.create_task(_wait_for_disconnect(receive))
        try:
            await _start_stream(send, self._origin)
            now = asyncio.get_running_loop().time
            ends = now() + self._longest
            while not gone.done() and now() < ends:
                try:
                    data = await asyncio.wait_for(queue.get(), min(_KEEP_ALIVE_SECONDS, ends - now()))
                except TimeoutError:
                    await _send_part(send, ": still here\n\n")
                else:
                    await _send_part(send, f"data: {data}\n\n")
            if not gone.done():
                await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            self._listeners[clinic_id].discard(queue)

    async def _listen(self) -> None:
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(self._dsn, autocommit=True)
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    async for notice in connection.notifies():
                        self._tell(notice.payload)
            except psycopg.OperationalError as error:
                _log.warning("live.database_away", error=type(error).__name__)
                await asyncio.sleep(_RETRY_SECONDS)

    def _tell(self, payload: str) -> None:
        event = json.loads(payload)
        data = json.dumps({"kind": event["kind"], "id": event["id"]})
        for queue in self._listeners.get(UUID(event["clinic"]), set()):
            # A page that does not keep up loses events, and asks for everything at its next one.
            if not queue.full():
                queue.put_nowait(data)


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _start_stream(send: Send, origin: str) -> None:
    headers = [
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"access-control-allow-origin", origin.encode("ascii")),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await _send_part(send, "retry: 2000\n\n")


async def _send_part(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
