"""Konfigurasjon > Post > Medisinske ord, and what Post then suggests."""

import pytest
from django.test import Client
from lxml import html

from skranke.audit.models import AuditEvent
from skranke.clinics.models import Clinic
from skranke.dialog.models import Thread
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, body, field, logged_in
from support.dialog import E_CONSULTATION, E_CONTACT, question, receive

SUGGESTION = "act-convert-suggested"


def written(page: str) -> str:
    return "".join(html.fromstring(page).xpath("//textarea[@name='words']/text()")).strip()


def save(client: Client, cast: Cast, words: str, *, before: str | None = None) -> int:
    shown = body(client.get(address(cast, "settings-clinical-words")))
    found = html.fromstring(shown).xpath("//input[@name='before']")[0].get("value", "")
    facts = {"words": words, "before": found if before is None else before}
    return client.post(address(cast, "settings-clinical-words"), facts).status_code


def shown(cast: Cast, thread: Thread) -> str:
    return body(logged_in(cast, cast.kari).get(address(cast, "thread", thread.id)))


def suggested(cast: Cast, thread: Thread) -> str:
    """The word for which it is suggested, by the page and over REST; empty where it is not."""
    word = str(Api(cast, cast.kari).get(f"threads/{thread.id}").body["clinical_word"])
    page = shown(cast, thread)
    assert (SUGGESTION in page) == bool(word)
    assert f"«{word}»" in page or not word
    return word


@pytest.mark.req("IMP-6")
def test_an_e_contact_with_a_clinical_word_is_suggested_as_an_e_consultation_once_the_clinic_wants_it() -> None:
    cast = make_clinic()
    contact = receive(cast, question(cast, kind=E_CONTACT, subject="Parkering", text="Jeg har MAGESMERTER. Parkering?"))
    consultation = receive(cast, question(cast, kind=E_CONSULTATION, text="Smerter i magen"))
    assert suggested(cast, contact) == ""
    ali = logged_in(cast, cast.ali)
    assert save(ali, cast, "feber\n  Smerte \n\nsmerte\n") == 302
    assert suggested(cast, contact) == "smerte"
    assert suggested(cast, consultation) == ""
    kari = logged_in(cast, cast.kari)
    page = shown(cast, contact)
    turned = kari.post(address(cast, "thread-convert", contact.id), {"versjon": field(page, "versjon")}, headers=HTMX)
    assert turned.status_code == 200
    assert suggested(cast, contact) == ""
    assert save(ali, cast, "") == 302
    with acting(cast.system):
        assert Clinic.objects.get(id=cast.clinic.id).clinical_words == []
        changes = AuditEvent.objects.filter(action="clinic.clinical_words_changed").order_by("at")
        assert [one.detail["words"] for one in changes] == [["feber", "smerte"], []]


@pytest.mark.req("IMP-6")
def test_nothing_is_suggested_where_no_word_is_or_when_it_is_answered() -> None:
    cast = make_clinic()
    ali = logged_in(cast, cast.ali)
    save(ali, cast, "smerte")
    parking = receive(cast, question(cast, kind=E_CONTACT, subject="Parkering", text="Hvor kan jeg parkere?"))
    assert suggested(cast, parking) == ""
    pain = receive(cast, question(cast, kind=E_CONTACT, subject="Smerter", text="Hei"))
    assert suggested(cast, pain) == "smerte"
    assert Api(cast, cast.kari).post(f"threads/{pain.id}/messages", {"text": "Ring oss."}).status == 201
    assert suggested(cast, pain) == ""


@pytest.mark.req("ORG-4")
def test_words_to_begin_with_are_filled_in_and_saved_by_an_administrator_alone() -> None:
    cast = make_clinic()
    ali, page = logged_in(cast, cast.ali), address(cast, "settings-clinical-words")
    assert written(body(ali.get(page))) == ""
    filled = body(ali.get(page, {"forslag": "ja"}))
    assert "smerte" in written(filled).splitlines()
    assert "Ingenting foreslås nå" in body(ali.get(page))
    assert logged_in(cast, cast.mona).get(page).status_code == 403
    assert logged_in(cast, cast.mona).post(page, {"words": "feber", "before": ""}).status_code == 403
    assert save(ali, cast, written(filled)) == 302
    assert "smerte" in written(body(ali.get(page)))


def test_what_cannot_be_is_told_and_the_second_of_two_is_told() -> None:
    cast = make_clinic()
    ali = logged_in(cast, cast.ali)
    assert save(ali, cast, "øl") == 422
    assert save(ali, cast, "a" * 61) == 422
    assert save(ali, cast, "\n".join(f"ord{number}" for number in range(201))) == 422
    assert save(ali, cast, "feber") == 302
    assert save(ali, cast, "hoste", before="") == 409
    with acting(cast.system):
        assert Clinic.objects.get(id=cast.clinic.id).clinical_words == ["feber"]
