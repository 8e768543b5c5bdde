"""Error pages say what happened, that nothing was lost, and what to do."""

from collections.abc import Callable

import pytest
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from skranke.kernel.errors import ConflictError, ForbiddenError, NotFoundError, TemporaryError
from skranke.ui import views

ASK = RequestFactory()


def asked() -> HttpRequest:
    request = ASK.get("/k/1/post")
    request.request_id = "5b0f62c1-29e1-4f63-8f16-8c27b8d29a7e"  # type: ignore[attr-defined]  # set by a middleware
    return request


@pytest.mark.parametrize(
    ("view", "status"),
    [
        (views.bad_request, 400),
        (views.permission_denied, 403),
        (views.page_not_found, 404),
        (views.too_large, 413),
        (views.server_error, 500),
        (views.csrf_failure, 403),
    ],
)
def test_each_page_has_its_status_a_way_on_and_the_code(
    view: Callable[[HttpRequest], HttpResponse], status: int
) -> None:
    with translation.override("nb"):
        response = view(asked())
    text = response.content.decode()
    assert response.status_code == status
    assert "5b0f62c1-29e1-4f63-8f16-8c27b8d29a7e" in text
    assert 'href="/"' in text
    assert "Ingenting ble" in text or "ingenting ble endret" in text or "er trygt" in text


def test_a_too_large_request_is_told_as_such() -> None:
    assert views.bad_request(asked(), RequestDataTooBig()).status_code == 413


def through(error: Exception) -> HttpResponse | None:
    middleware = views.ErrorPageMiddleware(lambda _: HttpResponse())
    return middleware.process_exception(asked(), error)


def test_our_own_errors_become_pages_with_their_message() -> None:
    response = through(ConflictError("Timen ble tatt av en annen. Ingenting er lagret."))
    assert response is not None
    assert response.status_code == 409
    assert "Timen ble tatt av en annen" in response.content.decode()


def test_absent_and_forbidden_say_nothing_of_the_thing() -> None:
    for error, status in ((NotFoundError("thread 17"), 404), (ForbiddenError("thread 17"), 403)):
        response = through(error)
        assert response is not None
        assert response.status_code == status
        assert "thread 17" not in response.content.decode()


def test_what_passes_by_itself_says_so() -> None:
    with translation.override("nb"):
        response = through(TemporaryError("Bussen svarer ikke."))
    assert response is not None
    assert "Prøv igjen om litt" in response.content.decode()


def test_unknown_errors_are_left_alone() -> None:
    assert through(ZeroDivisionError()) is None
