"""AVTALEAVBESTILLING: a citizen cancels what the clinic has told of, and gets 08 or 09, nothing else."""

from datetime import timedelta

import pytest

from skranke.clinics.errors import NotEligibleError
from skranke.clinics.models import Service
from skranke.clinics.services import set_services
from skranke.gateway.models import ReceivedMessage
from skranke.kernel import clock
from skranke.scheduling.models import Appointment
from skranke.scheduling.services import book
from skranke.standards.codes import MessageFunction
from skranke.standards.render import render

from support.helsenorge import booked
from support.surgery import open_book

NEW, OLD = MessageFunction.APPOINTMENT_CANCELLATION, MessageFunction.APPOINTMENT_CANCELLATION_OLD


def pushed(office, *, service=True):
    """A time that staff have given to Ola and HelseNorge has been told of, at a clinic that takes cancellations."""
    slot = open_book(office).slots[0]
    with office.acting():
        office.cast.counterpart.takes_appointment_process = True
        office.cast.counterpart.save()
        offered = {Service.APPOINTMENT_CANCELLATION} if service else {Service.E_CONTACT}
        set_services(office.cast.kari_party, offered)
    with office.acting(office.cast.kari):
        book(slot=slot, patient=office.cast.ola, through="staff")
    clock.move(timedelta(seconds=301))
    (push,) = office.answers()
    office.helsenorge.send(office.helsenorge.receipt_for(push))
    office.work()
    return booked(push)


def asked(office, time, patient=None, function=NEW, change=(b"", b"")):
    """Cancel, and the answer; exactly one positive receipt came with it."""
    question = office.helsenorge.cancel(patient or office.cast.ola, time, text="Jeg er frisk", function=function)
    office.helsenorge.send(render(question).replace(*change), like=question)
    receipt, answer = sorted(office.answers(), key=lambda letter: not letter.is_receipt)
    assert (receipt.code, answer.about) == ("1", question.info.msg_id)
    assert (answer.raw.subject, answer.document.info.type) == (function.value, question.info.type)
    if answer.times:
        office.helsenorge.send(office.helsenorge.receipt_for(answer))
        office.work()
    return answer


@pytest.mark.req("DDFL-AA-01", "DDFL-AA-03", "DDFL-CON-02", "HNB-13")
@pytest.mark.parametrize("function", [NEW, OLD])
def test_what_was_told_is_cancelled_and_the_name_of_the_function_comes_back(office, function) -> None:
    time = pushed(office)
    answer = asked(office, time, function=function)
    named = booked(answer)
    assert (answer.code, named.related_to, named.uid, named.status) == ("08", time.related_to, time.uid, "CANCELLED")
    with office.acting():
        row = Appointment.objects.get(id=time.related_to)
        assert row.state == "cancelled_by_patient"
        assert row.log.get(kind="cancelled").detail["reason"] == "Jeg er frisk"
    again = asked(office, time, function=function)
    assert (again.code, booked(again).related_to) == ("08", time.related_to)
    assert office.answers() == []


@pytest.mark.req("DDFL-AA-02", "DDFL-RT-14", "DDFL-RT-15")
def test_late_foreign_and_unknown_are_all_answered_09(office) -> None:
    time = pushed(office)
    foreign = asked(office, time, patient=office.cast.nora)
    stranger = asked(office, time, change=(office.cast.ola.national_id.encode(), b"13116900216"))
    other_code = asked(office, time, change=(b'V="ART"', b'V="RT"'))
    with office.acting():
        office.cast.clinic.cancellation_deadline_hours = 48
        office.cast.clinic.save()
    late = asked(office, time)
    assert [(one.code, bool(one.text)) for one in (foreign, stranger, other_code, late)] == [("09", True)] * 4
    assert [len(one.times) for one in (foreign, stranger, other_code, late)] == [0, 0, 0, 1]
    with office.acting():
        assert Appointment.objects.get(id=time.related_to).state == "booked"
        assert not ReceivedMessage.objects.filter(state="set_aside").exists()


@pytest.mark.req("DDFL-AA-02", "HNB-13")
def test_a_party_without_the_service_answers_09(office) -> None:
    time = pushed(office, service=False)
    answer = asked(office, time)
    assert (answer.code, answer.times, bool(answer.text)) == ("09", (), True)


@pytest.mark.req("DDFL-AA-04", "HNB-13")
def test_cancelling_cannot_be_on_without_telling(office) -> None:
    with office.acting(), pytest.raises(NotEligibleError):
        set_services(office.cast.kari_party, {Service.BOOKING, Service.APPOINTMENT_CANCELLATION})
    time = pushed(office)
    with office.acting():
        office.cast.counterpart.takes_appointment_process = False
        office.cast.counterpart.save()
    office.endpoints.of(office.cast.clinic.id, fresh=True)
    assert asked(office, time).code == "09"
