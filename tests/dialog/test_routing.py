"""Who gets a message: never nobody."""

import pytest

from skranke.clinics.models import Employee
from skranke.dialog import queries, services
from skranke.dialog.models import Thread
from skranke.tenancy.work import acting

from cast import make_clinic
from support.dialog import E_CONTACT, EVERYBODY, holders, question, receive, reply


def _leaves(cast, person) -> None:
    with acting(cast.system):
        Employee.objects.filter(id=person.id).update(active=False)


@pytest.mark.req("RCV-9", "RCV-13", "DDFL-KO-01")
def test_an_e_consultation_goes_to_the_gp_it_addresses() -> None:
    cast = make_clinic()
    assert holders(cast, receive(cast, question(cast))) == {"Kari"}


@pytest.mark.req("RCV-9", "DDFL-EK-01")
def test_an_e_contact_goes_to_the_whole_clinic() -> None:
    cast = make_clinic()
    assert holders(cast, receive(cast, question(cast, kind=E_CONTACT))) == EVERYBODY


@pytest.mark.req("RCV-13")
def test_an_e_consultation_to_an_unknown_her_id_goes_to_the_whole_clinic() -> None:
    cast = make_clinic()
    assert holders(cast, receive(cast, question(cast, party_her_id="999"))) == EVERYBODY


@pytest.mark.req("RCV-12")
def test_an_e_consultation_to_a_gp_who_has_left_goes_to_the_whole_clinic() -> None:
    cast = make_clinic()
    _leaves(cast, cast.kari)
    with acting(cast.system):
        thread = services.receive_message(question(cast)).thread
    with acting(cast.actor(cast.anne)):
        assert [row.id for row in queries.mailbox("innboks").rows] == [thread.id]


def test_a_wanted_practitioner_gets_the_e_consultation() -> None:
    cast = make_clinic()
    assert holders(cast, receive(cast, question(cast, wanted_hpr=cast.per.hpr_number))) == {"Per"}


def test_an_unknown_wanted_practitioner_is_kept_as_a_remark_for_the_gp() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, wanted_hpr="1234567"))
    assert holders(cast, thread) == {"Kari"}
    with acting(cast.actor(cast.kari)):
        events = queries.thread_view(thread).events
    assert [event.note for event in events if event.kind == "wish_not_met"] == ["1234567"]


def test_an_e_contact_has_no_wanted_practitioner() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT, wanted_hpr=cast.per.hpr_number))
    assert holders(cast, thread) == EVERYBODY


@pytest.mark.req("RCV-15")
def test_a_reply_goes_to_the_participants_and_not_through_routing() -> None:
    cast = make_clinic()
    start = question(cast)
    thread = receive(cast, start)
    with acting(cast.actor(cast.kari)):
        services.forward(thread, to=cast.anne)
        services.remove_from_inbox(thread)
    receive(cast, reply(cast, start, party_her_id=cast.mona_party.her_id, wanted_hpr=cast.mona.hpr_number))
    assert holders(cast, thread) == {"Kari", "Anne"}


@pytest.mark.req("MSG-25", "DDFL-KO-05")
def test_a_message_in_a_closed_thread_opens_it_for_its_participants() -> None:
    cast = make_clinic()
    start = question(cast)
    thread = receive(cast, start)
    with acting(cast.actor(cast.kari)):
        services.answer(thread, text="Bruk kremen.", close=True)
    assert holders(cast, thread) == set()
    receive(cast, reply(cast, start))
    assert holders(cast, thread) == {"Kari"}
    with acting(cast.actor(cast.kari)):
        view = queries.thread_view(thread)
    assert not view.closed
    assert "reopened" in [event.kind for event in view.events]


@pytest.mark.req("MSG-25")
def test_a_message_in_a_closed_thread_that_nobody_active_takes_part_in_goes_to_the_whole_clinic() -> None:
    cast = make_clinic()
    start = question(cast)
    thread = receive(cast, start)
    with acting(cast.actor(cast.kari)):
        services.answer(thread, text="Bruk kremen.", close=True)
    _leaves(cast, cast.kari)
    receive(cast, reply(cast, start))
    with acting(cast.actor(cast.anne)):
        assert [row.id for row in queries.mailbox("innboks").rows] == [thread.id]
    with acting(cast.system):
        assert Thread.objects.get(id=thread.id).state == "open"
