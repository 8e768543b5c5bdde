"""Live events: a small ASGI program that tells open pages that something changed (architecture.md section 5).

A page fetches a ticket from the web process and opens an EventSource here. An event carries a kind and an id, never
content: the page then asks the web process, which decides what this person may see. One database connection listens
for all pages of the process.

A page says how old it is when it opens its stream, and is told what came since it was asked for. Where that is not
known - this process or its database connection is younger than the page - it is told to look at everything.
"""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping
from itertools import takewhile
from math import inf
from typing import Any, NamedTuple
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
_REMEMBERED_SECONDS = 60.0
# A page tells its age before it has reached us.
_TRAVEL_SECONDS = 1.0
_EVERYTHING = json.dumps({"kind": "", "id": ""})

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
_log = get_logger(__name__)


class _Heard(NamedTuple):
    """An event of the last minute. at: by the loop's clock."""

    at: float
    clinic_id: UUID
    data: str


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
        self._heard: deque[_Heard] = deque()
        self._listens_since = inf

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
        await self._stream(ticket.clinic_id, _age(query.get("age", [""])[0]), receive, send)

    async def _stream(self, clinic_id: UUID, age: float, receive: Receive, send: Send) -> None:
        queue: asyncio.Queue[str] = asyncio.Queue(_QUEUE_LENGTH)
        for data in self._since(clinic_id, age):
            _put(queue, data)
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

    def _since(self, clinic_id: UUID, age: float) -> list[str]:
        """What a page of this age (seconds) has missed, each event once."""
        from_then = asyncio.get_running_loop().time() - age - _TRAVEL_SECONDS
        if age + _TRAVEL_SECONDS > _REMEMBERED_SECONDS or from_then < self._listens_since:
            return [_EVERYTHING]
        newest_first = takewhile(lambda one: one.at >= from_then, reversed(self._heard))
        return list(dict.fromkeys(one.data for one in newest_first if one.clinic_id == clinic_id))

    async def _listen(self) -> None:
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(self._dsn, autocommit=True)
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self._begin()
                    async for notice in connection.notifies():
                        self._tell(notice.payload)
            except psycopg.OperationalError as error:
                _log.warning("live.database_away", error=type(error).__name__)
                await asyncio.sleep(_RETRY_SECONDS)

    def _begin(self) -> None:
        """From now on every event is heard; what came before is not known, so that each page looks at everything."""
        self._listens_since = asyncio.get_running_loop().time()
        for queues in self._listeners.values():
            for queue in queues:
                _put(queue, _EVERYTHING)

    def _tell(self, payload: str) -> None:
        event = json.loads(payload)
        heard = _Heard(
            asyncio.get_running_loop().time(),
            UUID(event["clinic"]),
            json.dumps({"kind": event["kind"], "id": event["id"]}),
        )
        while self._heard and self._heard[0].at < heard.at - _REMEMBERED_SECONDS:
            self._heard.popleft()
        self._heard.append(heard)
        for queue in self._listeners.get(heard.clinic_id, set()):
            _put(queue, heard.data)


def _put(queue: asyncio.Queue[str], data: str) -> None:
    """Tell a page; one that does not keep up is told to look at everything instead."""
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        data = _EVERYTHING
    queue.put_nowait(data)


def _age(text: str) -> float:
    """A page's age in seconds from its address; one that does not tell it is as old as any."""
    try:
        found = float(text)
    except ValueError:
        return inf
    return found if found >= 0 else inf


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
