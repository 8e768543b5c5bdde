"""Innsynslogg: what an administrator sees of who used which patient's data, and takes out."""

import csv
from datetime import date, datetime, time, timedelta
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import translation

from skranke.audit.actions import Action
from skranke.audit.models import AuditEvent
from skranke.audit.rules import Unusual, is_outside_hours, unusual
from skranke.audit.services import record
from skranke.clinics.organisation.hours import STANDARD
from skranke.identity.models import Account
from skranke.kernel import clock
from skranke.kernel.ids import new_id
from skranke.patients.models import Patient
from skranke.scheduling.models import BookedThrough
from skranke.scheduling.services import book
from skranke.tenancy.work import acting
from skranke.web.access_words import action_by_clinic

from cast import Cast, make_clinic
from support.clinic_pages import address, body, logged_in
from support.timebok import make_timebok, weekday_at

# A Wednesday without a holiday.
DAY = date(2027, 2, 10)


def at(hour: int, minute: int = 0, day: date = DAY) -> None:
    clock.move_to(clock.from_oslo(datetime.combine(day, time(hour, minute))))


def does(cast: Cast, person, action: Action, patient: Patient, times: int = 1) -> None:
    with acting(cast.actor(person)):
        for _ in range(times):
            record(action, subject_kind="patient", subject_id=new_id(), patient_id=patient.id)


def opened(cast: Cast, **query: object):
    """The page as Ali, who is administrator, sees it that evening."""
    clock.move(timedelta(minutes=1))
    return logged_in(cast, cast.ali).get(address(cast, "settings-access-log"), query)


def parts(page: str) -> tuple[str, str]:
    """What is out of the ordinary, and all rows."""
    head, _title, rest = page.partition('id="all-h"')
    return head.partition('id="odd-h"')[2], rest


@pytest.mark.req("NFR-1")
def test_a_look_without_a_known_reason_stands_first_and_work_does_not() -> None:
    cast = make_clinic()
    at(10)
    does(cast, cast.anne, Action.PATIENT_READ, cast.jonas, times=3)
    does(cast, cast.kari, Action.PATIENT_READ, cast.ola)
    does(cast, cast.mona, Action.JOURNAL_READ, cast.nora)
    does(cast, cast.mona, Action.JOURNAL_RECORDED, cast.nora)
    odd, rows = parts(body(opened(cast)))
    assert ("Anne Berg" in odd, "Jonas Åsen" in odd, "3 oppslag" in odd) == (True, True, True)
    assert "Ingen kjent grunn" in odd
    assert "Ola Nordmann" not in odd, "Kari is his GP"
    assert "Nora Nordmann" not in odd, "Mona wrote in her journal"
    for text in (
        "Anne Berg",
        "Jonas Åsen",
        "Kari Lunde",
        "Ola Nordmann",
        "Slo opp pasienten",
        "Helsehjelp",
    ):
        assert text in rows


@pytest.mark.req("NFR-1")
def test_a_patient_with_an_appointment_has_business_with_everybody() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    with acting(cast.actor(cast.ali)):
        book(slot=timebok.slot(weekday_at(9)), patient=cast.astrid, through=BookedThrough.STAFF)
    at(10)
    does(cast, cast.anne, Action.PATIENT_READ, cast.astrid)
    assert "Astrid" not in parts(body(opened(cast)))[0]


@pytest.mark.req("NFR-1")
def test_colleagues_and_looks_at_night_are_told_and_colleagues_come_first() -> None:
    cast = make_clinic()
    Account.objects.filter(id=cast.per.account_id).update(national_id=cast.ola.national_id)
    at(10)
    does(cast, cast.kari, Action.PATIENT_READ, cast.ola)
    at(23, 5)
    does(cast, cast.kari, Action.PATIENT_READ, cast.nora)
    odd, _rows = parts(body(opened(cast)))
    assert odd.index("Pasienten arbeider her") < odd.index("Utenom åpningstid")
    assert odd.index("Ola Nordmann") < odd.index("Nora Nordmann")


@pytest.mark.req("NFR-1")
def test_the_filters_leave_out_what_was_not_asked_for() -> None:
    cast = make_clinic()
    at(10, day=DAY - timedelta(days=40))
    does(cast, cast.per, Action.PATIENT_READ, cast.ola)
    at(10)
    does(cast, cast.kari, Action.PATIENT_READ, cast.ola)
    does(cast, cast.anne, Action.JOURNAL_READ, cast.astrid)

    def rows(**query: object) -> str:
        return parts(body(opened(cast, **query)))[1]

    assert "Per Vik" not in rows()
    assert "Per Vik" in rows(fra=(DAY - timedelta(days=40)).isoformat())
    only_anne = rows(ansatt=cast.anne.id)
    assert ("Anne Berg" in only_anne, "Kari Lunde" in only_anne) == (True, False)
    only_ola = rows(fnr=cast.ola.national_id)
    assert ("Ola Nordmann" in only_ola, "Astrid" in only_ola) == (True, False)
    only_journal = rows(hva="read_journal")
    assert ("Anne Berg" in only_journal, "Kari Lunde" in only_journal) == (True, False)
    assert "Ola Nordmann" in rows(pasient=cast.ola.id)


@pytest.mark.req("NFR-1")
@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"fnr": "01010112345"}, "Ingen pasient ved klinikken har dette fødselsnummeret."),
        ({"fra": "2027-02-10", "til": "2027-02-09"}, "Velg en periode på høyst ett år"),
        ({"fra": "2025-02-10", "til": "2027-02-09"}, "Velg en periode på høyst ett år"),
        ({"fra": "x"}, "Oppgi en gyldig dato"),
        ({"pasient": "x"}, ""),
        ({"ansatt": "x"}, ""),
    ],
)
def test_a_wrong_filter_is_told_at_its_field(query: dict[str, str], text: str) -> None:
    cast = make_clinic()
    answer = opened(cast, **query)
    assert answer.status_code == 422
    assert text in body(answer)
    assert logged_in(cast, cast.ali).get(address(cast, "settings-access-export"), query).status_code == 422


@pytest.mark.req("NFR-1")
def test_older_rows_are_a_page_further_and_none_is_shown_twice() -> None:
    cast = make_clinic()
    at(10)
    does(cast, cast.kari, Action.PATIENT_READ, cast.ola, times=120)
    client, found, query = logged_in(cast, cast.ali), 0, "?hva=looked_up"
    for _ in range(5):
        page = body(client.get(address(cast, "settings-access-log") + query))
        found += parts(page)[1].count("Kari Lunde")
        _before, sign, rest = page.partition('rel="next" href="')
        if not sign:
            break
        query = rest.partition('"')[0].replace("&amp;", "&")
    assert found == 120


@pytest.mark.req("NFR-1")
def test_looking_and_taking_out_are_logged_and_the_file_holds_every_row() -> None:
    cast = make_clinic()
    at(10)
    with acting(cast.system):
        Patient.objects.filter(id=cast.ola.id).update(given_name="=cmd()")
    does(cast, cast.kari, Action.PATIENT_READ, cast.ola, times=3)
    opened(cast, pasient=cast.ola.id)
    answer = logged_in(cast, cast.ali).get(address(cast, "settings-access-export"), {"pasient": cast.ola.id})
    assert answer["Content-Type"].startswith("text/csv")
    assert "attachment" in answer["Content-Disposition"]
    lines = list(csv.reader(StringIO(body(answer).lstrip("\ufeff")), delimiter=";"))
    assert lines[0] == ["Tid", "Ansatt", "Rolle", "Pasient", "Handling", "Hvorfor"]
    looks = [line for line in lines[1:] if line[4] == "Slo opp pasienten"]
    assert len(looks) == 3
    assert looks[0][1:4] == ["Kari Lunde", "Fastlege", "'=cmd() Nordmann"]
    with acting(cast.system):
        told = AuditEvent.objects.filter(action__in=["access.reviewed", "access.exported"], actor_id=cast.ali.id)
        assert sorted(told.values_list("action", "patient_id")) == [
            ("access.exported", cast.ola.id),
            ("access.reviewed", cast.ola.id),
        ]


@pytest.mark.req("NFR-1", "ORG-12")
@pytest.mark.parametrize("name", ["settings-access-log", "settings-access-export"])
def test_only_an_administrator_may(name: str) -> None:
    cast = make_clinic()
    assert logged_in(cast, cast.kari).get(address(cast, name)).status_code == 403
    assert reverse(name, args=[cast.clinic.slug]) not in body(logged_in(cast, cast.kari).get(address(cast, "settings")))


@pytest.mark.req("NFR-1")
@pytest.mark.req("NFR-1")
def test_each_action_is_told_in_words() -> None:
    cast = make_clinic()
    at(9)
    # As many of the kinds as a page holds at a time.
    actions = list(Action)
    for some in (actions[start : start + 40] for start in range(0, len(actions), 40)):
        for action in some:
            does(cast, cast.kari, action, cast.ola)
        page = parts(body(opened(cast)))[1]
        for action in some:
            assert action_by_clinic(action) in page
            assert f">{action.value}<" not in page
            assert action_by_clinic(action) != action.value
    with translation.override("en"):
        assert len({action_by_clinic(action) for action in actions}) > 40


def test_what_is_out_of_the_ordinary() -> None:
    noon, night = (clock.from_oslo(datetime.combine(DAY, time(hour))) for hour in (12, 22))
    assert unusual(noon, noon, related=True, colleague=False, hours=STANDARD) == ()
    assert unusual(noon, night, related=False, colleague=True, hours=STANDARD) == tuple(Unusual)
    sunday, may17 = (clock.from_oslo(datetime.combine(day, time(12))) for day in (date(2027, 2, 14), date(2027, 5, 17)))
    assert [is_outside_hours(one, STANDARD) for one in (noon, night, sunday, may17)] == [False, True, True, True]
    open_on_sunday = {7: (time(12), time(12, 30))}
    assert [is_outside_hours(one, open_on_sunday) for one in (noon, sunday)] == [True, False]
    assert is_outside_hours(sunday + timedelta(minutes=30), open_on_sunday)
