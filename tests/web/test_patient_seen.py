"""Hvem har sett journalen min: the patient reads who has used the data, and why (NFR-1)."""

from datetime import timedelta

import pytest

from skranke.audit.models import AuditEvent
from skranke.kernel import clock
from skranke.patients.access import get_patient_for
from skranke.scheduling.access import get_appointment_for
from skranke.scheduling.models import BookedThrough
from skranke.scheduling.services import book, change, create_type
from skranke.tenancy.work import acting, current_actor

from cast import make_clinic
from support.clinic_pages import address, at_most, body
from support.patient_pages import as_patient
from support.timebok import make_timebok, weekday_at


def _look_up(cast, person, patient) -> None:
    with acting(cast.actor(person)):
        get_patient_for(current_actor(), patient.id)


@pytest.mark.req("NFR-1")
def test_the_patient_reads_who_has_opened_the_record_and_why() -> None:
    cast = make_clinic()
    _look_up(cast, cast.kari, cast.ola)
    _look_up(cast, cast.anne, cast.nora)
    page = body(as_patient(cast.ola).get(address(cast, "patient-seen")))
    for text in ("Kari Lunde", "Fastlege", "Slo opp på deg", "For å gi deg helsehjelp", "Prøvevik legesenter"):
        assert text in page
    assert "Anne Berg" not in page
    with acting(cast.system):
        row = AuditEvent.objects.get(action="access.read")
        assert (row.actor_id, row.patient_id, row.purpose) == (cast.ola.id, cast.ola.id, "own_access")


def test_what_the_patient_did_is_left_out_and_an_empty_page_says_so() -> None:
    cast = make_clinic()
    client = as_patient(cast.ola)
    with acting(cast.system):
        AuditEvent.objects.filter(patient_id=cast.ola.id, actor_kind="employee").exists()
    client.get(address(cast, "patient-me"))
    page = body(client.get(address(cast, "patient-seen")))
    assert "Ingen ved legekontoret har åpnet noe om deg ennå." in page


def test_older_days_are_a_page_further_on() -> None:
    cast = make_clinic()
    for _ in range(32):
        _look_up(cast, cast.kari, cast.ola)
        clock.move(timedelta(days=1))
    client = as_patient(cast.ola)
    first = body(client.get(address(cast, "patient-seen")))
    assert first.count("Kari Lunde") == 30
    older = first.partition('id="seen-earlier"')[0].rpartition('href="')[2].partition('"')[0]
    second = body(client.get(older))
    assert second.count("Kari Lunde") == 2
    assert 'id="seen-earlier"' not in second
    for made_up in ("?for=x", "?for="):
        assert client.get(address(cast, "patient-seen", query=made_up)).status_code == 200
    assert "Det er ikke noe eldre å vise." in body(client.get(address(cast, "patient-seen", query="?for=1990-01-01")))


@pytest.mark.req("TYP-4")
def test_a_hidden_time_is_betrayed_by_nobodys_reading_of_it() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    with acting(cast.system):
        secret = create_type(name="Skjult", minutes=20, visibility="hidden")
    slots = [timebok.slot(weekday_at(9), type=secret), timebok.slot(weekday_at(10)), timebok.slot(weekday_at(11))]
    with acting(cast.actor(cast.per)):
        hidden, became = (book(slot=slot, patient=cast.ola, through=BookedThrough.STAFF) for slot in slots[:2])
        get_appointment_for(current_actor(), hidden.id)
        change(became, kind=secret)
    client = as_patient(cast.ola)
    assert "Per Vik" not in body(client.get(address(cast, "patient-seen")))
    with acting(cast.actor(cast.anne)):
        book(slot=slots[2], patient=cast.ola, through=BookedThrough.STAFF)
    clock.move(timedelta(hours=1))
    page = body(client.get(address(cast, "patient-seen")))
    assert "Per Vik" not in page
    assert "Anne Berg" in page


def test_a_long_history_asks_no_more_than_a_short_one() -> None:
    cast = make_clinic()
    for person in (cast.kari, cast.mona, cast.ali, cast.anne):
        for _ in range(5):
            _look_up(cast, person, cast.ola)
    client = as_patient(cast.ola)
    with at_most(20):
        client.get(address(cast, "patient-seen"))
