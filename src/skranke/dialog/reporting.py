"""The figures of Rapporter: how much is written to the clinic, and how soon it is answered.

A question is the oldest message of a patient's that has got no answer yet, as `changes.waiting_since` has it: what the
patient adds before the answer belongs to it, and an answer that never reached the patient is none. It counts as the
kind it was answered as, or as what its thread is now; a message counts as the kind it came as.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.access import require
from skranke.clinics.permissions import Permission
from skranke.clinics.rules import may
from skranke.dialog import access, rules
from skranke.dialog.models import Channel, DialogKind
from skranke.kernel import clock
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import InvalidError
from skranke.tenancy.work import current_actor

USUAL_WEEKS = 12
MOST_DAYS = 366
_NOON = time(12)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLoad:
    """How many messages of one kind came in one week; `week` is its Monday, in Oslo."""

    week: date
    kind: DialogKind
    incoming: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTimes:
    """How the questions of one kind that came in the period were answered, up to now.

    median, ninth: of those answered, half and nine of ten had their answer within this; None where none is answered.
    closed: ended without an answer. has_limit: an answer is due within `rules.ANSWER_WORKING_DAYS` (JRN-10).
    within, late: answered in time; answered too late, or waiting past the limit. Both are 0 where there is no limit.
    """

    kind: DialogKind
    asked: int
    answered: int
    closed: int
    median: timedelta | None
    ninth: timedelta | None
    has_limit: bool
    within: int
    late: int

    @property
    def share_within(self) -> float | None:
        """Of those of which it is known, which part was answered in time (0 to 1); None while none is known."""
        known = self.within + self.late
        return self.within / known if self.has_limit and known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The threads of one kind that are open now.

    waiting: how many stand in somebody's inbox. due_today, overdue: must be answered today; should have been before.
    """

    kind: DialogKind
    open: int
    waiting: int
    due_today: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelUse:
    """How many messages came and went by one channel in the period; among colleagues all are outgoing."""

    channel: Channel
    incoming: int
    outgoing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReport:
    """The figures of a period, both days counted, and of this moment. weeks: the Mondays of all its weeks."""

    first: date
    last: date
    at: datetime
    weeks: tuple[date, ...]
    load: tuple[WeekLoad, ...]
    times: tuple[AnswerTimes, ...]
    now: tuple[Standing, ...]
    channels: tuple[ChannelUse, ...]


def may_see_reports(actor: Actor) -> bool:
    """An administrator, and whoever was granted it on the employee card."""
    granted = actor.kind == ActorKind.EMPLOYEE and access.employee_of(actor).sees_reports
    return may(actor, Permission.SEE_REPORTS, granted=granted)


def usual_period() -> tuple[date, date]:
    """From the Monday eleven weeks ago to today."""
    today = clock.today()
    return today - timedelta(days=today.weekday(), weeks=USUAL_WEEKS - 1), today


def message_report(first: date | None = None, last: date | None = None) -> MessageReport:
    """The figures of a period; what is left out is as in `usual_period`. That they were read is logged (NFR-1).

    Raises NotAllowedError for who may not see them, InvalidError for a period that ends before it begins or is longer
    than a year.
    """
    actor = current_actor()
    require(actor, Permission.SEE_REPORTS, granted=may_see_reports(actor))
    usual = usual_period()
    last = last or max(usual[1], first or usual[1])
    first = first or min(usual[0], last)
    begins, ends = _bounds(first, last)
    load, channels = _messages(begins, ends)
    report = MessageReport(
        first=first,
        last=last,
        at=clock.now(),
        weeks=_weeks(first, last),
        load=load,
        times=_times(begins, ends),
        now=_standing(),
        channels=channels,
    )
    detail = {"from": first.isoformat(), "to": last.isoformat()}
    record(Action.REPORT_READ, subject_kind="report", subject_id=None, detail={"report": "messages"} | detail)
    return report


def _bounds(first: date, last: date) -> tuple[datetime, datetime]:
    if last < first:
        raise InvalidError(_("Sluttdatoen er før startdatoen. Velg en senere sluttdato."), field="to")
    if (last - first).days >= MOST_DAYS:
        raise InvalidError(_("Velg en periode på høyst ett år."), field="to")
    try:
        begins = clock.from_oslo(datetime.combine(first, time()))
        ends = clock.from_oslo(datetime.combine(last + timedelta(days=1), time()))
    except OverflowError:
        begins = ends = None
    if begins is None or ends is None:
        raise InvalidError(_("Velg datoer i vår tid."), field="from")
    return begins, ends


def _weeks(first: date, last: date) -> tuple[date, ...]:
    monday = first - timedelta(days=first.weekday())
    return tuple(monday + timedelta(weeks=number) for number in range((last - monday).days // 7 + 1))


_MESSAGES = """
SELECT coalesce(e.kind, t.kind), t.channel, date_trunc('week', m.generated_at AT TIME ZONE 'Europe/Oslo')::date,
       count(*) FILTER (WHERE m.direction = 'in'), count(*) FILTER (WHERE m.direction = 'out')
  FROM dialog_message m
  JOIN dialog_thread t ON t.id = m.thread_id
  LEFT JOIN dialog_earlierconversation e ON e.id = m.earlier_id
 WHERE m.clinic_id = %(clinic)s AND m.generated_at >= %(begins)s AND m.generated_at < %(ends)s
   AND NOT m.points_on AND (m.direction = 'out' OR m.code <> ALL (%(no_messages)s))
 GROUP BY 1, 2, 3
"""


def _messages(begins: datetime, ends: datetime) -> tuple[tuple[WeekLoad, ...], tuple[ChannelUse, ...]]:
    """What came by week and kind, and what came and went by channel: one question."""
    load: dict[tuple[date, str], int] = {}
    used: dict[str, list[int]] = {}
    facts = {"begins": begins, "ends": ends, "no_messages": sorted(rules.NOT_DELIVERED_CODES)}
    for kind, channel, week, incoming, outgoing in _asked(_MESSAGES, facts):
        if incoming:
            load[week, kind] = load.get((week, kind), 0) + incoming
        both = used.setdefault(channel, [0, 0])
        both[0] += incoming
        both[1] += outgoing
    return (
        tuple(WeekLoad(week=week, kind=DialogKind(kind), incoming=load[week, kind]) for week, kind in sorted(load)),
        tuple(ChannelUse(channel=one, incoming=used[one][0], outgoing=used[one][1]) for one in Channel if one in used),
    )


# An answer counts for what was recorded before it. Messages with the same next answer are one question.
_TIMES = """
WITH near AS (
    SELECT DISTINCT m.thread_id FROM dialog_message m
     WHERE m.clinic_id = %(clinic)s AND m.direction = 'in' AND m.code <> ALL (%(no_messages)s)
       AND m.generated_at >= %(begins)s AND m.generated_at < %(ends)s
), asked AS (
    SELECT m.thread_id, t.kind, t.state, a.recorded_at AS answered_at, a.kind AS answered_as,
           min(m.generated_at) AS asked_at
      FROM near
      JOIN dialog_thread t ON t.id = near.thread_id AND t.clinic_id = %(clinic)s
      JOIN dialog_message m ON m.thread_id = t.id AND m.direction = 'in' AND m.code <> ALL (%(no_messages)s)
      LEFT JOIN LATERAL (
           SELECT o.recorded_at, coalesce(e.kind, t.kind) AS kind
             FROM dialog_message o LEFT JOIN dialog_earlierconversation e ON e.id = o.earlier_id
            WHERE o.thread_id = m.thread_id AND o.direction = 'out' AND NOT o.points_on
              AND o.delivery <> ALL (%(lost)s) AND o.recorded_at >= m.recorded_at
            ORDER BY o.recorded_at, o.id LIMIT 1) a ON true
     GROUP BY 1, 2, 3, 4, 5
), question AS (
    SELECT coalesce(answered_as, kind) AS kind, state, answered_at,
           greatest(extract(epoch FROM answered_at - asked_at), 0) AS took,
           (CASE WHEN %(restarts)s THEN greatest(asked_at,
                     (SELECT max(e.ended_at) FROM dialog_earlierconversation e WHERE e.thread_id = asked.thread_id))
                 ELSE asked_at END AT TIME ZONE 'Europe/Oslo')::date AS counted_from
      FROM asked WHERE asked_at >= %(begins)s AND asked_at < %(ends)s
)
SELECT q.kind, count(*), count(q.answered_at), count(*) FILTER (WHERE q.answered_at IS NULL AND q.state = 'closed'),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY q.took) FILTER (WHERE q.answered_at IS NOT NULL),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY q.took) FILTER (WHERE q.answered_at IS NOT NULL),
       count(*) FILTER (WHERE (q.answered_at AT TIME ZONE 'Europe/Oslo')::date <= due.last),
       count(*) FILTER (WHERE (q.answered_at AT TIME ZONE 'Europe/Oslo')::date > due.last
                           OR q.answered_at IS NULL AND q.state = 'open' AND due.last < %(today)s)
  FROM question q
  LEFT JOIN unnest(%(kinds)s::text[], %(days)s::date[], %(lasts)s::date[]) AS due (kind, day, last)
         ON due.kind = q.kind AND due.day = q.counted_from
 GROUP BY q.kind
"""


def _times(begins: datetime, ends: datetime) -> tuple[AnswerTimes, ...]:
    """The questions that came in the period, and what became of each: one question."""
    first, last = clock.oslo(begins).date(), clock.oslo(ends).date()
    # What is counted from a later turning (JRN-4) still has its limit.
    limits = _limits(first, max(last, min(clock.today(), last + timedelta(days=MOST_DAYS))))
    facts = {
        "begins": begins,
        "ends": ends,
        "no_messages": sorted(rules.NOT_DELIVERED_CODES),
        "lost": sorted(rules.LOST),
        "restarts": settings.OURS.conversion_restarts_deadline,
        "today": clock.today(),
        "kinds": [kind.value for kind, _day, _last in limits],
        "days": [day for _kind, day, _last in limits],
        "lasts": [last for _kind, _day, last in limits],
    }
    limited = {kind for kind, _day, _last in limits}
    found = {
        DialogKind(kind): AnswerTimes(
            kind=DialogKind(kind),
            asked=asked,
            answered=answered,
            closed=closed,
            median=_span(median),
            ninth=_span(ninth),
            has_limit=kind in limited,
            within=within,
            late=late,
        )
        for kind, asked, answered, closed, median, ninth, within, late in _asked(_TIMES, facts)
    }
    return tuple(found[kind] for kind in DialogKind if kind in found)


def _limits(first: date, last: date) -> list[tuple[DialogKind, date, date]]:
    """The last day to answer what was asked on each day, for the kinds that have one (`rules.answer_due`)."""
    found = []
    for kind in DialogKind:
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            due = rules.answer_due(kind, clock.from_oslo(datetime.combine(day, _NOON)))
            if due is None:
                break
            found.append((kind, day, due))
    return found


_STANDING = """
SELECT t.kind, count(*),
       count(*) FILTER (WHERE EXISTS (SELECT 1 FROM dialog_participant p WHERE p.thread_id = t.id AND p.in_inbox)),
       count(*) FILTER (WHERE t.answer_due = %(today)s), count(*) FILTER (WHERE t.answer_due < %(today)s)
  FROM dialog_thread t
 WHERE t.clinic_id = %(clinic)s AND t.state = 'open'
 GROUP BY t.kind
"""


def _standing() -> tuple[Standing, ...]:
    found = {
        DialogKind(kind): Standing(kind=DialogKind(kind), open=number, waiting=waiting, due_today=today, overdue=late)
        for kind, number, waiting, today, late in _asked(_STANDING, {"today": clock.today()})
    }
    return tuple(found[kind] for kind in DialogKind if kind in found)


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=round(seconds))


def _asked(statement: str, facts: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, facts | {"clinic": current_actor().clinic_id})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
