"""Which session a browser holds: a cookie for each audience, none of which opens the others' pages.

`request.session` is the memory of the staff's session: a mapping that is saved when a page has changed it.
"""

from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from skranke.identity import sessions
from skranke.identity.models import EndReason, Session, SessionKind
from skranke.ui.shell import SessionLinks

LOCKED = 423
UNASKED = "Skranke-Unasked"
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Audience:
    """Those whom one part of Skranke is for. path: where their cookie is sent; login: the name of their log-in page."""

    kind: SessionKind
    cookie: str
    path: str
    login: str
    prefix: str

    def route(self, name: str) -> str:
        """The name of the audience's own address for something that each has."""
        return f"{self.prefix}{name}"


STAFF = Audience(SessionKind.STAFF, "skranke_staff", "/", "login", "")
PATIENT = Audience(SessionKind.PATIENT, "skranke_patient", "/min", "patient-login", "patient-")
OPERATOR = Audience(SessionKind.OPERATOR, "skranke_operator", "/drift", "operator-login", "operator-")


def session_of(request: HttpRequest, audience: Audience) -> Session | None:
    """The session of the audience in this browser that opens its pages: good, and not locked."""
    session = held_session(request, audience)
    return session if session is not None and sessions.is_unlocked(session) else None


def held_session(request: HttpRequest, audience: Audience) -> Session | None:
    """The good session of the audience in this browser, locked or not, asked for once in a request.

    That it is used is noted, unless the page asks by itself (skranke.js says so in a header).
    """
    known: dict[str, Session | None] = request.__dict__.setdefault("_sessions", {})
    if audience.kind not in known:
        token = request.COOKIES.get(audience.cookie, "")
        found = known[audience.kind] = sessions.session_of_token(audience.kind, token) if token else None
        if found is not None and sessions.is_unlocked(found) and UNASKED not in request.headers:
            sessions.note_use(found)
    return known[audience.kind]


def links(audience: Audience) -> SessionLinks:
    """What a shell's pages need to know of the session they lie in."""
    return SessionLinks(
        list_url=reverse(audience.route("sessions")),
        state_url=reverse(audience.route("session-state")),
        unlock_url=f"{reverse(audience.login)}?{urlencode({'neste': reverse(audience.route('session-unlocked'))})}",
        idle_seconds=int(sessions.idle().total_seconds()),
    )


def admit(request: HttpRequest, audience: Audience, proof: sessions.Proof, address: str) -> HttpResponse:
    """Begin a session in this browser, in place of the one it had, and go to the address.

    Where it is the same person's, the pages that stand open go on: they keep their memory and their forms.
    """
    earlier = held_session(request, audience)
    goes_on = earlier is not None and sessions.is_of_same_person(earlier, proof)
    if earlier is not None:
        sessions.end_session(earlier, EndReason.LOGGED_IN_AGAIN)
    session, token = sessions.open_session(proof, earlier.memory if earlier is not None and goes_on else None)
    request.__dict__["_sessions"][audience.kind] = session
    if not goes_on:
        rotate_token(request)
    response = HttpResponseRedirect(address)
    response.set_cookie(
        audience.cookie,
        token,
        max_age=settings.OURS.session_hours * _HOUR,
        path=audience.path,
        secure=settings.OURS.secure_cookies,
        httponly=True,
        samesite="Lax",
    )
    return response


def dismiss(request: HttpRequest, audience: Audience) -> HttpResponse:
    """End the session in this browser and go to the log-in page."""
    session = held_session(request, audience)
    if session is not None:
        sessions.end_session(session)
    request.__dict__["_sessions"] = {**request.__dict__.get("_sessions", {}), audience.kind: None}
    response = HttpResponseRedirect(reverse(audience.login))
    response.delete_cookie(audience.cookie, path=audience.path, samesite="Lax")
    return response


def to_login(request: HttpRequest, audience: Audience) -> HttpResponse:
    """Send the browser to the log-in and back; htmx is told to load the whole page.

    A page whose session is locked stays as it is, with what is written there: its script asks for a new log-in.
    """
    scripted = request.headers.get("HX-Request") == "true"
    if scripted and held_session(request, audience) is not None:
        return HttpResponse(status=LOCKED)
    address = f"{reverse(audience.login)}?{urlencode({'neste': request.get_full_path()})}"
    return HttpResponse(headers={"HX-Redirect": address}) if scripted else HttpResponseRedirect(address)


def wanted(request: HttpRequest, address: str, otherwise: str) -> str:
    """Where to go after the log-in: an address of this site, else the other one."""
    ours = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()})
    return address if address and ours else otherwise


class Memory(MutableMapping[str, Any]):
    """What a session's pages keep between two requests; empty and forgotten without a session."""

    def __init__(self, request: HttpRequest) -> None:
        """Nothing is read until somebody asks."""
        self._request = request
        self._values: dict[str, Any] | None = None
        self.changed = False

    def __getitem__(self, key: str) -> Any:
        """What is kept under a name."""
        return self._read()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        """Keep a value that JSON can hold."""
        self._read()[key] = value
        self.changed = True

    def __delitem__(self, key: str) -> None:
        """Forget it."""
        del self._read()[key]
        self.changed = True

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._read())

    def __len__(self) -> int:
        """How many there are."""
        return len(self._read())

    def save(self) -> None:
        """Keep what was changed, where there is a session to keep it in."""
        session = session_of(self._request, STAFF) if self.changed else None
        if session is not None:
            sessions.remember(session, self._read())

    def _read(self) -> dict[str, Any]:
        if self._values is None:
            session = session_of(self._request, STAFF)
            self._values = dict(session.memory) if session is not None else {}
        return self._values


class SessionMiddleware:
    """Gives each request its memory, and saves what a page changed there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The response, unchanged."""
        memory = Memory(request)
        request.session = memory  # type: ignore[assignment]  # the part of Django's sessions that our pages use
        response = self._get_response(request)
        memory.save()
        return response
