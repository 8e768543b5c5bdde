"""Which language a page speaks, and changing it."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils.translation import get_language

from skranke.ui.i18n import LanguageMiddleware, set_language

ASK = RequestFactory(headers={"host": "127.0.0.1:8000"})


def speaks(**headers: str) -> HttpResponse:
    request = ASK.get("/", headers={name.replace("_", "-"): value for name, value in headers.items()})
    return LanguageMiddleware(lambda _: HttpResponse(get_language()))(request)


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "nb"),
        ("no", "nb"),
        ("nb-NO,nb;q=0.9", "nb"),
        ("nn-NO, en;q=0.5", "nn"),
        ("en-US,en;q=0.9,nb;q=0.1", "en"),
        ("de, en;q=0.3", "en"),
        ("de", "nb"),
    ],
)
@pytest.mark.req("POR-12")
def test_the_browsers_wish_is_followed(accept: str, language: str) -> None:
    response = speaks(accept_language=accept)
    assert response.content.decode() == language
    assert response["Content-Language"] == language
    assert "Accept-Language" in response["Vary"]


def test_the_cookie_goes_before_the_browser() -> None:
    assert speaks(accept_language="en", cookie="skranke_lang=nn").content == b"nn"


def test_an_unknown_cookie_is_ignored() -> None:
    assert speaks(accept_language="en", cookie="skranke_lang=xx").content == b"en"


def posted(**fields: str) -> HttpRequest:
    return ASK.post("/ui/language", fields)


def test_a_choice_is_remembered_and_leads_back() -> None:
    response = set_language(posted(language="nn", next="/k/1/post?boks=apne"))
    assert (response.status_code, response["Location"]) == (302, "/k/1/post?boks=apne")
    assert response.cookies["skranke_lang"].value == "nn"
    assert response.cookies["skranke_lang"]["httponly"]


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_a_choice_never_leads_elsewhere(target: str) -> None:
    assert set_language(posted(language="nn", next=target))["Location"] == "/"


def test_an_unknown_language_is_not_remembered() -> None:
    assert "skranke_lang" not in set_language(posted(language="xx")).cookies


def test_a_language_is_not_changed_by_a_link() -> None:
    assert set_language(ASK.get("/ui/language")).status_code == 405
