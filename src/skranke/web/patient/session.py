"""Who is logged in to the patient portal, and the unit of work around every page about one clinic."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from skranke.clinics import queries as clinics
from skranke.identity.models import Session
from skranke.identity.services import note_log_in, note_log_out
from skranke.identity.sessions import Proof
from skranke.kernel.actor import Actor, system
from skranke.kernel.errors import NotFoundError
from skranke.patients import queries as patients
from skranke.tenancy.work import acting
from skranke.web import providers
from skranke.web.sessions import PATIENT, admit, dismiss, held_session, session_of, to_login

_DOORS = "_doors"
_NO_PAGE = "There is no such page, or it is not open to you."
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]
HomeView = Callable[Concatenate[HttpRequest, Session, P], HttpResponseBase]


def patient_view(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Make a view of the patient portal: `view(request, actor, ...)` for the address `/min/<slug>/...`.

    The actor is the patient who is logged in, at that clinic; or, at `/min/<slug>/for/<person>/...`, acts for the
    patient with that id (PAT-21). The whole page is one unit of work.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        session = session_of(request, PATIENT)
        if session is None:
            return to_login(request, PATIENT)
        request.__dict__[_DOORS] = _doors(session.national_id)
        person = cast("UUID | None", kwargs.pop("person", None))
        with acting(patient_actor(session.national_id, slug, person)) as actor:
            response = view(request, actor, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return wrapped


def require_the_patient(actor: Actor) -> None:
    """Whoever acts for the patient meets what is said of a page that does not exist. Raises NotFoundError."""
    if actor.relation_id is not None:
        raise NotFoundError(_NO_PAGE)


def has_several_doors(request: HttpRequest) -> bool:
    """Whether the person who asks for a page about one clinic may open others, too, or act for somebody."""
    return bool(request.__dict__.get(_DOORS, 0) > 1)


def _doors(national_id: str) -> int:
    return len(patients.clinics_of(national_id)) + len(patients.represented_persons(national_id))


def patient_home_view(view: HomeView[P]) -> Callable[..., HttpResponseBase]:
    """Make a view of the patient portal that is about no one clinic: `view(request, session, ...)`."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        session = session_of(request, PATIENT)
        if session is None:
            return to_login(request, PATIENT)
        response = view(request, session, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return wrapped


def patient_actor(national_id: str, slug: str, person: UUID | None = None) -> Actor:
    """The patient with this national id at the clinic of an address, or in the stead of the patient with the id.

    Raises NotFoundError when there is no such clinic, or none where this person is a patient or may act for that one:
    they look the same.
    """
    clinic_id = clinics.clinic_id_of_slug(slug)
    if clinic_id is not None and person is not None:
        for one in patients.represented_persons(national_id):
            if (one.clinic_id, one.patient_id) == (clinic_id, person):
                with acting(system(clinic_id)):
                    return patients.actor_for_represented(one)
    elif clinic_id is not None and clinic_id in patients.clinics_of(national_id):
        with acting(system(clinic_id)):
            return patients.actor_of(national_id)
    raise NotFoundError(_NO_PAGE)


def log_in(request: HttpRequest, proof: Proof, address: str) -> HttpResponse:
    """Begin a session and go to the address; each clinic where the person is a patient has it in its log."""
    with transaction.atomic():
        response = admit(request, PATIENT, proof, address)
        for clinic_id in patients.clinics_of(proof.national_id):
            with acting(system(clinic_id)):
                actor = patients.actor_of(proof.national_id)
            with acting(actor):
                note_log_in()
    return response


def log_out(request: HttpRequest) -> HttpResponse:
    """End the session; each clinic where the person is a patient has it in its log."""
    session, leave = held_session(request, PATIENT), providers.leaving(request, PATIENT)
    with transaction.atomic():
        response = dismiss(request, PATIENT)
        national_id = session.national_id if session is not None else ""
        for clinic_id in patients.clinics_of(national_id):
            with acting(system(clinic_id)):
                actor = patients.actor_of(national_id)
            with acting(actor):
                note_log_out()
    return leave(response)
