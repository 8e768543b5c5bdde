"""Konfigurasjon > Post > Maler: whose a template is, what is in it, and what is refused."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from lxml import html

from skranke.clinics.models import Group
from skranke.dialog.models import Attachment, MessageTemplate
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import address, body, logged_in, same
from support.dialog import PDF, PNG

FACTS = {"version": 0, "title": "Blodprøve", "subject": "Blodprøve", "text": "Hei {{fornavn}}.", "to_patient": "on"}


def made(cast: Cast, title: str = "Blodprøve") -> MessageTemplate:
    """The template of that title, whosever it is."""
    with acting(cast.system):
        shared = MessageTemplate.objects.filter(title=title).first()
    for person in (cast.kari, cast.ali, cast.anne):
        with acting(cast.actor(person)):
            shared = shared or MessageTemplate.objects.filter(title=title).first()
    assert shared is not None, "nobody has such a template"
    return shared


@pytest.mark.req("TPL-1", "TPL-2")
def test_an_administrator_s_template_is_shared_unless_it_is_made_private() -> None:
    cast = make_clinic()
    ali, anne = logged_in(cast, cast.ali), logged_in(cast, cast.anne)
    index = body(ali.get(address(cast, "settings-templates")))
    assert "Ingen delte maler ennå" in index
    assert address(cast, "settings-new-template") in index
    assert address(cast, "settings-templates") in body(ali.get(address(cast, "settings")))
    assert "Gjør malen privat" in body(ali.get(address(cast, "settings-new-template")))
    done = ali.post(address(cast, "settings-new-template"), FACTS)
    assert done.status_code == 302
    assert "Lagret." in body(ali.get(done["Location"]))
    own = {**FACTS, "title": "Min egen", "make_private": "on"}
    assert ali.post(address(cast, "settings-new-template"), own).status_code == 302
    assert (made(cast).owner_id, made(cast, "Min egen").owner_id) == (None, cast.ali.id)
    seen = body(anne.get(address(cast, "settings-templates")))
    assert ("Blodprøve" in seen, "Min egen" in seen) == (True, False)


@pytest.mark.req("TPL-2")
def test_everybody_else_s_template_is_private_and_is_not_there_for_others() -> None:
    cast = make_clinic()
    anne, ali = logged_in(cast, cast.anne), logged_in(cast, cast.ali)
    page = body(anne.get(address(cast, "settings-new-template")))
    assert ("make_private" in page, "Malen blir privat" in page) == (False, True)
    facts = {**FACTS, "vedlegg": [SimpleUploadedFile("plan.pdf", PDF)]}
    assert anne.post(address(cast, "settings-new-template"), facts).status_code == 302
    mine = made(cast)
    assert mine.owner_id == cast.anne.id
    place, nowhere = (address(cast, "settings-template", one) for one in (mine.id, cast.anne.id))
    for ask in (ali.get, lambda where: ali.post(where, FACTS), lambda where: ali.post(where, {"fjern": "ja"})):
        refused, absent = ask(place), ask(nowhere)
        assert refused.status_code == absent.status_code == 404
        assert same(refused) == same(absent)
    api = Api(cast, cast.ali)
    assert api.get("templates").body["items"] == []
    assert api.get(f"templates/{mine.id}").status == 404
    with acting(cast.actor(cast.anne)):
        file = Attachment.objects.get(template=mine)
    assert ali.get(address(cast, "attachment", file.id)).status_code == 404
    assert anne.get(address(cast, "attachment", file.id)).status_code == 200


@pytest.mark.req("TPL-2", "NFR-2")
def test_the_database_hides_another_person_s_template_and_its_files_by_itself() -> None:
    cast = make_clinic()
    facts = {**FACTS, "vedlegg": [SimpleUploadedFile("plan.pdf", PDF)]}
    assert logged_in(cast, cast.anne).post(address(cast, "settings-new-template"), facts).status_code == 302
    counts = {}
    for person in (cast.anne, cast.ali):
        with acting(cast.actor(person)), connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM dialog_messagetemplate), (SELECT count(*) FROM dialog_attachment)"
            )
            counts[person.given_name] = cursor.fetchone()
    assert counts == {"Anne": (1, 1), "Ali": (0, 0)}


@pytest.mark.req("TPL-2")
def test_a_shared_template_is_read_by_everybody_and_changed_by_an_administrator_alone() -> None:
    cast = make_clinic()
    ali, anne = logged_in(cast, cast.ali), logged_in(cast, cast.anne)
    ali.post(address(cast, "settings-new-template"), FACTS)
    shared = made(cast)
    place = address(cast, "settings-template", shared.id)
    page = html.fromstring(body(anne.get(place)))
    assert page.xpath("//input[@name='title']/@disabled")
    assert "Bare en klinikkadministrator kan endre den" in page.text_content()
    for facts in ({**FACTS, "version": 1, "title": "Kapret"}, {"fjern": "ja"}):
        assert anne.post(place, facts).status_code == 403
    asked = Api(cast, cast.anne)
    assert asked.put(f"templates/{shared.id}", {"title": "Kapret", "shared": True}, If_Match="*").status == 403
    assert asked.delete(f"templates/{shared.id}").status == 403
    assert asked.post("templates", {"title": "Ny", "shared": True}).status == 403
    assert made(cast).title == "Blodprøve"
    assert ali.post(place, {"fjern": "ja"}).status_code == 302
    assert ali.get(place).status_code == 404


@pytest.mark.req("TPL-3", "ORG-10")
def test_every_field_is_kept_and_shown_again_on_the_page_and_over_rest() -> None:
    cast = make_clinic()
    with acting(cast.system):
        group = Group.objects.get()
    ali = logged_in(cast, cast.ali)
    facts = {
        **FACTS,
        "description": "Etter prøve",
        "kind": "e_dialog",
        "to": [f"group:{group.id}", f"employee:{cast.kari.id}"],
        "to_user": "on",
        "task_for": str(cast.mona.id),
        "task_days": 3,
        "task_text": "Ring pasienten",
        "important": "on",
        "private": "on",
        "reply_days": 7,
        "vedlegg": [SimpleUploadedFile("plan.pdf", PDF), SimpleUploadedFile("kart.png", PNG)],
    }
    assert ali.post(address(cast, "settings-new-template"), facts).status_code == 302
    row = made(cast)
    page = html.fromstring(body(ali.get(address(cast, "settings-template", row.id))))
    ticked = set(page.xpath("//input[@type='checkbox'][@checked]/@name"))
    assert ticked == {"to", "to_patient", "to_user", "important", "private"}
    assert set(page.xpath("//input[@name='to'][@checked]/@value")) == set(facts["to"])
    assert page.xpath("//select[@name='task_for']/option[@selected]/@value") == [str(cast.mona.id)]
    values = {name: page.xpath(f"//input[@name='{name}']/@value")[0] for name in ("task_days", "reply_days", "subject")}
    assert values == {"task_days": "3", "reply_days": "7", "subject": "Blodprøve"}
    assert len(page.xpath("//input[@name='vedlagt']")) == 2
    told = Api(cast, cast.kari).get(f"templates/{row.id}").body
    assert told["participants"] == [
        {"employee_id": None, "group_id": str(group.id), "role_id": None},
        {"employee_id": str(cast.kari.id), "group_id": None, "role_id": None},
    ]
    assert told["task"] == {"whose": "employee", "employee_id": str(cast.mona.id), "days": 3, "text": "Ring pasienten"}
    assert (told["shared"], told["kind"], told["reply_days"], told["important"]) == (True, "e_dialog", 7, True)
    assert [one["name"] for one in told["attachments"]] == ["plan.pdf", "kart.png"]


@pytest.mark.req("TPL-3")
@pytest.mark.parametrize("text", ["Hei {{navn}}", "Hei {{pasient", "Hei pasient}}"])
def test_an_unknown_word_is_refused_and_the_known_ones_are_named(text: str) -> None:
    cast = make_clinic()
    ali = logged_in(cast, cast.ali)
    refused = ali.post(address(cast, "settings-new-template"), {**FACTS, "text": text})
    assert refused.status_code == 422
    assert "kan ikke fylles ut. Disse kan brukes: {{pasient}}, {{fornavn}}, {{fastlege}}" in body(refused)
    assert "Hei " in body(refused)
    told = Api(cast, cast.ali).post("templates", {"title": "A", "subject": text})
    assert (told.status, told.body["errors"][0]["field"]) == (422, "subject")
    with acting(cast.system):
        assert not MessageTemplate.objects.exists()


@pytest.mark.req("TPL-6")
def test_files_that_are_too_large_together_are_refused_at_saving_and_nothing_is_lost() -> None:
    cast = make_clinic()
    ali, small = logged_in(cast, cast.ali), replace(settings.OURS, attachment_total_bytes=2 * len(PDF) - 1)
    with override_settings(OURS=small):
        first = {**FACTS, "kind": "e_contact", "vedlegg": [SimpleUploadedFile("a.pdf", PDF)]}
        assert ali.post(address(cast, "settings-new-template"), first).status_code == 302
        row = made(cast)
        page = html.fromstring(body(ali.get(address(cast, "settings-template", row.id))))
        kept = page.xpath("//input[@name='vedlagt']/@value")
        more = {**first, "version": 1, "vedlagt": kept, "vedlegg": [SimpleUploadedFile("b.pdf", PDF)]}
        refused = ali.post(address(cast, "settings-template", row.id), more)
        assert refused.status_code == 422
        assert "mer tar ikke helsenorge.no imot" in body(refused)
        api = Api(cast, cast.ali)
        ids = [api.upload(PDF, f"{name}.pdf").body["id"] for name in "ab"]
        told = api.post("templates", {"title": "To", "kind": "e_consultation", "attachment_ids": ids})
        assert (told.status, told.body["code"]) == (413, "attachments_too_large")
    with acting(cast.system):
        assert [one.name for one in Attachment.objects.filter(template=row)] == ["a.pdf"]


@pytest.mark.req("TPL-3", "CMP-11")
def test_a_file_is_judged_by_its_content_and_can_be_taken_out() -> None:
    cast = make_clinic()
    ali = logged_in(cast, cast.ali)
    wrong = {**FACTS, "vedlegg": [SimpleUploadedFile("farlig.pdf", b"MZ this is a program")]}
    refused = ali.post(address(cast, "settings-new-template"), wrong)
    assert (refused.status_code, "Vi tar PDF, JPG, PNG, TXT, DOCX" in body(refused)) == (422, True)
    ali.post(address(cast, "settings-new-template"), {**FACTS, "vedlegg": [SimpleUploadedFile("a.pdf", PDF)]})
    row = made(cast)
    with acting(cast.system):
        file = Attachment.objects.get(template=row)
    without = {**FACTS, "version": 1, "vedlagt": str(file.id), "fjern_vedlegg": str(file.id)}
    assert ali.post(address(cast, "settings-template", row.id), without).status_code == 302
    with acting(cast.system):
        assert not Attachment.objects.filter(template=row).exists()


@pytest.mark.req("TPL-3")
def test_two_who_change_at_once_are_told_and_a_title_stands_once() -> None:
    cast = make_clinic()
    ali = logged_in(cast, cast.ali)
    ali.post(address(cast, "settings-new-template"), FACTS)
    place = address(cast, "settings-template", made(cast).id)
    assert ali.post(place, {**FACTS, "version": 1, "text": "Først"}).status_code == 302
    late = ali.post(place, {**FACTS, "version": 1, "text": "Sist"})
    assert (late.status_code, "endret dette kl." in body(late), "Sist" in body(late)) == (409, True, True)
    assert made(cast).text == "Først"
    twice = ali.post(address(cast, "settings-new-template"), {**FACTS, "title": "BLODPRØVE"})
    assert (twice.status_code, "En annen mal heter dette" in body(twice)) == (409, True)
    assert ali.post(address(cast, "settings-new-template"), {**FACTS, "make_private": "on"}).status_code == 302
