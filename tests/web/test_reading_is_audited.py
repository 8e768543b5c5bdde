"""Whoever looks at a patient's data stands in the audit log, by whichever door (NFR-1)."""

from datetime import timedelta

import pytest

from skranke.audit.models import AuditEvent
from skranke.scheduling.models import BookedThrough
from skranke.scheduling.services import book
from skranke.tenancy.work import acting

from support.api import Api
from support.clinic_pages import address, logged_in
from support.timebok import make_timebok, weekday_at


def booked(timebok):
    slot = timebok.slot(weekday_at(9))
    with acting(timebok.cast.actor(timebok.cast.ali)):
        return book(slot=slot, patient=timebok.cast.ola, through=BookedThrough.STAFF)


def rows(timebok, action):
    """Subject, patient, reader and detail of each."""
    with acting(timebok.cast.system):
        found = AuditEvent.objects.filter(clinic_id=timebok.cast.clinic.id, action=action).order_by("at")
        return [(row.subject_id, row.patient_id, row.actor_id, row.detail) for row in found]


@pytest.mark.req("NFR-1")
def test_a_week_of_a_timebok() -> None:
    timebok = make_timebok()
    monday = weekday_at(9).date() - timedelta(days=weekday_at(9).weekday())
    client = logged_in(timebok.cast, timebok.cast.kari)
    assert client.get(address(timebok.cast, "schedule"), {"dag": weekday_at(9).date().isoformat()}).status_code == 200
    (row,) = rows(timebok, "schedule.read")
    assert (row[0], row[2]) == (timebok.schedule.id, timebok.cast.kari.id)
    assert row[3]["from"] == monday.isoformat()


@pytest.mark.req("NFR-1")
def test_an_appointment_on_the_screen_and_over_rest() -> None:
    timebok = make_timebok()
    appointment = booked(timebok)
    client = logged_in(timebok.cast, timebok.cast.kari)
    assert client.get(address(timebok.cast, "schedule-appointment", appointment.id)).status_code == 200
    assert Api(timebok.cast, timebok.cast.ali).get(f"appointments/{appointment.id}").status == 200
    read = [row[:3] for row in rows(timebok, "appointment.read")]
    assert read == [
        (appointment.id, timebok.cast.ola.id, reader.id) for reader in (timebok.cast.kari, timebok.cast.ali)
    ]


@pytest.mark.req("NFR-1")
def test_lists_of_appointments_over_rest() -> None:
    timebok = make_timebok()
    booked(timebok)
    kari, cast = Api(timebok.cast, timebok.cast.kari), timebok.cast
    kari.get("appointments", schedule=timebok.schedule.id)
    kari.get("appointments", patient=cast.ola.id)
    kari.get("appointments")
    assert rows(timebok, "appointment.listed") == [
        (timebok.schedule.id, None, cast.kari.id, {"appointments": 1}),
        (cast.ola.id, cast.ola.id, cast.kari.id, {"appointments": 1}),
        (None, None, cast.kari.id, {"appointments": 1}),
    ]
