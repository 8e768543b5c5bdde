"""E-consultation and e-contact from the bus to the thread, and back."""

from uuid import UUID

import pytest

from skranke.dialog.models import Message, Thread
from skranke.dialog.services import answer, start_dialog
from skranke.gateway.models import DeliveryTry, ReceivedMessage
from skranke.journal.models import JournalEntry

from support.dialog import PDF as ATTACHED
from support.dialog import upload
from support.helsenorge import PDF, wish_for


@pytest.mark.req("DDFL-KO-01", "DDFL-AR-01", "DDFL-AR-19", "NFR-3", "MSG-22")
def test_an_e_consultation_becomes_a_thread_and_its_answer_reaches_helsenorge(office) -> None:
    question = office.helsenorge.e_consultation(office.cast.ola, attachments=(PDF,))
    office.helsenorge.send(question)
    (receipt,) = office.answers()
    assert (receipt.is_receipt, receipt.code, receipt.about) == (True, "1", question.info.msg_id)
    with office.acting():
        thread = Thread.objects.get(conversation=question.info.msg_id)
        assert (thread.kind, thread.patient_id) == ("e_consultation", office.cast.ola.id)
        assert JournalEntry.objects.filter(patient=office.cast.ola).count() == 1
        assert ReceivedMessage.objects.get().state == "acted"
        assert not DeliveryTry.objects.exists()
    with office.acting(office.cast.kari):
        reply = answer(thread, text="Kom innom.")
    (told,) = office.answers()
    assert (told.code, told.text, told.about) == ("12", "Kom innom.", question.info.msg_id)
    with office.acting():
        assert Message.objects.get(id=reply.id).delivery == "sent"
    office.helsenorge.send(office.helsenorge.receipt_for(told))
    assert office.answers() == []
    with office.acting():
        assert Message.objects.get(id=reply.id).delivery == "received"


@pytest.mark.req("DDFL-EK-03", "DDFL-KO-06", "DDFL-EK-10")
@pytest.mark.parametrize("kind", ["e_contact", "e_consultation"])
def test_what_is_rejected_is_told_as_26_and_what_the_patient_writes_after_that_is_shown_and_answered_26(
    office, kind
) -> None:
    office.helsenorge.send(getattr(office.helsenorge, kind)(office.cast.ola))
    office.answers()
    with office.acting(office.cast.kari):
        thread = Thread.objects.get()
        answer(thread, text="Dette må du ringe om.", outcome="rejected")
    (told,) = office.answers()
    assert (told.code, told.text) == ("26", "Dette må du ringe om.")
    with office.acting():
        assert Thread.objects.get().state == "closed"
    office.helsenorge.send(office.helsenorge.follow_up(told, "Jeg får ikke svar på telefonen."))
    assert [letter.code for letter in office.answers()] == ["1", "26"]
    with office.acting():
        assert Message.objects.filter(thread=thread, direction="in").count() == 2
        assert Thread.objects.get().state == "open"


@pytest.mark.req("DDFL-EK-08", "DDFL-EK-10")
@pytest.mark.parametrize("kind", ["e_contact", "e_consultation"])
def test_what_is_written_to_a_one_way_message_is_shown_and_answered_26(office, kind) -> None:
    with office.acting(office.cast.kari):
        start_dialog(patient=office.cast.ola, kind=kind, subject="Prøvesvar", text="Alt er fint.", may_answer=False)
    (told,) = office.answers()
    assert told.code == "EKI"
    office.helsenorge.send(office.helsenorge.follow_up(told, "Takk!"))
    assert [letter.code for letter in office.answers()] == ["1", "26"]
    with office.acting():
        assert Message.objects.get(direction="in").text == "Takk!"


@pytest.mark.req("DDFL-ROL-01")
def test_the_practitioner_whom_the_patient_wishes_to_reach_gets_the_message(office) -> None:
    office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola, wanted=wish_for(office.cast.per)))
    office.work()
    with office.acting():
        assert [one.employee_id for one in Thread.objects.get().participants.all()] == [office.cast.per.id]


@pytest.mark.req("DDFL-KO-10", "DDFL-ENV-02", "CMP-8")
def test_an_answer_with_a_file_leaves_whole_and_each_answer_has_an_id_of_its_own(office) -> None:
    office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola))
    office.answers()
    for _ in range(20):
        with office.acting(office.cast.kari):
            answer(Thread.objects.get(), text="Se vedlegget.", attachment_ids=[upload().id])
    letters = office.answers()
    assert {(one.mime_type, one.content) for letter in letters for one in letter.document.attachments} == {
        ("application/pdf", ATTACHED)
    }
    assert len({UUID(letter.document.info.msg_id) for letter in letters}) == 20
