"""The views of Timebok: groups side by side, each person's own settings, and hidden patients."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from skranke.billing.services import open_for_appointment
from skranke.scheduling.models import BookedThrough
from skranke.scheduling.services import add_event, book, book_extra, create_schedule, create_type
from skranke.tenancy.work import acting

from support.clinic_pages import address, body, logged_in
from support.timebok import make_timebok, weekday_at

TUESDAY = {"dag": "2027-02-09"}
SEVERAL = {**TUESDAY, "visning": "gruppe"}


def _page(book, client, **query):
    return client.get(address(book.cast, "schedule"), query)


def _tree(answer):
    return html.fromstring(body(answer))


def _heads(answer) -> list[str]:
    return [one.text_content() for one in _tree(answer).xpath('//div[contains(@class, "hd")]/b')]


def _tile(answer, identity):
    return _tree(answer).xpath(f'//*[@id="t-{identity}"]')[0]


def _words(tile) -> str:
    return " ".join(tile.text_content().split())


def _more(timebok, number: int):
    with acting(timebok.cast.system):
        return [
            create_schedule(owner=None, public_name=f"Rom {one}", internal_name=f"Rom {one}") for one in range(number)
        ]


def _booked(timebok, slot, through=BookedThrough.STAFF, **words):
    with acting(timebok.cast.actor(timebok.cast.ali)):
        return book(slot=slot, patient=timebok.cast.ola, through=through, **{"comment": "Skulder"} | words)


def _choose(timebok, client, *names: str, **query):
    return client.post(address(timebok.cast, "schedule-layout") + _query(query), {"vis": list(names)})


def _query(pairs) -> str:
    return "?" + "&".join(f"{name}={value}" for name, value in pairs.items())


def _save_group(timebok, client, name: str, *schedules, **more):
    data = {"name": name, "schedules": [one.id for one in schedules], **more}
    return client.post(address(timebok.cast, "schedule-new-group") + _query(TUESDAY), data)


@pytest.mark.req("CAL-10", "CAL-11")
def test_a_group_is_made_from_the_drop_down_stands_on_top_of_it_and_shows_its_schedules_side_by_side() -> None:
    timebok = make_timebok()
    rooms = _more(timebok, 3)
    there, elsewhere = timebok.slot(weekday_at(9), rooms[2]), timebok.slot(weekday_at(9), rooms[1])
    client = logged_in(timebok.cast, timebok.cast.kari)
    options = _tree(_page(timebok, client)).xpath('//select[@id="timebok"]//option')
    assert [one.text for one in options[:2]] == ["Alle timebøker", "Ny visningsgruppe …"]
    opened = _page(timebok, client, timebok=options[1].get("value"), **TUESDAY)
    assert opened.headers["Location"] == address(timebok.cast, "schedule-new-group") + _query(TUESDAY)
    assert "Ny visningsgruppe" in body(client.get(opened.headers["Location"]))
    saved = _save_group(timebok, client, "Legene", timebok.schedule, rooms[2])
    page = client.get(saved.headers["Location"])
    assert _heads(page) == ["Karis timebok", "Rom 2"]
    assert _tile(page, there.id) is not None
    assert f"t-{elsewhere.id}" not in body(page)
    first = _tree(page).xpath('//select[@id="timebok"]/optgroup[1]/option')
    assert [one.text for one in first] == ["Alle timebøker", "Legene", "Ny visningsgruppe …"]
    assert first[1].get("selected") is not None
    # It is chosen there as a schedule is.
    again = client.get(_page(timebok, client, timebok=first[1].get("value"), **TUESDAY).headers["Location"])
    assert _heads(again) == ["Karis timebok", "Rom 2"]


@pytest.mark.req("CAL-11")
def test_a_group_is_changed_and_taken_away_and_is_nobody_elses() -> None:
    timebok = make_timebok()
    rooms = _more(timebok, 2)
    kari, mona = (logged_in(timebok.cast, one) for one in (timebok.cast.kari, timebok.cast.mona))
    place = _save_group(timebok, kari, "Legene", timebok.schedule, rooms[0]).headers["Location"]
    group_id = re.search(r"gruppe=([0-9a-f-]{36})", place)[1]
    page = address(timebok.cast, "schedule-group", group_id)
    assert "Legene" not in body(_page(timebok, mona, **SEVERAL))
    assert mona.get(page).status_code == 404
    assert mona.post(page, {"slett": "ja"}).status_code == 404
    assert mona.get(place).status_code == 404
    kari.post(page, {"name": "Rommene", "schedules": [rooms[0].id, rooms[1].id]})
    assert _heads(kari.get(place)) == ["Rom 0", "Rom 1"]
    assert "Rommene" in body(kari.get(place))
    assert kari.post(page, {"slett": "ja"}).status_code == 302
    assert "Rommene" not in body(_page(timebok, kari, **SEVERAL))
    assert kari.get(place).status_code == 404


@pytest.mark.req("CAL-11")
def test_a_group_needs_a_name_of_its_own_and_a_schedule() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    nameless, empty = _save_group(timebok, client, " ", timebok.schedule), _save_group(timebok, client, "Legene")
    assert (nameless.status_code, empty.status_code) == (422, 422)
    assert "Velg minst én timebok." in body(empty)
    _save_group(timebok, client, "Legene", timebok.schedule)
    twice = _save_group(timebok, client, "Legene", timebok.schedule)
    assert twice.status_code == 422
    assert "som heter «Legene» fra før" in body(twice)
    other = make_timebok()
    assert _save_group(timebok, client, "Fremmed", other.schedule).status_code == 422


@pytest.mark.req("CAL-10")
def test_ten_schedules_ask_the_database_no_more_than_one_week_does() -> None:
    timebok = make_timebok()
    week = logged_in(timebok.cast, timebok.cast.kari)
    timebok.slot(weekday_at(9))
    with CaptureQueriesContext(connection) as one:
        _page(timebok, week, **TUESDAY)
    for number, room in enumerate(_more(timebok, 9)):
        for hour in (8, 9, 10):
            timebok.slot(weekday_at(hour), room)
        with acting(timebok.cast.actor(timebok.cast.ali)):
            add_event(room, start=weekday_at(12), end=weekday_at(13), text="Lunsj")
            facts = {"schedule": room, "type": timebok.ordinary, "patient": timebok.cast.ola}
            book_extra(start=weekday_at(13, 5 * number), **facts)
    _choose(timebok, week, "colours", "times", "online", "invoices", "channels", **SEVERAL)
    with CaptureQueriesContext(connection) as ten:
        answer = _page(timebok, week, **SEVERAL)
    assert len(_heads(answer)) == 10
    # The group's invoice cards are one question more.
    assert len(ten) <= len(one) + 2, [one["sql"][:120] for one in ten]


@pytest.mark.req("CAL-10")
def test_what_is_opened_beside_a_group_leaves_the_group_standing() -> None:
    timebok = make_timebok()
    room = _more(timebok, 1)[0]
    slot = timebok.slot(weekday_at(9), room)
    client = logged_in(timebok.cast, timebok.cast.kari)
    place = _save_group(timebok, client, "Legene", timebok.schedule, room).headers["Location"]
    opened = _tile(client.get(place), slot.id).get("href")
    assert _heads(client.get(opened)) == ["Karis timebok", "Rom 0"]
    closed = html.fromstring(body(client.get(opened, headers={"HX-Target": "panel"})))
    assert "visning=gruppe" in closed.xpath("//a[@data-panel-close]/@href")[0]
    # What is done in the panel names no view: the calendar that stands there does.
    told = client.get(
        address(timebok.cast, "schedule-book", query=f"?time={slot.id}"),
        headers={"HX-Target": "panel", "HX-Current-URL": f"http://127.0.0.1{place}"},
    )
    assert "visning=gruppe" in told.headers["HX-Push-Url"]


@pytest.mark.req("CAL-10", "CAL-12")
def test_each_person_has_settings_of_each_kind_of_view() -> None:
    timebok = make_timebok()
    booked = _booked(timebok, timebok.slot(weekday_at(9)))
    kari, ali = (logged_in(timebok.cast, one) for one in (timebok.cast.kari, timebok.cast.ali))
    saved = _choose(timebok, kari, "times", "colours", **TUESDAY, visning="dag")
    assert "visning=dag" in saved.headers["Location"]
    day, several = {**TUESDAY, "visning": "dag"}, SEVERAL
    assert "09.00–09.20" in _words(_tile(_page(timebok, kari, **day), booked.id))
    for client, query in ((kari, TUESDAY), (kari, several), (ali, day)):
        assert "09.00–09.20" not in _words(_tile(_page(timebok, client, **query), booked.id))
    # They are kept for the next time somebody logs in.
    again = logged_in(timebok.cast, timebok.cast.kari)
    assert "09.00–09.20" in _words(_tile(_page(timebok, again, **day), booked.id))
    _choose(timebok, kari, "colours", **TUESDAY, visning="dag")
    assert "09.00–09.20" not in _words(_tile(_page(timebok, kari, **day), booked.id))


@pytest.mark.req("CAL-12")
def test_weekends_are_hidden_and_stepped_over() -> None:
    timebok = make_timebok()
    timebok.slot(weekday_at(9, weekday=6))
    client = logged_in(timebok.cast, timebok.cast.kari)
    assert any("lør" in one for one in _heads(_page(timebok, client, **TUESDAY)))
    _choose(timebok, client, "hide_weekends", "colours", **TUESDAY)
    assert not any("lør" in one for one in _heads(_page(timebok, client, **TUESDAY)))
    friday = {"dag": "2027-02-12", "visning": "dag"}
    assert "dag=2027-02-13" in _next(_page(timebok, client, **friday))
    _choose(timebok, client, "hide_weekends", "colours", **friday)
    assert "dag=2027-02-15" in _next(_page(timebok, client, **friday))


def _next(answer) -> str:
    return _tree(answer).xpath('//div[@id="linje"]//a[@data-shortcut="Alt+ArrowRight"]/@href')[0]


@pytest.mark.req("CAL-12")
def test_without_colours_every_type_is_grey_and_the_states_keep_theirs() -> None:
    timebok = make_timebok()
    free, booked = timebok.slot(weekday_at(10)), _booked(timebok, timebok.slot(weekday_at(9)))
    client = logged_in(timebok.cast, timebok.cast.kari)
    assert "online" in _tile(_page(timebok, client, **TUESDAY), free.id).get("class")
    _choose(timebok, client, **TUESDAY)
    page = _page(timebok, client, **TUESDAY)
    for one in (free, booked):
        assert "grey" in _tile(page, one.id).get("class").split()
        assert "online" not in _tile(page, one.id).get("class").split()
    assert "bk" in _tile(page, booked.id).get("class").split()


@pytest.mark.req("CAL-12")
def test_what_patients_see_and_what_has_an_invoice_card_is_marked_where_it_is_asked_for() -> None:
    timebok = make_timebok()
    with acting(timebok.cast.system):
        desk = create_type(name="Skranketime", minutes=20, bookable_online=False)
    online, offline = timebok.slot(weekday_at(10)), timebok.slot(weekday_at(11), type=desk)
    billed, plain = (_booked(timebok, timebok.slot(weekday_at(hour))) for hour in (8, 9))
    with acting(timebok.cast.actor(timebok.cast.kari)):
        open_for_appointment(billed)
    client = logged_in(timebok.cast, timebok.cast.kari)
    page = _page(timebok, client, **TUESDAY)
    assert "på nett" not in _words(_tile(page, online.id))
    assert "regningskort" not in _words(_tile(page, billed.id))
    _choose(timebok, client, "colours", "online", "invoices", **TUESDAY)
    page = _page(timebok, client, **TUESDAY)
    assert ["på nett" in _words(_tile(page, one.id)) for one in (online, offline)] == [True, False]
    assert ["regningskort" in _words(_tile(page, one.id)) for one in (billed, plain)] == [True, False]


@pytest.mark.req("IMP-1", "APT-18")
def test_where_a_time_was_booked_is_told_to_who_has_asked_for_it_alone() -> None:
    timebok = make_timebok()
    ways = {
        BookedThrough.STAFF: "Skranke",
        BookedThrough.HELSENORGE: "HelseNorge",
        BookedThrough.PORTAL: "Portal",
        BookedThrough.PUBLIC: "Nettside",
    }
    times = {way: _booked(timebok, timebok.slot(weekday_at(8 + at)), way) for at, way in enumerate(ways)}
    client = logged_in(timebok.cast, timebok.cast.kari)
    page = _page(timebok, client, **TUESDAY)
    assert not any(word in _words(_tile(page, times[way].id)) for way, word in ways.items())
    _choose(timebok, client, "colours", "channels", **TUESDAY)
    page = _page(timebok, client, **TUESDAY)
    assert all(word in _words(_tile(page, times[way].id)) for way, word in ways.items())


@pytest.mark.req("CAL-15")
def test_hidden_patients_do_not_reach_the_screen_and_come_back() -> None:
    timebok = make_timebok()
    booked = _booked(timebok, timebok.slot(weekday_at(9)), reason="Skulder", note="Ring først")
    client = logged_in(timebok.cast, timebok.cast.kari)
    client.post(address(timebok.cast, "patient-choose", timebok.cast.ola.id))
    shown = body(_page(timebok, client, **TUESDAY))
    assert shown.count("Nordmann") >= 2
    assert 'data-shortcut="Alt+K"' in shown
    hidden = client.post(address(timebok.cast, "schedule-hide") + _query(TUESDAY), follow=True)
    for query, headers in ((TUESDAY, {}), (SEVERAL, {}), (TUESDAY, {"HX-Request": "true", "HX-Target": "rutenett"})):
        page = body(client.get(address(timebok.cast, "schedule"), query, headers=headers))
        assert f"t-{booked.id}" in page
        assert not any(word in page for word in ("Nordmann", "Skulder", "Ring først", "38 år"))
    assert "Pasientene er skjult" in body(hidden)
    # On this screen alone.
    assert "Nordmann" in body(_page(timebok, logged_in(timebok.cast, timebok.cast.kari), **TUESDAY))
    client.post(address(timebok.cast, "schedule-hide") + _query(TUESDAY))
    assert "Nordmann" in body(_page(timebok, client, **TUESDAY))


@pytest.mark.req("CAL-15")
def test_the_ways_to_another_day_to_today_and_to_paper() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    tree = _tree(_page(timebok, client, **SEVERAL))
    bar = tree.xpath('//div[@id="linje"]')[0]
    ways = {key: bar.xpath(f'.//a[@data-shortcut="{key}"]/@href')[0] for key in ("Alt+ArrowLeft", "Alt+ArrowRight")}
    assert "dag=2027-02-08" in ways["Alt+ArrowLeft"]
    assert "dag=2027-02-10" in ways["Alt+ArrowRight"]
    assert all("visning=gruppe" in one for one in ways.values())
    assert "dag=2027-02-01" in bar.xpath('.//a[normalize-space()="I dag"]/@href')[0]
    assert bar.xpath('.//button[@data-print and @aria-label="Skriv ut"]')
