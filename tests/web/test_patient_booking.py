"""Bestill time: a patient books in the own portal, and the time that was picked is held meanwhile (POR-5, BOK-11)."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from skranke.audit.models import AuditEvent
from skranke.kernel import clock
from skranke.patients.lists import add_member, make_list
from skranke.patients.models import Patient
from skranke.patients.relating import add_relation
from skranke.scheduling.errors import SlotTakenError
from skranke.scheduling.models import Appointment, BookedThrough, Occupancy, Slot
from skranke.scheduling.queries import offered_slots
from skranke.scheduling.services import (
    add_event,
    book,
    change_schedule,
    create_schedule,
    create_type,
    remove_slots,
)
from skranke.scheduling.values import OfferAudience
from skranke.tenancy.work import acting

from cast import make_clinic
from support.clinic_pages import address, body
from support.patient_pages import as_patient
from support.timebok import Timebok, make_timebok, weekday_at


def _pick(client, cast, slot: Slot, where: str = ""):
    where = where or address(cast, "patient-book-time", slot.schedule_id, slot.type_id)
    return client.post(where, {"tid": slot.id})


def _offered(timebok: Timebok, audience: OfferAudience, patient: Patient) -> set[UUID]:
    span = {"start": clock.now(), "end": clock.now() + timedelta(days=30)}
    with acting(timebok.cast.system):
        return {one.id for one in offered_slots(audience=audience, patient=patient, **span)}


@pytest.mark.req("POR-3", "POR-5", "POR-6", "POR-9", "BOK-12", "BOK-14")
def test_a_patient_books_step_by_step_and_is_told_all_before() -> None:
    timebok = make_timebok(address="Storgata 1")
    cast = timebok.cast
    with acting(cast.system):
        kind = create_type(name="Lang time", minutes=20, price=410, information="Ta med medisinlisten.")
        lab = create_schedule(owner=None, public_name="Laboratoriet", internal_name="Lab 2. etasje", audience="clinic")
    slot, elsewhere = timebok.slot(weekday_at(10), type=kind), timebok.slot(weekday_at(9), lab)
    client = as_patient(cast.ola)
    first = body(client.get(address(cast, "patient-book")))
    assert "Laboratoriet" in first
    assert "Lab 2. etasje" not in first
    assert "Karis timebok" not in first
    chosen = re.search(r'name="timebok" value="([^"]+)" required checked', first)
    assert chosen is not None
    assert chosen[1] == str(timebok.schedule.id)
    assert "Din fastlege" in first
    led = client.get(address(cast, "patient-book"), {"timebok": timebok.schedule.id})
    second = body(client.get(led["Location"]))
    assert "Lang time" in second
    assert "410 kr" in second
    assert "Vanlig time" not in second
    where = address(cast, "patient-book-time", timebok.schedule.id, kind.id)
    third = body(client.get(where))
    assert f'value="{slot.id}"' in third
    assert str(elsewhere.id) not in third
    picked = _pick(client, cast, slot, where)
    page = body(client.get(picked["Location"]))
    for told in ("kl. 10.00", "410 kr", "Storgata 1", "Ta med medisinlisten."):
        assert told in page
    done = client.post(picked["Location"], {"kommentar": "Vond skulder"})
    assert "Timen er bestilt." in body(client.get(done["Location"]))
    again = client.post(picked["Location"], {"kommentar": "Vond skulder"})
    assert again["Location"] == done["Location"]
    with acting(cast.system):
        held = Appointment.objects.get()
        assert (held.patient_id, held.slot_id, held.comment) == (cast.ola.id, slot.id, "Vond skulder")
        assert (held.booked_through, held.created_by_name) == ("portal", "Ola Nordmann")
        assert [row.kind for row in Occupancy.objects.all()] == ["appointment"]
        actions = set(AuditEvent.objects.filter(patient_id=cast.ola.id).values_list("action", flat=True))
        assert {"slot.offered", "slot.held", "appointment.booked"} <= actions


@pytest.mark.req("BOK-11")
def test_a_picked_time_is_held_for_five_minutes_and_is_free_to_nobody_else() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    slot = timebok.slot(weekday_at(10))
    ola, nora = as_patient(cast.ola), as_patient(cast.nora)
    picked = _pick(ola, cast, slot)
    shown = body(ola.get(picked["Location"]))
    assert "Tiden er holdt av for deg til kl. 08.05. 5 minutter igjen." in shown
    for audience in OfferAudience:
        assert (slot.id in _offered(timebok, audience, cast.nora)) is False, audience
    assert slot.id in _offered(timebok, OfferAudience.PORTAL, cast.ola)
    for through in (BookedThrough.STAFF, BookedThrough.HELSENORGE, BookedThrough.PORTAL):
        with pytest.raises(SlotTakenError), acting(cast.system):
            book(slot=slot, patient=cast.nora, through=through, comment="Hoste")
    refused = _pick(nora, cast, slot)
    assert refused.status_code == 409
    assert "ikke lenger ledig" in body(refused)
    clock.move(timedelta(minutes=3))
    _pick(ola, cast, slot)
    assert "2 minutter igjen" in body(ola.get(picked["Location"])), "picking it again holds it no longer"
    clock.move(timedelta(minutes=2))
    assert "holdes ikke av for deg lenger" in body(ola.get(picked["Location"]))
    assert slot.id in _offered(timebok, OfferAudience.STAFF, cast.nora)
    assert _pick(nora, cast, slot).status_code == 302
    late = ola.post(picked["Location"])
    assert late.status_code == 409
    assert "ikke lenger ledig" in body(late)
    assert nora.post(picked["Location"]).status_code == 302
    with acting(cast.system):
        assert Appointment.objects.get().patient_id == cast.nora.id


@pytest.mark.req("BOK-11")
def test_a_patient_holds_one_time_and_gives_it_back() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    first, second = timebok.slot(weekday_at(10)), timebok.slot(weekday_at(11))
    client = as_patient(cast.ola)
    _pick(client, cast, first)
    kept = _pick(client, cast, second)
    assert _offered(timebok, OfferAudience.STAFF, cast.ola) == {first.id}
    assert client.post(kept["Location"], {"gjor": "slipp"}).status_code == 302
    assert _offered(timebok, OfferAudience.STAFF, cast.ola) == {first.id, second.id}
    with acting(cast.system):
        assert not Occupancy.objects.exists()


@pytest.mark.req("BOK-12", "BOK-1", "BOK-2", "BOK-4")
def test_every_rule_is_checked_again_when_the_time_is_confirmed() -> None:
    timebok = make_timebok(phone="22 00 00 00")
    cast = timebok.cast
    slot, other = timebok.slot(weekday_at(10)), timebok.slot(weekday_at(11))
    client = as_patient(cast.ola)
    where = _pick(client, cast, slot)["Location"]
    with acting(cast.system):
        add_event(timebok.schedule, start=slot.during.lower, end=slot.during.upper, text="Møte")
    assert client.post(where).status_code == 409
    where = _pick(client, cast, other)["Location"]
    with acting(cast.system):
        change_schedule(timebok.schedule, booking_deadline_hours=24 * 30)
    refused = client.post(where)
    assert (refused.status_code, "Fristen for å bestille" in body(refused)) == (422, True)
    assert "Ingen ledige timer på nett nå" in body(client.get(address(cast, "patient-book")))
    with acting(cast.system):
        change_schedule(timebok.schedule, booking_deadline_hours=None, max_self_booked=1)
    assert client.post(where).status_code == 302
    timebok.slot(weekday_at(13))
    assert "så mange timer som det er lov" in body(client.get(address(cast, "patient-book")))
    with acting(cast.system):
        change_schedule(timebok.schedule, online=False)
    assert client.get(where).status_code == 404
    with acting(cast.system):
        assert Appointment.objects.count() == 1


@pytest.mark.req("CAL-4", "PAT-15", "TYP-4", "BOK-1", "NFR-2")
def test_what_is_not_open_to_the_patient_is_as_if_it_were_not() -> None:
    timebok, theirs = make_timebok(), make_clinic()
    cast = timebok.cast
    with acting(cast.system):
        secret = create_type(name="Hemmelig", minutes=20, visibility="hidden")
        desk = create_type(name="Bare på luken", minutes=20, bookable_online=False)
    with acting(cast.actor(cast.ali)):
        chosen = make_list(name="Kontroll", kind="custom", shared=True)
        add_member(chosen, cast.astrid)
    with acting(cast.system):
        few = create_schedule(
            owner=cast.mona, public_name="Kontroller", internal_name="K", audience="list", patient_list=chosen
        )
    slots = [timebok.slot(weekday_at(9), type=secret), timebok.slot(weekday_at(10), type=desk)]
    slots.append(timebok.slot(weekday_at(11), few))
    gone = timebok.slot(weekday_at(12))
    with acting(cast.actor(cast.kari)):
        remove_slots(timebok.schedule, gone.during.lower, gone.during.upper)
    client = as_patient(cast.ola)
    page = body(client.get(address(cast, "patient-book")))
    assert "Kontroller" not in page
    assert "Ingen ledige timer på nett nå" in page
    assert "Kontroller" in body(as_patient(cast.astrid).get(address(cast, "patient-book")))
    for slot_id in (*(one.id for one in slots), gone.id, uuid4()):
        for ask in (client.get, client.post):
            assert ask(address(cast, "patient-book-confirm", slot_id)).status_code == 404
    for schedule_id in (few.id, uuid4()):
        assert client.get(address(cast, "patient-book-kind", schedule_id)).status_code == 404
    for kind in (secret, desk):
        assert client.get(address(cast, "patient-book-time", timebok.schedule.id, kind.id)).status_code == 404
    ours = timebok.slot(weekday_at(13))
    assert as_patient(theirs.ola).get(address(theirs, "patient-book-confirm", ours.id)).status_code == 404
    with acting(cast.system):
        assert not Appointment.objects.exists()
        assert not Occupancy.objects.exists()


@pytest.mark.req("PAT-21", "PAT-22", "BOK-11")
def test_who_has_access_books_for_the_patient_under_the_own_name() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    with acting(cast.actor(cast.ali)):
        add_relation(cast.nora, national_id=cast.ola.national_id, kind="father", access=True, name="")
    slot = timebok.slot(weekday_at(10))
    client = as_patient(cast.ola)
    place = f"/min/{cast.clinic.slug}/for/{cast.nora.id}/"
    picked = _pick(client, cast, slot, f"{place}bestill/{slot.schedule_id}/{slot.type_id}")
    assert picked["Location"].startswith(place)
    page = body(client.get(picked["Location"]))
    assert "Du handler for Nora Nordmann" in page
    assert "Tiden er holdt av" in page
    done = client.post(picked["Location"], {"kommentar": "Vaksine"})
    assert "Timen er bestilt." in body(client.get(done["Location"]))
    with acting(cast.system):
        held = Appointment.objects.get()
        assert held.patient_id == cast.nora.id
        assert (held.representative, held.created_by_name) == ("Ola Nordmann", "Ola Nordmann")
        assert held.log.get(kind="booked").actor_name == "Ola Nordmann"
