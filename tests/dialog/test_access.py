"""Who takes no part, and who works elsewhere, meets the same as for a thread that does not exist (house rule 3)."""

import pytest

from skranke.clinics.models import Employee
from skranke.dialog import access, queries, services
from skranke.dialog.models import Attachment, Participant, Reading, Thread, ThreadEvent
from skranke.kernel.errors import NotFoundError
from skranke.kernel.ids import new_id
from skranke.outbox.models import OutboxItem
from skranke.tenancy.work import acting, current_actor

from cast import make_clinic
from support.dialog import E_CONTACT, file, question, receive, upload

VERBS = {
    "answer": lambda thread: services.answer(thread, text="Hei."),
    "answer_and_close": lambda thread: services.answer(thread, text="Hei.", close=True),
    "close": services.close_thread,
    "take": services.take,
    "forward": lambda thread: services.forward(thread, to=None),
    "remove_from_inbox": services.remove_from_inbox,
    "mark_read": services.mark_read,
    "thread_view": queries.thread_view,
    "get_thread_for": lambda thread: access.get_thread_for(current_actor(), thread.id),
    "get_attachment_for": lambda thread: access.get_attachment_for(current_actor(), thread.file_id),
}


def _thread(cast, **facts):
    """A thread with a file, as the program itself sees it."""
    thread = receive(cast, question(cast, attachments=(file(),), **facts))
    with acting(cast.system):
        thread.file_id = Attachment.objects.get(message__thread=thread).id
    return thread


def _rows(cast, thread):
    with acting(cast.system):
        tables = (Participant, Reading, ThreadEvent)
        version = Thread.objects.get(id=thread.id).version
        return [version, OutboxItem.objects.count(), *(table.objects.filter(thread=thread).count() for table in tables)]


def _set(cast, person, **facts) -> None:
    with acting(cast.system):
        Employee.objects.filter(id=person.id).update(**facts)


@pytest.mark.req("NFR-2")
@pytest.mark.parametrize("verb", VERBS)
def test_the_rightful_employee_may_and_strangers_find_nothing(verb) -> None:
    ours, theirs = make_clinic(), make_clinic()
    thread = _thread(ours, kind=E_CONTACT) if verb == "close" else _thread(ours)
    if verb == "close":
        with acting(ours.system):
            Participant.objects.filter(thread=thread).update(employee=ours.kari)
    before = _rows(ours, thread)
    nothing = _message_for(ours, ours.mona, verb, _nowhere(thread))
    strangers = [(ours, ours.mona), (ours, ours.ola), (theirs, theirs.kari), (theirs, theirs.ali)]
    for cast, stranger in strangers:
        assert _message_for(cast, stranger, verb, thread) == nothing
    assert _rows(ours, thread) == before
    with acting(ours.actor(ours.kari)):
        VERBS[verb](thread)


def _nowhere(thread):
    absent = Thread(id=new_id())
    absent.file_id = new_id()
    assert absent.id != thread.id
    return absent


def _message_for(cast, person, verb, thread) -> str:
    with pytest.raises(NotFoundError) as refused, acting(cast.actor(person)):
        VERBS[verb](thread)
    return str(refused.value)


@pytest.mark.req("ORG-11")
def test_the_clinics_open_and_closed_threads_are_read_by_those_granted() -> None:
    cast = make_clinic()
    thread = _thread(cast)
    _set(cast, cast.anne, sees_clinic_archive=True)
    with acting(cast.actor(cast.ali)):
        assert queries.thread_view(thread).messages
        assert [row.id for row in queries.mailbox("klinikkens_aapne").rows] == [thread.id]
    _message_for(cast, cast.anne, "thread_view", thread)
    with acting(cast.actor(cast.kari)):
        services.answer(thread, text="Bruk kremen.", close=True)
    with acting(cast.actor(cast.anne)):
        assert queries.thread_view(thread).closed
        assert [row.id for row in queries.mailbox("klinikkens_arkiv").rows] == [thread.id]
    _message_for(cast, cast.ali, "thread_view", thread)


@pytest.mark.req("ORG-11")
@pytest.mark.parametrize("name", ["klinikkens_aapne", "klinikkens_arkiv", "finnes_ikke"])
def test_a_mailbox_that_is_not_granted_does_not_exist(name) -> None:
    cast = make_clinic()
    with pytest.raises(NotFoundError), acting(cast.actor(cast.kari)):
        queries.mailbox(name)


def test_who_has_left_finds_nothing() -> None:
    cast = make_clinic()
    thread = _thread(cast)
    _set(cast, cast.kari, active=False)
    for verb in VERBS:
        _message_for(cast, cast.kari, verb, thread)
    for read in (queries.counts, lambda: queries.mailbox("innboks"), upload):
        with pytest.raises(NotFoundError), acting(cast.actor(cast.kari)):
            read()


def test_a_thread_is_not_forwarded_out_of_the_clinic_nor_to_somebody_who_has_left() -> None:
    ours, theirs = make_clinic(), make_clinic()
    thread = _thread(ours)
    _set(ours, ours.per, active=False)
    for receiver in (theirs.kari, ours.per):
        with pytest.raises(NotFoundError), acting(ours.actor(ours.kari)):
            services.forward(thread, to=receiver)


def test_another_clinics_patient_is_not_written_to() -> None:
    ours, theirs = make_clinic(), make_clinic()
    with pytest.raises(NotFoundError), acting(ours.actor(ours.kari)):
        services.start_dialog(patient=theirs.ola, kind=E_CONTACT, subject="Hei", text="Hei.")


@pytest.mark.req("MSG-1")
def test_no_mailbox_shows_anothers_threads() -> None:
    ours, theirs = make_clinic(), make_clinic()
    _thread(ours)
    for cast, person in ((ours, ours.mona), (theirs, theirs.kari)):
        with acting(cast.actor(person)):
            for name in ("innboks", "aapne", "sendte", "arkiv"):
                assert queries.mailbox(name).rows == ()
            assert queries.counts().inbox == 0
