"""Konfigurasjon > Post > Kommunikasjonstyper, the same over REST, and what patients may then start (RCV-20 to 23)."""

from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import Error
from django.urls import reverse

from skranke.audit.models import AuditEvent
from skranke.clinics.models import Group
from skranke.dialog.communication.models import CommunicationType, TypeRecipient
from skranke.dialog.models import Participant, Thread
from skranke.patients.lists import add_member, make_list
from skranke.patients.models import Patient
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import address, body, logged_in
from support.dialog import EVERYBODY, holders, inbox
from support.patient_pages import as_patient
from support.walls import without_row_level_security

TYPES = ("e_dialog", "e_consultation", "prescription_request", "invoice_question")


def place(cast: Cast, kind: str) -> str:
    return address(cast, "settings-communication-type", kind)


def set_up(cast: Cast, kind: str, *, to: list[str], version: int = 0, **facts: object):
    """Ali, the administrator, saves the form of a type."""
    people = all(one.startswith("employee:") for one in to)
    shown = {"active": "on", "senders": "clinic", "format": "people" if people else "units", "version": version}
    shown |= {"people" if people else "units": to} | facts
    return logged_in(cast, cast.ali).post(place(cast, kind), {key: one for key, one in shown.items() if one != ""})


def mine(cast: Cast, name: str, *args: object) -> str:
    return reverse(name, args=[cast.clinic.slug, *args])


def write(cast: Cast, kind: str, patient: Patient | None = None, **facts: object):
    """A patient fills in the form of a type; by Ola unless told otherwise."""
    sent = {"emne": "Spørsmål om medisin", "text": "Kan jeg halvere dosen?", "skjema": str(uuid4()), **facts}
    return as_patient(patient or cast.ola).post(mine(cast, "patient-write", kind), sent)


def offered(cast: Cast, patient: Patient) -> set[str]:
    """The types that the portal lets a patient start."""
    page = body(as_patient(patient).get(mine(cast, "patient-start")))
    return {kind for kind in TYPES if f'href="{mine(cast, "patient-write", kind)}"' in page}


def started(cast: Cast, response) -> Thread:
    assert response.status_code == 302, body(response)
    with acting(cast.system):
        return Thread.objects.get(id=response.headers["Location"].split("meldinger/")[1].split("?")[0])


def reception(cast: Cast) -> str:
    with acting(cast.system):
        return f"group:{Group.objects.get(name='Resepsjon').id}"


@pytest.mark.req("RCV-20")
def test_the_administrator_sets_up_changes_and_deletes_types_and_nobody_else_may() -> None:
    cast = make_clinic()
    ali = logged_in(cast, cast.ali)
    page = body(ali.get(address(cast, "settings-communication-types")))
    assert all(f'href="{place(cast, kind)}"' in page for kind in TYPES)
    assert page.count("Ikke satt opp") == 4
    assert offered(cast, cast.ola) == set()
    assert write(cast, "e_dialog").status_code == 404
    assert set_up(cast, "e_dialog", to=["clinic"]).status_code == 302
    assert set_up(cast, "invoice_question", to=[reception(cast)]).status_code == 302
    assert offered(cast, cast.ola) == {"e_dialog", "invoice_question"}
    assert set_up(cast, "invoice_question", to=[reception(cast)], version=1, active="").status_code == 302
    assert offered(cast, cast.ola) == {"e_dialog"}
    assert set_up(cast, "e_dialog", to=["clinic"], version=0).status_code == 409
    for user in (cast.kari, cast.anne):
        other = logged_in(cast, user)
        assert other.get(address(cast, "settings-communication-types")).status_code == 403
        assert other.post(place(cast, "e_dialog"), {"fjern": "ja", "version": 1}).status_code == 403
    assert ali.get(place(cast, "e_contact")).status_code == 404
    assert ali.post(place(cast, "e_dialog"), {"fjern": "ja", "version": 0}).status_code == 409
    assert offered(cast, cast.ola) == {"e_dialog"}
    assert ali.post(place(cast, "e_dialog"), {"fjern": "ja", "version": 1}).status_code == 302
    assert offered(cast, cast.ola) == set()


@pytest.mark.req("RCV-20")
def test_deleting_a_type_keeps_what_was_written_and_both_sides_may_go_on() -> None:
    cast = make_clinic()
    set_up(cast, "e_dialog", to=["clinic"])
    thread = started(cast, write(cast, "e_dialog"))
    logged_in(cast, cast.ali).post(place(cast, "e_dialog"), {"fjern": "ja", "version": 1})
    kari = logged_in(cast, cast.kari)
    shown = body(kari.get(address(cast, "thread", thread.id)))
    assert "Kan jeg halvere dosen?" in shown
    assert Api(cast, cast.kari).get(f"threads/{thread.id}").body["own_type"] == "e_dialog"
    answered = as_patient(cast.ola).post(mine(cast, "patient-message", thread.id), {"text": "Hallo?"})
    assert answered.status_code == 302
    assert write(cast, "e_dialog").status_code == 404


@pytest.mark.req("RCV-20", "RCV-14")
def test_each_change_is_in_the_log_with_old_and_new_and_on_the_page() -> None:
    cast = make_clinic()
    set_up(cast, "invoice_question", to=[reception(cast)])
    set_up(cast, "invoice_question", to=[f"employee:{cast.per.id}"], version=1, senders="gp_list")
    logged_in(cast, cast.ali).post(place(cast, "invoice_question"), {"fjern": "ja", "version": 2})
    with acting(cast.system):
        found = AuditEvent.objects.filter(subject_kind="communication_type").order_by("at", "id")
        facts = [(one.action, one.actor_name, one.detail) for one in found]
    first = {"active": True, "senders": "clinic", "lists": [], "format": "units", "recipients": ["Resepsjon"]}
    second = {"active": True, "senders": "gp_list", "lists": [], "format": "people", "recipients": ["Per Vik"]}
    assert facts == [
        ("communication_type.changed", "Ali Khan", {"kind": "invoice_question", "old": {}, "new": first}),
        ("communication_type.changed", "Ali Khan", {"kind": "invoice_question", "old": first, "new": second}),
        ("communication_type.deleted", "Ali Khan", {"kind": "invoice_question", "old": second, "new": {}}),
    ]
    page = body(logged_in(cast, cast.ali).get(address(cast, "settings-communication-types")))
    assert "«på; fra Klinikkens fastlegepasienter til Per Vik» ble «ikke satt opp»" in page


@pytest.mark.req("RCV-21")
def test_all_gp_list_clinic_and_the_patients_of_lists_may_send() -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.ali)):
        diabetes, empty = (make_list(name=name, kind="custom", shared=True) for name in ("Diabetes", "Kols"))
        add_member(diabetes, cast.jonas)
    who = {"ola": cast.ola, "jonas": cast.jonas}

    def may() -> set[str]:
        return {name for name, patient in who.items() if "e_dialog" in offered(cast, patient)}

    for version, (senders, lists, expected) in enumerate(
        (
            ("all", [], {"ola", "jonas"}),
            ("gp_list", [], {"ola"}),
            ("clinic", [], {"ola", "jonas"}),
            ("lists", [str(diabetes.id), str(empty.id)], {"jonas"}),
            ("lists", [str(empty.id)], set()),
        )
    ):
        saved = set_up(cast, "e_dialog", to=["clinic"], version=version, senders=senders, lists=lists)
        assert saved.status_code == 302, body(saved)
        assert may() == expected, senders
        assert write(cast, "e_dialog").status_code == (302 if "ola" in expected else 404)
    assert set_up(cast, "e_dialog", to=["clinic"], version=5, senders="lists").status_code == 422
    with acting(cast.system):
        Patient.objects.filter(id=cast.ola.id).update(blocked=True)
    set_up(cast, "e_dialog", to=["clinic"], version=5, senders="all")
    assert may() == {"jonas"}
    set_up(cast, "e_dialog", to=["clinic"], version=6, senders="lists", lists=[str(empty.id)])
    kept = logged_in(cast, cast.ali).post(address(cast, "patient-list-delete", empty.id))
    assert "Endre timeboken eller kommunikasjonstypen først" in body(kept)


@pytest.mark.req("RCV-22")
def test_a_unit_gets_it_in_its_inbox_and_where_nobody_reads_the_whole_clinic() -> None:
    cast = make_clinic()
    set_up(cast, "invoice_question", to=[reception(cast), f"role:{cast.anne.held_role_id}"])
    thread = started(cast, write(cast, "invoice_question"))
    assert holders(cast, thread) == {"Ali", "Anne"}
    assert str(thread.id) in inbox(cast, cast.ali)
    assert "Fakturaspørsmål" in body(logged_in(cast, cast.ali).get(address(cast, "post")))
    set_up(cast, "e_dialog", to=[reception(cast)])
    with acting(cast.system):
        group = Group.objects.get(name="Resepsjon")
    emptied = {"name": "Resepsjon", "kind": "static", "members": [], "version": group.version}
    assert logged_in(cast, cast.ali).post(address(cast, "settings-group", group.id), emptied).status_code == 302
    nobodys = str(started(cast, write(cast, "e_dialog")).id)
    assert all(nobodys in inbox(cast, one) for one in (cast.kari, cast.mona, cast.ali, cast.anne, cast.per))
    page = body(logged_in(cast, cast.ali).get(address(cast, "settings-communication-types")))
    assert "Ingen leser for mottakerne nå: hele klinikken leser det som kommer." in page
    assert len(EVERYBODY) == 5


@pytest.mark.req("RCV-22")
def test_of_people_the_patient_picks_one_and_one_who_has_left_cannot_be_picked() -> None:
    cast = make_clinic()
    set_up(cast, "prescription_request", to=[f"employee:{cast.anne.id}", f"employee:{cast.per.id}"])
    form = body(as_patient(cast.ola).get(mine(cast, "patient-write", "prescription_request")))
    assert all(name in form for name in ("Anne Berg", "Per Vik"))
    assert "Kari Lunde" not in form
    for wrong in ("", str(cast.kari.id), str(uuid4())):
        refused = write(cast, "prescription_request", til=wrong)
        assert (refused.status_code, "Velg hvem du vil skrive til" in body(refused)) == (422, True)
        assert "Kan jeg halvere dosen?" in body(refused)
    assert holders(cast, started(cast, write(cast, "prescription_request", til=str(cast.per.id)))) == {"Per"}
    assert logged_in(cast, cast.ali).post(address(cast, "settings-employee-end", cast.per.id)).status_code == 302
    assert write(cast, "prescription_request", til=str(cast.per.id)).status_code == 422
    assert logged_in(cast, cast.ali).post(address(cast, "settings-employee-end", cast.anne.id)).status_code == 302
    assert offered(cast, cast.ola) == set()


@pytest.mark.req("RCV-23")
def test_an_e_consultation_goes_to_listed_doctors_with_the_gp_preselected_and_is_the_patient_s_to_start() -> None:
    cast = make_clinic()
    for wrong in (f"employee:{cast.anne.id}", "clinic"):
        assert set_up(cast, "e_consultation", to=[wrong]).status_code == 422
    doctors = [f"employee:{one.id}" for one in (cast.kari, cast.mona)]
    assert set_up(cast, "e_consultation", to=doctors).status_code == 302
    ola, jonas = (
        body(as_patient(one).get(mine(cast, "patient-write", "e_consultation"))) for one in (cast.ola, cast.jonas)
    )
    assert f'<option value="{cast.kari.id}" selected>' in ola
    assert "selected" not in jonas
    assert write(cast, "e_consultation", til=str(cast.per.id)).status_code == 422
    thread = started(cast, write(cast, "e_consultation", til=str(cast.mona.id)))
    assert (thread.channel, thread.own_type, holders(cast, thread)) == ("own", "e_consultation", {"Mona"})
    facts = {"patient_id": str(cast.ola.id), "kind": "e_consultation", "subject": "Hei", "text": "Hei"}
    ours = Api(cast, cast.kari).post("threads", facts)
    with acting(cast.system):
        assert Thread.objects.get(id=ours.body["id"]).channel == "helsenorge"
        assert not Thread.objects.exclude(id=thread.id).exclude(own_type="").exists()
    set_up(cast, "e_consultation", to=[doctors[1]], version=1)
    mona = body(as_patient(cast.ola).get(mine(cast, "patient-write", "e_consultation")))
    assert "Kari Lunde" not in mona


def test_sent_twice_it_is_one_thread_and_wrong_words_are_kept() -> None:
    cast = make_clinic()
    set_up(cast, "e_dialog", to=["clinic"])
    once = {"skjema": str(uuid4())}
    assert started(cast, write(cast, "e_dialog", **once)) == started(cast, write(cast, "e_dialog", **once))
    refused = write(cast, "e_dialog", emne="")
    assert (refused.status_code, "Kan jeg halvere dosen?" in body(refused)) == (422, True)
    refused = write(cast, "e_dialog", text=" ")
    assert "Skriv en melding. Ingenting er sendt." in body(refused)
    assert (refused.status_code, 'value="Spørsmål om medisin"' in body(refused)) == (422, True)
    with acting(cast.system):
        assert Thread.objects.count() == 1


@pytest.mark.req("RCV-20", "RCV-21", "RCV-22", "RCV-23")
def test_the_same_over_rest() -> None:
    cast = make_clinic()
    ali, kari = Api(cast, cast.ali), Api(cast, cast.kari)
    assert [one["kind"] for one in ali.get("communication-types").body["items"]] == list(TYPES)
    wanted = {
        "active": True,
        "senders": "gp_list",
        "format": "people",
        "recipients": [{"employee_id": str(cast.kari.id)}],
    }
    where = "communication-types/e_consultation"
    assert ali.put(where, wanted).status == 428
    assert kari.put(where, wanted, **{"If-Match": "*"}).status == 403
    assert kari.get("communication-types").status == 403
    made = ali.put(where, wanted, **{"If-Match": '"0"'})
    assert (made.status, made.body["version"], made.body["set_up"]) == (200, 1, True)
    assert offered(cast, cast.ola) == {"e_consultation"}
    assert ali.put(where, wanted, **{"If-Match": '"0"'}).status == 412
    nurse = wanted | {"recipients": [{"employee_id": str(cast.anne.id)}]}
    assert ali.put(where, nurse, **{"If-Match": "*"}).status == 422
    assert ali.put("communication-types/e_contact", wanted, **{"If-Match": "*"}).status == 404
    strange = wanted | {"senders": "lists", "lists": [str(uuid4())]}
    assert ali.put(where, strange, **{"If-Match": "*"}).status == 404
    assert ali.put(where, wanted | {"recipients": []}, **{"If-Match": "*"}).status == 422
    assert ali.delete(where, **{"If-Match": '"1"'}).status == 204
    assert ali.delete(where, **{"If-Match": "*"}).status == 404
    assert offered(cast, cast.ola) == set()


@pytest.mark.req("NFR-2", "RCV-21")
def test_the_database_lets_a_patient_start_nothing_that_is_not_open_and_tells_of_no_list(database) -> None:
    cast = make_clinic()
    set_up(cast, "e_dialog", to=["clinic"])
    with acting(cast.actor(cast.ali)):
        kept = make_list(name="Diabetes", kind="custom", shared=True)
        add_member(kept, cast.jonas)

    def insert(kind: str, patient: Patient) -> None:
        Thread.objects.create(
            clinic_id=cast.clinic.id, kind="e_dialog", channel="own", own_type=kind, patient=patient,
            conversation=str(uuid4()), title="x",
        )  # fmt: skip

    for kind, patient in (("e_consultation", cast.ola), ("", cast.ola), ("e_dialog", cast.jonas)):
        with pytest.raises(Error), acting(cast.actor(cast.ola)), transaction.atomic():
            insert(kind, patient)
    thread = started(cast, write(cast, "e_dialog"))
    with pytest.raises(Error), acting(cast.actor(cast.ola)), transaction.atomic():
        Participant.objects.create(clinic_id=cast.clinic.id, thread=thread, employee=cast.per)
    for table in ("patients_patientlist", "patients_patientlistmember"):
        with pytest.raises(Error), acting(cast.actor(cast.jonas)), connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")
    stranger = make_clinic()
    with acting(stranger.actor(stranger.ola)):
        assert not CommunicationType.objects.exists()
        assert not TypeRecipient.objects.exists()
    with without_row_level_security(database.admin_dsn):
        assert offered(stranger, stranger.ola) == set()
