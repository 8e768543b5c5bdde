"""The unit of work: one transaction in which the database knows who acts and for which clinic."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, transaction

from skranke.kernel.actor import Actor, ActorKind

PATIENT_ROLE = "skranke_patient"

_current: ContextVar[Actor | None] = ContextVar("skranke_actor", default=None)
_remembered: ContextVar[dict[str, Any] | None] = ContextVar("skranke_remembered", default=None)

Found = TypeVar("Found")


class NoActorError(RuntimeError):
    """Code that needs a clinic ran outside `with acting(actor):`, where every tenant's table looks empty."""


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Run one unit of work as `actor`: a transaction whose settings row-level security follows.

    Inside another unit of work of the same clinic it joins that one (a verb may call verbs of rooms below).
    A patient's is done as a role of its own, which sees that patient's rows and no other (docs/decisions/0008).
    Raises RuntimeError when the outer unit belongs to another clinic, since one commit never spans two clinics, or
    when one of the two is a patient's and the other is not the same patient's: the wall is built at the start.
    """
    outer = _current.get()
    if outer is not None and outer.clinic_id != actor.clinic_id:
        raise RuntimeError("A unit of work of one clinic cannot be opened inside another clinic's.")
    if outer is not None and _patient(outer) != _patient(actor):
        raise RuntimeError("A patient's unit of work holds nothing but that patient's, and is held by no other.")
    if outer is not None:
        token = _current.set(actor)
        try:
            yield actor
        finally:
            _current.reset(token)
        return
    with transaction.atomic():
        _announce(actor)
        token, known = _current.set(actor), _remembered.set({})
        try:
            yield actor
        finally:
            _remembered.reset(known)
            _current.reset(token)
    if _patient(actor) is not None and connection.in_atomic_block:
        # Inside a wider transaction the role would outlast the unit of work; what failed has undone it by itself.
        _set({"role": "none"})


def once(name: str, ask: Callable[[], Found]) -> Found:
    """What `ask` finds, asked for once in a unit of work: for a row that many ask for and hardly anybody changes.

    Who changes it must do so before anybody asks. Outside a unit of work it is asked for each time.
    """
    remembered = _remembered.get()
    if remembered is None:
        return ask()
    if name not in remembered:
        remembered[name] = ask()
    found: Found = remembered[name]
    return found


def forget(name: str) -> None:
    """Ask anew for what `once` keeps under this name: who changes it in the midst of a unit of work says so."""
    remembered = _remembered.get()
    if remembered is not None:
        remembered.pop(name, None)


def remember(name: str, found: Any) -> None:
    """Keep for the rest of the unit of work what was found ahead of the question for it, as many rows by one query."""
    current_actor()
    kept = _remembered.get()
    assert kept is not None
    kept[name] = found


def remembered(name: str) -> Any:
    """What was kept by this name in the present unit of work; None when nothing was."""
    return (_remembered.get() or {}).get(name)


def current_actor() -> Actor:
    """The actor of the present unit of work; raises NoActorError outside one."""
    actor = _current.get()
    if actor is None:
        raise NoActorError("Open a unit of work with `with acting(actor):` first.")
    return actor


def clinic_of_work() -> UUID | None:
    """The clinic of the present unit of work; None outside one."""
    actor = _current.get()
    return actor.clinic_id if actor is not None else None


def _patient(actor: Actor) -> UUID | None:
    """The patient who acts; None for every other actor. Raises RuntimeError for a patient without an id."""
    if actor.kind != ActorKind.PATIENT:
        return None
    if actor.person_id is None:
        raise RuntimeError("A patient who acts has an id.")
    return actor.person_id


def _announce(actor: Actor) -> None:
    settings = {"skranke.clinic": str(actor.clinic_id), "skranke.person": str(actor.person_id or "")}
    if _patient(actor) is not None:
        settings["role"] = PATIENT_ROLE
    _set(settings)


def _set(settings: dict[str, str]) -> None:
    calls = ", ".join("set_config(%s, %s, true)" for _ in settings)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [part for pair in settings.items() for part in pair])
