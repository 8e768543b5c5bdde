"""Konfigurasjon > Ukemaler and Arbeidsplaner: weeks are typed, planned and applied, and patients see what follows."""

import re
from datetime import date, time, timedelta

import pytest

from skranke.audit.models import AuditEvent
from skranke.kernel import clock
from skranke.scheduling.models import Appointment, Slot, SlotOrigin, SlotState, TemplateSlot, WeekTemplate
from skranke.scheduling.services import add_single_slot, book, create_schedule
from skranke.scheduling.values import IsoWeek
from skranke.tenancy.work import acting

from support.clinic_pages import address, body, logged_in
from support.settings import offered, read
from support.timebok import MONDAY, Timebok, make_timebok, weekday_at

WEEK = IsoWeek.of(MONDAY.date())
EVERY_DAY = ["1", "2", "3", "4", "5"]


class Planner:
    """Kari, who owns the schedule, at the pages of planning."""

    def __init__(self, timebok: Timebok, person=None) -> None:
        self.timebok = timebok
        self.client = logged_in(timebok.cast, person or timebok.cast.kari)
        self.place = address(timebok.cast, "settings-plan", timebok.schedule.id)

    def template(self, name: str = "Vanlig uke", **stretch: object) -> WeekTemplate:
        answer = self.client.post(address(self.timebok.cast, "settings-new-week-template"), {"name": name})
        assert answer.status_code == 302
        made = read(self.timebok.cast, WeekTemplate, name=name)
        assert self.fill(made, **stretch).status_code == 302
        return made

    def fill(self, template: WeekTemplate, **changes: object):
        facts = {"days": EVERY_DAY, "start": "09:00", "end": "10:00", "kind": self.timebok.ordinary.id, "minutes": ""}
        return self.change(template, "legg-til", **(facts | changes))

    def change(self, template: WeekTemplate, deed: str, **facts: object):
        seen = read(self.timebok.cast, WeekTemplate, id=template.id).changed_at.isoformat()
        where = address(self.timebok.cast, "settings-week-template", template.id)
        return self.client.post(where, {"gjor": deed, "seen": seen, "kopi-seen": seen, **facts})

    def do(self, deed: str, *weeks: int | str, year: int = WEEK.year, **facts: object):
        return self.client.post(f"{self.place}?aar={year}", {f"gjor-{deed}": "1", "uke": list(weeks), **facts})

    def page(self, query: str = "") -> str:
        return body(self.client.get(f"{self.place}?aar={WEEK.year}{query}"))

    def slots(self) -> list[Slot]:
        with acting(self.timebok.cast.system):
            return list(Slot.objects.filter(state=SlotState.OPEN).order_by("starts"))

    def starts(self) -> set[str]:
        return {f"{clock.oslo(one.during.lower):%a %H:%M}" for one in self.slots()}


@pytest.fixture
def planner() -> Planner:
    return Planner(make_timebok())


@pytest.mark.req("PLN-1", "PLN-2", "PLN-4", "BOK-3")
def test_a_week_is_typed_planned_and_applied_and_then_patients_see_it(planner) -> None:
    template = planner.template()
    assert len(planner.slots()) == 0
    assert planner.do("sett", WEEK.week + 2, WEEK.week + 4, ukemal=template.id).status_code == 302
    assert offered(planner.timebok) == []
    page = planner.page()
    assert "2 uker er endret siden planen sist ble oppdatert: uke 7, 9." in page
    assert "lager 30 ledige timer, tar bort 0 og lar 0 stå" in page
    assert planner.do("oppdater").status_code == 302
    seen = offered(planner.timebok)
    assert len(seen) == 30
    assert {f"{one:%H:%M}" for one in (clock.oslo(slot.during.lower) for slot in planner.slots())} == {
        "09:00", "09:20", "09:40",
    }  # fmt: skip
    assert {IsoWeek.of(date.fromisoformat(one[:10])).week for one in seen} == {WEEK.week + 2, WEEK.week + 4}
    # Emptied at once, that week alone.
    assert planner.do("tom", WEEK.week + 2).status_code == 302
    assert {IsoWeek.of(date.fromisoformat(one[:10])).week for one in offered(planner.timebok)} == {WEEK.week + 4}


@pytest.mark.req("PLN-5", "PLN-9", "PLN-8")
def test_a_changed_template_is_stale_until_applied_and_leaves_patients_and_single_times_alone(planner) -> None:
    timebok, template = planner.timebok, planner.template()
    planner.do("sett", WEEK.week + 1, ukemal=template.id)
    planner.do("oppdater")
    taken = planner.slots()[0]
    with acting(timebok.cast.system):
        appointment = book(slot=taken, patient=timebok.cast.ola, through="staff")
        single = add_single_slot(timebok.schedule, start=weekday_at(14), type=timebok.ordinary)
    assert planner.change(template, "ta-bort", dag="1").status_code == 302
    assert planner.fill(template, start="12:00", end="12:20").status_code == 302
    stale = body(planner.client.get(address(timebok.cast, "settings-week-templates")))
    assert "Arbeidsplan må oppdateres" in stale
    assert "Må oppdateres" in body(planner.client.get(address(timebok.cast, "settings-plans")))
    before = {one.id for one in planner.slots()}
    assert "Mon 12:00" not in planner.starts()
    page = planner.page()
    assert "lager 5 ledige timer, tar bort 2 og lar 12 stå" in page
    planner.do("oppdater")
    assert "Må oppdateres" not in body(planner.client.get(address(timebok.cast, "settings-plans")))
    after = planner.slots()
    assert {single.id, taken.id} <= {one.id for one in after}
    assert len(before & {one.id for one in after}) == 14
    with acting(timebok.cast.system):
        assert Appointment.objects.get().id == appointment.id
    # "Replace all" takes the single time, and still not the patient's.
    planner.do("sett", WEEK.week + 1, ukemal=template.id)
    planner.do("oppdater", erstatt="ja")
    after = planner.slots()
    assert single.id not in {one.id for one in after}
    assert taken.id in {one.id for one in after}
    assert {one.origin for one in after} == {SlotOrigin.PLAN}


@pytest.mark.req("PLN-6", "PLN-7", "CAL-18")
def test_single_days_off_red_days_and_the_night_of_the_clock_have_no_times(planner) -> None:
    template = planner.template(days=[*EVERY_DAY, "7"], start="02:00", end="04:00", minutes="60")
    # Maundy Thursday and Good Friday 2027 lie in week 12, whose Sunday night has no hour between two and three.
    planner.do("sett", 12, ukemal=template.id)
    page = planner.page("&dager=12")
    assert page.count("(rød dag)") == 2
    planner.do("oppdater")
    assert planner.starts() == {f"{day} {hour}" for day in ("Mon", "Tue", "Wed") for hour in ("02:00", "03:00")}
    assert planner.do("dager", 12, dag=["1", "3", "7"]).status_code == 302
    assert planner.starts() == {f"{day} {hour}" for day in ("Mon", "Wed") for hour in ("02:00", "03:00")}
    # Another template keeps the days off.
    other = planner.template("En annen", start="13:00", end="13:20")
    planner.do("sett", 12, ukemal=other.id)
    planner.do("oppdater")
    assert planner.starts() == {"Mon 13:00", "Wed 13:00"}


@pytest.mark.req("CAL-8", "PLN-1")
def test_times_that_overlap_are_refused_with_what_was_typed_kept(planner) -> None:
    template = planner.template()
    answer = planner.fill(template, start="09:50", end="11:00", days=["2", "3"])
    assert answer.status_code == 422
    page = body(answer)
    assert "Ledige timer overlapper tirsdag: 09:40 og 09:50. Ingenting er lagret." in page
    assert 'value="09:50"' in page
    with acting(planner.timebok.cast.system):
        assert TemplateSlot.objects.count() == 15
    assert planner.fill(template, start="11:50", end="11:55").status_code == 422
    assert planner.fill(template, start="22:00", end="00:00", minutes="60", days=["7"]).status_code == 302
    assert planner.change(template, "kopier", **{"kopi-weekday": "7", "kopi-to": ["6"]}).status_code == 302
    with acting(planner.timebok.cast.system):
        rows = set(TemplateSlot.objects.filter(weekday__gte=6).values_list("weekday", "start"))
    assert rows == {(day, time(hour)) for day in (6, 7) for hour in (22, 23)}
    old = planner.client.post(
        address(planner.timebok.cast, "settings-week-template", template.id),
        {"gjor": "ta-bort", "dag": "6", "seen": "2020-01-01T00:00:00+00:00"},
    )
    assert (old.status_code, "Ukemalen er endret av noen andre" in body(old)) == (409, True)


@pytest.mark.req("PLN-3")
def test_only_the_owner_and_an_administrator_plan(planner) -> None:
    timebok = planner.timebok
    template = planner.template()
    mona = Planner(timebok, timebok.cast.mona)
    assert "Sett på merkede uker" not in mona.page()
    refused = mona.do("sett", WEEK.week + 1, ukemal=template.id)
    assert (refused.status_code, "Bare eieren av timeboken og administrator" in body(refused)) == (403, True)
    assert mona.do("tom", WEEK.week + 1).status_code == 403
    # Who owns no schedule makes no templates; who owns another one plans that.
    assert mona.fill(template, start="13:00", end="14:00").status_code == 403
    assert mona.change(template, "slett").status_code == 403
    with acting(timebok.cast.system):
        create_schedule(owner=timebok.cast.mona, public_name="Mona Dahl", internal_name="Monas timebok")
    assert mona.fill(template, start="13:00", end="14:00").status_code == 302
    listed = body(mona.client.get(address(timebok.cast, "settings-plans")))
    assert ("Monas timebok" in listed, "Karis timebok" in listed) == (True, False)
    ali = Planner(timebok, timebok.cast.ali)
    assert ali.do("sett", WEEK.week + 1, ukemal=template.id).status_code == 302
    in_use = ali.change(template, "slett")
    assert (in_use.status_code, "Ukemalen er brukt i en arbeidsplan" in body(in_use)) == (409, True)
    ali.do("tom", WEEK.week + 1)
    assert ali.change(template, "slett").status_code == 302


@pytest.mark.req("PLN-2")
def test_a_year_has_its_own_weeks_and_what_has_been_is_not_planned(planner) -> None:
    template = planner.template()
    assert planner.do("sett", WEEK.week - 1, ukemal=template.id).status_code == 422
    assert planner.do("sett", 53, year=2027, ukemal=template.id).status_code == 422
    assert planner.do("sett", 1, 53, year=2032, ukemal=template.id).status_code == 302
    assert "planlagt til og med uke 53 i 2032" in body(
        planner.client.get(address(planner.timebok.cast, "settings-plans"))
    )
    assert planner.do("sett", WEEK.week + 1).status_code == 422
    assert planner.do("noe").status_code == 422
    assert planner.do("sett", "9" * 5000, ukemal=template.id).status_code == 422
    assert "Ukene" in planner.page(f"&nye={'9' * 5000}&borte=1")
    assert planner.page("&merk=partall").count(" checked") == sum(week % 2 == 0 for week in range(WEEK.week, 53))
    assert planner.do("sett", WEEK.week, ukemal=template.id).status_code == 302
    with acting(planner.timebok.cast.system):
        assert planner.timebok.schedule.planned_weeks.count() == 3
    assert MONDAY.date() + timedelta(days=7) > clock.today()


@pytest.mark.req("PLN-10", "PLN-11")
def test_the_free_times_of_a_period_go_at_once_and_come_back_when_it_is_undone(planner) -> None:
    timebok, template = planner.timebok, planner.template()
    planner.do("sett", WEEK.week + 2, ukemal=template.id)
    planner.do("oppdater")
    first = planner.slots()[0]
    with acting(timebok.cast.system):
        book(slot=first, patient=timebok.cast.ola, through="staff")
    place = address(timebok.cast, "settings-removal", timebok.schedule.id)
    monday = IsoWeek(WEEK.year, WEEK.week + 2).monday
    period = {"first": monday.isoformat(), "last": (monday + timedelta(days=6)).isoformat()}
    part = body(planner.client.post(place, period | {"days": ["1", "2"], "since": "09:10", "until": "09:40"}))
    assert "2 ledige timer er fjernet." in part
    assert "Ingen pasienter har time i perioden." in part
    assert {"Mon 09:20", "Tue 09:20"}.isdisjoint(planner.starts())
    whole = body(planner.client.post(place, period))
    assert "12 ledige timer er fjernet." in whole
    assert timebok.cast.ola.name in whole
    assert offered(timebok) == []
    # Another plan of the same week brings none of them back.
    planner.do("sett", WEEK.week + 2, ukemal=template.id)
    planner.do("oppdater")
    assert offered(timebok) == []
    ids = re.search(r'name="angre" value="([^"]+)"', whole)
    assert ids is not None
    assert "12 ledige timer er lagt tilbake." in body(planner.client.post(place, {"angre": ids[1]}))
    assert len(offered(timebok)) == 12
    with acting(timebok.cast.system):
        assert AuditEvent.objects.filter(action="appointment.listed").exists()
    mona = Planner(timebok, timebok.cast.mona)
    assert mona.client.post(place, period).status_code == 422
    assert mona.client.post(place, {"angre": ids[1]}).status_code == 403
    assert planner.client.post(place, period | {"last": "2020-01-01"}).status_code == 422
    assert planner.client.post(place, {"first": "9999-12-31", "last": "9999-12-31"}).status_code == 422
    assert len(offered(timebok)) == 12
