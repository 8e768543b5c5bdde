"""Konfigurasjon > Klinikk > Åpningstider."""

from datetime import date, datetime, time

import pytest
from lxml import html

from skranke.audit.actions import Action
from skranke.audit.models import AuditEvent
from skranke.audit.services import record
from skranke.clinics.models import OpeningHours
from skranke.kernel import clock
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.clinic_pages import address, body, logged_in

ODD = "Utenom åpningstid</span>"
SATURDAY = date(2027, 2, 13)


def field(page: str, name: str) -> str:
    """What the form's field of this name holds, perhaps nothing."""
    found = html.fromstring(page).xpath("//input[@name=$name]", name=name)
    return found[0].get("value", "")


def sent(page: str, **changes: str) -> dict[str, str]:
    """The form of a page as a browser sends it, with what is written anew."""
    names = [f"{side}{day}" for day in range(1, 8) for side in ("opens", "closes")]
    return {name: field(page, name) for name in ("before", *names)} | changes


def log_at(cast: Cast, hour: int) -> str:
    """The log of a Saturday on which Kari looked at Ola at this hour."""
    clock.move_to(clock.from_oslo(datetime.combine(SATURDAY, time(hour))))
    with acting(cast.actor(cast.kari)):
        record(Action.PATIENT_READ, subject_kind="patient", subject_id=cast.ola.id, patient_id=cast.ola.id)
    clock.move_to(clock.from_oslo(datetime.combine(SATURDAY, time(23))))
    page = address(cast, "settings-access-log")
    return body(logged_in(cast, cast.ali).get(page, {"fra": str(SATURDAY), "til": str(SATURDAY)}))


@pytest.mark.req("NFR-1", "ORG-4")
def test_what_is_outside_the_hours_that_the_administrator_set_is_unusual() -> None:
    cast, other = make_clinic(), make_clinic()
    client, page = logged_in(cast, cast.ali), address(cast, "settings-hours")
    shown = body(client.get(page))
    assert (field(shown, "opens1"), field(shown, "closes5"), field(shown, "opens6")) == ("07:00", "18:00", "")
    assert client.post(page, sent(shown, opens6="10:00", closes6="14:00")).status_code == 302
    assert field(body(client.get(page)), "closes6") == "14:00"
    assert ODD not in log_at(cast, 11)
    assert ODD in log_at(cast, 15)
    assert ODD in log_at(other, 11)
    with acting(cast.system):
        assert AuditEvent.objects.get(action="clinic.hours_changed").detail["6"] == "10:00-14:00"


@pytest.mark.req("NFR-1", "ORG-4")
def test_what_cannot_be_is_told_at_its_field_and_the_second_of_two_is_told() -> None:
    cast = make_clinic()
    client, page = logged_in(cast, cast.ali), address(cast, "settings-hours")
    shown = body(client.get(page))
    closed = {f"{side}{day}": "" for day in range(1, 8) for side in ("opens", "closes")}
    for wrong, text in (
        ({"opens6": "10:00"}, "Skriv begge klokkeslettene"),
        ({"closes6": "10:00"}, "Skriv begge klokkeslettene"),
        ({"opens6": "10:00", "closes6": "10:00"}, "Må være etter at dere åpner."),
        ({"opens6": "x", "closes6": "10:00"}, "gyldig"),
        (closed, "Minst én dag må være åpen."),
        ({"before": "1=x"}, "Noen andre har endret"),
    ):
        answer = client.post(page, sent(shown, **wrong))
        assert (answer.status_code, text in body(answer)) == (409 if "before" in wrong else 422, True), wrong
    with acting(cast.system):
        assert not OpeningHours.objects.exists()
    assert client.post(page, sent(shown, closes1="16:00")).status_code == 302
    second = client.post(page, sent(shown, closes1="15:00"))
    assert second.status_code == 409
    assert "Noen andre har endret åpningstidene" in body(second)
    again = body(second)
    assert field(again, "closes1") == "15:00"
    assert client.post(page, sent(again)).status_code == 302
    assert logged_in(cast, cast.kari).get(page).status_code == 403
    assert logged_in(cast, cast.kari).post(page, sent(shown)).status_code == 403
