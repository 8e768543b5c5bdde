"""Of whom nobody knows whether HelseNorge reaches him, HelseNorge is tried first, and never told besides (NOT-16)."""

from datetime import timedelta

import pytest

from skranke.clinics.models import Clinic
from skranke.kernel import clock
from skranke.notifications.models import Notice
from skranke.patients.models import HelseNorgeState, Patient
from skranke.scheduling.models import AppointmentType
from skranke.scheduling.services import book
from skranke.standards.codes import AppRecError

from support.notice_desk import worker
from support.notice_servers import notice_servers
from support.surgery import open_book

MINUTES = timedelta(minutes=1)


@pytest.fixture
def caught():
    with notice_servers() as made:
        yield made


def unknown_ola_is_booked(office) -> None:
    slot = open_book(office, start=(clock.now() + timedelta(days=3)).replace(second=0, microsecond=0)).slots[0]
    with office.acting(office.cast.ali):
        Clinic.objects.update(own_notices=True)
        AppointmentType.objects.update(notifies=True)
        Patient.objects.filter(id=office.cast.ola.id).update(
            helsenorge_state=HelseNorgeState.UNKNOWN, email="ola@example.no"
        )
        book(slot=slot, patient=Patient.objects.get(id=office.cast.ola.id), through="staff")


def route(office) -> str:
    with office.acting():
        return Notice.objects.get(event="booked").route


@pytest.mark.req("NOT-16", "NOT-2")
def test_a_receipt_keeps_the_own_notice_back(office, caught) -> None:
    unknown_ola_is_booked(office)
    worker(6 * MINUTES)
    (letter,) = office.answers()
    worker(10 * MINUTES)
    assert (route(office), caught.mails) == ("", [])
    office.helsenorge.send(office.helsenorge.receipt_for(letter))
    office.work()
    worker(30 * MINUTES)
    assert (route(office), caught.mails) == ("helsenorge", [])


@pytest.mark.req("NOT-16", "NOT-3")
def test_that_he_is_not_there_releases_it(office, caught) -> None:
    unknown_ola_is_booked(office)
    worker(6 * MINUTES)
    (letter,) = office.answers()
    worker()
    office.helsenorge.send(office.helsenorge.receipt_for(letter, AppRecError.UNKNOWN_PATIENT))
    office.work()
    worker(MINUTES)
    assert (route(office), caught.to) == ("own", ["ola@example.no"])


@pytest.mark.req("NOT-16")
def test_no_receipt_in_a_quarter_of_an_hour_releases_it_and_one_before_it_has_left_does_not(office, caught) -> None:
    unknown_ola_is_booked(office)
    worker(60 * MINUTES)
    assert (route(office), caught.mails) == ("", [])
    office.answers()
    worker(14 * MINUTES)
    assert (route(office), caught.mails) == ("", [])
    worker(2 * MINUTES)
    assert (route(office), caught.to) == ("own", ["ola@example.no"])
