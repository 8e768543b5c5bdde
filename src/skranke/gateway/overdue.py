"""What left and was never receipted: a broker takes a message to a queue that is not there and loses it, in silence.

After an hour without an AppRec the operator hears of it; after four hours the identical message leaves once more,
under a new message-id, and never again by itself (HITS 1216 2.2.4: at most once); after 96 hours it counts as not
delivered, and its writer is told (HIS 80415 3.3.6). A receipt that comes later still counts (DDFL-AR-22).
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from skranke.dialog.models import DeliveryState
from skranke.dialog.services import mark_delivery, mark_resent
from skranke.kernel import clock
from skranke.kernel.actor import system
from skranke.kernel.log import get_logger
from skranke.outbox import rules
from skranke.outbox.afterwards import note_overdue, resend_overdue
from skranke.outbox.intents import Intent
from skranke.outbox.models import OutboxItem
from skranke.tenancy.work import acting

log = get_logger(__name__)
EXPIRES_AFTER = timedelta(hours=96)
LATE, EXPIRED = "receipt_missing", "receipt_expired"


def look(clinic_id: UUID) -> None:
    """Tell of each message that has waited too long: once when it is late, once when it has expired; resend it once."""
    now = clock.now()
    late = timedelta(minutes=settings.OURS.receipt_alarm_minutes)
    with acting(system(clinic_id)):
        _expire(now, sent_before=now - late)
        _resend(now)
        for item in note_overdue(rules.awaits_receipt(now - late), mark=LATE, marks=(LATE, EXPIRED)):
            _alarm(item, LATE)


def _expire(now: datetime, *, sent_before: datetime) -> None:
    for item in note_overdue(rules.expired(now - EXPIRES_AFTER, sent_before), mark=EXPIRED, marks=(EXPIRED,)):
        _alarm(item, EXPIRED)
        if item.intent == Intent.DIALOG_MESSAGE:
            mark_delivery(item.msg_id, DeliveryState.EXPIRED, now, code=EXPIRED)


def _resend(now: datetime) -> None:
    """The setting 0 switches it off; what has expired is a person's to send again."""
    minutes = settings.OURS.receipt_resend_minutes
    if not minutes:
        return
    waiting = rules.awaits_receipt(now - timedelta(minutes=minutes)) & ~rules.expired(now - EXPIRES_AFTER, now)
    for item in resend_overdue(waiting):
        log.warning("message_resent", reason=LATE, outbox_id=str(item.id), msg_id=item.msg_id)
        if item.intent == Intent.DIALOG_MESSAGE:
            mark_resent(item.msg_id)


def _alarm(item: OutboxItem, reason: str) -> None:
    log.error("gateway_alarm", reason=reason, outbox_id=str(item.id), msg_id=item.msg_id)
