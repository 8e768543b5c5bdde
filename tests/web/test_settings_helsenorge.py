"""Konfigurasjon > Post > HelseNorge, Hva ser pasienten? and Bestemt ved oppstart."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from skranke.audit.models import AuditEvent
from skranke.clinics.activation.services import choose_offers, take_off, take_party_off
from skranke.clinics.models import CHOOSABLE, Clinic, OnboardingQuestion, Service
from skranke.clinics.services import set_services
from skranke.kernel import clock
from skranke.kernel.ids import new_id
from skranke.scheduling.models import Schedule
from skranke.scheduling.services import add_single_slot, create_schedule, create_type
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.clinic_pages import address, at_most, body, field, logged_in
from support.dialog import question, receive


def page_of(cast: Cast, route: str, query: str = "") -> str:
    answer = logged_in(cast, cast.ali).get(address(cast, route, query=query))
    assert answer.status_code == 200
    return body(answer)


def sight(cast: Cast) -> str:
    return page_of(cast, "settings-sight", f"?lege={cast.kari.id}")


def timebok(cast: Cast, **facts: object) -> Schedule:
    """A schedule of Kari's with one free time tomorrow."""
    with acting(cast.system):
        schedule = create_schedule(owner=cast.kari, public_name="Kari", internal_name="Kari fastlege", **facts)
        start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
        add_single_slot(schedule, start=start, type=create_type(name="Vanlig time", minutes=20))
    return schedule


@pytest.mark.req("ACT-3")
def test_getting_started_links_to_what_norsk_helsenett_says_and_to_its_ordering() -> None:
    page = page_of(make_clinic(live=False), "settings-helsenorge")
    for words in ("Hva er Digital dialog?", "Ti gode grunner", "Bestill hos Norsk Helsenett"):
        before, _, _ = page.partition(words)
        assert 'href="https://www.nhn.no/' in before[before.rindex("<a ") :]
    assert "Ikke på ennå" in page
    assert "Be klinikken bestille hos Norsk Helsenett" in page


@pytest.mark.req("ACT-9", "ACT-10", "ACT-11")
def test_each_gps_services_are_told_as_the_register_has_them_with_their_age_and_are_not_edited_here() -> None:
    cast = make_clinic()
    with acting(cast.system):
        set_services(cast.kari_party, [Service.BOOKING, Service.E_CONTACT])
    page = page_of(cast, "settings-helsenorge")
    row = page.partition('id="tjenester"')[2].partition(">Kari Lunde<")[2].partition("</tr>")[0]
    states = [cell.partition("</span>")[0].rpartition(">")[2] for cell in row.split("<td ")[1:5]]
    assert states == ["På", "Av", "På", "Av"]
    assert re.findall(r'data-label="([^"]*)"', row) == [
        "Bestille time", "eKonsultasjon", "e-Kontakt", "Reseptfornyelse", "I HelseNorge",
    ]  # fmt: skip
    assert "Lest fra Adresseregisteret" in page
    assert "av legen selv eller av Norsk Helsenett når legen ber om det" in page
    form = page.partition('aria-labelledby="tjenester"')[2].partition("</section>")[0]
    assert form.count('name="csrfmiddlewaretoken"') == form.count("<input")


@pytest.mark.req("ACT-10")
def test_a_register_that_does_not_answer_is_told_and_changes_nothing() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    answer = client.post(address(cast, "settings-helsenorge-refresh"))
    assert answer.status_code == 503
    assert "Det som ble lest sist, gjelder fortsatt." in body(answer)
    with acting(cast.system):
        cast.kari_party.refresh_from_db()
        assert "booking" in cast.kari_party.services
    assert logged_in(cast, cast.anne).post(address(cast, "settings-helsenorge-refresh")).status_code == 403
    assert client.post(reverse("settings-helsenorge-refresh", args=[f"x{new_id().hex}"])).status_code == 404


@pytest.mark.req("ACT-14")
def test_the_administrator_chooses_each_service_by_itself_and_the_second_is_told() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    version = field(body(client.get(address(cast, "settings-helsenorge"))), "version")
    place, facts = address(cast, "settings-helsenorge-offers"), {"version": version, "offers": ["e_contact", "booking"]}
    assert client.post(place, facts | {"offers": ["teleportation"]}).status_code == 422
    assert client.post(place, facts | {"version": "x"}).status_code == 404
    assert client.post(place, facts).status_code == 302
    told = client.post(place, facts | {"offers": ["e_consultation"]})
    page = body(told)
    assert told.status_code == 409
    assert "Noen andre har endret dette imens." in page
    assert 'value="e_consultation" ' in page
    typed = page.partition('value="e_consultation"')[2].partition(">")[0]
    assert "checked" in typed
    with acting(cast.system):
        assert Clinic.objects.get().offers == ["booking", "e_contact"]
        assert AuditEvent.objects.get(action="clinic.offers_changed").actor_name == "Ali Khan"
    assert logged_in(cast, cast.anne).post(place, facts).status_code == 403


@pytest.mark.req("HNB-15", "ACT-13", "IMP-2")
def test_what_a_patient_sees_and_the_failing_rule_with_what_mends_it() -> None:
    cast = make_clinic()
    timebok(cast)
    page = sight(cast)
    assert "1 ledig time de neste fire ukene." in page
    assert "Feil:" not in page
    second = timebok(cast)
    page = sight(cast)
    assert "Legen eier flere timebøker" in page
    assert f'href="{address(cast, "schedule")}">Åpne Timebok' in page
    with acting(cast.system):
        Schedule.objects.filter(id=second.id).update(archived=True)
        choose_offers(set(CHOOSABLE) - {Service.E_CONSULTATION})
    page = sight(cast)
    assert "eKonsultasjon er på i Adresseregisteret, men klinikken tilbyr den ikke" in page
    assert f'href="{address(cast, "settings-helsenorge")}#tilbud"' in page
    with acting(cast.system):
        set_services(cast.kari_party, [Service.BOOKING])
    assert "Reseptfornyelse er av i Adresseregisteret." in sight(cast)
    with acting(cast.system):
        take_party_off(cast.kari_party)
    page = sight(cast)
    assert "Kari Lunde er ikke slått på i HelseNorge." in page
    assert "Pasienten ser bare legens navn og hvordan klinikken kan nås." in page
    with acting(cast.system):
        take_off()
    assert "Klinikken er ikke slått på i HelseNorge." in sight(cast)


def test_everybody_at_the_clinic_may_ask_why_and_nobody_about_another_clinics_gp() -> None:
    cast, other = make_clinic(), make_clinic()
    client = logged_in(cast, cast.kari)
    place = address(cast, "settings-sight")
    assert client.get(place).status_code == 200
    for gp in (other.kari.id, new_id(), "x", cast.anne.id):
        assert client.get(f"{place}?lege={gp}").status_code == 404
    timebok(cast)
    with at_most(60):
        client.get(place)


@pytest.mark.req("ACT-17")
def test_what_was_decided_stands_with_who_decided_it_and_when() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    page = body(client.get(address(cast, "settings-start")))
    assert page.count("<textarea") == len(OnboardingQuestion)
    assert "0 av 6 besvart" in page
    place, facts = address(cast, "settings-start-answer"), {"question": "renewals", "version": "0"}
    answer = client.post(place, facts | {"text": "Faste medisiner som er tatt i over et år."})
    assert answer.headers["Location"].endswith("?lagret=renewals#renewals")
    page = body(client.get(answer.headers["Location"].partition("#")[0]))
    assert "1 av 6 besvart" in page
    assert "Faste medisiner som er tatt i over et år." in page
    assert "Ali Khan, <time" in page.replace("\n", "")
    told = client.post(place, facts | {"text": "Ingen."})
    page = body(told)
    assert told.status_code == 409
    assert ">Ingen.</textarea>" in page
    assert "Dette står nå:" in page
    long = client.post(place, facts | {"version": "1", "text": "x" * 1001})
    assert long.status_code == 422
    assert client.post(place, facts | {"question": "weather", "text": "Sol."}).status_code == 404
    assert client.post(place, facts | {"version": "x", "text": "Sol."}).status_code == 404
    user = logged_in(cast, cast.anne)
    assert user.get(address(cast, "settings-start")).status_code == 403
    assert user.post(place, facts | {"text": "Nei."}).status_code == 403


_ALL_OFF = "Alle fire tjenestene er av i Adresseregisteret for Kari Lunde."


@pytest.mark.req("ABS-19", "ABS-20", "ABS-23")
def test_an_active_gp_with_all_four_services_off_is_an_alarm_and_with_booking_on_is_none() -> None:
    cast = make_clinic()
    places = ("settings", "settings-helsenorge")
    with acting(cast.system):
        set_services(cast.kari_party, [])
    for place in places:
        page = page_of(cast, place)
        assert _ALL_OFF in page
        assert "Da ser pasientene ikke legen på helsenorge.no" in page
    assert _ALL_OFF not in body(logged_in(cast, cast.kari).get(address(cast, "settings")))
    for one in (Service.BOOKING, Service.E_CONSULTATION, Service.E_CONTACT, Service.PRESCRIPTION_RENEWAL):
        with acting(cast.system):
            set_services(cast.kari_party, [one])
        assert not any(_ALL_OFF in page_of(cast, place) for place in places), one
    # What has never been read is no alarm.
    with acting(cast.system):
        cast.kari_party.services, cast.kari_party.services_read_at = [], None
        cast.kari_party.save()
    assert not any(_ALL_OFF in page_of(cast, place) for place in places)


@pytest.mark.req("ABS-21", "ABS-24")
def test_the_recommended_way_is_told_and_what_comes_though_a_service_is_off_is_received_and_shown() -> None:
    cast = make_clinic()
    with acting(cast.system):
        set_services(cast.kari_party, [Service.BOOKING])
    page = page_of(cast, "settings-helsenorge")
    assert "slå av e-konsultasjon, e-kontakt og reseptfornyelse, men la timebestilling stå på" in page
    assert f'href="{address(cast, "settings-plans")}">Fjern ledige timer<' in page
    thread = receive(cast, question(cast, subject="Kom likevel fram"))
    shown = body(logged_in(cast, cast.kari).get(address(cast, "post")))
    assert str(thread.id) in shown
    assert "Kom likevel fram" in shown
