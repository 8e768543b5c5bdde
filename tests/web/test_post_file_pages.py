"""The first page of an attached PDF, in the thread and while writing (CMP-10), whatever harm the PDF is made to do."""

import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from lxml import html

from skranke.audit.models import AuditEvent
from skranke.blobs import first_page, page_renderer
from skranke.dialog.models import Attachment
from skranke.tenancy.work import acting
from skranke.web.clinic.post import files

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import address, body, logged_in
from support.dialog import PDF, PNG, file, question, receive
from support.pdf import pdf


def _received(cast: Cast, content: bytes, name: str = "henvisning.pdf") -> Attachment:
    receive(cast, question(cast, attachments=(file(content, name),)))
    with acting(cast.system):
        return Attachment.objects.select_related("message").get()


def _size(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">2I", picture[16:24])


@pytest.mark.req("CMP-10", "RCV-16", "NFR-1")
def test_the_thread_shows_the_first_page_of_a_pdf_and_who_sees_it_is_logged() -> None:
    cast = make_clinic()
    row = _received(cast, pdf())
    kari, place = logged_in(cast, cast.kari), address(cast, "attachment-page", row.id)
    page = html.fromstring(body(kari.get(address(cast, "thread", row.message.thread_id))))
    [shown] = page.xpath(f"//figure//a[@href='{address(cast, 'attachment', row.id)}']/img[@src='{place}']")
    assert "henvisning.pdf" in shown.get("alt")
    answer = kari.get(place)
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "image/png", "no-store")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert _size(answer.content) == (509, 720)
    start = answer.content.index(b"IDAT") + 4
    pixels = zlib.decompressobj().decompress(answer.content[start:])
    assert pixels[1:4] == b"\0\0\xff"
    with acting(cast.system):
        [event] = AuditEvent.objects.filter(action="attachment.read")
        assert (event.subject_id, event.patient_id, event.actor_id) == (row.id, cast.ola.id, cast.kari.id)
    # Who may not read the thread may not see its pages either, and is told as of one that is not there.
    assert logged_in(cast, cast.anne).get(place).status_code == 404


@pytest.mark.req("CMP-10")
def test_what_is_being_written_shows_its_own_pdf_to_nobody_else() -> None:
    cast = make_clinic()
    kari = logged_in(cast, cast.kari)
    form = {"text": "Hei", "kladd_id": str(uuid4()), "vedlegg": [SimpleUploadedFile("plan.pdf", pdf())]}
    save = address(cast, "compose-save", query=f"?type=e_contact&pasient={cast.ola.id}")
    page = body(kari.post(save, form))
    with acting(cast.system):
        row = Attachment.objects.get()
    place = address(cast, "attachment-page", row.id)
    assert f'<img src="{place}"' in page
    assert _size(kari.get(place).content) == (509, 720)
    assert logged_in(cast, cast.ali).get(place).status_code == 404


@pytest.mark.req("CMP-10")
@pytest.mark.parametrize(
    "content",
    [PDF, pdf()[:150], pdf(width=0, height=0)[:-20], b"%PDF-1.7\n" + bytes(range(256)) * 400],
    ids=["no page", "cut off", "damaged", "noise"],
)
def test_a_pdf_that_cannot_be_drawn_gives_the_sign_of_a_file(content: bytes) -> None:
    cast = make_clinic()
    row = _received(cast, content)
    answer = logged_in(cast, cast.kari).get(address(cast, "attachment-page", row.id))
    assert answer.status_code == 200
    if answer["Content-Type"] != "image/png":
        assert (answer["Content-Type"], answer.content[:4]) == ("image/svg+xml", b"<svg")


@pytest.mark.req("CMP-10")
def test_only_pdfs_have_pages() -> None:
    cast = make_clinic()
    row = _received(cast, PNG, "arm.png")
    assert logged_in(cast, cast.kari).get(address(cast, "attachment-page", row.id)).status_code == 404


@pytest.mark.req("CMP-10", "RCV-19")
def test_a_page_is_drawn_in_no_unit_of_work_and_not_when_a_message_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_clinic()
    inside = []
    drawn = files.first_page

    def seen(content: bytes) -> bytes | None:
        inside.append(connection.in_atomic_block)
        return drawn(content)

    monkeypatch.setattr(files, "first_page", seen)
    row = _received(cast, pdf())
    assert inside == []
    assert Api(cast, cast.kari).get(f"threads/{row.message.thread_id}").status == 200
    logged_in(cast, cast.kari).get(address(cast, "attachment-page", row.id))
    assert inside == [False]


_LATE = "import sys, time; time.sleep(20); sys.stdout.buffer.write(bytes.fromhex('89504e47'))"


@pytest.mark.req("CMP-10")
def test_a_page_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program that would answer after a while is ended before it does."""
    monkeypatch.setattr(first_page, "_PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(first_page, "_PROGRAM", tmp_path / "late.py")
    (tmp_path / "late.py").write_text(
        "import sys, time; time.sleep(20); sys.stdout.buffer.write(bytes.fromhex('89504e47'))"
    )
    assert first_page.first_page(pdf()) is None


@pytest.mark.req("CMP-10")
@pytest.mark.parametrize("measures", [(14_400, 1), (1, 14_400), (14_400, 14_400)])
def test_however_large_a_page_is_its_picture_is_small(measures: tuple[int, int]) -> None:
    width, height = measures
    drawn = first_page.first_page(pdf(width=width, height=height))
    assert drawn is not None
    assert max(_size(drawn)) <= page_renderer.MOST_PIXELS + 1


_TRIES = """
import runpy, resource, sys
renderer = runpy.run_path(sys.argv[1])
renderer["bound"]()
try: open("/etc/hostname"); print("a file")
except OSError: print("no file")
try: bytearray(1 << 30); print("much memory")
except MemoryError: print("no memory")
print(resource.getrlimit(resource.RLIMIT_CPU)[1] <= 5)
"""


@pytest.mark.req("CMP-10")
def test_the_process_that_opens_a_pdf_gets_no_file_little_memory_and_little_time() -> None:
    program = Path(page_renderer.__file__)
    said = subprocess.run([sys.executable, "-I", "-c", _TRIES, str(program)], capture_output=True, check=True, env={})
    assert said.stdout.decode().split("\n")[:3] == ["no file", "no memory", "True"]


@pytest.mark.req("CMP-10")
def test_the_process_is_bounded_before_it_reads_the_first_byte() -> None:
    with subprocess.Popen(
        [sys.executable, "-I", page_renderer.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={}
    ) as waiting:
        limits, most = Path(f"/proc/{waiting.pid}/limits"), str(512 * 1024 * 1024)
        deadline = time.monotonic() + 60
        while most not in (told := limits.read_text()):
            assert waiting.poll() is None, told
            assert time.monotonic() < deadline, told
            time.sleep(0.02)
        drawn, _ = waiting.communicate(pdf())
    assert _size(drawn) == (509, 720)
