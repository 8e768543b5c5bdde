"""Files out and in: by content, to the byte, and nobody else's (CMP-8 to CMP-11)."""

import zipfile
from dataclasses import replace
from io import BytesIO

import pytest
from django.conf import settings
from django.test import override_settings

from skranke.blobs.models import Blob, BlobPart
from skranke.blobs.services import read
from skranke.config import environment
from skranke.dialog import access, kinds, queries, services
from skranke.dialog.errors import AttachmentKindError, AttachmentsTooLargeError
from skranke.dialog.models import Attachment, Message
from skranke.kernel.errors import NotFoundError
from skranke.kernel.settings import SettingError
from skranke.tenancy.work import acting

from cast import make_clinic
from support.api import Api
from support.dialog import E_CONTACT, JPEG, PDF, PNG, file, question, receive, upload

LIMIT = 12 * 1024 * 1024
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def document(extra: bytes = b"", name: str = "", *, without: str = "") -> bytes:
    """A Word document in short, with another file in it, or without one that it must have."""
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w") as parts:
        for one in ("[Content_Types].xml", "_rels/.rels", "word/document.xml"):
            if one != without:
                parts.writestr(one, "<x/>")
        if name:
            parts.writestr(name, extra)
    return whole.getvalue()


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


@pytest.mark.req("CMP-11")
@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        ("Blåbær og æøå\n".encode(), "notat.TXT", "text/plain"),
        (document(), "brev.docx", DOCX),
        (document(), "brev.zip", DOCX),
    ],
)
def test_text_and_word_documents_are_told_by_their_content(content, name, media_type) -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.kari)):
        attachment = upload(content, name)
        assert read(attachment.blob_id) == content
    assert (attachment.media_type, attachment.size) == (media_type, len(content))
    assert attachment.name.lower().endswith((".txt", ".docx"))


@pytest.mark.req("CMP-11")
@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "tom.txt"),
        (b"a\x00b", "notat.txt"),
        (b"\xff\xfe", "notat.txt"),
        (b"a" * 70_000 + b"\xe6", "notat.txt"),
        (b"bare ord", "notat.md"),
        (document(b"x", "word/vbaProject.bin"), "brev.docx"),
        (document(b"x", "word/media/VBAPROJECT.BIN"), "brev.docx"),
        (document(without="word/document.xml"), "brev.docx"),
        (document()[:-30], "brev.docx"),
        (b"PK\x03\x04" + bytes(100), "brev.docx"),
    ],
)
def test_what_only_looks_like_text_or_a_document_is_refused(content, name) -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.kari)):
        with pytest.raises(AttachmentKindError, match="PDF, JPG, PNG, TXT, DOCX"):
            upload(content, name)
        assert not Attachment.objects.exists()


@pytest.mark.req("CMP-11")
def test_which_kinds_are_taken_is_a_setting() -> None:
    cast = make_clinic()
    with override_settings(OURS=replace(settings.OURS, attachment_kinds="pdf, TXT")), acting(cast.actor(cast.kari)):
        assert upload(b"Hei", "notat.txt").media_type == "text/plain"
        for content, name in ((PNG, "bilde.png"), (document(), "brev.docx")):
            with pytest.raises(AttachmentKindError, match="PDF, TXT,"):
                upload(content, name)
    for wrong in ("", "pdf,exe"):
        with pytest.raises(SettingError, match="SKRANKE_ATTACHMENT_KINDS"):
            environment.Settings(attachment_kinds=wrong)
    assert kinds.NAMES == environment.FILE_KINDS


@pytest.mark.req("CMP-8", "CMP-11")
def test_helsenorge_gets_no_document_and_our_own_channel_does() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    kari = Api(cast, cast.kari)
    sent = {"text": "Se vedlegg.", "attachment_ids": [kari.upload(document(), "brev.docx").body["id"]]}
    refused = kari.post(f"threads/{thread.id}/messages", sent)
    assert refused.status == 415
    assert "HelseNorge tar ikke «brev.docx», bare PDF, JPG, PNG" in refused.body["detail"]
    with acting(cast.system):
        assert not Message.objects.filter(thread=thread, direction="out").exists()
    own = {"kind": "e_dialog", "patient_id": str(cast.ola.id), "subject": "Brev"}
    started = kari.post("threads", own | sent)
    assert started.status == 201, started.body
    (file,) = started.body["messages"][0]["attachments"]
    assert (file["name"], file["media_type"]) == ("brev.docx", DOCX)
    served = kari.get(f"attachments/{file['id']}")
    assert served.headers["Content-Disposition"].startswith("attachment")


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


@pytest.mark.req("CMP-10")
def test_an_upload_is_its_uploaders_until_sent_and_is_sent_anew_as_a_file_of_its_own() -> None:
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
        first = Attachment.objects.get(id=attachment.id).message_id
        services.answer(thread, text="Igjen.", attachment_ids=[attachment.id])
        # What has been sent stays where it is; the same content goes once more, under an id of its own.
        sent = list(Attachment.objects.filter(message__thread=thread).order_by("created_at", "id"))
        assert [one.id == attachment.id for one in sent] == [True, False]
        assert [one.message_id == first for one in sent] == [True, False]
        assert {one.blob_id for one in sent} == {attachment.blob_id}
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
