"""Free time made by hand in the calendar: single slots, and smart slots that take several types (PLN-9, PLN-13)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from lxml import html

from skranke.kernel import clock
from skranke.scheduling.models import Appointment, Slot
from skranke.scheduling.services import add_event, book_extra, create_type
from skranke.scheduling.services.types import change_type
from skranke.scheduling.smart.models import SmartSlot
from skranke.scheduling.smart.services import add_smart_slot
from skranke.tenancy.work import acting

from support.clinic_pages import address, body, logged_in
from support.timebok import make_timebok, weekday_at

TUESDAY = "2027-02-09"
PANEL = {"HX-Request": "true", "HX-Target": "panel"}


class Desk:
    """Ali at the desk, with a smart slot of Kari's on Tuesday from 10 to 12 for a long and a short type."""

    def __init__(self) -> None:
        self.timebok = make_timebok()
        self.cast = self.timebok.cast
        self.client = logged_in(self.cast, self.cast.ali)
        with acting(self.cast.system):
            self.long = create_type(name="Lang time", minutes=40, colour="desk")
            self.group = create_type(name="Kurs", minutes=60, colour="desk", visibility="group", capacity=5)
            self.smart = add_smart_slot(
                self.timebok.schedule,
                start=weekday_at(10),
                end=weekday_at(12),
                types=[self.timebok.ordinary, self.long],
            )

    def calendar(self):
        return html.fromstring(body(self.client.get(address(self.cast, "schedule"), {"dag": TUESDAY})))

    def stretches(self) -> list[tuple[str, list[str]]]:
        """Each stretch that is left on the screen, with its starts."""
        found = self.calendar().xpath('//li[a[contains(@class, "luke")]]')
        return [(one.xpath("a/b/text()")[0], one.xpath('.//a[contains(@class, "start")]/b/text()')) for one in found]

    def panel(self, **query):
        """The panel over the smart slot."""
        query = {"luke": self.smart.id, "pasient": self.cast.ola.id} | query
        return html.fromstring(body(self.client.get(address(self.cast, "schedule-book"), query, headers=PANEL)))

    def save(self, start, kind=None, client=None, **facts):
        facts = {
            "patient": self.cast.ola.id,
            "type": (kind or self.timebok.ordinary).id,
            "start": int(start.timestamp()),
        } | facts
        where = address(self.cast, "schedule-book", query=f"?luke={self.smart.id}")
        return (client or self.client).post(where, facts, headers=PANEL)

    def appointments(self) -> list[tuple[str, str, int]]:
        with acting(self.cast.system):
            rows = Appointment.objects.select_related("type").order_by("starts")
            return [
                (
                    f"{clock.oslo(one.during.lower):%H:%M}",
                    one.type.name,
                    (one.during.upper - one.during.lower) // timedelta(minutes=1),
                )
                for one in rows
            ]


def _starts(panel) -> list[str]:
    return [" ".join(one.text_content().split()) for one in panel.xpath('//label[input[@name="start"]]')]


@pytest.mark.req("PLN-13", "PLN-14")
def test_a_smart_slot_shows_its_starts_edge_to_edge_and_takes_any_of_its_types() -> None:
    desk = Desk()
    assert desk.stretches() == [("10.00", ["10.00", "10.20", "10.40", "11.00", "11.20", "11.40"])]
    first = desk.calendar().xpath('//ol[@class="starts"]//a/@href')[2]
    panel = html.fromstring(body(desk.client.get(first, headers=PANEL)))
    assert panel.xpath('//input[@name="start"][@checked]/following-sibling::span/text()') == ["10.40"]
    assert desk.save(weekday_at(10, 40), desk.long).status_code == 200
    assert desk.appointments() == [("10:40", "Lang time", 40)]
    # The long one is chosen now, as it was used last: each stretch has room for one.
    assert desk.stretches() == [("10.00", ["10.00"]), ("11.20", ["11.20"])]
    assert _starts(desk.panel(type=desk.timebok.ordinary.id)) == ["10.00", "11.20"]
    short = html.fromstring(
        body(
            desk.client.post(
                address(desk.cast, "schedule-book", query=f"?luke={desk.smart.id}"),
                {"velg": desk.cast.ola.id, "type": desk.timebok.ordinary.id, "reason": "Øret"},
                headers=PANEL,
            )
        )
    )
    assert _starts(short) == ["10.00", "10.20", "11.20", "11.40"]
    assert short.xpath('//input[@name="reason"]/@value') == ["Øret"]
    assert desk.save(weekday_at(11, 40)).status_code == 200
    assert [one[0] for one in desk.appointments()] == ["10:40", "11:40"]


@pytest.mark.req("PLN-13")
def test_the_type_that_an_employee_used_last_is_chosen_for_that_employee_alone() -> None:
    desk = Desk()
    chosen = '//select[@name="type"]/option[@selected]/@value'
    assert desk.panel().xpath(chosen) == [str(desk.timebok.ordinary.id)]
    desk.save(weekday_at(10), desk.long)
    assert desk.panel().xpath(chosen) == [str(desk.long.id)]
    desk.client = logged_in(desk.cast, desk.cast.kari)
    assert desk.panel().xpath(chosen) == [str(desk.timebok.ordinary.id)]


@pytest.mark.req("PLN-13", "PLN-14")
def test_a_start_that_would_leave_a_gap_or_has_no_room_is_refused_and_nothing_is_lost() -> None:
    desk = Desk()
    for start in (weekday_at(10, 5), weekday_at(11, 50), weekday_at(9, 40)):
        refused = desk.save(start, reason="Vondt i øret")
        assert refused.status_code == 422
        assert "Denne starten er ikke ledig lenger" in body(refused)
        assert 'value="Vondt i øret"' in body(refused)
    assert desk.save(weekday_at(10), desk.group).status_code == 422
    assert desk.appointments() == []


@pytest.mark.req("PLN-13", "PLN-12")
def test_what_appointments_events_and_free_slots_use_is_not_left_of_it() -> None:
    desk = Desk()
    with acting(desk.cast.actor(desk.cast.ali)):
        add_event(desk.timebok.schedule, start=weekday_at(10, 30), end=weekday_at(11), text="Møte")
        book_extra(
            schedule=desk.timebok.schedule, type=desk.timebok.ordinary, patient=desk.cast.nora, start=weekday_at(11)
        )
    desk.timebok.slot(weekday_at(11, 40))
    assert desk.stretches() == [("10.00", ["10.00", "10.10"]), ("11.20", ["11.20"])]
    # What the screen says and what can be booked is the same.
    assert _starts(desk.panel()) == ["10.00", "10.10", "11.20"]
    assert desk.save(weekday_at(11, 40)).status_code == 422
    assert desk.save(weekday_at(11, 20)).status_code == 200


@pytest.mark.req("PLN-13")
@pytest.mark.parametrize("audience", ["helsenorge", "portal", "public", "staff"])
def test_no_channel_offers_a_smart_slot_as_a_free_time(audience: str) -> None:
    desk = Desk()
    free = desk.timebok.slot(weekday_at(9))
    query = {"from": "2027-02-08T00:00:00+01:00", "to": "2027-02-14T00:00:00+01:00", "audience": audience}
    query |= {"patient": str(desk.cast.ola.id)} if audience != "staff" else {}
    token = desk.cast.token(desk.cast.kari)
    answer = Client().get("/api/v1/slots", query, headers={"Authorization": f"Bearer {token}"})
    assert [one["id"] for one in answer.json()["items"]] == [str(free.id)]


@pytest.mark.req("PLN-13", "APT-24")
def test_of_two_who_take_the_same_start_at_once_one_gets_it() -> None:
    desk = Desk()
    clients = [logged_in(desk.cast, who) for who in (desk.cast.ali, desk.cast.kari)]
    patients = [desk.cast.ola, desk.cast.nora]

    def take(number: int) -> int:
        try:
            return desk.save(weekday_at(10), client=clients[number], patient=patients[number].id).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(take, range(2)))
    assert answers[0] == 200
    assert answers[1] in (409, 422)
    assert [one[0] for one in desk.appointments()] == ["10:00"]


@pytest.mark.req("PLN-13")
def test_a_smart_slot_is_made_changed_and_taken_away_in_the_calendar() -> None:
    desk = Desk()
    page = address(desk.cast, "schedule-new-free", query=f"?timebok={desk.timebok.schedule.id}&dag={TUESDAY}&fra=13:00")
    opened = html.fromstring(body(desk.client.get(page)))
    offered = opened.xpath('//input[@name="types"]/@value')
    assert str(desk.long.id) in offered
    assert str(desk.group.id) not in offered
    facts = {"kind": "smart", "day": TUESDAY, "start": "13:00", "end": "14:00", "types": [desk.long.id]}
    assert desk.client.post(page, facts).status_code == 302
    assert [one[0] for one in desk.stretches()] == ["10.00", "13.00"]
    with acting(desk.cast.system):
        made = SmartSlot.objects.exclude(id=desk.smart.id).get()
    for wrong, told in (
        ({"end": "12:30"}, "samme dag"),
        ({"end": "13:30"}, "kortere enn den lengste timetypen"),
        ({"types": []}, "Velg minst én timetype."),
        ({"start": "11:00"}, "allerede en smartluke"),
    ):
        refused = desk.client.post(address(desk.cast, "schedule-smart", made.id), facts | wrong)
        assert refused.status_code == 422
        assert told in body(refused)
    changed = facts | {"start": "14:00", "end": "15:00"}
    assert desk.client.post(address(desk.cast, "schedule-smart", made.id), changed).status_code == 302
    assert [one[0] for one in desk.stretches()] == ["10.00", "14.00"]
    desk.save(weekday_at(10))
    desk.client.post(address(desk.cast, "schedule-smart", desk.smart.id), {"slett": "1"})
    assert [one[0] for one in desk.stretches()] == ["14.00"]
    assert [one[0] for one in desk.appointments()] == ["10:00"]


@pytest.mark.req("PLN-13", "TYP-11")
def test_a_type_out_of_use_is_taken_no_more() -> None:
    desk = Desk()
    with acting(desk.cast.actor(desk.cast.ali)):
        change_type(desk.long, active=False)
    assert [one.get("value") for one in desk.panel().xpath('//select[@name="type"]/option')] == [
        str(desk.timebok.ordinary.id)
    ]
    assert desk.save(weekday_at(10), desk.long).status_code == 422
    with acting(desk.cast.actor(desk.cast.ali)):
        change_type(desk.timebok.ordinary, active=False)
    assert desk.stretches() == []


@pytest.mark.req("PLN-9")
def test_a_single_slot_is_made_and_taken_away_in_the_calendar_and_patients_see_it_meanwhile() -> None:
    desk = Desk()
    page = address(desk.cast, "schedule-new-free", query=f"?timebok={desk.timebok.schedule.id}&dag={TUESDAY}")
    facts = {"kind": "single", "day": TUESDAY, "start": "14:00", "type": desk.timebok.ordinary.id}
    assert desk.client.post(page, facts).status_code == 302
    assert "allerede en ledig time" in body(desk.client.post(page, facts))
    with acting(desk.cast.system):
        made = Slot.objects.get()
    assert (made.origin, clock.oslo(made.during.lower).hour) == ("single", 14)
    panel = body(desk.client.get(address(desk.cast, "schedule-book"), {"time": made.id}, headers=PANEL))
    assert "Fjern den ledige timen" in panel
    assert desk.client.post(address(desk.cast, "schedule-free-remove", made.id)).status_code == 302
    with acting(desk.cast.system):
        assert Slot.objects.get().state == "removed"
    again = desk.client.post(address(desk.cast, "schedule-free-remove", made.id))
    assert again.status_code == 409


@pytest.mark.req("PLN-9")
def test_a_single_slot_that_somebody_has_is_not_taken_away() -> None:
    desk = Desk()
    slot = desk.timebok.slot(weekday_at(14))
    desk.client.post(
        address(desk.cast, "schedule-book"),
        {"time": slot.id, "patient": desk.cast.ola.id, "contact": "physical"},
        headers=PANEL,
    )
    assert desk.client.post(address(desk.cast, "schedule-free-remove", slot.id)).status_code == 409
    with acting(desk.cast.system):
        assert Slot.objects.get().state == "open"


@pytest.mark.req("PLN-10", "PLN-13")
def test_smart_slots_go_with_the_free_slots_of_an_absence_and_come_back_with_them() -> None:
    desk = Desk()
    where = address(desk.cast, "settings-removal", desk.timebok.schedule.id)
    removed = desk.client.post(where, {"first": TUESDAY, "last": TUESDAY})
    assert desk.stretches() == []
    assert desk.save(weekday_at(10)).status_code == 404
    undo = html.fromstring(body(removed)).xpath('//input[@name="angre"]/@value | //button[@name="angre"]/@value')
    assert undo == [str(desk.smart.id)]
    desk.client.post(where, {"angre": undo[0]})
    assert [one[0] for one in desk.stretches()] == ["10.00"]
