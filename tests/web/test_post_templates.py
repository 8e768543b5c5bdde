"""Templates in Post and over REST: found by their title, filled in, kept as a draft, and never sent half-filled."""

from dataclasses import replace
from datetime import date
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import override_settings
from lxml import html

from skranke.clinics.models import Group
from skranke.clinics.organisation.groups import remove_group
from skranke.dialog.models import Attachment, KeptDraft, Message, MessageTemplate, TaskFor, Thread
from skranke.dialog.services import save_template
from skranke.dialog.values import TemplateFacts, TemplateTask
from skranke.kernel import clock
from skranke.patients.models import Patient
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, body, logged_in
from support.dialog import E_CONTACT, PDF, RENEWAL, question, receive, upload

TEXT = "Hei {{fornavn}}. {{pasient}} har {{ fastlege }}. Ring {{KLINIKK}}. Hilsen {{avsender}}"


def template(cast: Cast, **facts: object) -> MessageTemplate:
    """A shared template, unless told otherwise."""
    with acting(cast.actor(cast.ali)):
        return save_template(TemplateFacts(**{"title": "Blodprøve", "subject": "Prøven", "shared": True} | facts))


def place(cast: Cast, name: str = "compose-template", kind: str = "e_dialog", **query: object) -> str:
    more = "".join(f"&{key}={value}" for key, value in query.items())
    return address(cast, name, query=f"?type={kind}&pasient={cast.ola.id}{more}")


def fields(page: str) -> dict[str, object]:
    """What stands in the form of a new message."""
    form = html.fromstring(page).get_element_by_id("compose")
    return {
        "emne": form.xpath(".//input[@name='emne']/@value")[0],
        "text": form.xpath(".//textarea[@name='text']")[0].text or "",
        "ticked": set(form.xpath(".//input[@type='checkbox'][@checked]/@name")),
        "deltaker": form.xpath(".//input[@name='deltaker'][@checked]/@value"),
        "vedlagt": form.xpath(".//input[@name='vedlagt']/@value"),
        "svarfrist": form.xpath(".//input[@name='svarfrist']/@value")[0],
        "oppgave_frist": form.xpath(".//input[@name='oppgave_frist']/@value")[0],
        "oppgave_tekst": form.xpath(".//input[@name='oppgave_tekst']/@value")[0],
        "oppgave_hvem": form.xpath(".//select[@name='oppgave_hvem']/option[@selected]/@value"),
    }


@pytest.mark.req("TPL-4", "TPL-3")
def test_the_title_is_found_in_the_subject_field_and_only_what_is_for_this_kind() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.anne)
    assert "data-suggests" not in body(client.get(place(cast, "compose")))
    template(cast), template(cast, title="Fastende blodprøve", kind="e_dialog"), template(cast, title="Attest")
    template(cast, title="Blodtrykk", kind="e_consultation"), template(cast, title="Blod, Alis egen", shared=False)
    page = html.fromstring(body(client.get(place(cast, "compose"))))
    assert page.xpath("//select[@name='malvalg']/option/text()") == [
        "Velg …", "Attest", "Blodprøve", "Fastende blodprøve"
    ]  # fmt: skip
    asked = page.get_element_by_id("compose-subject").get("hx-get")
    found = html.fromstring(body(client.get(asked + "&emne=" + quote("blodPRØVE"))))
    assert found.xpath("//button[@role='option']//b/text()") == ["Blodprøve", "Fastende blodprøve"]
    both = html.fromstring(body(client.get(asked + "&emne=" + quote("prøve fast"))))
    assert both.xpath("//button//b/text()") == ["Fastende blodprøve"]
    nothing = body(client.get(asked + "&emne=" + quote("Blod, Alis")))
    assert "option" not in nothing


@pytest.mark.req("TPL-4", "TPL-3", "ORG-10", "MSG-20")
def test_choosing_fills_every_field_is_kept_as_a_draft_and_what_is_changed_is_what_is_sent() -> None:
    cast = make_clinic()
    with acting(cast.system):
        group = Group.objects.get()
    with acting(cast.actor(cast.ali)):
        file = upload(PDF, "forberedelse.pdf")
    chosen = template(
        cast,
        text=TEXT,
        to=(f"group:{group.id}",),
        attachment_ids=(file.id,),
        important=True,
        private=True,
        reply_days=7,
        task=TemplateTask(whose=TaskFor.PATIENT, days=3, text="Ta prøven"),
    )
    client, form = logged_in(cast, cast.anne), {"kladd_id": str(uuid4()), "mottar": "ja", "emne": "Blod", "text": ""}
    answer = client.post(place(cast), {**form, "mal": str(chosen.id)}, headers=HTMX)
    assert answer.status_code == 200
    shown = fields(body(answer))
    expected = TEXT.replace("{{fornavn}}", "Ola").replace("{{pasient}}", "Ola Nordmann")
    expected = expected.replace("{{ fastlege }}", cast.kari.name).replace("{{KLINIKK}}", cast.clinic.name)
    assert shown["text"] == expected.replace("{{avsender}}", cast.anne.name)
    assert (shown["emne"], shown["deltaker"]) == ("Prøven", [f"group:{group.id}"])
    assert shown["ticked"] == {"mottar", "deltaker", "viktig", "privat", "oppgave"}
    days = {name: clock.today().toordinal() + more for name, more in (("svarfrist", 7), ("oppgave_frist", 3))}
    assert {name: date.fromisoformat(shown[name]).toordinal() for name in days} == days
    assert (shown["oppgave_tekst"], shown["oppgave_hvem"]) == ("Ta prøven", ["pasienten"])
    with acting(cast.actor(cast.anne)):
        draft = KeptDraft.objects.get(id=form["kladd_id"])
        assert (draft.text, [str(one) for one in draft.attachment_ids]) == (shown["text"], shown["vedlagt"])
        assert Attachment.objects.get(template=chosen).id == file.id
    assert not threads(cast)
    changed = form | {name: shown[name] for name in ("emne", "vedlagt", "deltaker")} | {"text": "Endret."}
    sent = client.post(place(cast, "compose"), {**changed, "svar": "ja"})
    assert sent.status_code == 302
    with acting(cast.system):
        message = Message.objects.get()
        assert (message.text, [one.name for one in message.attachments.all()]) == ("Endret.", ["forberedelse.pdf"])
        assert Attachment.objects.filter(template=chosen).count() == 1


def threads(cast: Cast) -> list[Thread]:
    with acting(cast.system):
        return list(Thread.objects.all())


@pytest.mark.req("TPL-4")
def test_without_script_a_list_and_a_button_do_the_same_and_nothing_written_is_lost() -> None:
    cast = make_clinic()
    chosen, client = template(cast, text="Fra malen."), logged_in(cast, cast.anne)
    written = {"emne": "Mitt", "text": "Skrevet først.", "kladd_id": str(uuid4()), "mottar": "ja"}
    none = client.post(place(cast), written)
    assert (none.status_code, "Velg en mal først." in body(none)) == (422, True)
    assert "Skrevet først." in body(none)
    page = body(client.post(place(cast), {**written, "malvalg": str(chosen.id)}))
    assert (fields(page)["text"], fields(page)["emne"]) == ("Skrevet først.\n\nFra malen.", "Prøven")
    assert "Malen «Blodprøve» er satt inn" in page
    by_title = body(client.post(place(cast), {**written, "emne": "blodprøve", "text": ""}))
    assert fields(by_title)["text"] == "Fra malen."
    assert client.post(place(cast), {**written, "mal": str(uuid4())}).status_code == 404


@pytest.mark.req("TPL-3", "TPL-4")
def test_a_word_without_a_value_is_told_and_a_message_with_one_is_not_sent() -> None:
    cast = make_clinic()
    chosen, client = template(cast, text="Spør {{fastlege}}."), logged_in(cast, cast.anne)
    with acting(cast.system):
        Patient.objects.filter(id=cast.ola.id).update(gp=None, on_gp_list=False)
    form = {"kladd_id": str(uuid4()), "mottar": "ja", "emne": "", "text": "", "mal": str(chosen.id)}
    page = body(client.post(place(cast), form))
    assert "{{fastlege}} har ingen verdi her" in page
    assert fields(page)["text"] == "Spør {{fastlege}}."
    for emne, text in (("Prøven", "Spør {{fastlege}}."), ("{{ Fastlege }}", "Hei")):
        refused = client.post(place(cast, "compose"), {**form, "emne": emne, "text": text, "svar": "ja"})
        assert refused.status_code == 422
        assert "{{fastlege}} er ikke fylt ut" in body(refused)
    assert not threads(cast)


@pytest.mark.req("TPL-3")
def test_a_value_is_text_and_never_markup_or_another_word() -> None:
    cast = make_clinic()
    chosen, client = template(cast, text="Hei {{fornavn}}"), logged_in(cast, cast.anne)
    with acting(cast.system):
        Patient.objects.filter(id=cast.ola.id).update(given_name="<b>{{klinikk}}</b>")
    page = body(client.post(place(cast), {"kladd_id": str(uuid4()), "mal": str(chosen.id)}))
    assert "<b>{{klinikk}}</b>" not in page
    assert fields(page)["text"] == "Hei <b>{{klinikk}}</b>"


@pytest.mark.req("TPL-5")
def test_an_answer_is_filled_in_and_kept_and_sent_as_it_was_changed() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    with acting(cast.actor(cast.ali)):
        file = upload(PDF, "råd.pdf")
    chosen = template(cast, text="Hei {{fornavn}}.", subject="{{timen}}", attachment_ids=(file.id,), important=True)
    client = logged_in(cast, cast.kari)
    assert "answer-template" in body(client.get(address(cast, "thread", thread.id)))
    where = address(cast, "thread-template", thread.id)
    answer = client.post(where, {"text": "Takk.", "malvalg": str(chosen.id), "versjon": 1}, headers=HTMX)
    page = html.fromstring(body(answer))
    assert page.get_element_by_id("answer-text").text == "Takk.\n\nHei Ola."
    assert "Deltakere, oppgave og innstillinger setter du på samtalen." in page.text_content()
    kept = page.xpath("//form[@id='answer']//input[@name='vedlagt']/@value")
    with acting(cast.actor(cast.kari)):
        assert KeptDraft.objects.get(thread=thread).text == "Takk.\n\nHei Ola."
    version = page.get_element_by_id("answer-version").get("value")
    facts = {"text": "Hei Ola.", "vedlagt": kept, "versjon": version}
    assert client.post(address(cast, "thread-answer", thread.id), facts).status_code == 302
    with acting(cast.system):
        sent = Message.objects.get(thread=thread, direction="out")
        assert (sent.text, [one.name for one in sent.attachments.all()]) == ("Hei Ola.", ["råd.pdf"])
    assert client.post(where, {"malvalg": str(uuid4())}).status_code == 404


@pytest.mark.req("TPL-5")
def test_an_answer_that_takes_no_files_gets_the_text_alone_and_says_so() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=RENEWAL))
    with acting(cast.actor(cast.ali)):
        file = upload(PDF, "råd.pdf")
    chosen = template(cast, text="Resepten er klar.", attachment_ids=(file.id,))
    answer = logged_in(cast, cast.kari).post(
        address(cast, "thread-template", thread.id), {"malvalg": str(chosen.id)}, headers=HTMX
    )
    page = html.fromstring(body(answer))
    assert page.get_element_by_id("answer-text").text == "Resepten er klar."
    assert "Bare teksten og vedleggene som svaret kan ha, er tatt med." in page.text_content()
    assert not page.xpath("//input[@name='vedlagt']")


@pytest.mark.req("TPL-6")
def test_a_template_with_too_large_files_is_refused_when_it_is_chosen_and_the_message_stays() -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.ali)):
        file = upload(PDF, "stor.pdf")
    chosen = template(cast, text="Se vedlegget.", attachment_ids=(file.id,))
    client, form = logged_in(cast, cast.anne), {"emne": "Hei", "text": "Mitt.", "kladd_id": str(uuid4())}
    with override_settings(OURS=replace(settings.OURS, attachment_total_bytes=len(PDF) - 1)):
        for kind in ("e_contact", "e_consultation"):
            refused = client.post(place(cast, kind=kind), {**form, "mal": str(chosen.id)})
            assert (refused.status_code, "Vedleggene er for store" in body(refused)) == (422, True)
            assert fields(body(refused))["text"] == "Mitt."
        told = Api(cast, cast.anne).post(f"templates/{chosen.id}/use", {"kind": "e_contact"})
        assert (told.status, told.body["code"]) == (413, "attachments_too_large")
    with acting(cast.actor(cast.anne)):
        assert not Attachment.objects.filter(uploaded_by=cast.anne).exists()


@pytest.mark.req("TPL-3", "ORG-10")
def test_who_is_not_here_any_more_is_left_out_and_it_is_said() -> None:
    cast = make_clinic()
    with acting(cast.system):
        group = Group.objects.get()
    chosen = template(cast, text="Hei.", to=(f"group:{group.id}", f"employee:{cast.mona.id}"))
    with acting(cast.system):
        remove_group(group.id)
    page = body(logged_in(cast, cast.anne).post(place(cast), {"kladd_id": str(uuid4()), "mal": str(chosen.id)}))
    assert fields(page)["deltaker"] == [f"employee:{cast.mona.id}"]
    assert "Noen som malen nevner, er ikke her lenger" in page


@pytest.mark.req("TPL-4", "TPL-5", "ORG-10")
def test_over_rest_a_message_is_filled_in_and_sent_to_the_group_of_the_template() -> None:
    cast = make_clinic()
    with acting(cast.system):
        group = Group.objects.get()
    anne = Api(cast, cast.anne)
    body_in = {"title": "Meld", "subject": "{{pasient}}", "text": "Ring {{telefon}}.", "to_patient": False,
               "participants": [{"group_id": str(group.id)}], "task": {"whose": "user", "text": "Ring"}}  # fmt: skip
    made = anne.post("templates", body_in)
    assert (made.status, made.body["shared"]) == (201, False)
    with acting(cast.system):
        type(cast.clinic).objects.filter(id=cast.clinic.id).update(phone="")
    filled = anne.post(f"templates/{made.body['id']}/use", {"kind": "internal", "patient_id": str(cast.ola.id)}).body
    assert (filled["subject"], filled["text"], filled["missing"]) == ("Ola Nordmann", "Ring {{telefon}}.", ["telefon"])
    assert filled["handling"]["task"]["employee_id"] == str(cast.anne.id)
    message = {name: filled[name] for name in ("subject", "participants", "attachment_ids", "handling")}
    message |= {"kind": "internal", "patient_id": str(cast.ola.id)}
    refused = anne.post("threads", message | {"text": filled["text"]})
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "text")
    sent = anne.post("threads", message | {"text": "Ring 22."})
    assert sent.status == 201
    assert str(group.id) in {one["group_id"] for one in sent.body["participants"]}
    wrong = anne.post("templates", {"title": "Bare her", "kind": "e_consultation", "text": "Hei"}).body
    assert anne.post(f"templates/{wrong['id']}/use", {"kind": "e_dialog"}).status == 422


@pytest.mark.req("TPL-6", "CMP-9")
def test_what_is_attached_already_counts_when_a_template_with_files_is_chosen() -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.ali)):
        file = upload(PDF, "råd.pdf")
    chosen = template(cast, text="Se vedlegget.", attachment_ids=(file.id,))
    anne = Api(cast, cast.anne)
    own = anne.upload(PDF, "eget.pdf").body["id"]
    client, form = (
        logged_in(cast, cast.anne),
        {"emne": "Hei", "text": "Mitt.", "kladd_id": str(uuid4()), "vedlagt": own},
    )
    with override_settings(OURS=replace(settings.OURS, attachment_total_bytes=2 * len(PDF) - 1)):
        refused = client.post(place(cast, kind="e_contact"), {**form, "mal": str(chosen.id)})
    assert (refused.status_code, "Vedleggene er for store" in body(refused)) == (422, True)
    assert fields(body(refused))["vedlagt"] == [own]
