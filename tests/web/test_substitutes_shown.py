"""That a GP has a substitute is shown to staff wherever the GP is, with what is missing for it, and to no patient."""

import psycopg
import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from skranke.clinics.models import Employee
from skranke.clinics.substitutes.models import Substitute
from skranke.tenancy.work import acting
from skranke.ui.dates import format_date

from cast import Cast, make_clinic
from support.clinic_pages import address, body, logged_in
from support.dialog import question, receive
from support.patient_pages import as_patient
from support.standing_in import day, stand_in, told
from support.timebok import make_timebok, weekday_at


def _pages(cast: Cast, thread) -> dict[str, str]:
    """The places where the GP is shown to the staff."""
    client = logged_in(cast, cast.ali)
    client.post(address(cast, "patient-choose", cast.ola.id))
    with acting(cast.system):
        thread.participants.get_or_create(clinic_id=cast.clinic.id, employee=cast.ali)
    return {
        "thread": body(client.get(address(cast, "thread", thread.id))).split('id="thread-head"')[1][:4000],
        "timebok": body(client.get(address(cast, "schedule"))).split('id="rutenett"')[1],
        "patient card": body(client.get(address(cast, "patient", cast.ola.id))).split("<main")[1],
        "active patient": body(client.get(address(cast, "post"))).split("<main")[0],
        "employees": body(client.get(address(cast, "settings-staff"))),
        "employee card": body(client.get(address(cast, "settings-employee", cast.kari.id))),
    }


@pytest.mark.req("ABS-12", "ABS-10")
def test_the_substitute_is_shown_wherever_the_gp_is_and_to_no_patient() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    slot = timebok.slot(weekday_at(10))
    thread = receive(cast, question(cast))
    patient = as_patient(cast.ola)
    mine = [address(cast, name) for name in ("patient-clinic", "patient-book", "patient-messages", "patient-times")]
    mine += [address(cast, "patient-book-kind", slot.schedule_id)]
    mine += [address(cast, "patient-book-time", slot.schedule_id, slot.type_id)]
    mine += [address(cast, "patient-book-confirm", slot.id)]
    assert not any("Vikar:" in page for page in _pages(cast, thread).values())
    stand_in(cast, cast.per, 0, 6)
    text = f"Vikar: Per Vik til {format_date(day(6))}"
    shown = _pages(cast, thread)
    assert "Per Vik" in shown.pop("employee card")
    assert {name for name, page in shown.items() if text not in page} == set()
    for one in mine:
        answer = patient.get(one)
        assert answer.status_code in {200, 302}, one
        assert "ikar" not in body(answer).replace("Prøvevik", "")
        assert "Per Vik" not in body(answer)
    with acting(cast.system):
        Substitute.objects.update(ends_on=None)
    assert "Vikar: Per Vik<" in _pages(cast, thread)["employees"]
    with acting(cast.system):
        Substitute.objects.update(starts_on=day(1))
    assert not any("Vikar:" in page for page in _pages(cast, thread).values())


@pytest.mark.req("ABS-10", "NFR-2")
def test_the_database_shows_a_patient_no_substitute() -> None:
    cast = make_clinic()
    stand_in(cast, cast.per)
    with pytest.raises(ProgrammingError) as refused, acting(cast.actor(cast.ola)), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM clinics_substitute")
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.req("ABS-8", "ABS-13")
def test_what_is_missing_is_told_with_what_follows_and_refuses_nothing() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    card, form = (address(cast, name, cast.kari.id) for name in ("settings-employee", "settings-new-substitute"))
    her_id, licence = "elektroniske meldinger som er til vikaren selv", "har ikke aktiv autorisasjon"
    number = "Svarene går ut med navnet alene."
    # Mona has all: a HER-id of her own under the clinic, an HPR number, and Kari's licence is active.
    assert told(cast, cast.ali, cast.mona, day(0), None).status_code == 302
    assert not any(text in body(client.get(card)) for text in (her_id, licence, number))
    assert licence not in body(client.get(form))
    assert told(cast, cast.ali, cast.per, day(0), None).status_code == 302
    page = body(client.get(card))
    assert ("Per Vik har ingen HER-id" in page, her_id in page, number in page) == (True, True, False)
    assert told(cast, cast.ali, cast.ali, day(0), None).status_code == 302
    assert number in body(client.get(card))
    with acting(cast.system):
        Employee.objects.filter(id=cast.kari.id).update(licence_active=False)
    for page in (body(client.get(card)), body(client.get(form))):
        assert "Kari Lunde har ikke aktiv autorisasjon." in page
        assert "må settes opp på en annen måte" in page
    assert told(cast, cast.ali, cast.anne, day(0), None).status_code == 302
