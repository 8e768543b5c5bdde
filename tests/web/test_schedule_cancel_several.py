"""Several appointments cancelled together: whom it concerns is shown first, then all are cancelled or none (APT-13)."""

import re
from datetime import timedelta

import pytest

from skranke.audit.models import AuditEvent
from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.outbox.services import fix_rendering, mark_sent
from skranke.patients.models import Patient
from skranke.scheduling.models import Appointment, AppointmentEvent, AppointmentState, BookedThrough, SlotState
from skranke.scheduling.services import book, cancel, change_state, create_type, move
from skranke.tenancy.work import acting

from support.api import Api
from support.clinic_pages import address, at_most, body, logged_in
from support.timebok import make_timebok, weekday_at

PANEL = {"HX-Request": "true", "HX-Target": "panel"}
CANCELLED = AppointmentState.CANCELLED_BY_CLINIC
_PAGE = "schedule-cancel-several"


def _booked(timebok, patient, when, *, told=True, through=BookedThrough.STAFF, **facts) -> Appointment:
    slot = timebok.slot(when, **facts)
    with acting(timebok.cast.actor(timebok.cast.ali)):
        made = book(slot=slot, patient=patient, through=through)
    if told:
        with acting(timebok.cast.system):
            for row in OutboxItem.objects.filter(subject_id=made.id, state="pending"):
                facts = {"queue": "q", "headers": {}, "document": b"<x/>", "body": b"x"}
                mark_sent(fix_rendering(row, msg_id=str(row.id), message_id=str(row.id), **facts))
    return made


def _page(timebok, query, client=None):
    client = client or logged_in(timebok.cast, timebok.cast.kari)
    return client.get(address(timebok.cast, _PAGE, query=query), headers=PANEL)


def _of_day(timebok, when) -> str:
    return f"?timebok={timebok.schedule.id}&dag={clock.oslo(when).date()}&hele=ja"


def _of(*appointments) -> str:
    return "?" + "&".join(f"time={one.id}" for one in appointments)


def _post(timebok, appointments, *, client=None, query="", **fields):
    client = client or logged_in(timebok.cast, timebok.cast.kari)
    chosen = [f"{one.id}.{one.version}" for one in appointments]
    query = query or _of(*appointments)
    return client.post(
        address(timebok.cast, _PAGE, query=query), {"by": "clinic", "time": chosen} | fields, headers=PANEL
    )


def _states(timebok) -> dict[str, int]:
    with acting(timebok.cast.system):
        found = Appointment.objects.values_list("state", flat=True)
        return {state: list(found).count(state) for state in set(found)}


def _pushes(timebok, appointment) -> list[str]:
    with acting(timebok.cast.system):
        rows = OutboxItem.objects.filter(subject_id=appointment.id, rendered_at=None).order_by("sequence")
        return [row.detail["code"] for row in rows]


@pytest.mark.req("APT-13")
def test_what_is_left_of_a_day_is_shown_with_who_hears_of_it_and_who_must_be_called() -> None:
    timebok = make_timebok(grace_seconds=0)
    cast, day = timebok.cast, weekday_at(9)
    with acting(cast.system):
        hidden_kind = create_type(name="Skjult time", minutes=20, visibility="hidden")
        Patient.objects.filter(id=cast.nora.id).update(helsenorge_state="inactive", phone="90 12 34 56")
    _booked(timebok, cast.ola, day)
    _booked(timebok, cast.nora, weekday_at(10))
    _booked(timebok, cast.astrid, weekday_at(11), type=hidden_kind)
    _booked(timebok, cast.jonas, weekday_at(12), told=False)
    _booked(timebok, cast.ola, weekday_at(9, weekday=3))
    html = body(_page(timebok, _of_day(timebok, day)))
    assert "4 timer" in html
    assert "4 pasienter" in html
    assert "3 må ringes." in html
    lines = re.findall(r"<li>.*?</li>", html, re.DOTALL)
    said = {name: next(one for one in lines if name in one) for name in ("Ola", "Nora", "Astrid", "Jonas")}
    assert "Får beskjed på helsenorge.no med en gang" in said["Ola"]
    assert "Ring pasienten: 90 12 34 56" in re.sub(r"<[^>]*>", "", said["Nora"])
    assert "Ikke på helsenorge.no." in said["Nora"]
    assert "Timen er skjult, og ingen beskjed sendes." in said["Astrid"]
    assert "Har ikke fått beskjed om timen på helsenorge.no ennå" in said["Jonas"]
    assert all("checked" in one for one in lines)
    assert _states(timebok) == {"booked": 5}


@pytest.mark.req("APT-13", "NFR-1")
def test_what_is_over_done_or_gone_is_not_left_of_the_day() -> None:
    timebok = make_timebok(grace_seconds=0)
    cast = timebok.cast
    over, gone = _booked(timebok, cast.ola, weekday_at(8)), _booked(timebok, cast.nora, weekday_at(10))
    done, waits = _booked(timebok, cast.jonas, weekday_at(11)), _booked(timebok, cast.astrid, weekday_at(12))
    with acting(cast.actor(cast.kari)):
        cancel(gone, by="clinic")
        change_state(change_state(done, "checked_in"), "in_consultation")
        change_state(waits, "checked_in")
    clock.move_to(weekday_at(9))
    client = logged_in(cast, cast.kari)
    html = body(_page(timebok, _of_day(timebok, weekday_at(9)), client))
    assert re.findall(r'name="time" value="([^".]*)', html) == [str(waits.id)]
    with acting(cast.system):
        read = AuditEvent.objects.filter(action="appointment.read").values_list("subject_id", flat=True)
        assert waits.id in read
        assert over.id not in read
    week = body(client.get(address(cast, "schedule", query=_of_day(timebok, weekday_at(9)))))
    assert f'id="avlys-dag-{clock.oslo(weekday_at(9)).date()}"' in week
    assert f'id="avlys-dag-{clock.oslo(weekday_at(9, weekday=3)).date()}"' not in week
    assert f'id="t-{waits.id}"' in week
    assert len(re.findall(r"<a[^>]* data-pick>", week)) == 2


@pytest.mark.req("APT-13", "APT-16", "APT-19", "APT-20")
def test_the_ticked_ones_are_cancelled_each_told_logged_and_audited_and_the_others_stand() -> None:
    timebok = make_timebok(grace_seconds=0)
    cast = timebok.cast
    one, two = _booked(timebok, cast.ola, weekday_at(9)), _booked(timebok, cast.nora, weekday_at(10))
    third = _booked(timebok, cast.jonas, weekday_at(11))
    answer = _post(timebok, [one, two], query=_of(one, two, third), reason="Legen er syk")
    assert answer.status_code == 200
    assert "2 timer er avlyst." in body(answer)
    assert "Alle pasientene får beskjed" in body(answer)
    assert _states(timebok) == {CANCELLED: 2, "booked": 1}
    assert [_pushes(timebok, each) for each in (one, two, third)] == [["08"], ["08"], []]
    with acting(cast.system):
        log = AppointmentEvent.objects.filter(kind="cancelled")
        assert {(row.appointment_id, row.detail["reason"]) for row in log} == {
            (one.id, "Legen er syk"), (two.id, "Legen er syk")
        }  # fmt: skip
        audited = AuditEvent.objects.filter(action="appointment.cancelled").values_list("subject_id", flat=True)
        assert set(audited) == {one.id, two.id}
        assert {each.slot.state for each in Appointment.objects.select_related("slot")} == {SlotState.OPEN}


@pytest.mark.req("APT-13", "APT-16", "TYP-4")
def test_who_must_be_called_stands_there_afterwards_and_the_times_are_closed_when_asked_for() -> None:
    timebok = make_timebok(grace_seconds=0)
    cast = timebok.cast
    with acting(cast.system):
        hidden_kind = create_type(name="Skjult time", minutes=20, visibility="hidden")
    one, two = _booked(timebok, cast.ola, weekday_at(9)), _booked(timebok, cast.nora, weekday_at(10), type=hidden_kind)
    html = body(_post(timebok, [one, two], keep_closed="on"))
    assert "Disse må få beskjed på telefon" in html
    called = html.split('id="ring"')[1]
    assert "Nora" in called
    assert "Ola" not in called
    assert _pushes(timebok, two) == []
    with acting(cast.system):
        assert {each.slot.state for each in Appointment.objects.select_related("slot")} == {SlotState.REMOVED}


@pytest.mark.req("APT-13", "APT-24")
@pytest.mark.parametrize("deed", ["cancelled", "moved", "begun"])
def test_when_one_was_changed_meanwhile_nothing_is_done_and_it_is_named(deed: str) -> None:
    timebok = make_timebok(grace_seconds=0)
    cast = timebok.cast
    one, two = _booked(timebok, cast.ola, weekday_at(9)), _booked(timebok, cast.nora, weekday_at(10))
    other = timebok.slot(weekday_at(14))
    with acting(cast.actor(cast.ali)):
        if deed == "cancelled":
            cancel(two, by="patient")
        elif deed == "moved":
            move(two, slot=other)
        else:
            change_state(change_state(two, "checked_in"), "in_consultation")
    answer = _post(timebok, [one, two])
    assert answer.status_code == 409
    html = body(answer)
    assert "Ingen timer er avlyst." in html
    assert "endret timen til Nora" in html
    assert CANCELLED not in _states(timebok)
    assert _pushes(timebok, one) == []
    # The other one is still ticked; the changed one, where it can be cancelled at all, is not.
    ticked = re.findall(r'name="time" value="([^".]*)[^>]*checked', html)
    assert ticked == [str(one.id)]
    assert (f'value="{two.id}.' in html) is (deed == "moved")


@pytest.mark.req("APT-13")
def test_nothing_ticked_and_what_is_no_appointment_are_refused() -> None:
    timebok = make_timebok(grace_seconds=0)
    one = _booked(timebok, timebok.cast.ola, weekday_at(9))
    empty = _post(timebok, [], query=_of(one))
    assert empty.status_code == 422
    assert "Kryss av for minst én time, og høyst 100." in body(empty)
    client = logged_in(timebok.cast, timebok.cast.kari)
    where = address(timebok.cast, _PAGE, query=_of(one))
    for wrong in ("x", "x.1", "00000000-0000-4000-8000-000000000000.1"):
        assert client.post(where, {"by": "clinic", "time": [wrong]}, headers=PANEL).status_code == 404
    assert _states(timebok) == {"booked": 1}
    stranger = make_timebok()
    assert _page(stranger, _of(one)).status_code == 404


@pytest.mark.req("APT-13")
def test_twenty_appointments_ask_the_database_as_often_as_two_when_shown() -> None:
    timebok = make_timebok(grace_seconds=0)
    cast = timebok.cast
    for number in range(20):
        _booked(timebok, cast.ola, weekday_at(8 + number // 3, 20 * (number % 3)))
    client = logged_in(cast, cast.kari)
    _page(timebok, _of_day(timebok, weekday_at(9)), client)
    with at_most(20):
        _page(timebok, _of_day(timebok, weekday_at(9)), client)


@pytest.mark.req("APT-13", "APT-20")
def test_over_rest_all_are_cancelled_or_none() -> None:
    timebok = make_timebok(grace_seconds=0)
    cast = timebok.cast
    one, two = _booked(timebok, cast.ola, weekday_at(9)), _booked(timebok, cast.nora, weekday_at(10))
    with acting(cast.system):
        Patient.objects.filter(id=cast.nora.id).update(helsenorge_state="inactive")
    kari = Api(cast, cast.kari)
    asked = [{"id": str(each.id), "version": each.version} for each in (two, one)]
    stale = kari.post("cancellations", {"appointments": [asked[0], asked[1] | {"version": 7}]})
    assert (stale.status, stale.body["code"]) == (412, "appointments_changed")
    assert "Ola" in stale.body["detail"]
    assert _states(timebok) == {"booked": 2}
    assert kari.post("cancellations", {"appointments": []}).status == 422
    assert kari.post("cancellations", {"appointments": [asked[0], asked[0]]}).status == 422
    done = kari.post("cancellations", {"appointments": asked, "reason": "Kurs"})
    assert done.status == 201
    found = [(each["appointment"]["id"], each["appointment"]["state"], each["told"]) for each in done.body["items"]]
    assert found == [(str(one.id), CANCELLED, "helsenorge"), (str(two.id), CANCELLED, "unreachable")]
    assert _pushes(timebok, one) == ["08"]
    again = kari.post("cancellations", {"appointments": [{"id": str(one.id)}]})
    assert (again.status, again.body["code"]) == (412, "appointments_changed")


@pytest.mark.req("APT-13", "APT-6")
def test_within_the_grace_the_first_notice_is_taken_back_and_the_patient_must_be_called() -> None:
    timebok = make_timebok(grace_seconds=300)
    one = _booked(timebok, timebok.cast.ola, weekday_at(9), told=False)
    html = body(_post(timebok, [one]))
    assert "Har ikke fått beskjed om timen på helsenorge.no ennå" in html
    clock.move(timedelta(seconds=301))
    assert _pushes(timebok, one) == []
