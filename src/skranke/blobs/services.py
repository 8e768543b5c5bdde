"""Storing and reading attachment content, as a stream in pieces of 1 MiB."""

import hashlib
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO
from uuid import UUID

from skranke.blobs.errors import BlobDamagedError, BlobNotFoundError, not_scanned, quarantined
from skranke.blobs.models import PART_BYTES, Blob, BlobPart, Scan
from skranke.blobs.scanning import Scanning, Verdict
from skranke.kernel.actor import ActorKind
from skranke.tenancy.work import current_actor

_TOLD = frozenset({Scan.CLEAN, Scan.INFECTED})


def store(content: BinaryIO | bytes, media_type: str) -> Blob:
    """Store content from the stream's present position, and return its row.

    The same content with the same media type is kept once a clinic: storing it again returns the first row; what a
    patient stores is always a row of its own. Only one piece is held in memory. The name of the file is no part of it.
    """
    actor = current_actor()
    clinic_id = actor.clinic_id
    patient_id = actor.person_id if actor.kind == ActorKind.PATIENT else None
    blob = Blob(clinic_id=clinic_id, media_type=media_type, size=0, stored_by_patient=patient_id)
    digest, scanning = hashlib.sha256(), Scanning()
    # The pieces go first: the digest is known only at the end, and the foreign key is checked at commit.
    for number, part in enumerate(_parts(BytesIO(content) if isinstance(content, bytes) else content)):
        digest.update(part)
        scanning.feed(part)
        blob.size += len(part)
        BlobPart.objects.create(clinic_id=clinic_id, blob_id=blob.id, number=number, content=part)
    blob.sha256 = digest.hexdigest()
    verdict = scanning.verdict()
    blob.scan, blob.found = verdict.state, verdict.found
    return _keep_once(blob)


def _keep_once(blob: Blob) -> Blob:
    """Insert the row, or drop its pieces and give the row that was there first (also under a race)."""
    if blob.stored_by_patient is not None:
        blob.save(force_insert=True)
        return blob
    Blob.objects.bulk_create([blob], ignore_conflicts=True)
    kept = Blob.objects.get(sha256=blob.sha256, media_type=blob.media_type, stored_by_patient=None)
    if kept.id != blob.id:
        BlobPart.objects.filter(blob_id=blob.id).delete()
        if blob.scan in _TOLD and blob.scan != kept.scan:
            _note(kept, Verdict(Scan(blob.scan), blob.found))
    return kept


def _parts(stream: BinaryIO) -> Iterator[bytes]:
    """Pieces of exactly PART_BYTES, the last one shorter, however little each read gives."""
    buffer = bytearray()
    while chunk := stream.read(PART_BYTES - len(buffer)):
        buffer += chunk
        if len(buffer) == PART_BYTES:
            yield bytes(buffer)
            buffer.clear()
    if buffer:
        yield bytes(buffer)


def get_blob(blob_id: UUID) -> Blob:
    """The row of some content: its size in bytes, media type and SHA-256. Raises BlobNotFoundError."""
    blob = Blob.objects.filter(id=blob_id).first()
    if blob is None:
        raise BlobNotFoundError("The content does not exist.")
    return blob


def open_blob(blob_id: UUID) -> Iterator[bytes]:
    """The content, piece by piece; each is read in the unit of work that is open when it is asked for.

    What waits for the virus scanner is scanned first. Raises BlobNotFoundError, QuarantinedError and NotScannedError at
    once, and BlobDamagedError at the end when what was read is not what was stored.
    """
    blob = get_blob(blob_id)
    if blob.scan == Scan.WAITING:
        _scan_again(blob)
    if blob.scan == Scan.INFECTED:
        raise quarantined(blob.found)
    if blob.scan == Scan.WAITING:
        raise not_scanned()
    return _stream(blob)


def scan_waiting(blob_id: UUID) -> Blob:
    """The row of some content, scanned now where it still waits for the virus scanner. Raises BlobNotFoundError.

    What the scanner says lasts when the caller's unit of work does: `open_blob`, which refuses, would undo it.
    """
    blob = get_blob(blob_id)
    if blob.scan == Scan.WAITING:
        _scan_again(blob)
    return blob


def _scan_again(blob: Blob) -> None:
    scanning = Scanning()
    for part in _stream(blob):
        scanning.feed(part)
    _note(blob, scanning.verdict())


def _note(blob: Blob, verdict: Verdict) -> None:
    blob.scan, blob.found = verdict.state, verdict.found
    blob.save(update_fields=["scan", "found"])


def _stream(blob: Blob) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for number in range(-(-blob.size // PART_BYTES)):
        part = BlobPart.objects.filter(blob_id=blob.id, number=number).values_list("content", flat=True).first()
        if part is None:
            break
        digest.update(part)
        yield bytes(part)
    if digest.hexdigest() != blob.sha256:
        raise BlobDamagedError("The stored content is damaged. Nothing was changed; tell the operator.")


def read(blob_id: UUID) -> bytes:
    """The whole content at once. Raises as `open_blob` does."""
    return b"".join(open_blob(blob_id))
