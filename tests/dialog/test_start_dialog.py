"""The clinic writes first (CMP-7, CMP-13, PAT-9)."""

import pytest

from skranke.dialog import queries, services
from skranke.dialog.errors import UnreachableError
from skranke.dialog.models import Thread
from skranke.journal.models import JournalEntry
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.outbox.models import OutboxItem
from skranke.patients.models import HelseNorgeState, Patient
from skranke.tenancy.work import acting

from cast import make_clinic
from support.dialog import E_CONSULTATION, E_CONTACT, holders, inbox, receive, reply


def _start(cast, person, **facts):
    with acting(cast.actor(person)):
        return services.start_dialog(
            **{"patient": cast.ola, "kind": E_CONSULTATION, "subject": "Prøvesvar", "text": "Alt er fint.", **facts}
        )


@pytest.mark.req("CMP-7", "CMP-13", "MSG-25", "DDFL-EK-06", "DDFL-KO-08")
def test_a_dialog_leaves_from_the_patients_gp_whoever_writes_it() -> None:
    cast = make_clinic()
    thread = _start(cast, cast.anne)
    with acting(cast.actor(cast.anne)):
        view = queries.thread_view(thread)
        (message,) = Thread.objects.get(id=thread.id).messages.all()
        assert OutboxItem.objects.get().subject_id == message.id
        assert JournalEntry.objects.count() == 1
    assert (message.code, message.msg_id, message.parent_msg_id) == ("DI", thread.conversation, "")
    assert (view.party_name, view.messages[0].author_name, view.title) == (
        "Kari Lunde",
        "Anne Berg",
        "Prøvesvar – helsenorge.no",
    )
    assert inbox(cast, cast.anne, "aapne") == [str(thread.id)]
    receive(cast, reply(cast, message, text="Takk!"))
    assert holders(cast, thread) == {"Anne"}


@pytest.mark.req("CMP-7", "DDFL-EK-08", "DDFL-KO-09")
def test_a_dialog_that_may_not_be_answered_is_closed_at_once() -> None:
    cast = make_clinic()
    thread = _start(cast, cast.ali, kind=E_CONTACT, may_answer=False)
    with acting(cast.actor(cast.ali)):
        assert Thread.objects.get(id=thread.id).messages.get().code == "EKI"
        assert queries.thread_view(thread).closed
    assert inbox(cast, cast.ali, "arkiv") == [str(thread.id)]


@pytest.mark.req("PAT-9", "PAT-10", "CMP-13")
def test_a_patient_who_cannot_be_reached_is_not_written_to() -> None:
    cast = make_clinic()
    with acting(cast.system):
        Patient.objects.filter(id=cast.nora.id).update(
            helsenorge_state=HelseNorgeState.INACTIVE, helsenorge_state_at=clock.now()
        )
    for patient, reason in ((cast.jonas, "not_on_list"), (cast.nora, "not_in_helsenorge")):
        with pytest.raises(UnreachableError) as refused:
            _start(cast, cast.kari, patient=patient)
        assert refused.value.reason == reason
    with acting(cast.system):
        assert not OutboxItem.objects.exists()
        assert not Thread.objects.exists()


@pytest.mark.req("CMP-16", "DDFL-EK-07")
@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"subject": " "}, "subject"),
        ({"subject": "x" * 51}, "subject"),
        ({"text": ""}, "text"),
        ({"text": "x" * 1001}, "text"),
        ({"kind": "prescription_renewal"}, "kind"),
    ],
)
def test_a_dialog_needs_a_subject_and_a_text_within_what_helsenorge_shows(facts, field) -> None:
    cast = make_clinic()
    with pytest.raises(InvalidError) as refused:
        _start(cast, cast.kari, **facts)
    assert refused.value.field == field


@pytest.mark.req("CMP-16")
def test_the_longest_subject_and_text_leave_whole() -> None:
    cast = make_clinic()
    thread = _start(cast, cast.kari, subject="ø" * 50, text="å" * 1000)
    with acting(cast.actor(cast.kari)):
        (message,) = queries.thread_view(thread).messages
    assert (message.subject, message.text) == ("ø" * 50, "å" * 1000)
