"""Konfigurasjon: types that HelseNorge shows as services of the clinic, and the schedules that hold them."""

import pytest

from skranke.clinics.activation.services import put_party_live
from skranke.clinics.models import GroupKind, PartyKind, Service
from skranke.clinics.organisation.groups import GroupFacts, add_group
from skranke.clinics.services import register_party, set_services
from skranke.kernel.ids import new_id
from skranke.scheduling.models import AppointmentType, Schedule, Slot
from skranke.scheduling.services import change_schedule, create_schedule, create_type
from skranke.scheduling.services.planning import apply_plan, plan_weeks
from skranke.scheduling.services.setup import create_template
from skranke.scheduling.services.types import change_type
from skranke.scheduling.values import IsoWeek, TemplateEntry, weeks_from
from skranke.tenancy.work import acting

from cast import Cast, fresh_her_id
from support.api import Api
from support.clinic_pages import address, body, field, logged_in
from support.settings import read, sent
from support.timebok import MONDAY, Timebok, make_timebok, weekday_at

LONG = ("Blodprøve for deg som har fått beskjed om det av legen din. " * 5).strip()


def lab(timebok: Timebok, *, public_name: str = "Laben", **facts: object) -> tuple[Schedule, AppointmentType]:
    """A schedule of a lab group that holds one flagged type, and nothing else."""
    cast = timebok.cast
    with acting(cast.actor(cast.ali)):
        group = add_group(GroupFacts(name=f"Lab {new_id().hex[-6:]}", kind=GroupKind.STATIC, members=(cast.anne,)))
        schedule = create_schedule(owner=group, public_name=public_name, **facts)
        kind = create_type(name=f"Blodprøve {new_id().hex[-6:]}", minutes=10, category="lab", information=LONG)
    timebok.slot(weekday_at(9), schedule, type=kind)
    return schedule, kind


def page(cast: Cast, route: str, *ids: object) -> str:
    answer = logged_in(cast, cast.ali).get(address(cast, route, *ids))
    assert answer.status_code == 200
    return body(answer)


@pytest.mark.req("RES-10", "RES-12", "RES-13", "RES-14", "RES-29", "RES-30")
def test_a_type_is_made_a_service_of_the_clinic_by_steps_with_examples_and_help() -> None:
    timebok = make_timebok()
    cast, client = timebok.cast, logged_in(timebok.cast, timebok.cast.ali)
    new = address(cast, "settings-new-type")
    text = body(client.get(new))
    steps = text.partition("Slik gjør du")[2].partition("</ol>")[0]
    assert steps.count("<li>") == 5
    for example in ("sårstell", "influensavaksine", "koronavaksine", "koronatest", "blodprøve", "øreskylling",
                    "vitaminsprøyte"):  # fmt: skip
        assert example in steps
    assert "Bare en kategori" in text
    choices = text.partition('name="category"')[2].partition("</select>")[0]
    for wire, said in (("corona_test", "Koronatest"), ("corona_vaccine", "Koronavaksine"), ("lab", "Laboratorium"),
                       ("vaccine", "Vaksine")):  # fmt: skip
        assert (f'value="{wire}"' in choices, said in choices) == (True, True)
        facts = sent(text, name=f"Ny {wire}", minutes="10", resource="on", category=wire)
        assert client.post(new, facts).status_code == 302
        assert read(cast, AppointmentType, name=f"Ny {wire}").category == wire
    assert client.post(new, sent(text, name="Uten", minutes="10", resource="on", category="")).status_code == 422
    assert "https://www.nhn.no/tjenester/helsenorge/helsenorge-for-kommuner/ressurstimebok" in text
    section = text.partition('id="ressurs"')[2]
    for link in ("settings-new-type", "settings-new-schedule", "settings-plans"):
        assert f'href="{address(cast, link)}"' in section
        assert client.get(address(cast, link)).status_code == 200
    row = Api(cast, cast.ali).post("appointment-types", {"name": "Korona", "minutes": 5, "category": "corona_test"})
    assert (row.status, row.body["category"]) == (201, "corona_test")


@pytest.mark.req("RES-15", "RES-16", "IMP-8")
def test_the_editor_counts_warns_above_200_and_shows_what_helsenorge_will_show() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    _schedule, kind = lab(timebok)
    text = page(cast, "settings-type", kind.id)
    name = text.partition('data-mirror-for="id_name"')[2].partition("</b>")[0].partition(">")[2]
    assert name == kind.name
    shown = text.partition('data-mirror-for="id_information"')[2].partition("</p>")[0].partition(">")[2]
    assert LONG.startswith(shown + " ")
    assert len(shown) <= 200 < len(f"{shown} {LONG[len(shown) + 1 :].split(maxsplit=1)[0]}")
    assert f"{len(LONG)} av 200 tegn" in text
    assert "Teksten er lengre enn de 200 tegnene helsenorge.no viser." in text
    client, place = logged_in(cast, cast.ali), address(cast, "settings-type", kind.id)
    assert client.post(place, sent(text, information="Møt fastende.")).status_code == 302
    text = page(cast, "settings-type", kind.id)
    assert "Teksten er lengre enn" not in text
    assert ">Møt fastende.</p>" in text


@pytest.mark.req("RES-3")
def test_a_gp_owns_no_schedule_of_common_services_and_no_saving_makes_it_so() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    schedule, kind = lab(timebok)
    client, place = logged_in(cast, cast.ali), address(cast, "settings-schedule", schedule.id)
    gp = f"employee:{cast.kari.id}"
    refused = client.post(place, sent(page(cast, "settings-schedule", schedule.id), owner=gp))
    assert (refused.status_code, 'id="id_owner_error"' in body(refused)) == (422, True)
    assert "En fastlege kan ikke eie en timebok som bare har ressurstimer." in body(refused)
    api = Api(cast, cast.ali)
    patch = {"owner": {"kind": "employee", "id": str(cast.kari.id)}}
    over_rest = api.patch(f"schedules/{schedule.id}", patch, if_match=f'"{schedule.version}"')
    assert (over_rest.status, over_rest.body["detail"].startswith("En fastlege kan ikke eie")) == (422, True)
    assert read(cast, Schedule, id=schedule.id).owner_kind == "group"
    # One of the patients' ordinary times makes it somebody's own schedule, and the flag has no effect in it.
    timebok.slot(weekday_at(11), schedule)
    assert client.post(place, sent(page(cast, "settings-schedule", schedule.id), owner=gp)).status_code == 302
    told = page(cast, "settings-type", kind.id)
    assert "I timeboken «Laben» er typen en vanlig time, fordi en fastlege eier den." in told
    assert "Typen vises ikke på helsenorge.no" in told


@pytest.mark.req("RES-3", "RES-17")
def test_what_is_planned_counts_as_held_and_an_owner_who_becomes_a_gp_is_told_of() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    with acting(cast.actor(cast.ali)):
        schedule = create_schedule(owner=cast.anne, public_name="Sårstell")
        kind = create_type(name="Sårstell", minutes=20, category="lab")
        template = create_template(name="Laben", entries=[_entry(kind)])
    place = address(cast, "settings-schedule", schedule.id)
    assert "Typen vises ikke på helsenorge.no" in page(cast, "settings-type", kind.id)
    with acting(cast.actor(cast.ali)):
        plan_weeks(schedule, template, weeks_from(IsoWeek.of(MONDAY.date()), 3))
    assert "Vises fra: Sårstell." in page(cast, "settings-type", kind.id)
    client = logged_in(cast, cast.ali)
    as_gp = sent(page(cast, "settings-schedule", schedule.id), owner=f"employee:{cast.kari.id}")
    assert client.post(place, as_gp).status_code == 422
    assert "Velg en annen eier" not in page(cast, "settings-helsenorge")
    card = sent(page(cast, "settings-employee", cast.anne.id), held_role=str(cast.kari.held_role_id))
    assert client.post(address(cast, "settings-employee", cast.anne.id), card).status_code == 302
    told = page(cast, "settings-helsenorge")
    assert f"{cast.anne.name} er fastlege og eier timeboken «Sårstell»" in told
    assert f'href="{place}">Velg en annen eier' in told
    assert "Fastlege eier ressurstimer" in page(cast, "settings-schedules")
    version = field(page(cast, "settings-schedule", schedule.id), "version")
    away = client.post(address(cast, "settings-schedule-archive", schedule.id), {"version": version})
    assert away.status_code == 302
    assert "Velg en annen eier" not in page(cast, "settings-helsenorge")


@pytest.mark.req("RES-5", "RES-6", "RES-23", "RES-24")
def test_two_schedules_that_patients_cannot_tell_apart_are_pointed_out() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    first, _ = lab(timebok, public_name="Vaksinering", internal_name="Vaksine A")
    form = page(cast, "settings-schedule", first.id)
    assert "Helsenorge.no viser bare navnene på timetypene." in form
    assert "tjenesten («Vaksinering»)" in form
    alike = "Pasientene kan ikke skille denne timeboken fra"
    assert (alike in form, "Samme offentlige navn" in page(cast, "settings-schedules")) == (False, False)
    second, _ = lab(timebok, public_name=" vaksinering", internal_name="Vaksine B")
    assert f"{alike} Vaksine B" in page(cast, "settings-schedule", first.id)
    assert page(cast, "settings-schedules").count("Samme offentlige navn") == 2
    client, place = logged_in(cast, cast.ali), address(cast, "settings-schedule", second.id)
    assert client.post(place, sent(page(cast, "settings-schedule", second.id), online=None)).status_code == 302
    assert alike not in page(cast, "settings-schedule", first.id)
    assert "Samme offentlige navn" not in page(cast, "settings-schedules")


@pytest.mark.req("RES-25")
def test_a_wizard_makes_numbered_copies_with_the_same_owner_limits_and_plan() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    schedule, kind = lab(timebok, public_name="Labtjenester (helsesekretær 1)", days_ahead=30, audience="clinic")
    with acting(cast.actor(cast.ali)):
        template = create_template(name="Lab", entries=[_entry(kind)])
        weeks = weeks_from(IsoWeek.of(MONDAY.date()), 3)
        plan_weeks(schedule, template, weeks, days_off=[5])
        plan_weeks(schedule, template, weeks[:1], days_off=[])
        apply_plan(schedule)
    client, place = logged_in(cast, cast.ali), address(cast, "settings-schedule-copies", schedule.id)
    assert f'href="{place}"' in page(cast, "settings-schedule", schedule.id)
    form = page(cast, "settings-schedule-copies", schedule.id)
    for name in ("Labtjenester (helsesekretær 2)", "Labtjenester (helsesekretær 3)"):
        assert f"<li>{name}</li>" in form
    for wrong in ({"number": "0"}, {"number": "21"}, {"role": " "}, {"name": ""}):
        assert client.post(place, sent(form, **wrong)).status_code == 422
    assert client.post(place, sent(form)).status_code == 302
    for number in (2, 3):
        copy = read(cast, Schedule, public_name=f"Labtjenester (helsesekretær {number})")
        assert (copy.group_id, copy.days_ahead, copy.audience, copy.online) == (schedule.group_id, 30, "clinic", True)
        with acting(cast.system):
            planned = list(copy.planned_weeks.order_by("iso_week").values_list("iso_week", "days_off"))
            assert planned == list(schedule.planned_weeks.order_by("iso_week").values_list("iso_week", "days_off"))
            assert len(planned) == 3
            assert copy.slots.count() == schedule.slots.filter(origin="plan").count() > 0
    made = Api(cast, cast.ali).post(
        f"schedules/{schedule.id}/copies", {"name": "Labtjenester", "role": "helsesekretær", "number": 1}
    )
    assert (made.status, [one["public_name"] for one in made.body["items"]]) == (
        201, ["Labtjenester (helsesekretær 4)"])  # fmt: skip
    with acting(cast.system):
        assert not Slot.objects.filter(schedule_id=made.body["items"][0]["id"]).exists()
    other = address(cast, "settings-schedule-copies", timebok.schedule.id)
    gps = client.post(other, sent(body(client.get(other))))
    assert (gps.status_code, "En fastlege kan bare eie én timebok." in body(gps)) == (422, True)
    assert logged_in(cast, cast.anne).post(place, sent(form)).status_code == 403
    assert client.get(address(cast, "settings-schedule-copies", new_id())).status_code == 404


@pytest.mark.req("RES-7", "RES-9", "HNB-15")
def test_why_the_common_services_are_or_are_not_shown_is_told_rule_by_rule() -> None:
    timebok = make_timebok()
    cast = timebok.cast

    def told(key: object = "tjenester") -> str:
        answer = logged_in(cast, cast.ali).get(address(cast, "settings-sight", query=f"?lege={key}"))
        assert answer.status_code == 200
        return body(answer)

    text = told()
    assert "Klinikken har ingen tjeneste med egen HER-id." in text
    assert "Ingen timetype er merket «Bruk som ressurstime på HelseNorge»." in text
    assert f'href="{address(cast, "settings-types")}">Se timetypene' in text
    with acting(cast.system):
        party = register_party(her_id=fresh_her_id(), kind=PartyKind.SERVICE, name="Fellestjenester")
    assert "Fellestjenester er ikke slått på i HelseNorge." in told(party.id)
    assert "Bestille time er av i Adresseregisteret." in told(party.id)
    with acting(cast.system):
        set_services(party, [Service.BOOKING])
        put_party_live(party)
    schedule, kind = lab(timebok, online=False)
    assert "Ingen timebok med ressurstimer er tilgjengelig på nett: «Laben»." in told(party.id)
    assert f'href="{address(cast, "settings-schedules")}">Se timebøkene' in told(party.id)
    with acting(cast.actor(cast.ali)):
        change_schedule(schedule, online=True)
        change_type(kind, bookable_online=False)
    assert f"Ingen av ressurstimene kan bestilles på nett: {kind.name}." in told(party.id)
    with acting(cast.actor(cast.ali)):
        change_type(kind, bookable_online=True)
    text = told(party.id)
    assert "Feil:" not in text
    for sentence in ("Bestille time er på.", f"Timetyper som er ressurstimer: {kind.name}.",
                     "Timebøker på nett med ressurstimer: «Laben».", "1 ledig time de neste fire ukene."):  # fmt: skip
        assert sentence in text
    assert f"<li>{kind.name}</li>" in text
    with acting(cast.actor(cast.ali)):
        change_schedule(schedule, online=False)
        own = create_schedule(owner=cast.anne, public_name="Annes")
    timebok.slot(weekday_at(9), own, type=kind)
    assert "Timebøker på nett med ressurstimer: «Annes»." in told(party.id)
    card = sent(page(cast, "settings-employee", cast.anne.id), held_role=str(cast.kari.held_role_id))
    assert logged_in(cast, cast.ali).post(address(cast, "settings-employee", cast.anne.id), card).status_code == 302
    assert f"{cast.anne.name} er fastlege og eier timeboken «Annes»" in told(party.id)


def _entry(kind: AppointmentType) -> TemplateEntry:
    return TemplateEntry(weekday=5, start=weekday_at(10).time().replace(tzinfo=None), minutes=10, type_id=kind.id)
