"""Files out and in: by content, to the byte, and nobody else's (CMP-8 to CMP-11)."""

from io import BytesIO

import pytest

from skranke.blobs.models import Blob, BlobPart
from skranke.blobs.services import read
from skranke.dialog import access, queries, services
from skranke.dialog.errors import AttachmentKindError, AttachmentsTooLargeError
from skranke.dialog.models import Attachment, Message
from skranke.kernel.errors import NotFoundError
from skranke.tenancy.work import acting

from cast import make_clinic
from support.dialog import E_CONTACT, JPEG, PDF, PNG, file, question, receive, upload

LIMIT = 12 * 1024 * 1024


@pytest.mark.req("CMP-8", "CMP-11")
@pytest.mark.parametrize(
    ("content", "name", "kept", "media_type"),
    [
        (PDF, "funn.PDF", "funn.PDF", "application/pdf"),
        (PNG, "bilde", "bilde.png", "image/png"),
        (JPEG, "C:\\bilder\\arm.jpeg", "arm.jpeg", "image/jpeg"),
        (JPEG, "../../etc/passwd.png", "passwd.png.jpg", "image/jpeg"),
        (PDF, "a\r\nSet-Cookie: x\u202e.pdf", "aSet-Cookie_ x.pdf", "application/pdf"),
        (PDF, "", "vedlegg.pdf", "application/pdf"),
    ],
)
def test_the_kind_is_read_from_the_content_and_the_name_made_safe(content, name, kept, media_type) -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.kari)):
        attachment = upload(content, name)
        assert read(attachment.blob_id) == content
    assert (attachment.name, attachment.media_type, attachment.size) == (kept, media_type, len(content))


@pytest.mark.req("CMP-11")
@pytest.mark.parametrize("content", [b"", b"MZ\x90", b"<html>", b"PK\x03\x04", b"%PD", b"GIF89a"])
def test_any_other_content_is_refused_whatever_its_name(content) -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.kari)):
        with pytest.raises(AttachmentKindError):
            upload(content, "funn.pdf")
        assert not Attachment.objects.exists()


@pytest.mark.req("CMP-9")
def test_a_file_of_the_limit_is_stored_and_one_byte_more_is_not() -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.kari)):
        assert upload(PDF + bytes(LIMIT - len(PDF))).size == LIMIT
        with pytest.raises(AttachmentsTooLargeError, match="12 MB"):
            services.store_upload(name="stor.pdf", content=BytesIO(PDF + bytes(LIMIT - len(PDF) + 1)))
        assert Blob.objects.count() == 1
        assert BlobPart.objects.count() == 12


@pytest.mark.req("CMP-9")
@pytest.mark.parametrize("too_much", [0, 1])
def test_the_sum_of_a_messages_files_is_held_to_the_byte(too_much) -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    with acting(cast.actor(cast.kari)):
        half = LIMIT // 2
        ids = [upload(PDF + bytes(half - len(PDF))).id, upload(PDF + bytes(half - len(PDF) + too_much)).id]
    facts = {"attachment_ids": ids, "text": "Se vedlegg."}
    if not too_much:
        with acting(cast.actor(cast.kari)):
            services.answer(thread, **facts)
        return
    with pytest.raises(AttachmentsTooLargeError), acting(cast.actor(cast.kari)):
        services.answer(thread, **facts)
    with pytest.raises(AttachmentsTooLargeError), acting(cast.actor(cast.kari)):
        services.start_dialog(patient=cast.ola, kind=E_CONTACT, subject="Svar", **facts)
    with acting(cast.system):
        assert not Message.objects.filter(direction="out").exists()


def test_files_leave_in_the_order_given() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    with acting(cast.actor(cast.kari)):
        first, second = upload(PDF, "en.pdf"), upload(PNG, "to.png")
        services.answer(thread, text="Se vedlegg.", attachment_ids=[second.id, first.id])
        files = queries.thread_view(thread).messages[-1].attachments
    assert [one.name for one in files] == ["to.png", "en.pdf"]


def test_an_upload_is_its_uploaders_until_sent_and_is_sent_once() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    with acting(cast.actor(cast.kari)):
        attachment = upload()
        assert access.get_attachment_for(cast.actor(cast.kari), attachment.id) == attachment
    with acting(cast.actor(cast.ali)):
        with pytest.raises(NotFoundError):
            access.get_attachment_for(cast.actor(cast.ali), attachment.id)
        with pytest.raises(NotFoundError):
            services.discard_upload(attachment)
    with pytest.raises(NotFoundError), acting(cast.actor(cast.ali)):
        services.answer(thread, text="Se vedlegg.", attachment_ids=[attachment.id])
    with acting(cast.actor(cast.kari)):
        services.answer(thread, text="Se vedlegg.", attachment_ids=[attachment.id])
        with pytest.raises(NotFoundError):
            services.discard_upload(attachment)
    with pytest.raises(NotFoundError), acting(cast.actor(cast.kari)):
        services.answer(thread, text="Igjen.", attachment_ids=[attachment.id])
    with acting(cast.actor(cast.ali)):
        assert access.get_attachment_for(cast.actor(cast.ali), attachment.id) == attachment


def test_an_upload_can_be_taken_away_again() -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.kari)):
        services.discard_upload(upload())
        assert not Attachment.objects.exists()


@pytest.mark.req("RCV-16")
@pytest.mark.parametrize(
    ("stated", "content", "kept", "previewable"),
    [
        ("application/pdf", PDF, "application/pdf", True),
        ("image/png", JPEG, "image/jpeg", True),
        ("application/pdf", b"<script>", "application/octet-stream", False),
        ("text/html", b"<script>", "text/html", False),
        ("", b"?", "application/octet-stream", False),
    ],
)
def test_a_patients_file_is_kept_and_shown_only_as_what_it_is(stated, content, kept, previewable) -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, attachments=(file(content, "fil.bin", stated),)))
    with acting(cast.actor(cast.kari)):
        (found,) = queries.thread_view(thread).messages[0].attachments
        row = access.get_attachment_for(cast.actor(cast.kari), found.id)
        assert read(row.blob_id) == content
    assert (found.media_type, found.previewable, found.size) == (kept, previewable, len(content))
