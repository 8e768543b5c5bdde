"""An operator's passkey in a real browser, with the browser's own virtual authenticator."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import override_settings

from skranke.identity.models import SessionKind
from skranke.identity.services import create_account
from skranke.kernel.ids import new_id
from skranke.web.links import link_for

from support.journeys.watch import DESK, PHONE, SCREENS, Watch

pytestmark = pytest.mark.browser


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing is written: a test's output is its own."""


def _application(environ: Any, start_response: Any) -> Any:
    answer = get_wsgi_application()(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()
        connections.close_all()


@contextmanager
def _served() -> Iterator[str]:
    """The pages at localhost: passkeys want a host with a name."""
    with make_server("127.0.0.1", 0, _application, _Server, _Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _link() -> str:
    try:
        account = create_account(f"drift-{new_id().hex}", "Synne Drift", is_operator=True)
        return link_for(SessionKind.OPERATOR, str(account.id))
    finally:
        connections.close_all()


def _authenticator(client: Any, *, verified: bool) -> str:
    """A virtual authenticator, whose owner is recognised or not; its id."""
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verified,
        "automaticPresenceSimulation": True,
    }
    made = client.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return str(made["authenticatorId"])


def test_an_operator_makes_a_passkey_and_uses_it_at_the_next_log_in(chromium: Any) -> None:
    with ThreadPoolExecutor(1) as apart:  # this thread has the browser's event loop, in which Django does not work
        link = apart.submit(_link).result()
    with override_settings(OURS=replace(settings.OURS, operator_passkeys=True)), _served() as site:
        context = chromium.new_context(locale="nb-NO", viewport=DESK)
        page = context.new_page()
        page.watch = Watch(page)
        page.goto(f"{site}{link}")
        page.get_by_role("heading", name="Lag en passnøkkel").wait_for()
        client = context.new_cdp_session(page)
        client.send("WebAuthn.enable")
        stranger = _authenticator(client, verified=False)
        page.get_by_role("button", name="Lag passnøkkel").click()
        page.get_by_text("Nettleseren fikk ikke brukt noen passnøkkel her.").wait_for()
        client.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": stranger})
        _authenticator(client, verified=True)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            page.watch.picture(SCREENS / f"drift-passnokkel-{size['width']}.png")
            page.watch.look()
        page.get_by_role("button", name="Lag passnøkkel").click()
        page.get_by_role("heading", name="Klinikker").wait_for()
        context.clear_cookies()
        page.goto(f"{site}{link}")
        page.get_by_role("heading", name="Bekreft med passnøkkel").wait_for()
        page.watch.look()
        page.get_by_role("button", name="Bruk passnøkkel").click()
        page.get_by_role("heading", name="Klinikker").wait_for()
        page.watch.look()
        context.close()
