"""An event that repeats is shown day by day before it is made, and changed alone, from one on, or all of it."""

from datetime import timedelta

import pytest
from django.test import Client
from lxml import html

from skranke.kernel import clock
from skranke.scheduling.models import CalendarEvent
from skranke.scheduling.services import plan_weeks
from skranke.scheduling.services.setup import create_template
from skranke.scheduling.values import IsoWeek
from skranke.tenancy.work import acting

from support.clinic_pages import address, body, logged_in
from support.timebok import make_timebok, weekday_at

TUESDAY = "2027-02-09"


def _new(timebok, client, day=TUESDAY, **facts):
    data = {"text": "Møte", "day": day, "start": "12:00", "end": "13:00", "every": "1"} | facts
    return client.post(address(timebok.cast, "schedule-new-event", query=f"?timebok={timebok.schedule.id}"), data)


def _make(timebok, client, **facts):
    """What a person does: fill in, look at the days, go on with the boxes as they stand."""
    shown = html.fromstring(body(_new(timebok, client, **facts)))
    form = shown.get_element_by_id("hendelse-skjema")
    return client.post(form.get("action"), _as_data(form))


def _as_data(form):
    data: dict[str, list[str]] = {}
    for name, value in _filled(form):
        data.setdefault(name, []).append(value)
    return data


def _filled(form):
    for one in form.xpath(".//input[@name]"):
        if one.get("type") != "checkbox" or one.get("checked") is not None:
            yield one.get("name"), one.get("value", "")


def _kept(timebok) -> list[tuple[str, str]]:
    with acting(timebok.cast.system):
        rows = CalendarEvent.objects.order_by("starts")
        return [(f"{clock.oslo(one.starts):%d.%m %H:%M}", one.text) for one in rows]


def _series(timebok, client):
    assert _make(timebok, client, count="4").status_code == 302
    assert [at for at, _text in _kept(timebok)] == ["09.02 12:00", "16.02 12:00", "23.02 12:00", "02.03 12:00"]
    with acting(timebok.cast.system):
        rows = list(CalendarEvent.objects.order_by("starts"))
    return [address(timebok.cast, "schedule-event", one.id) for one in rows]


def _offered(timebok, audience: str) -> list[str]:
    cast = timebok.cast
    query = {"from": "2027-02-08T00:00:00+01:00", "to": "2027-02-21T00:00:00+01:00", "audience": audience}
    query |= {"schedule": str(timebok.schedule.id)} | ({} if audience == "staff" else {"patient": str(cast.ola.id)})
    token = {"Authorization": f"Bearer {cast.token(cast.kari)}"}
    return [one["id"] for one in Client().get("/api/v1/slots", query, headers=token).json()["items"]]


@pytest.mark.req("PLN-12", "PLN-15")
@pytest.mark.parametrize("audience", ["staff", "helsenorge", "portal", "public"])
def test_every_event_of_the_rule_closes_the_free_times_under_it_in_every_channel(audience: str) -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    first = timebok.slot(weekday_at(12))
    second = timebok.slot(weekday_at(12) + timedelta(days=7))
    assert _offered(timebok, audience) == [str(first.id), str(second.id)]
    _make(timebok, client, last="2027-02-16")
    assert _offered(timebok, audience) == []


@pytest.mark.req("PLN-12", "PLN-15")
def test_the_days_are_shown_with_holidays_and_nothing_is_made_before_they_are_confirmed() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    # The Thursday of 25 March 2027 is Maundy Thursday.
    shown = _new(timebok, client, day="2027-03-18", weekdays=["4"], last="2027-04-01")
    lines = [
        " ".join(one.text_content().split()) for one in html.fromstring(body(shown)).xpath("//*[@id='gjentatte']/li")
    ]
    assert len(lines) == 3
    assert "Rød dag: Skjærtorsdag" in lines[1]
    assert _kept(timebok) == []
    assert _make(timebok, client, day="2027-03-18", weekdays=["4"], last="2027-04-01").status_code == 302
    assert [at for at, _text in _kept(timebok)] == ["18.03 12:00", "01.04 12:00"]


@pytest.mark.req("PLN-12", "PLN-15")
def test_days_the_work_plan_has_closed_and_appointments_that_stand_are_named_by_the_days() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    with acting(timebok.cast.system):
        template = create_template(name="Vanlig uke", entries=[])
        plan_weeks(timebok.schedule, template, [IsoWeek(2027, 7)], days_off=[2])
    taken = timebok.slot(weekday_at(12))
    facts = {"time": taken.id, "patient": timebok.cast.ola.id, "contact": "physical"}
    client.post(address(timebok.cast, "schedule-book"), facts)
    lines = html.fromstring(body(_new(timebok, client, count="2"))).xpath("//*[@id='gjentatte']/li")
    assert "1 bestilt time blir stående" in lines[0].text_content()
    assert "Stengt i arbeidsplanen" not in lines[0].text_content()
    assert "Stengt i arbeidsplanen" in lines[1].text_content()
    assert [bool(one.xpath(".//input[@checked]")) for one in lines] == [True, False]
    form = html.fromstring(body(_new(timebok, client, count="2"))).get_element_by_id("hendelse-skjema")
    back = client.post(form.get("action"), _as_data(form) | {"endre": ["1"]})
    assert "Gjenta hendelsen" in body(back)
    assert _kept(timebok) == []


@pytest.mark.req("PLN-12", "PLN-15")
def test_the_night_the_clock_is_moved_has_no_event_where_its_time_does_not_exist() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    rule = {"day": "2028-03-19", "start": "02:30", "end": "03:30", "count": "3"}
    assert "Klokkeslettet finnes ikke denne natten" in body(_new(timebok, client, **rule))
    _make(timebok, client, **rule)
    assert [at for at, _text in _kept(timebok)] == ["19.03 02:30", "02.04 02:30"]


@pytest.mark.req("PLN-12", "PLN-15")
def test_one_of_a_series_is_changed_alone_and_keeps_its_time_when_all_are_changed() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    pages = _series(timebok, client)
    client.post(pages[1], {"text": "Møte", "day": "2027-02-17", "start": "09:00", "end": "10:00", "scope": "one"})
    assert [at for at, _text in _kept(timebok)] == ["09.02 12:00", "17.02 09:00", "23.02 12:00", "02.03 12:00"]
    client.post(pages[0], {"text": "Lunsj", "day": "2027-02-10", "start": "11:00", "end": "11:30", "scope": "all"})
    assert _kept(timebok) == [
        ("10.02 11:00", "Lunsj"), ("17.02 09:00", "Møte"), ("24.02 11:00", "Lunsj"), ("03.03 11:00", "Lunsj"),
    ]  # fmt: skip


@pytest.mark.req("PLN-12", "PLN-15")
def test_from_one_on_is_changed_and_is_a_series_of_its_own_from_then() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    pages = _series(timebok, client)
    client.post(pages[2], {"text": "Ny", "day": "2027-02-23", "start": "14:00", "end": "15:00", "scope": "following"})
    assert _kept(timebok)[1:] == [("16.02 12:00", "Møte"), ("23.02 14:00", "Ny"), ("02.03 14:00", "Ny")]
    client.post(pages[0], {"slett": "1", "scope": "all"})
    assert _kept(timebok) == [("23.02 14:00", "Ny"), ("02.03 14:00", "Ny")]


@pytest.mark.req("PLN-12", "PLN-15")
@pytest.mark.parametrize(("scope", "left"), [("one", 3), ("following", 1), ("all", 0), ("", 3)])
def test_as_many_of_a_series_are_taken_away_as_is_said(scope: str, left: int) -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    pages = _series(timebok, client)
    client.post(pages[1], {"slett": "1", "scope": scope})
    assert len(_kept(timebok)) == left


@pytest.mark.req("PLN-12", "PLN-15")
def test_where_a_moved_time_does_not_exist_one_night_none_of_the_series_is_changed() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    _make(timebok, client, day="2028-03-19", count="2")
    before = _kept(timebok)
    with acting(timebok.cast.system):
        first = CalendarEvent.objects.earliest("starts")
    facts = {"text": "Møte", "day": "2028-03-19", "start": "02:30", "end": "03:30", "scope": "all"}
    answer = client.post(address(timebok.cast, "schedule-event", first.id), facts)
    assert answer.status_code == 422
    assert "26.03.2028" in body(answer)
    assert _kept(timebok) == before


@pytest.mark.req("PLN-12", "PLN-15")
@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"weekdays": ["1"]}, "Skriv når det tar slutt"),
        ({"count": "3", "last": "2027-03-01"}, "ikke begge"),
        ({"last": "2040-01-01", "weekdays": ["1", "2"]}, "høyst 200"),
        ({"last": "2027-02-01"}, "treffer ingen dag"),
        ({"count": "3", "lag": "1"}, "Velg minst én dag"),
        ({"count": "3", "end": "11:00"}, "slutte etter at den begynner"),
    ],
)
def test_a_rule_that_is_none_is_refused_in_words_and_nothing_is_kept(facts, words: str) -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    answer = _new(timebok, client, **facts)
    assert answer.status_code == 422
    assert words in body(answer)
    assert _kept(timebok) == []
