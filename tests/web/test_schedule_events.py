"""Events are made, changed and taken away in the calendar, and no free time under one is booked in any channel."""

import pytest
from django.test import Client
from lxml import html

from skranke.scheduling.models import CalendarEvent
from skranke.scheduling.services import add_event
from skranke.tenancy.work import acting

from support.clinic_pages import address, body, logged_in
from support.timebok import make_timebok, weekday_at

TUESDAY = "2027-02-09"
PANEL = {"HX-Request": "true", "HX-Target": "panel"}


def _make(timebok, client, *, headers=None, **facts):
    data = {"text": "Møte", "day": TUESDAY, "start": "12:00", "end": "13:00"} | facts
    page = address(timebok.cast, "schedule-new-event", query=f"?timebok={timebok.schedule.id}&dag={TUESDAY}")
    return client.post(page, data, headers=headers)


def _calendar(timebok, client, day=TUESDAY):
    return html.fromstring(body(client.get(address(timebok.cast, "schedule"), {"dag": day})))


def _events(tree) -> list[str]:
    return [" ".join(one.text_content().split()) for one in tree.xpath('//a[contains(@class, "slot ev")]')]


def _book(timebok, client, slot):
    facts = {"time": slot.id, "patient": timebok.cast.ola.id, "contact": "physical"}
    return client.post(address(timebok.cast, "schedule-book"), facts, headers=PANEL)


def _offered(timebok, audience: str) -> list[str]:
    client, token = timebok.cast, timebok.cast.token(timebok.cast.kari)
    query = {"from": "2027-02-08T00:00:00+01:00", "to": "2027-02-14T00:00:00+01:00", "audience": audience}
    query |= {"schedule": str(timebok.schedule.id)}
    if audience != "staff":
        query["patient"] = str(client.ola.id)
    return [one["id"] for one in _api(token, query)["items"]]


def _api(token: str, query):
    answer = Client().get("/api/v1/slots", query, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, body(answer)
    return answer.json()


@pytest.mark.req("PLN-12")
def test_an_event_is_made_where_the_calendar_was_pointed_at_changed_and_taken_away() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.ali)
    lane = _calendar(timebok, client).xpath("//ol[@data-new-at]")[1]
    opened = html.fromstring(body(client.get(f"{lane.get('data-new-at')}&fra=10:30")))
    values = {one.get("name"): one.get("value") for one in opened.xpath('//form[@id="hendelse-skjema"]//input')}
    assert (values["day"], values["start"], values["end"]) == (TUESDAY, "10:30", "11:00")
    form = opened.get_element_by_id("hendelse-skjema")
    saved = client.post(form.get("action"), {"text": "Møte", "day": TUESDAY, "start": "10:30", "end": "11:00"})
    assert saved.status_code == 302
    assert _events(_calendar(timebok, client)) == ["10.30–11.00, hendelse: Møte"]
    tile = _calendar(timebok, client).xpath('//a[contains(@class, "slot ev")]/@href')[0]
    assert 'value="Møte"' in body(client.get(tile))
    client.post(tile, {"text": "Lunsj", "day": TUESDAY, "start": "11:30", "end": "12:00"})
    assert _events(_calendar(timebok, client)) == ["11.30–12.00, hendelse: Lunsj"]
    client.post(tile, {"slett": "1"})
    assert _events(_calendar(timebok, client)) == []


@pytest.mark.req("PLN-12")
def test_a_whole_day_and_several_days_are_blocked() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    days = [timebok.slot(weekday_at(9, weekday=weekday)) for weekday in (1, 2, 3, 4)]
    _make(timebok, client, text="Kurs", whole="on", until="2027-02-10", start="", end="")
    assert _events(_calendar(timebok, client)) == ["00.00–00.00, hendelse: Kurs"] * 2
    ids = _calendar(timebok, client).xpath("//*[@id]/@id")
    assert len(ids) == len(set(ids))
    assert _offered(timebok, "staff") == [str(days[0].id), str(days[3].id)]


@pytest.mark.req("PLN-12", "BOK-1")
@pytest.mark.parametrize("audience", ["staff", "helsenorge", "portal", "public"])
def test_no_free_time_under_an_event_is_offered_in_any_channel(audience: str) -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    under, beside = timebok.slot(weekday_at(12, 40)), timebok.slot(weekday_at(13))
    before = _offered(timebok, audience)
    assert before == [str(under.id), str(beside.id)]
    _make(timebok, client)
    assert _offered(timebok, audience) == [str(beside.id)]
    tile = _calendar(timebok, client).xpath('//a[contains(@class, "slot ev")]/@href')[0]
    client.post(tile, {"slett": "1"})
    assert _offered(timebok, audience) == before


@pytest.mark.req("PLN-12")
def test_an_event_over_an_appointment_leaves_it_and_still_closes_the_free_times_around_it() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    taken, free = timebok.slot(weekday_at(12)), timebok.slot(weekday_at(12, 20))
    assert _book(timebok, client, taken).status_code == 200
    _make(timebok, client)
    assert "Ola Nordmann" in _calendar(timebok, client).text_content()
    assert f"t-{free.id}" not in _calendar(timebok, client).xpath("//*/@id")
    assert _book(timebok, client, free).status_code == 409
    tile = _calendar(timebok, client).xpath('//a[contains(@class, "slot ev")]/@href')[0]
    client.post(tile, {"text": "Møte", "day": TUESDAY, "start": "12:40", "end": "13:00"})
    assert _book(timebok, client, free).status_code == 200


@pytest.mark.req("PLN-12")
def test_what_is_no_event_is_refused_in_words_and_nothing_is_kept() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    wrong = (
        ({"text": " "}, "Feltet"),
        ({"end": "11:00"}, "slutte etter at den begynner"),
        ({"start": ""}, "Skriv klokkeslettet"),
        ({"until": "2029-02-09"}, "høyst ett år"),
        ({"day": "2027-03-28", "start": "02:30", "end": "04:00"}, "finnes ikke den natten"),
    )
    for facts, words in wrong:
        answer = _make(timebok, client, headers=PANEL, **facts)
        assert answer.status_code == 422, facts
        assert words in body(answer) or words == "Feltet"
    with acting(timebok.cast.system):
        assert not CalendarEvent.objects.exists()


@pytest.mark.req("PLN-12", "CAL-9")
def test_the_time_that_was_pointed_at_can_be_a_patients_instead() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.kari)
    page = address(timebok.cast, "schedule-new-event", query=f"?timebok={timebok.schedule.id}&dag={TUESDAY}&fra=10:30")
    way = html.fromstring(body(client.get(page))).xpath('//a[contains(., "til en pasient")]/@href')[0]
    assert 'value="10:30"' in body(client.get(way))


@pytest.mark.req("SEC-3")
def test_another_clinics_event_is_none() -> None:
    timebok, other = make_timebok(), make_timebok()
    with acting(other.cast.system):
        event = add_event(other.schedule, start=weekday_at(12), end=weekday_at(13), text="Lunsj")
    client = logged_in(timebok.cast, timebok.cast.kari)
    page = address(timebok.cast, "schedule-event", event.id)
    assert client.get(page).status_code == 404
    assert client.post(page, {"slett": "1"}).status_code == 404
    with acting(other.cast.system):
        assert CalendarEvent.objects.filter(id=event.id).exists()
