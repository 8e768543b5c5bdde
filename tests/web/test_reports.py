"""Rapporter: load and answer times of Post, on the page and over REST, against figures worked out by hand from what
was written when."""

import random
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from skranke.audit.models import AuditEvent
from skranke.clinics.models import Employee
from skranke.dialog import services
from skranke.dialog.models import Message, Thread
from skranke.kernel import clock
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import address, at_most, body, logged_in
from support.database import as_role
from support.dialog import E_CONSULTATION, E_CONTACT, MONDAY, question, receive, reply

OSLO = ZoneInfo("Europe/Oslo")
FIRST, LAST = date(2027, 3, 1), date(2027, 4, 11)
NOW = datetime(2027, 4, 12, 10, 0, tzinfo=UTC)
# Easter 2027, from an almanac.
HOLIDAYS = {date(2027, 3, 25), date(2027, 3, 26), date(2027, 3, 28), date(2027, 3, 29), date(2027, 5, 1)}


@dataclass
class Story:
    """What happened in one thread, as it was done; `kind` as it was in the end."""

    kind: str
    came_as: str
    events: list[tuple[datetime, str]] = field(default_factory=list)
    closed: bool = False

    def questions(self) -> list[tuple[datetime, datetime | None]]:
        found, since = [], None
        for at, what in self.events:
            if what == "in":
                since = since or at
            elif since is not None:
                found.append((since, at))
                since = None
        return [*found, (since, None)] if since is not None else found


def _plan(dice: random.Random) -> list[tuple[datetime, int, str]]:
    """For each of some threads, in turn: it begins, is added to, answered, written in anew; in the order of time."""
    steps = []
    for number in range(24):
        at = MONDAY - timedelta(days=4) + timedelta(days=dice.randrange(42), minutes=dice.randrange(600))
        steps.append((at, number, "in"))
        for _ in range(dice.randrange(4)):
            at += timedelta(days=dice.choice((0, 0, 1, 4, 9)), minutes=dice.randrange(1, 900))
            steps.append((at, number, dice.choice(("in", "out", "out"))))
        if number % 6 == 1:
            steps.append((at + timedelta(minutes=5), number, "close"))
    return sorted(step for step in steps if step[0] < NOW)


def _act(cast: Cast, steps: list[tuple[datetime, int, str]]) -> list[Story]:
    threads, stories, firsts = {}, {}, {}
    for at, number, what in steps:
        clock.move_to(at)
        if number not in threads:
            kind = E_CONTACT if number % 2 else E_CONSULTATION
            firsts[number] = question(cast, kind=kind)
            threads[number] = receive(cast, firsts[number])
            stories[number] = Story(kind.value, kind.value, [(at, "in")])
            continue
        story = stories[number]
        if what == "in":
            receive(cast, reply(cast, firsts[number], generated_at=at))
            story.closed = False
        else:
            with acting(cast.actor(cast.kari)):
                thread = Thread.objects.get(id=threads[number].id)
                if what == "close":
                    services.close_thread(thread)
                    story.closed = True
                    continue
                services.answer(thread, text="Svar.")
        story.events.append((at, what))
    return list(stories.values())


def _oslo_day(at: datetime) -> date:
    return at.astimezone(OSLO).date()


def _last_day(asked: datetime) -> date:
    day, left = _oslo_day(asked), 5
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in HOLIDAYS
    return day


def _part(values: list[float], share: float) -> int:
    values = sorted(values)
    place = share * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return round(values[low] + (values[high] - values[low]) * (place - low))


def _expected(stories: list[Story], kind: str) -> dict:
    asked = [
        (one, story.closed)
        for story in stories
        for one in story.questions()
        if story.kind == kind and FIRST <= _oslo_day(one[0]) <= LAST
    ]
    took = [(end - start).total_seconds() for (start, end), _ in asked if end]
    limited = kind == "e_consultation"
    within = sum(1 for (start, end), _ in asked if end and _oslo_day(end) <= _last_day(start))
    late = sum(
        1
        for (start, end), closed in asked
        if (end and _oslo_day(end) > _last_day(start)) or (not end and not closed and _last_day(start) < _oslo_day(NOW))
    )
    return {
        "kind": kind,
        "asked": len(asked),
        "answered": len(took),
        "closed": sum(1 for (_start, end), closed in asked if not end and closed),
        "median_seconds": _part(took, 0.5),
        "ninth_decile_seconds": _part(took, 0.9),
        "within_limit": within if limited else None,
        "late": late if limited else None,
        "share_within_limit": within / (within + late) if limited else None,
    }


def _load(stories: list[Story]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for story in stories:
        for at, what in story.events:
            day = _oslo_day(at)
            if what == "in" and FIRST <= day <= LAST:
                key = (str(day - timedelta(days=day.weekday())), story.came_as)
                found[key] = found.get(key, 0) + 1
    return found


def _whole_story() -> tuple[Cast, list[Story]]:
    cast, stranger = make_clinic(), make_clinic()
    stories = _act(cast, _plan(random.Random(11)))
    # One that was made another kind before it was answered: in Rapporter it is answered as what it became (JRN-4).
    began = MONDAY + timedelta(days=7, minutes=3)
    clock.move_to(began)
    turned = receive(cast, question(cast, kind=E_CONTACT))
    receive(stranger, question(stranger))
    clock.move_to(began + timedelta(days=1))
    with acting(cast.actor(cast.kari)):
        services.convert(Thread.objects.get(id=turned.id))
    clock.move_to(began + timedelta(days=8))
    with acting(cast.actor(cast.kari)):
        services.answer(Thread.objects.get(id=turned.id), text="Kom til time.")
    stories.append(Story("e_consultation", "e_contact", [(began, "in"), (began + timedelta(days=8), "out")]))
    # One whose answer never reached the patient: it waits still.
    clock.move_to(began + timedelta(days=9))
    lost = receive(cast, question(cast, kind=E_CONTACT))
    stories.append(Story("e_contact", "e_contact", [(clock.now(), "in")]))
    clock.move(timedelta(minutes=9))
    with acting(cast.actor(cast.kari)):
        services.answer(Thread.objects.get(id=lost.id), text="Svar.")
        Message.objects.filter(thread_id=lost.id, direction="out").update(delivery="rejected")
    # Between colleagues nobody asks: it is in the channels alone.
    with acting(cast.actor(cast.kari)):
        services.start_internal(to=[cast.ali], subject="Møte", text="Kl. 12?")
    clock.move_to(NOW)
    return cast, stories


@pytest.mark.req("JRN-10", "MSG-16", "NFR-1", "NFR-2")
def test_the_figures_are_those_of_what_was_written_when() -> None:
    cast, stories = _whole_story()
    period = {"from": FIRST, "to": LAST}
    with as_role("skranke_web"):
        told = Api(cast, cast.ali, "read").get("reports/messages", **period)
    assert told.status == 200
    report = told.body
    assert (report["from"], report["to"]) == (str(FIRST), str(LAST))
    times = {one["kind"]: one for one in report["answer_times"]}
    assert set(times) == {"e_contact", "e_consultation"}
    for kind, found in times.items():
        wanted = _expected(stories, kind)
        assert wanted["answered"] >= 5, wanted
        assert wanted["closed"] + (wanted["late"] or 0) > 0, wanted
        assert found == pytest.approx(wanted), kind
    assert {(one["week"], one["kind"]): one["incoming"] for one in report["load"]} == _load(stories)
    with acting(cast.system):
        threads = list(Thread.objects.filter(state="open"))
        out = [m for m in Message.objects.filter(direction="out", points_on=False) if _within_period(m)]
    for one in report["now"]:
        own = [thread for thread in threads if thread.kind == one["kind"]]
        due = [thread.answer_due for thread in own if thread.answer_due]
        assert one["open"] == len(own)
        assert one["overdue"] == sum(day < _oslo_day(NOW) for day in due)
        assert one["due_today"] == sum(day == _oslo_day(NOW) for day in due)
    assert sum(one["open"] for one in report["now"]) == len(threads)
    channels = {one["channel"]: (one["incoming"], one["outgoing"]) for one in report["channels"]}
    internal = sum(m.code == "" for m in out)
    assert channels == {
        "helsenorge": (sum(_load(stories).values()), len(out) - internal),
        "internal": (0, internal),
    }
    with acting(cast.system):
        row = AuditEvent.objects.get(action="report.read")
        assert (row.actor_id, row.patient_id) == (cast.ali.id, None)
        assert row.detail == {"report": "messages", "from": str(FIRST), "to": str(LAST)}


def _within_period(message: Message) -> bool:
    return FIRST <= _oslo_day(message.generated_at) <= LAST


@pytest.mark.req("ORG-4", "ORG-5", "NFR-1", "NFR-3")
def test_the_page_shows_each_picture_with_its_numbers_in_few_questions() -> None:
    cast, stories = _whole_story()
    with as_role("skranke_web"):
        client = logged_in(cast, cast.ali)
        client.get(address(cast, "reports"))
        with at_most(24):
            answer = client.get(address(cast, "reports"), {"fra": str(FIRST), "til": str(LAST)})
    page = body(answer)
    assert answer.status_code == 200
    pictures = re.findall(r'<svg class="chart"[^>]* role="img" aria-labelledby="(\S+) (\S+)">', page)
    assert len(pictures) == 5
    for title, about in pictures:
        assert re.search(rf'<title id="{title}">[^<]+</title><desc id="{about}">[^<]+</desc>', page)
    assert page.count("<table") == 5
    consultation = _expected(stories, "e_consultation")
    share = f"{round(100 * consultation['share_within_limit'])} %"
    table = page.split('id="frist-h"')[1].split("<table")[1].split("</table>")[0]
    cells = re.findall(r'<td class="num"[^>]*>([^<]*)</td>', table)
    assert cells[:2] == [str(consultation["within_limit"]), str(consultation["late"])]
    assert cells[3].replace("\xa0", " ") == share
    assert "Ola" not in page.split("<main")[1], "no patient is named"
    assert "style=" not in page


@pytest.mark.req("ORG-4", "ORG-5", "ORG-6")
def test_only_an_administrator_and_who_was_granted_it_may_see_them() -> None:
    cast = make_clinic()
    rail = 'href="' + address(cast, "reports") + '"'
    kari = logged_in(cast, cast.kari)
    assert rail not in body(kari.get(address(cast, "post")))
    assert kari.get(address(cast, "reports")).status_code == 403
    assert Api(cast, cast.kari).get("reports/messages").status == 403
    with acting(cast.system):
        assert not AuditEvent.objects.filter(action="report.read").exists()
        held_role, department, version = Employee.objects.values_list("held_role", "department", "version").get(
            id=cast.kari.id
        )
    ali = logged_in(cast, cast.ali)
    assert rail in body(ali.get(address(cast, "post")))
    card = address(cast, "settings-employee", cast.kari.id)
    assert "Kan se Rapporter" in body(ali.get(card))
    facts = {
        "version": version, "given_name": "Kari", "family_name": cast.kari.family_name, "held_role": held_role,
        "department": department, "hpr_number": cast.kari.hpr_number, "her_id": cast.kari_party.her_id,
        "licence_active": "on", "sees_reports": "on",
    }  # fmt: skip
    assert ali.post(card, facts).status_code == 302
    assert rail in body(kari.get(address(cast, "post")))
    assert kari.get(address(cast, "reports")).status_code == 200
    assert Api(cast, cast.kari, "read").get("reports/messages").status == 200
    assert Api(cast, cast.kari, "write").get("reports/messages").status == 403
    with acting(cast.system):
        assert AuditEvent.objects.filter(action="report.read", actor_id=cast.kari.id).count() == 2


@pytest.mark.req("ORG-4")
def test_without_messages_and_with_a_wrong_period_the_page_says_so() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    page = body(client.get(address(cast, "reports")))
    assert "Ingen meldinger i denne perioden." in page
    assert '<svg class="chart"' not in page
    for fra, til, text in (
        ("2027-03-03", "2027-03-01", "Sluttdatoen er før startdatoen"),
        ("2020-01-01", "2027-03-01", "høyst ett år"),
        ("0001-01-01", "0001-01-02", "vår tid"),
        ("9999-12-30", "9999-12-31", "vår tid"),
        ("tull", "", "dato"),
    ):
        answer = client.get(address(cast, "reports"), {"fra": fra, "til": til})
        assert (answer.status_code, text in body(answer)) == (422, True), (fra, til)
    api = Api(cast, cast.ali)
    assert api.get("reports/messages", **{"from": "2027-03-03", "to": "2027-03-01"}).status == 422
