"""What an administrator is told of without asking."""

from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from skranke.clinics.access import require
from skranke.clinics.choices import AlertKind
from skranke.clinics.models import Alert
from skranke.clinics.permissions import Permission
from skranke.kernel import clock
from skranke.kernel.errors import NotFoundError
from skranke.tenancy import live
from skranke.tenancy.rows import insert_once
from skranke.tenancy.work import current_actor


def alert(kind: AlertKind, subject_id: UUID, about: str, *, count: int = 1) -> None:
    """Tell the administrators; the same thing again, not seen yet, is counted."""
    actor, now = current_actor(), clock.now()
    row = Alert(
        clinic_id=actor.clinic_id,
        kind=kind,
        subject_id=subject_id,
        about=about[:200],
        count=count,
        first_at=now,
        last_at=now,
    )
    if not insert_once(row):
        again = Alert.objects.filter(kind=kind, subject_id=subject_id, seen_at=None)
        again.update(count=F("count") + count, last_at=now)
    live.announce("alert", subject_id)


def see(alert_id: UUID) -> None:
    """Note that an administrator has seen it. Raises NotAllowedError, NotFoundError."""
    actor = current_actor()
    require(actor, Permission.CHANGE_SETTINGS)
    if not Alert.objects.filter(id=alert_id).exists():
        raise NotFoundError(_("Varselet finnes ikke."))
    Alert.objects.filter(id=alert_id, seen_at=None).update(seen_at=clock.now(), seen_by_id=actor.person_id)
