"""E-consultation and e-contact from the bus to the thread, and back."""

import pytest

from skranke.dialog.models import Message, Thread
from skranke.dialog.services import answer
from skranke.gateway.models import DeliveryTry, ReceivedMessage
from skranke.journal.models import JournalEntry

from support.helsenorge import PDF


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
