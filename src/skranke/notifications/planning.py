"""Planning what may be told of an event, and taking back what is not decided; in the transaction of the event (NOT-16).

The room that owns the event says what may be told and until when telling is of use; nothing here knows what it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from skranke.notifications.models import Notice
from skranke.notifications.rules import NoticeEvent
from skranke.tenancy.work import current_actor

_WITHDRAW = """
    DELETE FROM notifications_notice
    WHERE clinic_id = %s AND subject_id = %s AND state = 'waiting' AND employee_id IS NULL
    RETURNING event
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is told about. patient_id: whose it is. expires_at: telling is of no use from then on."""

    kind: str
    id: UUID
    patient_id: UUID
    facts: Mapping[str, str]
    expires_at: datetime


def notice(
    subject: Subject, event: NoticeEvent, due_at: datetime, now: datetime, employee_id: UUID | None = None
) -> Notice:
    """The row of one notice, to be inserted with what it tells of. employee_id: who is told instead of the patient."""
    return Notice(
        clinic_id=current_actor().clinic_id,
        subject_kind=subject.kind,
        subject_id=subject.id,
        patient_id=subject.patient_id,
        employee_id=employee_id,
        event=event.value,
        facts=dict(subject.facts),
        created_at=now,
        due_at=due_at,
        expires_at=subject.expires_at,
    )


def withdraw(subject_id: UUID) -> frozenset[NoticeEvent]:
    """Take back what the patient is to be told of a subject, as far as it is not decided, and return the events.

    One that is just being decided stays.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WITHDRAW, [current_actor().clinic_id, subject_id])
        return frozenset(NoticeEvent(event) for (event,) in cursor.fetchall())
