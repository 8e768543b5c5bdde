"""The kinds of file that may be sent, told by their content (CMP-11). Pure: which are allowed is given."""

import codecs
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

_HEAD_BYTES = 16
_PART_BYTES = 64 * 1024
_ZIP = b"PK\x03\x04"
# A Word document is these files in a zip; one with the last has macros, which run.
_CONTENT_TYPES, _DOCUMENT, _MACROS = "[Content_Types].xml", "word/document.xml", "vbaproject.bin"
_NO_TEXT = frozenset(range(32)) - {9, 10, 12, 13} | {127}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """A kind of file. begins: how its content begins; empty where that tells nothing.

    on_the_wire: HelseNorge takes it (HITS 1217 2.10).
    """

    name: str
    media_type: str
    endings: tuple[str, ...]
    begins: bytes = b""
    on_the_wire: bool = False


_PDF = FileKind(name="pdf", media_type="application/pdf", endings=(".pdf",), begins=b"%PDF-", on_the_wire=True)
_JPG = FileKind(
    name="jpg", media_type="image/jpeg", endings=(".jpg", ".jpeg"), begins=b"\xff\xd8\xff", on_the_wire=True
)
_PNG = FileKind(name="png", media_type="image/png", endings=(".png",), begins=b"\x89PNG\r\n\x1a\n", on_the_wire=True)
_TXT = FileKind(name="txt", media_type="text/plain", endings=(".txt",))
_DOCX = FileKind(
    name="docx",
    media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    endings=(".docx",),
    begins=_ZIP,
)
KINDS = (_PDF, _JPG, _PNG, _TXT, _DOCX)
NAMES = tuple(kind.name for kind in KINDS)


def named(names: Iterable[str]) -> tuple[FileKind, ...]:
    """The kinds of these names, in the order of `KINDS`."""
    wanted = set(names)
    return tuple(kind for kind in KINDS if kind.name in wanted)


def kind_of(name: str, content: BinaryIO) -> FileKind | None:
    """The kind of a file by its content, whatever its name says; None for any that is not of `KINDS`.

    content: is read, and put back to its beginning. Text has no mark of its own: it is text only when its name says
    so, too.
    """
    head = content.read(_HEAD_BYTES)
    content.seek(0)
    found = next((kind for kind in KINDS if kind.begins and head.startswith(kind.begins)), None)
    if found is _DOCX and not _is_document(content):
        return None
    if found is None and name.strip().lower().endswith(_TXT.endings) and _is_text(content):
        return _TXT
    return found


def on_the_wire(media_type: str) -> bool:
    """Whether HelseNorge takes files of this media type."""
    return any(kind.on_the_wire for kind in KINDS if kind.media_type == media_type)


def endings_of(media_type: str) -> tuple[str, ...]:
    """The endings that a name may have, the usual one first; none for a media type that is not of `KINDS`."""
    return next((kind.endings for kind in KINDS if kind.media_type == media_type), ())


def word(media_type: str) -> str:
    """The kind of a media type as a person reads it: "PDF"; empty for one that is not of `KINDS`."""
    return next((kind.name.upper() for kind in KINDS if kind.media_type == media_type), "")


def words(kinds: Iterable[FileKind]) -> str:
    """The kinds as a person reads them: "PDF, JPG, PNG"."""
    return ", ".join(kind.name.upper() for kind in kinds)


def accept(kinds: Iterable[FileKind]) -> str:
    """The kinds as the field of a form has them."""
    return ",".join(ending for kind in kinds for ending in kind.endings)


def _is_document(content: BinaryIO) -> bool:
    """Whether a zip is a Word document without macros; its directory is read, and nothing is unpacked."""
    try:
        with zipfile.ZipFile(content) as parts:
            names = {name.replace("\\", "/") for name in parts.namelist()}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        # What zipfile says of a damaged directory, of names or numbers that cannot be, and of a kind it does not read.
        return False
    finally:
        content.seek(0)
    macros = any(name.lower().rpartition("/")[2] == _MACROS for name in names)
    return {_CONTENT_TYPES, _DOCUMENT} <= names and not macros


def _is_text(content: BinaryIO) -> bool:
    """Whether it is text in UTF-8, with something in it."""
    decoder, empty = codecs.getincrementaldecoder("utf-8")(), True
    try:
        while part := content.read(_PART_BYTES):
            empty = False
            decoder.decode(part)
            if not _NO_TEXT.isdisjoint(part):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        content.seek(0)
    return not empty
