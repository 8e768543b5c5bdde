"""A group in Timebok, in the portal and over REST: one box, its patients, and the places left (TYP-6)."""

import re
from datetime import timedelta

import pytest

from skranke.scheduling.models import Appointment, AppointmentType, Slot
from skranke.scheduling.services import add_event, book, cancel, create_type, remove_slots
from skranke.tenancy.work import acting

from support.api import Api
from support.clinic_pages import address, body, logged_in
from support.patient_pages import as_patient
from support.timebok import MONDAY, Timebok, make_timebok, weekday_at


def _group(timebok: Timebok, places: int = 3) -> Slot:
    with acting(timebok.cast.system):
        kind = create_type(name="Frisklivsgruppe", minutes=60, visibility="group", capacity=places)
    return timebok.slot(weekday_at(10), type=kind)


def _box(timebok: Timebok, client) -> str:
    html = body(client.get(address(timebok.cast, "schedule"), {"uke": "2027-W06"}))
    found = re.search(r'<li class="party [^"]*"><ol aria-label="([^"]*)">.*?</ol>', html, re.DOTALL)
    assert found
    return found[0]


def _save(timebok: Timebok, client, slot: Slot, patient):
    fields = {"time": slot.id, "patient": patient.id, "contact": "physical"}
    return client.post(
        address(timebok.cast, "schedule-book"), fields, headers={"HX-Request": "true", "HX-Target": "panel"}
    )


@pytest.mark.req("TYP-6", "APT-1")
def test_the_box_of_a_group_tells_how_many_come_and_gives_the_places_that_are_left() -> None:
    timebok = make_timebok()
    cast, slot = timebok.cast, _group(timebok, 2)
    client = logged_in(cast, cast.kari)
    empty = _box(timebok, client)
    assert "Frisklivsgruppe" in empty
    assert "0 av 2" in empty
    panel = body(client.get(address(cast, "schedule-book"), {"time": slot.id}, headers={"HX-Request": "true"}))
    assert "0 av 2 er tatt" in panel
    assert _save(timebok, client, slot, cast.ola).status_code == 200
    twice = _save(timebok, client, slot, cast.ola)
    assert (twice.status_code, "Pasienten har allerede plass i denne gruppetimen." in body(twice)) == (422, True)
    one = _box(timebok, client)
    assert all(text in one for text in ("1 av 2", "Ola Nordmann", f'id="t-{slot.id}" href='))
    assert _save(timebok, client, slot, cast.nora).status_code == 200
    full = _box(timebok, client)
    assert all(text in full for text in ("2 av 2", "Ola Nordmann", "Nora Nordmann"))
    assert f'id="t-{slot.id}" href=' not in full
    assert _save(timebok, client, slot, cast.jonas).status_code == 409
    with acting(cast.system):
        rows = {one.patient_id: one for one in Appointment.objects.all()}
        assert set(rows) == {cast.ola.id, cast.nora.id}
    for row in rows.values():
        assert address(cast, "schedule-appointment", row.id) in full
        assert address(cast, "schedule-menu", row.id) in full
    with acting(cast.system):
        cancel(rows[cast.ola.id], by="clinic")
    left = _box(timebok, client)
    assert ("1 av 2" in left, "Nora Nordmann" in left, "Ola Nordmann" in left) == (True, True, False)


@pytest.mark.req("TYP-6", "PLN-10", "PLN-12")
@pytest.mark.parametrize("closing", ["event", "absence"])
def test_a_group_with_patients_stands_there_when_no_more_are_taken(closing: str) -> None:
    timebok = make_timebok()
    cast, slot = timebok.cast, _group(timebok)
    begins, ends = slot.during.lower, slot.during.upper
    with acting(cast.actor(cast.kari)):
        book(slot=slot, patient=cast.ola, through="staff")
        if closing == "event":
            add_event(timebok.schedule, start=begins, end=ends, text="Brannøvelse")
        else:
            remove_slots(timebok.schedule, begins, ends)
    client = logged_in(cast, cast.kari)
    box = _box(timebok, client)
    assert all(text in box for text in ("1 av 3", "Ola Nordmann"))
    assert f'id="t-{slot.id}" href=' not in box
    assert _save(timebok, client, slot, cast.nora).status_code == 409


@pytest.mark.req("TYP-6", "POR-5", "NFR-2")
def test_a_patient_books_a_place_in_the_portal_and_sees_nothing_of_the_others() -> None:
    timebok = make_timebok()
    cast, slot = timebok.cast, _group(timebok, 2)
    with acting(cast.system):
        book(slot=slot, patient=cast.nora, through="staff")
    client = as_patient(cast.ola)
    where = address(cast, "patient-book-time", slot.schedule_id, slot.type_id)
    times = client.get(where)
    assert str(slot.id) in body(times)
    picked = client.post(where, {"tid": slot.id})
    page = body(client.get(picked["Location"]))
    done = client.post(picked["Location"], {"kommentar": "Vond skulder"})
    shown = body(client.get(done["Location"]))
    assert "Timen er bestilt." in shown
    listed = body(client.get(address(cast, "patient-times")))
    assert "Frisklivsgruppe" in listed
    for html in (body(times), page, shown, listed):
        assert "Nora" not in html
    with acting(cast.system):
        assert Appointment.objects.filter(slot=slot).count() == 2
    other = body(as_patient(cast.jonas).get(where))
    assert str(slot.id) not in other


@pytest.mark.req("TYP-6", "APT-24")
def test_over_rest_a_group_tells_its_places_and_takes_as_many_patients() -> None:
    timebok = make_timebok()
    cast, api = timebok.cast, Api(timebok.cast, timebok.cast.ali)
    facts = {"name": "Frisklivsgruppe", "minutes": 60, "visibility": "group"}
    made = api.post("appointment-types", {**facts, "capacity": 2})
    assert (made.status, made.body["capacity"]) == (201, 2)
    assert api.post("appointment-types", facts).status == 422
    with acting(cast.system):
        kind = AppointmentType.objects.get(id=made.body["id"])
    slot = timebok.slot(weekday_at(10), type=kind)
    span = {"from": MONDAY.isoformat(), "to": (MONDAY + timedelta(days=28)).isoformat()}
    statuses = []
    for patient in (cast.ola, cast.ola, cast.nora, cast.jonas):
        offered = api.get("slots", audience="staff", **span).body["items"]
        statuses.append([(one["capacity"], one["taken"]) for one in offered])
        statuses.append(api.post("appointments", {"slot_id": str(slot.id), "patient_id": str(patient.id)}).status)
    assert statuses == [[(2, 0)], 201, [(2, 1)], 422, [(2, 1)], 201, [], 409]
