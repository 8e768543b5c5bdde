"""A file that is here already is attached without being uploaded anew, by whoever may read it, to whom it is about."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import html

from skranke.audit.models import AuditEvent
from skranke.blobs.models import Blob
from skranke.dialog.models import Attachment, Message, Thread
from skranke.dialog.services import save_template, set_handling
from skranke.dialog.values import Handling, TemplateFacts
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, body, field, logged_in
from support.dialog import E_CONTACT, PDF, PNG, file, question, receive, upload

_GONE = "Vi finner ikke filen lenger. Velg en annen."


def _picture(cast: Cast, **facts: object) -> tuple[Thread, Attachment]:
    """An earlier conversation in which the patient sent a picture."""
    thread = receive(cast, question(cast, attachments=(file(PNG, "utslett.png", "image/png"),), **facts))
    with acting(cast.system):
        return thread, Attachment.objects.get(message__thread=thread)


def _offered(page: str) -> list[str]:
    names = html.fromstring(page).xpath("//fieldset[@id='existing']//li//a/text()")
    return [name.strip() for name in names]


def _attached(page: str) -> list[str]:
    return [name.strip() for name in html.fromstring(page).xpath("//ul[@aria-label='Lagt ved']//li//a/text()")]


@pytest.mark.req("CMP-10")
def test_a_file_of_an_earlier_conversation_goes_with_the_answer_and_is_stored_once() -> None:
    cast = make_clinic()
    _, picture = _picture(cast)
    thread, client = receive(cast, question(cast, kind=E_CONTACT, subject="Ny")), logged_in(cast, cast.kari)
    files, page = address(cast, "thread-files", thread.id), address(cast, "thread", thread.id)
    assert "existing" not in body(client.get(page)).replace("data-existing", "")
    shown = body(client.post(files, {"text": "Se bildet", "versjon": "1"}))
    assert _offered(shown) == ["utslett.png"]
    assert ">Se bildet</textarea>" in shown
    ticked = body(client.post(files, {"text": "Se bildet", "eksisterende": str(picture.id)}, headers=HTMX))
    assert (_attached(ticked), _offered(ticked)) == (["utslett.png"], [])
    assert f'src="{address(cast, "attachment", field(ticked, "vedlagt"))}"' in ticked
    again = body(client.get(page))
    assert _attached(again) == ["utslett.png"]
    facts = {"text": "Se bildet", "vedlagt": field(again, "vedlagt"), "versjon": field(again, "versjon")}
    assert client.post(address(cast, "thread-answer", thread.id), facts).status_code == 302
    with acting(cast.system):
        sent = Attachment.objects.get(message__direction="out")
        assert (sent.blob_id, sent.name, sent.size) == (picture.blob_id, "utslett.png", len(PNG))
        assert Blob.objects.filter(media_type="image/png").count() == 1
        assert AuditEvent.objects.filter(action="attachment.read", subject_id=picture.id).exists()


@pytest.mark.req("CMP-10")
def test_without_script_a_ticked_file_is_sent_by_the_button_that_sends() -> None:
    cast = make_clinic()
    _, picture = _picture(cast)
    client = logged_in(cast, cast.kari)
    query = f"?type=e_contact&pasient={cast.ola.id}"
    shown = body(client.post(address(cast, "compose-files", query=query), {"emne": "Bildet", "text": "Her."}))
    assert _offered(shown) == ["utslett.png"]
    facts = {"emne": "Bildet", "text": "Her.", "svar": "ja", "eksisterende": [str(picture.id)] * 2}
    assert client.post(address(cast, "compose", query=query), facts).status_code == 302
    with acting(cast.system):
        assert [one.blob_id for one in Message.objects.get(direction="out").attachments.all()] == [picture.blob_id]


@pytest.mark.req("CMP-10")
def test_what_is_saved_as_it_is_written_takes_the_ticked_file_and_shows_the_others_still() -> None:
    cast = make_clinic()
    thread, picture = _picture(cast, kind=E_CONTACT)
    client, save = logged_in(cast, cast.kari), address(cast, "thread-save", thread.id)
    saved = body(client.post(save, {"text": "Hei", "eksisterende": str(picture.id), "filer_vist": "ja"}))
    assert _attached(saved) == ["utslett.png"]
    assert "Vedlagt 0,1 av 12 MB" in " ".join(saved.split())
    assert "Her er ingen andre filer å velge." in saved
    assert 'id="existing"' not in body(client.post(save, {"text": "Hei", "vedlagt": field(saved, "vedlagt")}))


@pytest.mark.req("CMP-10", "MSG-13", "NFR-2")
def test_what_was_chosen_while_it_could_be_read_is_not_sent_when_it_no_longer_can() -> None:
    cast = make_clinic()
    earlier, picture = _picture(cast)
    thread = receive(cast, question(cast, kind=E_CONTACT, subject="Ny", text="Hei"))
    kari, send = logged_in(cast, cast.kari), address(cast, "thread-answer", thread.id)
    chosen = body(kari.post(address(cast, "thread-files", thread.id), {"text": "Se", "eksisterende": str(picture.id)}))
    facts = {"text": "Se", "vedlagt": field(chosen, "vedlagt"), "versjon": field(chosen, "versjon")}
    with acting(cast.actor(cast.kari)):
        set_handling(earlier, Handling(private=True))
    with acting(cast.system):
        earlier.participants.all().delete()
    refused = kari.post(send, facts, headers=HTMX)
    assert (refused.status_code, "Du har ikke lenger tilgang til «utslett.png»" in body(refused)) == (422, True)
    assert (">Se</textarea>" in body(refused), _attached(body(refused))) == (True, ["utslett.png"])
    with acting(cast.system):
        assert not Message.objects.filter(direction="out").exists()
        earlier.participants.create(clinic_id=cast.clinic.id, employee=cast.kari)
    assert kari.post(send, facts, headers=HTMX).status_code == 200


@pytest.mark.req("CMP-10")
def test_nobody_attaches_what_they_may_not_read_or_what_is_about_somebody_else() -> None:
    cast = make_clinic()
    private, hidden = _picture(cast)
    _, of_nora = _picture(cast, patient=cast.nora, subject="Nora")
    with acting(cast.actor(cast.kari)):
        set_handling(private, Handling(private=True))
    thread = receive(cast, question(cast, kind=E_CONTACT, subject="Ny", text="Hei"))
    client = logged_in(cast, cast.anne)
    assert _offered(body(client.post(address(cast, "thread-files", thread.id), {"text": "Hei"}))) == []
    for forged in (str(hidden.id), str(of_nora.id), str(uuid4()), "x"):
        for route in ("thread-answer", "thread-files", "thread-save"):
            facts = {"text": "Hei", "versjon": "1", "eksisterende": forged}
            refused = client.post(address(cast, route, thread.id), facts, headers=HTMX)
            assert (refused.status_code, _GONE in body(refused)) == (422, True), (route, forged)
    with acting(cast.system):
        assert not Message.objects.filter(direction="out").exists()
        assert not Attachment.objects.filter(uploaded_by=cast.anne).exists()


@pytest.mark.req("CMP-10", "TPL-2")
def test_the_files_of_shared_templates_are_there_and_those_of_a_colleagues_own_are_not() -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.kari)):
        facts = {"subject": "Råd", "text": "Se vedlegget."}
        own = TemplateFacts(title="Mitt", attachment_ids=(upload(PDF + b"1", "eget.pdf").id,), **facts)
        save_template(own)
    with acting(cast.actor(cast.ali)):
        shared = TemplateFacts(title="Felles", shared=True, attachment_ids=(upload(PDF, "råd.pdf").id,), **facts)
        save_template(shared)
    thread = receive(cast, question(cast, kind=E_CONTACT))
    files = address(cast, "thread-files", thread.id)
    assert _offered(body(logged_in(cast, cast.anne).post(files, {"text": "Hei"}))) == ["råd.pdf"]
    assert _offered(body(logged_in(cast, cast.kari).post(files, {"text": "Hei"}))) == ["råd.pdf", "eget.pdf"]


@pytest.mark.req("CMP-10", "CMP-9")
def test_the_limit_counts_files_that_are_here_already_to_the_byte() -> None:
    cast = make_clinic()
    thread, picture = _picture(cast, kind=E_CONTACT)
    client = logged_in(cast, cast.kari)
    most = settings.OURS.attachment_total_bytes
    new = SimpleUploadedFile("stor.pdf", PDF + b" " * (most - len(PDF) - len(PNG) + 1))
    facts = {"text": "Hei", "versjon": "1", "eksisterende": str(picture.id), "vedlegg": [new]}
    refused = client.post(address(cast, "thread-answer", thread.id), facts, headers=HTMX)
    assert refused.status_code == 422
    assert "De kan til sammen være 12 MB. Ingenting er sendt." in body(refused)
    fits = SimpleUploadedFile("stor.pdf", PDF + b" " * (most - len(PDF) - len(PNG)))
    facts |= {"vedlegg": [fits]}
    assert client.post(address(cast, "thread-answer", thread.id), facts).status_code == 302


@pytest.mark.req("CMP-10")
def test_over_rest_an_answer_names_files_that_are_in_conversations_with_the_same_patient() -> None:
    cast = make_clinic()
    private, picture = _picture(cast)
    _, of_nora = _picture(cast, patient=cast.nora, subject="Nora")
    with acting(cast.actor(cast.kari)):
        set_handling(private, Handling(private=True))
    thread = receive(cast, question(cast, kind=E_CONTACT, subject="Ny"))
    kari, anne, route = Api(cast, cast.kari), Api(cast, cast.anne), f"threads/{thread.id}/messages"
    forged = [(anne, picture.id), (kari, of_nora.id), (kari, uuid4())]
    for api, one in forged:
        refused = api.post(route, {"text": "Se her.", "attachment_ids": [str(one)]})
        assert (refused.status, refused.body["code"]) == (404, "not_found")
    sent = kari.post(route, {"text": "Se her.", "attachment_ids": [str(picture.id)]})
    assert (sent.status, [one["name"] for one in sent.body["attachments"]]) == (201, ["utslett.png"])
    assert sent.body["attachments"][0]["id"] != str(picture.id)
