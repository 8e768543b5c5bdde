"""The panel that gives a time to a patient, and what happens when it is saved."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from skranke.audit.actions import Action
from skranke.audit.models import AuditEvent
from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.patients.models import Patient
from skranke.scheduling.models import Appointment, BookedThrough
from skranke.scheduling.services import add_event, book, create_type, remove_slots
from skranke.tenancy.work import acting

from support.clinic_pages import address, body, field, logged_in
from support.timebok import make_timebok, weekday_at

PANEL = {"HX-Request": "true", "HX-Target": "panel"}
CEILING = 32


def _open(timebok, client=None, headers=PANEL, **query):
    client = client or logged_in(timebok.cast, timebok.cast.kari)
    return client.get(address(timebok.cast, "schedule-book"), query, headers=headers)


def _post(timebok, client=None, headers=PANEL, **fields):
    client = client or logged_in(timebok.cast, timebok.cast.kari)
    return client.post(address(timebok.cast, "schedule-book"), fields, headers=headers)


def _rows(timebok):
    with acting(timebok.cast.system):
        return list(Appointment.objects.order_by("created_at"))


@pytest.mark.req("APT-1", "APT-3", "APT-6")
def test_the_panel_says_what_the_patient_will_be_told_and_when() -> None:
    timebok = make_timebok(grace_seconds=300)
    slot = timebok.slot(weekday_at(9))
    earliest, html = _grace_ends(), body(_open(timebok, time=slot.id, pasient=timebok.cast.ola.id))
    assert "<html" not in html
    told = {f"Ola får beskjed på helsenorge.no ca. kl. {minute}." for minute in (earliest, _grace_ends())}
    assert [text for text in told if text in html]
    assert "Fram til da kan du slette timen uten at pasienten merker det." in html
    assert "tirsdag 9. februar" in html
    assert "09.00–09.20" in html


def _grace_ends() -> str:
    """The minute in which five minutes from now lies."""
    return f"{clock.oslo(clock.now() + timedelta(seconds=300)):%H.%M}"


@pytest.mark.req("DDFL-PU-14", "TYP-4")
def test_the_panel_says_so_when_the_patient_will_not_be_told() -> None:
    timebok = make_timebok()
    with acting(timebok.cast.system):
        hidden = create_type(name="Samtale", minutes=20, visibility="hidden")
        Patient.objects.filter(id=timebok.cast.nora.id).update(helsenorge_state="inactive")
    slot, secret = timebok.slot(weekday_at(9)), timebok.slot(weekday_at(10), type=hidden)
    assert "Nora er ikke på helsenorge.no" in body(_open(timebok, time=slot.id, pasient=timebok.cast.nora.id))
    assert "Timen er skjult for pasienten. Ola får ingen beskjed" in body(
        _open(timebok, time=secret.id, pasient=timebok.cast.ola.id)
    )


@pytest.mark.req("APT-1", "PAT-1")
def test_a_patient_is_found_chosen_and_removed_without_losing_what_is_typed() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(9))
    client = logged_in(timebok.cast, timebok.cast.kari)
    found = body(client.get(address(timebok.cast, "schedule-patients"), {"q": "nordm"}))
    assert all(f'name="velg" value="{one.id}"' in found for one in (timebok.cast.ola, timebok.cast.nora))
    assert str(timebok.cast.jonas.id) not in found
    assert "Ingen treff" in body(client.get(address(timebok.cast, "schedule-patients"), {"q": "finnes\x00ikke"}))
    without_script = body(_open(timebok, client, headers={}, time=slot.id, q="nordm"))
    assert f'name="velg" value="{timebok.cast.ola.id}"' in without_script
    typed = {"time": slot.id, "reason": "Utslett", "note": "Ta med kremen", "contact": "phone"}
    chosen = body(_post(timebok, client, velg=timebok.cast.ola.id, **typed))
    for html in (chosen, body(_post(timebok, client, velg="", patient=timebok.cast.ola.id, **typed))):
        assert 'value="Utslett"' in html
        assert "Ta med kremen" in html
        assert re.search(r'value="phone"[^>]* checked', html)
    assert f'name="patient" value="{timebok.cast.ola.id}"' in chosen
    assert 'name="patient" value=""' in html
    assert _rows(timebok) == []


@pytest.mark.req("APT-3", "APT-6", "SEC-6")
def test_a_saved_time_stands_in_the_panel_and_leaves_after_the_grace_period() -> None:
    timebok = make_timebok(grace_seconds=300)
    slot = timebok.slot(weekday_at(9))
    answer = _post(timebok, time=slot.id, patient=timebok.cast.ola.id, reason="Utslett", note="Krem", contact="phone")
    assert answer.status_code == 200
    assert answer.headers["HX-Trigger-After-Settle"] == "timebok"
    (row,) = _rows(timebok)
    assert answer.headers["HX-Push-Url"] == address(timebok.cast, "schedule-appointment", row.id)
    assert (row.patient_id, row.reason, row.note, row.contact) == (timebok.cast.ola.id, "Utslett", "Krem", "phone")
    assert (row.booked_through, row.created_by_name) == ("staff", "Kari Lunde")
    assert "Timen er lagret." in body(answer)
    with acting(timebok.cast.system):
        (waiting,) = OutboxItem.objects.filter(subject_id=row.id)
        assert waiting.detail == {"code": "05"}
        assert waiting.not_before == row.created_at + timedelta(seconds=300)
        assert AuditEvent.objects.filter(action=Action.APPOINTMENT_BOOKED, subject_id=row.id).count() == 1


def test_without_script_saving_leads_to_the_appointment() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(9))
    client = logged_in(timebok.cast, timebok.cast.kari)
    page = body(_open(timebok, client, headers={}, time=slot.id))
    assert "<html" in page
    assert 'id="ny-time-skjema"' in page
    answer = _post(timebok, client, headers={}, time=slot.id, patient=timebok.cast.ola.id)
    (row,) = _rows(timebok)
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        address(timebok.cast, "schedule-appointment", row.id),
    )


@pytest.mark.req("APT-24")
def test_a_slot_that_somebody_else_took_is_told_of_and_nothing_typed_is_lost() -> None:
    timebok = make_timebok()
    slot, other = timebok.slot(weekday_at(9)), timebok.slot(weekday_at(9, 20))
    with acting(timebok.cast.actor(timebok.cast.mona)):
        book(slot=slot, patient=timebok.cast.jonas, through=BookedThrough.STAFF)
    client = logged_in(timebok.cast, timebok.cast.kari)
    typed = {"patient": timebok.cast.ola.id, "reason": "Utslett", "note": "Krem", "contact": "video"}
    answer = _post(timebok, client, time=slot.id, **typed)
    html = body(answer)
    assert answer.status_code == 409
    assert "HX-Push-Url" not in answer.headers
    assert "Timen er ikke lenger ledig." in html
    assert 'value="Utslett"' in html
    assert "Krem" in html
    assert f'name="bytt" value="{other.id}"' in html
    assert "Jonas" not in html
    changed = body(_post(timebok, client, time=slot.id, bytt=other.id, **typed))
    assert f'name="time" value="{other.id}"' in changed
    assert 'value="Utslett"' in changed
    assert _post(timebok, client, time=other.id, **typed).status_code == 200
    assert [row.patient_id for row in _rows(timebok)] == [timebok.cast.jonas.id, timebok.cast.ola.id]


@pytest.mark.req("APT-24", "APT-3")
def test_another_time_brings_its_own_way_to_meet_unless_one_was_chosen() -> None:
    timebok = make_timebok()
    with acting(timebok.cast.system):
        video = create_type(name="Video", minutes=20, contact="video")
    slot, other = timebok.slot(weekday_at(9)), timebok.slot(weekday_at(10), type=video)
    client = logged_in(timebok.cast, timebok.cast.kari)
    first = body(_open(timebok, client, time=slot.id, pasient=timebok.cast.ola.id))
    typed = {"time": slot.id, "patient": timebok.cast.ola.id, "vanlig": field(first, "vanlig"), "bytt": other.id}
    for contact, kept in (("physical", "video"), ("phone", "phone")):
        changed = body(_post(timebok, client, contact=contact, **typed))
        assert re.search(rf'name="contact" value="{kept}"[^>]* checked', changed)
        assert field(changed, "vanlig") == "video"


@pytest.mark.req("APT-24", "PLN-10")
def test_a_slot_that_was_removed_meanwhile_is_not_given() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(9))
    with acting(timebok.cast.system):
        remove_slots(timebok.schedule, weekday_at(8), weekday_at(16))
    assert _post(timebok, time=slot.id, patient=timebok.cast.ola.id).status_code == 409
    assert _rows(timebok) == []


def test_a_form_without_a_patient_is_refused_with_words() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(9))
    answer = _post(timebok, time=slot.id, patient="", reason="x" * 501)
    html = body(answer)
    assert answer.status_code == 422
    assert "Velg en pasient." in html
    assert 'href="#bok-reason"' in html
    assert _rows(timebok) == []


@pytest.mark.req("CAL-9", "APT-3")
def test_a_time_where_nothing_is_planned_and_one_beside_another() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(9))
    with acting(timebok.cast.system):
        book(slot=slot, patient=timebok.cast.jonas, through=BookedThrough.STAFF)
        add_event(timebok.schedule, start=weekday_at(12), end=weekday_at(13), text="Lunsj")
    client = logged_in(timebok.cast, timebok.cast.kari)
    page = address(timebok.cast, "schedule-book", query=f"?timebok={timebok.schedule.id}")
    typed = {"patient": timebok.cast.ola.id, "day": "2027-02-09", "type": timebok.ordinary.id, "reason": "Haster"}
    assert client.post(page, typed | {"start": "15:00"}, headers=PANEL).status_code == 200
    refused = client.post(page, typed | {"start": "09:10"}, headers=PANEL)
    assert refused.status_code == 409
    assert "Tiden er opptatt." in body(refused)
    assert 'value="Haster"' in body(refused)
    allowed = client.post(page, typed | {"start": "09:10", "minutes": "10", "concurrent": "on"}, headers=PANEL)
    assert allowed.status_code == 200
    times = [(f"{clock.oslo(row.during.lower):%H:%M}-{clock.oslo(row.during.upper):%H:%M}") for row in _rows(timebok)]
    assert times == ["09:00-09:20", "15:00-15:20", "09:10-09:20"]
    assert client.post(page, typed | {"start": "12:00"}, headers=PANEL).status_code == 409


@pytest.mark.req("CAL-9")
def test_a_time_that_is_none_is_refused_at_its_field() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    page = address(timebok.cast, "schedule-book", query=f"?timebok={timebok.schedule.id}")
    typed = {"patient": timebok.cast.ola.id, "type": timebok.ordinary.id}
    for day, start, wrong in (
        ("2027-03-28", "02:30", "start"),
        ("tull", "09:00", "day"),
        ("2027-02-09", "", "start"),
        ("2027-02-09", "09:00:30", "start"),
        ("0202-02-09", "09:00", "start"),
        ("2207-02-09", "09:00", "start"),
        ("0001-01-01", "00:00", "start"),
        ("9999-12-31", "23:59", "start"),
    ):
        answer = client.post(page, typed | {"day": day, "start": start, "reason": "Haster"}, headers=PANEL)
        html = body(answer)
        assert answer.status_code == 422
        assert f'href="#bok-{wrong}"' in html
        assert 'value="Haster"' in html
    assert _rows(timebok) == []


@pytest.mark.req("APT-1", "PAT-2")
def test_the_active_patient_is_filled_in_and_the_next_times_are_offered() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(9))
    client = logged_in(timebok.cast, timebok.cast.kari)
    client.post(address(timebok.cast, "patient-choose", timebok.cast.ola.id))
    assert f'name="patient" value="{timebok.cast.ola.id}"' in body(_open(timebok, client, time=slot.id))
    page = body(client.get(address(timebok.cast, "schedule"), {"pasient": str(timebok.cast.nora.id)}))
    assert f'name="patient" value="{timebok.cast.nora.id}"' in page
    assert f'name="bytt" value="{slot.id}"' in page


@pytest.mark.req("APT-16", "HNB-11")
def test_a_cancelled_time_is_free_again_under_another_uid_and_can_be_given_once_more() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(9))
    client = logged_in(timebok.cast, timebok.cast.kari)
    _post(timebok, client, time=slot.id, patient=timebok.cast.ola.id)
    (first,) = _rows(timebok)
    client.post(address(timebok.cast, "schedule-cancel", first.id), {"by": "clinic"}, headers=PANEL)
    assert _post(timebok, client, time=slot.id, patient=timebok.cast.nora.id).status_code == 200
    second = _rows(timebok)[1]
    assert second.slot_id == first.slot_id
    assert second.slot_uid != first.slot_uid


@pytest.mark.req("SEC-3")
def test_what_belongs_to_another_clinic_looks_like_nothing_at_all() -> None:
    timebok, other = make_timebok(), make_timebok()
    mine, theirs = timebok.slot(weekday_at(9)), other.slot(weekday_at(9))
    client = logged_in(timebok.cast, timebok.cast.kari)
    answers = [
        *(_open(timebok, client, time=one) for one in (theirs.id, uuid4(), "tull")),
        *(_post(timebok, client, time=one, patient=timebok.cast.ola.id) for one in (theirs.id, uuid4())),
        *(_post(timebok, client, time=mine.id, patient=one) for one in (other.cast.ola.id, uuid4(), "tull")),
        client.get(address(other.cast, "schedule-patients"), {"q": "ola"}),
    ]
    assert [one.status_code for one in answers] == [404] * len(answers)
    assert len({re.sub(r'[0-9A-Za-z-]{32,}|value="/k/[^"]*"', "", body(one)) for one in answers}) == 1
    assert _rows(other) == _rows(timebok) == []


def test_who_is_not_logged_in_books_nothing() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(9))
    answer = _post(timebok, Client(), time=slot.id, patient=timebok.cast.ola.id)
    assert answer.headers["HX-Redirect"].startswith("/logg-inn?neste=")
    assert _post(timebok, Client(), headers={}, time=slot.id).status_code == 302
    assert Client().get(address(timebok.cast, "schedule-patients"), {"q": "ola"}).status_code == 302
    assert _rows(timebok) == []


def test_a_form_from_elsewhere_is_refused() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(9))
    client = logged_in(timebok.cast, timebok.cast.kari)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert _post(timebok, strict, time=slot.id, patient=timebok.cast.ola.id).status_code == 403
    assert _rows(timebok) == []


def test_opening_and_saving_cost_a_bounded_number_of_statements() -> None:
    timebok = make_timebok()
    slots = [timebok.slot(weekday_at(9 + number)) for number in range(4)]
    client = logged_in(timebok.cast, timebok.cast.kari)
    with CaptureQueriesContext(connection) as opened:
        _open(timebok, client, time=slots[0].id, pasient=timebok.cast.ola.id)
    with CaptureQueriesContext(connection) as saved:
        _post(timebok, client, time=slots[0].id, patient=timebok.cast.ola.id)
    with CaptureQueriesContext(connection) as taken:
        _post(timebok, client, time=slots[0].id, patient=timebok.cast.ola.id)
    assert len(opened) <= CEILING
    assert len(saved) <= CEILING + 20
    assert len(taken) <= CEILING + 10
