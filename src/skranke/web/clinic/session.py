"""Who is logged in to the clinic portal, and the unit of work around every page of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from skranke.clinics import queries as clinics
from skranke.clinics.organisation.queries import staff
from skranke.identity.services import note_log_in, note_log_out
from skranke.identity.sessions import Proof
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import NotFoundError
from skranke.tenancy.work import acting
from skranke.web import providers
from skranke.web.language import greet
from skranke.web.sessions import STAFF, admit, dismiss, held_session, session_of, to_login

_NO_PAGE = "There is no such page, or it is not open to you."
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]


def account_of(request: HttpRequest) -> UUID | None:
    """The account that is logged in, or None; nobody is for longer than the installation allows (ORG-14)."""
    session = session_of(request, STAFF)
    return session.account_id if session is not None else None


def log_in(request: HttpRequest, proof: Proof, address: str) -> HttpResponse:
    """Begin a session and go to the address; each clinic where the account works has it in its log."""
    with transaction.atomic():
        response = admit(request, STAFF, proof, address)
        for clinic_id, employee_id in clinics.positions_of(_of_account(proof)):
            with acting(clinics.actor_for_employee(clinic_id, employee_id)):
                note_log_in(_of_account(proof))
    greet(request, response, _of_account(proof))
    return response


def log_out(request: HttpRequest) -> HttpResponse:
    """End the session; each clinic where the account works has it in its log."""
    session, leave = held_session(request, STAFF), providers.leaving(request, STAFF)
    account_id = session.account_id if session is not None else None
    with transaction.atomic():
        response = dismiss(request, STAFF)
        for clinic_id, employee_id in clinics.positions_of(account_id) if account_id else ():
            with acting(clinics.actor_for_employee(clinic_id, employee_id)):
                note_log_out(account_id)
    return leave(response)


def staff_actor(account_id: UUID, slug: str) -> Actor:
    """The account's employee at the clinic of an address.

    Raises NotFoundError when there is no such clinic, or none where this account works: the two look the same.
    """
    return clinics.actor_for_employee(*_position(account_id, slug))


@contextmanager
def staff_work(account_id: UUID, slug: str) -> Iterator[Actor]:
    """The unit of work of a page, as `staff_actor`: who acts is found in it, since every page asks for the staff.

    Raises NotFoundError as `staff_actor` does.
    """
    clinic_id, employee_id = _position(account_id, slug)
    with acting(Actor(kind=ActorKind.EMPLOYEE, clinic_id=clinic_id, person_id=employee_id)):
        employee = next((one for one in staff() if one.id == employee_id), None)
        if employee is None:
            raise NotFoundError(_NO_PAGE)
        with acting(clinics.actor_of(employee)) as actor:
            yield actor


def _position(account_id: UUID, slug: str) -> tuple[UUID, UUID]:
    """(clinic id, employee id) of an account at the clinic of an address. Raises NotFoundError."""
    clinic_id = clinics.clinic_id_of_slug(slug)
    for position in clinics.positions_of(account_id):
        if position[0] == clinic_id:
            return position
    raise NotFoundError(_NO_PAGE)


def clinic_view(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Make a view of the clinic portal: `view(request, actor, ...)` for the address `/k/<slug>/...`.

    Who is not logged in is sent to the log-in; the whole page is one unit of work.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        account_id = account_of(request)
        if account_id is None:
            return to_login(request, STAFF)
        with staff_work(account_id, slug) as actor:
            response = view(request, actor, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return wrapped


def asking_view(view: View[P]) -> Callable[..., HttpResponseBase]:
    """As `clinic_view`, for a view that asks somebody else: no unit of work is open, it opens those it needs."""

    @wraps(view)
    def wrapped(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        account_id = account_of(request)
        if account_id is None:
            return to_login(request, STAFF)
        return view(request, staff_actor(account_id, slug), *args, **kwargs)

    return wrapped


def _of_account(proof: Proof) -> UUID:
    if proof.account_id is None:
        raise ValueError("Staff log in with an account.")
    return proof.account_id
