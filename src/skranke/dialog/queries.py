"""Reads for the screens and the API: mailboxes, counts, and one thread."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet, prefetch_related_objects

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.absences.receiving import chosen_meanwhile
from skranke.clinics.models import Employee, Group, Role
from skranke.clinics.organisation.addressing import recipients_by_party
from skranke.clinics.organisation.clinical_words import clinical_words
from skranke.clinics.organisation.queries import readers, shares, staff
from skranke.clinics.organisation.receivers import chosen_in_set_up
from skranke.clinics.organisation.values import Recipient
from skranke.clinics.words import role_name
from skranke.dialog import access, rules
from skranke.dialog.communication.set_up import set_recipients
from skranke.dialog.mailboxes import counts, mailbox, note_shown, unread
from skranke.dialog.models import (
    Attachment,
    Channel,
    DialogKind,
    Direction,
    Message,
    Participant,
    Thread,
    ThreadState,
)
from skranke.dialog.reasons import explain
from skranke.dialog.services import own_journal, prescriptions, turning
from skranke.dialog.services.changes import is_answered_finally, waiting
from skranke.dialog.services.handling import handling_of
from skranke.dialog.services.journaling import SOURCE
from skranke.dialog.services.participants import may_remove
from skranke.dialog.services.renewing import items_among
from skranke.dialog.values import (
    AttachmentView,
    EventKind,
    EventView,
    ItemResult,
    MessageView,
    ParticipantView,
    ThreadView,
)
from skranke.journal.queries import entry_ids_of
from skranke.kernel import clock
from skranke.patients.models import Patient
from skranke.tenancy.compiled import compiled
from skranke.tenancy.work import current_actor

__all__ = [
    "counts",
    "mailbox",
    "mark_of",
    "note_shown",
    "thread_mark",
    "thread_view",
    "threads_of",
    "unread",
    "unread_recipients",
]

_EVENT = ("at", "kind", "actor_name", "detail")


def thread_view(thread: Thread) -> ThreadView:
    """The thread as it stands now, with all that its screen shows; it is audited (NFR-1). Raises NotFoundError."""
    actor = current_actor()
    employee = access.employee_of(actor)
    thread = access.as_it_stands(actor, thread)
    (since, waits_as), final = waiting(thread), is_answered_finally(thread)
    waits = since is not None
    takes = thread.channel != Channel.INTERNAL or thread.may_be_answered
    may_answer = takes and rules.is_answerable(thread.kind) and not final
    participants, rows = _participants(thread, employee), _rows(thread)
    entries = entry_ids_of(SOURCE, thread.messages.values("id"))
    messages = _views(thread, rows, entries, final=final)
    events = list(thread.events.order_by("at", "id").values_list(*_EVENT))
    declined = [detail for _at, kind, _name, detail in events if kind == EventKind.JOURNAL_DECLINED]
    asked = [one for one in messages if not one.outgoing]
    turned = any(row.earlier_id for row in rows)
    ways = turning.turns_into(thread, answered=final, written_in=bool(asked), turned=turned) if may_answer else ()
    record(Action.THREAD_READ, subject_kind="thread", subject_id=thread.id, patient_id=thread.patient_id)
    return ThreadView(
        id=thread.id,
        kind=DialogKind(thread.kind),
        own_type=thread.own_type,
        title=thread.title,
        patient=thread.patient,
        party_name=thread.party.name if thread.party else "",
        closed=thread.state == ThreadState.CLOSED,
        start_missing=thread.start_missing,
        list_unconfirmed=thread.list_unconfirmed,
        important=thread.important,
        answer_due=thread.answer_due,
        days_left=rules.days_left(thread.answer_due, clock.today()),
        waits_for_clinic=waits,
        may_answer=may_answer,
        may_close=thread.state == ThreadState.OPEN
        and rules.may_close(waits_as, waits_for_clinic=waits, own_type=thread.own_type),
        outcomes=rules.outcomes(thread.kind, _asked_code(thread, asked)) if may_answer else (),
        may_refuse=may_answer and waits and rules.is_refusable(thread.kind) and not turning.begins(thread),
        turns_into=ways,
        clinical_word=_clinical_word(thread, messages) if waits and DialogKind.E_CONSULTATION in ways else "",
        begins=turning.begins(thread),
        answered_finally=final,
        items=items_among(thread, rows),
        takes_attachments=rules.takes_attachments(thread.kind),
        journaled=rules.is_journaled(thread.kind),
        may_journal=thread.patient is not None and any(one.journal_entry_id is None for one in messages),
        asks_journal=own_journal.asks(thread, rows, entries, declined),
        in_inbox=_in_inbox(thread, participants, employee),
        may_leave_inbox=_takes_part(participants, employee),
        responsible_id=thread.responsible_id,
        responsible_name=thread.responsible.name if thread.responsible else "",
        version=thread.version,
        max_text=turning.room(thread.kind, begins=turning.begins(thread)),
        messages=messages,
        events=tuple(_event(*event) for event in events),
        participants=participants,
        handling=handling_of(thread),
        task_name=thread.task_employee.name if thread.task_employee else "",
        task_done=thread.task_done_at,
        may_complete=thread.is_task and thread.task_done_at is None,
    )


def _asked_code(thread: Thread, asked: list[MessageView]) -> str:
    """As `changes.asked_code`, of messages that have been read, in their order."""
    requests = rules.request_codes(thread.kind)
    return next((one.code for one in reversed(asked) if one.code in requests), "")


def _clinical_word(thread: Thread, messages: tuple[MessageView, ...]) -> str:
    """What makes an e-kontakt that waits look like a clinical question (IMP-6); empty for any other."""
    if thread.kind != DialogKind.E_CONTACT:
        return ""
    written = [text for one in messages if not one.outgoing for text in (one.subject, one.text)]
    return rules.clinical_word(written, clinical_words())


def thread_mark(thread: Thread) -> str:
    """A short text that changes whenever what `thread_view` gives does: cheap to ask, and no reading of the thread."""
    sent = thread.messages.aggregate(at=Max("delivery_at"))["at"]
    days = rules.days_left(thread.answer_due, clock.today())
    return _mark(thread.version, thread.events.count(), sent, days)


def mark_of(view: ThreadView) -> str:
    """The same as `thread_mark`, of what has been read already."""
    sent = max((one.delivery_at for one in view.messages if one.delivery_at is not None), default=None)
    return _mark(view.version, len(view.events), sent, view.days_left)


def _mark(version: int, events: int, sent: datetime | None, days: int | None) -> str:
    return f"{version}.{events}.{sent.timestamp() if sent else 0:.6f}.{days}"


def threads_of(patient: Patient, *, closed: bool, limit: int = 50) -> list[Thread]:
    """The patient's open or closed threads that the acting employee may read, the newest first (PAT-6)."""
    state = ThreadState.CLOSED if closed else ThreadState.OPEN
    threads = access.visible_threads(access.employee_of(current_actor())).filter(patient=patient, state=state)
    return list(threads.order_by("-last_message_at", "-id")[:limit])


def _in_inbox(thread: Thread, participants: tuple[ParticipantView, ...], employee: Employee) -> bool:
    """The employee's own row counts; without one those that are shared with others."""
    own = [one.in_inbox for one in participants if one.employee_id == employee.id]
    if own:
        return own[0]
    for_another = [one for one in participants if access.reads_for_another(employee, thread, one.employee_id)]
    return any(one.in_inbox for one in [*_shared(participants, employee), *for_another])


def _takes_part(participants: tuple[ParticipantView, ...], employee: Employee) -> bool:
    """Whether the employee is one of them, also as one of a group: not only as somebody's substitute."""
    return any(one.employee_id == employee.id for one in participants) or bool(_shared(participants, employee))


def _shared(participants: tuple[ParticipantView, ...], employee: Employee) -> list[ParticipantView]:
    mine = shares(employee)
    return [one for one in participants if mine.has(Recipient(one.employee_id, one.group_id, one.role_id))]


def _rows(thread: Thread) -> list[Message]:
    """The thread's messages, with what belongs to each."""
    in_order = compiled(lambda: _in_order(thread), ("messages of a thread",), (thread.id,))
    messages = in_order.rows(Message)
    for message in messages:
        message.thread = thread
    prefetch_related_objects([message for message in messages if message.earlier_id], "earlier")
    asking = [message for message in messages if message.kind == DialogKind.PRESCRIPTION_RENEWAL]
    prefetch_related_objects(asking, "prescriptions", "renewal_results", "renewal_lists")
    return messages


def _in_order(thread: Thread) -> QuerySet[Message]:
    return Message.objects.filter(thread_id=thread.id).order_by("generated_at", "msg_id")


def _roles(messages: list[Message]) -> dict[UUID | None, str]:
    """What those of us who have written in a thread are; most of them still work here, and are known already."""
    roles: dict[UUID | None, str] = {one.id: one.role for one in staff()}
    left = {one.author_id for one in messages if one.author_id and one.author_id not in roles}
    return roles | dict(Employee.objects.filter(id__in=left).values_list("id", "role")) if left else roles


def _files(thread: Thread) -> dict[UUID, tuple[AttachmentView, ...]]:
    """The files of each message of a thread. A prefetch would make a manager for each message, which costs more."""
    found: dict[UUID, tuple[AttachmentView, ...]] = {}
    for row in Attachment.objects.filter(message__thread=thread).order_by("number"):
        assert row.message_id is not None
        found[row.message_id] = (*found.get(row.message_id, ()), attachment_view(row))
    return found


def _views(
    thread: Thread, rows: list[Message], entries: Mapping[UUID, UUID], *, final: bool
) -> tuple[MessageView, ...]:
    files, roles = _files(thread), _roles(rows)
    return tuple(
        _message(row, entries.get(row.id), files.get(row.id, ()), roles.get(row.author_id, ""), final=final)
        for row in rows
    )


def _message(
    message: Message, journal_entry_id: UUID | None, files: tuple[AttachmentView, ...], author_role: str, *, final: bool
) -> MessageView:
    outgoing, kind = message.direction == Direction.OUT, message.kind
    decided = rules.outcome(kind, message.code) if outgoing and not message.points_on else None
    return MessageView(
        id=message.id,
        kind=kind,
        points_on=message.points_on,
        outgoing=outgoing,
        code=message.code,
        outcome=decided.outcome if decided else None,
        is_request=not outgoing and message.code in rules.request_codes(kind),
        delivery_way=message.delivery_way,
        subject=message.subject,
        text=message.text,
        author_id=message.author_id,
        author_name=message.author_name,
        author_role=author_role,
        on_behalf_of=message.on_behalf_of,
        relation=message.relation,
        at=message.generated_at,
        delivery=message.delivery,
        delivery_at=message.delivery_at,
        delivery_code=message.delivery_code,
        delivery_reason=explain(message.delivery_code, message.delivery_error),
        delivery_error=message.delivery_error,
        may_resend=outgoing
        and not (final and decided is not None and decided.final)
        and rules.may_resend(message.delivery, message.delivery_code, resends=message.resends),
        journal_entry_id=journal_entry_id,
        attachments=files,
        prescriptions=tuple(
            prescriptions.view(row) for row in sorted(message.prescriptions.all(), key=lambda row: row.number)
        )
        if kind == DialogKind.PRESCRIPTION_RENEWAL
        else (),
        results=_results(message) if outgoing and kind == DialogKind.PRESCRIPTION_RENEWAL else (),
    )


def _results(message: Message) -> tuple[ItemResult, ...]:
    rows = sorted(message.renewal_results.all(), key=lambda row: row.number)
    return tuple(ItemResult(number=row.number, renewed=row.renewed, text=row.text) for row in rows)


def attachment_view(row: Attachment) -> AttachmentView:
    """A file as the screen and the API show it."""
    return AttachmentView(
        id=row.id,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        previewable=rules.is_previewable(row.media_type) and not row.quarantine,
        quarantine=row.quarantine,
    )


def _event(at: datetime, kind: str, actor_name: str, detail: Mapping[str, Any]) -> EventView:
    told = explain(detail.get("code", ""), detail.get("error", ""))
    items = " · ".join(detail.get("items", ()))
    note = detail.get("to") or items or told or detail.get("hpr_number") or detail.get("kind") or ""
    return EventView(at=at, kind=EventKind(kind), actor_name=actor_name, note=note)


def _name(row: Participant) -> str:
    if row.role is not None:
        return role_name(row.role)
    who = row.employee or row.group
    return who.name if who is not None else ""


def open_from_helsenorge(kind: str) -> int:
    """How many open threads of a type have come through HelseNorge: a new set-up leaves them as they are (RCV-11)."""
    return Thread.objects.filter(kind=kind, channel=Channel.HELSENORGE, state=ThreadState.OPEN).count()


def unread_recipients() -> list[tuple[Group | Role, int]]:
    """Groups and roles that nobody is in, in how many open threads each takes part or 0 as a set recipient (RCV-12).

    Their mail is everybody's until somebody is; an administrator is told.
    """
    counted = {
        Recipient(None, row["group_id"], row["role_id"]): row["number"]
        for row in compiled(_shared_by_unit, ("shared by unit",), ()).dicts()
    }
    by_party = {one for recipients in recipients_by_party().values() for one in recipients}
    chosen = {
        one for one in by_party | chosen_in_set_up() | chosen_meanwhile() | set_recipients() if not one.employee_id
    }
    empty = [one for one in chosen | set(counted) if not one.is_whole_clinic and not readers(one)]
    groups = Group.objects.in_bulk([one.group_id for one in empty if one.group_id])
    roles = Role.objects.in_bulk([one.role_id for one in empty if one.role_id])
    rows: list[tuple[Group | Role, int]] = [
        (groups[one.group_id], counted.get(one, 0)) for one in empty if one.group_id
    ]
    return rows + [(roles[one.role_id], counted.get(one, 0)) for one in empty if one.role_id]


def _shared_by_unit() -> QuerySet[Any, Any]:
    open_ones = Participant.objects.filter(thread__state=ThreadState.OPEN, employee=None)
    return open_ones.values("group_id", "role_id").annotate(number=Count("id"))


def _participants(thread: Thread, viewer: Employee) -> tuple[ParticipantView, ...]:
    read_at: dict[UUID | None, datetime] = dict(thread.readings.values_list("employee_id", "read_at"))
    rows = list(Participant.objects.filter(thread=thread).select_related("employee", "group", "role").order_by("id"))
    return tuple(
        ParticipantView(
            employee_id=row.employee_id,
            group_id=row.group_id,
            role_id=row.role_id,
            name=_name(row),
            in_inbox=row.in_inbox,
            read_at=read_at.get(row.employee_id),
            may_remove=may_remove(row, viewer, rows),
        )
        for row in rows
    )
