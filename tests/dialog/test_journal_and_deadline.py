"""Every e-consultation is in the journal, both ways, and has a deadline; nothing else is or has (JRN)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from skranke.blobs.services import read
from skranke.dialog import queries, rules, services
from skranke.dialog.errors import NotJournaledError
from skranke.dialog.models import Attachment, Message
from skranke.journal.models import JournalEntry
from skranke.kernel import clock
from skranke.kernel.ids import new_id
from skranke.outbox.models import OutboxItem
from skranke.tenancy.work import acting

from cast import make_clinic
from support.dialog import E_CONTACT, MONDAY, PNG, file, question, receive, reply, row, upload


@pytest.mark.req("JRN-1", "JRN-6", "JRN-8", "DDFL-KO-01")
def test_an_e_consultation_is_journaled_both_ways_with_its_attachments() -> None:
    cast = make_clinic()
    start = question(cast, patient=cast.nora, author_name="Ola Nordmann", on_behalf_of="Nora", attachments=(file(),))
    thread = receive(cast, start)
    with acting(cast.actor(cast.kari)):
        services.answer(thread, text="Bruk kremen.", attachment_ids=[upload(PNG, "krem.png").id])
        entries = list(JournalEntry.objects.filter(patient=cast.nora).order_by("at"))
        files = [[(a.name, read(a.blob_id)) for a in entry.attachments.all()] for entry in entries]
        view = queries.thread_view(thread)
    question_, answer = entries
    assert (question_.author_name, question_.recipient_name, question_.on_behalf_of) == (
        "Ola Nordmann",
        "Kari Lunde",
        "Nora",
    )
    assert (question_.text, question_.title) == (start.text, "Utslett på armen – helsenorge.no")
    assert (answer.author_id, answer.author_name, answer.recipient_name) == (
        cast.kari.id,
        "Kari Lunde",
        "Nora Nordmann",
    )
    assert {entry.thread_id for entry in entries} == {thread.id}
    assert files == [[("funn.pdf", file().content)], [("krem.png", PNG)]]
    assert [message.journal_entry_id for message in view.messages] == [question_.id, answer.id]


@pytest.mark.req("JRN-2", "DDFL-EK-14")
def test_an_e_contact_is_never_journaled_by_itself() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    with acting(cast.actor(cast.kari)):
        services.answer(thread, text="Ja.")
        services.start_dialog(patient=cast.ola, kind=E_CONTACT, subject="Stengt", text="Vi har stengt fredag.")
        assert not JournalEntry.objects.exists()


@pytest.mark.req("JRN-7")
def test_what_cannot_be_journaled_is_not_sent() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    with acting(cast.actor(cast.kari)):
        attachment = upload()
        Attachment.objects.filter(id=attachment.id).update(blob_id=new_id())
        with pytest.raises(NotJournaledError):
            services.answer(thread, text="Se vedlegg.", attachment_ids=[attachment.id])
        transaction.set_rollback(True)
    with acting(cast.system):
        assert not Message.objects.filter(direction="out").exists()
        assert not OutboxItem.objects.exists()


@pytest.mark.req("JRN-10")
def test_an_e_consultation_is_important_and_due_in_five_working_days() -> None:
    cast = make_clinic()
    # Wednesday before Easter: Thursday, Friday and Monday are holidays.
    written = datetime(2027, 3, 24, 22, 59, tzinfo=UTC)
    clock.move_to(written + timedelta(minutes=1))
    thread = receive(cast, question(cast, generated_at=written))
    line = row(cast, cast.kari, thread)
    assert (line.important, line.answer_due, line.days_left) == (True, date(2027, 4, 5), 5)
    clock.move_to(datetime(2027, 4, 5, 10, tzinfo=UTC))
    assert row(cast, cast.kari, thread).days_left == 0
    clock.move_to(datetime(2027, 4, 7, 10, tzinfo=UTC))
    assert row(cast, cast.kari, thread).days_left == -2


@pytest.mark.req("JRN-10")
def test_an_answer_ends_the_deadline_and_the_next_message_starts_one_anew() -> None:
    cast = make_clinic()
    clock.move_to(MONDAY)
    start = question(cast)
    thread = receive(cast, start)
    receive(cast, reply(cast, start, generated_at=MONDAY + timedelta(days=2)))
    assert row(cast, cast.kari, thread).answer_due == date(2027, 3, 8)
    with acting(cast.actor(cast.kari)):
        services.answer(thread, text="Bruk kremen.")
        assert queries.thread_view(thread).answer_due is None
    clock.move_to(MONDAY + timedelta(days=7))
    receive(cast, reply(cast, start, generated_at=MONDAY + timedelta(days=7)))
    assert row(cast, cast.kari, thread).answer_due == date(2027, 3, 15)


def test_an_e_contact_has_no_deadline_and_is_not_important() -> None:
    cast = make_clinic()
    line = row(cast, cast.kari, receive(cast, question(cast, kind=E_CONTACT)))
    assert (line.important, line.answer_due, line.days_left) == (False, None, None)


@pytest.mark.req("JRN-10")
@pytest.mark.parametrize(
    ("today", "left"),
    [
        ("2027-03-03", 2),
        ("2027-03-05", 0),
        ("2027-03-06", -1),
        ("2027-03-07", -1),
        ("2027-03-08", -1),
        ("2027-03-09", -2),
    ],
)
def test_an_answer_due_on_a_friday_is_late_from_saturday(today: str, left: int) -> None:
    assert rules.days_left(date(2027, 3, 5), date.fromisoformat(today)) == left
