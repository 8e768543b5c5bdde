"""Appointments by a rule: the days are shown with what there is on each, and those chosen are booked, all or none."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from lxml import html

from skranke.audit.actions import Action
from skranke.audit.models import AuditEvent
from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.scheduling.models import Appointment, AppointmentType, BookedThrough, Occupancy
from skranke.scheduling.services import add_event, book, book_extra, create_type, plan_weeks
from skranke.scheduling.services.setup import create_template
from skranke.scheduling.smart.services import add_smart_slot
from skranke.scheduling.values import IsoWeek
from skranke.tenancy.work import acting

from support.clinic_pages import address, body, logged_in
from support.timebok import make_timebok, weekday_at

PANEL = {"HX-Request": "true", "HX-Target": "panel"}
FIRST = "2027-02-09"


def _tuesday(week: int, hour: int = 9):
    return weekday_at(hour, weeks=week)


def _slots(timebok, weeks, hour: int = 9, **facts):
    return [timebok.slot(_tuesday(week, hour), **facts) for week in weeks]


def _ask(timebok, client, slot, **facts):
    """Fill in a rule in the panel of a free time, or of a time of one's own where slot is None."""
    query = f"?time={slot.id}" if slot else f"?timebok={timebok.schedule.id}"
    data = {"patient": timebok.cast.ola.id, "contact": "physical" if slot else "", "reason": "Sårstell", "every": "1"}
    own = {} if slot else {"day": FIRST, "start": "09:00", "type": timebok.ordinary.id}
    return client.post(address(timebok.cast, "schedule-book", query=query), data | own | facts, headers=PANEL)


def _again(timebok, client, appointment, **facts):
    return client.post(address(timebok.cast, "schedule-repeat", appointment.id), {"every": "1"} | facts, headers=PANEL)


def _lines(answer) -> list[str]:
    rows = html.fromstring(body(answer)).xpath("//*[@id='gjentatte']/li")
    return [" ".join(one.text_content().split()) for one in rows]


def _boxes(answer) -> list[bool | None]:
    """For each day whether it is ticked; None where it cannot be chosen."""
    rows = html.fromstring(body(answer)).xpath("//*[@id='gjentatte']/li")
    return [bool(one.xpath(".//input[@checked]")) if one.xpath(".//input") else None for one in rows]


def _confirm(client, answer, *, also=(), without=(), **facts):
    """Go on with the days as they are ticked, but for those named."""
    form = html.fromstring(body(answer)).get_element_by_id("gjentatte-skjema")
    data: dict[str, list[str]] = {}
    for one in form.xpath(".//input[@name]"):
        name, value = one.get("name"), one.get("value", "")
        if one.get("type") == "checkbox":
            ticked = one.get("checked") is not None or value[:10] in also
            if not ticked or value[:10] in without:
                continue
        data.setdefault(name, []).append(value)
    return client.post(form.get("action"), data | facts, headers=PANEL)


def _booked(timebok) -> list[Appointment]:
    with acting(timebok.cast.system):
        return list(Appointment.objects.filter(state="booked").order_by("starts", "id"))


def _at(timebok) -> list[str]:
    return [f"{clock.oslo(one.starts):%d.%m %H:%M}" for one in _booked(timebok)]


def _card(timebok, client, appointment) -> str:
    page = html.fromstring(body(client.get(address(timebok.cast, "schedule-appointment", appointment.id))))
    found = page.xpath("//*[@id='gjentas']/dd")
    return found[0].text_content() if found else ""


def _series(timebok, client, weeks=range(1, 5)) -> list[Appointment]:
    first, *_rest = _slots(timebok, weeks)
    assert _confirm(client, _ask(timebok, client, first, count=str(len(weeks)))).status_code == 200
    return _booked(timebok)


@pytest.mark.req("PLN-15", "PLN-7")
def test_each_day_tells_what_there_is_and_nothing_is_booked_before_days_are_chosen() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.ali)
    first, taken, *_rest = _slots(timebok, (1, 2, 3, 6))
    with acting(timebok.cast.system):
        book(slot=taken, patient=timebok.cast.nora, through=BookedThrough.STAFF)
        add_event(timebok.schedule, start=_tuesday(5, 8), end=_tuesday(5, 12), text="Kurs")
        plan_weeks(timebok.schedule, create_template(name="Uke", entries=[]), [IsoWeek(2027, 8)], days_off=[2])
        other = create_type(name="Vaksine", minutes=15)
    timebok.slot(_tuesday(7), type=other)
    answer = _ask(timebok, client, first, last="2027-03-23")
    lines = _lines(answer)
    assert [one.split(" 09.00")[0] for one in lines] == [
        "tirsdag 9. februar", "tirsdag 16. februar", "tirsdag 23. februar", "tirsdag 2. mars",
        "tirsdag 9. mars", "tirsdag 16. mars", "tirsdag 23. mars",
    ]  # fmt: skip
    assert "Ledig time" in lines[0]
    assert "Opptatt. Kan ikke bookes." in lines[1]
    assert "Stengt i arbeidsplanen" in lines[2]
    assert "Ingen ledig time. Det blir et tidspunkt utenom de ledige." in lines[3]
    assert "Opptatt" in lines[4]
    assert "Legges over ledig time: Vaksine" in lines[6]
    assert "Nora" not in body(answer)
    assert _boxes(answer) == [True, None, False, False, None, True, False]
    assert _at(timebok) == ["16.02 09:00"]


@pytest.mark.req("PLN-15")
def test_a_holiday_is_named_and_not_ticked_and_the_night_without_the_hour_cannot_be_chosen() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.ali)
    # The Thursday of 25 March 2027 is Maundy Thursday.
    thursday = _ask(timebok, client, None, day="2027-03-18", last="2027-04-01")
    assert ["Rød dag: Skjærtorsdag" in one for one in _lines(thursday)] == [False, True, False]
    assert _boxes(thursday) == [True, False, True]
    _confirm(client, thursday, also=["2027-03-25"], without=["2027-04-01"])
    assert _at(timebok) == ["18.03 09:00", "25.03 09:00"]
    night = _ask(timebok, client, None, day="2027-03-21", start="02:30", last="2027-03-28")
    assert "Klokkeslettet finnes ikke denne natten" in _lines(night)[1]
    assert _boxes(night) == [True, None]


@pytest.mark.req("PLN-15", "APT-6", "APT-22")
def test_the_chosen_days_are_booked_and_helsenorge_is_told_of_each_by_itself_after_the_grace_period() -> None:
    timebok = make_timebok(grace_seconds=300)
    client = logged_in(timebok.cast, timebok.cast.ali)
    first, *_rest = slots = _slots(timebok, range(1, 5))
    answer = _ask(timebok, client, first, count="4", note="Ta med kremen")
    assert _boxes(answer) == [True] * 4
    done = _confirm(client, answer, without=["2027-02-23"])
    assert done.status_code == 200
    assert "3 timer er booket." in body(done)
    made = _booked(timebok)
    assert _at(timebok) == ["09.02 09:00", "16.02 09:00", "02.03 09:00"]
    assert [one.slot_id for one in made] == [slots[number].id for number in (0, 1, 3)]
    assert {(one.reason, one.note, one.booked_through) for one in made} == {("Sårstell", "Ta med kremen", "staff")}
    with acting(timebok.cast.system):
        for one in made:
            (push,) = OutboxItem.objects.filter(subject_id=one.id)
            assert (push.detail, push.not_before) == ({"code": "05"}, one.created_at + timedelta(seconds=300))
            assert AuditEvent.objects.filter(action=Action.APPOINTMENT_BOOKED, subject_id=one.id).count() == 1
    assert [_card(timebok, client, one) for one in made] == ["nr. 1 av 3", "nr. 2 av 3", "nr. 3 av 3"]
    paper = body(client.get(address(timebok.cast, "schedule-card", made[1].id)))
    assert "nr. 2 av 3" in paper


@pytest.mark.req("PLN-15")
def test_without_script_who_books_is_led_to_the_first_of_them() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.ali)
    first, _second = _slots(timebok, (1, 2))
    form = html.fromstring(body(_ask(timebok, client, first, count="2"))).get_element_by_id("gjentatte-skjema")
    data: dict[str, list[str]] = {}
    for one in form.xpath(".//input[@name]"):
        data.setdefault(one.get("name"), []).append(one.get("value", ""))
    answer = client.post(form.get("action"), data)
    made = _booked(timebok)
    assert answer.headers["Location"] == address(timebok.cast, "schedule-appointment", made[0].id)
    assert len(made) == 2


@pytest.mark.req("PLN-15", "CAL-9")
def test_times_of_ones_own_repeat_in_days_and_beside_others_where_that_is_allowed() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.ali)
    (taken,) = _slots(timebok, [1])
    with acting(timebok.cast.system):
        book(slot=taken, patient=timebok.cast.nora, through=BookedThrough.STAFF)
    # Every third day of Monday to Friday, from Saturday 6 February on.
    rule = {"day": "2027-02-06", "every": "3", "unit": "days", "weekdays": ["1", "2", "3", "4", "5"], "count": "5"}
    alone = _ask(timebok, client, None, minutes="30", **rule)
    assert [one.split(" 09.")[0] for one in _lines(alone)] == [
        "lørdag 6. februar", "tirsdag 9. februar", "fredag 12. februar", "mandag 15. februar", "torsdag 18. februar",
    ]  # fmt: skip
    assert _boxes(alone) == [True, None, True, True, True]
    beside = _ask(timebok, client, None, minutes="30", concurrent="on", **rule)
    assert "Timen blir samtidig med en annen." in _lines(beside)[1]
    assert _boxes(beside) == [True, False, True, True, True]
    _confirm(client, beside, also=[FIRST], without=["2027-02-06", "2027-02-18"])
    assert _at(timebok) == ["09.02 09:00", "09.02 09:00", "12.02 09:00", "15.02 09:00"]
    with acting(timebok.cast.system):
        exclusive = Occupancy.objects.filter(kind="appointment").order_by("starts", "-exclusive")
        assert list(exclusive.values_list("exclusive", flat=True)) == [True, False, True, True]


@pytest.mark.req("PLN-15", "APT-24")
@pytest.mark.parametrize("how", ["book", "event", "remove"])
def test_a_day_that_was_taken_meanwhile_is_told_of_and_none_is_booked(how: str) -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.ali)
    slots = _slots(timebok, range(1, 4))
    answer = _ask(timebok, client, slots[0], count="3")
    with acting(timebok.cast.system):
        if how == "book":
            book(slot=slots[1], patient=timebok.cast.nora, through=BookedThrough.STAFF)
        elif how == "event":
            add_event(timebok.schedule, start=_tuesday(2, 8), end=_tuesday(2, 12), text="Kurs")
        else:
            type(slots[1]).objects.filter(id=slots[1].id).update(state="removed")
    before = _at(timebok)
    refused = _confirm(client, answer)
    assert refused.status_code == 409
    summary = html.fromstring(body(refused)).xpath("//*[@data-error-summary]")[0].text_content()
    assert "Noen andre var først. Ingen av timene er booket." in summary
    assert "tirsdag 16. februar" in summary
    assert "tirsdag 9. februar" not in summary
    assert _boxes(refused) == [True, False if how == "remove" else None, True]
    assert _at(timebok) == before
    with acting(timebok.cast.system):
        assert not Appointment.objects.filter(patient=timebok.cast.ola).exists()
        assert not OutboxItem.objects.exclude(subject_id__in=[one.id for one in Appointment.objects.all()]).exists()
    assert _confirm(client, refused).status_code == 200
    assert len(_at(timebok)) == len(before) + 2


@pytest.mark.req("PLN-15", "APT-24", "BOK-12")
def test_of_two_who_choose_the_same_day_at_once_one_gets_all_of_theirs_and_the_other_none() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    first, *_rest = _slots(timebok, (1, 2, 3))
    # Each leaves out one day, another than the other: both want 16 February.
    works = []
    for person, patient, left_out in ((cast.ali, cast.ola, "2027-02-23"), (cast.mona, cast.nora, FIRST)):
        client = logged_in(cast, person)
        works.append((client, _ask(timebok, client, first, count="3", patient=patient.id), left_out))
    start = Barrier(2)

    def confirm(work):
        client, shown, left_out = work
        try:
            start.wait(timeout=30)
            return _confirm(client, shown, without=[left_out])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(confirm, works))
    assert sorted(one.status_code for one in answers) == [200, 409]
    winner = cast.ola if answers[0].status_code == 200 else cast.nora
    made = _booked(timebok)
    assert [one.patient_id for one in made] == [winner.id] * 2
    assert len({one.slot_id for one in made}) == 2
    with acting(cast.system):
        assert Occupancy.objects.filter(kind="appointment").count() == 2
        assert OutboxItem.objects.filter(intent="appointment_push").count() == 2
    loser = next(one for one in answers if one.status_code == 409)
    assert "tirsdag 16. februar" in html.fromstring(body(loser)).xpath("//*[@data-error-summary]")[0].text_content()


@pytest.mark.req("PLN-15")
def test_an_appointment_that_stands_is_the_first_of_those_it_is_repeated_by() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.ali)
    first, *_rest = _slots(timebok, (1, 3, 5, 7))
    facts = {"reason": "Sårstell", "note": "Ta med kremen", "contact": "phone"}
    with acting(timebok.cast.system):
        source = book(slot=first, patient=timebok.cast.ola, through=BookedThrough.STAFF, **facts)
    assert _card(timebok, client, source) == ""
    panel = body(client.get(address(timebok.cast, "schedule-repeat", source.id), headers=PANEL))
    assert "Denne timen er den første." in panel
    shown = _again(timebok, client, source, every="2", count="3")
    assert [one.split(" 09.00")[0] for one in _lines(shown)] == ["tirsdag 23. februar", "tirsdag 9. mars"]
    assert "2 timer er booket." in body(_confirm(client, shown))
    made = _booked(timebok)
    assert [(one.reason, one.note, one.contact) for one in made] == [("Sårstell", "Ta med kremen", "phone")] * 3
    assert [_card(timebok, client, one) for one in made] == ["nr. 1 av 3", "nr. 2 av 3", "nr. 3 av 3"]
    # Repeated once more from the last: the new one joins them.
    assert _confirm(client, _again(timebok, client, made[2], every="2", count="2")).status_code == 200
    assert [_card(timebok, client, one) for one in _booked(timebok)] == [f"nr. {number} av 4" for number in range(1, 5)]


@pytest.mark.req("PLN-15")
@pytest.mark.parametrize("given_up", ["schedule-delete", "schedule-cancel"])
def test_an_appointment_that_is_given_up_is_not_repeated(given_up: str) -> None:
    timebok = make_timebok(grace_seconds=300)
    client = logged_in(timebok.cast, timebok.cast.ali)
    first, *_rest = _slots(timebok, (1, 2))
    with acting(timebok.cast.actor(timebok.cast.ali)):
        source = book(slot=first, patient=timebok.cast.ola, through=BookedThrough.STAFF)
    shown = _again(timebok, client, source, count="2")
    client.post(address(timebok.cast, given_up, source.id), {"by": "patient"}, headers=PANEL)
    for answer in (_confirm(client, shown), _again(timebok, client, source, count="2")):
        assert answer.status_code == 409
        assert "Timen kan ikke gjentas slik den står nå." in body(answer)
    assert _at(timebok) == []


@pytest.mark.req("PLN-15", "APT-8", "APT-21")
def test_each_of_them_is_moved_or_cancelled_alone_and_the_others_stand_as_they_did() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.ali)
    made = _series(timebok, client)
    client.post(
        address(timebok.cast, "schedule-move", made[1].id), {"day": "2027-02-17", "start": "10:00"}, headers=PANEL
    )
    assert _at(timebok) == ["09.02 09:00", "17.02 10:00", "23.02 09:00", "02.03 09:00"]
    assert _card(timebok, client, made[1]) == "nr. 2 av 4"
    client.post(address(timebok.cast, "schedule-cancel", made[0].id), {"by": "patient"}, headers=PANEL)
    assert _at(timebok) == ["17.02 10:00", "23.02 09:00", "02.03 09:00"]
    # What is given up is not counted: the patient comes three times.
    assert [_card(timebok, client, one) for one in made] == ["", "nr. 1 av 3", "nr. 2 av 3", "nr. 3 av 3"]


@pytest.mark.req("PLN-15", "APT-13", "NFR-1")
def test_one_and_the_following_are_cancelled_on_behalf_of_whom_is_asked() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.ali)
    made = _series(timebok, client)
    alone = timebok.slot(_tuesday(3, 14))
    with acting(timebok.cast.system):
        book(slot=alone, patient=timebok.cast.ola, through=BookedThrough.STAFF)
    panel = html.fromstring(body(client.get(address(timebok.cast, "schedule-appointment", made[1].id))))
    link = panel.get_element_by_id("avlys-neste")
    assert " ".join(link.text_content().split()) == "Avlys denne og de neste (3)"
    page = client.get(link.get("href"), headers=PANEL)
    form = html.fromstring(body(page)).get_element_by_id("avlys-flere")
    chosen = form.xpath(".//input[@name='time']/@value")
    assert [one.partition(".")[0] for one in chosen] == [str(one.id) for one in made[1:]]
    with acting(timebok.cast.system):
        read = AuditEvent.objects.filter(action=Action.APPOINTMENT_READ).values_list("subject_id", flat=True)
        assert {one.id for one in made[1:]} <= set(read)
    assert client.post(form.get("action"), {"time": chosen}, headers=PANEL).status_code == 422
    assert len(_at(timebok)) == 5
    assert client.post(form.get("action"), {"time": chosen, "by": "patient"}, headers=PANEL).status_code == 200
    assert _at(timebok) == ["09.02 09:00", "23.02 14:00"]
    with acting(timebok.cast.system):
        assert Appointment.objects.filter(state="cancelled_by_patient").count() == 3
    last = html.fromstring(body(client.get(address(timebok.cast, "schedule-appointment", made[0].id))))
    assert last.xpath("//*[@id='avlys-neste']") == []
    unknown = address(timebok.cast, "schedule-cancel-several", query=f"?gjentatt={timebok.cast.ola.id}")
    assert client.get(unknown, headers=PANEL).status_code == 404


@pytest.mark.req("PLN-15")
@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"weekdays": ["2"]}, "Skriv når det tar slutt"),
        ({"unit": "days"}, "Skriv når det tar slutt"),
        ({"count": "3", "last": "2027-03-01"}, "ikke begge"),
        ({"count": "53"}, "høyst 52 ganger"),
        ({"unit": "days", "last": "2027-12-31"}, "høyst 52 ganger"),
        ({"every": "53", "count": "2"}, "Høyst 52 uker"),
        ({"every": "52", "count": "20"}, "mer enn ti år unna"),
        ({"count": "3", "lag": "1"}, "Velg minst én dag"),
    ],
)
def test_a_rule_that_is_none_is_refused_in_words_and_nothing_is_booked(facts, words: str) -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.ali)
    (first,) = _slots(timebok, [1])
    answer = _ask(timebok, client, first, **facts)
    assert answer.status_code == 422
    assert words in body(answer)
    assert _at(timebok) == []


@pytest.mark.req("PLN-15")
def test_as_many_as_fifty_two_are_booked_together() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.ali)
    answer = _ask(timebok, client, None, unit="days", count="52")
    assert len(_boxes(answer)) == 52
    holidays = [line for line in _lines(answer) if "Rød dag" in line]
    _confirm(client, answer)
    assert len(_at(timebok)) == 52 - len(holidays)


@pytest.mark.req("PLN-15", "TYP-11", "TYP-6")
def test_a_rule_of_booking_refuses_the_day_it_is_broken_on_and_with_it_all() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.ali)
    with acting(timebok.cast.system):
        kind = create_type(name="Frisklivsgruppe", minutes=60, visibility="group", capacity=7)
    first, second = _slots(timebok, (1, 2), type=kind)
    with acting(timebok.cast.system):
        book(slot=second, patient=timebok.cast.nora, through=BookedThrough.STAFF)
    answer = _ask(timebok, client, first, count="2")
    assert _boxes(answer) == [True, True]
    with acting(timebok.cast.system):
        book(slot=second, patient=timebok.cast.ola, through=BookedThrough.STAFF)
    assert _confirm(client, answer).status_code == 409
    assert _at(timebok) == ["16.02 09:00", "16.02 09:00"]
    with acting(timebok.cast.system):
        AppointmentType.objects.filter(id=kind.id).update(active=False)
    refused = _ask(timebok, client, first, count="2")
    assert refused.status_code == 422
    assert "Timen er ikke lenger ledig." in body(refused)


@pytest.mark.req("PLN-15", "PLN-13")
def test_room_in_a_smart_slot_is_as_good_as_a_free_time() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.ali)
    nora = {"schedule": timebok.schedule, "patient": timebok.cast.nora}
    with acting(timebok.cast.system):
        other = create_type(name="Vaksine", minutes=15)
        smart = [
            add_smart_slot(timebok.schedule, start=_tuesday(week, 9), end=_tuesday(week, 11), types=[kind])
            for week, kind in ((1, timebok.ordinary), (2, other), (3, timebok.ordinary), (4, timebok.ordinary))
        ]
        book_extra(type=timebok.ordinary, start=_tuesday(4, 9), **nora)
    page = address(timebok.cast, "schedule-book", query=f"?luke={smart[0].id}")
    data = {"patient": timebok.cast.ola.id, "type": timebok.ordinary.id, "contact": "", "every": "1"}
    at_nine = data | {"start": int(_tuesday(1, 9).timestamp()), "count": "5"}
    answer = client.post(page, at_nine, headers=PANEL)
    assert _boxes(answer) == [True, False, True, None, False]
    assert ["Ledig time" in one for one in _lines(answer)] == [True, False, True, False, False]
    assert _confirm(client, answer).status_code == 200
    assert _at(timebok) == ["09.02 09:00", "23.02 09:00", "02.03 09:00"]
    # Somebody else takes the room meanwhile: the day is told of, and nothing is squeezed in beside it.
    later = data | {"start": int((_tuesday(1, 9) + timedelta(minutes=20)).timestamp()), "count": "3"}
    again = client.post(page, later, headers=PANEL)
    assert _boxes(again) == [True, False, True]
    with acting(timebok.cast.system):
        book_extra(type=other, start=_tuesday(3, 9) + timedelta(minutes=20), **nora)
    assert _confirm(client, again).status_code == 409
    assert len(_at(timebok)) == 4


@pytest.mark.req("PLN-15")
def test_the_rule_can_be_changed_and_what_was_typed_stands_as_it_did() -> None:
    timebok = make_timebok()
    client = logged_in(timebok.cast, timebok.cast.ali)
    first, *_rest = _slots(timebok, (1, 2))
    answer = _ask(timebok, client, first, count="2", weekdays=["2"])
    back = _confirm(client, answer, endre="1")
    assert back.status_code == 200
    form = html.fromstring(body(back)).get_element_by_id("ny-time-skjema")
    assert form.xpath(".//details[@open]")
    assert form.xpath(".//input[@name='count']/@value") == ["2"]
    assert form.xpath(".//input[@name='reason']/@value") == ["Sårstell"]
    assert form.xpath(".//input[@name='weekdays'][@checked]/@value") == ["2"]
    # Another patient is chosen meanwhile: the rule stands there still.
    other = _ask(timebok, client, first, count="2", weekdays=["2"], velg=timebok.cast.nora.id)
    form = html.fromstring(body(other)).get_element_by_id("ny-time-skjema")
    assert form.xpath(".//details[@open]")
    assert form.xpath(".//input[@name='weekdays'][@checked]/@value") == ["2"]
    with acting(timebok.cast.system):
        source = book(slot=first, patient=timebok.cast.ola, through=BookedThrough.STAFF)
    again = _again(timebok, client, source, count="2", endre="1")
    assert html.fromstring(body(again)).get_element_by_id("gjenta-skjema") is not None
