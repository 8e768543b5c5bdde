"""The panel of one appointment: what it says, and what is done with it."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.outbox.services import fix_rendering, mark_answered, mark_sent
from skranke.patients.models import Patient
from skranke.scheduling.models import Appointment, AppointmentState, BookedThrough, SlotState
from skranke.scheduling.services import book, cancel, change_state, create_type, move
from skranke.tenancy.work import acting

from support.clinic_pages import address, body, logged_in
from support.timebok import make_timebok, weekday_at

PANEL = {"HX-Request": "true", "HX-Target": "panel"}
ACTIONS = ("schedule-delete", "schedule-cancel", "schedule-state", "schedule-move", "schedule-tell-again")
CEILING, WHOLE_PAGE = 30, 40


def _booked(timebok, through=BookedThrough.STAFF, when=None, **words):
    slot = timebok.slot(when or weekday_at(9))
    with acting(timebok.cast.actor(timebok.cast.ali)):
        return book(slot=slot, patient=timebok.cast.ola, through=through, **words)


def _open(timebok, appointment, client=None, headers=PANEL):
    client = client or logged_in(timebok.cast, timebok.cast.kari)
    return client.get(address(timebok.cast, "schedule-appointment", appointment.id), headers=headers)


def _do(timebok, action, appointment, client=None, **fields):
    client = client or logged_in(timebok.cast, timebok.cast.kari)
    return client.post(address(timebok.cast, action, appointment.id), fields, headers=PANEL)


def _now(timebok, appointment) -> Appointment:
    with acting(timebok.cast.system):
        return Appointment.objects.select_related("slot").get(id=appointment.id)


def _pushes(timebok, appointment) -> list[str]:
    with acting(timebok.cast.system):
        rows = OutboxItem.objects.filter(subject_id=appointment.id).order_by("sequence")
        return [row.detail["code"] for row in rows]


def _left(timebok, appointment) -> str:
    """Everything that waited has been rendered and handed over; gives the last one's MsgId."""
    with acting(timebok.cast.system):
        for row in OutboxItem.objects.filter(subject_id=appointment.id, state="pending"):
            facts = {"queue": "q", "headers": {}, "document": b"<x/>", "body": b"x"}
            mark_sent(fix_rendering(row, msg_id=str(row.id), message_id=str(row.id), **facts))
            last = str(row.id)
    return last


@pytest.mark.req("HNB-10", "APT-17", "APT-19")
def test_what_the_patient_wrote_stands_there_with_the_log() -> None:
    timebok = make_timebok()
    booked = _booked(timebok, BookedThrough.HELSENORGE, comment="Vond skulder <b>siden</b> i går")
    html = body(_open(timebok, booked))
    assert "<html" not in html
    assert "Vond skulder &lt;b&gt;siden&lt;/b&gt; i går" in html
    assert "Selvbestilt" in html
    assert "Bestilt på helsenorge.no" in html
    assert address(timebok.cast, "patient", timebok.cast.ola.id) in html
    page = body(_open(timebok, booked, headers={}))
    assert "<html" in page
    assert f'id="t-{booked.id}"' in page
    assert 'id="time-panel"' in page


@pytest.mark.req("APT-5", "APT-6", "DDFL-PU-09")
def test_within_the_grace_period_a_time_is_deleted_and_nothing_is_left_to_send() -> None:
    timebok = make_timebok(grace_seconds=300)
    booked = _booked(timebok)
    client = logged_in(timebok.cast, timebok.cast.kari)
    until = clock.oslo(booked.created_at + timedelta(seconds=300))
    html = body(_open(timebok, booked, client))
    assert f"ca. kl. {until:%H.%M}" in html
    assert "Slett timen" in html
    assert re.search(r"load delay:(29\d|30\d)s", html)
    answer = _do(timebok, "schedule-delete", booked, client, version=1)
    assert answer.status_code == 200
    assert "Timen er slettet, og tiden er ledig igjen." in body(answer)
    after = _now(timebok, booked)
    assert after.state == AppointmentState.DELETED
    assert after.slot.uid != booked.slot_uid
    assert _pushes(timebok, booked) == []


@pytest.mark.req("APT-5")
def test_after_the_grace_period_a_time_can_only_be_cancelled() -> None:
    timebok = make_timebok(grace_seconds=5)
    booked = _booked(timebok)
    client = logged_in(timebok.cast, timebok.cast.kari)
    clock.move(timedelta(seconds=6))
    assert "Slett timen" not in body(_open(timebok, booked, client))
    answer = _do(timebok, "schedule-delete", booked, client, version=1)
    assert answer.status_code == 409
    assert "Angrefristen er ute. Avlys timen i stedet." in body(answer)
    assert _now(timebok, booked).state == AppointmentState.BOOKED


@pytest.mark.req("APT-6", "APT-20", "APT-22")
def test_the_panel_follows_what_helsenorge_has_been_told() -> None:
    timebok = make_timebok(grace_seconds=5)
    booked = _booked(timebok)
    client = logged_in(timebok.cast, timebok.cast.kari)
    clock.move(timedelta(seconds=6))
    assert "Ola får beskjed på helsenorge.no ca. kl." in body(_open(timebok, booked, client))
    msg_id = _left(timebok, booked)
    assert "Venter på kvittering." in body(_open(timebok, booked, client))
    with acting(timebok.cast.system):
        mark_answered(msg_id, accepted=True, error="")
    html = body(_open(timebok, booked, client))
    assert "Mottatt av helsenorge.no" in html
    assert "Pasienten får beskjed på helsenorge.no med en gang." in html


@pytest.mark.req("APT-6")
def test_a_telling_that_was_refused_asks_for_another_way() -> None:
    timebok = make_timebok(grace_seconds=0)
    booked = _booked(timebok)
    msg_id = _left(timebok, booked)
    with acting(timebok.cast.system):
        mark_answered(msg_id, accepted=False, error="E35: Pasienten finnes ikke")
        Patient.objects.filter(id=timebok.cast.ola.id).update(helsenorge_state="inactive")
    html = body(_open(timebok, booked))
    assert "Beskjeden kom ikke fram til helsenorge.no" in html
    assert "Gi pasienten beskjed på en annen måte." in html
    assert "Send på nytt" not in html


@pytest.mark.req("MSG-22", "DDFL-ID-04", "APT-19")
def test_a_telling_that_was_refused_is_sent_again_from_the_panel() -> None:
    timebok = make_timebok(grace_seconds=0)
    booked, client = _booked(timebok), logged_in(timebok.cast, timebok.cast.kari)
    msg_id = _left(timebok, booked)
    with acting(timebok.cast.system):
        mark_answered(msg_id, accepted=False, error="T02: Feil i skjema")
    html = body(_open(timebok, booked, client))
    assert "HelseNorge skriver: Feil i skjema" in html
    assert "Send på nytt" in html
    html = body(_do(timebok, "schedule-tell-again", booked, client, version=1))
    assert "Beskjeden er sendt på nytt." in html
    assert "Beskjeden til pasienten sendt på nytt" in html
    assert _pushes(timebok, booked) == ["05", "05"]
    twice = _do(timebok, "schedule-tell-again", booked, client, version=1)
    assert (twice.status_code, "allerede på vei eller mottatt" in body(twice)) == (409, True)
    assert _pushes(timebok, booked) == ["05", "05"]


@pytest.mark.req("APT-7", "APT-20")
def test_the_panel_says_whether_the_patient_will_hear_of_a_cancellation() -> None:
    timebok = make_timebok(grace_seconds=300)
    booked, slot = _booked(timebok), timebok.slot(weekday_at(11))
    client = logged_in(timebok.cast, timebok.cast.kari)
    told, not_told = "får beskjed på helsenorge.no med en gang", "får ikke beskjed om avlysningen"
    html = body(_open(timebok, booked, client))
    assert (told in html, not_told in html) == (False, True)
    _left(timebok, booked)
    # The patient knows of it, whatever has been ordered or refused since.
    with acting(timebok.cast.actor(timebok.cast.ali)):
        moved = move(booked, slot=slot)
    html = body(_open(timebok, moved, client))
    assert (told in html, not_told in html) == (True, False)
    assert "Slett timen" not in html
    with acting(timebok.cast.system):
        mark_answered(_left(timebok, moved), accepted=False, error="E10")
    assert told in body(_open(timebok, moved, client))
    with acting(timebok.cast.system):
        Patient.objects.filter(id=timebok.cast.ola.id).update(helsenorge_state="inactive")
    html = body(_open(timebok, moved, client))
    assert (told in html, not_told in html) == (False, True)
    _do(timebok, "schedule-cancel", moved, client, by="clinic", version=2)
    assert _pushes(timebok, moved) == ["05", "07"]


@pytest.mark.req("APT-7", "APT-16", "APT-20", "DDFL-PU-05")
def test_cancelling_frees_the_time_tells_the_patient_and_keeps_the_reason() -> None:
    timebok = make_timebok(grace_seconds=0)
    booked = _booked(timebok)
    _left(timebok, booked)
    answer = _do(timebok, "schedule-cancel", booked, by="clinic", reason="Legen er syk", version=1)
    html = body(answer)
    assert answer.status_code == 200
    assert "Timen er avlyst." in html
    assert "Avlyst av klinikken: Legen er syk" in html
    after = _now(timebok, booked)
    assert (after.state, after.slot.state) == (AppointmentState.CANCELLED_BY_CLINIC, SlotState.OPEN)
    assert after.slot.uid != booked.slot_uid
    assert _pushes(timebok, booked) == ["05", "08"]


@pytest.mark.req("APT-7", "APT-16")
def test_cancelling_for_the_patient_without_offering_the_time_again() -> None:
    timebok = make_timebok()
    booked = _booked(timebok)
    _do(timebok, "schedule-cancel", booked, by="patient", keep_closed="on", version=1)
    after = _now(timebok, booked)
    assert (after.state, after.slot.state) == (AppointmentState.CANCELLED_BY_PATIENT, SlotState.REMOVED)
    answer = _do(timebok, "schedule-cancel", _booked(timebok, when=weekday_at(10)), by="nobody")
    assert answer.status_code == 422
    assert "Avlys på vegne av" in body(answer)


@pytest.mark.req("APT-9", "APT-21", "DDFL-PU-03")
def test_a_move_asks_first_and_keeps_the_appointment() -> None:
    timebok = make_timebok(grace_seconds=0)
    booked, free = _booked(timebok), timebok.slot(weekday_at(13, weeks=2))
    _left(timebok, booked)
    client = logged_in(timebok.cast, timebok.cast.kari)
    page = address(timebok.cast, "schedule-move", booked.id)
    choosing = body(client.get(address(timebok.cast, "schedule"), {"flytt": str(booked.id), "uke": "2027-W07"}))
    assert f'href="{page}?til={free.id}' in choosing
    assert "Du flytter en time." in choosing
    asked = body(client.get(page, {"til": str(free.id)}, headers=PANEL))
    assert "tirsdag 16. februar kl. 13.00" in asked
    assert _now(timebok, booked).during == booked.during
    answer = client.post(page, {"til": free.id, "version": 1}, headers=PANEL)
    assert answer.status_code == 200
    assert "Timen er flyttet." in body(answer)
    assert "Flyttet fra tir. 9. feb. kl. 09.00 til tir. 16. feb. kl. 13.00" in body(answer)
    after = _now(timebok, booked)
    assert (after.id, after.slot_uid, after.slot_id) == (booked.id, booked.slot_uid, free.id)
    assert _pushes(timebok, booked) == ["05", "07"]


@pytest.mark.req("APT-9", "CAL-9")
def test_a_move_to_any_time_and_one_that_is_taken() -> None:
    timebok = make_timebok()
    booked, other = _booked(timebok), _booked(timebok, when=weekday_at(10))
    taken = _do(timebok, "schedule-move", booked, til=other.slot_id, version=1)
    assert taken.status_code == 409
    assert "Timen står der den sto." in body(taken)
    fields = {"day": "2027-02-09", "version": 1}
    assert _do(timebok, "schedule-move", booked, start="10:10", **fields).status_code == 409
    assert _do(timebok, "schedule-move", booked, start="", **fields).status_code == 422
    slip = _do(timebok, "schedule-move", booked, day="0202-02-09", start="10:10", version=1)
    assert slip.status_code == 422
    assert 'href="#flytt-start"' in body(slip)
    assert _now(timebok, booked).during.lower == weekday_at(9)
    assert _do(timebok, "schedule-move", booked, start="10:10", concurrent="on", **fields).status_code == 200
    assert _now(timebok, booked).during.lower == weekday_at(10, 10)


@pytest.mark.req("APT-10", "APT-11", "APT-12")
def test_arrival_is_noted_and_undone_and_a_patient_who_did_not_come() -> None:
    timebok = make_timebok(grace_seconds=0)
    booked = _booked(timebok)
    _left(timebok, booked)
    client = logged_in(timebok.cast, timebok.cast.anne)
    assert "Innsjekket" in body(_do(timebok, "schedule-state", booked, client, state="checked_in", version=1))
    undone = body(_do(timebok, "schedule-state", booked, client, state="booked", version=2))
    assert "Innsjekking angret" in undone
    assert "Ikke møtt" not in undone
    assert _do(timebok, "schedule-state", booked, client, state="no_show", version=3).status_code == 409
    clock.move_to(weekday_at(9, 30))
    client = logged_in(timebok.cast, timebok.cast.anne)
    assert "Ikke møtt" in body(_do(timebok, "schedule-state", booked, client, state="no_show", version=3))
    assert _pushes(timebok, booked) == ["05", "11"]
    for wrong in ("deleted", "tull"):
        assert _do(timebok, "schedule-state", booked, client, state=wrong).status_code == 409


@pytest.mark.req("APT-10")
def test_who_acts_on_an_old_picture_is_told_and_nothing_changes() -> None:
    timebok = make_timebok()
    booked, free = _booked(timebok), timebok.slot(weekday_at(13))
    with acting(timebok.cast.actor(timebok.cast.ali)):
        change_state(booked, AppointmentState.CHECKED_IN)
    client = logged_in(timebok.cast, timebok.cast.kari)
    attempts = {
        "schedule-delete": {},
        "schedule-cancel": {"by": "clinic"},
        "schedule-state": {"state": "in_consultation"},
        "schedule-move": {"til": free.id},
        "schedule-tell-again": {},
    }
    for action, fields in attempts.items():
        answer = _do(timebok, action, booked, client, version=1, **fields)
        assert answer.status_code == 409
        assert "Timen er endret av noen andre siden du åpnet den." in body(answer)
    assert _now(timebok, booked).state == AppointmentState.CHECKED_IN


@pytest.mark.req("TYP-4")
def test_a_hidden_time_says_that_the_patient_hears_nothing() -> None:
    timebok = make_timebok()
    with acting(timebok.cast.actor(timebok.cast.ali)):
        hidden = create_type(name="Samtale", minutes=20, visibility="hidden")
    slot = timebok.slot(weekday_at(9), type=hidden)
    with acting(timebok.cast.actor(timebok.cast.ali)):
        booked = book(slot=slot, patient=timebok.cast.ola, through=BookedThrough.STAFF)
    html = body(_open(timebok, booked))
    assert "Skjult for pasienten" in html
    assert "helsenorge.no ca." not in html


@pytest.mark.req("APT-7")
def test_the_menu_holds_what_may_be_done_now() -> None:
    timebok = make_timebok()
    booked = _booked(timebok)
    client = logged_in(timebok.cast, timebok.cast.kari)
    menu = address(timebok.cast, "schedule-menu", booked.id)
    html = body(client.get(menu))
    assert all(word in html for word in ("Sjekk inn", "Slett timen", "Flytt", "data-dialog-auto"))
    with acting(timebok.cast.actor(timebok.cast.ali)):
        cancel(booked, by="clinic")
    html = body(client.get(menu))
    assert not any(word in html for word in ("Sjekk inn", "Slett timen", "Flytt"))


@pytest.mark.req("SEC-3")
def test_another_clinics_appointment_looks_like_none_at_all() -> None:
    timebok, other = make_timebok(), make_timebok()
    theirs, mine = _booked(other), _booked(timebok)
    free = other.slot(weekday_at(13))
    client = logged_in(timebok.cast, timebok.cast.kari)
    answers = []
    for identity in (theirs.id, uuid4()):
        pages = [address(timebok.cast, name, identity) for name in ("schedule-appointment", "schedule-menu")]
        pages.append(address(timebok.cast, "schedule", query=f"?flytt={identity}"))
        answers += [client.get(page) for page in pages]
        for action in ACTIONS:
            fields = {"by": "clinic", "state": "checked_in", "til": mine.slot_id}
            answers.append(client.post(address(timebok.cast, action, identity), fields))
    answers += [_do(timebok, "schedule-move", mine, client, til=one) for one in (free.id, uuid4())]
    assert [one.status_code for one in answers] == [404] * len(answers)
    assert len({re.sub(r'[0-9A-Za-z-]{32,}|value="/k/[^"]*"', "", body(one)) for one in answers}) == 1
    assert (_now(other, theirs).version, _now(timebok, mine).version) == (1, 1)


def test_who_is_not_logged_in_does_nothing() -> None:
    timebok = make_timebok()
    booked = _booked(timebok)
    for action in ACTIONS:
        assert Client().post(address(timebok.cast, action, booked.id), {"by": "clinic"}).status_code == 302
    assert _open(timebok, booked, Client(), headers={}).status_code == 302
    client = logged_in(timebok.cast, timebok.cast.kari)
    for action in ACTIONS[:3]:
        assert client.get(address(timebok.cast, action, booked.id)).status_code == 405
    assert _now(timebok, booked).version == 1


def test_the_panel_costs_a_bounded_number_of_statements() -> None:
    timebok = make_timebok()
    booked = _booked(timebok)
    client = logged_in(timebok.cast, timebok.cast.kari)
    with CaptureQueriesContext(connection) as opened:
        _open(timebok, booked, client)
    with CaptureQueriesContext(connection) as whole:
        _open(timebok, booked, client, headers={})
    assert len(opened) <= CEILING
    assert len(whole) <= WHOLE_PAGE
