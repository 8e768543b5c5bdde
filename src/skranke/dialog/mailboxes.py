"""The mailboxes (MSG-1): which threads they hold, a page of one, and the numbers beside them."""

import base64
import json
from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import Employee
from skranke.dialog import access, rules
from skranke.dialog.grouping import grouped
from skranke.dialog.models import (
    Attachment,
    DialogKind,
    Direction,
    Message,
    Participant,
    Reading,
    Thread,
    ThreadState,
)
from skranke.dialog.narrowing import narrowed
from skranke.dialog.rows import rows
from skranke.dialog.searching import Words, having, words_of
from skranke.dialog.values import Counts, KindCount, Mailbox, Narrowing, Order, Page
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError, NotFoundError
from skranke.tenancy.compiled import Build
from skranke.tenancy.work import current_actor, remember, remembered

LARGEST_PAGE = 200
CROWD = 500
"""An inbox with more than this is not sorted for its first page (`_top_of_crowd`)."""
_GRANTED = {Mailbox.CLINIC_OPEN: ThreadState.OPEN, Mailbox.CLINIC_ARCHIVE: ThreadState.CLOSED}
"""The clinic's own mailboxes, which not everybody is granted (ORG-11), and what is in them."""
_COUNTED = "inbox"
_WITHOUT_DEADLINE = date.max
_DUE_KEY = Coalesce("answer_due", Value(_WITHOUT_DEADLINE))
# The index `thread_inbox_order` has the same.
_INBOX_ORDER = ("-important", "due_key", "-last_message_at", "-id")


def mailbox(
    name: Mailbox | str,
    *,
    kind: DialogKind | str | None = None,
    cursor: str | None = None,
    limit: int = 50,
    q: str = "",
    order: Order | str | None = None,
    patient_id: UUID | None = None,
    narrow: Narrowing | None = None,
    by_patient: bool = False,
) -> Page:
    """A page of one of the acting employee's mailboxes.

    kind: only that sub-mailbox (MSG-2). q: words that are written in the thread or in the patient's name, each from its
    beginning, or the beginning of the national id. order: the inbox shows first what is important (MSG-14) and then
    what is due first, every other the newest first. narrow: only what the filter leaves (MSG-7). by_patient: as
    `grouping` puts them together; a page may then hold fewer than `limit`.
    Raises NotFoundError for an unknown mailbox and one not granted (ORG-11), InvalidError for a wrong kind, period or
    cursor.
    """
    employee = access.employee_of(current_actor())
    box = _named(name, employee)
    order = Order(order) if order else Order.DUE if box == Mailbox.INBOX else Order.NEWEST
    if kind and kind not in set(DialogKind):
        raise InvalidError("There is no such kind of dialog.", field="kind")
    limit = max(1, min(limit, LARGEST_PAGE))
    asked = _Asked(box, str(kind or ""), order, patient_id)
    if by_patient:
        return _by_patient(asked, employee, cursor, limit, _filtered(asked, employee, q, narrow))
    if cursor or narrow not in {None, Narrowing()}:
        found = list(_narrower(asked, employee, cursor, q, narrow)[: limit + 1])
    elif q.strip():
        found = _searched(asked, employee, q, limit + 1)
    else:
        found = _top(asked, employee, limit + 1)
    return Page(rows=rows(found[:limit]), next_cursor=_cursor(found[limit - 1]) if len(found) > limit else "")


class _Asked(NamedTuple):
    """A list of threads: of a mailbox, perhaps of one kind or about one patient, in some order."""

    box: Mailbox
    kind: str
    order: Order
    patient_id: UUID | None

    @property
    def important_first(self) -> bool:
        """Only what waits for somebody in the order of what is due has its important ones on top (MSG-14)."""
        return self.box == Mailbox.INBOX and self.order == Order.DUE

    @property
    def about(self) -> tuple[UUID, ...]:
        """The ids that it names."""
        return () if self.patient_id is None else (self.patient_id,)

    @property
    def shape(self) -> tuple[Hashable, ...]:
        """All but the ids."""
        return self.box, self.kind, self.order, len(self.about)

    def threads(self, employee: Employee, *, sifted: bool = False) -> QuerySet[Thread]:
        """All of it, in no order."""
        threads = _held_by(self.box, employee, sifted=sifted)
        if self.kind:
            threads = threads.filter(kind=self.kind)
        return threads if self.patient_id is None else threads.filter(patient_id=self.patient_id)

    def ordered(self, threads: QuerySet[Thread], employee: Employee) -> QuerySet[Thread]:
        """With what the rows show, in order."""
        return _annotated(threads, employee).order_by(
            *(["-important"] if self.important_first else []),
            *(["due_key"] if self.order == Order.DUE else []),
            "-last_message_at",
            "-id",
        )


def _by_patient(asked: _Asked, employee: Employee, cursor: str | None, limit: int, threads: QuerySet[Thread]) -> Page:
    found = grouped(threads, limit, cursor, by_due=asked.order == Order.DUE, important_first=asked.important_first)
    annotated = {one.id: one for one in _annotated(Thread.objects.filter(id__in=found.ids), employee)}
    return Page(
        rows=rows([annotated[one] for one in found.ids]),
        next_cursor=found.next_cursor,
        groups=found.sizes,
        continues=found.continues,
    )


def _filtered(asked: _Asked, employee: Employee, q: str, narrow: Narrowing | None) -> QuerySet[Thread]:
    """What of a list is searched for, or left by the filter; in no order."""
    kept = Q() if narrow is None else narrowed(narrow)
    if not q.strip():
        return asked.threads(employee).filter(kept)
    words = _words(asked, q)
    return Thread.objects.none() if words is None else _with_words(asked, employee, words).filter(kept)


def _with_words(asked: _Asked, employee: Employee, words: Words) -> QuerySet[Thread]:
    return having(asked.threads(employee, sifted=words.holders is None), words)


def _words(asked: _Asked, q: str) -> Words | None:
    """What is searched for; that it is, is written in the audit log."""
    record(Action.THREAD_SEARCHED, subject_kind="mailbox", subject_id=None, detail={"mailbox": asked.box})
    return words_of(q)


def _narrower(
    asked: _Asked, employee: Employee, cursor: str | None, q: str, narrow: Narrowing | None
) -> QuerySet[Thread]:
    """As `_filtered`, in order, perhaps from further down."""
    threads = asked.ordered(_filtered(asked, employee, q, narrow), employee)
    if not cursor:
        return threads
    return threads.filter(_after(cursor, by_due=asked.order == Order.DUE, important_first=asked.important_first))


def _top(asked: _Asked, employee: Employee, wanted: int) -> list[Thread]:
    """The first rows of a list as it stands."""
    whole = asked.important_first and not (asked.kind or asked.patient_id)
    if whole and _is_crowded(employee) and (found := _top_of_crowd(employee, wanted)):
        return found
    return _rows_of(
        lambda: asked.ordered(asked.threads(employee), employee)[:wanted],
        ("mailbox", *asked.shape, wanted),
        employee,
        *asked.about,
    )


def _searched(asked: _Asked, employee: Employee, q: str, wanted: int) -> list[Thread]:
    """The first rows of what a search leaves of a list."""
    words = _words(asked, q)
    if words is None:
        return []
    return _rows_of(
        lambda: asked.ordered(_with_words(asked, employee, words), employee)[:wanted],
        ("mailbox searched", *asked.shape, words.holders is None, len(words.each), wanted),
        employee,
        *asked.about,
        *words.values,
    )


def _rows_of(build: Build, shape: tuple[Hashable, ...], employee: Employee, *about: UUID | date | str) -> list[Thread]:
    return access.compiled_for(employee, build, shape, *about).rows(Thread)


def _is_crowded(employee: Employee) -> bool:
    """Whether so much waits for the employee that sorting it costs more than looking at what is due first."""
    counted = remembered(_COUNTED)
    if counted is not None:
        return bool(counted > CROWD)
    waiting = _taken_part_in(employee).filter(in_inbox=True)
    return waiting.order_by()[CROWD : CROWD + 1].exists()


def _top_of_crowd(employee: Employee, wanted: int) -> list[Thread]:
    """The top of an inbox by deadline, looked for among those open threads of the clinic that are due first.

    An index has them in this order, and the first of them that wait for the employee are the employee's first. Nothing
    where fewer than are wanted are found: all of the inbox is sorted then.
    """
    found = _rows_of(lambda: _ahead(employee, wanted), ("mailbox ahead", CROWD, wanted), employee)
    return found if len(found) == wanted else []


def _ahead(employee: Employee, wanted: int) -> QuerySet[Thread]:
    ahead = Thread.objects.filter(state=ThreadState.OPEN).annotate(due_key=_DUE_KEY).order_by(*_INBOX_ORDER)
    looked_at = _annotated(Thread.objects.filter(id__in=ahead.values("id")[:CROWD]), employee)
    return looked_at.filter(Q(is_waiting=True)).order_by(*_INBOX_ORDER)[:wanted]


def _annotated(threads: QuerySet[Thread], employee: Employee) -> QuerySet[Thread]:
    """With what a row shows beside the thread's own columns."""
    return threads.annotate(
        due_key=_DUE_KEY,
        is_waiting=_stands_in_inbox(employee),
        is_read=_read_by(employee),
        is_read_here=Exists(Reading.objects.filter(thread=OuterRef("pk"))),
        has_files=Exists(Attachment.objects.filter(message__thread=OuterRef("pk"))),
        has_problem=Exists(Message.objects.filter(thread=OuterRef("pk"), delivery__in=rules.PROBLEMS)),
    )


def note_shown(name: str, page: Page) -> None:
    """Write into the audit log that a page of a mailbox is shown to somebody (NFR-1); one who polls and gets nothing
    new is not.
    """
    detail = {"mailbox": name, "threads": len(page.rows)}
    record(Action.THREADS_LISTED, subject_kind="mailbox", subject_id=None, detail=detail)


def unread() -> int:
    """How many threads wait unread in the acting employee's inbox: the one number that every page shows."""
    employee = access.employee_of(current_actor())
    asked = access.compiled_for(employee, lambda: _unread(employee), ("unread",))
    return sum(one["number"] for one in asked.dicts())


def _unread(employee: Employee) -> QuerySet[Any, Any]:
    threads = Thread.objects.filter(_in_inbox(employee)).filter(~_read_by(employee))
    return threads.values("state").annotate(number=Count("id")).order_by()


def counts() -> Counts:
    """The numbers beside the acting employee's mailboxes (MSG-4), in one pass over the open threads."""
    employee = access.employee_of(current_actor())
    today = clock.today()
    groups = access.compiled_for(employee, lambda: _counted(employee, today), ("counts",), today).dicts()
    waiting = [one for one in groups if one["waits"]]
    remember(_COUNTED, _sum(waiting))
    kinds = sorted({one["kind"] for one in waiting})
    return Counts(
        inbox=_sum(waiting),
        unread=_sum(waiting, is_read=False),
        alerts=_sum(waiting, is_read=False, is_alert=True),
        due_today=_sum(waiting, is_due=True),
        # What waits in the inbox is open, and the employee takes part in it: the others are those of Åpne.
        open=_sum(groups, waits=False),
        kinds=tuple(
            KindCount(
                kind=DialogKind(kind), inbox=_sum(waiting, kind=kind), unread=_sum(waiting, kind=kind, is_read=False)
            )
            for kind in kinds
        ),
    )


def _counted(employee: Employee, today: date) -> QuerySet[Any, Any]:
    """Grouped by what is counted, so that each is asked once of a thread."""
    taken_part_in = _taken_part_in(employee).filter(thread_open=True)
    return (
        Thread.objects.filter(pk__in=taken_part_in.values("thread_id"), state=ThreadState.OPEN)
        .annotate(
            waits=_among(_waiting_for(employee)),
            is_read=_among(Reading.objects.filter(employee=employee)),
            is_due=_case(Q(answer_due__lte=today)),
            is_alert=_case(Q(important=True) | _waiting_task(employee)),
        )
        .values("kind", "waits", "is_read", "is_due", "is_alert")
        .annotate(number=Count("id"))
        .order_by()
    )


def _case(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=BooleanField())


def _sum(groups: Sequence[Mapping[str, Any]], **wanted: object) -> int:
    """How many threads are in those groups that are as wanted."""
    return sum(one["number"] for one in groups if all(one[name] == value for name, value in wanted.items()))


def _named(name: str, employee: Employee) -> Mailbox:
    if name not in set(Mailbox):
        raise NotFoundError(_("Postkassen finnes ikke."))
    box = Mailbox(name)
    if box in _GRANTED and _GRANTED[box] not in access.granted_states(employee):
        raise NotFoundError(_("Postkassen finnes ikke."))
    return box


def _among(rows: QuerySet[Participant] | QuerySet[Message] | QuerySet[Reading]) -> Case:
    """Whether a thread is one of those the rows belong to, found once and kept in a hash.

    As a plain IN it would become a join, and that one a scan for each thread right after a burst of messages, which
    the database's statistics have not seen yet; a CASE is never made a join.
    """
    return _case(Q(pk__in=rows.values("thread_id")))


def _in_inbox(employee: Employee) -> Q:
    """Waits for the employee (MSG-3)."""
    # What waits in an inbox is open: closing takes it out of all of them.
    return Q(_among(_waiting_for(employee)), state=ThreadState.OPEN)


def _waiting_for(employee: Employee) -> QuerySet[Participant]:
    """Why threads wait for the employee: own rows, or shared ones where there is no own one."""
    own = Participant.objects.filter(thread=OuterRef("thread"), employee=employee).values("in_inbox")
    rows = _taken_part_in(employee).filter(in_inbox=True).alias(wanted=Coalesce(Subquery(own), Value(True)))
    # The own row is looked for only beside a shared one: this order is kept by the database.
    return rows.filter(Q(employee=employee) | Q(wanted=True))


def _taken_part_in(employee: Employee) -> QuerySet[Participant]:
    return Participant.objects.filter(Q(employee=employee) | access.shared_with(employee))


def own_task(employee: Employee) -> Q:
    """What the employee is to do, and what a patient is to do in a dialog the employee takes part in (MSG-15).

    What a GP is to do stays the GP's: who stands in finds the dialog, and answers in it.
    """
    takes_part = Q(task_employee=employee) | access.participated_by(employee)
    return _waiting_task(employee) & takes_part & Q(state=ThreadState.OPEN)


def _waiting_task(employee: Employee) -> Q:
    """A task for the employee or for a patient that has not been done."""
    return Q(Q(task_employee=employee) | Q(task_employee=None), is_task=True, task_done_at=None)


def _stands_in_inbox(employee: Employee) -> Coalesce:
    """The same as `_in_inbox`, asked thread by thread."""
    rows = Participant.objects.filter(thread=OuterRef("pk"))
    own, shared = rows.filter(employee=employee), rows.filter(access.shared_with(employee), in_inbox=True)
    return Coalesce(Subquery(own.values("in_inbox")), Exists(shared))


def _read_by(employee: Employee) -> Exists:
    """Read since the last message came: a new one deletes the readings."""
    return Exists(Reading.objects.filter(thread=OuterRef("pk"), employee=employee))


def _held_by(box: Mailbox, employee: Employee, *, sifted: bool) -> QuerySet[Thread]:
    """sifted: all of the clinic's threads are gone through for some word, of which most are others'. So what the
    employee takes part in is found once then, and looked up; else each thread is asked.
    """
    if box == Mailbox.INBOX:
        return Thread.objects.filter(_in_inbox(employee))
    if box == Mailbox.ALERTS:
        return Thread.objects.filter(Q(important=True) & _in_inbox(employee) | own_task(employee))
    if box == Mailbox.SENT:
        sent = Message.objects.filter(author=employee, direction=Direction.OUT)
        return Thread.objects.filter(_among(sent))
    if box in _GRANTED:
        return Thread.objects.filter(Q(private=False) | access.participated_by(employee), state=_GRANTED[box])
    state = ThreadState.OPEN if box == Mailbox.OPEN else ThreadState.CLOSED
    taking_part = Q(_among(_taken_part_in(employee))) if sifted else access.participated_by(employee)
    own = Thread.objects.filter(taking_part, state=state)
    return own.alias(waits=_stands_in_inbox(employee)).filter(waits=False)


def _cursor(thread: Thread) -> str:
    due = (thread.answer_due or _WITHOUT_DEADLINE).isoformat()
    key = [due, thread.last_message_at.isoformat(), str(thread.id), thread.important]
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _after(cursor: str, *, by_due: bool, important_first: bool) -> Q:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        # Ours have an offset; in UTC also a made-up one without has one.
        due, at, last = date.fromisoformat(key[0]), datetime.fromisoformat(key[1]).astimezone(UTC), UUID(key[2])
        important = bool(key[3])
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError) as error:
        raise InvalidError(_("Lenken til neste side er ikke gyldig. Åpne listen på nytt."), field="cursor") from error
    older = Q(last_message_at__lt=at) | Q(last_message_at=at, id__lt=last)
    below = Q(due_key__gt=due) | Q(due_key=due) & older if by_due else older
    if not important_first:
        return below
    return Q(important=important) & below | Q(important=False) if important else Q(important=False) & below
