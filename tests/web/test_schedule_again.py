"""A time once more: copied, made longer, printed for the patient, found from the card; and booking in any timebok."""

import re
from datetime import timedelta

import pytest

from skranke.audit.models import AuditEvent
from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.scheduling.models import Appointment, AppointmentState, BookedThrough
from skranke.scheduling.services import book, create_schedule, create_type
from skranke.tenancy.work import acting

from support.clinic_pages import address, body, logged_in
from support.timebok import Timebok, make_timebok, weekday_at

PANEL = {"HX-Request": "true", "HX-Target": "panel"}


def _booked(timebok: Timebok, hour: int = 9, **words: object) -> Appointment:
    with acting(timebok.cast.actor(timebok.cast.ali)):
        slot = timebok.slot(weekday_at(hour))
        return book(slot=slot, patient=timebok.cast.ola, through=BookedThrough.STAFF, **words)


def _rows(timebok: Timebok) -> list[Appointment]:
    with acting(timebok.cast.system):
        return list(Appointment.objects.select_related("schedule").order_by("created_at"))


@pytest.mark.req("APT-25")
def test_a_time_is_copied_to_another_slot_for_the_same_patient_and_stands_itself() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    first = _booked(timebok, reason="Kontroll av sår", note="Ta med skjema", contact="video")
    free = timebok.slot(weekday_at(11))
    client = logged_in(cast, cast.ali)
    panel = body(client.get(address(cast, "schedule-appointment", first.id), headers=PANEL))
    way = re.search(r'id="gjor-kopi" href="([^"]+)"', panel)
    assert way
    calendar = body(client.get(way[1].replace("&amp;", "&")))
    assert "Du kopierer en time" in calendar
    where = re.search(rf'id="t-{free.id}" href="([^"]+)"', calendar)
    assert where
    there = where[1].replace("&amp;", "&")
    form = body(client.get(there, headers=PANEL))
    assert "Kopi av timen" in form
    assert "Kontroll av sår" in form
    assert "Ta med skjema" in form
    assert 'name="velg" value=""' not in form
    # Even a form that names somebody else makes a copy for the patient whose time it was.
    sent = {"patient": str(cast.nora.id), "time": str(free.id), "contact": "video", "reason": "Kontroll av sår"}
    assert client.post(there, sent, headers=PANEL).status_code == 200
    kept, copy = _rows(timebok)
    assert (kept.id, kept.state, kept.during) == (first.id, AppointmentState.BOOKED, first.during)
    assert (copy.patient_id, copy.during, copy.reason, copy.contact) == (
        cast.ola.id, free.during, "Kontroll av sår", "video",
    )  # fmt: skip


@pytest.mark.req("APT-8", "APT-21")
def test_the_end_is_typed_or_dragged_asked_about_and_told_as_a_change() -> None:
    timebok = make_timebok(grace_seconds=0)
    cast, one = timebok.cast, _booked(timebok)
    client = logged_in(cast, cast.ali)
    times = address(cast, "schedule-times", one.id)
    week = body(client.get(address(cast, "schedule", query="?dag=2027-02-09")))
    assert f'data-stretch="{times}" data-begins="540"' in week
    assert times in body(client.get(address(cast, "schedule-appointment", one.id), headers=PANEL))
    asked = body(client.get(f"{times}?slutt=09:45", headers=PANEL))
    assert re.search(r'name="end" value="09:45"', asked)
    assert "Ola får beskjed på helsenorge.no" in asked
    assert _rows(timebok)[0].during == one.during
    assert client.post(times, {"start": "09:00", "end": "08:30", "version": 1}, headers=PANEL).status_code == 422
    saved = client.post(times, {"start": "08:50", "end": "09:45", "version": 1}, headers=PANEL)
    assert saved.status_code == 200
    assert "Tidene er endret." in body(saved)
    after = _rows(timebok)[0]
    assert (after.starts, after.ends) == (weekday_at(8, 50), weekday_at(9, 45))
    with acting(cast.system):
        assert OutboxItem.objects.filter(subject_id=one.id).count() == 1
    again = client.post(times, {"start": "08:50", "end": "10:00", "version": 1}, headers=PANEL)
    assert again.status_code == 409


@pytest.mark.req("APT-8", "CAL-9")
def test_a_longer_time_does_not_run_into_another_unless_it_is_meant() -> None:
    timebok = make_timebok()
    cast, one = timebok.cast, _booked(timebok)
    with acting(cast.actor(cast.ali)):
        book(slot=timebok.slot(weekday_at(9, 30)), patient=cast.nora, through=BookedThrough.STAFF)
    client = logged_in(cast, cast.ali)
    times = address(cast, "schedule-times", one.id)
    sent = {"start": "09:00", "end": "09:40", "version": 1}
    refused = client.post(times, sent, headers=PANEL)
    assert refused.status_code == 409
    assert 'value="09:40"' in body(refused)
    assert _rows(timebok)[0].during == one.during
    assert client.post(times, sent | {"concurrent": "on"}, headers=PANEL).status_code == 200
    assert _rows(timebok)[0].ends == weekday_at(9, 40)


@pytest.mark.req("APT-4", "NFR-1")
def test_the_card_is_printed_on_save_says_what_the_patient_needs_and_is_audited() -> None:
    timebok = make_timebok(address="Storgata 1", phone="22 11 00 00", cancellation_deadline_hours=24)
    cast = timebok.cast
    slot = timebok.slot(weekday_at(9))
    client = logged_in(cast, cast.ali)
    booking = address(cast, "schedule-book")
    assert 'name="print_card"' in body(client.get(f"{booking}?time={slot.id}", headers=PANEL))
    sent = {"patient": str(cast.ola.id), "time": str(slot.id), "reason": "Vorter", "print_card": "on"}
    saved = client.post(booking, sent, headers=PANEL)
    card = address(cast, "schedule-card", _rows(timebok)[0].id)
    assert saved["HX-Redirect"] == card
    page = body(client.get(card))
    told = ("Timekort for Ola Nordmann", "tirsdag 9. februar 2027", "klokken 09.00 til 09.20", "Kari Lunde",
            "Storgata 1", "mandag 8. februar", "22 11 00 00")  # fmt: skip
    assert [one for one in told if one not in page] == []
    assert "data-print" in page
    # Who finds the card on the bus learns nothing of why.
    assert "Vorter" not in page
    assert "Karis timebok" not in page
    with acting(cast.system):
        assert AuditEvent.objects.filter(action="appointment.printed", patient_id=cast.ola.id).count() == 1
    without = logged_in(cast, cast.ali).post(
        booking, {"patient": str(cast.ola.id), "time": str(timebok.slot(weekday_at(10)).id), "print_card": "on"}
    )
    assert without["Location"] == address(cast, "schedule-card", _rows(timebok)[1].id)
    clock.move_to(weekday_at(12))
    with acting(cast.system):
        Appointment.objects.filter(id=_rows(timebok)[0].id).update(state=AppointmentState.CANCELLED_BY_CLINIC)
    assert "Timen står ikke lenger" in body(logged_in(cast, cast.ali).get(card))


@pytest.mark.req("APT-23")
def test_the_patients_card_leads_to_each_coming_time_in_the_calendar() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    past, coming = _booked(timebok, 9), _booked(timebok, 14)
    clock.move_to(weekday_at(12))
    client = logged_in(cast, cast.kari)
    card = body(client.get(address(cast, "patient", cast.ola.id)))
    arrow = re.search(r'href="([^"]+)" aria-label="Vis timen [^"]*14.00[^"]* i kalenderen"', card)
    assert arrow
    area = card.partition('id="area-appointments"')[2].partition("</section>")[0]
    assert address(cast, "schedule-appointment", coming.id) in area
    assert address(cast, "schedule-appointment", past.id) not in area
    calendar = body(client.get(arrow[1]))
    assert "Uke 6" in calendar
    assert re.search(rf'id="t-{coming.id}"[^>]*aria-current="true"', calendar)


@pytest.mark.req("APT-2")
@pytest.mark.parametrize("resource", [False, True])
def test_booking_goes_the_same_way_in_the_gps_timebok_and_on_a_resource(*, resource: bool) -> None:
    timebok = make_timebok(grace_seconds=300)
    cast = timebok.cast
    with acting(cast.system):
        nobodys = create_schedule(owner=None, public_name="Vaksine", internal_name="Vaksinerommet")
        vaccine = create_type(name="Vaksine", minutes=20, category="lab")
    schedule, kind = (nobodys, vaccine) if resource else (timebok.schedule, timebok.ordinary)
    slot = timebok.slot(weekday_at(9), schedule=schedule, type=kind)
    client = logged_in(cast, cast.ali)
    week = body(client.get(address(cast, "schedule", query=f"?timebok={schedule.id}&dag=2027-02-09")))
    way = re.search(rf'id="t-{slot.id}" href="([^"]+)"', week)
    assert way
    panel = body(client.get(way[1].replace("&amp;", "&"), {"pasient": str(cast.ola.id)}, headers=PANEL))
    assert "Ola får beskjed på helsenorge.no ca. kl." in panel
    sent = {"patient": str(cast.ola.id), "time": str(slot.id), "contact": "physical", "reason": "R", "note": "N"}
    saved = client.post(address(cast, "schedule-book"), sent, headers=PANEL)
    assert "Timen er lagret." in body(saved)
    assert "Slett timen" in body(saved)
    (made,) = _rows(timebok)
    assert (made.schedule_id, made.reason, made.note, made.state) == (schedule.id, "R", "N", AppointmentState.BOOKED)
    with acting(cast.system):
        push = OutboxItem.objects.get(subject_id=made.id)
        assert push.detail["code"] == "05"
        assert push.not_before == made.created_at + timedelta(seconds=300)
    # Somebody was first: the same words in both.
    assert client.post(address(cast, "schedule-book"), sent, headers=PANEL).status_code == 409
