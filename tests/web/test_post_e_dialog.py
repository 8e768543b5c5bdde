"""An e-dialog in Post: written there, read and answered by the patient in the portal, and seen to be read (CMP-4)."""

from datetime import date

import pytest
from lxml import html

from skranke.dialog import services
from skranke.dialog.models import Message
from skranke.outbox.models import OutboxItem
from skranke.patients.models import Patient
from skranke.patients.services import register
from skranke.tenancy.work import acting

from cast import make_clinic
from support.clinic_pages import HTMX, address, body, logged_in
from support.portal import answer, start

FORM = {"emne": "Prøvesvar", "text": "Alt er fint.", "svar": "ja", "mottar": "ja"}


def _compose(cast, patient) -> str:
    return address(cast, "compose", query=f"?type=e_dialog&pasient={patient.id}")


@pytest.mark.req("CMP-4", "CMP-6", "CMP-7")
@pytest.mark.parametrize(("may", "state", "answerable"), [("ja", "open", True), ("nei", "closed", False)])
def test_an_e_dialog_is_written_beside_the_list(may, state, answerable) -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    page = body(client.get(_compose(cast, cast.jonas)))
    assert "Kan logge inn i pasientportalen" in page
    assert "aldri på helsenorge.no" in page
    sent = client.post(_compose(cast, cast.jonas), {**FORM, "svar": may})
    assert sent.status_code == 302
    shown = body(client.get(sent["Location"]))
    assert "Meldingen ligger i pasientportalen." in shown
    assert "Ligger i pasientportalen, ikke lest ennå" in shown
    assert "helsenorge.no" not in shown.partition('id="post-thread"')[2].partition("</article>")[0]
    with acting(cast.system):
        thread = Message.objects.select_related("thread").get().thread
        assert (thread.title, thread.state, thread.may_be_answered) == ("Prøvesvar", state, answerable)
        assert not OutboxItem.objects.exists()


def test_what_is_wrong_stands_at_its_field_and_speaks_of_no_helsenorge() -> None:
    cast = make_clinic()
    refused = logged_in(cast, cast.ali).post(_compose(cast, cast.ola), FORM | {"text": "x" * 10_001}, headers=HTMX)
    assert refused.status_code == 422
    assert "Meldingen kan ha høyst 10000 tegn" in body(refused)


def test_who_cannot_log_in_is_not_written_to() -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.ali)):
        unknown = register(national_id=None, given_name="Uten", family_name="Nummer", birth_date=date(1980, 1, 1))
    client = logged_in(cast, cast.ali)
    page = body(client.get(_compose(cast, unknown)))
    assert "Kan ikke logge inn i pasientportalen" in page
    toggle = html.fromstring(page).get_element_by_id("compose-to-patient")
    assert toggle.get("disabled") is not None
    assert toggle.get("checked") is None
    assert client.post(_compose(cast, unknown), FORM).status_code == 422
    with acting(cast.system):
        assert not Message.objects.exists()


@pytest.mark.req("CMP-15")
def test_who_has_neither_phone_nor_e_mail_is_told_of_before_it_is_written() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.ali)
    told = "verken mobil eller e-post registrert"
    with acting(cast.system):
        Patient.objects.filter(id=cast.ola.id).update(phone="", phone_key="", email="")
    assert told in body(client.get(_compose(cast, cast.ola)))
    with acting(cast.system):
        Patient.objects.filter(id=cast.ola.id).update(email="ola@example.no")
    assert told not in body(client.get(_compose(cast, cast.ola)))


@pytest.mark.req("MSG-22", "MSG-24")
def test_the_clinic_sees_that_it_is_read_and_what_the_patient_answers() -> None:
    cast = make_clinic()
    thread = start(cast)
    with acting(cast.actor(cast.ola)):
        services.mark_read_by_patient(thread)
    answer(cast, thread, "Takk for svaret.")
    client = logged_in(cast, cast.kari)
    page = body(client.get(address(cast, "thread", thread.id)))
    assert "Lest " in page
    assert "Takk for svaret." in page
    assert "pasienten kan ikke skrive igjen" in page
    assert "Avvis henvendelsen" not in page
    events = body(client.get(address(cast, "thread", thread.id, query="?vis=hendelser")))
    assert "Lest av Ola Nordmann i pasientportalen" in events
    assert "Melding fra Ola Nordmann" in events


@pytest.mark.req("MSG-2")
def test_e_dialogs_are_a_sub_mailbox() -> None:
    cast = make_clinic()
    thread = start(cast)
    answer(cast, thread)
    page = body(logged_in(cast, cast.kari).get(address(cast, "post", query="?slag=e_dialog")))
    assert "Prøvesvar" in page
    assert "E-dialog" in page


@pytest.mark.req("MSG-8")
def test_svar_og_avslutt_is_told_as_what_it_is() -> None:
    cast = make_clinic()
    thread = start(cast)
    client = logged_in(cast, cast.kari)
    page = body(client.get(address(cast, "thread", thread.id)))
    version = page.partition('id="answer-version" value="')[2].partition('"')[0]
    done = client.post(
        address(cast, "thread-answer-close", thread.id), {"text": "Da er vi ferdige.", "versjon": version}, follow=True
    )
    assert "Svaret ligger i pasientportalen, og samtalen ligger i arkivet." in body(done)
    with acting(cast.actor(cast.ola)):
        thread.refresh_from_db()
        assert not thread.may_be_answered
