"""The rows of a mailbox's list: what each shows of its thread, its newest message and whom it is about."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Left

from skranke.clinics.models import Employee
from skranke.clinics.organisation.queries import staff
from skranke.dialog import rules
from skranke.dialog.models import DialogKind, Direction, Message, Thread, ThreadState
from skranke.dialog.values import ThreadRow
from skranke.kernel import clock
from skranke.patients.models import Patient
from skranke.tenancy.compiled import compiled

PREVIEW = 140
_NAMED = ("given_name", "family_name", "birth_date")
_TOLD = ("thread_id", "direction", "author_name", "on_behalf_of", "relation", "begins")
"""What a row tells of the newest message."""


def rows(threads: Sequence[Thread]) -> tuple[ThreadRow, ...]:
    """What a list shows of some threads, in their order.

    The threads may be annotated with `is_waiting`, `is_read`, `is_read_here`, `has_files` and `has_problem`.
    """
    if not threads:
        return ()
    ids = [thread.id for thread in threads]
    told = compiled(lambda: _newest(ids), ("newest messages",), ids).dicts()
    messages = {message["thread_id"]: message for message in told}
    patients, responsible = _patients(threads), _responsible(threads)
    today = clock.today()
    return tuple(
        _row(
            thread,
            messages.get(thread.id),
            patients.get(thread.patient_id),
            responsible.get(thread.responsible_id, ""),
            today,
        )
        for thread in threads
    )


def _newest(ids: Sequence[UUID]) -> QuerySet[Any, Any]:
    by_thread = Message.objects.filter(thread_id__in=ids).order_by("thread", "-generated_at", "-msg_id")
    newest: QuerySet[Any, Any] = by_thread.distinct("thread").annotate(begins=Left("text", PREVIEW * 2)).values(*_TOLD)
    return newest


def _patients(threads: Sequence[Thread]) -> dict[UUID | None, Patient]:
    """Whom the threads are about, with no more than a row shows."""
    ids = list({thread.patient_id for thread in threads if thread.patient_id is not None})
    if not ids:
        return {}
    named = compiled(lambda: Patient.objects.filter(id__in=ids).only(*_NAMED), ("patients of rows",), ids)
    return {patient.id: patient for patient in named.rows(Patient)}


def _responsible(threads: Sequence[Thread]) -> dict[UUID | None, str]:
    names: dict[UUID | None, str] = {one.id: one.name for one in staff()}
    left = [one.responsible_id for one in threads if one.responsible_id and one.responsible_id not in names]
    return names | {one.id: one.name for one in Employee.objects.filter(id__in=left)} if left else names


def _row(
    thread: Thread, newest: Mapping[str, Any] | None, patient: Patient | None, responsible: str, today: date
) -> ThreadRow:
    return ThreadRow(
        id=thread.id,
        kind=DialogKind(thread.kind),
        own_type=thread.own_type,
        title=thread.title,
        patient_id=thread.patient_id,
        patient_name=patient.name if patient else "",
        patient_birth_date=patient.birth_date if patient else None,
        preview=" ".join(newest["begins"].split())[:PREVIEW] if newest else "",
        author_name=newest["author_name"] if newest else "",
        on_behalf_of=newest["on_behalf_of"] if newest else "",
        relation=newest["relation"] if newest else "",
        last_message_at=thread.last_message_at,
        last_is_outgoing=newest is not None and newest["direction"] == Direction.OUT,
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
        responsible_name=responsible,
        private=thread.private,
        is_task=thread.is_task and thread.task_done_at is None,
        task_done=thread.task_done_at is not None,
        task_due=thread.task_due,
        reply_due=thread.reply_due,
        version=thread.version,
    )
