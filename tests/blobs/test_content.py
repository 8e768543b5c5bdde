"""Content goes in and comes out as a stream, and is kept once a clinic."""

import hashlib
import io
import threading

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError
from hypothesis import given
from hypothesis import strategies as st

from skranke.blobs.errors import BlobDamagedError, BlobNotFoundError
from skranke.blobs.models import PART_BYTES, Blob, BlobPart
from skranke.blobs.services import get_blob, open_blob, read, store
from skranke.kernel.actor import system
from skranke.kernel.ids import new_id
from skranke.tenancy.work import acting

from support.properties import tried


class Trickle(io.RawIOBase):
    """A stream that gives less than is asked for, and remembers the most it was asked for."""

    def __init__(self, content: bytes, step: int) -> None:
        super().__init__()
        self._content, self._step, self.most = io.BytesIO(content), step, 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "the whole content must not be asked for at once"
        self.most = max(self.most, size)
        return self._content.read(min(size, self._step))


@pytest.mark.parametrize("size", [0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES + 7])
def test_what_was_stored_is_read_in_pieces_of_a_mebibyte(size: int) -> None:
    content = bytes(range(251)) * (size // 251 + 1)
    with acting(system(new_id())):
        blob = store(content[:size], "application/pdf")
        assert (blob.size, blob.sha256) == (size, hashlib.sha256(content[:size]).hexdigest())
        pieces = list(open_blob(blob.id))
        assert b"".join(pieces) == content[:size] == read(blob.id)
        assert [len(piece) for piece in pieces[:-1]] == [PART_BYTES] * (len(pieces) - 1)
        assert get_blob(blob.id) == blob


@tried(10)
@given(st.binary(max_size=2000), st.integers(1, 700))
def test_a_slow_stream_gives_the_same_content(content: bytes, step: int) -> None:
    with acting(system(new_id())):
        stream = Trickle(content, step)
        assert read(store(stream, "image/png").id) == content
        assert stream.most <= PART_BYTES


def test_the_same_content_is_kept_once_a_clinic_and_media_type() -> None:
    with acting(system(new_id())):
        first = store(b"x" * 10, "image/png")
        assert store(io.BytesIO(b"x" * 10), "image/png") == first
        assert store(b"x" * 10, "image/jpeg") != first
        assert BlobPart.objects.count() == 2
    with acting(system(new_id())):
        assert store(b"x" * 10, "image/png") != first


def test_two_who_store_the_same_at_once_get_the_same() -> None:
    clinic, barrier, found = new_id(), threading.Barrier(4), []

    def work() -> None:
        try:
            with acting(system(clinic)):
                barrier.wait(10)
                found.append(store(b"y" * (PART_BYTES + 1), "image/png").id)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    with acting(system(clinic)):
        assert BlobPart.objects.count() == 2
        assert read(found[0]) == b"y" * (PART_BYTES + 1)


def test_content_that_is_absent_or_of_another_clinic_does_not_exist() -> None:
    with acting(system(new_id())):
        theirs = store(b"x", "image/png").id
    with acting(system(new_id())):
        for wanted in (theirs, new_id()):
            for look in (get_blob, open_blob, read):
                with pytest.raises(BlobNotFoundError):
                    look(wanted)


def test_damaged_content_is_never_handed_over_as_whole() -> None:
    with acting(system(new_id())):
        blob = store(b"z" * (PART_BYTES + 1), "image/png")
        BlobPart.objects.filter(blob=blob, number=1).delete()
        with pytest.raises(BlobDamagedError):
            read(blob.id)


def test_content_cannot_be_changed_and_the_database_checks_its_shape() -> None:
    clinic = new_id()
    with acting(system(clinic)):
        blob = store(b"z", "image/png")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            BlobPart.objects.update(content=b"a")
        with pytest.raises(IntegrityError), transaction.atomic():
            BlobPart.objects.create(clinic_id=clinic, blob=blob, number=1, content=b"z" * (PART_BYTES + 1))
        with pytest.raises(IntegrityError), transaction.atomic():
            Blob.objects.create(clinic_id=clinic, sha256="no", size=1, media_type="image/png")
