"""Two administrators may work at the same time: what is changed is locked, and the second is told of the first."""

from collections.abc import Collection
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from skranke.audit.queries import deeds_about, events_about
from skranke.clinics.models import Department, Employee, Group, Role
from skranke.kernel.errors import ChangedError, NotFoundError
from skranke.ui.dates import format_time

Versioned = TypeVar("Versioned", Department, Role, Employee, Group)


def locked(model: type[Versioned], row_id: UUID, kind: str, expected_version: int | None) -> Versioned:
    """The row as it stands now, locked until commit. kind: how the audit log names such a thing.

    Raises NotFoundError, ChangedError when it is not the version that the caller had read.
    """
    row = model.objects.select_for_update(of=("self",)).filter(id=row_id).first()
    if row is None:
        raise NotFoundError(_("Vi finner ikke dette lenger. Det kan være fjernet av en annen."))
    if expected_version is not None and row.version != expected_version:
        raise ChangedError(told(kind, row_id))
    return row


def told(kind: str, row_id: UUID, deeds: Collection[str] = ()) -> str:
    """What the second of two is told: who was first, and when.

    deeds: the changes, of a thing whose reading is in the audit log too.
    """
    last = deeds_about(kind, row_id, deeds, limit=1) if deeds else events_about(kind, row_id, limit=1)
    if not last:
        return _("Dette er endret siden du åpnet det. Ingenting av ditt er lagret. Se over og lagre på nytt.")
    facts = {"name": last[0].actor_name, "time": format_time(last[0].at)}
    return (
        _(
            "%(name)s endret dette kl. %(time)s, mens du hadde det åpent. Ingenting av ditt er lagret, og det du har "
            "skrevet, står her fortsatt. Lagrer du nå, gjelder det du har skrevet."
        )
        % facts
    )
