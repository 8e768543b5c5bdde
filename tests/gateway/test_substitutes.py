"""A GP's substitute on the wire: answers in the GP's thread under the own name, and has no timebok in HelseNorge."""

import pytest

from gateway.test_booking import ask, reserve
from skranke.dialog.models import Participant, Thread
from skranke.dialog.services import answer
from skranke.journal.models import JournalEntry

from support.api import Api
from support.dialog import inbox
from support.standing_in import stand_in
from support.surgery import open_book, time_of


def _asked(office, kind: str) -> Thread:
    """A question of Ola's to Kari, as it lies at the clinic."""
    question = getattr(office.helsenorge, kind)(office.cast.ola)
    office.helsenorge.send(question)
    office.answers()
    with office.acting():
        thread = Thread.objects.get(conversation=question.info.msg_id)
        # By the standard set-up an e-kontakt is everybody's.
        Participant.objects.filter(thread=thread).update(employee=office.cast.kari, personal=True)
    return thread


@pytest.mark.req("ABS-4", "ABS-5")
def test_what_comes_over_the_bus_while_it_lasts_is_in_both_inboxes(office) -> None:
    stand_in(office.cast, office.cast.per)
    thread = _asked(office, "e_consultation")
    for who in (office.cast.kari, office.cast.per):
        assert inbox(office.cast, who) == [str(thread.id)]
    assert inbox(office.cast, office.cast.anne) == []


@pytest.mark.req("ABS-6", "ABS-14")
@pytest.mark.parametrize("who", ["per", "mona"])
def test_a_substitute_answers_under_the_own_name_number_and_role_in_the_gps_thread(office, who: str) -> None:
    # Mona is a GP with a list of her own: for Kari's patients she is a substitute.
    writer = getattr(office.cast, who)
    thread = _asked(office, "e_consultation")
    refused = Api(office.cast, writer).post(f"threads/{thread.id}/messages", {"text": "Hei."}, **{"If-Match": "*"})
    assert refused.status == 404
    stand_in(office.cast, writer)
    told = Api(office.cast, writer).post(f"threads/{thread.id}/messages", {"text": "Kom innom."}, **{"If-Match": "*"})
    assert (told.status, told.body["author_name"]) == (201, writer.name)
    (letter,) = office.answers()
    info, (role,) = letter.document.info, letter.document.dialog.note.roles
    assert info.sender.her_id.value == office.cast.kari_party.her_id
    assert info.conversation.conversation == thread.conversation
    named = role.practitioner
    assert (named.hpr_number.value, named.given_name, role.role.v) == (writer.hpr_number, writer.given_name, "15")
    # As it stands in the document itself.
    note = letter.xml.decode().split("RollerRelatertNotat")[1]
    for written in (writer.hpr_number, writer.given_name, writer.family_name, 'V="15"'):
        assert written in note
    assert office.cast.kari.hpr_number not in note
    with office.acting():
        entry = JournalEntry.objects.filter(patient=office.cast.ola).order_by("recorded_at").last()
        assert (entry.author_id, entry.author_name) == (writer.id, writer.name)


@pytest.mark.req("ABS-6")
def test_an_e_kontakt_names_the_substitute_and_a_renewal_is_answered_as_substitute(office) -> None:
    stand_in(office.cast, office.cast.mona)
    thread = _asked(office, "e_contact")
    with office.acting(office.cast.mona):
        answer(thread, text="Ja, hver dag.")
    (letter,) = office.answers()
    (role,) = letter.document.dialog.note.roles
    assert (role.note_role.v, role.person.given_name, role.person.family_name) == ("1", "Mona", "Dahl")
    asked = _asked(office, "renewal")
    with office.acting(office.cast.mona):
        answer(asked, text="Kom til time.", outcome="not_renewed")
    (letter,) = office.answers()
    (role,) = letter.document.dialog.note.roles
    assert (role.role.v, role.practitioner.hpr_number.value) == ("15", office.cast.mona.hpr_number)


@pytest.mark.req("ABS-6")
def test_who_does_not_stand_in_that_day_answers_as_what_he_or_she_is(office) -> None:
    stand_in(office.cast, office.cast.mona, -9, -1)
    thread = _asked(office, "e_consultation")
    with office.acting():
        thread.participants.create(clinic_id=office.cast.clinic.id, employee=office.cast.mona)
    with office.acting(office.cast.mona):
        answer(thread, text="Kom innom.")
    (letter,) = office.answers()
    assert letter.document.dialog.note.roles[0].role.v == "6"


@pytest.mark.req("ABS-9", "ABS-10")
@pytest.mark.parametrize("who", ["per", "mona"])
def test_helsenorge_is_offered_the_gps_timebok_and_never_the_substitutes(office, who: str) -> None:
    substitute = getattr(office.cast, who)
    own, theirs = open_book(office), open_book(office, owner=substitute)
    before = ask(office)
    stand_in(office.cast, substitute)
    reply = ask(office)
    assert {time.uid for time in reply.times} == {str(slot.uid) for slot in own.slots}
    assert reply.times == before.times
    # Nothing tells that the GP has a substitute.
    assert substitute.family_name not in reply.xml.decode()
    contact = office.cast.kari_party.her_id
    if who == "mona":
        # A time of one whose position is a substitute's is given to who names it (DDFL-RT-08), though none is offered.
        assert reserve(office, office.cast.ola, time_of(theirs.slots[0], contact)).code != "05"
    taken = reserve(office, office.cast.ola, time_of(own.slots[0], contact))
    assert taken.code == "05"
    assert substitute.family_name not in taken.xml.decode()
