"""The clinic portal as a browser meets it: a logged-in client, and the addresses of one clinic."""

import re
from contextlib import contextmanager
from html import escape

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from skranke.clinics.models import Employee
from skranke.identity.models import SessionKind
from skranke.web.links import link_for

from cast import Cast

HTMX = {"HX-Request": "true"}


def logged_in(cast: Cast, person: Employee, **facts: object) -> Client:
    """A client that has logged in as this person by the demo's link."""
    client = Client(SERVER_NAME="127.0.0.1", **facts)
    answer = client.get(link_for(SessionKind.STAFF, str(person.account_id)))
    assert answer.status_code == 302
    return client


def address(cast: Cast, name: str, *args: object, query: str = "") -> str:
    """A route of the cast's clinic."""
    return reverse(name, args=[cast.clinic.slug, *args]) + query


def body(answer) -> str:
    """The page as text, also of a streamed one."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode()


@contextmanager
def at_most(queries: int):
    """No more questions to the database than this."""
    with CaptureQueriesContext(connection) as seen:
        yield
    assert len(seen) <= queries, f"{len(seen)} queries:\n" + "\n".join(one["sql"][:150] for one in seen)


def same(answer) -> str:
    """A page without what differs between two requests for the same: its own address, ids and tokens."""
    page = body(answer).replace(answer.headers["X-Request-ID"], "")
    page = page.replace(escape(answer.wsgi_request.get_full_path()), "")
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "", page)


def field(page: str, name: str) -> str:
    """What the form's field of this name holds."""
    found = re.search(rf'name="{name}"[^>]*? value="([^"]*)"', page)
    assert found, f"the page has no field {name}"
    return found[1]
