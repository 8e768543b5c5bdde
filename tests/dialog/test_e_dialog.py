"""An e-dialog lives in our own portal: the clinic writes, the patient reads and answers there (CMP-4, POR-3)."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import override_settings

from skranke.audit.models import AuditEvent
from skranke.clinics.models import Employee
from skranke.dialog import access, own_channel, queries, services
from skranke.dialog.errors import AttachmentsTooLargeError, NotAnswerableError
from skranke.dialog.models import Channel, Message, Thread
from skranke.journal.models import JournalEntry
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError, NotFoundError
from skranke.outbox.models import OutboxItem
from skranke.patients.models import HelseNorgeState, Patient
from skranke.patients.services import block
from skranke.tenancy.work import acting, current_actor

from cast import make_clinic
from support.dialog import E_CONTACT, PNG, holders, inbox, question, receive, upload
from support.portal import E_DIALOG, answer, start


@pytest.mark.req("CMP-4", "CMP-7")
def test_an_e_dialog_is_found_in_the_portal_and_leaves_for_nowhere() -> None:
    cast = make_clinic()
    thread = start(cast, cast.anne)
    with acting(cast.system):
        assert not OutboxItem.objects.exists()
        assert not JournalEntry.objects.exists()
        assert Thread.objects.get(id=thread.id).channel == Channel.OWN
    with acting(cast.actor(cast.ola)):
        (row,) = own_channel.own_thread_rows()
        view = own_channel.own_thread(thread)
    assert (row.id, row.title, row.unread, row.author_name) == (thread.id, "Prøvesvar", 1, "Anne Berg")
    assert view.may_write
    assert [(one.mine, one.author_name, one.text) for one in view.messages] == [(False, "Anne Berg", "Alt er fint.")]
    assert inbox(cast, cast.anne, "aapne") == [str(thread.id)]


@pytest.mark.req("CMP-4")
def test_who_is_not_in_helsenorge_and_on_no_list_is_written_to_in_the_portal() -> None:
    cast = make_clinic()
    with acting(cast.system):
        Patient.objects.filter(id=cast.jonas.id).update(helsenorge_state=HelseNorgeState.INACTIVE)
    thread = start(cast, to=cast.jonas)
    with acting(cast.actor(cast.jonas)):
        assert own_channel.own_thread(thread).title == "Prøvesvar"


@pytest.mark.req("RCV-15", "MSG-3")
def test_the_patients_answer_goes_to_those_who_take_part() -> None:
    cast = make_clinic()
    thread = start(cast, cast.anne)
    assert holders(cast, thread) == set()
    answer(cast, thread, "Takk for svaret.")
    assert holders(cast, thread) == {"Anne"}
    with acting(cast.actor(cast.anne)):
        view = queries.thread_view(thread)
    assert [(one.outgoing, one.author_name, one.text) for one in view.messages] == [
        (True, "Anne Berg", "Alt er fint."),
        (False, "Ola Nordmann", "Takk for svaret."),
    ]
    assert view.waits_for_clinic
    assert view.may_answer


@pytest.mark.req("RCV-15")
def test_an_answer_where_nobody_takes_part_any_more_goes_to_the_whole_clinic() -> None:
    cast = make_clinic()
    thread = start(cast, cast.per)
    with acting(cast.system):
        Employee.objects.filter(id=cast.per.id).update(active=False)
    answer(cast, thread)
    for person in (cast.kari, cast.ali):
        assert inbox(cast, person) == [str(thread.id)]


@pytest.mark.req("MSG-22")
def test_the_clinic_sees_when_the_patient_has_read_it() -> None:
    cast = make_clinic()
    thread = start(cast)
    with acting(cast.actor(cast.kari)):
        assert queries.thread_view(thread).messages[0].delivery == "ready"
    clock.move(timedelta(hours=1))
    with acting(cast.actor(cast.ola)):
        services.mark_read_by_patient(thread)
        services.mark_read_by_patient(thread)
        assert own_channel.unread_threads() == 0
    with acting(cast.actor(cast.kari)):
        view = queries.thread_view(thread)
    assert view.messages[0].delivery == "read"
    assert abs((clock.now() - view.messages[0].delivery_at).total_seconds()) < 60
    assert [event.kind for event in view.events].count("read_by_patient") == 1


@pytest.mark.req("MSG-8", "CMP-7")
def test_svar_og_avslutt_ends_the_dialog_for_the_patient_and_svar_opens_it_again() -> None:
    cast = make_clinic()
    thread = start(cast)
    answer(cast, thread)
    with acting(cast.actor(cast.kari)):
        services.answer(thread, text="Da er vi ferdige.", close=True)
    with pytest.raises(NotAnswerableError):
        answer(cast, thread, "En ting til")
    with acting(cast.actor(cast.ola)):
        assert not own_channel.own_thread(thread).may_write
    with acting(cast.actor(cast.kari)):
        assert len(queries.thread_view(thread).messages) == 3
        assert queries.thread_view(thread).closed
        services.answer(thread, text="Bare skriv.")
    answer(cast, thread, "En ting til")
    with pytest.raises(NotAnswerableError):
        answer(cast, start(cast, may_answer=False))


@pytest.mark.req("MSG-8", "MSG-10")
def test_what_the_clinic_closes_without_a_word_the_patient_may_open_again() -> None:
    cast = make_clinic()
    thread = start(cast)
    with acting(cast.actor(cast.kari)):
        services.close_thread(thread)
    answer(cast, thread, "Det gjør fortsatt vondt.")
    with acting(cast.actor(cast.kari)):
        view = queries.thread_view(thread)
    assert (view.closed, view.in_inbox) == (False, True)
    assert "reopened" in [event.kind for event in view.events]


def test_who_is_shut_out_reads_and_does_not_write() -> None:
    cast = make_clinic()
    thread = start(cast)
    with acting(cast.actor(cast.ali)):
        block(cast.ola, blocked=True)
    with pytest.raises(NotAnswerableError):
        answer(cast, thread)
    with acting(cast.actor(cast.ola)):
        assert not own_channel.own_thread(thread).may_write


def test_a_form_that_is_sent_twice_is_one_message() -> None:
    cast = make_clinic()
    thread, form = start(cast), uuid4()
    assert answer(cast, thread, form_id=form).id == answer(cast, thread, form_id=form).id
    other = start(cast)
    assert answer(cast, other, form_id=form).thread_id == other.id
    with acting(cast.system):
        assert Message.objects.filter(thread=thread).count() == 2


@pytest.mark.req("CMP-16")
@pytest.mark.parametrize("text", ["", "  \n ", "x" * 10_001])
def test_an_answer_says_something_and_not_too_much(text) -> None:
    cast = make_clinic()
    thread = start(cast)
    with pytest.raises(InvalidError) as refused:
        answer(cast, thread, text)
    assert refused.value.field == "text"
    assert "HelseNorge" not in str(refused.value)


@pytest.mark.req("CMP-16")
@pytest.mark.parametrize(("facts", "field"), [({"subject": "x" * 101}, "subject"), ({"text": "x" * 10_001}, "text")])
def test_an_e_dialog_has_room_for_more_than_helsenorge_shows(facts, field) -> None:
    cast = make_clinic()
    start(cast, subject="x" * 100, text="x" * 10_000)
    with pytest.raises(InvalidError) as refused:
        start(cast, **facts)
    assert refused.value.field == field
    assert "HelseNorge" not in str(refused.value)


@pytest.mark.req("RCV-16", "CMP-9", "CMP-11")
def test_a_patient_sends_files_within_the_limit() -> None:
    cast = make_clinic()
    thread = start(cast)
    with acting(cast.actor(cast.ola)):
        own = [upload(PNG, "arm.png"), upload(PNG, "arm.png")]
        with pytest.raises(InvalidError):
            upload(b"MZ a program", "arm.png")
    message = answer(cast, thread, "", attachment_ids=[one.id for one in own])
    with acting(cast.actor(cast.kari)):
        files = queries.thread_view(thread).messages[-1].attachments
        assert [one.name for one in files] == ["arm.png", "arm.png"]
        assert access.get_attachment_for(current_actor(), files[0].id).message_id == message.id
    with acting(cast.actor(cast.ola)):
        more = [upload(PNG), upload(PNG)]
    small = replace(settings.OURS, attachment_total_bytes=2 * len(PNG) - 1)
    with override_settings(OURS=small), pytest.raises(AttachmentsTooLargeError):
        answer(cast, thread, attachment_ids=[one.id for one in more])
    answer(cast, thread, attachment_ids=[one.id for one in more])


def test_nobody_sends_anothers_upload() -> None:
    cast = make_clinic()
    thread = start(cast)
    with acting(cast.actor(cast.nora)):
        noras = upload(PNG)
    with acting(cast.actor(cast.kari)):
        karis = upload(PNG)
    for one in (noras, karis):
        with pytest.raises(NotFoundError):
            answer(cast, thread, attachment_ids=[one.id])
    with pytest.raises(NotFoundError), acting(cast.actor(cast.kari)):
        services.answer(thread, text="Hei", attachment_ids=[noras.id])


@pytest.mark.req("NFR-2", "CMP-4")
def test_a_patient_finds_only_what_is_meant_for_the_patient() -> None:
    ours, theirs = make_clinic(), make_clinic()
    own, helsenorge = start(ours), receive(ours, question(ours, kind=E_CONTACT))
    internal = start(ours)
    with acting(ours.system):
        Thread.objects.filter(id=internal.id).update(channel=Channel.INTERNAL)
    with acting(ours.actor(ours.ola)):
        assert [row.id for row in own_channel.own_thread_rows()] == [own.id]
        assert own_channel.unread_threads() == 1
    for cast, person, thread in (
        (ours, ours.ola, helsenorge),
        (ours, ours.ola, internal),
        (ours, ours.nora, own),
        (theirs, theirs.ola, own),
    ):
        for read in (own_channel.own_thread, services.mark_read_by_patient, _attempt):
            with pytest.raises(NotFoundError), acting(cast.actor(person)):
                read(thread)
    for read in (own_channel.own_thread_rows, own_channel.unread_threads):
        with pytest.raises(NotFoundError), acting(ours.actor(ours.kari)):
            read()


def _attempt(thread) -> None:
    services.answer_by_patient(thread, text="Hei", form_id=uuid4())


@pytest.mark.req("NFR-1")
def test_what_the_patient_reads_and_writes_is_in_the_audit_log_as_own_access() -> None:
    cast = make_clinic()
    thread = start(cast)
    with acting(cast.actor(cast.ola)):
        own_channel.own_thread_rows()
        own_channel.own_thread(thread)
        upload(PNG)
    answer(cast, thread)
    with acting(cast.system):
        done = AuditEvent.objects.filter(actor_id=cast.ola.id).order_by("at")
        assert [row.action for row in done] == [
            "thread.listed",
            "thread.read",
            "attachment.stored",
            "message.received",
        ]
        assert {(row.purpose, row.patient_id, row.actor_kind) for row in done} == {
            ("own_access", cast.ola.id, "patient")
        }


def test_an_e_dialog_is_not_refused_or_decided() -> None:
    cast = make_clinic()
    thread = start(cast)
    answer(cast, thread)
    with acting(cast.actor(cast.kari)):
        view = queries.thread_view(thread)
        assert (view.kind, view.may_refuse, view.outcomes, view.journaled) == (E_DIALOG, False, (), False)
        with pytest.raises(InvalidError):
            services.answer(thread, text="Nei", outcome="rejected")
