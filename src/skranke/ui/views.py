"""Error pages: what happened, that nothing was lost, what to do.

URLconf: `handler400 = "skranke.ui.views.bad_request"`, `handler403 = "skranke.ui.views.permission_denied"`,
`handler404 = "skranke.ui.views.page_not_found"`, `handler500 = "skranke.ui.views.server_error"`; settings:
`CSRF_FAILURE_VIEW = "skranke.ui.views.csrf_failure"`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from skranke.kernel.errors import SkrankeError

_TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


@dataclass(frozen=True, slots=True)
class Problem:
    """An error page: a title, what happened, what to do. All three are translated texts."""

    status: int
    title: str
    what: str
    action: str


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The error page, with the request's id for whoever helps."""
    context = {"problem": problem, "request_id": getattr(request, "request_id", "")}
    return render(request, "ui/errors/problem.html", context, status=problem.status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 when what was sent was too large."""
    if isinstance(exception, _TOO_LARGE):
        return too_large(request, exception)
    return problem_page(
        request,
        Problem(
            400,
            _("Forespørselen kunne ikke leses"),
            _("Noe i adressen eller skjemaet var ikke slik Skranke venter det. Ingenting ble endret."),
            _("Gå tilbake og prøv på nytt. Skjer det igjen, oppgi koden nederst til den som hjelper deg."),
        ),
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """403: the person may not do this."""
    return problem_page(
        request,
        Problem(
            403,
            _("Du har ikke tilgang til dette"),
            _("Rollen din gir ikke rett til å gjøre dette. Ingenting ble endret."),
            _("Bytt klinikk eller rolle, eller be den som styrer tilgangene på klinikken om hjelp."),
        ),
    )


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """404: absent and forbidden look the same."""
    return problem_page(
        request,
        Problem(
            404,
            _("Siden finnes ikke"),
            _("Det du leter etter, finnes ikke her, eller du har ikke tilgang til det. Ingenting ble endret."),
            _("Sjekk adressen, eller gå til forsiden og finn fram derfra."),
        ),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault, told without details."""
    return problem_page(
        request,
        Problem(
            500,
            _("Noe gikk galt hos oss"),
            _("Feilen er logget. Det du holdt på med, ble ikke lagret, men alt som var lagret fra før, er trygt."),
            _("Gå tilbake og prøv igjen om litt. Skjer det igjen, oppgi koden nederst til den som hjelper deg."),
        ),
    )


def too_large(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """413: more was sent than is taken."""
    return problem_page(
        request,
        Problem(
            413,
            _("Det du sendte, er for stort"),
            _("Skjemaet eller filene var større enn det som tas imot. Ingenting ble sendt eller lagret."),
            _("Gå tilbake, ta bort noen filer og prøv igjen."),
        ),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """403 from the cross-site check, mostly a page that stood open too long or cookies turned off."""
    return problem_page(
        request,
        Problem(
            403,
            _("Siden hadde stått for lenge"),
            _("Vi kunne ikke være sikre på at det var du som sendte skjemaet, så ingenting ble endret."),
            _("Gå tilbake, last siden på nytt og send igjen. Informasjonskapsler må være slått på."),
        ),
    )


def error_page(request: HttpRequest, error: SkrankeError) -> HttpResponse:
    """The page of one of our own errors: its message is already written for people."""
    action = (
        _("Gå tilbake og se over det du gjorde.")
        if error.permanent
        else _("Dette går ofte over av seg selv. Prøv igjen om litt.")
    )
    return problem_page(request, Problem(error.http_status, _("Det gikk ikke"), str(error), action))


class ErrorPageMiddleware:
    """Turns a SkrankeError that leaves a view into its page: absent and forbidden things into the usual 404 and 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response, unchanged."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page for our own errors and for too large bodies; None leaves everything else to Django."""
        if isinstance(exception, _TOO_LARGE):
            return too_large(request, exception)
        if not isinstance(exception, SkrankeError):
            return None
        if exception.http_status == HTTPStatus.NOT_FOUND:
            return page_not_found(request)
        if exception.http_status == HTTPStatus.FORBIDDEN:
            return permission_denied(request)
        return error_page(request, exception)
