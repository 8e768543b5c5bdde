"""Files are scanned by a real clamd before they are sent and when they come (CMP-11); and while there is none.

Where no clamd is installed, a small server speaks INSTREAM in its place, and finds the same bytes.
"""

import io
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from skranke.blobs import scanning
from skranke.blobs.models import Blob, Scan
from skranke.config import environment
from skranke.dialog.models import Attachment, Message
from skranke.kernel.settings import SettingError
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import address, body, logged_in
from support.dialog import PDF, file, question, receive

# The harmless file by which scanners are tried, in two halves: no scanner of a developer's stops at this test.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD" + b"-ANTIVIRUS-TEST-FILE!$H+H*"
ILL = PDF + EICAR
NOBODY = "127.0.0.1:1"


@pytest.fixture(scope="module")
def scanner(tmp_path_factory) -> Iterator[str]:
    if shutil.which("clamd"):
        yield from _clamd(tmp_path_factory.mktemp("clamd"))
    else:
        yield from _stand_in()


def _clamd(place: Path) -> Iterator[str]:
    """A clamd of the test's own, with one signature of ours: that file, anywhere in any content."""
    database = place / "db"
    database.mkdir()
    (database / "eicar.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    where = place / "clamd.sock"
    (place / "clamd.conf").write_text(
        f"LocalSocket {where}\nDatabaseDirectory {database}\nForeground yes\nLogFile {place / 'log'}\n"
        f"PidFile {place / 'pid'}\nTemporaryDirectory {place}\nUser {Path.home().owner()}\n"
    )
    with subprocess.Popen(["clamd", "-c", str(place / "clamd.conf")]) as clamd:
        try:
            while clamd.poll() is None and not where.exists():
                time.sleep(0.05)
            yield str(where)
        finally:
            clamd.terminate()


def _stand_in() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server,), daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"


def _serve(server: socket.socket) -> None:
    while True:
        try:
            held, _who = server.accept()
        except OSError:
            return
        with held, held.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            content = b""
            while length := struct.unpack("!L", stream.read(4))[0]:
                content += stream.read(length)
            held.sendall(b"stream: Eicar-Test.UNOFFICIAL FOUND\0" if EICAR in content else b"stream: OK\0")


@contextmanager
def scanned_by(where: str, *, required: bool = True) -> Iterator[None]:
    with override_settings(OURS=replace(settings.OURS, virus_scanner=where, virus_scan_required=required)):
        yield


def send(cast: Cast, content: bytes):
    """Kari answers in a new thread with one file, on the page."""
    thread = receive(cast, question(cast))
    page = address(cast, "thread-answer", thread.id)
    upload = io.BytesIO(content)
    upload.name = "svar.pdf"
    facts = {"text": "Her er svaret ditt.", "version": thread.version, "vedlegg": upload}
    return logged_in(cast, cast.kari).post(page, facts)


def come(cast: Cast, content: bytes = EICAR) -> Message:
    thread = receive(cast, question(cast, attachments=(file(content, "prove.txt"),)))
    with acting(cast.system):
        return thread.messages.get()


def only(cast: Cast) -> Attachment:
    with acting(cast.system):
        return Attachment.objects.get()


@pytest.mark.req("CMP-11")
def test_a_file_with_a_virus_is_not_sent_and_what_was_written_stays(scanner: str) -> None:
    cast = make_clinic()
    with scanned_by(scanner):
        refused = send(cast, ILL)
        assert (refused.status_code, "Vi fant et virus i filen (Eicar-Test" in body(refused)) == (422, True)
        assert "Her er svaret ditt." in body(refused)
        over_rest = Api(cast, cast.kari).upload(ILL, "svar.pdf")
        assert (over_rest.status, over_rest.body["code"]) == (422, "attachment_infected")
        with acting(cast.system):
            assert not Attachment.objects.exists()
            assert not Message.objects.filter(direction="out").exists()
            assert not Blob.objects.exists()
        assert Api(cast, cast.kari).upload(PDF * 300_000, "svar.pdf").status == 201
        with acting(cast.system):
            assert Blob.objects.get().scan == Scan.CLEAN


@pytest.mark.req("CMP-11")
def test_a_file_with_a_virus_comes_sealed_and_the_message_is_kept(scanner: str) -> None:
    cast = make_clinic()
    with scanned_by(scanner):
        message = come(cast)
        page = body(logged_in(cast, cast.kari).get(address(cast, "thread", message.thread_id)))
        assert "Sperret: vi fant et virus i filen." in page
        assert address(cast, "attachment", only(cast).id) not in page
        opened = logged_in(cast, cast.kari).get(address(cast, "attachment", only(cast).id))
        assert opened.status_code == 409
        api = Api(cast, cast.kari)
        assert api.get(f"attachments/{only(cast).id}").body["code"] == "content_infected"
        shown = api.get(f"threads/{message.thread_id}").body["messages"][0]
        assert [one["quarantine"] for one in shown["attachments"]] == ["infected"]
        entry = api.get("journal", patient=str(cast.ola.id)).body["items"][0]
        assert api.get(f"journal/attachments/{entry['attachments'][0]['id']}").status == 409
    assert Api(cast, cast.kari).get(f"attachments/{only(cast).id}").status == 409


@pytest.mark.req("CMP-11")
def test_while_the_scanner_is_away_nothing_unseen_is_sent_or_opened_and_nothing_is_lost(scanner: str) -> None:
    cast = make_clinic()
    with scanned_by(NOBODY):
        refused = send(cast, PDF)
        assert (refused.status_code, "Viruskontrollen svarer ikke nå" in body(refused)) == (422, True)
        assert "Her er svaret ditt." in body(refused)
        away = Api(cast, cast.kari).upload(PDF, "svar.pdf")
        assert (away.status, away.body["code"]) == (503, "virus_scanner_away")
        message = come(cast, b"Helt vanlig tekst.")
        page = body(logged_in(cast, cast.kari).get(address(cast, "thread", message.thread_id)))
        assert "Ikke kontrollert for virus ennå: kontrolleres når du åpner den." in page
        api = Api(cast, cast.kari)
        assert api.get(f"attachments/{only(cast).id}").status == 503
    with scanned_by(scanner):
        assert api.get(f"attachments/{only(cast).id}").content == b"Helt vanlig tekst."
    with scanned_by(NOBODY):
        assert api.get(f"attachments/{only(cast).id}").status == 200


@pytest.mark.req("CMP-11")
def test_what_came_while_the_scanner_was_away_is_found_when_it_is_opened_and_shown_so_from_then_on(
    scanner: str,
) -> None:
    cast = make_clinic()
    with scanned_by(NOBODY):
        message = come(cast)
        place = address(cast, "thread", message.thread_id)
        assert "kontrolleres når du åpner den" in body(logged_in(cast, cast.kari).get(place))
    with scanned_by(scanner):
        assert Api(cast, cast.kari).get(f"attachments/{only(cast).id}").status == 409
    page = body(logged_in(cast, cast.kari).get(place))
    assert "Sperret: vi fant et virus i filen." in page
    assert ("kontrolleres når du åpner den" in page, address(cast, "attachment", only(cast).id) in page) == (
        False,
        False,
    )
    shown = Api(cast, cast.kari).get(f"threads/{message.thread_id}").body["messages"][0]
    assert [one["quarantine"] for one in shown["attachments"]] == ["infected"]


@pytest.mark.req("CMP-11")
@pytest.mark.parametrize(
    ("content", "status", "told"), [(ILL, 409, "Sperret: vi fant et virus"), (b"Tekst.", 200, "lastes ned")]
)
def test_the_same_on_the_page_and_what_is_clean_waits_no_more(
    scanner: str, content: bytes, status: int, told: str
) -> None:
    cast = make_clinic()
    with scanned_by(NOBODY):
        message = come(cast, content)
    kari = logged_in(cast, cast.kari)
    with scanned_by(scanner):
        assert kari.get(address(cast, "attachment", only(cast).id)).status_code == status
    page = body(kari.get(address(cast, "thread", message.thread_id)))
    assert (told in page, "Ikke kontrollert for virus ennå" in page) == (True, False)


def test_a_clinic_may_choose_to_go_on_without_the_scanner() -> None:
    cast = make_clinic()
    with scanned_by(NOBODY, required=False):
        assert Api(cast, cast.kari).upload(PDF, "svar.pdf").status == 201
        come(cast, b"Tekst.")
        with acting(cast.system):
            found = Attachment.objects.get(message__isnull=False)
        assert Api(cast, cast.kari).get(f"attachments/{found.id}").status == 200


@pytest.mark.req("CMP-11")
def test_a_scanner_that_holds_the_line_in_silence_is_waited_for_once(monkeypatch) -> None:
    cast = make_clinic()
    monkeypatch.setattr(scanning, "_SECONDS", 0.3)
    monkeypatch.setattr(scanning, "_silent_until", {})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with scanned_by(f"127.0.0.1:{silent.getsockname()[1]}"):
            for text in (b"En.", b"To.", b"Tre."):
                come(cast, text)
        silent.settimeout(10)
        silent.accept()[0].close()
        silent.setblocking(False)
        with pytest.raises(BlockingIOError):
            silent.accept()
    with acting(cast.system):
        assert [one.quarantine for one in Attachment.objects.all()] == [Scan.WAITING] * 3


def test_where_the_scanner_is_must_be_an_address_or_a_path() -> None:
    for wrong in ("clamd", "clamd:", "http://clamd/3310", "clamd:x"):
        with pytest.raises(SettingError, match="SKRANKE_VIRUS_SCANNER"):
            environment.Settings(virus_scanner=wrong)
    for right in ("", "clamd:3310", "[::1]:3310", "/run/clamav/clamd.ctl"):
        assert environment.Settings(virus_scanner=right).virus_scanner == right
