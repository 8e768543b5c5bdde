"""One demo and one browser for all journeys of a worker; a window of their own for each person of a test."""

import re
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from support.journeys.demo import Demo, running_demo
from support.journeys.watch import DESK, SCREENS, Watch
from support.pdf import pdf

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_PATIENCE = 30_000
_SIGNS = re.compile(r"\W+")
_FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra skranke[browser]")
    if CHROMIUM is None:
        pytest.skip("needs Chromium")
    with playwright.sync_playwright() as run:
        browser = run.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo(chromium: Any) -> Iterator[Demo]:
    with running_demo() as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: Any = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


@pytest.fixture
def window(chromium: Any, request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Opens windows, each with cookies of its own; `page.watch` looks at what stands in it."""
    contexts: list[Any] = []

    def opened(**options: Any) -> Any:
        context = chromium.new_context(**{"viewport": DESK, "locale": "nb-NO", "accept_downloads": True} | options)
        contexts.append(context)
        context.set_default_timeout(_PATIENCE)
        page = context.new_page()
        page.watch = Watch(page)
        return page

    yield opened
    for number, context in enumerate(contexts):
        if request.node.stash.get(_FAILED, False):
            file = SCREENS.with_name("failed") / f"{_SIGNS.sub('-', request.node.name)}-{number}.png"
            context.pages[-1].screenshot(path=file, full_page=True)
        context.close()


@pytest.fixture
def staff(demo: Demo, window: Callable[..., Any]) -> Callable[..., Any]:
    """A window in which a member of staff is logged in to the clinic portal, with Post open, or the page `at`."""

    def logged_in(username: str, *, at: str = "", **options: Any) -> Any:
        page = window(**options)
        log_in = demo.user(username)["login_url"]
        if at:
            # Post need not be drawn first.
            assert page.context.request.get(log_in, max_redirects=0).status == 302
        page.goto(at or log_in)
        return page

    return logged_in


@pytest.fixture
def citizen(demo: Demo, window: Callable[..., Any]) -> Callable[..., Any]:
    """A window in which a citizen stands in the sandbox."""

    def visiting(name: str, **options: Any) -> Any:
        page = window(**options)
        page.goto(f"{demo.sandbox}?q={name.replace(' ', '+')}")
        page.get_by_role("navigation", name="Velg innbygger").get_by_role("link", name=name).click()
        page.get_by_role("heading", name=f"innbygger {name}").wait_for()
        return page

    return visiting


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photograph to attach: a synthetic PNG."""
    file = tmp_path_factory.mktemp("files") / "utslett.png"
    file.write_bytes(_png(320, 240))
    return file


@pytest.fixture(scope="session")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A document to attach: a synthetic PDF."""
    file = tmp_path_factory.mktemp("files") / "kremplan.pdf"
    file.write_bytes(pdf(b"0.1 0.4 0.35 rg 60 740 475 40 re f 0.8 g 60 560 475 120 re f"))
    return file


@pytest.fixture(scope="session")
def subject(demo: Demo, chromium: Any, picture: Path) -> str:
    """The subject of an e-consultation with a picture, from Ola Nordli, that has come to Kari's inbox."""
    text = f"Utslett på armen {uuid4().hex[:4]}"
    page = chromium.new_page(locale="nb-NO")
    page.goto(f"{demo.sandbox}?q=Ola+Nordli")
    page.get_by_role("navigation", name="Velg innbygger").get_by_role("link", name="Ola Nordli").click()
    page.get_by_role("link", name="eKonsultasjon", exact=True).click()
    page.locator("#id_subject").fill(text)
    page.locator("#id_text").fill("Hei! Jeg har fått et rødt utslett på underarmen. Det klør mest om kvelden.")
    page.locator("#id_files").set_input_files(picture)
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator("#samtale").get_by_text("Levert").wait_for()
    page.close()
    return text


def _png(width: int, height: int) -> bytes:
    rows = b"".join(
        b"\0" + bytes(value for x in range(width) for value in (225 - (x * y) % 40, 170 + x % 25, 150 + y % 30))
        for y in range(height)
    )
    parts = (
        (b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )
