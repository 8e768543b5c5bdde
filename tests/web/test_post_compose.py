"""Writing first to a patient."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import html

from skranke.dialog.models import Message, Thread
from skranke.kernel import clock
from skranke.patients.models import HelseNorgeState, Patient
from skranke.patients.rules import is_read_by_parents
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.clinic_pages import HTMX, address, at_most, body, field, logged_in, same
from support.dialog import PDF, question, receive


def compose(cast: Cast, patient: Patient | None = None, kind: str = "e_contact") -> str:
    return address(cast, "compose", query=f"?type={kind}" + (f"&pasient={patient.id}" if patient else ""))


@pytest.mark.req("CMP-2", "CMP-3", "CMP-6", "CMP-7", "MSG-25")
@pytest.mark.parametrize(
    ("kind", "may", "code", "state"), [("e_contact", "ja", "DI", "open"), ("e_consultation", "nei", "EKI", "closed")]
)
def test_a_message_is_written_and_queued(kind: str, may: str, code: str, state: str) -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    page = body(client.get(compose(cast, cast.ola, kind)))
    assert "Ola Nordmann" in page
    assert 'id="compose-text"' in page
    file = SimpleUploadedFile("brev.pdf", PDF, "application/pdf")
    facts = {"emne": "Ny adresse", "text": "Vi flytter.", "svar": may, "vedlegg": [file]}
    answer = client.post(compose(cast, cast.ola, kind), facts)
    assert answer.status_code == 302
    with acting(cast.system):
        message = Message.objects.select_related("thread").get(direction="out")
        assert (message.code, message.thread.state, message.thread.kind) == (code, state, kind)
        assert message.attachments.count() == 1
    shown = body(client.get(answer["Location"]))
    assert "Ny adresse – helsenorge.no" in shown
    assert "Meldingen er lagt i kø." in shown


def test_with_htmx_the_new_thread_takes_the_forms_place_and_the_address_follows() -> None:
    cast = make_clinic()
    facts = {"emne": "Ny adresse", "text": "Vi flytter.", "svar": "ja"}
    part = logged_in(cast, cast.ali).post(compose(cast, cast.ola), facts, headers=HTMX)
    assert part.status_code == 200
    with acting(cast.system):
        thread = Thread.objects.get()
    assert part["HX-Push-Url"] == address(cast, "thread", thread.id)
    assert "Vi flytter." in body(part)


@pytest.mark.req("CMP-6", "PAT-2")
def test_the_active_patient_is_filled_in() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    assert "Hvem skal du skrive til?" in body(client.get(compose(cast)))
    client.post(address(cast, "patient-choose", cast.astrid.id))
    assert "Astrid Østby" in body(client.get(compose(cast)))
    assert 'id="compose-text"' in body(client.get(compose(cast)))


def test_the_patient_can_be_searched_beside_the_list() -> None:
    cast = make_clinic()
    receive(cast, question(cast))
    page = body(logged_in(cast, cast.kari).get(compose(cast) + "&pasient=velg&finn=astrid"))
    assert "Astrid Østby" in page
    assert "Utslett på armen – helsenorge.no" in page


def test_the_search_for_a_patient_keeps_the_list_as_it_was_asked_for() -> None:
    cast = make_clinic()
    asked = "&boks=aapne&slag=e_contact&q=utslett&orden=due"
    page = body(logged_in(cast, cast.kari).get(compose(cast) + "&pasient=velg" + asked))
    form = html.fromstring(page).xpath("//form[@role='search'][.//input[@id='compose-find']]")[0]
    kept = {"boks": "aapne", "slag": "e_contact", "q": "utslett", "orden": "due"}
    assert dict(form.form_values()).items() >= (kept | {"type": "e_contact", "pasient": "velg"}).items()


@pytest.mark.req("PAT-9", "PAT-10", "PAT-11")
def test_a_patient_who_cannot_be_reached_gets_no_form_but_the_reason() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.kari)
    page = body(client.get(compose(cast, cast.jonas)))
    assert "Pasienten står ikke på listen til en fastlege ved klinikken." in page
    assert 'id="compose-text"' not in page
    with acting(cast.system):
        Patient.objects.filter(id=cast.ola.id).update(
            helsenorge_state=HelseNorgeState.INACTIVE, helsenorge_state_at=clock.now()
        )
    assert "Pasienten kan ikke kontaktes gjennom HelseNorge." in body(client.get(compose(cast, cast.ola)))
    refused = client.post(compose(cast, cast.ola), {"emne": "Hei", "text": "Hei.", "svar": "ja"})
    assert refused.status_code == 422
    # Who became unreachable while somebody wrote: the words are there to be told in another way, not to be sent.
    assert ">Hei.</textarea>" in body(refused)
    assert 'id="act-send"' not in body(refused)
    with acting(cast.system):
        assert Message.objects.count() == 0


@pytest.mark.req("CMP-16")
@pytest.mark.parametrize(
    ("subject", "text", "told"),
    [
        ("", "Hei.", "Skriv et emne."),
        ("å" * 51, "Hei.", "HelseNorge viser bare 50 tegn"),
        ("Hei", "", "Skriv en melding"),
        ("Hei", "å" * 1001, "HelseNorge viser bare 1000 tegn"),
    ],
)
def test_a_refused_message_keeps_everything(subject: str, text: str, told: str) -> None:
    cast = make_clinic()
    file = SimpleUploadedFile("brev.pdf", PDF, "application/pdf")
    refused = logged_in(cast, cast.kari).post(
        compose(cast, cast.ola), {"emne": subject, "text": text, "vedlegg": [file]}
    )
    page = body(refused)
    assert refused.status_code == 422
    assert page.count(told) == 1
    assert f'name="emne" value="{subject}"' in page
    assert f">{text}</textarea>" in page
    assert field(page, "vedlagt")


@pytest.mark.req("CMP-9")
def test_one_byte_too_much_is_refused() -> None:
    cast = make_clinic()
    large = SimpleUploadedFile("stor.pdf", PDF + b"x" * (12 * 1024 * 1024 + 1 - len(PDF)), "application/pdf")
    refused = logged_in(cast, cast.kari).post(
        compose(cast, cast.ola), {"emne": "Hei", "text": "Hei.", "vedlegg": [large]}
    )
    assert refused.status_code == 422
    assert "Vedleggene er for store" in body(refused)


@pytest.mark.req("CMP-17")
def test_a_childs_parents_are_mentioned() -> None:
    cast = make_clinic()
    assert "foreldre kan lese meldingen" in body(logged_in(cast, cast.kari).get(compose(cast, cast.nora)))
    assert "foreldre kan lese meldingen" not in body(logged_in(cast, cast.kari).get(compose(cast, cast.ola)))
    born = date(2011, 3, 3)
    assert is_read_by_parents(born, date(2027, 3, 2))
    assert not is_read_by_parents(born, date(2027, 3, 3))


def test_another_clinics_patient_looks_like_one_that_does_not_exist() -> None:
    cast, other = make_clinic(), make_clinic()
    client = logged_in(other, other.kari)
    refused = client.get(compose(other, cast.ola))
    unknown = client.get(address(other, "compose", query=f"?type=e_contact&pasient={uuid4()}"))
    nonsense = client.get(address(other, "compose", query="?type=e_contact&pasient=tull"))
    assert refused.status_code == unknown.status_code == nonsense.status_code == 404
    assert same(refused) == same(unknown) == same(nonsense)


def test_the_form_asks_the_database_little() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.kari)
    client.get(compose(cast, cast.ola))
    with at_most(30):
        client.get(compose(cast, cast.ola))
