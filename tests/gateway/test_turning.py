"""What a patient wrote is answered as another kind of dialog: two conversations on the wire, one thread here."""

import pytest

from skranke.dialog.models import Thread
from skranke.dialog.queries import thread_view
from skranke.dialog.services import answer, convert
from skranke.dialog.services.turning import fee_text
from skranke.standards import profile
from skranke.standards.codes import MessageFunction

FUNCTIONS = {"e_contact": MessageFunction.E_CONTACT, "e_consultation": MessageFunction.E_CONSULTATION}


def received(office, document) -> Thread:
    office.helsenorge.send(document)
    office.answers()
    with office.acting():
        return Thread.objects.get(messages__msg_id=document.info.msg_id)


def told(office):
    """The answer, and what closes the old conversation, as HelseNorge gets them."""
    return [one.document for one in office.answers()]


@pytest.mark.req("JRN-3", "JRN-5", "JRN-15")
def test_an_e_contact_is_answered_in_a_new_e_consultation_and_closed(office) -> None:
    enquiry = office.helsenorge.e_contact(office.cast.ola, text="Jeg har vondt i kneet.")
    thread = received(office, enquiry)
    with office.acting(office.cast.kari):
        convert(thread)
        thread.refresh_from_db()
        answer(thread, text="Kom til time.", closing_text="Se den nye samtalen.")
    new, old = told(office)
    assert (new.info.function, new.info.conversation) == (MessageFunction.E_CONSULTATION, None)
    assert new.dialog.question.code.v == "DI"
    assert new.dialog.body.text.plain == f"Kom til time.\n\n{fee_text()}"
    assert new.dialog.question.subject
    assert (old.info.function, old.code.v) == (MessageFunction.E_CONTACT, "19")
    assert old.info.conversation.parent == old.info.conversation.conversation == enquiry.info.msg_id
    assert old.dialog.body.text.plain == "Se den nye samtalen."


@pytest.mark.req("RX-7", "RX-17", "DDFL-RX-14", "DDFL-CON-06")
@pytest.mark.parametrize(("kind", "words"), [("e_contact", "e-kontakt"), ("e_consultation", "e-konsultasjon")])
def test_a_renewal_is_answered_in_a_new_dialog_and_closed_with_26(office, kind, words) -> None:
    request = office.helsenorge.renewal(office.cast.ola)
    thread = received(office, request)
    with office.acting(office.cast.kari):
        answer(thread, text="Hva gjelder det?", turn_into=kind)
    new, old = told(office)
    assert (new.info.function, new.info.conversation, new.code.v) == (FUNCTIONS[kind], None, "DI")
    assert (fee_text() in new.dialog.body.text.plain) is (kind == "e_consultation")
    assert (old.info.function, old.code.v) == (MessageFunction.PRESCRIPTION_RENEWAL, "26")
    assert old.dialog.body.text.plain == f"Svaret kommer som {words}."
    assert old.info.conversation.conversation == request.info.msg_id


@pytest.mark.req("RX-17")
def test_the_profile_can_hold_the_closing_answer_back(office, monkeypatch) -> None:
    monkeypatch.setattr(profile, "TURNED_RENEWAL_IS_CLOSED", False)
    thread = received(office, office.helsenorge.renewal(office.cast.ola))
    with office.acting(office.cast.kari):
        answer(thread, text="Hva gjelder det?", turn_into="e_contact")
    [new] = told(office)
    assert new.info.function is MessageFunction.E_CONTACT


@pytest.mark.req("JRN-4", "RX-17", "RX-8")
@pytest.mark.parametrize("kind", ["e_contact", "renewal"])
def test_what_the_patient_writes_on_either_conversation_lands_in_the_one_thread(office, kind) -> None:
    make = getattr(office.helsenorge, kind)
    asked = make(office.cast.ola)
    thread = received(office, asked)
    with office.acting(office.cast.kari):
        answer(thread, text="Svar.", turn_into="e_consultation")
    letters = office.answers()
    new = letters[0].document
    for letter in letters:
        office.helsenorge.send(office.helsenorge.follow_up(letter))
    answers = office.answers()
    assert [one.is_receipt for one in answers] == [True, True]
    with office.acting(office.cast.kari):
        assert Thread.objects.count() == 1
        view = thread_view(thread)
        incoming = [one for one in view.messages if not one.outgoing]
        assert len(incoming) == 3
        assert all(one.journal_entry_id for one in view.messages)
        assert view.answer_due is not None
        answer(Thread.objects.get(), text="Mer.")
    [more] = [one.document for one in office.answers()]
    assert (more.info.function, more.code.v) == (MessageFunction.E_CONSULTATION, "12")
    assert more.info.conversation.conversation == new.info.msg_id
