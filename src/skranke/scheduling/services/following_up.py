"""Following up cancellations: each is enlisted when it happens, and handled by hand or by an invoice card (APT-15)."""

from datetime import datetime

from skranke.audit.actions import Action
from skranke.kernel import clock
from skranke.kernel.errors import NotFoundError
from skranke.scheduling.followed import Cancellation
from skranke.scheduling.models import Appointment, BookedThrough
from skranke.scheduling.services.record import log
from skranke.tenancy.rows import insert
from skranke.tenancy.work import current_actor


def enlist(appointment: Appointment, *, by: str, through: BookedThrough, reason: str, now: datetime) -> None:
    """Put an appointment that is just being cancelled on the list."""
    actor = current_actor()
    insert(
        Cancellation(
            clinic_id=actor.clinic_id,
            appointment=appointment,
            at=now,
            by=by,
            through=through,
            by_name=actor.name,
            reason=reason,
        )
    )


def follow_up(appointment: Appointment, *, handled: bool, by_card: bool = False) -> Cancellation | None:
    """Note that the cancellation has been followed up, or after all has not; who and when stays in the log (APT-19).

    What stands so already is left as it is: the first who handled it is told of. by_card: since an invoice card was
    made; then an appointment that was not cancelled is no error. Raises NotFoundError.
    """
    row = Cancellation.objects.select_for_update().filter(appointment=appointment).first()
    if row is None:
        if by_card:
            return None
        raise NotFoundError("The appointment is not cancelled.")
    if (row.handled_at is not None) == handled:
        return row
    now = clock.now()
    row.handled_at = now if handled else None
    row.handled_by = current_actor().name if handled else ""
    row.by_card = handled and by_card
    row.save(update_fields=["handled_at", "handled_by", "by_card"])
    kind = "handled" if handled else "unhandled"
    log(appointment, kind, Action.CANCELLATION_HANDLED, now, {"by_card": True} if row.by_card else None)
    return row
