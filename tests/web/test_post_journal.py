"""What somebody writes into the journal by hand, and what is not sent because it cannot be journaled."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from skranke.dialog import services
from skranke.dialog.models import Message
from skranke.dialog.values import PrescriptionFacts
from skranke.journal.models import JournalEntry
from skranke.outbox.models import OutboxItem
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, body, field, logged_in
from support.dialog import E_CONTACT, PDF, RENEWAL, file, question, receive, reply


@pytest.mark.req("JRN-2", "JRN-13", "JRN-8")
def test_any_dialog_is_journaled_with_one_action_and_what_comes_later_is_not() -> None:
    cast = make_clinic()
    asked = question(cast, kind=E_CONTACT, text="Er det plass?", attachments=(file(),))
    thread = receive(cast, asked)
    client = logged_in(cast, cast.anne)
    page = body(client.get(address(cast, "thread", thread.id)))
    assert "Journalnotat" not in page
    done = client.post(
        address(cast, "thread-journal", thread.id), {"versjon": field(page, "versjon"), "text": "Ja"}, headers=HTMX
    )
    assert "Samtalen er ført i journalen." in body(done)
    assert "Journalnotat" in body(done)
    assert "Legg til i journalen" not in body(done)
    assert ">Ja</textarea>" in body(done)
    with acting(cast.system):
        entry = JournalEntry.objects.get()
        assert (entry.text, entry.kind, entry.thread_id) == ("Er det plass?", "e_contact", thread.id)
        assert entry.attachments.count() == 1
    receive(cast, reply(cast, asked, text="Hallo?"))
    with acting(cast.system):
        assert JournalEntry.objects.count() == 1
    renewal = receive(cast, question(cast, kind=RENEWAL, text="Paracet"))
    rest = Api(cast, cast.anne)
    assert rest.post(f"threads/{renewal.id}/journal").body["messages"][0]["journal_entry_id"]
    with acting(cast.actor(cast.anne)):
        internal = services.start_internal(patient=None, subject="Lunsj", text="Kl. 12", to=[cast.kari])
    assert rest.post(f"threads/{internal.id}/journal").status == 422


@contextmanager
def closed_journal(admin_dsn: str, cast: Cast) -> Iterator[None]:
    """The database takes no entry in this clinic's journal."""
    name = f"closed_{cast.clinic.id.hex}"
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        admin.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF NEW.clinic_id = '{cast.clinic.id}' THEN RAISE EXCEPTION 'closed'; END IF; RETURN NEW; END $$"
        )
        admin.execute(
            f"CREATE TRIGGER {name} BEFORE INSERT ON journal_journalentry FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
        try:
            yield
        finally:
            admin.execute(f"DROP FUNCTION {name}() CASCADE")


@pytest.mark.req("JRN-7")
def test_what_cannot_be_journaled_is_not_sent_and_the_page_says_why(database) -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    client = logged_in(cast, cast.kari)
    page = body(client.get(address(cast, "thread", thread.id)))
    form = {"versjon": field(page, "versjon"), "text": "Se vedlegget."}
    answer = address(cast, "thread-answer", thread.id)
    with closed_journal(database.admin_dsn, cast):
        told = client.post(answer, form | {"vedlegg": [SimpleUploadedFile("funn.pdf", PDF)]}, headers=HTMX)
        over_rest = Api(cast, cast.kari).post(f"threads/{thread.id}/messages", {"text": "Se her."})
    assert (told.status_code, "da blir ingenting sendt" in body(told)) == (409, True)
    assert (over_rest.status, over_rest.body["code"]) == (409, "not_journaled")
    assert ">Se vedlegget.</textarea>" in body(told)
    assert "funn.pdf" in body(told)
    with acting(cast.system):
        assert not Message.objects.filter(direction="out").exists()
        assert not OutboxItem.objects.filter(intent="dialog_message").exists()
        assert JournalEntry.objects.count() == 1
    assert client.post(answer, form).status_code == 302


@pytest.mark.req("RX-15")
def test_the_class_of_a_medicine_is_shown_as_a_hint_and_hinders_nothing() -> None:
    cast = make_clinic()
    facts = (PrescriptionFacts(name="Prøvelin 5 mg", group="A"), PrescriptionFacts(name="Prøvecet 5 mg", group="C"))
    thread = receive(cast, question(cast, kind=RENEWAL, text="", prescriptions=facts))
    client = logged_in(cast, cast.kari)
    page = body(client.get(address(cast, "thread", thread.id)))
    assert page.count("Fornyes vanligvis ikke slik") == 1
    form = {"versjon": field(page, "versjon"), "text": "Fornyet.", "utfall": "renewed", "uten_utstedt": "1"}
    assert client.post(address(cast, "thread-answer", thread.id), form).status_code == 302
