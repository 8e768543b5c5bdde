"""The unit of work: one transaction in which the database knows who acts and for which clinic."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import connection, transaction

from skranke.kernel.actor import Actor

_current: ContextVar[Actor | None] = ContextVar("skranke_actor", default=None)
_remembered: ContextVar[dict[str, Any] | None] = ContextVar("skranke_remembered", default=None)

Found = TypeVar("Found")


class NoActorError(RuntimeError):
    """Code that needs a clinic ran outside `with acting(actor):`, where every tenant's table looks empty."""


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Run one unit of work as `actor`: a transaction whose settings row-level security follows.

    Inside another unit of work of the same clinic it joins that one (a verb may call verbs of rooms below).
    Raises RuntimeError when the outer unit belongs to another clinic: one commit never spans two clinics.
    """
    outer = _current.get()
    if outer is not None and outer.clinic_id != actor.clinic_id:
        raise RuntimeError("A unit of work of one clinic cannot be opened inside another clinic's.")
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


def _announce(actor: Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('skranke.clinic', %s, true), set_config('skranke.person', %s, true)",
            [str(actor.clinic_id), str(actor.person_id or "")],
        )
