"""A page hears of its own clinic's changes and of no other's (NFR-2)."""

import asyncio
import json
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection

from skranke.kernel.ids import new_id
from skranke.tenancy.live import announce
from skranke.tenancy.work import acting
from skranke.web import tickets
from skranke.web.live import LiveEvents

from cast import Cast, make_clinic

PATIENCE = 30


class Page:
    """One open page: what it heard."""

    def __init__(self, app: LiveEvents, ticket: str) -> None:
        self.status = 0
        self.heard: list[str] = []
        self.news = asyncio.Condition()
        scope = {"type": "http", "path": "/live", "query_string": f"ticket={ticket}".encode()}
        self.task = asyncio.create_task(app(scope, self._receive, self._send))

    async def _receive(self):
        return await asyncio.Event().wait()

    async def _send(self, part) -> None:
        async with self.news:
            self.status = part.get("status", self.status)
            body = part.get("body", b"").decode()
            self.heard += [json.loads(line[6:])["id"] for line in body.splitlines() if line.startswith("data: {")]
            self.news.notify_all()

    async def until(self, found) -> None:
        async with self.news:
            await asyncio.wait_for(self.news.wait_for(found), PATIENCE)

    async def close(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


def tell(cast: Cast, thing: UUID) -> None:
    with acting(cast.system):
        announce("thread", thing)
    connection.close()


@pytest.mark.req("NFR-2")
def test_another_clinic_s_events_do_not_come_and_a_forged_ticket_opens_nothing() -> None:
    ours, theirs = make_clinic(), make_clinic()
    first, second = new_id(), new_id()

    async def scene() -> None:
        app = LiveEvents(settings.OURS.database_url, "http://127.0.0.1")
        mine, other = (Page(app, tickets.issue(cast.clinic.id, None)) for cast in (ours, theirs))
        forged = Page(app, tickets.issue(ours.clinic.id, None)[:-1] + "x")
        await forged.until(lambda: forged.status)
        assert forged.status == 403
        while not mine.heard:  # it may not listen yet when it is told the first time
            await asyncio.to_thread(tell, ours, first)
            await asyncio.sleep(0.05)
        await asyncio.to_thread(tell, theirs, second)
        await other.until(lambda: other.heard)
        assert set(other.heard) == {str(second)}
        assert str(second) not in mine.heard
        for page in (mine, other, forged):
            await page.close()
        app._task.cancel()

    asyncio.run(scene())


@pytest.mark.req("ORG-14")
def test_a_page_must_show_a_new_ticket_after_a_while() -> None:
    """Who has logged out, or whose screen is locked, gets none."""

    async def scene() -> None:
        app = LiveEvents(settings.OURS.database_url, "http://127.0.0.1", longest=0.1)
        page = Page(app, tickets.issue(new_id(), None))
        await asyncio.wait_for(page.task, PATIENCE)
        assert page.status == 200
        app._task.cancel()

    asyncio.run(scene())
