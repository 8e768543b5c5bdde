"""What each audience has of its own sessions: their list, log-out everywhere, and the state the script asks for."""

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from skranke.identity import sessions
from skranke.identity.models import LogInMethod, Session
from skranke.web.sessions import Audience, held_session, session_of, to_login


def addresses(audience: Audience, log_out: Callable[[HttpRequest], HttpResponse]) -> list[URLPattern]:
    """The addresses of one audience, below its own path. log_out: what its menu does."""

    @require_GET
    def listed(request: HttpRequest) -> HttpResponse:
        return _list(request, audience)

    @require_POST
    def everywhere(request: HttpRequest) -> HttpResponse:
        return _log_out_everywhere(request, audience, log_out)

    @require_http_methods(["GET", "POST"])
    def state(request: HttpRequest) -> HttpResponse:
        return _state(request, audience)

    @require_GET
    def unlocked(request: HttpRequest) -> HttpResponse:
        return (
            render(request, "sessions/unlocked.html") if session_of(request, audience) else to_login(request, audience)
        )

    return [
        path("okter", listed, name=audience.route("sessions")),
        path("okter/avslutt", everywhere, name=audience.route("sessions-end")),
        path("okt", state, name=audience.route("session-state")),
        path("okt/laast-opp", unlocked, name=audience.route("session-unlocked")),
    ]


def _list(request: HttpRequest, audience: Audience) -> HttpResponse:
    session = session_of(request, audience)
    if session is None:
        return to_login(request, audience)
    context = {
        "sessions": [(one, _how(one), one.id == session.id) for one in sessions.open_sessions(session)],
        "end_url": reverse(audience.route("sessions-end")),
        "back_url": "/" if audience.path == "/" else f"{audience.path}/",
        "hours": int(sessions.longest().total_seconds() // 3600),
    }
    return render(request, "sessions/list.html", context)


def _log_out_everywhere(
    request: HttpRequest, audience: Audience, log_out: Callable[[HttpRequest], HttpResponse]
) -> HttpResponse:
    session = held_session(request, audience)
    if session is None:
        return HttpResponseRedirect(reverse(audience.login))
    sessions.end_sessions_of(session)
    return log_out(request)


def _state(request: HttpRequest, audience: Audience) -> HttpResponse:
    """Whether the pages are open, locked or closed, and whose they are: a sign that tells nothing else.

    A POST says that the person is at work; a GET is the page's own question.
    """
    session = held_session(request, audience)
    if session is None:
        return JsonResponse({"state": "closed", "who": ""})
    who = hashlib.sha256(f"{session.account_id}{session.national_id}".encode()).hexdigest()[:16]
    return JsonResponse({"state": "open" if session_of(request, audience) is not None else "locked", "who": who})


def _how(session: Session) -> str:
    return {
        LogInMethod.HELSEID: "HelseID",
        LogInMethod.ID_PORTEN: "ID-porten",
        LogInMethod.LINK: _("Lenke til demoen"),
    }[LogInMethod(session.method)]
