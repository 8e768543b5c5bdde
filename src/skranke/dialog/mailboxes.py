"""The mailboxes (MSG-1): which threads they hold, a page of one, and the numbers beside them."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
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
from skranke.dialog.searching import having_words
from skranke.dialog.values import Counts, KindCount, Mailbox, Narrowing, Order, Page, ThreadRow
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError, NotFoundError
from skranke.tenancy.work import current_actor

LARGEST_PAGE = 200
PREVIEW = 140
_WITHOUT_DEADLINE = date.max


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
) -> Page:
    """A page of one of the acting employee's mailboxes.

    kind: only that sub-mailbox (MSG-2). q: words that are written in the thread or in the patient's name, each from its
    beginning, or the beginning of the national id. order: the inbox shows first what is important (MSG-14) and then
    what is due first, every other the newest first. narrow: only what the filter leaves (MSG-7).
    Raises NotFoundError for an unknown mailbox and one not granted (ORG-11), InvalidError for a wrong kind, period or
    cursor.
    """
    employee = access.employee_of(current_actor())
    box = _named(name)
    by_due = Order(order) == Order.DUE if order else box == Mailbox.INBOX
    threads = _held_by(box, employee)
    if kind:
        if kind not in set(DialogKind):
            raise InvalidError("There is no such kind of dialog.", field="kind")
        threads = threads.filter(kind=kind)
    if patient_id is not None:
        threads = threads.filter(patient_id=patient_id)
    if narrow is not None:
        threads = threads.filter(narrowed(narrow))
    if q.strip():
        threads = having_words(threads, q)
        record(Action.THREAD_SEARCHED, subject_kind="mailbox", subject_id=None, detail={"mailbox": box})
    threads = threads.annotate(
        due_key=Coalesce("answer_due", Value(_WITHOUT_DEADLINE)),
        is_waiting=_stands_in_inbox(employee),
        is_read=_read_by(employee),
        is_read_here=Exists(Reading.objects.filter(thread=OuterRef("pk"))),
        has_files=Exists(Attachment.objects.filter(message__thread=OuterRef("pk"))),
        has_problem=Exists(Message.objects.filter(thread=OuterRef("pk"), delivery__in=rules.PROBLEMS)),
    ).prefetch_related("patient", "responsible")
    first = box == Mailbox.INBOX and by_due
    threads = threads.order_by(
        *(["-important"] if first else []), *(["due_key"] if by_due else []), "-last_message_at", "-id"
    )
    if cursor:
        threads = threads.filter(_after(cursor, by_due=by_due, important_first=first))
    limit = max(1, min(limit, LARGEST_PAGE))
    found = list(threads[: limit + 1])
    return Page(rows=_rows(found[:limit]), next_cursor=_cursor(found[limit - 1]) if len(found) > limit else "")


def note_shown(name: str, page: Page) -> None:
    """Write into the audit log that a page of a mailbox is shown to somebody (NFR-1); one who polls and gets nothing
    new is not.
    """
    detail = {"mailbox": name, "threads": len(page.rows)}
    record(Action.THREADS_LISTED, subject_kind="mailbox", subject_id=None, detail=detail)


def unread() -> int:
    """How many threads wait unread in the acting employee's inbox: the one number that every page shows."""
    employee = access.employee_of(current_actor())
    return Thread.objects.filter(_in_inbox(employee)).filter(~_read_by(employee)).count()


def counts() -> Counts:
    """The numbers beside the acting employee's mailboxes (MSG-4), in three small queries."""
    employee = access.employee_of(current_actor())
    groups = (
        Thread.objects.filter(_in_inbox(employee))
        .values("kind")
        .annotate(
            inbox=Count("id"),
            unread=Count("id", filter=~_read_by(employee)),
            due=Count("id", filter=Q(answer_due__lte=clock.today())),
        )
        .order_by("kind")
    )
    rows = list(groups)
    return Counts(
        inbox=sum(row["inbox"] for row in rows),
        unread=sum(row["unread"] for row in rows),
        due_today=sum(row["due"] for row in rows),
        open=_held_by(Mailbox.OPEN, employee).count(),
        kinds=tuple(KindCount(kind=DialogKind(r["kind"]), inbox=r["inbox"], unread=r["unread"]) for r in rows),
    )


def _named(name: str) -> Mailbox:
    if name not in set(Mailbox):
        raise NotFoundError(_("Postkassen finnes ikke."))
    return Mailbox(name)


def _among(rows: QuerySet[Participant] | QuerySet[Message]) -> Case:
    """Whether a thread is one of those the rows belong to, found once and kept in a hash.

    As a plain IN it would become a join, and that one a scan for each thread right after a burst of messages, which
    the database's statistics have not seen yet; a CASE is never made a join.
    """
    return Case(When(pk__in=rows.values("thread_id"), then=True), default=False, output_field=BooleanField())


def _in_inbox(employee: Employee) -> Q:
    """Waits for the employee: by the own row, or by one that is shared when there is no own one (MSG-3)."""
    own = Participant.objects.filter(thread=OuterRef("thread"), employee=employee).values("in_inbox")
    rows = Participant.objects.filter(Q(employee=employee) | access.shared_with(employee), in_inbox=True)
    waiting = rows.annotate(wanted=Coalesce(Subquery(own), Value(True))).filter(wanted=True)
    # What waits in an inbox is open: closing takes it out of all of them.
    return Q(_among(waiting), state=ThreadState.OPEN)


def _own_task(employee: Employee) -> Q:
    """What the employee is to do, and what a patient is to do in a dialog the employee takes part in (MSG-15)."""
    of_patient = Q(task_employee=None) & access.participated_by(employee)
    return (Q(task_employee=employee) | of_patient) & Q(is_task=True, task_done_at=None, state=ThreadState.OPEN)


def _stands_in_inbox(employee: Employee) -> Coalesce:
    """The same as `_in_inbox`, asked thread by thread."""
    rows = Participant.objects.filter(thread=OuterRef("pk"))
    own, shared = rows.filter(employee=employee), rows.filter(access.shared_with(employee), in_inbox=True)
    return Coalesce(Subquery(own.values("in_inbox")), Exists(shared))


def _read_by(employee: Employee) -> Exists:
    """Read since the last message came: a new one deletes the readings."""
    return Exists(Reading.objects.filter(thread=OuterRef("pk"), employee=employee))


def _held_by(box: Mailbox, employee: Employee) -> QuerySet[Thread]:
    if box == Mailbox.INBOX:
        return Thread.objects.filter(_in_inbox(employee))
    if box == Mailbox.ALERTS:
        return Thread.objects.filter(Q(important=True) & _in_inbox(employee) | _own_task(employee))
    if box == Mailbox.SENT:
        sent = Message.objects.filter(author=employee, direction=Direction.OUT)
        return Thread.objects.filter(_among(sent))
    if box in {Mailbox.CLINIC_OPEN, Mailbox.CLINIC_ARCHIVE}:
        return _granted(box, employee)
    state = ThreadState.OPEN if box == Mailbox.OPEN else ThreadState.CLOSED
    own = Thread.objects.filter(access.participated_by(employee), state=state)
    return own.alias(waits=_stands_in_inbox(employee)).filter(waits=False)


def _granted(box: Mailbox, employee: Employee) -> QuerySet[Thread]:
    state = ThreadState.OPEN if box == Mailbox.CLINIC_OPEN else ThreadState.CLOSED
    if state not in access.granted_states(employee):
        raise NotFoundError(_("Postkassen finnes ikke."))
    return Thread.objects.filter(Q(private=False) | access.participated_by(employee), state=state)


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


def _rows(threads: Sequence[Thread]) -> tuple[ThreadRow, ...]:
    newest = Message.objects.filter(thread__in=threads).order_by("thread", "-generated_at", "-msg_id")
    messages = {message.thread_id: message for message in newest.distinct("thread")}
    today = clock.today()
    return tuple(_row(thread, messages.get(thread.id), today) for thread in threads)


def _row(thread: Thread, newest: Message | None, today: date) -> ThreadRow:
    patient = thread.patient
    return ThreadRow(
        id=thread.id,
        kind=DialogKind(thread.kind),
        title=thread.title,
        patient_id=thread.patient_id,
        patient_name=patient.name if patient else "",
        patient_birth_date=patient.birth_date if patient else None,
        preview=" ".join(newest.text[: PREVIEW * 2].split())[:PREVIEW] if newest else "",
        author_name=newest.author_name if newest else "",
        on_behalf_of=newest.on_behalf_of if newest else "",
        relation=newest.relation if newest else "",
        last_message_at=thread.last_message_at,
        last_is_outgoing=newest is not None and newest.direction == Direction.OUT,
        answer_due=thread.answer_due,
        days_left=rules.days_left(thread.answer_due, today),
        important=thread.important,
        unread=getattr(thread, "is_waiting", False) and not getattr(thread, "is_read", True),
        read_by_clinic=bool(getattr(thread, "is_read_here", False)),
        has_attachments=bool(getattr(thread, "has_files", False)),
        delivery_problem=bool(getattr(thread, "has_problem", False)),
        list_unconfirmed=thread.list_unconfirmed,
        closed=thread.state == ThreadState.CLOSED,
        start_missing=thread.start_missing,
        responsible_name=thread.responsible.name if thread.responsible else "",
        private=thread.private,
        is_task=thread.is_task and thread.task_done_at is None,
        task_due=thread.task_due,
        reply_due=thread.reply_due,
        version=thread.version,
    )
