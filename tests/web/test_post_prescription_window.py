"""Alt+R: the record system's window for prescriptions, for those who may issue them and nobody else (RX-9)."""

from uuid import uuid4

import pytest
from lxml import html

from skranke.audit.models import AuditEvent
from skranke.clinics.models import Clinic, Employee
from skranke.dialog.models import Message
from skranke.outbox.models import OutboxItem
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import address, body, field, logged_in, same
from support.dialog import E_CONTACT, RENEWAL, question, receive

WINDOW = "https://journal.example.no/resept?pasient={patient_id}&fra=skranke"


def save(cast: Cast, text: str, *, by: Employee | None = None, before: str | None = None):
    client, place = logged_in(cast, by or cast.ali), address(cast, "settings-prescribing")
    with acting(cast.system):
        now = Clinic.objects.get(id=cast.clinic.id).prescription_window
    return client.post(place, {"address": text, "before": now if before is None else before})


def shortcut(page: str) -> str:
    """Where Alt+R leads on this page; empty where it leads nowhere."""
    found = html.fromstring(page).xpath("//a[@data-shortcut='Alt+R']/@href")
    return str(found[0]) if found else ""


def opened(cast: Cast, person: Employee, patient=None):
    return logged_in(cast, person).get(address(cast, "prescription-window", (patient or cast.ola).id))


def log(cast: Cast, action: str) -> list[AuditEvent]:
    with acting(cast.system):
        return list(AuditEvent.objects.filter(action=action).order_by("at"))


@pytest.mark.req("RX-9", "ORG-4")
def test_who_may_prescribe_opens_the_window_and_for_others_there_is_none() -> None:
    cast = make_clinic()
    renewal = receive(cast, question(cast, kind=RENEWAL, text="Paracet 500 mg"))
    contact = receive(cast, question(cast, kind=E_CONTACT, text="Er det plass?"))
    places = [address(cast, "thread", renewal.id), address(cast, "patient", cast.ola.id)]
    kari, ali = logged_in(cast, cast.kari), logged_in(cast, cast.ali)
    assert [shortcut(body(kari.get(one))) for one in places] == ["", ""]
    assert opened(cast, cast.kari).status_code == 404
    assert save(cast, WINDOW).status_code == 302
    way = address(cast, "prescription-window", cast.ola.id)
    assert [shortcut(body(kari.get(one))) for one in places] == [way, way]
    assert shortcut(body(kari.get(address(cast, "thread", contact.id)))) == ""
    # An administrator who may not prescribe sees nothing, and finds nothing.
    assert [shortcut(body(ali.get(one))) for one in places] == ["", ""]
    refused, none = opened(cast, cast.ali), ali.get(address(cast, "prescription-window", uuid4()))
    assert (refused.status_code, same(refused)) == (404, same(none))
    assert log(cast, "prescription.window_opened") == []
    led = kari.get(way)
    assert (led.status_code, led["Location"]) == (302, WINDOW.format(patient_id=cast.ola.id))
    assert cast.ola.national_id not in led["Location"]
    assert led["Referrer-Policy"] == "no-referrer"
    told = log(cast, "prescription.window_opened")
    assert [(one.actor_name, one.patient_id) for one in told] == [(cast.kari.name, cast.ola.id)]


@pytest.mark.req("RX-9", "ORG-5")
def test_the_right_is_given_on_the_card_and_counts_only_with_an_active_licence() -> None:
    cast = make_clinic()
    save(cast, WINDOW)
    assert (opened(cast, cast.anne).status_code, opened(cast, cast.per).status_code) == (404, 302)
    ali = logged_in(cast, cast.ali)

    def change(person: Employee, **ticks: str) -> None:
        place = address(cast, "settings-employee", person.id)
        page = html.fromstring(body(ali.get(place)))
        form = page.xpath("//form[.//input[@name='given_name']]")[0]
        sent = {name: value for name, value in form.form_values() if name not in {"may_prescribe", "licence_active"}}
        assert ali.post(place, sent | ticks).status_code == 302

    change(cast.anne, may_prescribe="on", licence_active="on")
    assert opened(cast, cast.anne).status_code == 302
    change(cast.anne, may_prescribe="on")
    assert opened(cast, cast.anne).status_code == 404
    change(cast.kari, licence_active="on")
    assert opened(cast, cast.kari).status_code == 404
    changes = [one.detail.get("may_prescribe") for one in log(cast, "employee.changed")]
    assert changes == [[False, True], None, [True, False]]
    assert "Åpne reseptvinduet og skrive ut resepter" in body(ali.get(address(cast, "settings-access")))


@pytest.mark.req("RX-9")
@pytest.mark.parametrize(
    "wrong",
    [
        "http://journal.example.no/{patient_id}",
        "javascript:alert(1)//{patient_id}",
        "https://journal.example.no/resept",
        "https://{patient_id}.example.no/",
        "https://ola:hemmelig@journal.example.no/{patient_id}",
        "https://journal.example.no/{national_id}?{patient_id}",
        "https://journal.example.no/{patient_id}/{",
        "https://journal.example.no\\@ond.example/{patient_id}",
        "https://journal.example.no/a b/{patient_id}",
        "https:///{patient_id}",
        "https://journal.example.no:99999/{patient_id}",
        "//journal.example.no/{patient_id}",
    ],
)
def test_only_a_safe_address_is_taken(wrong: str) -> None:
    cast = make_clinic()
    refused = save(cast, wrong)
    assert (refused.status_code, "Ingenting er lagret." in body(refused)) == (422, True)
    with acting(cast.system):
        assert Clinic.objects.get(id=cast.clinic.id).prescription_window == ""


@pytest.mark.req("RX-9", "ORG-4")
def test_the_administrator_sets_it_the_second_of_two_is_told_and_it_can_be_taken_away() -> None:
    cast, other = make_clinic(), make_clinic()
    assert "Ingen adresse er satt" in body(logged_in(cast, cast.ali).get(address(cast, "settings-prescribing")))
    assert save(cast, WINDOW, by=cast.mona).status_code == 403
    assert save(cast, WINDOW).status_code == 302
    assert save(cast, "https://annen.example.no/{patient_id}", before="").status_code == 409
    assert opened(other, other.kari).status_code == 404
    assert save(cast, "").status_code == 302
    assert opened(cast, cast.kari).status_code == 404
    changes = [(one.detail["old"], one.detail["new"]) for one in log(cast, "clinic.prescription_window_changed")]
    assert changes == [("", WINDOW), (WINDOW, "")]


@pytest.mark.req("RX-9", "NFR-2")
def test_another_clinics_patient_looks_like_none() -> None:
    cast, other = make_clinic(), make_clinic()
    save(cast, WINDOW)
    theirs, none = (
        opened(cast, cast.kari, other.ola),
        logged_in(cast, cast.kari).get(address(cast, "prescription-window", uuid4())),
    )
    assert (theirs.status_code, same(theirs)) == (404, same(none))
    assert log(cast, "prescription.window_opened") == []


@pytest.mark.req("RX-9")
@pytest.mark.parametrize(
    ("language", "words"),
    [("nb", "Åpne reseptvinduet"), ("nn", "Opne reseptvindauget"), ("en", "Open the prescription window")],
)
def test_the_key_is_listed_in_each_language(language: str, words: str) -> None:
    cast = make_clinic()
    save(cast, WINDOW)
    kari = logged_in(cast, cast.kari)
    kari.cookies["skranke_lang"] = language
    page = html.fromstring(body(kari.get(address(cast, "patient", cast.ola.id))))
    assert page.xpath("//a[@data-shortcut='Alt+R']/@data-shortcut-label") == [words]


@pytest.mark.req("RX-9")
def test_the_answer_itself_issues_no_prescription() -> None:
    cast = make_clinic()
    save(cast, WINDOW)
    renewal = receive(cast, question(cast, kind=RENEWAL, text="Paracet 500 mg"))
    kari = logged_in(cast, cast.kari)
    page = body(kari.get(address(cast, "thread", renewal.id)))
    assert "svaret utsteder ingen resept" in page
    form = {"versjon": field(page, "versjon"), "text": "Fornyet.", "utfall": "renewed", "uten_utstedt": "1"}
    assert kari.post(address(cast, "thread-answer", renewal.id), form).status_code == 302
    assert Api(cast, cast.kari).get(f"threads/{renewal.id}").body["issued"] in {"", "unknown"}
    with acting(cast.system):
        assert [one.intent for one in OutboxItem.objects.filter(intent__contains="prescription")] == []
        assert OutboxItem.objects.filter(intent="dialog_message").count() == 1
        assert Message.objects.filter(direction="out").count() == 1
    assert log(cast, "prescription.issued") == []
