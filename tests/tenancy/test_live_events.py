"""A page hears of its own clinic's changes and of no other's (NFR-2)."""

import asyncio
import json
import time
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.core import signing
from django.db import connection

from skranke.kernel.ids import new_id
from skranke.tenancy.live import announce
from skranke.tenancy.work import acting
from skranke.web import tickets
from skranke.web.live import LiveEvents, _put

from cast import Cast, make_clinic

PATIENCE = 30
EVERYTHING = ""


class Page:
    """One open page: what it heard."""

    def __init__(self, app: LiveEvents, ticket: str, age: str = "0") -> None:
        self.status = 0
        self.heard: list[str] = []
        self.news = asyncio.Condition()
        scope = {"type": "http", "path": "/live", "query_string": f"ticket={ticket}&age={age}".encode()}
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
        while str(first) not in mine.heard:  # it may not listen yet when it is told the first time
            await asyncio.to_thread(tell, ours, first)
            await asyncio.sleep(0.05)
        await asyncio.to_thread(tell, theirs, second)
        await other.until(lambda: str(second) in other.heard)
        assert set(other.heard) - {EVERYTHING} == {str(second)}
        assert str(second) not in mine.heard
        for page in (mine, other, forged):
            await page.close()
        app._task.cancel()

    asyncio.run(scene())


@pytest.mark.req("NFR-2")
def test_a_ticket_opens_the_events_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may no longer ask for a page gets no new ticket, and the old one is soon worth nothing."""
    clinic_id, now = new_id(), int(time.time())
    held = []
    for age in (tickets.SECONDS + 5, tickets.SECONDS - 30):
        with monkeypatch.context() as then:
            then.setattr(signing.TimestampSigner, "timestamp", lambda _, age=age: signing.b62_encode(now - age))
            held.append(tickets.issue(clinic_id, None))

    async def scene() -> None:
        app = LiveEvents(settings.OURS.database_url, "http://127.0.0.1")
        late, good = (Page(app, ticket) for ticket in held)
        for page in (late, good):
            await page.until(lambda page=page: page.status)
        assert (late.status, good.status) == (403, 200)
        for page in (late, good):
            await page.close()
        app._task.cancel()

    asyncio.run(scene())


@pytest.mark.req("NFR-2")
def test_what_came_while_a_page_was_on_its_way_is_told_when_it_listens() -> None:
    """Between the page's making and its stream there is always a moment; nothing of it is lost."""
    ours, theirs = make_clinic(), make_clinic()
    early, foreign = new_id(), new_id()

    async def scene() -> None:
        app = LiveEvents(settings.OURS.database_url, "http://127.0.0.1")
        there = Page(app, tickets.issue(ours.clinic.id, None))
        await there.until(lambda: there.heard)
        assert there.heard[0] == EVERYTHING  # this process is younger than the page
        while str(early) not in there.heard:
            await asyncio.to_thread(tell, ours, early)
            await asyncio.to_thread(tell, theirs, foreign)
            await asyncio.sleep(0.05)
        app._listens_since -= 600
        late = Page(app, tickets.issue(ours.clinic.id, None), age="30")
        await late.until(lambda: late.heard)
        assert late.heard == [str(early)]
        for age in ("59.5", "400", "-1", "nan", "inf", "often", ""):
            older = Page(app, tickets.issue(ours.clinic.id, None), age=age)
            await older.until(lambda older=older: older.heard)
            assert older.heard == [EVERYTHING], age
            await older.close()
        for page in (there, late):
            await page.close()
        app._task.cancel()

    asyncio.run(scene())


@pytest.mark.req("NFR-2")
def test_when_the_database_has_been_away_every_open_page_looks_at_everything() -> None:
    ours, thing = make_clinic(), new_id()

    async def scene() -> None:
        app = LiveEvents(settings.OURS.database_url, "http://127.0.0.1")
        page = Page(app, tickets.issue(ours.clinic.id, None))
        while str(thing) not in page.heard:
            await asyncio.to_thread(tell, ours, thing)
            await asyncio.sleep(0.05)
        before = page.heard.count(EVERYTHING)
        await asyncio.to_thread(cut_listeners)
        await page.until(lambda: page.heard.count(EVERYTHING) > before)
        await page.close()
        app._task.cancel()

    asyncio.run(scene())


def cut_listeners() -> None:
    """End the connection that listens, as a restarted database does."""
    with psycopg.connect(settings.OURS.database_url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND query LIKE 'LISTEN%'"
        )


@pytest.mark.req("NFR-2")
def test_a_page_that_does_not_keep_up_looks_at_everything() -> None:
    queue: asyncio.Queue[str] = asyncio.Queue(2)
    for number in range(3):
        _put(queue, str(number))
    assert json.loads(queue.get_nowait()) == {"kind": "", "id": ""}
    assert queue.empty()


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
