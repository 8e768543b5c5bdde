"""The script and the style in a real browser: keyboard, live news, dialogs, phones, and nothing the policy blocks."""

import shutil
import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from support import ui_sample

playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra skranke[browser]")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]
PAGES = ["post", "post?pane=list", "timebok", "form", "form?errors", "sandbox", "patient", "absent"]


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing: the test's output is the test's."""


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with override_settings(ROOT_URLCONF="support.ui_sample", UI_LIVE_ORIGIN=""):
        server = make_server("127.0.0.1", 0, WSGIHandler(), _Threads, _Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        ui_sample.EVENTS.put(None)
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.Browser"]:
    with playwright.sync_playwright() as run:
        browser = run.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: "playwright.Browser", origin: str) -> Iterator["playwright.Page"]:
    context = browser.new_context(base_url=origin, viewport={"width": 1280, "height": 900}, locale="nb-NO")
    page = context.new_page()
    page.set_default_timeout(30_000)  # milliseconds; long enough for a busy machine, nothing waits for it in full
    yield page
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_the_security_policy_blocks_nothing_and_the_script_does_not_fail(page: "playwright.Page", path: str) -> None:
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security" in line.text else None)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert wrong == []


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_shows_no_page_wider_than_itself(page: "playwright.Page", path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_phone_shows_one_pane_at_a_time(page: "playwright.Page") -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("post?pane=list")
    assert page.locator(".list").is_visible()
    assert not page.locator(".thread").is_visible()
    page.locator(".list .back").click()
    assert page.locator(".boxes").is_visible()
    assert not page.locator(".list").is_visible()


def _focused(page: "playwright.Page") -> str:
    return page.evaluate("document.activeElement.id")


def test_a_list_is_one_tab_stop_and_arrows_move_in_it(page: "playwright.Page") -> None:
    page.goto("post")
    assert page.locator("[data-roving] a[tabindex='0']").count() == 1
    page.locator("#it1").focus()
    for key, where in (("ArrowDown", "it2"), ("End", "it3"), ("ArrowDown", "it3"), ("Home", "it1")):
        page.keyboard.press(key)
        assert _focused(page) == where
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert not _focused(page).startswith("it")
    page.keyboard.press("Shift+Tab")
    assert _focused(page) == "it2"


def test_arrows_move_in_two_directions_in_the_schedule(page: "playwright.Page") -> None:
    page.goto("timebok")
    page.locator("#m0").focus()
    for key, where in (("ArrowDown", "m12"), ("ArrowRight", "t12"), ("ArrowUp", "t0"), ("ArrowLeft", "m0")):
        page.keyboard.press(key)
        assert _focused(page) == where


def test_slots_stand_where_their_classes_say(page: "playwright.Page") -> None:
    page.goto("timebok")
    first, second = (page.locator(one).bounding_box() for one in ("#m0", "#m12"))
    assert first is not None
    assert second is not None
    assert second["y"] - first["y"] == pytest.approx(12 * 7.6, abs=1)


@pytest.mark.req("NFR-6")
def test_shortcuts_focus_and_are_listed(page: "playwright.Page") -> None:
    page.goto("post")
    page.keyboard.press("Alt+f")
    assert _focused(page) == "ui-search"
    page.keyboard.press("Alt+s")
    assert _focused(page) == "svar"
    page.keyboard.type("?")
    assert not page.locator("#ui-shortcuts").is_visible()
    page.locator("#it1").focus()
    page.keyboard.press("?")
    listed = page.locator("#ui-shortcuts").inner_text()
    for text in ("Finn pasient", "Skriv svar", "Pasientkort"):
        assert text in listed
    page.keyboard.press("Escape")
    page.locator("#ui-shortcuts").wait_for(state="hidden")


def test_shift_makes_another_shortcut(page: "playwright.Page") -> None:
    page.goto("post")
    page.keyboard.press("Alt+Shift+s")
    assert _focused(page) != "svar"


def test_a_panel_gives_focus_back_to_what_opened_it(page: "playwright.Page") -> None:
    page.goto("post")
    page.locator("#opener").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.id === 'p-title'")
    page.keyboard.press("Escape")
    page.locator("#p").wait_for(state="detached")
    page.wait_for_function("() => document.activeElement.id === 'opener'")


def test_shortcuts_can_be_turned_off(page: "playwright.Page") -> None:
    page.goto("post")
    page.locator("#it1").focus()
    page.keyboard.press("?")
    page.locator("#ui-keys-off").check()
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+s")
    assert _focused(page) != "svar"


def test_the_search_shows_hits_and_the_last_ones(page: "playwright.Page") -> None:
    page.goto("post")
    page.keyboard.press("Alt+f")
    page.keyboard.press("ArrowDown")
    page.get_by_text("Sist åpnet").wait_for()
    page.keyboard.type("Nordli")
    page.locator("#hit", has_text="Nordli").wait_for()
    page.keyboard.press("ArrowDown")
    assert _focused(page) == "hit"


def test_characters_are_counted_as_people_see_them(page: "playwright.Page") -> None:
    page.goto("post")
    page.locator("#svar").fill("Hei 👋")
    assert page.locator("#svar_counter").inner_text() == "5 av 10 tegn"
    page.locator("#svar").fill("x" * 12)
    assert page.locator("#svar_counter").inner_text() == "12 av 10 tegn: 2 for mange"


def test_too_large_attachments_are_refused_before_they_are_sent(page: "playwright.Page") -> None:
    page.goto("post")
    half = {"mimeType": "text/plain", "buffer": b"x" * 600_000}
    page.locator("#id_vedlegg").set_input_files([{"name": "a.txt", **half}, {"name": "b.txt", **half}])
    assert "1,2 MB er mer enn 1 MB" in page.locator("#id_vedlegg_sum").inner_text()
    page.get_by_role("button", name="Svar").click()
    assert page.url.endswith("/post")
    assert _focused(page) == "id_vedlegg_button"
    page.locator("#id_vedlegg").set_input_files([{"name": "a.txt", **half}])
    page.locator("#svar").fill("Hei")
    page.locator("#svar").press("Control+Enter")
    page.get_by_text("fikk Hei").wait_for()


def test_files_are_chosen_by_a_button_of_ours(page: "playwright.Page") -> None:
    page.goto("post")
    assert not page.locator("#id_vedlegg").is_visible()
    button = page.get_by_role("button", name="Vedlegg Velg filer")
    assert page.locator("#id_vedlegg_names").inner_text() == "Ingen filer valgt"
    with page.expect_file_chooser() as opened:
        button.press("Enter")
    opened.value.set_files([{"name": "svar.txt", "mimeType": "text/plain", "buffer": b"x"}])
    assert page.locator("#id_vedlegg_names").inner_text() == "svar.txt"


def test_without_script_the_browsers_own_field_of_files_is_there(browser: "playwright.Browser", origin: str) -> None:
    context = browser.new_context(base_url=origin, java_script_enabled=False)
    page = context.new_page()
    page.goto("post")
    assert page.locator("#id_vedlegg").is_visible()
    assert not page.locator("#id_vedlegg_button").is_visible()
    context.close()


def test_a_dialog_takes_focus_and_gives_it_back(page: "playwright.Page") -> None:
    page.goto("post")
    button = page.locator("[data-dialog-open=flytt]")
    button.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('#flytt').contains(document.activeElement)")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.dialogOpen") == "flytt"


def test_a_panel_takes_focus_when_it_comes_and_is_announced(page: "playwright.Page") -> None:
    page.goto("post")
    page.locator("#opener").focus()
    page.keyboard.press("Enter")
    page.locator("#p").wait_for()
    page.wait_for_function("() => document.activeElement.id === 'p-title'")
    page.locator("#ui-live", has_text="Ny time er åpnet").wait_for(state="attached")


def test_an_error_behind_a_button_is_told(page: "playwright.Page") -> None:
    page.goto("post")
    page.get_by_role("button", name="Feil").click()
    page.get_by_role("alert").filter(has_text="ingenting ble endret").wait_for()


def test_news_comes_by_the_event_stream_and_only_for_the_kind_asked_for(page: "playwright.Page") -> None:
    page.goto("post?live")
    page.wait_for_function("() => document.body.dataset.liveState === 'open'")
    ui_sample.SEEN.clear()
    ui_sample.EVENTS.put({"kind": "appointment", "id": "1"})
    ui_sample.EVENTS.put({"kind": "thread", "id": "2"})
    page.get_by_text("news 1").wait_for()
    assert ui_sample.SEEN == ["true"]
    ui_sample.EVENTS.put(None)


def test_a_steady_stream_of_news_does_not_keep_the_page_from_showing_it(page: "playwright.Page") -> None:
    page.goto("post?live")
    page.wait_for_function("() => document.body.dataset.liveState === 'open'")
    shown = page.get_by_text("news", exact=False)
    for number in range(100):
        ui_sample.EVENTS.put({"kind": "thread", "id": str(number)})
        page.wait_for_timeout(100)
        if shown.filter(has_text="news 1").count():
            break
    else:
        pytest.fail("the page was never told while news kept coming")
    ui_sample.EVENTS.put(None)


def test_without_the_stream_the_page_asks_by_itself(page: "playwright.Page") -> None:
    page.clock.install()
    page.route("**/ticket", lambda route: route.abort())
    page.goto("post?live")
    ui_sample.SEEN.clear()
    page.clock.run_for(16_000)
    page.get_by_text("news 1").wait_for()


def test_an_error_summary_has_focus_so_that_it_is_read_first(page: "playwright.Page") -> None:
    page.goto("form?errors")
    assert page.evaluate("'errorSummary' in document.activeElement.dataset")


@pytest.mark.req("POR-12")
def test_the_language_is_changed_from_the_menu_without_losing_the_page(page: "playwright.Page") -> None:
    page.goto("post?pane=list")
    page.locator(".top details.drop summary").click()
    page.get_by_role("button", name="English").click()
    page.wait_for_url("**/post?pane=list")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_text("Skip to content").count() == 1
