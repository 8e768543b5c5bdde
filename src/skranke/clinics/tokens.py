"""API tokens as the clinic's people keep them: made with an end, and made worthless.

An employee makes tokens that act in the own name, and in nobody else's; an administrator also those of programs, which
act in their own, and ends anybody's.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from skranke.clinics.access import require
from skranke.clinics.models import Employee
from skranke.clinics.permissions import Permission
from skranke.clinics.rules import may
from skranke.identity import services
from skranke.identity.models import ApiToken
from skranke.identity.queries import tokens
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class HeldToken:
    """A token, and in whose name it acts: an employee's, or "" for the program's own. is_good: it still opens."""

    token: ApiToken
    holder: str
    is_good: bool


def held_tokens(actor: Actor) -> list[HeldToken]:
    """The tokens the actor may end, newest first."""
    found = [one for one in tokens() if _is_for(actor, one)]
    people = Employee.objects.in_bulk([one.employee_id for one in found if one.employee_id is not None])
    return [_held(one, people) for one in found]


def make_token(actor: Actor, *, name: str, own: bool, scopes: Collection[str], days: int) -> str:
    """Make a token that is good for some days; it is told once.

    own: it acts as the actor; else as the program, which an administrator decides. Raises NotAllowedError.
    """
    if not own:
        require(actor, Permission.CHANGE_SETTINGS)
    until = clock.now() + timedelta(days=days)
    return services.issue_token(name, actor.clinic_id, actor.person_id if own else None, scopes, expires_at=until)


def end_token(actor: Actor, token_id: UUID) -> None:
    """Make a token worthless at once. Raises NotFoundError."""
    if not any(one.id == token_id and _is_for(actor, one) for one in tokens()):
        raise NotFoundError("The token does not exist.")
    services.revoke_token(token_id)


def _is_for(actor: Actor, token: ApiToken) -> bool:
    """Whether the actor may see and end a token: the own, and an administrator every one."""
    return may(actor, Permission.CHANGE_SETTINGS) or token.employee_id == actor.person_id


def _held(token: ApiToken, people: dict[UUID, Employee]) -> HeldToken:
    alive = token.expires_at is None or token.expires_at > clock.now()
    if token.employee_id is None:
        return HeldToken(token, "", alive)
    employee = people.get(token.employee_id)
    return HeldToken(token, employee.name if employee else "?", alive and employee is not None and employee.active)
