"""The journal holds what was said, once, with its files, and tells who has read it."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError, ProgrammingError

from skranke.audit.queries import events_of_patient
from skranke.blobs.errors import BlobNotFoundError
from skranke.blobs.services import read, store
from skranke.journal.access import get_attachment_for, get_entry_for
from skranke.journal.models import JournalEntry
from skranke.journal.queries import entries_for, entry_ids_of
from skranke.journal.services import record_entry
from skranke.journal.values import AttachmentFacts
from skranke.kernel import clock
from skranke.kernel.errors import NotFoundError
from skranke.kernel.ids import new_id
from skranke.tenancy.work import acting

from cast import Cast, make_clinic


def record(cast: Cast, **facts: object) -> JournalEntry:
    return record_entry(
        **{
            "patient": cast.ola,
            "at": clock.now(),
            "kind": "e_consultation",
            "title": "helsenorge.no: Utslett",
            "text": "Jeg har fått utslett.",
            "author_id": cast.ola.id,
            "author_name": cast.ola.name,
            "recipient_name": cast.kari.name,
            "on_behalf_of": "Nora Nordmann",
            "thread_id": new_id(),
            "source_kind": "message",
            "source_id": new_id(),
            **facts,
        }
    )


@pytest.mark.req("JRN-6")
def test_an_entry_holds_all_that_was_said_with_its_files() -> None:
    cast = make_clinic()
    thread, source = new_id(), new_id()
    with acting(cast.system):
        blob = store(b"a picture", "image/png")
        facts = AttachmentFacts(blob_id=blob.id, name="utslett.png", media_type="image/png", size=9)
        record(cast, thread_id=thread, source_id=source, attachments=[facts])
        [entry] = entries_for(cast.ola)
        [attachment] = entry.attachments.all()
        assert read(attachment.blob_id) == b"a picture"
        assert entry_ids_of("message", [source, new_id()]) == {source: entry.id}
        assert events_of_patient(cast.ola.id)[0].action == "journal.read"
    assert (entry.author_name, entry.recipient_name, entry.on_behalf_of) == (
        "Ola Nordmann",
        "Kari Lunde",
        "Nora Nordmann",
    )
    assert (entry.kind, entry.title, entry.text) == (
        "e_consultation",
        "helsenorge.no: Utslett",
        "Jeg har fått utslett.",
    )
    assert (entry.thread_id, entry.author_id) == (thread, cast.ola.id)
    assert (attachment.name, attachment.media_type, attachment.size) == ("utslett.png", "image/png", 9)


def test_a_source_is_recorded_once() -> None:
    cast, source = make_clinic(), new_id()
    with acting(cast.system):
        first = record(cast, source_id=source)
        assert record(cast, source_id=source, text="something else") == first
        assert len(entries_for(cast.ola)) == 1
        assert record(cast, source_id=source, source_kind="other") != first
        recorded = [event for event in events_of_patient(cast.ola.id) if event.action == "journal.recorded"]
        assert len(recorded) == 2


@pytest.mark.req("JRN-7")
def test_what_cannot_be_journaled_is_not_kept_at_all() -> None:
    cast = make_clinic()
    lost = AttachmentFacts(blob_id=new_id(), name="x.pdf", media_type="application/pdf", size=1)
    with pytest.raises(BlobNotFoundError), acting(cast.system):
        record(cast, attachments=[lost])
    with acting(cast.system):
        assert entries_for(cast.ola) == []


def test_an_entry_stands_as_it_was_written_and_keeps_its_content() -> None:
    cast = make_clinic()
    with acting(cast.system):
        blob = store(b"a picture", "image/png")
        entry = record(
            cast, attachments=[AttachmentFacts(blob_id=blob.id, name="a.png", media_type="image/png", size=9)]
        )
        for change in (
            lambda: JournalEntry.objects.update(text="another"),
            lambda: JournalEntry.objects.filter(id=entry.id)._raw_delete("default"),
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                change()

    def drop_the_content() -> None:
        with acting(cast.system):
            blob.parts.all().delete()
            type(blob).objects.filter(id=blob.id)._raw_delete("default")

    with pytest.raises(IntegrityError):
        drop_the_content()


def test_entries_come_newest_first_page_by_page() -> None:
    cast, now = make_clinic(), clock.now()
    with acting(cast.system):
        times = [now, now - timedelta(hours=2), now - timedelta(hours=1), now - timedelta(hours=1)]
        for at in times:
            record(cast, at=at)
        first = entries_for(cast.ola, limit=2)
        rest = entries_for(cast.ola, before=first[-1])
        assert [entry.at for entry in first + rest] == sorted(times, reverse=True)
        assert len({entry.id for entry in first + rest}) == 4


@pytest.mark.req("NFR-1")
def test_the_journal_is_for_the_clinics_own_staff_and_reading_is_audited() -> None:
    cast, theirs = make_clinic(), make_clinic()
    with acting(cast.system):
        blob = store(b"a picture", "image/png")
        facts = AttachmentFacts(blob_id=blob.id, name="a.png", media_type="image/png", size=9)
        entry = record(cast, attachments=[facts])
        [attachment] = entry.attachments.all()
    with acting(cast.actor(cast.kari)) as kari:
        assert get_entry_for(kari, entry.id) == entry
        assert get_attachment_for(kari, attachment.id) == attachment
        read_events = events_of_patient(cast.ola.id)[:2]
        assert [(event.action, event.actor_id) for event in read_events] == [("journal.read", cast.kari.id)] * 2
    messages = set()
    for actor, fetch, wanted in (
        (theirs.actor(theirs.kari), get_entry_for, entry.id),
        (cast.actor(cast.ola), get_entry_for, entry.id),
        (cast.actor(cast.kari), get_entry_for, new_id()),
        (theirs.actor(theirs.kari), get_attachment_for, attachment.id),
        (cast.actor(cast.ola), get_attachment_for, attachment.id),
        (cast.actor(cast.kari), get_attachment_for, new_id()),
    ):
        with acting(actor), pytest.raises(NotFoundError) as refused:
            fetch(actor, wanted)
        messages.add((fetch.__name__, str(refused.value)))
    assert len(messages) == 2
