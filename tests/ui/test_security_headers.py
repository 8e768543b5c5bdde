"""Headers on every response, the request id, and what the access log may say."""

import logging
from types import SimpleNamespace

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from skranke.ui.security import RequestIdMiddleware, SecurityHeadersMiddleware, content_security_policy

ASK = RequestFactory()


def answer(request: HttpRequest, response: HttpResponse | None = None) -> HttpResponse:
    return SecurityHeadersMiddleware(lambda _: response or HttpResponse("x"))(request)


def policy(request: HttpRequest) -> dict[str, str]:
    return dict(part.split(" ", 1) for part in content_security_policy(request).split("; "))


def test_only_our_own_scripts_styles_and_frames() -> None:
    rules = policy(ASK.get("/"))
    assert rules["default-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["base-uri"] == rules["object-src"] == "'none'"
    assert not any("unsafe" in value for value in rules.values())
    assert "script-src" not in rules


@override_settings(UI_LIVE_ORIGIN=":8001", UI_FORM_ACTIONS=[":8002", "https://login.example"])
def test_live_events_come_from_another_port_of_the_same_host() -> None:
    rules = policy(ASK.get("/", headers={"host": "localhost:8000"}))
    assert rules["connect-src"] == "'self' http://localhost:8001"
    assert rules["form-action"] == "'self' http://localhost:8002 https://login.example"


@override_settings(UI_LIVE_ORIGIN=":8001")
def test_a_host_that_is_not_ours_never_enters_the_policy() -> None:
    assert policy(ASK.get("/", headers={"host": "elsewhere.example"}))["connect-src"] == "'self'"


@override_settings(UI_LIVE_ORIGIN="")
def test_behind_a_proxy_live_events_are_our_own_origin() -> None:
    assert policy(ASK.get("/"))["connect-src"] == "'self'"


def test_only_the_page_that_may_be_embedded_names_who_may() -> None:
    assert "frame-ancestors https://clinic.example" in content_security_policy(ASK.get("/"), ["https://clinic.example"])


def test_the_other_headers() -> None:
    response = answer(ASK.get("/"))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


def test_pages_are_not_kept_in_caches_but_files_may_say_otherwise() -> None:
    assert answer(ASK.get("/"))["Cache-Control"] == "no-store"
    kept = HttpResponse("x", headers={"Cache-Control": "max-age=60"})
    assert answer(ASK.get("/"), kept)["Cache-Control"] == "max-age=60"
    assert "Cache-Control" not in answer(ASK.get("/"), HttpResponse("x", content_type="text/css"))


def test_the_request_id_is_a_new_uuid_unless_one_is_given() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.request_id)  # type: ignore[attr-defined]  # set by the middleware under test

    middleware = RequestIdMiddleware(view)
    first, second = middleware(ASK.get("/")), middleware(ASK.get("/"))
    assert first["X-Request-ID"] == first.content.decode()
    assert first["X-Request-ID"] != second["X-Request-ID"]
    given = "5b0f62c1-29e1-4f63-8f16-8c27b8d29a7e"
    assert middleware(ASK.get("/", headers={"x-request-id": given}))["X-Request-ID"] == given


def test_a_request_id_that_could_hide_a_person_is_not_taken_over() -> None:
    response = RequestIdMiddleware(lambda _: HttpResponse())(ASK.get("/", headers={"x-request-id": "14838812345"}))
    assert "14838812345" not in response["X-Request-ID"]


def test_the_access_log_says_the_route_and_never_the_address(caplog: pytest.LogCaptureFixture) -> None:
    request = ASK.get("/pasient/14838812345", {"q": "Nordli"})
    request.resolver_match = SimpleNamespace(view_name="clinic:patient")  # type: ignore[assignment]  # as the resolver does
    with caplog.at_level(logging.INFO, logger="skranke.ui.security"):
        response = RequestIdMiddleware(lambda _: HttpResponse(status=302))(request)
    (record,) = [one for one in caplog.records if one.name == "skranke.ui.security"]
    line = str(record.msg)
    assert "14838812345" not in line
    assert "Nordli" not in line
    for part in ("request", "clinic:patient", "302", "GET", response["X-Request-ID"]):
        assert part in line
