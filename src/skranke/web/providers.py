"""The way to a log-in provider and back, the same for every audience."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from skranke.identity.errors import LogInRefusedError, ProviderAwayError
from skranke.identity.oidc import rules, services
from skranke.identity.oidc.providers import is_set_up
from skranke.identity.oidc.values import Answer, Identity, ProviderName
from skranke.kernel import log
from skranke.web.refusals import sentence
from skranke.web.sessions import Audience, held_session, session_of, wanted

COOKIE = "skranke_login"
_logger = log.get_logger(__name__)
View = Callable[..., HttpResponse]


def begin(request: HttpRequest, audience: Audience, name: ProviderName, answer_route: str) -> HttpResponse:
    """Send the browser to the provider. Raises LogInRefusedError, ProviderAwayError."""
    begun = services.begin(
        audience.kind,
        name,
        redirect_uri=_address(answer_route),
        return_to=wanted(request, request.GET.get("neste", ""), ""),
        secret=request.COOKIES.get(COOKIE, ""),
    )
    response = HttpResponseRedirect(begun.address)
    response.set_cookie(
        COOKIE,
        begun.secret,
        max_age=int(rules.ATTEMPT.total_seconds()),
        path=reverse(audience.login),
        secure=settings.OURS.secure_cookies,
        httponly=True,
        samesite="Lax",
    )
    return response


def identify(request: HttpRequest, audience: Audience, name: ProviderName, answer_route: str) -> tuple[Identity, str]:
    """Who came back, and where the person wanted to go. Raises LogInRefusedError, ProviderAwayError."""
    told = request.GET
    answer = Answer(
        secret=request.COOKIES.get(COOKIE, ""),
        state=told.get("state", ""),
        code=told.get("code", ""),
        issuer=told.get("iss", ""),
        error=told.get("error", ""),
    )
    return services.finish(audience.kind, name, answer, redirect_uri=_address(answer_route))


def refusing(template: str, audience: Audience, name: ProviderName) -> Callable[[View], View]:
    """Make a view answer a refused log-in with the log-in page, which says why; the log has the reason."""

    def around(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except (LogInRefusedError, ProviderAwayError) as error:
                _logger.warning("log_in_refused", provider=name, reason=error.refusal)
                context = {"refused": sentence(error.refusal), **page(request, audience, name)}
                return render(request, template, context, status=error.http_status)

        return wrapped

    return around


def leaving(request: HttpRequest, audience: Audience) -> Callable[[HttpResponse], HttpResponse]:
    """How the browser leaves, to be asked before the session ends and given what answers when it has ended.

    Where it logged in with a provider that can be logged out of, a page of ours sends it on there: the answer of a form
    may lead to our own addresses alone.
    """
    session = held_session(request, audience)
    out = services.way_out(session, return_to=_address(audience.login)) if session is not None else ""

    def leave(response: HttpResponse) -> HttpResponse:
        if not out:
            return response
        page = render(request, "sessions/leaving.html", {"address": out})
        page.headers["Referrer-Policy"] = "no-referrer"
        page.cookies = response.cookies
        return page

    return leave


def page(request: HttpRequest, audience: Audience, name: ProviderName) -> dict[str, Any]:
    """What a log-in page shows."""
    address = wanted(request, request.GET.get("neste", ""), "")
    return {
        "set_up": is_set_up(name),
        "query": f"?{urlencode({'neste': address})}" if address else "",
        "locked": session_of(request, audience) is None and held_session(request, audience) is not None,
    }


def _address(route: str) -> str:
    """The address the provider sends the browser back to, as it is registered there."""
    return f"{settings.OURS.public_url.rstrip('/')}{reverse(route)}"
