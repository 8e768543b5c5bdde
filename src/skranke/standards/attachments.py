"""The kinds of files a dialog may carry, told by their content (HITS 1217 2.10)."""

from skranke.standards import profile
from skranke.standards.errors import AttachmentError
from skranke.standards.msghead import Attachment

_MAGIC = {b"%PDF-": profile.PDF, b"\xff\xd8\xff": profile.JPEG, b"\x89PNG\r\n\x1a\n": profile.PNG}
_ALIASES = {"image/jpg": profile.JPEG, "image/pjpeg": profile.JPEG, "application/x-pdf": profile.PDF}
# Readers of PDF accept some bytes before the header.
_PDF_HEADER_WITHIN = 1024


def media_type(mime_type: str) -> str:
    """The media type in the form we write: lower case, without parameters, image/jpg as image/jpeg (D-23)."""
    plain = mime_type.partition(";")[0].strip().lower()
    return _ALIASES.get(plain, plain)


def sniff(content: bytes) -> str | None:
    """The media type the first bytes tell; None for anything we do not carry."""
    for magic, found in _MAGIC.items():
        if content.startswith(magic):
            return found
    return profile.PDF if b"%PDF-" in content[:_PDF_HEADER_WITHIN] else None


def check_attachment(attachment: Attachment, number: int) -> None:
    """Raises AttachmentError when the file is of another type than PDF, JPEG, PNG, or not what it says it is.

    number: its place among the attachments, from 1; it names the file in the error, whose own name may hold a
    person's data.
    """
    stated = media_type(attachment.mime_type)
    if stated not in profile.ATTACHMENT_TYPES:
        raise AttachmentError(f"Attachment {number} is of a type that is not taken; PDF, JPEG and PNG are.")
    if sniff(attachment.content) != stated:
        raise AttachmentError(f"Attachment {number} does not hold what its media type says.")
