"""Taking a notice that is due, and writing down what was decided: its row holds it, the sendings follow (NOT-16)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from skranke.kernel import clock
from skranke.notifications.models import Notice, NoticeSending, NoticeState
from skranke.notifications.recipients import Recipient
from skranke.notifications.rules import Decision, NoticeRoute
from skranke.patients.models import NotifyBy
from skranke.tenancy.rows import insert

_LOOK_AGAIN = timedelta(minutes=1)


def clinics_with_due() -> list[UUID]:
    """The clinics that have something to decide; needs no unit of work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clinics_with_notices_due(%s)", [clock.now()])
        return [row[0] for row in cursor.fetchall()]


def take_due(now: datetime) -> Notice | None:
    """The notice of the present clinic that has been due for longest, held until the unit of work ends."""
    waiting = Notice.objects.select_for_update(of=("self",), skip_locked=True).filter(state=NoticeState.WAITING)
    return waiting.filter(due_at__lte=now).order_by("due_at", "id").first()


def look_again(notice: Notice, now: datetime) -> None:
    """HelseNorge is tried, and its answer has not come: ask once more in a minute."""
    notice.tried_at, notice.due_at = notice.tried_at or now, now + _LOOK_AGAIN
    notice.save(update_fields=["tried_at", "due_at"])


def settle(notice: Notice, decision: Decision, now: datetime, recipient: Recipient | None, *, must_call: bool) -> None:
    """Write the decision down, with a sending for each of its ways. recipient: of the own channel alone."""
    notice.state, notice.decided_at, notice.route = NoticeState.DECIDED, now, decision.route.value
    notice.must_call = must_call
    if recipient is not None:
        notice.told, notice.told_id = recipient.to.value, recipient.id
    notice.save(update_fields=["state", "decided_at", "route", "must_call", "told", "told_id"])
    if recipient is not None:
        _send_by(notice, decision.ways, now)


def settle_for_owner(notice: Notice, now: datetime, *, tells: bool) -> None:
    """The same of a notice to the owner of a schedule, who is told by text message or not at all (BOK-13)."""
    route = NoticeRoute.OWN if tells else NoticeRoute.NONE
    notice.state, notice.decided_at, notice.route = NoticeState.DECIDED, now, route.value
    notice.save(update_fields=["state", "decided_at", "route"])
    if tells:
        _send_by(notice, (NotifyBy.SMS,), now)


def _send_by(notice: Notice, ways: tuple[NotifyBy, ...], now: datetime) -> None:
    insert(*(NoticeSending(clinic_id=notice.clinic_id, notice=notice, way=way, next_at=now) for way in ways))
