"""Mine timer: what the patient sees of the appointments, and cancels (POR-3, POR-8, BOK-7)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.outbox.services import fix_rendering, mark_sent
from skranke.scheduling.models import Appointment, AppointmentState, BookedThrough, Occupancy
from skranke.scheduling.services import book, cancel, change, change_schedule, create_type, delete_within_grace, move
from skranke.tenancy.work import acting

from cast import make_clinic
from support.clinic_pages import address, body, field, logged_in
from support.news import news
from support.patient_pages import as_patient
from support.timebok import make_timebok, weekday_at

STAFF, HELSENORGE = BookedThrough.STAFF, BookedThrough.HELSENORGE


def _book(timebok, hour: int = 10, through=HELSENORGE, patient=None, **facts: object) -> Appointment:
    cast = timebok.cast
    slot = timebok.slot(weekday_at(hour), **facts)
    with acting(cast.actor(cast.ali) if through == STAFF else cast.system):
        return book(slot=slot, patient=patient or cast.ola, through=through, comment="Vond skulder")


def _cancel(client, cast, appointment: Appointment, page: str = ""):
    where = address(cast, "patient-cancel", appointment.id)
    return client.post(where, {"versjon": field(page or body(client.get(where)), "versjon")})


@pytest.mark.req("POR-3", "POR-8", "BOK-14")
def test_the_patient_sees_what_is_booked_wherever_it_was_booked() -> None:
    timebok = make_timebok(address="Storgata 1")
    cast = timebok.cast
    theirs, ours = _book(timebok), _book(timebok, 12, STAFF)
    with acting(cast.actor(cast.ali)):
        change(ours, note="Ring datteren også")
    clock.move(timedelta(hours=1))
    client = as_patient(cast.ola)
    home = body(client.get(address(cast, "patient-clinic")))
    assert "Neste time" in home
    assert "kl. 10.00" in home
    page = body(client.get(address(cast, "patient-times")))
    for one in (theirs, ours):
        assert address(cast, "patient-time", one.id) in page
    opened = body(client.get(address(cast, "patient-time", ours.id)))
    assert "Storgata 1" in opened
    assert "Kari Lunde" in opened
    assert "datteren" not in opened
    assert "Karis timebok" not in opened
    clock.move_to(weekday_at(11))
    page = body(as_patient(cast.ola).get(address(cast, "patient-times")))
    assert page.index("kl. 12.00") < page.index("Tidligere") < page.index("kl. 10.00")


@pytest.mark.req("APT-12", "CAL-17")
def test_the_patient_tells_of_the_own_arrival_from_five_minutes_before_and_timebok_shows_it(database) -> None:
    timebok = make_timebok()
    cast, booked = timebok.cast, _book(timebok)
    page, come = (address(cast, name, booked.id) for name in ("patient-time", "patient-check-in"))
    clock.move_to(booked.during.lower - timedelta(minutes=5, seconds=30))
    client = as_patient(cast.ola)
    assert "Jeg har kommet" not in body(client.get(page))
    early = client.post(come)
    assert early.status_code == 409
    assert "fra fem minutter før timen" in body(early)
    clock.move_to(booked.during.lower - timedelta(minutes=5))
    assert "Jeg har kommet" in body(client.get(page))
    with news(database.dsn("skranke_web")) as heard:
        assert client.post(come)["Location"] == page
    told = {"clinic": str(cast.clinic.id), "kind": "schedule", "id": str(timebok.schedule.id)}
    assert told in heard
    assert client.post(come).status_code == 302
    with acting(cast.system):
        held = Appointment.objects.get(id=booked.id)
        assert held.state == AppointmentState.CHECKED_IN
        (line,) = held.log.filter(kind="checked_in")
        assert (line.actor_name, line.detail["by"]) == ("Ola Nordmann", "patient")
    clinic = logged_in(cast, cast.kari)
    assert "Innsjekket" in body(clinic.get(address(cast, "schedule", query="?dag=2027-02-09")))
    assert "Ola Nordmann" in body(clinic.get(address(cast, "schedule-appointment", booked.id)))


@pytest.mark.req("APT-12")
def test_who_comes_when_the_time_is_over_or_given_up_cannot_check_in() -> None:
    timebok = make_timebok()
    cast, over, gone = timebok.cast, _book(timebok), _book(timebok, 12)
    clock.move_to(over.during.upper)
    with acting(cast.actor(cast.ali)):
        cancel(gone, by="clinic")
    client = as_patient(cast.ola)
    assert client.post(address(cast, "patient-check-in", over.id)).status_code == 409
    clock.move_to(gone.during.lower)
    client = as_patient(cast.ola)
    assert client.post(address(cast, "patient-check-in", gone.id)).status_code == 409
    assert as_patient(cast.nora).post(address(cast, "patient-check-in", gone.id)).status_code == 404
    with acting(cast.system):
        assert Appointment.objects.get(id=over.id).state == AppointmentState.BOOKED


@pytest.mark.req("POR-3", "BOK-7", "APT-16")
def test_the_patient_cancels_and_everybody_learns_of_it() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    booked = _book(timebok, 10, STAFF)
    clock.move(timedelta(hours=1))
    with acting(cast.system):
        row = OutboxItem.objects.get(subject_id=booked.id)
        ids = {"msg_id": str(uuid4()), "message_id": str(uuid4())}
        fixed = fix_rendering(row, **ids, queue="q", headers={}, document=b"<x/>", body=b"x")
        mark_sent(fixed)
    client = as_patient(cast.ola)
    assert "Vil du avbestille timen?" in body(client.get(address(cast, "patient-cancel", booked.id)))
    done = _cancel(client, cast, booked)
    assert done.status_code == 302
    assert "er avbestilt. Legekontoret har fått beskjed" in body(client.get(done["Location"]))
    with acting(cast.system):
        held = Appointment.objects.get(id=booked.id)
        assert held.state == AppointmentState.CANCELLED_BY_PATIENT
        assert held.log.get(kind="cancelled").detail == {"by": "patient", "through": "portal"}
        assert held.log.get(kind="cancelled").actor_name == "Ola Nordmann"
        assert not Occupancy.objects.exists()
        codes = [one.detail["code"] for one in OutboxItem.objects.filter(subject_id=booked.id).order_by("sequence")]
        assert codes == ["05", "08"]
    again = client.post(address(cast, "patient-cancel", booked.id), {"versjon": "1"})
    assert again.status_code == 302
    with acting(cast.system):
        assert Appointment.objects.get(id=booked.id).version == held.version


def test_what_helsenorge_has_not_heard_of_is_not_told_there() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    booked = _book(timebok, 10, STAFF)
    clock.move(timedelta(hours=1))
    assert _cancel(as_patient(cast.ola), cast, booked).status_code == 302
    with acting(cast.system):
        assert not OutboxItem.objects.exists()


@pytest.mark.req("BOK-7")
def test_the_deadline_and_the_permission_are_told_and_hold() -> None:
    timebok = make_timebok(phone="22 00 00 00")
    cast = timebok.cast
    booked = _book(timebok)
    client = as_patient(cast.ola)
    early = body(client.get(address(cast, "patient-cancel", booked.id)))
    with acting(cast.system):
        change_schedule(timebok.schedule, cancellation_deadline_hours=24)
    assert "Du kan avbestille til" in body(client.get(address(cast, "patient-time", booked.id)))
    clock.move_to(weekday_at(10) - timedelta(hours=23))
    client = as_patient(cast.ola)
    page = body(client.get(address(cast, "patient-time", booked.id)))
    assert "Fristen for å avbestille var" in page
    assert "Ring legekontoret 22 00 00 00" in page
    refused = _cancel(client, cast, booked, early)
    assert refused.status_code == 409
    assert "Fristen for å avbestille er ute." in body(refused)
    assert 'id="cancel-yes"' not in body(refused)
    with acting(cast.system):
        change_schedule(timebok.schedule, cancellation_allowed=False, cancellation_deadline_hours=None)
    assert "Du kan ikke avbestille denne timen her." in body(client.get(address(cast, "patient-time", booked.id)))
    assert _cancel(client, cast, booked, early).status_code == 409
    with acting(cast.system):
        assert Appointment.objects.get(id=booked.id).state == AppointmentState.BOOKED


def test_a_time_that_was_moved_meanwhile_is_not_cancelled_unseen() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    booked = _book(timebok)
    client = as_patient(cast.ola)
    page = body(client.get(address(cast, "patient-cancel", booked.id)))
    other = timebok.slot(weekday_at(13))
    with acting(cast.actor(cast.ali)):
        move(booked, slot=other)
    refused = _cancel(client, cast, booked, page)
    assert refused.status_code == 409
    assert "kl. 13.00" in body(refused)
    assert _cancel(client, cast, booked, body(refused)).status_code == 302


@pytest.mark.req("TYP-4", "APT-5", "APT-6", "NFR-2")
def test_hidden_regretted_and_foreign_times_are_as_if_they_were_not() -> None:
    timebok = make_timebok()
    cast, theirs = timebok.cast, make_clinic()
    with acting(cast.system):
        secret = create_type(name="Samtale om noe hemmelig", minutes=20, visibility="hidden")
    hidden = _book(timebok, 9, STAFF, type=secret)
    shown_once = _book(timebok, 10, STAFF)
    noras = _book(timebok, 11, patient=cast.nora)
    deleted = _book(timebok, 12, STAFF)
    with acting(cast.actor(cast.ali)):
        delete_within_grace(deleted)
    clock.move(timedelta(hours=1))
    with acting(cast.actor(cast.ali)):
        change(shown_once, kind=secret)
    fresh = _book(timebok, 13, STAFF)
    client = as_patient(cast.ola)
    pages = [body(client.get(address(cast, name))) for name in ("patient-clinic", "patient-times")]
    for page in pages:
        assert "hemmelig" not in page
        assert "ingen kommende timer" in page
    absent = {name: client.get(address(cast, name, uuid4())).status_code for name in ("patient-time", "patient-cancel")}
    assert set(absent.values()) == {404}
    for one in (hidden, shown_once, noras, deleted, fresh):
        for name in absent:
            met = client.get(address(cast, name, one.id))
            assert (met.status_code, "hemmelig" in body(met)) == (404, False)
        assert client.post(address(cast, "patient-cancel", one.id), {"versjon": "1"}).status_code == 404
    assert as_patient(cast.nora).get(address(cast, "patient-time", noras.id)).status_code == 200
    assert as_patient(theirs.ola).get(address(cast, "patient-time", noras.id)).status_code == 404
    clock.move(timedelta(hours=1))
    assert address(cast, "patient-time", fresh.id) in body(as_patient(cast.ola).get(address(cast, "patient-times")))


def test_what_the_clinic_cancels_stands_there_and_says_so() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    booked = _book(timebok)
    with acting(cast.actor(cast.ali)):
        cancel(booked, by="clinic")
    client = as_patient(cast.ola)
    assert "Avlyst av legekontoret" in body(client.get(address(cast, "patient-times")))
    assert 'id="time-cancel"' not in body(client.get(address(cast, "patient-time", booked.id)))
    assert "Neste time" not in body(client.get(address(cast, "patient-clinic")))
