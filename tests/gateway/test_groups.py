"""A group's time in HelseNorge: shown and given while there are places, and 06 when there are none (TYP-6)."""

from dataclasses import replace

import pytest

from skranke.patients.services import register
from skranke.scheduling.models import Appointment
from skranke.scheduling.services import book
from skranke.standards.render import render

from cast import fresh_national_id
from support.helsenorge import booked
from support.surgery import open_book, time_of


def _ask(office, patient):
    office.helsenorge.send(office.helsenorge.free_times(patient), sync=True)
    office.take_questions()
    (reply,) = office.helsenorge.replies()
    return [one.uid for one in reply.times]


def _put(office, question):
    office.helsenorge.send(render(question), like=question)
    _receipt, answer = sorted(office.answers(), key=lambda letter: not letter.is_receipt)
    if answer.times:
        office.helsenorge.send(office.helsenorge.receipt_for(answer))
        office.work()
    return answer


def _reserve(office, patient, time):
    return _put(office, office.helsenorge.reserve(patient, time))


def _third(office):
    cast = office.cast
    with office.acting():
        facts = {"family_name": "Prøve", "gp": cast.kari, "on_gp_list": True}
        return register(national_id=fresh_national_id(age=44), given_name="Inga", **facts)


@pytest.mark.req("TYP-6", "DDFL-HT-01", "DDFL-RT-03", "BOK-1")
def test_a_group_is_given_to_one_after_the_other_and_06_when_it_is_full(office) -> None:
    ola, nora, inga = office.cast.ola, office.cast.nora, _third(office)
    slot = open_book(office, times=1, visibility="group", capacity=2).slots[0]
    time = time_of(slot, office.cast.kari_party.her_id)
    assert [_ask(office, one) for one in (ola, nora, inga)] == [[str(slot.uid)]] * 3
    first = _reserve(office, ola, time)
    assert first.code == "05"
    assert _ask(office, ola) == []
    assert _ask(office, nora) == [str(slot.uid)]
    again = _reserve(office, ola, time)
    assert (again.code, booked(again).related_to) == ("05", booked(first).related_to)
    assert _reserve(office, nora, time).code == "05"
    assert _ask(office, inga) == []
    full = _reserve(office, inga, time)
    assert (full.code, full.times) == ("06", ())
    gone = _put(office, office.helsenorge.cancel(ola, booked(first)))
    assert (gone.code, booked(gone).related_to) == ("08", booked(first).related_to)
    (renewed,) = _ask(office, inga)
    assert renewed != str(slot.uid)
    assert _reserve(office, inga, replace(time, uid=renewed)).code == "05"
    with office.acting():
        rows = {one.patient_id: one.state for one in Appointment.objects.filter(slot=slot)}
    assert rows == {ola.id: "cancelled_by_patient", nora.id: "booked", inga.id: "booked"}


@pytest.mark.req("TYP-6", "DDFL-RT-03")
def test_who_has_a_place_is_told_so_and_gets_no_second_one(office) -> None:
    slot = open_book(office, times=1, visibility="group", capacity=3).slots[0]
    with office.acting():
        book(slot=slot, patient=office.cast.ola, through="staff")
    answer = _reserve(office, office.cast.ola, time_of(slot, office.cast.kari_party.her_id))
    assert (answer.code, answer.times) == ("26", ())
    with office.acting():
        assert Appointment.objects.filter(slot=slot).count() == 1
