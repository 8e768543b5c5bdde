"""What a screen says of an appointment's notices: by which route each went, or would go now (NOT-12, NOT-21)."""

from dataclasses import dataclass
from datetime import datetime

from skranke.kernel import clock
from skranke.notifications.models import Notice, NoticeSending, NoticeState
from skranke.notifications.rules import Decision, NoticeEvent, NoticeRoute, lacks_contact_data
from skranke.patients.models import NotifyBy
from skranke.scheduling.models import STANDING, Appointment
from skranke.scheduling.services.deciding import Judged, judge


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One notice. at: when it was decided, or will be. waits: not decided; route and ways are then as of now."""

    event: NoticeEvent
    at: datetime
    waits: bool
    route: NoticeRoute
    ways: tuple[NotifyBy, ...]
    sendings: tuple[NoticeSending, ...]
    must_call: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """lines: by time. lacks_contact: nothing can be sent, since neither address nor phone is known (NOT-12).

    cancelling: by which route a cancellation would be told now; None where the appointment no longer stands.
    """

    lines: tuple[NoticeLine, ...]
    lacks_contact: bool
    cancelling: Decision | None


def noticed(appointment: Appointment) -> Noticed:
    """All of it, as of now: three statements, and one for each notice that waits."""
    now = clock.now()
    rows = Notice.objects.filter(subject_id=appointment.id, employee=None).prefetch_related("sendings")
    lines = tuple(_line(row, appointment, now) for row in rows.order_by("due_at", "id"))
    if appointment.state not in STANDING or appointment.during.lower <= now:
        return Noticed(lines=lines, lacks_contact=False, cancelling=None)
    judged = judge(NoticeEvent.CANCELLED, appointment, now)
    return Noticed(lines=lines, lacks_contact=_lacks_contact(judged), cancelling=judged.decision)


def _line(row: Notice, appointment: Appointment, now: datetime) -> NoticeLine:
    event, waits = NoticeEvent(row.event), row.state == NoticeState.WAITING
    decision = judge(event, appointment, now).decision if waits else None
    sendings = tuple(sorted(row.sendings.all(), key=lambda one: one.way))
    return NoticeLine(
        event=event,
        at=row.decided_at or row.due_at,
        waits=waits,
        route=decision.route if decision is not None else NoticeRoute(row.route),
        ways=decision.ways if decision is not None else tuple(NotifyBy(one.way) for one in sendings),
        sendings=sendings,
        must_call=row.must_call,
    )


def _lacks_contact(judged: Judged) -> bool:
    return lacks_contact_data(judged.facts, email=judged.recipient.email, phone=judged.recipient.phone)
