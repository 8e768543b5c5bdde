"""Who takes part in a thread (MSG-11)."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from django.db.models import Q
from django.utils.translation import gettext as _

from skranke.clinics.models import Employee, Group, Role
from skranke.clinics.organisation.values import recipient_of
from skranke.dialog.models import Thread
from skranke.dialog.services.changes import join
from skranke.kernel.errors import NotFoundError

# An employee, a group or a role of the clinic; None for all who work there.
Colleagues: TypeAlias = Employee | Group | Role | None
Invited: TypeAlias = Sequence[Colleagues]


def invite(thread: Thread, to: Iterable[Colleagues], *, by: Employee) -> int:
    """Let them take part, and find the thread in their inboxes; how many beside the one who invites.

    Raises NotFoundError when one is not there any more, or does not work here now.
    """
    others = [one for one in to if not (isinstance(one, Employee) and one.id == by.id)]
    for one in others:
        require_present(one)
        join(thread, recipient_of(one), in_inbox=True)
    return len(others)


def require_present(one: Colleagues) -> None:
    """Raises NotFoundError when the employee or group is not active, or the role is gone."""
    if one is None:
        return
    works = Q() if isinstance(one, Role) else Q(active=True)
    if not type(one).objects.filter(works, id=one.id).exists():
        raise NotFoundError(_("Mottakeren finnes ikke eller er ikke aktiv. Velg en annen."))
