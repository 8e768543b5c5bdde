"""What is written and not sent is kept as it is written, and is there again (MSG-20)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import html

from skranke.audit.models import AuditEvent
from skranke.dialog.models import KeptDraft, Message, Thread
from skranke.dialog.services.keeping import save_answer
from skranke.dialog.services.participants import add_participant, remove_participant
from skranke.dialog.values import DraftContent
from skranke.kernel import clock
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.clinic_pages import HTMX, address, at_most, body, field, logged_in
from support.dialog import E_CONTACT, PDF, question, receive


def _pdf(name: str = "brev.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def _new(cast: Cast, route: str = "compose-save") -> str:
    return address(cast, route, query=f"?type=e_contact&pasient={cast.ola.id}")


def _written(page: str) -> tuple[str, list[str]]:
    """The answer that stands in the open thread, and the files that go with it."""
    form = html.fromstring(page).get_element_by_id("answer")
    return form.fields["text"].strip(), [one.text_content().split()[0] for one in form.xpath(".//ul[@class='kept']/li")]


@pytest.mark.req("MSG-10", "MSG-20")
def test_what_was_emptied_before_the_thread_was_closed_does_not_come_back() -> None:
    """The page keeps what is written by itself, a moment later: the close may come first."""
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    anne = logged_in(cast, cast.anne)
    anne.post(address(cast, "thread-save", thread.id), {"text": "Hei"})
    stays = receive(cast, question(cast, kind=E_CONTACT))
    anne.post(address(cast, "thread-save", stays.id), {"text": "Hei på deg"})
    for one, form in ((thread, {"text": ""}), (stays, {})):
        version = field(body(anne.get(address(cast, "thread", one.id))), "versjon")
        closed = anne.post(address(cast, "thread-close", one.id), {"versjon": version, **form})
        assert closed.status_code == 302
    with acting(cast.system):
        # A form without the field says nothing of what stands in it.
        assert [kept.text for kept in KeptDraft.objects.all()] == ["Hei på deg"]


@pytest.mark.req("MSG-20")
def test_an_answer_is_saved_for_its_writer_with_its_files_and_is_gone_when_it_is_sent() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    ali, anne = logged_in(cast, cast.ali), logged_in(cast, cast.anne)
    page, save = address(cast, "thread", thread.id), address(cast, "thread-save", thread.id)
    saved = body(ali.post(save, {"text": "Hei", "vedlegg": [_pdf()]}))
    assert "Lagret i Kladd kl." in saved
    file = field(saved, "vedlagt")
    assert "Hei på deg" not in body(ali.get(page))
    ali.post(save, {"text": "Hei på deg", "vedlagt": [file]})
    assert _written(body(ali.get(page))) == ("Hei på deg", ["brev.pdf"])
    assert _written(body(anne.get(page))) == ("", [])
    listed = body(ali.get(address(cast, "drafts")))
    assert "Svar: Utslett på armen – helsenorge.no" in listed
    assert "Hei på deg" in listed
    assert "Utslett" not in body(anne.get(address(cast, "drafts")))
    boxes = html.fromstring(body(ali.get(page))).get_element_by_id("post-boxes")
    assert "Kladd1" in boxes.text_content().replace(" ", "")
    sent = {"text": "Hei på deg", "vedlagt": [file], "versjon": field(body(ali.get(page)), "versjon")}
    assert ali.post(address(cast, "thread-answer", thread.id), sent).status_code == 302
    with acting(cast.system):
        assert Message.objects.get(direction="out").attachments.count() == 1
        assert not KeptDraft.objects.exists()
        kept = AuditEvent.objects.filter(action="draft.kept")
        assert kept.count() == 1
    assert _written(body(ali.get(page))) == ("", [])


@pytest.mark.req("MSG-20")
def test_an_answer_that_is_refused_is_kept_also_when_the_window_is_closed() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    ali = logged_in(cast, cast.ali)
    answer = address(cast, "thread-answer", thread.id)
    late = ali.post(answer, {"text": "For sent", "versjon": "0", "vedlegg": [_pdf()]}, headers=HTMX)
    assert late.status_code == 409
    page = address(cast, "thread", thread.id)
    assert _written(body(ali.get(page))) == ("For sent", ["brev.pdf"])
    wrong = ali.post(answer, {"text": "Med feil fil", "versjon": "1", "vedlegg": [_pdf(content=b"MZ")]}, headers=HTMX)
    assert wrong.status_code == 422
    assert _written(body(ali.get(page)))[0] == "Med feil fil"


@pytest.mark.req("MSG-20", "CMP-11")
def test_a_file_that_is_refused_is_told_at_once_and_the_rest_is_saved() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    ali = logged_in(cast, cast.ali)
    told = ali.post(address(cast, "thread-save", thread.id), {"text": "Hei", "vedlegg": [_pdf(content=b"MZ\x90")]})
    assert told.status_code == 422
    assert "Vi tar PDF, JPG, PNG, TXT, DOCX," in body(told)
    assert _written(body(ali.get(address(cast, "thread", thread.id)))) == ("Hei", [])


@pytest.mark.req("MSG-20")
def test_a_message_that_starts_a_dialog_is_saved_opened_and_sent() -> None:
    cast, form = make_clinic(), str(uuid4())
    ali = logged_in(cast, cast.ali)
    written = {"emne": "Ny adresse", "text": "Vi flytter.", "kladd_id": form}
    assert ali.post(_new(cast), {**written, "text": "Vi fl", "vedlegg": [_pdf()]}).status_code == 200
    with acting(cast.system):
        draft = KeptDraft.objects.get()
    kept = {**written, "vedlagt": [str(draft.attachment_ids[0])]}
    ali.post(_new(cast), kept)
    opened = address(cast, "compose", query=f"?utkast={form}")
    chosen = address(cast, "drafts", query=f"?valgt={form}")
    assert f'href="{chosen}"' in body(ali.get(address(cast, "drafts")))
    assert opened in body(ali.get(chosen))
    page = body(ali.get(opened))
    assert "Vi flytter.</textarea>" in page
    assert "brev.pdf" in page
    assert field(page, "kladd_id") == form
    assert logged_in(cast, cast.mona).get(opened).status_code == 404
    refused = ali.post(_new(cast, "compose"), {**kept, "emne": ""}, headers=HTMX)
    assert refused.status_code == 422
    assert ali.post(_new(cast, "compose"), {**kept, "svar": "ja"}).status_code == 302
    with acting(cast.system):
        assert Message.objects.get().attachments.count() == 1
        assert not KeptDraft.objects.exists()


@pytest.mark.req("MSG-20")
def test_what_is_written_follows_to_another_patient_and_another_type() -> None:
    cast, form = make_clinic(), str(uuid4())
    ali = logged_in(cast, cast.ali)
    ali.post(_new(cast), {"emne": "Ny adresse", "text": "Vi flytter.", "kladd_id": form})
    other = f"?type=e_consultation&pasient={cast.astrid.id}&kladd_id={form}"
    page = body(ali.get(address(cast, "compose", query=other)))
    assert "Vi flytter.</textarea>" in page
    assert "Astrid Østby" in page
    assert "Sendes som eKonsultasjon" in page


@pytest.mark.req("MSG-20")
def test_an_emptied_form_keeps_nothing_and_nobody_writes_in_anothers_draft() -> None:
    cast, form = make_clinic(), str(uuid4())
    ali = logged_in(cast, cast.ali)
    ali.post(_new(cast), {"text": "Vi flytter.", "kladd_id": form})
    assert logged_in(cast, cast.mona).post(_new(cast), {"text": "Min", "kladd_id": form}).status_code == 404
    assert ali.post(_new(cast), {"text": "Min", "kladd_id": "tull"}).status_code == 404
    with acting(cast.system):
        assert KeptDraft.objects.get().text == "Vi flytter."
    ali.post(_new(cast), {"text": "  ", "kladd_id": form})
    with acting(cast.system):
        assert not KeptDraft.objects.exists()
        assert not Thread.objects.exists()


@pytest.mark.req("MSG-11", "MSG-20")
def test_a_draft_is_not_opened_by_who_was_taken_out_of_its_thread() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    with acting(cast.actor(cast.kari)):
        add_participant(thread, cast.anne)
    with acting(cast.actor(cast.anne)):
        draft = save_answer(thread, DraftContent(text="Halvferdig svar"))
    assert draft is not None
    anne = logged_in(cast, cast.anne)
    opened = address(cast, "compose", query=f"?utkast={draft.id}")
    assert anne.get(opened).status_code == 200
    with acting(cast.actor(cast.kari)):
        remove_participant(thread, cast.anne)
    assert anne.get(opened).status_code == 404
    assert anne.post(address(cast, "draft-discard", draft.id)).status_code == 404
    with acting(cast.system):
        assert KeptDraft.objects.filter(id=draft.id).exists()


@pytest.mark.req("MSG-13", "MSG-15", "MSG-20")
def test_a_draft_keeps_how_the_dialog_is_to_be_treated() -> None:
    cast, form = make_clinic(), str(uuid4())
    ali = logged_in(cast, cast.ali)
    due = (clock.today() + timedelta(days=3)).isoformat()
    task = {"oppgave": "ja", "oppgave_hvem": str(cast.kari.id), "oppgave_frist": due, "oppgave_tekst": "Ring"}
    written = {"emne": "Ny adresse", "text": "Vi flytter.", "kladd_id": form, "privat": "ja", "svarfrist": due}
    assert ali.post(_new(cast), {**written, **task}).status_code == 200
    page = html.fromstring(body(ali.get(address(cast, "compose", query=f"?utkast={form}"))))
    ticked = page.xpath("//form[@id='compose']//input[@type='checkbox' and @checked]/@name")
    assert {"privat", "oppgave"} <= set(ticked)
    assert "viktig" not in ticked
    assert page.xpath("//select[@name='oppgave_hvem']/option[@selected]/@value") == [str(cast.kari.id)]
    held = {name: page.xpath("//input[@name=$name]/@value", name=name) for name in ("svarfrist", "oppgave_tekst")}
    assert held == {"svarfrist": [due], "oppgave_tekst": ["Ring"]}


@pytest.mark.req("JRN-15", "MSG-20", "RX-7")
def test_an_answer_that_was_to_be_of_another_kind_is_opened_as_that() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    ali = logged_in(cast, cast.ali)
    assert "Svares som e-Kontakt" in body(ali.get(address(cast, "thread", thread.id)))
    begun = {"text": "Kom innom.", "som": "e_consultation", "avslutning": "Se den nye samtalen."}
    assert ali.post(address(cast, "thread-save", thread.id), begun).status_code == 200
    page = body(ali.get(address(cast, "thread", thread.id)))
    assert "Svares som eKonsultasjon" in page
    assert "Se den nye samtalen." in page
    assert "Svares som e-Kontakt" in body(logged_in(cast, cast.mona).get(address(cast, "thread", thread.id)))


@pytest.mark.req("MSG-20", "MSG-1")
def test_kladd_is_a_mailbox_and_the_chosen_draft_stands_beside_the_list() -> None:
    cast, form, other = make_clinic(), str(uuid4()), str(uuid4())
    ali = logged_in(cast, cast.ali)
    long = "Vi flytter. " * 30
    ali.post(_new(cast), {"emne": "Ny adresse", "text": long, "kladd_id": form, "vedlegg": [_pdf()]})
    ali.post(_new(cast), {"emne": "Ferie", "text": "Stengt i juli.", "kladd_id": other})

    def shown(person, **query):
        return html.fromstring(body(person.get(address(cast, "drafts"), query)))

    page = shown(ali)
    assert page.xpath("//*[@id='post-boxes']//a[@aria-current='true']")[0].text_content().strip() == "Kladd2"
    assert [one.text for one in page.xpath("//*[@id='draft-rows']//*[@class='l2']")] == ["Ferie", "Ny adresse"]
    assert not page.xpath("//*[@id='draft-go-on']")
    page = shown(ali, valgt=form)
    assert page.xpath("//*[@id='draft-rows']//a[@aria-current='true']")[0].get("id") == f"draft-{form}"
    thread = page.get_element_by_id("post-thread")
    assert thread.xpath(".//*[@class='bub draft']")[0].text.strip() == long.strip()
    assert "brev.pdf" in thread.text_content()
    assert page.get_element_by_id("draft-go-on").get("href") == address(cast, "compose", query=f"?utkast={form}")
    # Another's draft is none, and what is gone is told to be.
    anne = logged_in(cast, cast.anne)
    assert "Vi flytter" not in body(anne.get(address(cast, "drafts"), {"valgt": form}))
    assert ali.post(address(cast, "draft-discard", form)).status_code == 302
    assert "Kladden er sendt eller slettet." in shown(ali, valgt=form).get_element_by_id("post-thread").text_content()
    assert "Ferie" in body(ali.get(address(cast, "drafts"), {"valgt": "tull"}))
    with at_most(24):
        ali.get(address(cast, "drafts"), {"valgt": other})
