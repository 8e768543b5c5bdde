"""The calendar of Timebok: what it shows, to whom, and at what cost."""

import re
from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from skranke.kernel import clock
from skranke.patients.services import register
from skranke.scheduling.models import BookedThrough
from skranke.scheduling.services import (
    add_event,
    apply_plan,
    book,
    book_extra,
    change_schedule,
    create_template,
    create_type,
    plan_weeks,
    replace_template,
)
from skranke.scheduling.values import IsoWeek, TemplateEntry
from skranke.tenancy.work import acting

from cast import make_clinic
from support.clinic_pages import address, body, logged_in
from support.timebok import MONDAY, make_timebok, weekday_at

CEILING = 30


def _page(timebok, client=None, **query):
    client = client or logged_in(timebok.cast, timebok.cast.kari)
    return client.get(address(timebok.cast, "schedule"), {"uke": "2027-W06", **query})


def _tile(html: str, identity) -> str:
    found = re.search(rf'<(?:a|span) class="slot [^>]*id="t-{identity}".*?</li>', html, re.DOTALL)
    assert found, f"no tile {identity}"
    return found[0]


def _plain(answer) -> str:
    """A page without what differs from request to request: tokens, ids, the address itself."""
    return re.sub(r"[0-9A-Za-z-]{32,}|/k/k[0-9a-f]{10}|(\?timebok=)[^\"&]*", "", body(answer))


def _booked(timebok, slot, through=BookedThrough.STAFF, **words):
    with acting(timebok.cast.actor(timebok.cast.ali)):
        return book(slot=slot, patient=timebok.cast.ola, through=through, **words)


@pytest.mark.req("CAL-10", "CAL-13", "PLN-12")
def test_the_own_week_stands_there_with_free_times_appointments_and_events() -> None:
    timebok = make_timebok()
    timebok.second_schedule(timebok.cast.mona)
    booked = _booked(timebok, timebok.slot(weekday_at(9)), reason="Skulder")
    free = timebok.slot(weekday_at(9, 20))
    with acting(timebok.cast.actor(timebok.cast.ali)):
        event = add_event(timebok.schedule, start=weekday_at(12), end=weekday_at(13), text="Lunsj")
    answer = _page(timebok)
    html = body(answer)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert f'<option value="{timebok.schedule.id}" selected>' in html
    assert "<h1>Uke 6</h1>" in html
    assert 'class="slot free online a16 d4"' in _tile(html, free.id)
    assert "Ledig time" in _tile(html, free.id)
    assert 'class="slot bk online a12 d4"' in _tile(html, booked.id)
    assert all(word in _tile(html, booked.id) for word in ("Ola Nordmann", "Skulder", "09.00, Booket"))
    assert "Lunsj" in _tile(html, event.id)
    assert address(timebok.cast, "schedule-event", event.id) in _tile(html, event.id)
    assert "<span>1 ledig</span>" in html


def test_holidays_and_ages_are_told_as_people_say_them() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    with acting(timebok.cast.actor(timebok.cast.ali)):
        baby = register(
            national_id=None, given_name="Mia", family_name="Vik", birth_date=MONDAY.date() - timedelta(days=70)
        )
        facts = {"schedule": timebok.schedule, "type": timebok.ordinary, "patient": baby}
        booked = book_extra(start=weekday_at(9), **facts)
    assert "Mia Vik, 2 måneder" in _tile(body(_page(timebok, client)), booked.id)
    assert "Skjærtorsdag" in body(_page(timebok, client, uke="2027-W12"))
    client.cookies["skranke_lang"] = "en"
    html = body(_page(timebok, client, uke="2027-W12"))
    assert "Maundy Thursday" in html
    assert "Skjærtorsdag" not in html


@pytest.mark.req("APT-17", "APT-18", "TYP-4")
def test_a_self_booked_time_is_marked_without_its_channel_and_a_hidden_one_without_its_reason() -> None:
    timebok = make_timebok()
    with acting(timebok.cast.actor(timebok.cast.ali)):
        hidden = create_type(name="Samtale", minutes=20, visibility="hidden")
        own = book_extra(
            schedule=timebok.schedule,
            type=hidden,
            patient=timebok.cast.nora,
            start=weekday_at(10),
            reason="Ikke til andre",
        )
    by_patient = _booked(timebok, timebok.slot(weekday_at(9)), BookedThrough.HELSENORGE, comment="Vond skulder")
    html = body(_page(timebok))
    tile = _tile(html, by_patient.id)
    assert " self" in tile
    assert "selvbestilt" in tile
    assert "Vond skulder" in tile
    assert "helsenorge" not in tile.lower()
    assert "slot hid" in _tile(html, own.id)
    assert "Ikke til andre" not in html


@pytest.mark.req("CAL-10")
def test_a_day_alone_and_the_ways_to_other_days() -> None:
    timebok = make_timebok()
    tuesday, friday = timebok.slot(weekday_at(9)), timebok.slot(weekday_at(9, weekday=5))
    client = logged_in(timebok.cast, timebok.cast.kari)
    html = body(_page(timebok, client, visning="dag", dag="2027-02-09"))
    assert f"t-{tuesday.id}" in html
    assert f"t-{friday.id}" not in html
    assert 'data-shortcut="Alt+ArrowRight"' in html
    assert "dag=2027-02-10" in html
    assert "dag=2027-02-08" in html
    assert "dag=2027-02-01&amp;visning=dag" in html


@pytest.mark.req("CAL-9")
def test_times_beside_each_other_share_the_lane() -> None:
    timebok = make_timebok()
    first = _booked(timebok, timebok.slot(weekday_at(9)))
    with acting(timebok.cast.actor(timebok.cast.ali)):
        second = book_extra(
            schedule=timebok.schedule,
            type=timebok.ordinary,
            patient=timebok.cast.nora,
            start=weekday_at(9, 10),
            concurrent=True,
        )
    html = body(_page(timebok))
    assert " l2-0" in _tile(html, first.id)
    assert " l2-1" in _tile(html, second.id)


@pytest.mark.req("CAL-14")
def test_the_small_calendar_tells_capacity_in_colour_and_words() -> None:
    timebok = make_timebok()
    timebok.slot(weekday_at(9))
    _booked(timebok, timebok.slot(weekday_at(9, weekday=3)))
    html = body(_page(timebok))
    assert re.search(r'<a class="hi"[^>]*title="tirsdag 9. februar: mange ledige"', html)
    assert re.search(r'<a class="no"[^>]*title="onsdag 10. februar: ingen ledige"', html)


@pytest.mark.req("CAL-17")
def test_the_calendar_alone_answers_a_live_event_and_keeps_what_is_open() -> None:
    timebok = make_timebok()
    slot = timebok.slot(weekday_at(9))
    client = logged_in(timebok.cast, timebok.cast.kari)
    html = body(_page(timebok, client))
    assert 'data-live="schedule"' in html
    part = client.get(
        address(timebok.cast, "schedule"),
        {"uke": "2027-W06", "valgt": str(slot.id)},
        headers={"HX-Request": "true", "HX-Target": "rutenett"},
    )
    assert "<html" not in body(part)
    assert " sel" in _tile(body(part), slot.id)
    assert 'id="maned"' in body(part)
    assert 'hx-swap-oob="true"' in body(part)


@pytest.mark.req("PLN-8")
def test_a_plan_that_awaits_an_update_is_told_of() -> None:
    timebok = make_timebok()
    entry = TemplateEntry(weekday=2, start=time(9), minutes=20, type_id=timebok.ordinary.id)
    weeks = [IsoWeek(2027, 6)]
    with acting(timebok.cast.system):
        template = create_template(name="Uke", entries=[entry])
        plan_weeks(timebok.schedule, template, weeks)
        apply_plan(timebok.schedule, weeks)
    assert "Oppdater arbeidsplanen" not in body(_page(timebok))
    clock.move(timedelta(minutes=1))
    with acting(timebok.cast.system):
        replace_template(template, entries=[entry])
    assert "Oppdater arbeidsplanen" in body(_page(timebok))


@pytest.mark.req("HNB-4", "HNB-15", "IMP-2")
def test_a_gp_with_two_schedules_is_told_why_patients_see_no_times() -> None:
    timebok = make_timebok()
    timebok.slot(weekday_at(9))
    told = "Pasientene ser ingen ledige timer hos Kari Lunde på helsenorge.no."
    assert told not in body(_page(timebok))
    second = timebok.second_schedule()
    html = body(_page(timebok))
    assert told in html
    assert "«Karis andre», «Karis timebok»" in html
    with acting(timebok.cast.system):
        change_schedule(second, archived=True)
    assert told not in body(_page(timebok))


@pytest.mark.req("CAL-10")
def test_a_week_without_free_times_leads_to_the_next_one() -> None:
    timebok = make_timebok()
    timebok.slot(weekday_at(9, weeks=0))
    timebok.slot(weekday_at(9, weeks=3))
    html = body(_page(timebok))
    assert "Nærmeste ledige er tirsdag 23. februar kl. 09.00" in html
    assert "dag=2027-02-23" in html


def test_a_clinic_without_a_schedule_learns_what_is_missing() -> None:
    cast = make_clinic()
    answer = logged_in(cast, cast.kari).get(address(cast, "schedule"))
    assert answer.status_code == 200
    assert "Klinikken har ingen timebok ennå" in body(answer)


def test_who_is_not_logged_in_is_sent_to_the_log_in() -> None:
    timebok = make_timebok()
    answer = Client().get(address(timebok.cast, "schedule"))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/logg-inn?neste=")


@pytest.mark.req("SEC-3")
def test_another_clinics_schedule_and_page_look_like_none_at_all() -> None:
    timebok, other = make_timebok(), make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    page = address(timebok.cast, "schedule")
    answers = [client.get(page, {"timebok": str(one)}) for one in (other.schedule.id, uuid4(), "tull")]
    answers.append(client.get(address(other.cast, "schedule")))
    assert [one.status_code for one in answers] == [404] * 4
    assert len({_plain(one) for one in answers}) == 1


def test_an_address_that_means_no_day_shows_the_present_week() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    for query in ({"dag": "2027-13-40"}, {"uke": "2027-W60"}, {"dag": "9999-12-31"}, {"mnd": "tull"}, {"visning": "x"}):
        answer = client.get(address(timebok.cast, "schedule"), query)
        assert answer.status_code == 200
        assert "<h1>Uke 5</h1>" in body(answer)


def test_a_full_week_costs_no_more_statements_than_an_empty_one() -> None:
    timebok = make_timebok()
    for number in range(20):
        timebok.slot(weekday_at(8 + number // 3, 20 * (number % 3)))
    for number in range(5):
        _booked(timebok, timebok.slot(weekday_at(8 + number, weekday=3)))
    client = logged_in(timebok.cast, timebok.cast.kari)
    with CaptureQueriesContext(connection) as queries:
        _page(timebok, client)
    assert len(queries) <= CEILING, [one["sql"][:120] for one in queries]
