"""Who is logged in, and the unit of work around every page of the clinic portal."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from skranke.clinics import queries as clinics
from skranke.identity.services import close_session, open_session
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import NotFoundError
from skranke.tenancy.work import acting

ACCOUNT = "account"
SINCE = "since"
_HOUR = 3600
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]


def account_of(request: HttpRequest) -> UUID | None:
    """The account that is logged in, or None; nobody is for longer than the installation allows (ORG-14)."""
    text = request.session.get(ACCOUNT)
    if not text:
        return None
    age = clock.now().timestamp() - float(request.session.get(SINCE, 0))
    if age >= settings.OURS.session_hours * _HOUR:
        request.session.flush()
        return None
    return UUID(text)


def log_in(request: HttpRequest, account_id: UUID) -> None:
    """Begin a session for an account, under a new session key."""
    request.session.flush()
    request.session[ACCOUNT] = str(account_id)
    # The store counts anew whenever something is written into the session; the time since log-in must not.
    request.session[SINCE] = clock.now().timestamp()
    for clinic_id, employee_id in clinics.positions_of(account_id):
        with acting(clinics.actor_for_employee(clinic_id, employee_id)):
            open_session(account_id)


def log_out(request: HttpRequest) -> None:
    """End the session; each clinic where the account works has it in its log."""
    account_id = account_of(request)
    request.session.flush()
    if account_id is None:
        return
    for clinic_id, employee_id in clinics.positions_of(account_id):
        with acting(clinics.actor_for_employee(clinic_id, employee_id)):
            close_session(account_id)


def staff_actor(account_id: UUID, slug: str) -> Actor:
    """The account's employee at the clinic of an address.

    Raises NotFoundError when there is no such clinic, or none where this account works: the two look the same.
    """
    clinic_id = clinics.clinic_id_of_slug(slug)
    for at_clinic, employee_id in clinics.positions_of(account_id):
        if at_clinic == clinic_id:
            return clinics.actor_for_employee(at_clinic, employee_id)
    raise NotFoundError("There is no such page, or it is not open to you.")


def clinic_view(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Make a view of the clinic portal: `view(request, actor, ...)` for the address `/k/<slug>/...`.

    Who is not logged in is sent to the log-in; the whole page is one unit of work.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        account_id = account_of(request)
        if account_id is None:
            return to_login(request)
        with acting(staff_actor(account_id, slug)) as actor:
            response = view(request, actor, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return wrapped


def to_login(request: HttpRequest) -> HttpResponse:
    """Send the browser to the log-in and back; htmx is told to load the whole page."""
    address = f"{reverse('login')}?{urlencode({'neste': request.get_full_path()})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
