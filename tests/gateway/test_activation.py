"""What is live governs the wire: who is not, or does not offer a service, answers as the tables say."""

from collections.abc import Callable

import pytest

from skranke.clinics.activation.services import choose_offers, go_live, put_party_live, take_off, take_party_off
from skranke.clinics.models import CHOOSABLE, CommunicationParty, Service
from skranke.dialog.models import Message, Thread
from skranke.dialog.services import answer
from skranke.patients.queries import reachability
from skranke.patients.reaching import ask_helsenorge
from skranke.standards.codes import Question

from cast import fresh_her_id
from support.helsenorge import booked
from support.surgery import open_book, time_of

OFF: dict[str, Callable] = {
    "clinic off": lambda office: take_off(),
    "GP off": lambda office: take_party_off(office.cast.kari_party),
    "nothing offered": lambda office: choose_offers([]),
}
switched_off = pytest.mark.parametrize("switch", OFF.values(), ids=OFF)


def switch_off(office, switch: Callable) -> None:
    with office.acting():
        switch(office)
    office.endpoints.of(office.cast.clinic.id, fresh=True)


def asked(office, document) -> str:
    """The code of the answer to a synchronous question."""
    office.helsenorge.send(document, sync=True)
    assert office.take_questions() == ["accept"]
    return office.helsenorge.replies()[0].code


@pytest.mark.req("ACT-1", "ACT-8", "ACT-14")
@switched_off
@pytest.mark.parametrize("kind", ["e_contact", "e_consultation", "renewal", "wish"])
def test_who_is_not_live_receipts_a_question_and_answers_26(office, switch, kind) -> None:
    switch_off(office, switch)
    more = {"code": Question.WISH_FOR_APPOINTMENT} if kind == "wish" else {}
    office.helsenorge.send(getattr(office.helsenorge, kind)(office.cast.ola, **more))
    receipt, refusal = office.answers()
    assert (receipt.code, refusal.code) == ("1", "26")
    assert refusal.text == "Legekontoret tilbyr ikke denne tjenesten. Ring legekontoret."
    with office.acting():
        assert not Thread.objects.exists()


@pytest.mark.req("ACT-8", "ACT-14", "HNB-1")
@switched_off
def test_who_is_not_live_has_no_times_to_offer_and_takes_no_reservation(office, switch) -> None:
    book = open_book(office)
    assert asked(office, office.helsenorge.free_times(office.cast.ola)) == "03"
    switch_off(office, switch)
    assert asked(office, office.helsenorge.free_times(office.cast.ola)) == "26"
    assert asked(office, office.helsenorge.practitioners(office.cast.ola)) == "31"
    time = time_of(book.slots[0], office.cast.kari_party.her_id)
    office.helsenorge.send(office.helsenorge.reserve(office.cast.ola, time))
    assert [letter.code for letter in office.answers()] == ["1", "26"]


@pytest.mark.req("ACT-8")
@switched_off
def test_what_was_begun_while_live_is_neither_lost_nor_stuck(office, switch) -> None:
    book = open_book(office)
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola))
    time = time_of(book.slots[0], office.cast.kari_party.her_id)
    office.helsenorge.send(office.helsenorge.reserve(office.cast.ola, time))
    reserved = next(letter for letter in office.answers() if letter.code == "05")
    with office.acting(office.cast.kari):
        answer(Thread.objects.get(), text="Ja.")
    (told,) = office.answers()
    for letter in (reserved, told):
        office.helsenorge.send(office.helsenorge.receipt_for(letter))
    switch_off(office, switch)
    office.helsenorge.send(office.helsenorge.follow_up(told, "Takk!"))
    office.helsenorge.send(office.helsenorge.cancel(office.cast.ola, booked(reserved)))
    assert sorted(letter.code for letter in office.answers()) == ["08", "1", "1"]
    with office.acting():
        assert Message.objects.filter(direction="in", text="Takk!").exists()


@pytest.mark.req("ACT-8", "ACT-14", "PAT-9")
@switched_off
def test_nobody_is_written_to_or_asked_about_by_who_is_not_live(office, switch) -> None:
    with office.acting():
        assert reachability(office.cast.ola).ok
    switch_off(office, switch)
    with office.acting():
        assert not reachability(office.cast.ola).ok
        assert ask_helsenorge([office.cast.ola]) == 0


@pytest.mark.req("ACT-11", "ACT-14")
@pytest.mark.parametrize("chosen", [Service.BOOKING, Service.E_CONTACT, Service.E_CONSULTATION])
def test_each_service_is_offered_by_itself(office, chosen) -> None:
    open_book(office)
    switch_off(office, lambda _: choose_offers([chosen]))
    assert asked(office, office.helsenorge.free_times(office.cast.ola)) == ("03" if chosen == "booking" else "26")
    for kind in ("e_contact", "e_consultation"):
        office.helsenorge.send(getattr(office.helsenorge, kind)(office.cast.ola))
        assert [one.code for one in office.answers()] == (["1"] if chosen == kind else ["1", "26"])


@pytest.mark.req("ACT-2", "ACT-8")
def test_what_is_switched_on_again_works_as_before(office) -> None:
    for switch in OFF.values():
        switch_off(office, switch)
    with office.acting():
        go_live()
        put_party_live(office.cast.kari_party)
        choose_offers(CHOOSABLE)
    office.endpoints.of(office.cast.clinic.id, fresh=True)
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola))
    assert [letter.code for letter in office.answers()] == ["1"]
    with office.acting():
        assert Thread.objects.count() == 1


@pytest.mark.req("ACT-8")
def test_who_was_just_switched_on_is_not_refused_by_what_was_read_before(office) -> None:
    switch_off(office, OFF["GP off"])
    with office.acting():
        put_party_live(office.cast.kari_party)
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola))
    assert [letter.code for letter in office.answers()] == ["1"]
    with office.acting():
        assert Thread.objects.count() == 1


@pytest.mark.req("ACT-8")
def test_a_party_that_was_just_made_is_known_to_its_first_message(office) -> None:
    made, now = office.cast.kari_party.her_id, fresh_her_id()
    with office.acting():
        CommunicationParty.objects.filter(her_id=made).update(her_id=now)
    office.endpoints.of(office.cast.clinic.id, fresh=True)
    with office.acting():
        CommunicationParty.objects.filter(her_id=now).update(her_id=made)
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola))
    assert [letter.code for letter in office.answers()] == ["1"]
