"""What staff see of an appointment's notices, and the operator's switch for them, through the pages."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from skranke.audit.models import AuditEvent
from skranke.clinics.models import Clinic
from skranke.kernel import clock
from skranke.patients.models import HelseNorgeState
from skranke.tenancy.work import acting

from support.clinic_pages import address, body, field, logged_in
from support.database import as_role
from support.notice_desk import open_desk, worker
from support.operator_pages import operator, place

MINUTES = timedelta(minutes=1)


@pytest.fixture
def desk():
    with open_desk() as made:
        yield made


def panel(desk, appointment) -> str:
    """What Kari reads of it, without the marks."""
    with as_role("skranke_web"):
        client = logged_in(desk.cast, desk.cast.kari)
        html = body(client.get(address(desk.cast, "schedule-appointment", appointment.id)))
    part = html.partition('id="time-panel"')[2]
    return " ".join(re.sub(r"<[^>]+>", " ", part).split())


@pytest.mark.req("NOT-21")
def test_staff_see_by_which_route_it_will_be_and_was_told(desk) -> None:
    booked = desk.book()
    assert "Bekreftelse på e-post" in panel(desk, booked)
    assert "Påminnelse på e-post" in panel(desk, booked)
    desk.patient(notify_by="sms")
    assert "Bekreftelse på SMS" in panel(desk, booked)
    worker(5 * MINUTES)
    assert "Bekreftelse på SMS til *** 567: sendt" in panel(desk, booked)
    desk.patient(helsenorge_state=HelseNorgeState.ACTIVE, helsenorge_state_at=clock.now())
    told = panel(desk, booked)
    assert re.search(r"kl\. \d\d\.\d\d Bekreftelse på SMS", told)
    assert re.search(r"sendt Påminnelse på helsenorge\.no", told), "HelseNorge reminds when it likes"
    desk.patient(helsenorge_state=HelseNorgeState.INACTIVE)
    desk.set(kind=False)
    assert "Påminnelse blir ikke sendt" in panel(desk, booked)


@pytest.mark.req("NOT-21", "NOT-17")
def test_staff_see_that_it_did_not_arrive_and_what_to_do(desk) -> None:
    desk.patient(email="nobody@example.no")
    booked = desk.book()
    worker(5 * MINUTES)
    assert "på e-post til n***@example.no: kom ikke fram: adressen ble ikke godtatt." in panel(desk, booked)
    assert "SMTP 550" in panel(desk, booked)


@pytest.mark.req("NOT-12")
def test_without_contact_data_the_appointment_shows_an_error_that_leads_to_the_patient_card(desk) -> None:
    booked = desk.book()
    words = "Pasienten mangler både e-post og telefon"
    assert words not in panel(desk, booked)
    desk.patient(email="", phone="")
    assert words in panel(desk, booked)
    with as_role("skranke_web"):
        html = body(logged_in(desk.cast, desk.cast.kari).get(address(desk.cast, "schedule-appointment", booked.id)))
    error = html.partition(words)[2].partition("</div>")[0]
    assert address(desk.cast, "patient", desk.ola.id) in error
    desk.patient(helsenorge_state=HelseNorgeState.ACTIVE, helsenorge_state_at=clock.now())
    assert words not in panel(desk, booked)
    desk.patient(helsenorge_state=HelseNorgeState.INACTIVE)
    desk.set(clinic=False)
    assert words not in panel(desk, booked)


@pytest.mark.req("NOT-4")
def test_who_cancels_is_told_before_how_the_patient_hears_of_it_and_after_that_somebody_must_call(desk) -> None:
    booked = desk.book()
    worker(5 * MINUTES)
    assert "Pasienten får beskjed på e-post med en gang." in panel(desk, booked)
    desk.set(schedule=False)
    assert "Gi beskjed på en annen måte" in panel(desk, booked)
    with as_role("skranke_web"):
        client = logged_in(desk.cast, desk.cast.kari)
        client.post(address(desk.cast, "schedule-cancel", booked.id), {"by": "clinic"})
    worker()
    assert "Ring pasienten. Ingen kanal kunne ta denne: Beskjed om avlysningen." in panel(desk, booked)
    assert len(desk.caught.mails) == 1


@pytest.mark.req("NOT-6", "NOT-20")
def test_the_operator_puts_a_clinics_own_notices_on(desk) -> None:
    desk.set(clinic=False)
    with as_role("skranke_web"):
        client = operator()
        version = field(body(client.get(place(desk.cast))), "version")
        facts = {"version": version, "own_notices": "on", "no_sms_minutes": "30"}
        for wrong in ("-1", "1441", "x"):
            refused = client.post(place(desk.cast, "operator-notices"), facts | {"no_sms_minutes": wrong})
            assert refused.status_code == 422
        assert client.post(place(desk.cast, "operator-notices"), facts).status_code == 302
        assert client.post(place(desk.cast, "operator-notices"), facts).status_code == 409
        staff = logged_in(desk.cast, desk.cast.ali)
        assert staff.post(reverse("operator-notices", args=[desk.cast.clinic.id]), facts).status_code in {302, 403, 404}
    with acting(desk.cast.system):
        clinic = Clinic.objects.get()
        assert (clinic.own_notices, clinic.no_sms_minutes) == (True, 30)
        told = AuditEvent.objects.get(action="clinic.notices_changed")
        assert told.detail == {"own_notices": [False, True], "no_sms_minutes": [45, 30]}
    desk.book()
    worker(5 * MINUTES)
    assert desk.caught.to == ["ola@example.no"]
