"""What the clinic itself may tell of an appointment, planned in the transaction of what happens to it (NOT-10, NOT-16).

Whether it is told, and by which route, is decided when it is due (`deciding`). It tells where and when, and never what
for: the name of a type may say more of a person than a text message should (NOT-9).
"""

from datetime import datetime, timedelta

from skranke.clinics.queries import this_clinic
from skranke.notifications import planning
from skranke.notifications.models import Notice
from skranke.notifications.planning import Subject
from skranke.notifications.rules import NoticeEvent, confirmation_at, hears_of_cancelling, reminder_at
from skranke.scheduling.models import Appointment, BookedThrough, ContactInterface
from skranke.tenancy.rows import insert

APPOINTMENT = "appointment"
BY_PATIENT = "patient"


def for_booking(appointment: Appointment, now: datetime) -> list[Notice]:
    """The notices of a new appointment, to be inserted with it: what is hidden or has begun is told to nobody (TYP-4).

    The schedule's owner hears of what patients book themselves, when that is wished (BOK-13).
    """
    if not _is_told(appointment, now):
        return []
    by_staff = appointment.booked_through == BookedThrough.STAFF
    subject = _subject(appointment, by="" if by_staff else BY_PATIENT)
    rows = [planning.notice(subject, NoticeEvent.BOOKED, confirmation_at(now, _grace()), now)]
    if not by_staff:
        rows += _for_owner(appointment, subject, NoticeEvent.BOOKED, now)
    return rows + _reminder(appointment, subject, now)


def plan_change(appointment: Appointment, now: datetime, *, by: str = "", is_new: bool = False) -> None:
    """Plan anew what is told of an appointment that stands otherwise than before; nothing of one that is hidden now.

    What is not confirmed yet is confirmed as it now stands. is_new: the patient has not heard of it: it was hidden.
    """
    waited = planning.withdraw(appointment.id)
    if not _is_told(appointment, now):
        return
    subject, confirms = _subject(appointment, by=by), NoticeEvent.BOOKED in waited
    event = NoticeEvent.BOOKED if confirms or is_new else NoticeEvent.CHANGED
    due_at = confirmation_at(appointment.created_at, _grace()) if confirms else now + _grace()
    insert(planning.notice(subject, event, due_at, now), *_reminder(appointment, subject, now))


def plan_cancellation(appointment: Appointment, now: datetime, *, by: str, through: BookedThrough) -> None:
    """Take back what is not decided, and let the cancellation be told at once (NOT-4, BOK-13)."""
    waited = planning.withdraw(appointment.id)
    if not _is_told(appointment, now):
        return
    subject, rows = _subject(appointment, by=by), []
    by_staff = appointment.booked_through == BookedThrough.STAFF
    if hears_of_cancelling(confirmation_waits=NoticeEvent.BOOKED in waited, booked_by_staff=by_staff):
        rows.append(planning.notice(subject, NoticeEvent.CANCELLED, now, now))
    if by == BY_PATIENT and through != BookedThrough.STAFF:
        rows += _for_owner(appointment, subject, NoticeEvent.CANCELLED, now)
    if rows:
        insert(*rows)


def withdraw_notices(appointment: Appointment) -> None:
    """Take back what is not decided of an appointment that nobody is to hear of."""
    planning.withdraw(appointment.id)


def _reminder(appointment: Appointment, subject: Subject, now: datetime) -> list[Notice]:
    due_at = reminder_at(appointment.during.lower, now)
    return [] if due_at is None else [planning.notice(subject, NoticeEvent.REMINDER, due_at, now)]


def _for_owner(appointment: Appointment, subject: Subject, event: NoticeEvent, now: datetime) -> list[Notice]:
    schedule = appointment.schedule
    if not schedule.owner_sms or schedule.owner_id is None:
        return []
    return [planning.notice(subject, event, now, now, schedule.owner_id)]


def _is_told(appointment: Appointment, now: datetime) -> bool:
    return not appointment.hidden and appointment.during.lower > now


def _grace() -> timedelta:
    return timedelta(seconds=this_clinic().grace_seconds)


def _subject(appointment: Appointment, *, by: str) -> Subject:
    during, physical = appointment.during, appointment.contact == ContactInterface.PHYSICAL
    facts = {
        "start": during.lower.isoformat(),
        "contact": str(appointment.contact),
        "address": (appointment.address or this_clinic().address) if physical else "",
        "by": by,
    }
    return Subject(
        kind=APPOINTMENT,
        id=appointment.id,
        patient_id=appointment.patient_id,
        facts=facts,
        expires_at=during.lower,
    )
