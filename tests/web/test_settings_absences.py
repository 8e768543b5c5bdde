"""Fravær on the employee card: told by an administrator, for information, and taken away again."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from skranke.audit.queries import events_about
from skranke.clinics.absences.models import Absence
from skranke.clinics.models import Employee
from skranke.kernel import clock
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.clinic_pages import address, body, logged_in, same
from support.dialog import holders, question, receive


def _told(cast: Cast, by: Employee, *days: int | None):
    """The answer to somebody who says that Kari is away from one day to another, counted from today."""
    names = ("first_day", "last_day")
    form = {name: "" if day is None else _day(day) for name, day in zip(names, days, strict=True)}
    return logged_in(cast, by).post(address(cast, "settings-new-absence", cast.kari.id), form)


def _day(days: int) -> str:
    return (clock.today() + timedelta(days)).isoformat()


def _rows(cast: Cast) -> list[tuple[date, date | None]]:
    with acting(cast.system):
        return list(Absence.objects.order_by("first_day").values_list("first_day", "last_day"))


def _card(cast: Cast) -> str:
    return body(logged_in(cast, cast.ali).get(address(cast, "settings-employee", cast.kari.id)))


@pytest.mark.req("ABS-2", "ABS-27", "ORG-6", "NFR-1")
def test_an_administrator_tells_of_an_absence_and_takes_it_away_and_nobody_else_does() -> None:
    cast = make_clinic()
    assert "Ingen fravær nå eller senere." in _card(cast)
    assert _told(cast, cast.kari, 0, 6).status_code == 403
    assert _rows(cast) == []
    assert _told(cast, cast.ali, 0, 6).status_code == 302
    page = _card(cast)
    assert "Ingen fravær nå eller senere." not in page
    assert ">Nå<" in page
    with acting(cast.system):
        row = Absence.objects.get()
    gone = address(cast, "settings-absence-removed", row.id)
    assert logged_in(cast, cast.kari).post(gone).status_code == 403
    assert len(_rows(cast)) == 1
    assert logged_in(cast, cast.ali).post(gone).status_code == 302
    assert _rows(cast) == []
    assert "Ingen fravær nå eller senere." in _card(cast)
    with acting(cast.system):
        told = [one for one in events_about("employee", cast.kari.id) if one.action.startswith("absence.")]
    assert {(one.action, one.actor_name) for one in told} == {
        ("absence.registered", cast.ali.name),
        ("absence.removed", cast.ali.name),
    }
    assert all(one.detail == {"first": _day(0), "last": _day(6)} for one in told)


@pytest.mark.req("ABS-27")
def test_an_absence_is_for_information_who_is_away_still_receives_what_is_sent_there() -> None:
    cast = make_clinic()
    assert _told(cast, cast.ali, 0, None).status_code == 302
    assert "uten sluttdato" in _card(cast)
    thread = receive(cast, question(cast))
    assert holders(cast, thread) == {cast.kari.given_name}


@pytest.mark.req("ABS-27")
def test_days_that_cannot_be_are_refused_and_a_day_is_told_once() -> None:
    cast = make_clinic()
    wrong = _told(cast, cast.ali, 3, 2)
    assert (wrong.status_code, "Siste dag er før første dag." in body(wrong)) == (422, True)
    assert _told(cast, cast.ali, 7, 13).status_code == 302
    for days in ((13, 20), (0, 7), (8, 9), (0, None)):
        answer = _told(cast, cast.ali, *days)
        assert (answer.status_code, "Noen av dagene er alt registrert" in body(answer)) == (409, True), days
    for days in ((14, None), (6, 6)):
        assert _told(cast, cast.ali, *days).status_code == 302, days
    assert len(_rows(cast)) == 3
    # The database is the second wall.
    for first, last in ((30, 31), (-5, -6)):
        with pytest.raises(IntegrityError), acting(cast.system), connection.cursor():
            Absence.objects.create(
                clinic_id=cast.clinic.id, employee=cast.kari, first_day=_day(first), last_day=_day(last)
            )


@pytest.mark.req("ABS-27", "NFR-2")
def test_an_absence_of_another_clinic_is_as_none_and_what_is_over_is_not_on_the_card() -> None:
    cast, other = make_clinic(), make_clinic()
    assert _told(cast, cast.ali, -5, -1).status_code == 302
    assert "Ingen fravær nå eller senere." in _card(cast)
    assert _told(cast, cast.ali, -20, -20).status_code == 302
    with acting(cast.system):
        row = Absence.objects.first()
    client = logged_in(other, other.ali)
    theirs = client.post(address(other, "settings-absence-removed", row.id))
    nobodys = client.post(address(other, "settings-absence-removed", uuid4()))
    assert (theirs.status_code, same(theirs)) == (nobodys.status_code, same(nobodys)) == (404, same(nobodys))
    assert len(_rows(cast)) == 2
