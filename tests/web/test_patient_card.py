"""The patient card: its areas, who arranged them, contact data, the important note, relations."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from skranke.audit.models import AuditEvent
from skranke.dialog.services import close_thread
from skranke.kernel import clock
from skranke.outbox.models import OutboxItem
from skranke.outbox.services import fix_rendering, mark_sent
from skranke.patients.models import Confidentiality, HelseNorgeState, Patient, Relation
from skranke.patients.relating import add_relation, end_relation
from skranke.patients.services import note_helsenorge_state
from skranke.scheduling.models import BookedThrough
from skranke.scheduling.services import book, create_type
from skranke.tenancy.work import acting

from cast import fresh_national_id, make_clinic
from support.clinic_pages import address, at_most, body, field, logged_in, same
from support.dialog import question, receive
from support.patient_pages import as_patient
from support.timebok import make_timebok, weekday_at

AREAS = ["basis", "post", "appointments", "journal", "relations", "notices", "consents", "reservation", "economy"]
STREET = "Hemmeligveien 7"


def areas(page: str) -> list[str]:
    """The card's areas in their order."""
    return sorted((one for one in AREAS if f'id="area-{one}"' in page), key=lambda one: page.index(f'id="area-{one}"'))


def contact(**facts: str) -> dict[str, str]:
    return {"version": "1", "language": "nb", "confidentiality": "", **facts}


@pytest.mark.req("PAT-5", "PAT-6")
def test_the_card_has_its_areas_and_each_employee_arranges_them_for_all_patients() -> None:
    cast = make_clinic()
    ali, anne = logged_in(cast, cast.ali), logged_in(cast, cast.anne)
    card, layout = address(cast, "patient", cast.ola.id), address(cast, "patient-card-layout")
    assert areas(body(ali.get(card))) == AREAS
    for change in (
        {"gjor": "ned", "area": "basis"},
        {"gjor": "opp", "area": "reservation"},
        {"gjor": "skjul", "area": "journal"},
    ):
        assert ali.post(layout, change).status_code == 302
    arranged = ["post", "basis", "appointments", "relations", "notices", "reservation", "consents", "economy"]
    assert areas(body(ali.get(card))) == arranged
    assert areas(body(ali.get(address(cast, "patient", cast.astrid.id)))) == arranged
    assert areas(body(anne.get(card))) == AREAS
    assert "(skjult)" in body(ali.get(layout))
    ali.post(layout, {"gjor": "vis", "area": "journal"})
    assert "journal" in areas(body(ali.get(card)))
    ali.post(layout, {"gjor": "nullstill"})
    assert areas(body(ali.get(card))) == AREAS
    assert ali.post(layout, {"gjor": "opp", "area": "finnes-ikke"}).status_code == 404


@pytest.mark.req("PAT-5")
def test_the_card_is_opened_by_a_key_and_put_away_again() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    client.post(address(cast, "patient-choose", cast.ola.id))
    post = address(cast, "post", query="?boks=aapne")
    assert 'data-shortcut="Alt+P"' in body(client.get(post))
    client.get(address(cast, "patient", cast.ola.id), headers={"Referer": f"http://127.0.0.1{post}"})
    client.get(address(cast, "patient", cast.ola.id), headers={"Referer": "https://example.test/elsewhere"})
    away = client.post(address(cast, "patient-minimise", cast.ola.id))
    assert away["Location"] == post
    assert 'aria-label="Aktiv pasient"' in body(client.get(post))


@pytest.mark.req("PAT-6")
def test_post_shows_open_dialogs_and_closed_ones_apart() -> None:
    cast = make_clinic()
    standing = receive(cast, question(cast, subject="Den åpne"))
    done = receive(cast, question(cast, subject="Den lukkede", kind="e_contact"))
    with acting(cast.actor(cast.kari)):
        close_thread(done)
    client = logged_in(cast, cast.kari)
    card = address(cast, "patient", cast.ola.id)
    opened, closed = body(client.get(card)), body(client.get(f"{card}?post=avsluttet"))
    assert address(cast, "thread", standing.id) in opened
    assert address(cast, "thread", done.id) not in opened
    assert address(cast, "thread", done.id) in closed
    assert address(cast, "thread", standing.id) not in closed


@pytest.mark.req("PAT-6")
def test_a_coming_appointment_leads_into_the_calendar() -> None:
    timebok = make_timebok()
    cast, slot = timebok.cast, timebok.slot(weekday_at(9))
    with acting(cast.actor(cast.ali)):
        book(slot=slot, patient=cast.ola, through=BookedThrough.STAFF)
    client = logged_in(cast, cast.ali)
    link = f"{address(cast, 'schedule')}?timebok={timebok.schedule.id}&amp;dag={weekday_at(9).date().isoformat()}"
    assert link in body(client.get(address(cast, "patient", cast.ola.id)))
    assert "Ola Nordmann" in body(client.get(link.replace("&amp;", "&")))


@pytest.mark.req("PAT-6")
def test_the_consents_tell_what_helsenorge_told_and_when() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    card = address(cast, "patient", cast.ola.id)
    with acting(cast.system):
        note_helsenorge_state(cast.ola, HelseNorgeState.INACTIVE, at=clock.now() + timedelta(seconds=1))
    page = body(client.get(card))
    assert "oppgitt av HelseNorge" in page
    assert "Kan ikke nås på helsenorge.no" in page


@pytest.mark.req("PAT-6")
def test_a_patient_is_reserved_and_the_reservation_is_taken_back() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    card = address(cast, "patient", cast.ola.id)
    for answer, blocked, button in (("ja", True, "Opphev reservasjonen"), ("nei", False, "Reserver mot")):
        client.post(address(cast, "patient-reservation", cast.ola.id), {"reservert": answer})
        with acting(cast.system):
            assert Patient.objects.get(id=cast.ola.id).blocked is blocked
        assert button in body(client.get(card))


@pytest.mark.req("PAT-7")
def test_contact_data_are_edited_and_stand_on_the_card_whatever_is_hidden() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    edit, card = address(cast, "patient-contact", cast.ola.id), address(cast, "patient", cast.ola.id)
    filled = contact(
        phone="412 34 567", email="ola@example.test", address_line=STREET, postal_code="0001", city="Prøvevik",
        address_source="relative",
    )  # fmt: skip
    assert client.post(edit, filled)["Location"] == card
    for one in AREAS:
        client.post(address(cast, "patient-card-layout"), {"gjor": "skjul", "area": one})
    page = body(client.get(card))
    assert areas(page) == []
    for text in ("412 34 567", "ola@example.test", "Fastlege Kari Lunde"):
        assert text in page
    client.post(address(cast, "patient-card-layout"), {"gjor": "nullstill"})
    page = body(client.get(card))
    assert STREET in page
    assert f"Oppgitt av: Pårørende, {clock.today().day}." in page or "Oppgitt av: Pårørende" in page
    with acting(cast.system):
        event = AuditEvent.objects.filter(action="patient.changed", patient_id=cast.ola.id).get()
        assert event.detail == {"field": "contact"}


@pytest.mark.req("PAT-7")
@pytest.mark.parametrize(
    ("wrong", "field_id"),
    [
        ({"phone": "ring meg"}, "pasient-phone"),
        ({"email": "ola"}, "pasient-email"),
        ({"language": "xx"}, "pasient-language"),
    ],
)
def test_contact_data_that_are_wrong_come_back_with_what_was_typed(wrong: dict[str, str], field_id: str) -> None:
    cast = make_clinic()
    refused = logged_in(cast, cast.ali).post(
        address(cast, "patient-contact", cast.ola.id), contact(city="Typet by", **wrong)
    )
    page = body(refused)
    assert refused.status_code == 422
    assert f'href="#{field_id}"' in page
    assert "Typet by" in page
    with acting(cast.system):
        assert Patient.objects.get(id=cast.ola.id).city == ""


@pytest.mark.req("PAT-7", "PAT-23")
@pytest.mark.parametrize(
    ("route", "first", "second", "name"),
    [
        ("patient-contact", {"phone": "412 34 567"}, {"phone": "998 87 766"}, "phone"),
        ("patient-note", {"note": "Allergisk mot latex"}, {"note": "Hører dårlig"}, "note"),
    ],
)
def test_of_two_who_edit_at_once_the_second_is_told_with_the_words_kept(
    route: str, first: dict[str, str], second: dict[str, str], name: str
) -> None:
    cast = make_clinic()
    ali, anne, edit = logged_in(cast, cast.ali), logged_in(cast, cast.anne), address(cast, route, cast.ola.id)
    assert field(body(anne.get(edit)), "version") == "1"
    assert ali.post(edit, contact(**first)).status_code == 302
    told = anne.post(edit, contact(**second))
    page = body(told)
    assert told.status_code == 409
    assert "Noen andre har endret pasienten mens du skrev." in page
    assert first[name] in page
    assert second[name] in page
    with acting(cast.system):
        assert getattr(Patient.objects.get(id=cast.ola.id), name) == first[name]
    again = contact(**second) | {"version": field(page, "version")}
    assert anne.post(edit, again).status_code == 302
    with acting(cast.system):
        assert getattr(Patient.objects.get(id=cast.ola.id), name) == second[name]


@pytest.mark.req("PAT-7")
def test_the_registers_gp_wins_over_one_entered_here() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    assert 'name="gp"' not in body(client.get(address(cast, "patient-contact", cast.ola.id)))
    client.post(address(cast, "patient-contact", cast.ola.id), contact(gp=str(cast.mona.id)))
    client.post(address(cast, "patient-contact", cast.jonas.id), contact(gp=str(cast.mona.id)))
    with acting(cast.system):
        assert Patient.objects.get(id=cast.ola.id).gp_id == cast.kari.id
        assert Patient.objects.get(id=cast.jonas.id).gp_id == cast.mona.id
    page = body(client.get(address(cast, "patient", cast.jonas.id)))
    assert "lokalt registrert, står ikke på listen" in page
    assert "Kan ikke nås på helsenorge.no" in page


@pytest.mark.req("PAT-23")
def test_an_important_note_is_seen_by_the_whole_clinic() -> None:
    cast, other = make_clinic(), make_clinic()
    note = address(cast, "patient-note", cast.ola.id)
    assert (
        logged_in(cast, cast.kari).post(note, {"version": "1", "note": "Bruker tolk.\nRing ikke."}).status_code == 302
    )
    for reader in (cast.ali, cast.anne, cast.mona):
        page = body(logged_in(cast, reader).get(address(cast, "patient", cast.ola.id)))
        assert "Bruker tolk.\nRing ikke." in page
        assert "Kari Lunde" in page
    client = logged_in(cast, cast.ali)
    client.post(note, {"version": "2", "note": ""})
    assert "Bruker tolk" not in body(client.get(address(cast, "patient", cast.ola.id)))
    assert client.post(note, {"version": "3", "note": "n" * 2001}).status_code == 422
    assert logged_in(other, other.kari).get(address(other, "patient-note", cast.ola.id)).status_code == 404


@pytest.mark.req("NFR-2")
def test_a_confidential_address_is_forgotten_and_cannot_be_typed() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    edit = address(cast, "patient-contact", cast.ola.id)
    client.post(edit, contact(address_line=STREET, city="Prøvevik"))
    client.post(edit, contact(version="2", address_line=STREET, confidentiality="6"))
    form, card = body(client.get(edit)), body(client.get(address(cast, "patient", cast.ola.id)))
    assert 'name="address_line"' not in form
    client.post(edit, contact(version="3", address_line=STREET, confidentiality="6"))
    assert "Fortrolig adresse" in card
    assert STREET not in form + card
    with acting(cast.system):
        ola = Patient.objects.get(id=cast.ola.id)
        assert (ola.address_line, ola.city, ola.confidentiality) == ("", "", Confidentiality.STRICT)


@pytest.mark.req("PAT-20")
def test_a_relation_is_added_on_the_card_of_the_represented_given_access_and_ended() -> None:
    cast = make_clinic()
    client, card = logged_in(cast, cast.ali), address(cast, "patient", cast.nora.id)
    mother = fresh_national_id(age=40)
    add = address(cast, "patient-relation", cast.nora.id)
    filled = {
        "national_id": f"{mother.value[:6]} {mother.value[6:]}",
        "name": "Mia Nordmann",
        "kind": "mother",
        "access": "no",
    }
    assert client.post(add, filled).status_code == 302
    page = body(client.get(card))
    assert "Mia Nordmann" in page
    assert "Uten tilgang" in page
    with acting(cast.system):
        relation = Relation.objects.get()
        assert (relation.patient_id, relation.national_id, relation.access) == (cast.nora.id, mother.value, False)
    client.post(address(cast, "relation", relation.id), {"tilgang": "ja"})
    assert "Har tilgang til profilen" in body(client.get(card))
    client.post(address(cast, "relation", relation.id), {})
    assert "Mia Nordmann" not in body(client.get(card))
    with acting(cast.system):
        events = AuditEvent.objects.filter(subject_kind="relation").order_by("at")
        assert [event.action for event in events] == ["relation.added", "relation.changed", "relation.ended"]
        assert {event.patient_id for event in events} == {cast.nora.id}


@pytest.mark.req("PAT-20")
def test_a_relation_needs_the_whole_number_of_somebody_else() -> None:
    cast = make_clinic()
    client, add = logged_in(cast, cast.ali), address(cast, "patient-relation", cast.nora.id)
    for number, told in (
        (cast.ola.national_id[:6], "alle elleve sifrene"),
        ("12345678901", "alle elleve sifrene"),
        (cast.nora.national_id, "Dette er pasienten selv."),
        (fresh_national_id(age=40).value, "den pårørende er ikke pasient her"),
    ):
        refused = client.post(add, {"national_id": number, "kind": "father", "access": "yes"})
        assert refused.status_code == 422
        assert told in body(refused)
        assert number in body(refused)
    # A patient of the clinic is known by name.
    assert client.post(add, {"national_id": cast.ola.national_id, "kind": "father", "access": "yes"}).status_code == 302
    assert "Ola Nordmann" in body(client.get(address(cast, "patient", cast.nora.id)))
    again = client.post(add, {"national_id": cast.ola.national_id, "kind": "father", "access": "yes"})
    assert "står på kortet fra før" in body(again)


@pytest.mark.req("PAT-20")
def test_access_that_the_patient_took_back_is_not_given_again_on_the_same_relation() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    with acting(cast.actor(cast.ali)):
        relation = add_relation(cast.nora, national_id=cast.ola.national_id, kind="father", access=True)
    with acting(cast.actor(cast.nora)):
        end_relation(relation)
    refused = client.post(address(cast, "relation", relation.id), {"tilgang": "ja"})
    assert refused.status_code == 422
    assert "Har tilgang" not in body(client.get(address(cast, "patient", cast.nora.id)))


@pytest.mark.req("NFR-2")
def test_the_parts_of_another_clinics_card_look_like_none() -> None:
    cast, other = make_clinic(), make_clinic()
    with acting(cast.actor(cast.ali)):
        relation = add_relation(cast.nora, national_id=cast.ola.national_id, kind="father", access=True)
    stranger, own = logged_in(other, other.ali), logged_in(cast, cast.ali)
    for route, subject, send in (
        ("patient-contact", cast.ola.id, None),
        ("patient-contact", cast.ola.id, contact()),
        ("patient-note", cast.ola.id, None),
        ("patient-note", cast.ola.id, {"version": "2", "note": "x"}),
        ("patient-reservation", cast.ola.id, {"reservert": "ja"}),
        ("patient-relation", cast.nora.id, {"national_id": cast.astrid.national_id, "kind": "other", "access": "no"}),
        ("patient-minimise", cast.ola.id, {}),
        ("relation", relation.id, {"tilgang": "nei"}),
    ):
        refused, unknown = (
            stranger.get(address(other, route, one))
            if send is None
            else stranger.post(address(other, route, one), send)
            for one in (subject, uuid4())
        )
        assert refused.status_code == unknown.status_code == 404, route
        assert same(refused) == same(unknown)
        mine = own.get(address(cast, route, subject)) if send is None else own.post(address(cast, route, subject), send)
        assert mine.status_code in {200, 302}, route


def test_the_whole_card_asks_the_database_little() -> None:
    cast = make_clinic()
    for number in range(10):
        receive(cast, question(cast, subject=f"Sak {number}"))
        with acting(cast.actor(cast.ali)):
            add_relation(cast.ola, national_id=fresh_national_id(age=30).value, kind="other", name=f"P {number}")
    client = logged_in(cast, cast.kari)
    client.get(address(cast, "patient", cast.ola.id))
    with at_most(32):
        client.get(address(cast, "patient", cast.ola.id))


@pytest.mark.req("PAT-6", "NOT-7", "NOT-8", "POR-11")
def test_how_the_patient_is_notified_is_the_same_on_the_card_and_in_the_portal() -> None:
    cast = make_clinic()
    staff, ola = logged_in(cast, cast.ali), as_patient(cast.ola)
    card, portal = address(cast, "patient", cast.ola.id), address(cast, "patient-own-contact")

    def reached(page: str) -> str:
        found = re.search(r"<dt>Kan nås på</dt><dd>(.*?)</dd>", page, re.DOTALL)
        assert found is not None
        return found[1].strip()

    known = {"phone": "412 34 567", "email": "ola@example.test"}
    staff.post(address(cast, "patient-contact", cast.ola.id), contact(notify_by="", phone="", email=""))
    assert "Verken e-post eller telefon er kjent" in reached(body(staff.get(card)))
    for version, wish, facts, way in (
        (2, "", known, "E-post"),
        (3, "", known | {"email": ""}, "SMS"),
        (4, "sms", known, "SMS"),
        (5, "sms", known | {"phone": ""}, "E-post"),
        (6, "both", known, "E-post og SMS"),
    ):
        saved = ola.post(portal, {"version": version, "language": "nb", "notify_by": wish, **facts})
        assert saved.status_code == 302
        assert reached(body(staff.get(card))) == way
    assert "Både e-post og SMS" in body(ola.get(address(cast, "patient-me")))
    staff.post(address(cast, "patient-contact", cast.ola.id), contact(version="7", notify_by="email", **known))
    assert "E-post (SMS hvis det ikke går)" in body(ola.get(address(cast, "patient-me")))
    assert ola.post(portal, {"version": 8, "language": "nb", "notify_by": "brevdue", **known}).status_code == 422


@pytest.mark.req("PAT-6", "NFR-1", "TYP-4")
def test_the_card_tells_what_helsenorge_was_told_of_the_times_and_how_it_went() -> None:
    timebok = make_timebok()
    cast = timebok.cast
    with acting(cast.system):
        secret = create_type(name="Hemmelig", minutes=20, visibility="hidden")
    slots = [timebok.slot(weekday_at(9)), timebok.slot(weekday_at(10)), timebok.slot(weekday_at(11), type=secret)]
    slots.append(timebok.slot(weekday_at(12)))
    with acting(cast.actor(cast.ali)):
        sent, _, _ = (book(slot=slot, patient=cast.ola, through=BookedThrough.STAFF) for slot in slots[:3])
        book(slot=slots[3], patient=cast.nora, through=BookedThrough.STAFF)
    with acting(cast.system):
        row = OutboxItem.objects.get(subject_id=sent.id)
        ids = {"msg_id": str(uuid4()), "message_id": str(uuid4())}
        fixed = fix_rendering(row, **ids, queue="q", headers={}, document=b"<x/>", body=b"x")
        mark_sent(fixed)
    page = body(logged_in(cast, cast.ali).get(address(cast, "patient", cast.ola.id)))
    area = page[page.index('id="area-notices"') : page.index('id="area-consents"')]
    lines = re.findall(r"<li>.*?</li>", area, re.DOTALL)
    assert [("kl. 09.00" in line, "Sendt" in line, "Venter" in line) for line in lines] == [
        (False, False, True),
        (True, True, False),
    ]
    assert "kl. 10.00" in lines[0]
    assert all("Ny time" in line and "helsenorge.no" in line for line in lines)
    with acting(cast.system):
        assert AuditEvent.objects.filter(patient_id=cast.ola.id, action="appointment.listed").exists()
