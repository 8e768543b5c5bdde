"""The one decision about a notice, taken when it is due: HelseNorge, the clinic's own channel, or none (NOT-16).

The same table is written by hand in docs/notices.md; a test holds the two together.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from skranke.patients.models import NotifyBy
from skranke.patients.rules import OWN_ACCESS_AGE

CONFIRMED_AFTER = timedelta(minutes=5)
REMINDED_BEFORE = timedelta(hours=48)
_HELSENORGE_ANSWERS = timedelta(minutes=15)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
_TRIES = 10
_ABANDONED = timedelta(minutes=5)
_SHOWN_DIGITS = 3
_NATIONAL_DIGITS = 8


class NoticeEvent(StrEnum):
    """What the notice tells of."""

    BOOKED = "booked"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    REMINDER = "reminder"


class InHelseNorge(StrEnum):
    """What is known of the patient and HelseNorge when the notice is due.

    RELEASED: it was not known, HelseNorge was tried, and it answered E35 or gave no receipt in time.
    """

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    RELEASED = "released"


class NoticeRoute(StrEnum):
    """The one route of a notice."""

    HELSENORGE = "helsenorge"
    OWN = "own"
    NONE = "none"


class NoticeTo(StrEnum):
    """Whose e-mail address and phone the clinic's own notice goes to."""

    PATIENT = "patient"
    REPRESENTATIVE = "representative"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """What the decision rests on, as it stands when the notice is due.

    undone: the event was taken back within the grace period. made_late: the appointment was made less than 48 hours
    ahead. soon: it starts within the minutes the clinic has set for "no SMS". ways: by which the one who is told can be
    reached, after the person's own wish (`notice_routes`).
    """

    event: NoticeEvent
    helsenorge: InHelseNorge
    hidden: bool
    undone: bool
    clinic_on: bool
    schedule_on: bool
    type_on: bool
    made_late: bool
    soon: bool
    ways: tuple[NotifyBy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The route; ways: of the own channel, empty for the other routes. must_call: a task "ring pasienten" (NOT-4)."""

    route: NoticeRoute
    ways: tuple[NotifyBy, ...] = ()
    must_call: bool = False


def decide(facts: NoticeFacts) -> Decision:
    """The one route of a notice that is due (NOT-2, NOT-3, NOT-4, NOT-16, NOT-18)."""
    if facts.hidden or facts.undone:
        return Decision(route=NoticeRoute.NONE)
    if _helsenorge_tells(facts):
        return Decision(route=NoticeRoute.HELSENORGE)
    ways = _own_ways(facts)
    if ways:
        return Decision(route=NoticeRoute.OWN, ways=ways)
    never_silent = facts.event in {NoticeEvent.CHANGED, NoticeEvent.CANCELLED}
    return Decision(route=NoticeRoute.NONE, must_call=never_silent)


def notice_to(age: int, *, has_representative: bool) -> NoticeTo:
    """Who is told by the own channel: whoever answers for a child, where one is known, else the patient."""
    if age < OWN_ACCESS_AGE and has_representative:
        return NoticeTo.REPRESENTATIVE
    return NoticeTo.PATIENT


def _helsenorge_tells(facts: NoticeFacts) -> bool:
    """NOT-16: not known counts as yes until HelseNorge has answered; its reminder is its own, nothing of ours tries."""
    if facts.helsenorge == InHelseNorge.UNKNOWN:
        return facts.event != NoticeEvent.REMINDER
    return facts.helsenorge == InHelseNorge.YES


def _own_ways(facts: NoticeFacts) -> tuple[NotifyBy, ...]:
    """NOT-4, NOT-11, NOT-20: the ways that are left when all that shuts them has been asked."""
    if not (facts.clinic_on and facts.schedule_on and facts.type_on):
        return ()
    if facts.event == NoticeEvent.REMINDER and facts.made_late:
        return ()
    if facts.event == NoticeEvent.BOOKED and facts.soon:
        return tuple(way for way in facts.ways if way != NotifyBy.SMS)
    return facts.ways


# --- when ----------------------------------------------------------------------------------------------------------


def confirmation_at(booked_at: datetime, grace: timedelta) -> datetime:
    """NOT-10: five minutes after the booking; not before it can no longer be deleted unseen (APT-5)."""
    return booked_at + max(CONFIRMED_AFTER, grace)


def reminder_at(start: datetime, now: datetime) -> datetime | None:
    """NOT-10, NOT-11: 48 hours before the start; None when that is over already."""
    at = start - REMINDED_BEFORE
    return at if now <= at else None


def made_late(made_at: datetime, start: datetime) -> bool:
    """NOT-11: the appointment was made less than 48 hours ahead."""
    return start - made_at < REMINDED_BEFORE


def is_soon(start: datetime, now: datetime, minutes: int) -> bool:
    """NOT-20: it starts within the minutes set for "no SMS"; none set, and it never does."""
    return start - now < timedelta(minutes=minutes)


def gave_no_answer(sent_at: datetime, now: datetime) -> bool:
    """NOT-16: HelseNorge has had a quarter of an hour since the message left, and no receipt has come."""
    return now - sent_at >= _HELSENORGE_ANSWERS


# --- whether anybody needs to hear ----------------------------------------------------------------------------------


def hears_of_cancelling(*, confirmation_waits: bool, booked_by_staff: bool) -> bool:
    """APT-5, NOT-4: nobody does of what staff booked and cancelled before the confirmation was decided."""
    return not (confirmation_waits and booked_by_staff)


def is_to_be_called(decision: Decision, *, patient_did_it: bool) -> bool:
    """NOT-4: a change that no route carries is told by telephone; what the patient did is known."""
    return decision.must_call and not patient_did_it


def lacks_contact_data(facts: NoticeFacts, *, email: str, phone: str) -> bool:
    """NOT-12: the own channel would tell, and neither address nor phone is known."""
    switched_on = facts.clinic_on and facts.schedule_on and facts.type_on
    told_here = not (facts.hidden or facts.undone or _helsenorge_tells(facts))
    return switched_on and told_here and not (email or phone)


# --- sending -------------------------------------------------------------------------------------------------------


def try_again_at(tries: int, now: datetime) -> datetime | None:
    """NOT-17: when to try once more after so many tries that failed for now; None when it has been tried enough."""
    return now + min(_FIRST_PAUSE * 2 ** (tries - 1), _LONGEST_PAUSE) if tries < _TRIES else None


def abandoned_at(claimed_at: datetime) -> datetime:
    """NOT-17: by then whoever began the try has noted how it went, or has died over it."""
    return claimed_at + _ABANDONED


def is_sent_though_uncertain(event: NoticeEvent) -> bool:
    """NOT-16: where nobody knows whether it left, a change or a cancellation is sent again, and nothing else."""
    return event in {NoticeEvent.CHANGED, NoticeEvent.CANCELLED}


def is_overtaken(event: NoticeEvent, later: frozenset[NoticeEvent]) -> bool:
    """What has not left is not told any more when later news of the same thing has been planned (NOT-16)."""
    return bool(later & {NoticeEvent.CHANGED, NoticeEvent.CANCELLED}) and event != NoticeEvent.CANCELLED


def masked(address: str) -> str:
    """NOT-17: an e-mail address or a phone number as a log may show it."""
    if "@" in address:
        name, _at, domain = address.rpartition("@")
        return f"{name[:1]}***@{domain}"
    digits = "".join(sign for sign in address if sign in "0123456789")
    return f"*** {digits[-_SHOWN_DIGITS:]}"


def international(phone: str) -> str:
    """NOT-5: a phone number as a gateway takes it, with the country first; eight digits alone are Norwegian."""
    digits = "".join(sign for sign in phone if sign in "0123456789")
    if phone.strip().startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    return f"+47{digits}" if len(digits) == _NATIONAL_DIGITS else f"+{digits}"
