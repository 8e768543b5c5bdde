"""Avbestillinger: every cancellation stands there until somebody, or an invoice card, has followed it up (APT-15)."""

import re
from datetime import timedelta

import pytest
from django.db.utils import ProgrammingError

from skranke.billing.services import open_for_appointment
from skranke.kernel import clock
from skranke.scheduling.followed import Cancellation
from skranke.scheduling.models import Appointment, AppointmentEvent, BookedThrough
from skranke.scheduling.services import book, cancel
from skranke.tenancy.work import acting

from support.api import Api
from support.clinic_pages import address, at_most, body, logged_in
from support.patient_pages import as_patient
from support.timebok import make_timebok, weekday_at

_LIST, _ONE = "schedule-cancellations", "schedule-cancellation"


def _booked(timebok, patient, when, *, through=BookedThrough.STAFF, schedule=None) -> Appointment:
    slot = timebok.slot(when, schedule)
    with acting(timebok.cast.actor(timebok.cast.ali)):
        return book(slot=slot, patient=patient, through=through, comment="Hoste")


def _cancelled(timebok, patient, when, *, by="clinic", person=None, schedule=None, **facts) -> Appointment:
    made = _booked(timebok, patient, when, schedule=schedule)
    with acting(timebok.cast.actor(person or timebok.cast.ali)):
        return cancel(made, by=by, **facts)


def _names(html: str) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*>([^<]*)', html)


def _page(book, client=None, **asked: str):
    client = client or logged_in(book.cast, book.cast.kari)
    return client.get(address(book.cast, _LIST), asked)


def _tick(timebok, appointment, value="ja", client=None):
    client = client or logged_in(timebok.cast, timebok.cast.kari)
    return client.post(address(timebok.cast, _ONE, appointment.id, query="?vis=alle"), {"handtert": value})


@pytest.mark.req("APT-15")
def test_what_was_cancelled_stands_there_newest_first_until_it_is_ticked() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    first = _cancelled(timebok, cast.ola, weekday_at(9), reason="Legen er syk")
    clock.move(timedelta(minutes=5))
    _cancelled(timebok, cast.nora, weekday_at(10), by="patient")
    _booked(timebok, cast.jonas, weekday_at(11))
    client = logged_in(cast, cast.kari)
    html = body(_page(timebok, client))
    assert _names(html) == [cast.nora.name, cast.ola.name]
    assert "Legen er syk" in html
    assert f"Pasienten, ved {cast.ali.name}" in html
    clock.move(timedelta(minutes=5))
    answer = _tick(timebok, first, client=client)
    assert (answer.status_code, answer.headers["Location"].partition("?")[2]) == (302, "vis=alle")
    assert _names(body(_page(timebok, client))) == [cast.nora.name]
    every = body(_page(timebok, client, vis="alle"))
    assert _names(every) == [cast.nora.name, cast.ola.name]
    assert f"{cast.kari.name}</span>" in every
    # Somebody else's tick of the same changes nothing; it can be taken away again, and the log remembers both.
    _tick(timebok, first, client=logged_in(cast, cast.ali))
    with acting(cast.system):
        row = Cancellation.objects.get(appointment=first)
        assert (row.handled_by, row.by_card) == (cast.kari.name, False)
    _tick(timebok, first, "nei", client=client)
    assert _names(body(_page(timebok, client))) == [cast.nora.name, cast.ola.name]
    with acting(cast.system):
        kept = AppointmentEvent.objects.filter(appointment=first).order_by("at", "id").values_list("kind", "actor_name")
        assert list(kept)[-2:] == [("handled", cast.kari.name), ("unhandled", cast.kari.name)]
    panel = body(client.get(address(cast, "schedule-appointment", first.id)))
    assert "Avbestillingen håndtert" in panel
    assert "Avbestillingen ikke håndtert likevel" in panel


@pytest.mark.req("APT-15", "APT-14", "BIL-8")
def test_an_invoice_card_of_a_late_cancellation_ticks_it_by_itself() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    late = _booked(timebok, cast.ola, weekday_at(9))
    early = _booked(timebok, cast.nora, weekday_at(10, weeks=3))
    clock.move_to(weekday_at(8))
    with acting(cast.actor(cast.ali)):
        for one in (late, early):
            cancel(one, by="patient")
    client = logged_in(cast, cast.kari)
    html = body(_page(timebok, client))
    offered = re.findall(r'href="[^"]*\?time=([^"]*)">Lag regningskort', html)
    assert offered == [str(late.id)]
    answer = client.post(address(cast, "invoice-new", query=f"?time={late.id}"))
    assert answer.status_code == 302
    assert _names(body(_page(timebok, client))) == [cast.nora.name]
    every = body(_page(timebok, client, vis="alle"))
    assert f"regningskort av {cast.kari.name}" in every
    assert "Lag regningskort" not in every


@pytest.mark.req("APT-15", "BIL-4")
def test_the_card_of_an_appointment_that_stands_ticks_nothing() -> None:
    timebok = make_timebok()
    made = _booked(timebok, timebok.cast.ola, weekday_at(9))
    with acting(timebok.cast.actor(timebok.cast.kari)):
        open_for_appointment(made)
        assert not Cancellation.objects.exists()
        assert not made.log.filter(kind="handled").exists()


@pytest.mark.req("APT-15")
def test_the_list_is_searched_by_patient_timebok_period_and_by_whom() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    other = timebok.second_schedule(cast.mona)
    _cancelled(timebok, cast.ola, weekday_at(9), person=cast.kari)
    clock.move(timedelta(days=2))
    _cancelled(timebok, cast.nora, weekday_at(10), by="patient")
    _cancelled(timebok, cast.astrid, weekday_at(10), schedule=other, person=cast.anne)
    client = logged_in(cast, cast.kari)
    day = clock.oslo(clock.now()).date()

    def found(**asked: str) -> set[str]:
        return set(_names(body(_page(timebok, client, **asked))))

    ola, nora, astrid = cast.ola.name, cast.nora.name, cast.astrid.name
    assert found() == {ola, nora, astrid}
    assert found(q="Ola") == {ola}
    assert found(q="finnes ikke") == set()
    assert found(timebok=str(other.id)) == {astrid}
    assert found(fra=day.isoformat()) == {nora, astrid}
    assert found(til=(day - timedelta(days=1)).isoformat()) == {ola}
    assert found(av="patient") == {nora}
    assert found(av="clinic") == {ola, astrid}
    assert found(navn=cast.anne.name) == {astrid}
    assert _page(timebok, client, fra=day.isoformat(), til="2026-01-01").status_code == 422
    stranger = str(make_timebok().schedule.id)
    assert _page(timebok, client, timebok=stranger).status_code == 422


@pytest.mark.req("APT-15")
def test_a_long_list_is_turned_page_by_page_and_asks_no_more_of_the_database() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    for number in range(53):
        _cancelled(timebok, cast.ola, weekday_at(8 + number // 3 % 8, 20 * (number % 3), weekday=1 + number // 24))
    client = logged_in(cast, cast.kari)
    _page(timebok, client)
    with at_most(30):
        html = body(_page(timebok, client))
    assert len(_names(html)) == 50
    older = re.search(r'rel="next" href="\?etter=([^"]*)"', html)
    assert older
    assert len(_names(body(_page(timebok, client, etter=older[1])))) == 3
    assert len(_names(body(_page(timebok, client, etter="x")))) == 50


@pytest.mark.req("APT-15", "NFR-2")
def test_what_the_patient_gives_up_in_helsenorge_or_the_portal_stands_there_and_the_patient_sees_none_of_it() -> None:
    timebok = make_timebok(grace_seconds=0)
    cast = timebok.cast
    there = _booked(timebok, cast.ola, weekday_at(9), through=BookedThrough.HELSENORGE)
    here, other = _booked(timebok, cast.ola, weekday_at(10)), _booked(timebok, cast.nora, weekday_at(11))
    with acting(cast.system):
        cancel(there, by="patient", through=BookedThrough.HELSENORGE)
    patient = as_patient(cast.ola)
    done = patient.post(address(cast, "patient-cancel", here.id), {"versjon": here.version})
    assert done.status_code in (200, 302)
    html = body(_page(timebok))
    assert _names(html) == [cast.ola.name, cast.ola.name]
    assert "Pasienten, på helsenorge.no" in html
    assert "Pasienten, i portalen" in html
    with pytest.raises(ProgrammingError, match="permission denied"), acting(cast.actor(cast.ola)):
        Cancellation.objects.count()
    facts = {"clinic_id": cast.clinic.id, "by": "patient", "through": "portal", "by_name": "x"}
    for wrong in ({"appointment": other}, {"handled_at": clock.now()}, {"by": "clinic"}, {"through": "staff"}):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(cast.actor(cast.ola)):
            Cancellation(**{"appointment": here} | facts | wrong).save(force_insert=True)


@pytest.mark.req("APT-15")
def test_what_is_not_cancelled_or_not_ours_cannot_be_ticked() -> None:
    timebok = make_timebok()
    stands = _booked(timebok, timebok.cast.ola, weekday_at(9))
    assert _tick(timebok, stands).status_code == 404
    gone = _cancelled(timebok, timebok.cast.nora, weekday_at(10))
    stranger = make_timebok()
    assert _tick(stranger, gone).status_code == 404
    assert _names(body(_page(stranger))) == []


@pytest.mark.req("APT-15")
def test_over_rest_the_list_is_read_and_followed_up() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    one = _cancelled(timebok, cast.ola, weekday_at(9), reason="Kurs")
    clock.move(timedelta(minutes=1))
    two = _cancelled(timebok, cast.nora, weekday_at(10), by="patient")
    kari = Api(cast, cast.kari)
    newest = kari.get("cancellations", limit=1).body
    assert [each["appointment"]["id"] for each in newest["items"]] == [str(two.id)]
    last = kari.get("cancellations", limit=1, cursor=newest["next_cursor"]).body
    assert [(each["appointment"]["id"], each["reason"]) for each in last["items"]] == [(str(one.id), "Kurs")]
    assert last["next_cursor"] == ""
    done = kari.put(f"cancellations/{one.id}/handled", {"handled": True})
    assert (done.status, done.body["handled_by"]) == (200, cast.kari.name)
    waiting = kari.get("cancellations", handled="false").body["items"]
    assert [each["appointment"]["id"] for each in waiting] == [str(two.id)]
    assert kari.put(f"cancellations/{one.id}/handled", {"handled": False}).body["handled_at"] is None
    assert kari.get("cancellations", cursor="x").status == 422
    for asked in ({"patient": cast.ola.id}, {"by": "clinic"}, {"by_name": cast.ali.name, "by": "clinic"}):
        assert [each["appointment"]["id"] for each in kari.get("cancellations", **asked).body["items"]] == [str(one.id)]
