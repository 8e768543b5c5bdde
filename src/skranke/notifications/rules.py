"""The one decision about a notice, taken when it is due: HelseNorge, the clinic's own channel, or none (NOT-16).

The same table is written by hand in docs/notices.md; a test holds the two together.
"""

from dataclasses import dataclass
from enum import StrEnum

from skranke.patients.models import NotifyBy
from skranke.patients.rules import OWN_ACCESS_AGE


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
